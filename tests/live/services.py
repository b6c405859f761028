"""The services that a probe asks: fakes, or the real ones with HARVEST_LIVE=1.

A probe asks with the program's own sources and clients, and compares each exchange with a contract:
status, content type, headers, and the types at JSON paths. So where a real service differs from
what its fake does, the probe says so before a user's night does.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import UnionType
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
import requests

from harvest.commands.settings import load_settings
from harvest.config import Settings
from harvest.http.clients import Http
from harvest.models import Identifier, Reply
from harvest.sources import discover
from harvest.sources.base import SearchableSource, Source
from tests.fakes import FakeServices
from tests.support.settings import NO_FILE, TOKEN, make_settings

ATOM = "{http://www.w3.org/2005/Atom}"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
MAILTO = "probes@example.org"


@dataclass
class Exchange:
    """A request and its response; `seconds` end with the headers."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    seconds: float
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)

    def feed(self) -> ET.Element:
        """Return the body as an Atom feed."""
        return ET.fromstring(self.body)  # noqa: S314  # from arXiv, or from our own fake

    def total(self) -> int:
        """Return the number of entries that a feed names."""
        return int(self.feed().findtext(f"{SEARCH}totalResults", ""))

    def ids(self) -> list[str]:
        """Return the ids of a feed's entries, with their versions."""
        entries = self.feed().findall(f"{ATOM}entry")
        return [entry.findtext(f"{ATOM}id", "").rpartition("/abs/")[2] for entry in entries]

    def check(
        self,
        content_type: str,
        shape: Mapping[str, type | UnionType] | None = None,
        status: int = 200,
    ) -> None:
        """Compare the response with its contract.

        `shape` has the type of what stands at each path of the JSON, where `[]` is every item.
        """
        assert (self.status, self.headers.get("content-type", "")[: len(content_type)]) == (
            status,
            content_type,
        )
        for path, kind in (shape or {}).items():
            values = list(values_at(self.json(), path.split(".")))
            assert values, f"nothing at {path}"
            odd = [value for value in values if not isinstance(value, kind)]
            assert not odd, f"{path}: {kind} expected, {odd[0]!r} found"

    def check_numbers(self, *names: str) -> None:
        """Assert that these headers are there and hold whole numbers."""
        for name in names:
            assert self.headers.get(name, "").isdecimal(), f"{name}: {self.headers.get(name)!r}"


def values_at(value: Any, path: list[str]) -> Iterator[Any]:
    """Yield what stands at a path; `[]` at the end of a name goes through a list."""
    if not path:
        yield value
        return
    name = path[0].removesuffix("[]")
    assert isinstance(value, dict), f"no object around {name!r}: {value!r}"
    assert name in value, f"no {name!r} in {sorted(value)}"
    if path[0].endswith("[]"):
        assert isinstance(value[name], list), f"{name}: no list"
        for item in value[name]:
            yield from values_at(item, path[1:])
    else:
        yield from values_at(value[name], path[1:])


class Services:
    """What a probe asks, and every exchange that it made, oldest first.

    `fakes` is None for the real services. `tolerated` are words of what the fakes call violations
    and a probe does on purpose. `recording` is a folder for all that is asked.
    """

    def __init__(
        self, fakes: FakeServices | None, folder: Path, recording: Path | None = None
    ) -> None:
        self.fakes = fakes
        self._responses: list[tuple[requests.Reply, float]] = []
        self.tolerated: list[str] = []
        self._settings = _live_settings(folder) if fakes is None else _fake_settings(folder, fakes)
        if recording:
            self._settings = msgspec.structs.replace(self._settings, record=str(recording))
        self.now = datetime.now(UTC) if fakes is None else fakes.world.today
        self.http = Http(self._settings)

    def become(self, **changes: Any) -> None:
        """Go on as a run with other settings."""
        self.http.close()
        self.http = Http(msgspec.structs.replace(self._settings, **changes))

    def need(self, name: str) -> None:
        """Skip a probe for which a setting is missing: `mailto` or `github_token`."""
        if not getattr(self._settings, name):
            pytest.skip(f"needs the setting {name}")

    @property
    def exchanges(self) -> list[Exchange]:
        """Every exchange so far."""
        return [_exchange(response, seconds) for response, seconds in self._responses]

    @property
    def last(self) -> Exchange:
        """The latest exchange."""
        return self.exchanges[-1]

    def fetch(self, scheme: str, *values: str, source: str) -> dict[str, Reply]:
        """Ask a source for identifiers as a night does; return the last answer for each."""
        due = {Identifier(scheme, value): None for value in values}
        responses = _source(source).fetch(due, self.http, self.now)
        return {response.identifier.value: response for response in responses}

    def search(self, source: str, *questions: Identifier) -> list[Reply]:
        """Ask a source to search, as a night does."""
        searchable = _source(source)
        assert isinstance(searchable, SearchableSource)
        return list(searchable.search(questions, self.http))

    def probe(self, source: str) -> str:
        """Ask as `harvest doctor` does, and return the text of the result."""
        result = _source(source).probe(self.http, self.now)
        assert result.state != "problem", result
        return result.text

    def record(self, response: requests.Reply, began: float) -> None:
        """Add an exchange; its body is there when the program has read it."""
        self._responses.append((response, time.monotonic() - began))

    def close(self) -> None:
        """End the run."""
        self.http.close()


def _exchange(response: requests.Reply, seconds: float) -> Exchange:
    body = response._content or b""  # False where nothing was read
    method, url = str(response.request.method), str(response.url)
    return Exchange(method, url, response.status_code, response.headers, seconds, body)


def _source(name: str) -> Source:
    return discover()[name]


def _fake_settings(folder: Path, fakes: FakeServices) -> Settings:
    return make_settings(folder, fakes, token=TOKEN, mailto=MAILTO)


def _live_settings(folder: Path) -> Settings:
    """Return the default settings. `folder` holds the pace, which all probes share."""
    flags = {"cache": str(folder / "cache"), "output": str(folder / "output")}
    names = ("GITHUB_TOKEN", "HARVEST_MAILTO")
    environ = {name: os.environ[name] for name in names if os.environ.get(name)}
    return load_settings(NO_FILE, flags, environ)
