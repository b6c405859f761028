"""The files of a published dataset, from a folder or the web, for those who import harvest."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urljoin

from harvest.dataset import lake


def files(path: str | Path, main: str, others: Iterable[str] = ()) -> dict[str, bytes]:
    """Return the main file, whatever its name is, and those of the others that are beside it.

    A path names the main file or its folder, an address ends with a slash for the folder. Raises
    OSError if the main file cannot be read.
    """
    if isinstance(path, str) and path.startswith(("https://", "http://")):
        return _from_web(path, main, others)
    file = Path(path)
    if lake.is_lake(file):
        return lake.files(file)
    file = file / main if file.is_dir() else file
    beside = {name: file.with_name(name) for name in others}
    contents = {name: it.read_bytes() for name, it in beside.items() if it.is_file()}
    return {main: file.read_bytes(), **contents}


def _from_web(url: str, main: str, others: Iterable[str]) -> dict[str, bytes]:
    from harvest.http.downloads import download

    contents = {main: download(urljoin(url, main) if url.endswith("/") else url)}
    for name in others:
        try:
            contents[name] = download(urljoin(url, name))
        except OSError as error:
            status = getattr(getattr(error, "response", None), "status_code", None)
            if status != 404:
                raise
    return contents
