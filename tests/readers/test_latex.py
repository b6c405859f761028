"""Bibliographies of LaTeX."""

from __future__ import annotations

from time import process_time

import pytest

from harvest.readers import read

BLOCKS = r"""\begin{thebibliography}{10}

\bibitem{roe2020}
Ann Roe, Bo M{\"u}ller, and Cy Ito.
\newblock Slow ice of {ICE} \& snow.
\newblock In {\em Proceedings of ICC}, pages 1--9, 2020.
\newblock \url{https://arxiv.org/abs/2006.11239}.

\bibitem[{Doe et~al.(2016)Doe, and Fox}]{doe2016}
D.~Doe and E.~Fox.  % a comment with 10.1000/none
\newblock Radar
  of cold ice.
\newblock \emph{J. Ice}, 2016.
\newblock \doi{10.1109/CVPR.2016.90}.

\bibitem{bare}
Eva Loe.
\newblock Sliding over beds.
\newblock PhD thesis, 2011.

\end{thebibliography}
See also \url{https://doi.org/10.1000/elsewhere}.
"""
SENTENCES = r"""\documentclass{article}
\begin{document}
Text with \cite{a}, \url{https://doi.org/10.1000/elsewhere}.
\begin{thebibliography}{99}
\bibitem{a} A. Roe, B. Doe, ``Slow ice of long winters,'' \textit{ICC}, 2020. \href{https://arxiv.org/abs/2006.11239}{arXiv}
\bibitem{b} Ito, C., \& Fox, D. (2016). Radar of cold ice. Ice, 12(3), 4--5. doi:10.1109/CVPR.2016.90
\end{thebibliography}
"""
Row = tuple[int, str, str | None, str | None, str | None]


def rows(text: str, name: str = "works.bbl") -> list[Row]:
    mentions = read(text.encode(), name).mentions
    found = [(it.line, str(it.identifier), it.title, it.authors, it.date) for it in mentions]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("name", ["works.bbl", "works.tex", "works.txt", "-"])
def test_an_item_of_blocks(name: str) -> None:
    assert rows(BLOCKS, name) == [
        (3, "arxiv:2006.11239", "Slow ice of ICE & snow", "Ann Roe, Bo Müller, and Cy Ito", "2020"),
        (9, "doi:10.1109/cvpr.2016.90", "Radar of cold ice", "D. Doe and E. Fox", "2016"),
        (16, "None", "Sliding over beds", "Eva Loe", "2011"),
    ]


def test_an_item_of_sentences_is_a_reference() -> None:
    assert rows(SENTENCES, "paper.tex") == [
        (5, "arxiv:2006.11239", "Slow ice of long winters", "A. Roe, B. Doe", "2020"),
        (6, "doi:10.1109/cvpr.2016.90", "Radar of cold ice", "Ito, C., & Fox, D.", "2016"),
    ]


@pytest.mark.parametrize(
    "text", ["\\begin{thebibliography}{9}\n\\end{thebibliography}\n", "Words\n"]
)
def test_a_bibliography_without_items(text: str) -> None:
    [finding] = read(text.encode(), "works.bbl").findings
    assert finding.code in {"no-records", "unknown-format"}


def test_a_markdown_page_about_bibliographies_is_markdown() -> None:
    text = f"# How to\n\n- [A title of it](https://doi.org/10.1000/1)\n\n```latex\n{BLOCKS}```\n"
    assert [row[1:3] for row in rows(text, "list.md")] == [("doi:10.1000/1", "A title of it")]


def ids(*bibliographies: str) -> list[tuple[int, str]]:
    begin, end = "\\begin{thebibliography}{9}\n", "\\end{thebibliography}\n"
    return [row[:2] for row in rows("".join(f"{begin}{it}{end}" for it in bibliographies))]


BLOCKS_OF_ONE = "\\newblock Slow ice.\n\\newblock Ice, 2020.\n\\newblock "


@pytest.mark.parametrize(
    "form", ["Ann Roe.\n" + BLOCKS_OF_ONE, "Roe, A. (2020). Slow ice. Ice, 12(3), 4--5. "]
)
@pytest.mark.parametrize(
    ("link", "identifier"),
    [
        (r"\url{https://doi.org/10.1002/%28SICI%291097}", "doi:10.1002/(sici)1097"),
        ("\\url{https://arxiv.org/ab%\n  s/2006.11239}", "arxiv:2006.11239"),
        ("% \\doi{10.1000/none}\n\\doi{10.1000/ice}", "doi:10.1000/ice"),
        ("%%%%\n10.1000/ice", "doi:10.1000/ice"),
        ("10.1000/i% wrapped\n  ce", "doi:10.1000/ice"),
    ],
)  # fmt: skip
def test_a_percent_sign_begins_a_comment_outside_of_links(
    form: str, link: str, identifier: str
) -> None:
    assert ids(f"\\bibitem{{a}} {form}{link}\n") == [(2, identifier)]


def test_every_bibliography_is_read() -> None:
    item = "\\bibitem{{a}} Ann Roe.\n{}\\doi{{10.1000/ice{}}}.\n"
    first, second = (item.format(BLOCKS_OF_ONE, number) for number in (1, 2))
    assert ids(first, second) == [(2, "doi:10.1000/ice1"), (8, "doi:10.1000/ice2")]


def test_the_links_of_a_long_item_are_read() -> None:
    words = f"Ann Roe.\n{BLOCKS_OF_ONE}{'10.1000/snow ' * 1_000}"
    item = f"\\bibitem{{a}} {words}\\doi{{10.1000/ice}}. 10.1000/rain"
    assert ids(item) == [(2, f"doi:10.1000/{name}") for name in ("snow", "ice", "rain")]


def test_blanks_behind_an_item_take_no_time() -> None:
    begin = process_time()
    rows(f"\\begin{{thebibliography}}\\bibitem{' ' * 40_000}")
    assert process_time() - begin < 1
