"""The default seeds keep every entry as its author wrote it; running prose is ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[1] / "seeds"
ORIGINALS = SEEDS.parents[1] / "shared" / "seeds"
NAMES = [
    "000_28bb9892ef6c6055.txt",
    "001_0d3108ccd5e9ad60.txt",
    "002_d01f15d592edc554.txt",
    "003_263dda50b19797cb.txt",
    "004_d31d6cc564107619.txt",
]
LINK = re.compile(r"\]\(([^()]*(?:\([^()]*\)[^()]*)*)\)")
EMPHASIS = re.compile(r"\*\*.+?\*\*|\*[^*\s][^*]*\*")
# Lines 52-63 of seed 003 describe kinds of synthesis: their first two cells are data, the other two
# may be sentences.
DESCRIBING = {(NAMES[3], line) for line in range(52, 64)}
# Lists of names under a label of a list item: data, though no link stands there.
NAMED = re.compile(r"\s+- (?:\*Keywords:\*|MSE, |FID, |k-Anonymity, )")


def lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8").split("\n")


def links(text: str) -> list[str]:
    return LINK.findall(text)


def test_the_folder_holds_the_five_lists_and_nothing_else() -> None:
    assert sorted(path.name for path in SEEDS.iterdir()) == NAMES


@pytest.mark.parametrize(
    ("name", "count", "linked"),
    [
        (NAMES[0], 44, 12),
        (NAMES[1], 80, 40),
        (NAMES[2], 34, 0),
        (NAMES[3], 279, 136),
        (NAMES[4], 231, 100),
    ],
)
def test_lines_and_links(name: str, count: int, linked: int) -> None:
    text = (SEEDS / name).read_text("utf-8")
    assert text.count("\n") == count
    assert len(links(text)) == linked


def test_107_works_and_31_repositories() -> None:
    urls = {
        url.strip()
        for name in NAMES
        for url in links((SEEDS / name).read_text("utf-8"))
        if url.startswith("http")
    }
    furniture = {
        "awesome.re",
        "img.shields.io",
        "opensource.org",
        "makeapullrequest.com",
        "example.com",
    }
    repositories = {url for url in urls if url.startswith("https://github.com/")}
    works = {url for url in urls - repositories if url.split("/")[2] not in furniture}
    assert (
        len(works - {"https://arxiv.org/abs/2407.00116"}) == 107
    )  # the survey stands in running prose
    assert (
        len({url for url in repositories if not re.search(r"/(example|yourusername)\b", url)}) == 31
    )


@pytest.mark.parametrize(
    ("seed", "line", "oddity"),
    [
        (0, 11, "## \uf8ff\xfc\xf3\xc7\xd4\u220f\xe8 Conte"),
        (0, 34, "‚≠ê"),
        (
            0,
            43,
            "{\\url{[https://github.com/yourusername/awesome-medical-image-synthesis](https://",
        ),
        (
            1,
            13,
            "Transfer Learning.**](https://www.sciencedirect.com/science/article/abs/pii/S0899707122002856) SEMA ",
        ),
        (1, 28, "[[**GitHub**]](https://github.com/batmanlab/HA-GAN/tree/master)"),
        (1, 60, "22 Aug. 2022.\\"),
        (2, 3, "â€“"),
        (3, 145, "(https://github.com/AgaMiko/debiasing-effect-of-gans.)"),
        (3, 177, "(http://arxiv.org/abs/2304.03941v1 )"),
        (3, 186, "Improved α-WGAN-GP"),
        (4, 79, "[Code](Original method)"),
        (4, 91, "[Code](yES)"),
        (4, 131, "[Code ](https://github.com/example)"),
    ],
)
def test_oddities_stand_where_their_authors_left_them(seed: int, line: int, oddity: str) -> None:
    assert oddity in lines(SEEDS / NAMES[seed])[line - 1]


def test_the_fence_of_the_first_list_is_never_closed() -> None:
    fences = [
        number for number, line in enumerate(lines(SEEDS / NAMES[0]), 1) if line.startswith("```")
    ]
    assert fences == [36]


def test_a_table_may_end_without_a_blank_line() -> None:
    assert lines(SEEDS / NAMES[3])[118].startswith("| GAN")
    assert lines(SEEDS / NAMES[3])[119].startswith("### Electro")


def is_data(line: str, *, fenced: bool) -> bool:
    """Return False for running prose.

    Data are headings, table rows, BibTeX, labels, and list items with a link and their rest.
    """
    item = re.match(r"\s*(?:[-*]|\d+\.)\s", line)
    rest_of_item = re.match(r" {3}[^\s-]", line)
    return bool(
        fenced
        or line.startswith(("#", "|", "[![", "---"))
        or (item and links(line))
        or rest_of_item
        or NAMED.match(line)
        or not EMPHASIS.sub("", line).strip("-. :0123456789")
    )


@pytest.mark.skipif(
    not ORIGINALS.is_dir(),
    reason="the lists as their authors wrote them are not beside the checkout",
)
@pytest.mark.parametrize("name", NAMES)
def test_every_entry_is_on_its_line_and_no_sentence_is(name: str) -> None:
    ours, theirs = lines(SEEDS / name), lines(ORIGINALS / name)
    assert len(ours) == len(theirs)
    fenced = False
    same = replaced = 0
    for number, (our, their) in enumerate(zip(ours, theirs, strict=True), 1):
        place = f"{name}:{number}"
        fenced = fenced or their.startswith("```")
        assert links(our) == links(their), place
        assert EMPHASIS.findall(our) == EMPHASIS.findall(their), place
        assert [c for c in our if not c.isascii()] == [c for c in their if not c.isascii()], place
        assert re.findall(r"^\s*(?:[-*] |\d+\. )?|\s*$", our) == re.findall(
            r"^\s*(?:[-*] |\d+\. )?|\s*$", their
        ), place
        if (name, number) in DESCRIBING:
            cells, originals = our.split("|"), their.split("|")
            assert [len(cell) for cell in cells] == [len(cell) for cell in originals], place
            assert cells[:3] == originals[:3], place
            assert our != their, place
        elif is_data(their, fenced=fenced):
            assert our == their, place
            same += 1
        else:
            assert our != their, place
            replaced += 1
    assert same > 10
    assert replaced > 3
