"""Files of a repository through PyGithub, from a server on loopback."""

from __future__ import annotations

import json
from base64 import encodebytes
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest
from github import Github, UnknownObjectException

from harvest.errors import MalformedError, SeedError
from harvest.readers.github import fetch


def file(path: str, content: bytes | None) -> dict[str, Any]:
    """A file as the contents API gives it; the bytes of what is over 1 MB are left out."""
    text, encoding = (encodebytes(content).decode(), "base64") if content else ("", "none")
    return {
        "type": "file",
        "name": path,
        "path": path,
        "sha": "5ba1",
        "content": text,
        "encoding": encoding,
    }


TAG = '"a tag"'
ANSWERS: dict[str, Any] = {
    "": {"full_name": "owner/na.me", "url": "/repos/owner/na.me"},
    "/readme": file("docs/README.rst", b"readme"),
    "/contents/data/a b.md": file("data/a b.md", b"content"),
    "/contents/big.md": file("big.md", None),
    "/contents/empty.md": {"path": "empty.md", "encoding": "base64"},
    "/contents/docs": [file("docs/a.md", b"a")],
    "/git/blobs/5ba1": {
        "sha": "5ba1",
        "content": encodebytes(b"big").decode(),
        "encoding": "base64",
    },
}


class GitHub(BaseHTTPRequestHandler):
    """Answers for one repository."""

    def do_GET(self) -> None:
        if self.headers["If-None-Match"] == TAG:
            self.send_response(304)
            self.end_headers()
            return
        answer = ANSWERS.get(unquote(self.path).removeprefix("/repos/owner/na.me"))
        body = json.dumps(answer or {"message": "Not Found"}).encode()
        self.send_response(200 if answer else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", TAG)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def client() -> Iterator[Github]:
    with ThreadingHTTPServer(("127.0.0.1", 0), GitHub) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        github = Github(
            base_url=f"http://127.0.0.1:{server.server_port}",
            retry=None,
            seconds_between_requests=0,
        )
        yield github
        github.close()
        server.shutdown()


@pytest.mark.parametrize(
    ("seed", "path", "data"),
    [
        ("github:owner/na.me", "docs/README.rst", b"readme"),
        ("github:owner/na.me:data/a b.md", "data/a b.md", b"content"),
        ("github:owner/na.me:big.md", "big.md", b"big"),
    ],
)
def test_fetch(client: Github, seed: str, path: str, data: bytes) -> None:
    assert fetch(seed, client) == (path, data, TAG)


def test_a_file_that_did_not_change_is_not_sent_again(client: Github) -> None:
    assert fetch("github:owner/na.me", client, TAG) is None


def test_a_file_without_content(client: Github) -> None:
    with pytest.raises(MalformedError, match="without content"):
        fetch("github:owner/na.me:empty.md", client)


def test_a_file_that_is_not_there(client: Github) -> None:
    with pytest.raises(UnknownObjectException):
        fetch("github:owner/na.me:none.md", client)


@pytest.mark.parametrize(
    "seed",
    [
        "github:owner", "github:owner/na.me/x", "github:owner/na.me:", "github:owner/na.me:/etc/a.md",
        "github:owner/na.me:../a.md", "github:owner/na.me:a/../b.md", "github:o wner/name", "github:owner/na.me:docs",
    ],
)  # fmt: skip
def test_a_seed_that_names_no_file(client: Github, seed: str) -> None:
    with pytest.raises(SeedError) as caught:
        fetch(seed, client)
    assert caught.value.seed == seed
