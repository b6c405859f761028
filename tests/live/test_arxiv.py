"""arXiv: pages of ids, odd ids, withdrawals, a search, and the headers."""

from __future__ import annotations

import pytest

from harvest.models import Identifier
from tests.fakes import World
from tests.live import world as examples
from tests.live.services import ATOM, Exchange, Services

NAME = "arxiv"
FEED = "application/atom+xml"
IDS = sorted(World.of_seeds().preprints)


def outcomes(services: Services, *ids: str) -> list[str]:
    answers = services.fetch(NAME, *ids, source=NAME)
    return [answers[value].outcome for value in ids]


def check_entries(exchange: Exchange) -> None:
    """Assert that a page is whole, and that each entry has what the program reads."""
    exchange.check(FEED)
    assert exchange.total() == len(exchange.ids())
    for entry in exchange.feed().findall(f"{ATOM}entry"):
        for name in ("id", "title", "published", "updated", "summary"):
            assert (entry.findtext(f"{ATOM}{name}") or "").strip(), name
        assert entry.findall(f"{ATOM}author/{ATOM}name")
        assert entry.findall(f"{ATOM}category")


def test_a_page_of_ids(services: Services) -> None:
    ids = [*IDS, examples.SEVEN_VERSIONS, examples.OLD_STYLE, *examples.WITHDRAWN]
    assert set(outcomes(services, *ids)) == {"found"}
    [page] = services.exchanges
    check_entries(page)
    assert page.total() == len(set(ids))


def test_an_old_style_id(services: Services) -> None:
    assert outcomes(services, examples.OLD_STYLE) == ["found"]
    check_entries(services.last)
    assert services.last.ids()[0].startswith(f"{examples.OLD_STYLE}v")


@pytest.mark.parametrize("version", ["v1", "v7"])
def test_a_version(services: Services, version: str) -> None:
    name = examples.SEVEN_VERSIONS + version
    [answer] = services.search(NAME, Identifier(NAME, name))
    assert answer.outcome == "found"
    check_entries(services.last)
    assert services.last.ids() == [name]


def test_versions_of_one_paper(services: Services) -> None:
    names = [f"{examples.SEVEN_VERSIONS}v{number}" for number in (1, 7)]
    answers = services.search(NAME, *(Identifier(NAME, name) for name in names))
    assert [answer.outcome for answer in answers] == ["found", "found"]
    assert sorted(services.last.ids()) == names


def test_an_absent_id_has_no_entry(services: Services) -> None:
    assert outcomes(services, IDS[0], examples.NO_PREPRINT) == ["found", "not_found"]
    assert [exchange.total() for exchange in services.exchanges] == [1, 1]
    check_entries(services.last)


def test_a_malformed_id_is_named(services: Services) -> None:
    assert outcomes(services, IDS[0], "abc") == ["found", "not_found"]
    refused = services.exchanges[0]
    refused.check(FEED, status=400)
    assert b"incorrect_id_format_for_abc" in refused.body
    assert b"<published>" not in refused.body


def test_an_id_with_junk_is_absent(services: Services) -> None:
    assert outcomes(services, IDS[0], "1706.0376x") == ["found", "not_found"]
    assert [exchange.status for exchange in services.exchanges] == [200, 200]


@pytest.mark.parametrize("name", examples.WITHDRAWN)
def test_a_withdrawal_is_in_words(services: Services, name: str) -> None:
    assert outcomes(services, name) == ["found"]
    check_entries(services.last)
    assert b"withdrawn" in services.last.body.lower()


def test_a_search_by_title(services: Services) -> None:
    words = "denoising diffusion models probabilistic"
    [answer] = services.search(NAME, Identifier("title", words))
    assert answer.outcome == "found"
    services.last.check(FEED)
    assert services.last.total() >= len(services.last.ids()) > 0


def test_the_headers_of_a_page(services: Services) -> None:
    services.probe(NAME)
    services.last.check(FEED)
    assert "retry-after" not in services.last.headers
