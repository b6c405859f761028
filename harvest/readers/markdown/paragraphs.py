"""Paragraphs that name a work each, where a list has neither items nor rows."""

from __future__ import annotations

import re

from harvest import dates
from harvest.readers import citations, labels, meetings, people
from harvest.readers.looks import is_fact
from harvest.readers.markdown.entry import PICTOGRAM, role
from harvest.readers.markdown.inline import InlineText

_NUMBER = re.compile(r"\s*\[\d{1,3}\]\s*")
_SEPARATORS = frozenset(".,;:|([-\u2013\u2014\n")  # behind a title
_EDGES = " ,.:;()[]-"
_BREAKS = _SEPARATORS | frozenset('?!)]"\u201d\u00bb\u00b7') - frozenset("([")
# Words of a sentence before a link.
_LEADING = frozenset(
    {
        "a", "an", "and", "are", "as", "at", "by", "for", "from", "here", "in", "is", "my", "of",
        "on", "or", "original", "our", "the", "their", "this", "to", "with",
    }
)  # fmt: skip
_CAPTION = re.compile(r"(?:Figure|Fig\.|Table|\u56fe|\u8868) ?\d")
_QUOTES = frozenset('"\u201c\u201e\u00ab')
_FEWEST_WORDS, _MOST_WORDS = 3, 40  # of a paragraph that names a work
_NAMES = 1.5  # characters for each one of names
_LABEL_WORDS = 4  # of a label before it, at most


def is_entry(block: InlineText) -> bool:
    """Return True for a paragraph that reads like an item of a list, with a link that says paper.

    It begins with a bold title and a break, or with a number in brackets, or is a phrase with
    labels behind it.
    """
    if not block.links:
        return False
    generic = [link for link in block.links if labels.is_generic(link.label)]
    if not generic or _NUMBER.match(block.text):
        return bool(generic)
    if _is_phrase_with_labels(block):
        return True
    if not block.bold or block.bold[0][0] != 0:
        return False
    end = block.bold[0][1]
    rest = block.parts[end : end + 1]
    is_alone = bool(rest) and not rest[0].strip(" \\\n")
    return is_alone and any(role(link) == "paper" for link in generic)


def names_work(block: InlineText) -> bool:
    """Return True for a paragraph that names a work if several of a document do so."""
    if not block.links:
        return is_reference(block)
    tests = (is_bare, _begins_with_work, _is_titled, _is_above_address, is_reference, _is_like_item)
    return any(test(block) for test in tests)


def is_bare(block: InlineText) -> bool:
    """Return True for addresses of papers and nothing else: `https://arxiv.org/abs/2301.00001`."""
    return bool(block.links) and _are_addresses(block, block.text)


def _is_like_item(block: InlineText) -> bool:
    """Return True for a link to a paper that is no word of a sentence.

    ICML 2020 - *A title of it* - [paper](...)      [PDF](...): **A title of it**, Doe et al.
    Jane Doe; "A title of it"; [paper](...)         2020. [A title of it](...), Jane Doe
    """
    pictures = {(link.start, link.end) for link in block.links if link.image}
    links = [link for link in block.links if not link.image]
    papers = [link for link in links if role(link) == "paper"]
    kinds = (link for link in block.links if labels.is_generic(link.label))
    words = len(block.text.split()) - sum(len(link.label.split()) for link in kinds)
    if not papers or not _FEWEST_WORDS <= words <= _MOST_WORDS or _CAPTION.search(block.text):
        return False
    if all((link.start, link.end) in pictures for link in papers):  # badges stand behind a title
        return _is_phrase(block.text[: links[0].start])
    spans = block.characters([*block.bold, *block.italic, *[(at, at + 1) for at in block.code]])
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    first, last = links[0], links[-1]
    before, behind = block.text[: first.start].rstrip(" [("), block.text[last.end :].lstrip(" ])")
    begins = not before or before[-1] in _BREAKS or len(before) in ends or first.start in starts
    is_kind = labels.is_generic(first.label) and first.label != first.url
    begins = begins or (is_kind and _is_phrase(before))
    is_apart = not behind or not behind[0].islower() or len(block.text) - len(behind) in starts
    return begins and is_apart


def _is_phrase(text: str) -> bool:
    """Return True for some words that do not lead to a link: not `see our`."""
    words = text.split()
    return len(words) >= _FEWEST_WORDS and words[-1].lower() not in _LEADING


def _is_above_address(block: InlineText) -> bool:
    """Return True for some words, and behind or below them nothing but addresses of papers."""
    start = block.links[0].start
    words = block.text[:start].split()
    is_title = _FEWEST_WORDS <= len(words) <= _MOST_WORDS and words[-1][-1] not in ":\uff1a"
    return is_title and _are_addresses(block, block.text[start:])


def _are_addresses(block: InlineText, text: str) -> bool:
    """Return True if a text of a block is all of its links: addresses of papers as they are."""
    links, words = block.links, text.split()
    if len(links) != len(words):
        return False
    pairs = zip(links, words, strict=True)
    return all(word == link.label == link.url and role(link) == "paper" for link, word in pairs)


