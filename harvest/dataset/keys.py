"""Citation keys such as `goodfellow2014generative`, which stay with their works.

The first work that has a stem keeps it; a later one gets `-` and hexadecimal digits of the SHA-256
of its id. A key that was published is never given to another work of the dataset.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from hashlib import sha256
from itertools import chain

from anyascii import anyascii

from harvest.models import AnyDataset, AnyWork, Dataset, Work
from harvest.text import fold_title

ARTICLES = frozenset({"a", "an", "the"})
NOBODY = "anonymous"
DIGITS = 4  # of a suffix, more where two works share them
_OTHER = re.compile(r"[^a-z0-9]+")


def assign(dataset: Dataset, last: AnyDataset | None) -> None:
    """Assign every work its key: that of the last dataset, or a new one.

    A work that was joined from several has the key of its id, and the others as former keys.
    """
    before = {work.id: work for work in last.works} if last else {}
    for work in dataset.works:
        carry_over(work, before)
    reserved = {work.key for work in dataset.works if work.key}
    reserved.update(*(work.former_keys for work in dataset.works))
    reserved.update(work.key for work in before.values() if work.key)
    for work in dataset.works:
        if work.key is None:
            work.key = new_key(work.id, stem(work), reserved)
            reserved.add(work.key)


def stem(work: Work) -> str:
    """Return family name, year and first word of the title, in ASCII letters and digits."""
    people = work.authors or work.editors
    first = people[0] if people else None
    family = _ascii(first.family or first.name) if first else ""
    words = [_ascii(word) for word in fold_title(work.title or "").split()]
    word = next((word for word in words if word and word not in ARTICLES), "")
    return f"{family or NOBODY}{work.year or ''}{word}"


def carry_over(work: Work, before: Mapping[str, AnyWork]) -> None:
    """Assign a work the keys of the last works that it was; `before` has these by id."""
    former = [before[name] for name in (work.id, *work.aliases) if name in before]
    keys = list(dict.fromkeys(it.key for it in former if it.key))
    work.key = keys[0] if keys else None
    others = {*keys[1:], *chain.from_iterable(it.former_keys for it in former)}
    work.former_keys = sorted(others - {work.key or ""})


def new_key(work_id: str, stem: str, reserved: Container[str]) -> str:
    """Return the key of a work that has a stem; only keys with that stem matter."""
    key = stem
    digest = sha256(work_id.encode()).hexdigest()
    for digits in range(DIGITS, len(digest) + 1):
        if key not in reserved:
            return key
        key = f"{stem}-{digest[:digits]}"
    return key


def _ascii(text: str) -> str:
    """Return a text in lower case ASCII letters and digits, other alphabets as they are spoken."""
    return _OTHER.sub("", anyascii(fold_title(text)).lower())
