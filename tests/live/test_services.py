"""What the probes stand on: contracts, reports, and the settings of a live run."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest.http import recorder
from harvest.http.recorder import Exchange as RecordedExchange
from tests.live.services import MAILTO, Exchange, Services, _live_settings
from tests.support.settings import TOKEN

BODY = b'{"items": [{"name": "a", "size": 1}, {"name": "b", "size": null}], "more": []}'
EXCHANGE = Exchange("GET", "/", 200, {"content-type": "application/json"}, 0.1, BODY)


def test_a_contract_that_holds() -> None:
    EXCHANGE.check("application/json", {"items[].name": str, "items[].size": int | None})


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ({"items[].size": int}, "None found"),
        ({"items[].color": str}, "no 'color' in"),
        ({"items.name": str}, "no object around 'name'"),
        ({"more[].name": str}, r"nothing at more\[\].name"),
        ({"items[].name[]": str}, "name: no list"),
    ],
)
def test_a_contract_that_is_broken(shape: dict[str, type], message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        EXCHANGE.check("application/json", shape)


@pytest.mark.parametrize(
    ("content_type", "status"), [("text/html", 200), ("application/json", 404)]
)
def test_another_status_or_type(content_type: str, status: int) -> None:
    with pytest.raises(AssertionError):
        EXCHANGE.check(content_type, status=status)


def test_a_recording_names_nobody(services: Services, tmp_path: Path) -> None:
    if services.fakes is None:
        pytest.skip("asks the fakes only")
    services.become(mailto=MAILTO, github_token=TOKEN, record=str(tmp_path / "recording"))
    client = services.http.rest("crossref")
    for mailto in (MAILTO, None):
        parameters = {"mailto": mailto} if mailto else {"filter": f"doi:{TOKEN}", "rows": "1"}
        address = services.fakes.urls["crossref"] + "/works"
        assert client._session.get(address, params=parameters).status_code == 200
    services.tolerated.append("rows is not set")
    lines = list(recorder.read(tmp_path / "recording" / "0001"))
    text = repr(lines)
    assert not [word for word in (MAILTO, "probes%40", TOKEN) if word in text]
    assert len(lines) == 2
    for line in lines:
        assert isinstance(line, RecordedExchange)
        assert line.headers.keys() >= {"content-type", "x-api-pool"}


def test_a_live_run_has_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("CROSSREF_INTERVAL", "0"), ("MAILTO", MAILTO)):
        monkeypatch.setenv(f"HARVEST_{name}", value)
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    settings = _live_settings(tmp_path)
    assert (settings.mailto, settings.github_token) == (MAILTO, None)
    services = settings.services.values()
    assert all(service.url.startswith("https://") for service in services)
    assert {service.interval for service in services} == {None}
