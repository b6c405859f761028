"""What a citation needs, as registries write it."""

from __future__ import annotations

from typing import Any

import pytest

from harvest.models import Author, Event, Funder
from harvest.sources import details
from harvest.sources.base import Fields


def read(**work: Any) -> dict[str, Any]:
    values, anomalies = details.read(Fields("crossref", work), details.CROSSREF)
    assert not anomalies
    return {name: value for name, value in values.items() if value not in (None, ())}


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        ({}, {}),
        ({"volume": "12", "issue": 3}, {"volume": "12", "issue": "3"}),
        ({"page": "12\u201319"}, {"pages": "12-19"}),
        ({"page": "S1 -- S9"}, {"pages": "S1-S9"}),
        ({"article-number": "e17"}, {"article_number": "e17"}),
        ({"ISSN": ["1234-5678", "1234-5678"]}, {"issn": ("1234-5678",)}),
        (
            {
                "ISBN": [
                    "http://id.crossref.org/isbn/9780306406157",
                    "0-306-40615-2",
                    "x",
                    "978316148410X",
                ]
            },
            {"isbn": ("9780306406157", "0306406152")},
        ),
        ({"event": {"name": "DISCS", "location": "Austin"}}, {"event": Event("DISCS", "Austin")}),
        (
            {"event": {"name": "A", "start": {"date-parts": [[2015, 11, 15]]}}},
            {"event": Event("A", None, "2015-11-15")},
        ),
        ({"event": "NeurIPS"}, {"event": Event("NeurIPS")}),
        ({"event": " "}, {}),
        ({"editor": [{"family": "Noether"}]}, {"editors": (Author("Noether", None, "Noether"),)}),
        ({"subject": ["Biology"]}, {"subjects": ("Biology",)}),
        (
            {"funder": [{"name": "NSF", "award": ["1"]}, {"name": "NSF", "award": ["2"]}]},
            {"funders": (Funder("NSF", None, ("1", "2")),)},
        ),
        (
            {"funder": [{"name": "NSF", "DOI": "10.13039/100000001"}]},
            {"funders": (Funder("NSF", "doi:10.13039/100000001"),)},
        ),
        (
            {
                "abstract": "<jats:title>Abstract</jats:title><jats:p>We <jats:i>see</jats:i>.</jats:p>"
            },
            {"abstract": "We see."},
        ),
    ],
)
def test_details(work: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read(**work) == expected


def license_of(*licenses: tuple[str, str]) -> object:
    entries = [{"URL": address, "content-version": version} for version, address in licenses]
    return read(license=entries).get("license")


CC_BY = "http://creativecommons.org/licenses/by/4.0/"


def test_the_licence_is_that_of_the_published_text() -> None:
    assert license_of(("tdm", "https://x.org/tdm")) is None
    assert license_of(("tdm", "https://x.org/tdm"), ("am", "https://x.org/a"), ("vor", CC_BY)) == (
        "CC-BY-4.0"
    )
    assert license_of(("unspecified", "https://x.org/terms")) == "https://x.org/terms"
    assert details.spdx("https://creativecommons.org/publicdomain/zero/1.0/") == "CC0-1.0"


def test_people_carry_their_rors() -> None:
    place = {"name": "U", "id": [{"id": "https://ror.org/03a1kwz48", "id-type": "ROR"}]}
    person = details.person(Fields("crossref", {"family": "Stoll", "affiliation": [place]}))
    assert person == Author("Stoll", None, "Stoll", None, ("03a1kwz48",))


def test_an_odd_detail_is_an_anomaly_and_spoils_no_other() -> None:
    work = Fields("crossref", {"volume": "1", "event": 7, "funder": {"name": "x"}})
    values, anomalies = details.read(work, details.CROSSREF)
    assert values["volume"] == "1"
    assert {anomaly.code for anomaly in anomalies} == {"unreadable-detail"}
    assert [anomaly.message.split(":")[0] for anomaly in anomalies] == ["event", "funders"]
