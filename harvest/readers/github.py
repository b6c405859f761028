"""`github:owner/repo[:path]` -> the bytes of the README or of a file, through PyGithub."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from harvest.errors import MalformedError, SeedError

if TYPE_CHECKING:  # PyGithub takes 0.2 s to import, and whoever calls has done so
    from github import Github

_NAME = r"(?!\.\.?(?:[/:]|$))[\w.-]+"  # `.` and `..` would be another place on the server
_LIST = re.compile(rf"github:({_NAME}/{_NAME})(?::(?!/)(.+))?")


class Copy(NamedTuple):
    """A remote file: its path in the repository, its bytes, and the tag of this state of it."""

    path: str
    data: bytes
    etag: str | None


def fetch(name: str, client: Github, etag: str | None = None) -> Copy | None:
    """Fetch a remote list. Returns None if it still is in the state of `etag`.

    Such a request does not count against GitHub's rate limit. Raises SeedError for a name of no
    file, and what the client raises.
    """
    match = _LIST.fullmatch(name)
    path = (match[2] or "") if match else ".."
    if not match or ".." in path.split("/"):
        advice = "write github:owner/repo or github:owner/repo:path/to/list.md"
        raise SeedError(name, f"is no seed on GitHub: {advice}")
    repository = f"/repos/{match[1]}"
    address = f"{repository}/contents/{quote(path)}" if path else f"{repository}/readme"
    headers, file = _get(client, address, etag)
    if file is None:
        return None
    if isinstance(file, list):
        raise SeedError(name, "is a folder: name a file in it")
    content = file
    if file.get("encoding") != "base64":  # the contents API leaves out what is over 1 MB
        _, content = _get(client, f"{repository}/git/blobs/{file.get('sha')}")
    if not isinstance(content, dict) or not isinstance(content.get("content"), str):
        raise MalformedError("github", "a file without content")
    return Copy(file["path"], b64decode(content["content"]), headers.get("etag"))


def _get(client: Github, address: str, etag: str | None = None) -> tuple[dict[str, Any], Any]:
    headers = {"If-None-Match": etag} if etag else None
    return client.requester.requestJsonAndCheck("GET", address, headers=headers)
