"""A search engine as small as can be: works by the words that they share with a question, rare words counting more."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Sequence

from .world import Work, shuffled

_WORD = re.compile(r"\w+")


class Index:
    """Some works by the words of their title, journal, year and authors."""

    def __init__(self, works: Sequence[Work]) -> None:
        self.works = shuffled(works, lambda work: work.doi)  # equal scores come in no order that means anything
        self.postings: dict[str, list[int]] = {}
        self.lengths: list[float] = []  # by which a long record counts less
        for number, work in enumerate(self.works):
            words = _words(_text(work))
            self.lengths.append(1 + len(words) / 100)
            for word in words:
                self.postings.setdefault(word, []).append(number)

    def search(self, question: str) -> list[tuple[Work, float]]:
        """Give the works that share a word with a question by falling score, unbounded like the real one."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word in sorted(_words(question)):
            found = self.postings.get(word, [])
            weight = math.log(1 + len(self.works) / (1 + len(found)))
            for number in found:
                scores[number] += weight
        found = [(round(score / self.lengths[number], 4), number) for number, score in scores.items()]
        return [(self.works[number], score) for score, number in sorted(found, key=lambda hit: (-hit[0], hit[1]))]


def _text(work: Work) -> str:
    return f"{work.title} {work.container or ''} {work.date[:4]} {' '.join(str(person) for person in work.authors)}"


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
