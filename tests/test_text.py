"""Titles and names as registries and lists write them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.models import Author
from harvest.text import clean, fold, fold_title, join_title, make_author, printable


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Plain title", "Plain title"),
        ("  Lines\n      and   runs\tof blanks ", "Lines and runs of blanks"),
        ("The <i>E. coli</i> genome", "The E. coli genome"),
        ("H<sub>2</sub>O at 10<sup>5</sup> Pa", "H2O at 105 Pa"),
        ("<jats:italic>In vivo</jats:italic> imaging", "In vivo imaging"),
        ('Mass <mml:math xmlns:mml="http://x"><mml:mi>m</mml:mi></mml:math> of', "Mass m of"),
        ("<scp>CRISPR</scp> and <b>bold</b>", "CRISPR and bold"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("&lt;i&gt;In vitro&lt;/i&gt; tests", "In vitro tests"),
        ("&amp;lt; stays as written", "&lt; stays as written"),
        ("&amp;lt;i&amp;gt;In vitro&amp;lt;/i&amp;gt; tests", "In vitro tests"),
        ("&amp;lt;owl&amp;gt; stays", "&lt;owl&gt; stays"),
        ("INFANT<subtitle>Successful care</subtitle>", "INFANT: Successful care"),
        ("for<mml:math><mml:mi>d</mml:mi></mml:math>-complete", "for d-complete"),
        ("the <math><mi>N</mi></math>th", "the N th"),
        ("La<math><msub><mrow/><mn>2</mn></msub></math>O", "La2O"),
        ("p < 0.05 and n > 3", "p < 0.05 and n > 3"),
        ("if a <b and c> d", "if a <b and c> d"),
        ("x<y, z>w", "x<y, z>w"),
        ("Über α-WGAN – a “study”", "Über α-WGAN – a “study”"),
        ("0", "0"),
        ("", ""),
    ],
)
def test_clean(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@pytest.mark.parametrize(
    ("titles", "subtitles", "expected"),
    [
        (["A"], [], "A"),
        (["A"], ["B"], "A: B"),
        (["A:"], ["B"], "A: B"),
        (["Why?"], ["Because"], "Why? Because"),
        (["A: the B"], ["The B"], "A: the B"),
        (["", "A"], [], "A"),
        ([""], ["B"], None),
        ([], [], None),
        (["A"], ["", "B"], "A: B"),
    ],
)
def test_title(titles: list[str], subtitles: list[str], expected: str | None) -> None:
    assert join_title(titles, subtitles) == expected


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Ada", "Lovelace"), Author("Ada Lovelace", "Ada", "Lovelace")),
        ((None, "Plato"), Author("Plato", None, "Plato")),
        (("Madonna", None), Author("Madonna", "Madonna")),
        ((None, None, "The ATLAS Collaboration"), Author("The ATLAS Collaboration")),
        (
            ("A", "B", None, "http://orcid.org/0000-0002-1825-009x"),
            Author("A B", "A", "B", "0000-0002-1825-009X"),
        ),
        (("A", "B", None, "no orcid"), Author("A B", "A", "B")),
        ((" ", ""), None),
        ((None, None, None), None),
    ],
)
def test_author(parts: tuple[str | None, ...], expected: Author | None) -> None:
    assert make_author(*parts) == expected


@given(st.text())
def test_clean_text_stays(raw: str) -> None:
    once = clean(raw)
    assert once == " ".join(once.split())
    if "&" not in once and "<" not in once:
        assert clean(once) == once


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("  3D-CT,  Chest ", "3d ct chest"),
        ("Stra\N{LATIN SMALL LETTER SHARP S}e", "strasse"),
        (
            "Caf\N{LATIN SMALL LETTER E WITH ACUTE}_latte",
            "caf\N{LATIN SMALL LETTER E WITH ACUTE} latte",
        ),
        ("...", ""),
    ],
)
def test_fold(raw: str, key: str) -> None:
    assert fold(raw) == key


@pytest.mark.parametrize("mark", "\x00\x1b\x7f\x9b\u061c\u200e\u2028\u2029\u202e\u2066")
def test_printable(mark: str) -> None:
    assert printable(f"a{mark}b") == "a b"


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("A Kernel Two-Sample Test", "a kernel two sample test"),
        (r"Schr\"{o}dinger bridges", "schrodinger bridges"),
        (r"{GAN}s and $\beta$-VAEs", "gans and beta vaes"),
        ("\N{GREEK SMALL LETTER BETA}-VAE", "beta vae"),
        ("Synthesis of 12\N{NON-BREAKING HYPHEN}lead ECG", "synthesis of 12 lead ecg"),
        ("The <i>de</i>biasing effect &amp; more", "the debiasing effect more"),
        ("Mikołajczyk", "mikolajczyk"),
        (r"\textbf{Bold} claims", "bold claims"),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t", "dont"),
        ("Parkinson's disease", "parkinsons disease"),
        ("Parkinson\N{RIGHT SINGLE QUOTATION MARK}s disease", "parkinsons disease"),
        ("\N{GREEK SMALL LETTER SIGMA}\N{GREEK SMALL LETTER FINAL SIGMA}", "sigma sigma"),
        ("Farmersâ€™ views", "farmers views"),
        ("ItÃ¢â‚¬â„¢s late", "its late"),
        ("S\xc3\x83O PAULO, SÃO PAULO", "sao paulo sao paulo"),
        ("voilà…» and 20 Â°C", "voila and 20 c"),
        ("Soil &amp;amp; water", "soil water"),
        ("", ""),
        ("---", ""),
    ],
)
def test_fold_title(raw: str, key: str) -> None:
    assert fold_title(raw) == key


@given(st.text(max_size=60))
def test_plain_words_fold_to_themselves(text: str) -> None:
    words = fold_title(" ".join(c for c in text if c in string.ascii_letters + string.digits + " "))
    assert fold_title(words) == words
