"""Text from outside made readable and comparable. Pure functions, one rule each.

`clean` and `printable` return text to show, `fold` and `fold_title` keys that
two spellings share.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from harvest.models import Author

# Tags that Crossref members deposit in titles: JATS, MathML, HTML. An inequality (`a <b and c> d`)
# is no tag.
_TAG = re.compile(
    r"</?(?:(?:jats|mml|xhtml|xml):[a-z-]+|a|b|bold|br|em|emph|font|i|inline-formula|inf|italic"
    r"|m[a-z]+|p|roman|sans-serif|sc|scp|small|smallcap|span|strong|sub|subtitle|sup|tex-math|title"
    r"|tt|u|underline)(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*/?>",
    re.IGNORECASE,
)
_ESCAPED_TAG = re.compile(r"&lt;/?[^&<>]{1,80}&gt;")
_SUBTITLE = re.compile(r"(?<=\w)\s*<subtitle>\s*")
_FORMULA = re.compile(r"(</?(?:mml:)?math\b[^<>]*>)")
_INDEX = re.compile(
    r"(?:\s*<(?:mml:)?m(?:row|style|sub|sup|subsup|multiscripts)\b[^<>/]*>)*\s*"
    r"<(?:mml:)?(?:mrow|mi|none)\s*(?:/>|>\s*</)"
)
# What a terminal obeys: C0 and C1 control characters, line separators, and Unicode's marks of
# direction (https://trojansource.codes/); and two that XML 1.0 forbids.
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]"
)
_MARKUP = re.compile(
    r"[\\`*_\[\]<>&|~$#!]"
)  # https://spec.commonmark.org/0.31.2/#backslash-escapes
_SURROGATE = re.compile("[\ud800-\udfff]")
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_ASCII_WORDS = bytes(code if chr(code).isalnum() else 32 for code in range(128)).ljust(256)
_NO_WORD = re.compile(r"[\W_]+")

# The letters from U+03B1 to U+03C9; sigma has two forms.
_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "sigma tau upsilon phi chi psi omega"
)
_GREEK = _GREEK_NAMES.split()
_GREEK_LETTERS = {chr(0x3B1 + place): f" {name} " for place, name in enumerate(_GREEK)}
_LATIN_LETTERS = {  # those that Unicode does not decompose
    "\u0131": "i",
    "ø": "o",
    "đ": "d",
    "ł": "l",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ħ": "h",
}
# What stands for an apostrophe: straight and curly quotes, accents, primes, modifier letters.
_APOSTROPHES = str.maketrans(
    dict.fromkeys(
        "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u05f3\u1fbd\u1fbf"
        "\u2018\u2019\u201a\u201b\u2032\u2035\ua78c\uff07\uff40",
        "",
    )
)
# The bytes of UTF-8 by the letters and signs for which Latin-1 and Windows-1252 take them.
_BYTES = {chr(byte): byte for byte in range(0x80, 0xF5)}
_BYTES |= {bytes([byte]).decode("cp1252", "replace"): byte for byte in range(0x80, 0xA0)}
del _BYTES["\ufffd"]  # what Windows-1252 has no sign for
_FOLLOWING = "[" + "".join(letter for letter, byte in _BYTES.items() if byte < 0xC0) + "]"
_MISREAD = re.compile(
    rf"[\xc2-\xdf]{_FOLLOWING}|[\xe0-\xef]{_FOLLOWING}{{2}}|[\xf0-\xf4]{_FOLLOWING}{{3}}"
)
MISREADINGS = 2  # of one text by one program after the other
_LETTERS = str.maketrans(_GREEK_LETTERS | _LATIN_LETTERS)
_MATH_MARKS = str.maketrans("", "", "{}$^_")  # as in H2O and exponents
_LATEX_COMMAND = re.compile(r"\\([a-zA-Z]+)\*?\s*(?=(\{?))")
_LATEX_ACCENT = re.compile(  # \"{o}, \'e, \v{c}
    r"\\(?:[\"'`^~=.]\s*|[uvHtcdbkr](?:\s+|(?=\{)))(?=\{?\\?[a-zA-Z])"
)
_LATEX_LETTERS = {
    "aa": "a", "AA": "a", "ae": "ae", "AE": "ae", "oe": "oe", "OE": "oe", "o": "o", "O": "o",
    "l": "l", "L": "l", "ell": "l", "ss": "ss", "i": "i", "j": "j", "hbar": "h",
}  # fmt: skip
_LATEX_FUNCTIONS = "arg cos cosh det dim exp gcd inf lim ln log max min mod sin sinh sup tan tanh"
_LATEX_LETTERS |= {name: f"{name} " for name in _LATEX_FUNCTIONS.split()}


def clean(raw: str) -> str:
    """Strip markup, decode entities once, and fold white space.

    Entities are not decoded again, so that `&amp;lt;` stays the `&lt;` that an author wrote. Tags
    that were deposited as entities, once or twice (`&lt;i&gt;`, `&amp;lt;i&amp;gt;`), are stripped
    too.
    """
    if "<" not in raw and "&" not in raw:  # as in most texts
        return " ".join(raw.split())
    text = _strip_tags(html.unescape(_strip_tags(raw)))
    if "&" in text:
        text = _ESCAPED_TAG.sub(_strip_escaped, text)
    return " ".join(text.split())


def mend_encoding(text: str) -> str:
    """Return a text as it was written, of which UTF-8 was read as Windows-1252, perhaps twice."""
    for _ in range(MISREADINGS):
        text = _MISREAD.sub(_read_again, text)
    return text


def _read_again(match: re.Match[str]) -> str:
    """Return the letter of the bytes that were read as two letters or more, if they are one."""
    try:
        return bytes(map(_BYTES.__getitem__, match[0])).decode()
    except UnicodeDecodeError:
        return match[0]


def _strip_tags(text: str) -> str:
    """Return a text without tags; a formula keeps its distance from the words around it."""
    if "<" not in text:
        return text
    return _TAG.sub("", _SUBTITLE.sub(": ", _space_formulas(text)))


def _space_formulas(text: str) -> str:
    """Put a blank between words and formulas, which are deposited without (`the<mml:math>N`).

    An index (`YBa<mml:math><mml:msub><mml:mrow/><mml:mn>2`) belongs to its word.
    """
    parts = _FORMULA.split(text)
    spaced, is_index = parts[:1], False
    for tag, part in zip(parts[1::2], parts[2::2], strict=True):
        is_end = tag.startswith("</")
        if not is_end:
            is_index = _INDEX.match(part) is not None
        neighbour = part[:1] if is_end else spaced[-1][-1:]
        spaced += [" " if neighbour.isalpha() and not is_index else "", part]
    return "".join(spaced)


def _strip_escaped(match: re.Match[str]) -> str:
    """Return an escaped tag as it is, or nothing for a known one."""
    return "" if _TAG.fullmatch(html.unescape(match[0])) else match[0]


def printable(raw: object) -> str:
    """Return text as one line, with a blank for each character that a terminal would obey."""
    text = str(raw)
    return text if text.isprintable() else _CONTROL.sub(" ", text)


def one_line(text: str) -> str:
    """Return a text on one line, without control characters and marks of direction."""
    has_gap = "  " in text or text[:1] == " " or text[-1:] == " "
    if text.isprintable() and not has_gap:  # as most texts
        return text
    return " ".join(printable(text).split())


def markdown(text: str) -> str:
    """Return Markdown that is rendered as a text."""
    return _MARKUP.sub(r"\\\g<0>", one_line(text))


def encodable(text: str) -> str:
    """Return text without halves of UTF-16 pairs, which escapes of JSON and YAML can spell.

    UTF-8 has no place for them (RFC 3629, section 3).
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def file_name(name: str) -> str:
    """Return the name of a file as text, with an escape for each byte that is not UTF-8.

    Python holds such a byte as half of a UTF-16 pair (https://peps.python.org/pep-0383/).
    """
    return name.encode("utf-8", "backslashreplace").decode()


