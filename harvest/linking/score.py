"""Whether two descriptions are of one work: a ledger of named penalties that a person can read and dispute.

A score is 1 less all penalties. What one side does not say costs nothing and proves nothing. A verdict accepts a
candidate above THRESHOLD that is GAP ahead of every other work, with an agreeing author or, where authors are not
known, an agreeing year; whatever falls short of that is told with its ledgers and joins nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import islice, pairwise

import msgspec
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from harvest.dates import parse_date
from harvest.models import Author, Identifier, Mention, Record
from harvest.text import fold_title

NAME = "match"  # in the provenance of what a search found
THRESHOLD = 0.86  # measured by benchmarks/linking.py, which draws the curve
GAP = 0.08
NEAR = 0.8  # below this two titles are not those of one form of a work

# What a difference costs.
REORDERED = 0.04
SHORTENED = 0.05
CUT = 0.12  # shortened where no phrase ends and no ellipsis says so: as likely the next paper of the same authors
WORDS = 0.3  # a word in place of another: CT and MRI, denoising and segmentation
NUMBERS = 0.25  # "Part 1" and "Part 2", 2D and 3D
AUTHORS = 0.5  # no author in common
YEARS = {
    0: 0.0,
    1: 0.0,
    2: 0.03,
    3: 0.06,
}  # a preprint comes out up to three years before its journal
YEAR = 0.15
CONTAINER = 0.04
TYPE = 0.3
NOTICE = 0.5

LONGEST = 1000  # characters of a title that are compared: what is longer is an abstract
MOST_AUTHORS = 60  # that are looked for: a collaboration of thousands is known by its first
LEAST_SHORTENED = 4  # words that a shortened title must have left
LEAST_BY_YEAR = 5  # words of a title that the year alone vouches for
LEAST_SHORTENED_BY_YEAR = 8  # the same for a shortened one: the same authors began others so
NO_PAPER = frozenset({"component", "peer-review", "journal", "journal-issue", "journal-volume", "grant", "database",
                      "dataset", "standard"})  # fmt: skip


class Description(msgspec.Struct, frozen=True):
    """What is said of a work, by a list or a source; `authors` as written, names in any order and style."""

    title: str | None
    authors: str | None = None
    year: int | None = None
    container: str | None = None
    type: str | None = None


class Penalty(msgspec.Struct, frozen=True):
    """One line of a ledger: what differs, by how much, and what was compared."""

    name: str
    value: float
    why: str


class Ledger(msgspec.Struct, frozen=True):
    """How well one candidate fits; `author` and `year` tell whether they agree, None where one side is silent.

    `words` is the length of the shorter title, `within` tells whether the candidate has every word of the listed one.
    """

    candidate: str
    title: str | None
    words: int
    within: bool
    penalties: tuple[Penalty, ...]
    author: bool | None
    year: bool | None

    @property
    def score(self) -> float:
        """Give 1 less the penalties, not below 0."""
        return round(max(0.0, 1.0 - sum(penalty.value for penalty in self.penalties)), 4)

    @property
    def agrees(self) -> bool:
        """Tell whether somebody beside the title vouches for it: an author, or the year where no authors are known.

        A year is shared by many, so it vouches for long titles only, and for their words in another order only where
        all of them are there.
        """
        least = LEAST_SHORTENED_BY_YEAR if self.lost("shortened") else LEAST_BY_YEAR
        told = self.words >= least and not (self.lost("order") and self.lost("title"))
        return self.author is True or (self.author is None and self.year is True and told)

    def lost(self, *names: str) -> bool:
        """Tell whether one of these penalties is in the ledger."""
        return any(penalty.name in names for penalty in self.penalties)


class Verdict(msgspec.Struct, frozen=True):
    """What became of a search or a comparison: the accepted identifier, or why there is none, and every ledger."""

    subject: str
    asked: str
    accepted: str | None
    why: str
    ledgers: tuple[Ledger, ...]


# -- descriptions ----------------------------------------------------------------------------------------------------


def of_mention(mention: Mention) -> Description:
    """Give what a list says of a work."""
    day = parse_date(mention.date) if mention.date else None
    return Description(mention.title, mention.authors, int(day[:4]) if day else None)


def of_record(record: Record) -> Description:
    """Give what a source says of a work."""
    return Description(
        record.title,
        "; ".join(f"{family(author)}, {author.given or author.name}" for author in record.authors)
        or None,
        int(record.date[:4]) if record.date else None,
        record.container,
        record.type,
    )


def family(author: Author) -> str:
    """Give the family name; of a name in one piece, its last word that is no suffix; of a group, all of its name."""
    if author.family:
        return author.family
    if author.name.rpartition(" ")[2].lower() in _GROUPS:  # there are many collaborations
        return author.name.removeprefix("The ")
    words = [word for word in author.name.split() if word.strip(".").lower() not in _SUFFIXES]
    return words[-1] if words else author.name


_GROUPS = frozenset({"collaboration", "collaborators", "committee", "consortium", "group", "initiative",
                     "investigators", "network", "project", "society", "team"})  # fmt: skip
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


# -- text ------------------------------------------------------------------------------------------------------------

_ROMAN = re.compile(r"(?=[ivx])(?:x{0,2})(?:ix|iv|v?i{0,3})")

normalized = fold_title  # for those who still call it so


def likeness(one: str, other: str) -> tuple[float, Penalty | None]:
    """Give how alike two normalised titles are (0 to 1), with the penalty of the way in which they are.

    A title may be cut at its end, lose what stands before or behind its colon, or have its words in another order.
    """
    plain: float = fuzz.ratio(one, other) / 100
    best: tuple[float, Penalty | None] = (plain, None)
    reordered: float = fuzz.token_sort_ratio(one, other) / 100
    if reordered - REORDERED > plain:
        best = (reordered, Penalty("order", REORDERED, "the same words in another order"))
    short, long = sorted((one, other), key=len)
    if len(short.split()) >= LEAST_SHORTENED and len(short) < 0.95 * len(long):
        head = fuzz.ratio(short, long[: len(short)]) / 100
        tail = fuzz.ratio(short, long[-len(short) :]) / 100
        part = max(head, tail)
        if part - SHORTENED > best[0] - (best[1].value if best[1] else 0.0):
            best = (part, Penalty("shortened", SHORTENED, "one title is a part of the other"))
    return best


# -- ledgers ---------------------------------------------------------------------------------------------------------


def compare(listed: Description, candidate: Description, name: str) -> Ledger:
    """Write the ledger of a candidate."""
    listed, candidate = _clipped(listed), _clipped(candidate)
    titles = [normalized(said.title or "").split() for said in (listed, candidate)]
    author = _authors(listed.authors, candidate.authors)
    penalties = [*_title(listed, candidate)]
    if author is not None and author[0] < 1:
        penalties.append(Penalty("authors", round(AUTHORS * (1 - author[0]), 4), author[1]))
    lag = abs(listed.year - candidate.year) if listed.year and candidate.year else None
    if lag:
        value = YEARS.get(lag, YEAR)
        penalties += (
            [Penalty("year", value, f"{listed.year} and {candidate.year}")] if value else []
        )
    if listed.container and candidate.container:
        fits = (
            fuzz.token_set_ratio(normalized(listed.container), normalized(candidate.container))
            / 100
        )
        if fits < 0.6:
            penalties.append(
                Penalty("container", CONTAINER, f"{listed.container!r} and {candidate.container!r}")
            )
    if candidate.type in NO_PAPER and listed.type != candidate.type:
        penalties.append(Penalty("type", TYPE, f"a {candidate.type} is no paper"))
    return Ledger(
        candidate=name,
        title=candidate.title,
        words=min(map(len, titles)),
        within=titles[0] == titles[1] or not _left_over(*titles)[0],
        penalties=tuple(penalties),
        author=None if author is None else author[0] >= 0.5,
        year=None
        if lag is None
        else lag == 0 or (lag == 1 and not any(p.name == "shortened" for p in penalties)),
    )


def _clipped(said: Description) -> Description:
    """Cut what is too long for a title: words are compared each with each."""
    is_long = said.title is not None and len(said.title) > LONGEST
    return msgspec.structs.replace(said, title=(said.title or "")[:LONGEST]) if is_long else said


_ANNOUNCED = re.compile(  # how the title of a notice, or of what was said of a paper, begins or ends
    r"^(?:(?:author|publisher|editorial|invited|guest)s? |notice of |letter to the )?"
    r"(?:correction|corrigend(?:um|a)|errat(?:um|a)|retraction|withdrawal|removal|addendum|amendment"
    r"|expression of concern|violation of ieee publication principles|comments?|commentary|discussion|rejoinder"
    r"|editorial|editor|foreword|reply|response|review|peer review|referee report|data|dataset|code"
    r"|supplement(?:ary|al)(?: (?:material|information|data))?)(?: (?:note|notice))?(?: (?:to|on|of|for|from))? "
    r"| (?:correction|corrigend(?:um|a)|errat(?:um|a)|addendum|supplement(?:ary|al)(?: material)?)$"
)
_STATUS = re.compile(
    r"(?:retracted|withdrawn)(?: article| chapter| paper)? "
)  # how publishers mark the paper itself


def _title(listed: Description, candidate: Description) -> Iterable[Penalty]:
    one, other = (
        _STATUS.sub("", normalized(said.title or ""), count=1) for said in (listed, candidate)
    )
    if not (one and other):
        yield Penalty("title", 1.0, "one side has none")
        return
    if bool(_ANNOUNCED.search(one)) != bool(_ANNOUNCED.search(other)):
        yield Penalty("notice", NOTICE, "a notice of a paper is not the paper")
        one, other = _ANNOUNCED.sub("", one), _ANNOUNCED.sub("", other)
    broken_off = bool(_ELLIPSIS.search(listed.title or ""))
    if broken_off:
        yield Penalty("shortened", SHORTENED, "the list breaks it off")
    if one == other:
        return
    alike, how = likeness(one, other)
    if alike < 1:
        yield Penalty("title", round(1 - alike, 4), f"{alike:.0%} alike")
    if how and not (broken_off and how.name == "shortened"):
        yield how
    words = ours, theirs = one.split(), other.split()
    if broken_off or (ours[-1] in _SMALL and not (how and how.name == "order")):
        ours, theirs = _left_over(_completed(ours, theirs), theirs[: len(ours)])
        dropped = False
    else:
        ours, theirs = _left_over(ours, theirs)
        extra = {*ours, *theirs}
        is_part = len(extra) <= LONGEST_PART and any(
            _counts(w[-1]) for w in words if w[-1] in extra
        )
        dropped = not is_part and (
            _is_phrase(listed.title, extra, other) or _is_phrase(candidate.title, extra, one)
        )
    yield from _words_apart(ours, theirs, dropped=dropped)
    if _turned(*words):
        yield Penalty("words", WORDS, "from one to the other, the other way round")


def _words_apart(ours: list[str], theirs: list[str], *, dropped: bool) -> Iterable[Penalty]:
    """Tell what the words make of two titles that only one of them has; `dropped` are those of a whole phrase."""
    if ours and theirs:
        yield Penalty("words", WORDS, f"{' '.join(ours)} in place of {' '.join(theirs)}")
    elif (ours or theirs) and not dropped:
        yield Penalty("cut", CUT, f"{' '.join(ours or theirs)} on one side only")
    numbers = {word for word in (*ours, *theirs) if _counts(word) or word in _SERIES}
    if numbers and (not dropped or numbers & _SERIES or numbers & {*ours}):
        yield Penalty("numbers", NUMBERS, f"not in both: {', '.join(sorted(numbers))}")


_SMALL = frozenset({"a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to",
                    "using", "via", "with"})  # fmt: skip
_DIRECTIONS = frozenset({"to", "from", "into"})
LONGEST_PART = (
    2  # words: a phrase such as "II" or "Phase 2" is no subtitle, but tells one paper from the next
)
_SERIES = frozenset(
    {"part", "volume", "vol", "chapter", "section", "no", "number", "paper"}
)  # a number follows
_ELLIPSIS = re.compile(r"(?:\.\.|\u2026)\W*$")
_PHRASE = re.compile(r"[:?!.;]\s|\s[-\u2010-\u2015]+\s|\s*[\u2013\u2014]\s*|\(")


def _left_over(ours: list[str], theirs: list[str]) -> tuple[list[str], list[str]]:
    """Give the words of two titles without a counterpart on the other side; misspelt, joined, small ones have one."""
    mine, yours = (
        list((Counter(ours) - Counter(theirs)).elements()),
        list((Counter(theirs) - Counter(ours)).elements()),
    )
    for word in list(mine):
        if twin := next((other for other in yours if _is_misspelt(word, other)), None):
            mine.remove(word)
            yours.remove(twin)
    is_letter = any(len(word) == 1 and word != "a" for word in (*mine, *yours))  # Part A and Part B
    small = _SMALL - {"a"} if is_letter else _SMALL
    mine, yours = ([word for word in words if word not in small] for words in (mine, yours))
    joined = "".join(mine), "".join(yours)
    if _is_misspelt(*joined) or sorted(joined[0]) == sorted(joined[1]):  # multi modal, multimodal
        return [], []
    return mine, yours


def _turned(ours: list[str], theirs: list[str]) -> bool:
    """Tell whether what is led to or from is another: CT to MR, MR to CT; words moved as a whole keep it."""
    led = [
        Counter(pair for pair in pairwise(words) if pair[0] in _DIRECTIONS)
        for words in (ours, theirs)
    ]
    mine, yours = led[0] - led[1], led[1] - led[0]
    return any(
        way == other and end != goal and end in theirs for way, end in mine for other, goal in yours
    )


def _is_misspelt(one: str, other: str) -> bool:
    """Tell whether two words are one, off by a letter or two behind the first; (un)supervised and VII, VIII are not."""
    if [*filter(str.isdecimal, one)] != [*filter(str.isdecimal, other)] or _ROMAN.fullmatch(one):
        return False
    if sorted(one) == sorted(other) and len(one) > 2:
        return True
    short, long = sorted((one, other), key=len)
    if (
        len(long) < 4 or one[:1] != other[:1]
    ):  # those who mistype get the first letter right: (aug|seg)mentation
        return False
    most = 1 if len(short) < 6 else 2
    return OSA.distance(one, other, score_cutoff=most) <= most and not _is_another(short, long)


def _is_another(short: str, long: str) -> bool:
    """Tell whether words that are nearly alike are two all the same: DDPM and DDIM, interpatient and intrapatient.

    So is every sign of a script without capitals: a word may be a whole sentence there, and a sign a whole word.
    """
    if len(short) == len(long) < 6:  # a letter in place of another
        return True
    one, other = _OPPOSED.match(short), _OPPOSED.match(long)
    if one and other and one[0] != other[0]:
        return True
    return not (short + long).isascii() and any(
        sign.isalpha() and not sign.islower() for sign in short + long
    )


_OPPOSED = re.compile(
    "hyper|hypo|inter|intra|macro|micro|pre|peri|post|endo|exo|mono|multi|homo|hetero"
)


def _completed(ours: list[str], theirs: list[str]) -> list[str]:
    """Complete the last word of a title that breaks off within it."""
    return [*ours[:-1], next((word for word in theirs if word.startswith(ours[-1])), ours[-1])]


def _is_phrase(whole: str | None, extra: set[str], part: str) -> bool:
    """Tell whether a title is another one with these words before or behind a colon (or the like)."""
    cuts = (
        [(whole[: found.start()], whole[found.end() :]) for found in _PHRASE.finditer(whole)]
        if whole
        else []
    )
    return any(
        set(normalized(dropped).split()) - _SMALL == extra
        and fuzz.ratio(normalized(kept), part) >= 90
        for head, tail in cuts
        for kept, dropped in ((head, tail), (tail, head))
    )


def _counts(word: str) -> bool:
    """Tell whether a word counts something (2, 3d, ii, b): one off is another work."""
    return len(word) == 1 or any(map(str.isdecimal, word)) or _ROMAN.fullmatch(word) is not None


def _authors(listed: str | None, candidate: str | None) -> tuple[float, str] | None:
    """Give the share of authors that agree (0 to 1) and what was compared; None where one side names nobody.

    Lists write names in any order and style, cut them short and drop accents; so the family names of the side that has
    them apart (`Family, Given; ...`) are looked up among the words of the other.
    """
    if not (listed and candidate):
        return None
    if listed == candidate:
        return 1.0, "the same"
    families, words, first = (
        _families(candidate),
        _words(listed),
        _words(_FIRST.split(listed, maxsplit=1)[0]),
    )
    if not (families and words):
        return None
    known = [family for family in families if _named(family, words)]
    share = len(known) / len(families)
    led = _named(families[0], first)
    if led and _OTHERS.search(listed):
        share = 1.0
    elif led and _share_known(listed, candidate) >= 0.75:  # the rest may have been left out
        share = max(share, 0.8)
    elif len(families) > 1 and _OTHERS.search(listed):
        share = min(share, 0.4)
    elif len(known) == 1 and len(families) > 2:
        share = 0.0  # one name of several in common is chance: many share Wang and Li
    return share, f"{len(known)} of {len(families)} found{'' if led else ', another comes first'}"


def _share_known(listed: str, candidate: str) -> float:
    """Give the part of the listed names of which the candidate has a word; initials are none."""
    listed_names = _FIRST.split(listed, maxsplit=MOST_AUTHORS)[:MOST_AUTHORS]
    names = [
        words
        for name in listed_names
        if (words := [word for word in _words(name) if len(word) > 2])
    ]
    known = _words(candidate)
    return (
        sum(any(_named(word, known) for word in words) for words in names) / len(names)
        if names
        else 0.0
    )


_FIRST = re.compile(r"[,;&]|\band\b")
_OTHERS = re.compile(r"\bet\.?\s*al\b|\bothers\b|\.\.\.|…", re.IGNORECASE)


@lru_cache(maxsize=1 << 14)
def _families(authors: str) -> tuple[str, ...]:
    names = (normalized(name.partition(",")[0]) for name in authors.split(";"))
    return tuple(islice(filter(None, names), MOST_AUTHORS))


@lru_cache(maxsize=1 << 14)
def _words(authors: str) -> frozenset[str]:
    return frozenset(normalized(authors).split())


def _named(family: str, words: Collection[str]) -> bool:
    """Tell whether every word of a family name is among the words; long ones may be misspelt by a letter or two."""
    return all(
        part in words or (len(part) >= 5 and any(_is_misspelt(part, word) for word in words))
        for part in family.split()
        if len(part) > 1 or " " not in family
    )


# -- verdicts --------------------------------------------------------------------------------------------------------


def judge(
    subject: Identifier,
    listed: Description,
    candidates: Iterable[Record],
    *,
    tie: bool = False,
    threshold: float = THRESHOLD,
) -> Verdict:
    """Choose among candidates. `tie` says that the search itself could not tell the first two apart.

    Candidates that a source asserts to be forms of one work do not compete; the published one is taken.
    """
    records = {str(record.identifier): record for record in candidates}
    ledgers = sorted(
        (compare(listed, of_record(record), name) for name, record in records.items()),
        key=lambda ledger: (
            -ledger.score,
            records[ledger.candidate].kind != "version_of_record",
            ledger.candidate,
        ),
    )
    accepted, why = None, "nothing was found"
    if ledgers:
        best = ledgers[0]
        rivals = [
            other
            for other in ledgers[1:]
            if not _one_work(records[best.candidate], records[other.candidate])
        ]
        if best.score < threshold:
            why = f"{best.score} is below {threshold}"
        elif not best.agrees:
            why = "neither an author nor the year agrees"
        elif rivals and best.score - rivals[0].score < GAP:
            why = f"{rivals[0].candidate} fits as well"
        elif (
            best.lost("shortened") and rivals and rivals[0].within and rivals[0].author is not False
        ):
            why = f"the title is a part of {rivals[0].candidate} as well, and may be of others"
        elif tie and rivals:
            why = "the search found two equally good"
        else:
            accepted, why = (
                best.candidate,
                f"{best.score}, the {'author' if best.author else 'year'} agrees",
            )
    return Verdict(str(subject), listed.title or "", accepted, why, tuple(ledgers))


def told(verdict: Verdict) -> str:
    """Tell the candidates of a verdict in a line, each with what it lost for what."""
    return "; ".join(
        f"{ledger.candidate} {ledger.score:.2f}"
        + "".join(
            f", {penalty.name} -{penalty.value:.2f}"
            for penalty in ledger.penalties
            if penalty.value >= 0.005
        )
        for ledger in verdict.ledgers
    )


def _one_work(one: Record, other: Record) -> bool:
    return other.identifier in one.same_work or one.identifier in other.same_work
