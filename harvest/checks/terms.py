"""Rules on terms: what the columns of a list hold, held against the vocabulary and against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from harvest.checks.base import Page, Problem, rule
from harvest.dataset.facets import Term
from harvest.entries import Entry
from harvest.text import fold


def _terms(page: Page) -> Iterator[tuple[Entry, str, Term]]:
    """Give every term of the columns of every work of a page."""
    for entry in page.works:
        for facet, terms in page.vocabulary.columns(entry.first):
            for term in terms:
                yield entry, facet, term


@rule("unknown-term")
def unknown_term(page: Page) -> Iterator[Problem]:
    """Unknown term.

    A column holds a term that the vocabulary does not know.
    Why: The work gets no facet for it, so nobody finds it by that.
    Example: `| Difusion | ...` in the column Type
    Fix: Correct the term, or add it to the vocabulary (setting `vocabulary`).
    """
    # Report each term once, with the nearest known one.
    seen: set[tuple[str, str]] = set()
    for entry, facet, term in _terms(page):
        key = fold(term.written)
        if term.value is None and (facet, key) not in seen:
            seen.add((facet, key))
            known = page.vocabulary.spellings[facet]
            near = get_close_matches(key, known, 1, 0.8)
            hint = f": {known[near[0]]!r}?" if near else ""
            yield Problem(entry.line, f"the vocabulary has no {facet} {term.written!r}{hint}")


@rule("inconsistent-term", level="note")
def inconsistent_term(page: Page) -> Iterator[Problem]:
    """One term, several spellings.

    A list writes the same term in more than one way.
    Why: Readers who search for one spelling miss the others.
    Example: `GAN` and `gan`, `DM` and `Diffusion Model`, `Class conditional` and
        `Class-conditional`
    Fix: Keep one spelling, the vocabulary's where the list uses it.
    """
    # Report each other spelling once, at its first place.
    spellings: dict[tuple[str, str], dict[str, list[int]]] = {}
    for entry, facet, term in _terms(page):
        if term.value is not None:  # where any term is a value, synonyms may be meant to differ
            apart = page.vocabulary.facets[facet].open and fold(term.written) != fold(term.value)
            value = term.written if apart else term.value
            spellings.setdefault((facet, value), {}).setdefault(term.written, []).append(entry.line)
    for (facet, value), written in spellings.items():
        usual = max(
            written,
            key=lambda form: (form == value, fold(form) == fold(value), len(written[form]), form),
        )
        for form, lines in written.items():
            if form != usual:
                often = f"{len(lines)} of {sum(map(len, written.values()))} times"
                yield Problem(lines[0], f"{facet} {usual!r} is written {form!r} {often}")


@rule("undefined-term")
def undefined_term(page: Page) -> Iterator[Problem]:
    """Undefined abbreviation.

    A list uses a letter and never says what it means.
    Why: Readers have to guess.
    Example: `| U, F |` in a list that defines only `Fidelity (F)`
    Fix: Define it in the text as `Utility (U)`, or whatever it stands for.
    """
    # Look for `Name (X)` anywhere in the text; report each letter once, with how often it is used.
    used: dict[str, list[int]] = {}
    for entry, facet, term in _terms(page):
        if page.vocabulary.facets[facet].defined and term.value == term.written:
            used.setdefault(term.written, []).append(entry.line)
    text = "\n".join(page.lines)
    for letter, lines in used.items():
        if not re.search(rf"\w[*_]*[ \t]*\([ \t]*{re.escape(letter)}[ \t]*\)", text):
            yield Problem(lines[0], f"{letter!r} is used {len(lines)} times and never defined")


@rule("wrong-heading")
def wrong_heading(page: Page) -> Iterator[Problem]:
    """Under the wrong heading.

    A column contradicts the heading above the entry.
    Why: One of them is wrong; the row was probably copied.
    Example: `| ... | Dermoscopic | ...` under `### MRI Images`
    Fix: Move the entry, or correct the column.
    """
    # Compare facets that columns and headings both name, also in rows of a template.
    for entry in page.entries:
        headings: dict[str, set[str]] = {}
        for facet, value in page.vocabulary.sections(entry.first):
            headings.setdefault(facet, set()).add(value)
        for facet, terms in page.vocabulary.columns(entry.first):
            values, above = {term.value for term in terms if term.value}, headings.get(facet, set())
            if (
                values
                and above
                and not values & above
                and page.vocabulary.facets[facet].any not in above
            ):
                yield Problem(
                    entry.line,
                    f"{facet} {', '.join(sorted(values))} under {', '.join(sorted(above))}",
                )
