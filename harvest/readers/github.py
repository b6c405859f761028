"""`github:owner/repo[:path]` -> the bytes of the README, or of the file at a path, through PyGithub."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from harvest.errors import MalformedError, SeedError

if TYPE_CHECKING:  # PyGithub takes 0.2 s to import, and whoever calls has done so
    from github import Github

_NAME = r"(?!\.\.?(?:[/:]|$))[\w.-]+"  # `.` and `..` would be another place on the server
_SEED = re.compile(rf"github:({_NAME}/{_NAME})(?::(?!/)(.+))?")


class Copy(NamedTuple):
    """A remote file: its path in the repository, its bytes, and the tag under which GitHub knows this state of it."""

    path: str
    data: bytes
    etag: str | None


def fetch(seed: str, client: Github, etag: str | None = None) -> Copy | None:
    """Get a remote seed; None when it still is what `etag` stands for (a question that costs no rate limit).

    Raises SeedError for a seed that names no file, and what the client raises.
    """
    found = _SEED.fullmatch(seed)
    if not found or ".." in (found[2] or "").split("/"):
        raise SeedError(
            seed,
            "is no seed on GitHub: write github:owner/repo or github:owner/repo:path/to/list.md",
        )
    repository = f"/repos/{found[1]}"
    address = f"{repository}/contents/{quote(found[2])}" if found[2] else f"{repository}/readme"
    headers, file = _get(client, address, etag)
    if file is None:
        return None
    if isinstance(file, list):
        raise SeedError(seed, "is a folder: name a file in it")
    if file.get("encoding") != "base64":  # the contents API leaves out what is over 1 MB
        _, blob = _get(client, f"{repository}/git/blobs/{file.get('sha')}")
        return Copy(file["path"], _decoded(blob), headers.get("etag"))
    return Copy(file["path"], _decoded(file), headers.get("etag"))


def _get(client: Github, address: str, etag: str | None = None) -> tuple[dict[str, Any], Any]:
    return client.requester.requestJsonAndCheck(
        "GET", address, headers={"If-None-Match": etag} if etag else None
    )


def _decoded(body: Any) -> bytes:
    if not isinstance(body, dict) or not isinstance(body.get("content"), str):
        raise MalformedError("github", "a file without content")
    return b64decode(body["content"])
