"""Publications, as every writer gets them: the dataset and what stands around it."""

from __future__ import annotations

import csv
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from itertools import chain
from pathlib import Path

import msgspec

from harvest import __version__
from harvest.config import Publish
from harvest.dataset import change_log, lake, stars, store
from harvest.dataset.change_log import LoggedChange
from harvest.dataset.stars import StarCount
from harvest.errors import UsageError
from harvest.models import Dataset, Finding, Repository, Work

FINDINGS = "findings.json"
FINDING_COLUMNS = ("seed", "line", "code", "message")


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset, the findings in its lists, its change log and star history, oldest row first."""

    dataset: Dataset
    findings: Sequence[Finding] = ()
    changes: Sequence[LoggedChange] = ()
    stars: Sequence[StarCount] = ()
    settings: Publish = Publish()

    @property
    def works(self) -> list[Work]:
        """The works of the dataset."""
        return self.dataset.works

    @property
    def repositories(self) -> list[Repository]:
        """The repositories of the dataset."""
        return self.dataset.repositories


def select(content: Publication, works: list[Work]) -> Publication:
    """Return the part of a publication on some works: their repositories, findings, changes.

    A repository names only works that are among them.
    """
    ids = {work.id for work in works}
    links = chain.from_iterable(work.repositories for work in works)
    names = {link.id for link in links}
    mentions = chain.from_iterable(work.mentions for work in works)
    places = {(place.seed, place.line) for place in mentions}
    repositories = [_only(it, ids) for it in content.repositories if it.id in names]
    subjects = ids | names
    numbers = {repository.repository_id for repository in repositories}
    return Publication(
        dataset=Dataset(works, repositories),
        findings=[it for it in content.findings if (it.seed, it.line) in places],
        changes=[it for it in content.changes if it.id in subjects],
        stars=[it for it in content.stars if it.repository_id in numbers],
        settings=content.settings,
    )


def _only(repository: Repository, works: Container[str]) -> Repository:
    """Return a repository that names no other works than these."""
    rest = [work for work in repository.works if work in works]
    return msgspec.structs.replace(repository, works=rest)


def read(folder: Path, settings: Publish) -> Publication | None:
    """Return what a folder holds, None without a dataset. Raises UsageError for a broken file."""
    dataset = store.load(folder)
    if dataset is None:
        return None
    files = lake.files(folder) if lake.is_lake(folder) else _files(folder)
    return assemble(dataset, files, settings, folder)


def _files(folder: Path) -> dict[str, bytes]:
    """Return the files of an output folder that a publication is made of, as far as it has them."""
    contents = {}
    for name in (FINDINGS, change_log.FILE, stars.FILE):
        if (folder / name).is_file():
            contents[name] = (folder / name).read_bytes()
    return contents


def assemble(
    dataset: Dataset, files: dict[str, bytes], settings: Publish, folder: Path
) -> Publication:
    """Return a publication of a dataset and the files beside it; one that is not there is empty.

    Raises UsageError for a broken file, named by its `folder`.
    """
    findings: Sequence[Finding] = ()
    changes: Sequence[LoggedChange] = ()
    history: Sequence[StarCount] = ()
    with refuse_broken(folder / FINDINGS):
        if data := files.get(FINDINGS):
            findings = msgspec.json.decode(data, type=list[Finding])
    with refuse_broken(folder / change_log.FILE):
        if data := files.get(change_log.FILE):
            changes = change_log.read(data)
    with refuse_broken(folder / stars.FILE):
        if data := files.get(stars.FILE):
            history = stars.read(data)
    return Publication(
        dataset=dataset, findings=findings, changes=changes, stars=history, settings=settings
    )


@contextmanager
def refuse_broken(path: Path) -> Iterator[None]:
    """Turn what a broken file raises into UsageError."""
    try:
        yield
    except (csv.Error, msgspec.MsgspecError, ValueError, KeyError) as error:
        advice = "put the file of the last run back, or remove it"
        raise UsageError(f"{path}: cannot be read ({error}); {advice}") from error


def digest(files: Mapping[str, bytes], settings: Publish) -> str:
    """Return the SHA-256 of everything that a writer sees, and of the version of harvest.

    `files` are the SHA-256 of the files by name.
    """
    total = sha256(msgspec.json.encode([__version__, settings], order="deterministic"))
    for name in sorted(files):
        total.update(name.encode() + files[name])
    return total.hexdigest()
