"""What lists mean by headers, labels and words."""

from __future__ import annotations

import pytest

from harvest.models import Role
from harvest.readers.labels import Meaning, is_generic, meaning, role, role_in_column

HEADERS: list[tuple[str, Meaning | None]] = [
    ("Paper", "paper"), ("Paper Link", "paper"), ("arXiv", "paper"), ("DOI", "paper"), ("PDF", "paper"),
    ("Code", "code"), ("Code Link", "code"), ("GitHub", "code"), ("Repo", "code"), ("Implementation", "code"),
    ("Original", "original"), ("Original Code", "original"),
    ("Title", "title"), ("Paper Title", "title"), ("Authors", "authors"), ("Paper Authors", "authors"),
    ("Date", "date"), ("Year", "date"), ("Publication Date", "date"), ("Published", "date"),
    ("Dataset", "other"), ("Data Type", "other"),
    ("Título", "title"), ("Titel der Arbeit", "title"), ("Autor(en)", "authors"), ("Année", "date"), ("Código", "code"),
    ("Название", "title"), ("Авторы", "authors"), ("论文标题", "title"), ("作者", "authors"), ("年份", "date"), ("论文", "paper"),
    ("Paper / Code", None), ("Original Paper", None), ("Type", None), ("", None), ("Evaluation", None),
]  # fmt: skip


@pytest.mark.parametrize(("header", "expected"), HEADERS)
def test_meaning_of_a_header(header: str, expected: Meaning | None) -> None:
    assert meaning(header) == expected


ROLES: list[tuple[str, str, Role]] = [
    ("anything", "https://doi.org/10.1000/xyz", "paper"),
    ("anything", "https://github.com/jdoe/net", "code"),
    ("anything", "https://gitlab.com/jdoe/net", "code"),
    ("anything", "https://github.com/yourusername/x", "code"),
    ("anything", "https://gitlab.lab.example-university.edu/jdoe/net", "code"),
    ("pdf", "https://gitlab.inria.fr/jdoe/net/-/raw/main/paper.pdf", "paper"),
    ("pdf", "https://gitlab.com/jdoe/net/-/raw/main/paper.pdf?inline=false", "paper"),
    ("Paper", "https://github.com/jdoe/net/blob/main/paper.pdf", "paper"),
    ("anything", "https://x.org", "other"),
    ("Code", "https://x.org", "code"),
    ("ORIGINAL", "https://github.com/jdoe/net", "original"),
    ("Paper", "https://x.org", "paper"),
    ("Paper", "https://github.com/jdoe/net", "code"),
    ("Project page", "https://doi.org/10.1000/xyz", "other"),
    ("link", "https://doi.org/10.1000/xyz", "paper"),
]


@pytest.mark.parametrize(("label", "url", "expected"), ROLES)
def test_role_by_label_and_url(label: str, url: str, expected: Role) -> None:
    assert role(label, url) == expected


@pytest.mark.parametrize(
    ("column", "label", "url", "expected"),
    [
        ("paper", "Paper", "https://github.com/jdoe/net", "paper"),
        ("paper", "x", "https://github.com/jdoe/net", "code"),
        ("title", "x", "https://x.org", "paper"),
        ("title", "Code", "https://x.org", "code"),
        ("code", "Original", "https://x.org", "original"),
        ("code", "Paper", "https://x.org", "code"),
        ("other", "Code", "https://x.org", "other"),
        ("date", "Code", "https://x.org", "code"),
        (None, "x", "https://x.org", "other"),
    ],
)
def test_role_by_column(column: Meaning | None, label: str, url: str, expected: Role) -> None:
    assert role_in_column(column, label, url) == expected


GENERIC = [
    "", "Paper", "PDF", "arXiv:2301.00001", "doi", "2301.00001v2", "https://x.org/a", "CVPR 2023", "NeurIPS'22",
    "ICLR 2021 Oral", "Nature 2020", "here", "2023", "10.1000/ice.2020-01",
    "code by IceLab", "Reading Note from Ice Lab",
]  # fmt: skip


@pytest.mark.parametrize("label", GENERIC)
def test_generic_labels(label: str) -> None:
    assert is_generic(label)


@pytest.mark.parametrize(
    "label", ["Attention is all you need", "StyleGAN", "A Survey of GANs", "3D cGAN for MR"]
)
def test_labels_that_name_a_work(label: str) -> None:
    assert not is_generic(label)
