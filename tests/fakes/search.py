"""A small search engine: works by the words that they share with a question, rare ones first."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from .world import Work, shuffled

_WORD = re.compile(r"\w+")


class Index:
    """Some works by the words of their title, journal, year and authors."""

    def __init__(self, works: Sequence[Work]) -> None:
        self.works = shuffled(
            works, lambda work: work.doi
        )  # equal scores come in no order that means anything
        words = [_words(_text(work)) for work in self.works]
        postings: dict[str, list[int]] = {}
        for number, terms in enumerate(words):
            for word in terms:
                postings.setdefault(word, []).append(number)
        self.postings = {word: np.array(numbers) for word, numbers in postings.items()}
        self.lengths = (
            1 + np.array([len(terms) for terms in words]) / 100
        )  # by which a long record counts less

    def search(self, question: str) -> list[tuple[Work, float]]:
        """Return the works that share a word with a question, by falling score without a bound."""
        scores = np.zeros(len(self.works))
        for word in sorted(_words(question) & self.postings.keys()):
            works = self.postings[word]
            scores[works] += math.log(1 + len(self.works) / (1 + len(works)))
        scores = np.round(scores / self.lengths, 4)
        order = np.argsort(-scores, kind="stable")[: np.count_nonzero(scores)]
        return [
            (self.works[number], score)
            for number, score in zip(order.tolist(), scores[order].tolist(), strict=True)
        ]


def _text(work: Work) -> str:
    return " ".join([work.title, work.container or "", work.date[:4], *map(str, work.authors)])


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
