"""Digests, which tell whether anything is new."""

from __future__ import annotations

from hashlib import blake2b

SIZE = 20  # bytes


def digest(*parts: bytes) -> bytes:
    """Return a digest of parts, each told from the next."""
    total = blake2b(digest_size=SIZE)
    for part in parts:
        total.update(len(part).to_bytes(8))
        total.update(part)
    return total.digest()
