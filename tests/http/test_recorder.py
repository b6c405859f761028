"""What a recording holds, and what never reaches it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.errors import SourceError
from harvest.http import recorder
from harvest.http.clients import Http
from harvest.http.recorder import EXCHANGES, Exchange
from harvest.http.sanitize import CUT, Sanitizer, cut_abstracts
from tests.fakes import ScriptedServer
from tests.fakes.scripted import Answer
from tests.support.settings import SERVICE_NAMES, impatient_settings

Serve = Callable[[Callable[[str], Answer]], ScriptedServer]
TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"
OTHER = "github_pat_11ABCDEFG0_somebodyelses"
MAILTO = "me.myself@home.example.net"
SECRETS = {
    "token": TOKEN,
    "other token": OTHER,
    "mailto": MAILTO,
    "mailto in an address": "me.myself%40home.example.net",
    "another address": "jane-doe+x@uni.example.ac.uk",
    "IPv4": "203.0.113.77",
    "IPv6": "2001:db8:85a3::8a2e:370:7334",
    "GitHub's request id": "5D0E:1C2B:7A10F:98BC2:65F0A3C1",
    "JWT": "eyJhbGciOiJI.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4",
}
LABELLED = {
    "cookie": "Set-Cookie: session=abc123def",
    "authorization": "Authorization: Basic dXNlcjpwYXNz",
    "request id": "x-request-id: 7f3c9a2e11",
    "uuid": "trace 3926db30-f712-4394-aebc-75976070e91f end",
}
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Nd")), max_size=20)


def settings(urls: dict[str, str], folder: Path) -> Any:
    record = str(folder / "recording")
    return impatient_settings(urls, folder, token=TOKEN, mailto=MAILTO, record=record)


def text_of(folder: Path) -> str:
    return (folder / "recording" / "0001" / EXCHANGES).read_text("utf-8")


@pytest.mark.parametrize("secret", SECRETS.values(), ids=list(SECRETS))
@pytest.mark.parametrize("status", [200, 403, 500])
@pytest.mark.parametrize("place", ["header", "address", "body", "location"])
def test_no_secret_reaches_the_folder(
    serve: Serve, tmp_path: Path, secret: str, status: int, place: str
) -> None:
    headers = {"content-type": "application/json", "x-github-request-id": secret}
    headers |= {"set-cookie": f"a={secret}", "server": secret, "x-cache": f"HIT from {secret}"}
    body = json.dumps({"message": f"Hello {secret}, and", "DOI": "10.1/a"}).encode()
    if place == "location":
        status, headers["location"] = 301, f"https://{secret}/x?mailto={secret}"
    service = serve(lambda _: (status, headers, body))
    with closing(Http(settings({"crossref": service.url}, tmp_path), sleep=lambda _: None)) as http:
        session = http.rest("crossref")._session
        with pytest.raises(SourceError) if status != 200 else closing(session):
            session.get(f"{service.url}/works?query={secret}&token=abc")
    assert secret.lower() not in text_of(tmp_path).lower()
    assert "abc" not in text_of(tmp_path)
    assert Exchange.__name__.lower() in text_of(tmp_path)


@given(WORDS, WORDS, st.sampled_from(sorted(SECRETS.values())))
def test_a_secret_between_any_words_is_removed(before: str, after: str, secret: str) -> None:
    text = f"{before} {secret} {after}"
    sanitizer = Sanitizer([TOKEN, MAILTO])
    for clean in (sanitizer.text(text), sanitizer.message(text)):
        assert secret not in clean
        assert sanitizer.text(clean) == clean


@given(WORDS, st.sampled_from(sorted(LABELLED.values())))
def test_an_error_page_repeats_nothing(before: str, line: str) -> None:
    private = line.rsplit(maxsplit=1)[-1] if "end" not in line else line.split()[1]
    assert private not in Sanitizer().message(f"{before}\n{line}\n")


@pytest.mark.parametrize(
    "data",
    [
        "10.1002/1096-9861(20010212)430:3<283::aid-cne1031>3.0.co;2-v",
        "10.1000/1.2.3.4",
        "uuid:3926db30-f712-4394-aebc-75976070e91f",
        "Basic electrophysiology: an introduction to cookie theory",
        "Ada::Bed and std::vector at 12:34:56, version 300.1.2.3",
        "http://127.0.0.1:8080/works",
        "0000-0002-1825-0097",
    ],
)
def test_data_stays(data: str) -> None:
    assert Sanitizer([TOKEN]).text(data) == data


def test_abstracts_are_cut() -> None:
    crossref = r'{"abstract":"<p>Long \"words\" [1]","title":["A"],"abstract" : "half'
    assert cut_abstracts(crossref) == f'{{"abstract":"{CUT}","title":["A"],"abstract" : "{CUT}'
    datacite = '{"descriptions":[{"description":"Long ] words","lang":"en"}],"doi":"10.1/a"}'
    assert cut_abstracts(datacite) == '{"descriptions":[],"doi":"10.1/a"}'
    feed = "<summary>One. Two.\nThis paper has been withdrawn by the author. Four.</summary>"
    sentence = "This paper has been withdrawn by the author."
    assert cut_abstracts(feed) == f"<summary>{CUT}. {sentence} {CUT}.</summary>"


@given(st.dictionaries(st.sampled_from(["abstract", "title", "doi"]), st.text()))
def test_json_stays_json(work: dict[str, str]) -> None:
    clean = json.loads(cut_abstracts(json.dumps(work)))
    assert clean.keys() == work.keys()
    assert {k: v for k, v in clean.items() if k != "abstract"} == {
        k: v for k, v in work.items() if k != "abstract"
    }


def test_two_runs_at_once_have_a_folder_each(serve: Serve, tmp_path: Path) -> None:
    body = b'{"data": "\xff"}'
    service = serve(lambda _: (404, {"content-type": "text/plain"}, body))
    urls = dict.fromkeys(SERVICE_NAMES, service.url)

    def ask(number: int) -> None:
        with closing(Http(settings(urls, tmp_path), sleep=lambda _: None)) as http:
            for name in ("datacite", "doi"):
                session = http.rest(name)._session
                for page in range(10):
                    with pytest.raises(SourceError):
                        session.get(f"{service.url}/{number}/{page}")

    threads = [threading.Thread(target=ask, args=[number]) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    runs = recorder.runs(tmp_path / "recording")
    assert [run.name for run in runs] == ["0001", "0002", "0003"]
    for run in runs:
        lines = list(recorder.read(run))
        assert len(lines) == 20
        assert {line.content for line in lines if isinstance(line, Exchange)} == {body}
        assert len({line.url.split("/")[3] for line in lines if isinstance(line, Exchange)}) == 1


def test_a_failure_is_an_exchange(tmp_path: Path) -> None:
    urls = {"crossref": "http://127.0.0.1:1"}
    http = Http(settings(urls, tmp_path), sleep=lambda _: None)
    with closing(http), pytest.raises(SourceError):
        http.rest("crossref").get("/works")
    [line] = recorder.read(tmp_path / "recording" / "0001")
    assert isinstance(line, Exchange)
    assert line.failure
    assert line.failure.error == "TransientError"