def is_of_meeting(block: InlineText, *, is_below: bool) -> bool:
    """Return True for a paragraph of a work that a group read, behind or below its day or week.

    It begins with a title that is marked, quoted or linked, or is a reference.
    """
    start = meetings.lead(block.text)
    papers = (link for link in block.links if not link.image and role(link) == "paper")
    if not (start or is_below) or not any(papers) or len(block.text.split()) > _MOST_WORDS:
        return False
    start += len(block.text[start:]) - len(block.text[start:].lstrip())
    if block.text[start : start + 1] in _QUOTES or citations.read(block.text[start:]):
        return True
    labels_of_works = [link for link in block.links if len(link.label.split()) >= _FEWEST_WORDS]
    spans = [(link.start, link.end) for link in labels_of_works]
    spans += block.characters([*block.bold, *block.italic])
    return any(_is_set_apart(block.text, span) for span in spans if span[0] == start)


def _is_set_apart(text: str, span: tuple[int, int]) -> bool:
    """Return True for some words with which no sentence goes on: `**Notes** are at`."""
    title, behind = text[span[0] : span[1]].rstrip(), text[span[1] :].lstrip()
    is_sentence = behind[:1].islower() and not behind.startswith("by ")
    return len(title.split()) > 1 and title[-1:] != ":" and not is_sentence


def _begins_with_work(block: InlineText) -> bool:
    """Return True for a title that links to its work, with its details behind a separator.

    [A title of it](...). Jane Doe and John Roe. ICML 2020.
    Jane Doe and John Roe. [A title of it](...) ICML 2020
    ICML 2020, [A title of it](...)
    Paper: [A title of it](...)
    """
    link = block.links[0]
    if link.image:
        return False
    before, rest = block.text[: link.start], block.text[link.end :].strip()
    words = len(link.label.split())
    if not _FEWEST_WORDS <= words <= _MOST_WORDS or len(rest.split()) > _MOST_WORDS:
        return False
    is_apart, is_of_fact = not rest or rest[0] in _SEPARATORS, is_fact(rest)
    if not (is_apart or is_of_fact):  # as in prose
        return False
    is_signed = _are_names(before)
    if is_signed and is_of_fact:
        return True
    is_dated = before.rstrip()[-1:] in _SEPARATORS and is_fact(before.strip(_EDGES))
    if not (is_apart and (is_signed or is_dated or _is_label(PICTOGRAM.sub("", before)))):
        return False
    is_dated = is_dated or dates.find(rest) is not None
    return role(link) == "paper" or (role(link) == "other" and is_dated)


def _are_names(text: str) -> bool:
    """Return True for little else than names."""
    run = people.find_run(people.plain_names(text), sure=True, least=1) if text.strip() else None
    return run is not None and run[0] == 0 and run[1] * _NAMES >= len(text.rstrip())


def _is_label(before: str) -> bool:
    """Return True if what stands before the first link is nothing, or says that it is the paper."""
    name = before.strip()
    if not name or name[-1] not in ":\uff1a":
        return not name
    is_short = len(name.split()) <= _LABEL_WORDS
    label = labels.as_label(name[:-1]) if is_short else None
    return label is not None and (label == "title" or labels.role(label, "") == "paper")


def _is_titled(block: InlineText) -> bool:
    """Return True for a title in bold with links on a line below it, or with its paper behind it.

    **A title of it**            3. \U0001f525 **A title of it.** ACL 2018. [paper](...)
    Jane Doe, John Roe
    [Nature 42, 1-2](...)
    """
    if not block.bold:
        return False
    start, end = block.bold[0]
    title = "".join(block.parts[start:end]).strip()
    before = PICTOGRAM.sub("", "".join(block.parts[:start]))
    if not _FEWEST_WORDS <= len(title.split()) <= _MOST_WORDS or title[-1] in ":\uff1a":
        return False
    if any(map(str.isalpha, before)) or block.links[0].part < end:
        return False
    if not block.parts[end].strip(" \\\n"):
        return True
    papers = (role(link) == "paper" and labels.is_generic(link.label) for link in block.links)
    return any(papers) and len(block.text.split()) <= _MOST_WORDS


def is_reference(block: InlineText) -> bool:
    """Return True for a reference in a style of citation, with a date or a link to its work."""
    papers = (link for link in block.links if not link.image and role(link) == "paper")
    is_dated = dates.find(block.text) is not None
    return (is_dated or any(papers)) and citations.read(block.text) is not None


def _is_phrase_with_labels(block: InlineText) -> bool:
    """Return True for a few words and then nothing but links in brackets, one of them a paper.

    **A title of it (2016)** [[Paper]](...) [[Code]](...)
    """
    links = [link for link in block.links if not link.image]
    for link in links:
        inside = block.text[: link.start].rstrip(" ")[-1:]
        is_bracketed = link.bracketed or inside in {"[", "("}
        if not (is_bracketed and labels.is_generic(link.label)):
            return False
    words = len(block.text[: links[0].start].split()) if links else 0
    rest = block.text[links[-1].end :].strip(" ])\n") if links else ""
    is_work = _FEWEST_WORDS <= words <= _MOST_WORDS and not rest
    return is_work and any(role(link) == "paper" for link in links)