@lru_cache(maxsize=1 << 14)
def fold(text: str) -> str:
    """Return the key of a term or heading: lower case, words separated by one blank.

    It folds letter case, punctuation and white space. Accents and markup stay.
    """
    return _NO_WORD.sub(" ", text.casefold()).strip()


@lru_cache(maxsize=1 << 15)
def fold_title(text: str) -> str:
    """Return the key of a title or name: its words, separated by one blank.

    It folds all that `fold` does, and accents, apostrophes, ligatures, markup and LaTeX. Greek
    letters become their names.
    """
    if not text.isascii():
        text = mend_encoding(text)
    if "<" in text or "&" in text:
        text = html.unescape(clean(text))
    if "\\" in text:
        text = _LATEX_COMMAND.sub(_decode_command, _LATEX_ACCENT.sub("", text))
    if "{" in text or "$" in text:
        text = text.translate(_MATH_MARKS)
    text = text.casefold()
    if not text.isascii() or "'" in text or "`" in text:  # most titles need no translation
        text = text.translate(_APOSTROPHES)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).casefold()
        text = "".join(mark for mark in text if not unicodedata.combining(mark))
    if not text.isascii():
        text = text.translate(_LETTERS)
    if text.isascii():  # as most are, and quicker
        return " ".join(text.encode().translate(_ASCII_WORDS).decode().split())
    return _NO_WORD.sub(" ", text).strip()


def _decode_command(command: re.Match[str]) -> str:
    """Return the letter that a LaTeX command stands for; nothing if it only sets the type.

    One that stands alone is an operator, which parts words.
    """
    name = command[1].lower().removeprefix("var")
    nothing = "" if command[2] else " "
    return f" {name} " if name in _GREEK else _LATEX_LETTERS.get(command[1], nothing)


def join_title(titles: Iterable[str], subtitles: Iterable[str] = ()) -> str | None:
    """Return the first title that is not blank, and the subtitle unless the title contains it."""
    title = next(filter(None, map(clean, titles)), None)
    subtitle = next(filter(None, map(clean, subtitles)), None)
    if title is None or subtitle is None or subtitle.casefold() in title.casefold():
        return title
    colon = "" if title.endswith((":", "?", "!")) else ":"
    return f"{title}{colon} {subtitle}"


def make_author(
    given: str | None,
    family: str | None,
    name: str | None = None,
    orcid: str | None = None,
    rors: tuple[str, ...] = (),
) -> Author | None:
    """Build an author, or None if there is no name. `name` is a consortium or a mononym."""
    given = clean(given or "") or None
    family = clean(family or "") or None
    name = clean(name or "") or None
    display = name or " ".join(filter(None, (given, family)))
    if not display:
        return None
    match = _ORCID.search(orcid.upper()) if orcid else None
    orcid = match[0] if match else None
    return Author(name=display, given=given, family=family, orcid=orcid, rors=rors)
