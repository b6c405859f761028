"""Canonical values and their web addresses."""

from __future__ import annotations

import pytest
from hypothesis import given

from harvest.identifiers import identify, registered_doi, url
from harvest.identifiers.schemes import without_version
from harvest.models import Identifier, Target
from tests.identifiers.examples import CASES, SICI, SICI_HASH
from tests.identifiers.strategies import canonical, githubs


def test_addresses_of_examples_mean_them():
    for raw, kind, *_ in CASES:
        if (identifier := identify(raw).identifier) is not None:
            assert identify(url(identifier)) == Target(kind, identifier)  # type: ignore[arg-type]  # a Literal


@given(canonical)
def test_canonical_addresses(identifier: Identifier):
    kind = "link" if identifier.scheme == "url" else "identifier"
    assert identify(url(identifier)) == Target(kind, identifier)


@given(githubs)
def test_github_keeps_letter_case(identifier: Identifier):
    assert str(identify(f"HTTPS://GITHUB.com/{identifier.value}").identifier) == str(identifier)


def test_unknown_scheme_has_no_address():
    with pytest.raises(ValueError, match="isbn:1"):
        url(Identifier("isbn", "1"))


@pytest.mark.parametrize(
    ("identifier", "address"),
    [
        ("doi:10.1002/ima.22880", "https://doi.org/10.1002/ima.22880"),
        (f"doi:{SICI}", "https://doi.org/" + SICI.replace("<", "%3C").replace(">", "%3E")),
        (
            f"doi:{SICI_HASH}",
            "https://doi.org/"
            + SICI_HASH.replace("<", "%3C").replace(">", "%3E").replace("#", "%23"),
        ),
        ("doi:10.1000/a?b%c&d", "https://doi.org/10.1000/a%3Fb%25c%26d"),
        ("doi:10.1000/é[x]", "https://doi.org/10.1000/%C3%A9%5Bx%5D"),
        ("arxiv:math/0309136", "https://arxiv.org/abs/math/0309136"),
        ("github:batmanlab/HA-GAN", "https://github.com/batmanlab/HA-GAN"),
        (
            "pii:S0899707122002856",
            "https://www.sciencedirect.com/science/article/pii/S0899707122002856",
        ),
        ("ieee:9770375", "https://ieeexplore.ieee.org/document/9770375"),
        ("openreview:mDwURmlapW", "https://openreview.net/forum?id=mDwURmlapW"),
        ("pubmed:31234567", "https://pubmed.ncbi.nlm.nih.gov/31234567/"),
        ("pmc:PMC1234567", "https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/"),
        ("jmlr:v13/gretton12a", "https://www.jmlr.org/papers/v13/gretton12a.html"),
        ("pmlr:v139/radford21a", "https://proceedings.mlr.press/v139/radford21a.html"),
        ("acl:2020.acl-main.747", "https://aclanthology.org/2020.acl-main.747/"),
        ("gist:d4dee566867f8291f086", "https://gist.github.com/d4dee566867f8291f086"),
        ("url:https://a.org/x?y=%20", "https://a.org/x?y=%20"),
    ],
)
def test_url(identifier: str, address: str):
    assert url(Identifier.of(identifier)) == address


@pytest.mark.parametrize(
    ("identifier", "doi"),
    [
        ("pii:0022000078900144", "doi:10.1016/0022-0000(78)90014-4"),
        ("pii:S0899707122002856", None),  # Crossref is asked for the PII itself
        ("ijcai:2019/366", "doi:10.24963/ijcai.2019/366"),
        ("acm:2463676.2463710", "doi:10.1145/2463676.2463710"),
        ("acl:D14-1162", "doi:10.3115/v1/d14-1162"),
        ("acl:P15-1001", "doi:10.3115/v1/p15-1001"),
        ("acl:D15-1166", "doi:10.18653/v1/d15-1166"),
        ("acl:2020.acl-main.747", "doi:10.18653/v1/2020.acl-main.747"),
        ("acl:P11-1015", None),  # from before the rule
        ("acl:2020.tacl-1.4", None),  # another publisher
        ("jmlr:v13/gretton12a", None),
        ("jair:12280", "doi:10.1613/jair.1.12280"),
        ("jstor:1234567", "doi:10.2307/1234567"),
        ("osf:psyarxiv/ab1cd", "doi:10.31234/osf.io/ab1cd"),
        ("osf:ab1cd_v2", "doi:10.31219/osf.io/ab1cd_v2"),
        ("osf:unknown/ab1cd", None),
    ],
)
def test_a_publisher_has_a_rule_for_dois(identifier: str, doi: str | None):
    assert registered_doi(Identifier.of(identifier)) == (Identifier.of(doi) if doi else None)


@pytest.mark.parametrize(
    ("doi", "text"),
    [
        ("10.21203/rs.3.rs-1234567/v2", "10.21203/rs.3.rs-1234567"),
        ("10.20944/preprints202101.0001.v12", "10.20944/preprints202101.0001"),
        ("10.31219/osf.io/ab3cd_v1", "10.31219/osf.io/ab3cd"),
        ("10.22541/au.161450000.00000001/v1", "10.22541/au.161450000.00000001"),
        ("10.36227/techrxiv.12345678.v1", "10.36227/techrxiv.12345678"),
        ("10.7287/peerj.preprints.27v2", "10.7287/peerj.preprints.27"),
        ("10.1002/essoar.10501234.1", "10.1002/essoar.10501234"),
        ("10.26434/chemrxiv-2021-abcde-v3", "10.26434/chemrxiv-2021-abcde"),
        ("10.26434/chemrxiv.12345678.v1", "10.26434/chemrxiv.12345678"),
        ("10.6084/m9.figshare.77.v2", "10.6084/m9.figshare.77"),
        ("10.25384/sage.12345678.v1", "10.25384/sage.12345678"),
        ("10.6084/m9.figshare.c.1234567.v1", "10.6084/m9.figshare.c.1234567"),
        ("10.12688/f1000research.11369.2", "10.12688/f1000research.11369"),
        ("10.32388/abcdef.3", "10.32388/abcdef"),
        ("10.26434/chemrxiv-2021-abcde", None),
        ("10.18637/jss.v012.i01", None),
        ("10.5555/journal.v2", None),
        ("10.1016/j.media.2022.102461", None),
        ("10.5281/zenodo.1234567", None),
    ],
)
def test_versions_share_a_doi_but_for_the_version(doi: str, text: str | None):
    assert without_version(Identifier("doi", doi)) == (text and Identifier("doi", text))
