"""Digests that show whether anything has changed, and SHA-256 for the users of files."""

from __future__ import annotations

from hashlib import blake2b, file_digest
from pathlib import Path

SIZE = 20  # bytes


def digest(*parts: bytes) -> bytes:
    """Return a digest of parts, each told from the next."""
    total = blake2b(digest_size=SIZE)
    for part in parts:
        total.update(len(part).to_bytes(8))
        total.update(part)
    return total.digest()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
