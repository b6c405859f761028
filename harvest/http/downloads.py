"""Files of a published dataset from the web, for `harvest.load` and `harvest.read`."""

from __future__ import annotations

import requests

MAX_BYTES = 2**30
TIMEOUT = (20.0, 60.0)  # seconds, to connect and between two pieces
PIECE = 2**20


def download(url: str) -> bytes:
    """Return the content of a file. Raises OSError if it cannot be read, or is not there."""
    with requests.get(url, timeout=TIMEOUT, stream=True) as response:
        response.raise_for_status()  # requests' errors are OSErrors
        data = bytearray()
        for piece in response.iter_content(PIECE):
            data += piece
            if len(data) > MAX_BYTES:
                raise OSError(f"{url}: more than {MAX_BYTES} bytes")
    return bytes(data)
