"""`github:owner/repo[:path]` -> the bytes of the README, or of the file at a path, through PyGithub."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING

from harvest.errors import SeedError

if TYPE_CHECKING:  # PyGithub takes 0.2 s to import, and whoever calls has done so
    from github import Github

_SEED = re.compile(r"github:([\w.-]+/[\w.-]+)(?::(?!/)(.+))?")


def fetch(seed: str, client: Github) -> tuple[str, bytes]:
    """Give the path of a remote seed in its repository, and its bytes.

    Raises SeedError for a seed that names no file, and what the client raises.
    """
    found = _SEED.fullmatch(seed)
    if not found or ".." in (found[2] or "").split("/"):
        raise SeedError(seed, "is no seed on GitHub: write github:owner/repo or github:owner/repo:path/to/list.md")
    repository = client.get_repo(found[1], lazy=True)
    file = repository.get_contents(found[2]) if found[2] else repository.get_readme()
    if isinstance(file, list):
        raise SeedError(seed, "is a folder: name a file in it")
    if file.encoding == "base64":
        return file.path, file.decoded_content
    blob = repository.get_git_blob(file.sha)  # the contents API leaves out what is over 1 MB
    return file.path, b64decode(blob.content)
