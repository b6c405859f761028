"""Withdrawals of preprints in the words of their authors.

arXiv's API has no flag for one: the newest version says so in its comment, or in place of the
summary. https://info.arxiv.org/help/withdraw.html
"""

from __future__ import annotations

import re

_PAPER = (
    r"(?:paper|article|manuscript|submission|preprint|e-?print|work|report|note|thesis|version)"
    r"(?:\s+\([^)]*\))?(?:\s+of\s+(?:this|the|our)\s+(?:paper|article|manuscript|work))?"
)
_IS = r"(?:has|have|had|is|are|was|were)(?:\s+(?:been|being|now|hereby|[a-z]+ly))*"
_IS_NOW = r"(?:has|have|is|are)(?:\s+(?:been|being|now|hereby|[a-z]+ly))*"
_WITHDREW = r"(?:withdraws?|withdrawn|withdrew|retract(?:ed)?)"
_BY_AUTHOR = (
    r"by\s+(?:(?:the|its|both|all)\s+)*(?:(?:first|corresponding|submitting|original)\s+)?"
    r"(?:authors?|author\(s\)|submitters?|arXiv|admin[a-z]*|owner|us|me)\b"
)
_ERROR = r"(?:errors?|mistakes?|flaws?|flawed|gaps?|incorrect|wrong|overlap|copyright|proofs?)\b"
_START = r"[\W_]*(?:(?:arXiv\s+admin[a-z]*\s+)?notes?:[\W_]*)?"  # of a sentence
# These patterns are long, so they are compiled where a hint was found.
_WITHDRAWN = (  # anywhere in a sentence
    rf"\b(?:this|our|the\s+present)\s+{_PAPER}\s+{_IS}\s+(?:withdrawn|retracted)\b"
    rf"|\b(?:authors?|we|I)\s+(?:have\s+|has\s+)?{_WITHDREW}\s+(?:this|our)\s+{_PAPER}\b"
    r"|\b(?:authors?|we|I)\s+(?:(?:have|has)\s+)?(?:decided?|wish|want|would\s+like)"
    rf"\s+to\s+withdraw\s+(?:this|our|the)\s+{_PAPER}\b"
)
# What each of these patterns needs; few papers have it, and the patterns take their time.
_HINTS = ("withdr", "retract", "removed")
_THE_PAPER = rf"(?:(?:(?:this|the|our)\s+)?{_PAPER}|the\s+following\s+{_PAPER}s?)"
_WITHDRAWN_AT_START = (  # of a sentence. In summaries, other papers may be "retracted".
    rf"{_START}(?:{_THE_PAPER}\s+(?:{_IS_NOW}\s+)?withdrawn\b\s*"
    rf"(?:[)\]\W]*$|[.;:!(]|,\s*(?:as|since|because|due)\b|(?:as|since|because|due)\b|{_BY_AUTHOR})"
    rf"|{_THE_PAPER}\s+{_IS}\s+(?:removed|withdrawn)\s+by\s+(?:the\s+)?arXiv\b"
    rf"|(?:withdrawn|retracted|removed)\s+{_BY_AUTHOR}"
    rf"|(?:the\s+)?authors?\s+(?:have|has)\s+withdrawn\s+the\s+{_PAPER}\b)"
)
_COMMENT_START = (  # of a sentence of a comment, which is about nothing but the paper
    rf"{_START}(?:this\s+|the\s+)?(?:{_PAPER}\s+)?(?:{_IS}\s+)?(?:withdrawn|retracted)\b\s*"
    r"(?:$|[.,;:()\]!-]|(?:by|due|because|as|at\s+the|since|for|on|from\s+arXiv)\b)"
)
_SUMMARY_START = (
    rf"{_START}(?:withdrawn|retracted)\b\s*"
    rf"(?:\W*$|[.;:!]|(?:due|because|as|since)\b[^,.]*\b{_ERROR})"
)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\s+(?=\[)|\s+-+\s+|(?<=admin note:)\s+")


def find_withdrawal(comment: str | None, summary: str) -> str | None:
    """Return the sentence of a comment or summary that says that the paper is withdrawn."""
    text = f"{comment} {summary}".lower()
    if not any(hint in text for hint in _HINTS):
        return None
    comment = " ".join((comment or "").split())
    summary = " ".join(summary.split())
    if re.match(_SUMMARY_START, summary, re.IGNORECASE):
        return summary
    remarks, sentences = _SENTENCE_END.split(comment), _SENTENCE_END.split(summary)
    for sentence in remarks:
        if re.match(_COMMENT_START, sentence, re.IGNORECASE):
            return sentence
    for sentence in (*remarks, *sentences):
        anywhere = re.search(_WITHDRAWN, sentence, re.IGNORECASE)
        if anywhere or re.match(_WITHDRAWN_AT_START, sentence, re.IGNORECASE):
            return sentence
    return None
