"""The files of a dump, and the records in them: text of one JSON object each.

A dump is one file, several, a folder or a .tar of them, or a .zip. Each holds a record a line
(`.jsonl`, `.json`), or one object with a list of `items`, as Crossref's did until 2024; it may be
compressed (`.gz`). Nothing is held but the record at hand.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

import msgspec

from harvest.errors import SHAPE_ERRORS, MalformedError, UsageError
from harvest.sources.base import DumpedSource

SUFFIXES = (".jsonl", ".json", ".jsonl.gz", ".json.gz")
FORMS = f"{', '.join(SUFFIXES)}, or a .tar or .zip of them"
MAX_RECORD = 64 << 20  # bytes: no registry has a record so long
CHUNK = 1 << 18
SAMPLE = 20  # records that are read to see what a file is
MAX_LOOKS = 200  # parts that are looked at before all are read
RECORD_ERRORS = (msgspec.DecodeError, MalformedError, *SHAPE_ERRORS)
STREAM_ERRORS = (EOFError, OSError, UnicodeError, zlib.error, zipfile.BadZipFile)
_ITEMS = re.compile(rb'\s*\{\s*"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


class BrokenError(Exception):
    """A file that is cut, empty or damaged. The message says which."""


class DumpPart(msgspec.Struct, frozen=True):
    """One file with records: the file at `path`, or a part of that archive.

    `start` and `size` are in bytes and place it in a .tar; `member` is its name in a .zip.
    """

    name: str
    path: str
    size: int
    start: int | None = None
    member: str | None = None

    @property
    def is_compressed(self) -> bool:
        """True for a file that is smaller than what is in it."""
        return self.member is not None or self.name.endswith(".gz")


def parts(paths: Iterable[Path]) -> list[DumpPart]:
    """Return the files with records below some paths, in order. Raises UsageError for no dump."""
    result: dict[str, DumpPart] = {}
    for path in paths:
        own = list(_parts(path))
        if not own:
            raise UsageError(f"{path}: no dump: there is no {FORMS} in it")
        result |= {part.name: part for part in own}
    return [result[name] for name in sorted(result)]


def _parts(path: Path) -> Iterator[DumpPart]:
    try:
        if path.is_dir():
            for file in sorted(filter(_is_dump, path.rglob("*"))):
                yield from _of_file(file, Path(path.resolve().name) / file.relative_to(path))
        elif _is_dump(path):
            yield from _of_file(path, Path(path.name))
        elif not path.exists():
            raise UsageError(f"{path}: does not exist: check the path")
        else:
            raise UsageError(f"{path}: no dump: name a {FORMS}")
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path}: cannot be read ({error}): download it again") from error


def _is_dump(path: Path) -> bool:
    return path.name.endswith((*SUFFIXES, ".tar", ".zip")) and path.is_file()


def _of_file(path: Path, name: Path) -> Iterator[DumpPart]:
    if path.suffix == ".tar":
        with tarfile.open(path, "r:") as archive:
            for info in archive:
                if info.isfile() and info.name.endswith(SUFFIXES):
                    member = f"{name.as_posix()}/{info.name}"
                    yield DumpPart(member, str(path), info.size, start=info.offset_data)
    elif path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(SUFFIXES):
                    member = f"{name.as_posix()}/{entry.filename}"
                    yield DumpPart(member, str(path), entry.compress_size, member=entry.filename)
    else:
        yield DumpPart(name.as_posix(), str(path), path.stat().st_size)


@contextmanager
def _stored(part: DumpPart) -> Iterator[IO[bytes]]:
    """Open a part as it is stored, which may be compressed."""
    if part.member is not None:
        with zipfile.ZipFile(part.path) as zipped, zipped.open(part.member) as file:
            yield file
    elif part.start is not None:
        info = tarfile.TarInfo(part.name)
        info.offset_data, info.size = part.start, part.size
        with tarfile.open(part.path, "r:") as archive:
            yield archive.extractfile(info)  # type: ignore[misc]  # a plain file has content
    else:
        with Path(part.path).open("rb") as file:
            yield file


def digest(part: DumpPart) -> str:
    """Return the SHA-256 of a part as it is stored. Raises BrokenError."""
    with _reading(), _stored(part) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # it reads


def records(part: DumpPart) -> Generator[tuple[int, bytes], None, None]:
    """Yield the records of a part, each with its line (or its place among the items), from 1.

    Raises BrokenError for a file that is cut, empty or damaged: gzip and zip have a checksum.
    """
    with _reading(), _stored(part) as file:
        number = 0
        for number, text in enumerate(_texts(_unpacked(part, file)), 1):
            yield number, text
        if not number:
            raise BrokenError("is empty")


def _texts(stream: io.BufferedReader) -> Iterator[bytes]:
    return _items(stream) if _has_items(stream) else _lines(stream)


def _has_items(stream: io.BufferedReader) -> bool:
    return _ITEMS.match(stream.peek(1024)) is not None


def _unpacked(part: DumpPart, file: IO[bytes]) -> io.BufferedReader:
    from isal import igzip

    if isinstance(file, io.BufferedReader) and not part.name.endswith(".gz"):
        return file
    raw: Any = file
    if part.name.endswith(".gz"):
        raw = igzip.IGzipFile(fileobj=file)  # type: ignore[no-untyped-call]  # it has no types
    return io.BufferedReader(raw, CHUNK)


@contextmanager
def _reading() -> Iterator[None]:
    """Turn what readers raise for a damaged file into one error."""
    from isal.isal_zlib import IsalError

    errors: Any = (*STREAM_ERRORS, IsalError)  # it has no types
    try:
        yield
    except errors as error:
        raise BrokenError(f"is cut or damaged ({str(error) or type(error).__name__})") from error


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    for line in iter(partial(stream.readline, MAX_RECORD), b""):
        if not line.endswith(b"\n"):  # which the last line may lack, if it is whole
            try:
                json.loads(line)
            except ValueError:
                raise BrokenError("is cut: a line has no end") from None
        yield line


def _items(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the texts of the items; the decoder of Python tells where each ends."""
    text, decoder = io.TextIOWrapper(stream, "utf-8", newline=""), json.JSONDecoder()
    buffer = text.read(CHUNK)
    place = buffer.index("[") + 1
    while True:
        place = _BETWEEN.match(buffer, place).end()  # type: ignore[union-attr]  # matches nothing, too
        if buffer[place : place + 1] == "]":
            return
        try:
            _, end = decoder.raw_decode(buffer, place)
        except json.JSONDecodeError:
            more = text.read(CHUNK)
            if not more or len(buffer) - place > MAX_RECORD:
                raise BrokenError("is cut, or no JSON: an item of its list has no end") from None
            buffer, place = buffer[place:] + more, 0
            continue
        yield buffer[place:end].encode()
        place = end


def check(parts: Sequence[DumpPart], source: DumpedSource, others: Iterable[DumpedSource]) -> None:
    """Raise UsageError unless all parts are of one form, and of the source.

    Of thousands of parts some are looked at. A damaged part is refused when it is read.
    """
    forms: dict[bool, str] = {}
    for part in parts[:: 1 + len(parts) // MAX_LOOKS]:
        try:
            with _reading(), _stored(part) as file:
                stream = _unpacked(part, file)
                forms.setdefault(_has_items(stream), part.name)
                texts = list(islice(_texts(stream), SAMPLE))
        except BrokenError:
            continue
        if texts and not any(_fits(source, text) for text in texts):
            rivals = [it.name for it in others if any(_fits(it, text) for text in texts)]
            advice = f"try `harvest mirror add {rivals[0]}`" if rivals else "check the path"
            raise UsageError(f"{part.name}: no dump of {source.name}: {advice}")
    if len(forms) > 1:
        names = " and ".join(sorted(forms.values()))
        raise UsageError(f"{names} are of two formats, so of two dumps: add one after the other")


def _fits(source: DumpedSource, text: bytes) -> bool:
    try:
        source.from_dump(text)
    except RECORD_ERRORS:
        return False
    return True
