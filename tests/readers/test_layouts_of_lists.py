"""What the entries of a list say together: the layouts that real lists have."""

from __future__ import annotations

import pytest

from harvest import readers as formats
from harvest.models import Mention
from harvest.readers.markdown import Markdown
from harvest.readers.people import find_run

WORKS = [
    ("Deep Nets for Bone Age Estimation", "Ann Roe, Bob Low", "2021"),
    ("SegIt: Cutting Organs with Graphs (CORGI) in 3D", "Jong chul Mo, P.G. ten Brink, Eve Sun", "2019"),
    ("What Do Models See? A Reading of Their Maps", "Max Mueller", "2020"),
    ('Another Look at "Simple" Baselines', "Li Wei, Zoe Ann Ray, Tom Fox", "2018"),
    ("Two-stage Training - A Case Study in Retina Scans", "Kim Oh, Lea van der Berg", "2022"),
]  # fmt: skip
# {t} title, {a} authors, {y} year, {s} its last two digits, {n} a number
LAYOUTS = [
    "- (arXiv {y}.03) {t}, [[Paper]](https://arxiv.org/abs/21{n}.00001), [[Code]](https://github.com/a/b{n})",
    "- (*CVPR'{s}*) {t} [[paper](https://arxiv.org/abs/21{n}.00001)][[code](https://github.com/a/b{n})]",
    "- {t} ({y}), {a} [[pdf]](https://arxiv.org/pdf/21{n}.00001)",
    "- **{t}** ({y}), {a} [[pdf]](https://arxiv.org/pdf/21{n}.00001)",
    "- {t}. [[paper]](https://arxiv.org/abs/21{n}.00001)\n  - {a}. *ICLR {y}*\n  - Key Word: Bones.",
    "1. **{t}.** WI {y}. [paper](https://arxiv.org/abs/21{n}.00001)\n\n    *{a}.*\n",
    "- **[Net{n}]** {t} | **[CVPR' {s}]** |[`[pdf]`](https://arxiv.org/pdf/21{n}.00001) [`[official code - caffe]`](https://github.com/a/b{n})",
    "- [{t}] [[scholar]](https://scholar.google.com/?q={n}) [[MedIA]](https://arxiv.org/abs/21{n}.00001)",
    '1. <u>N{n}</u>: **"{t}"**. *{a}*. JMLR {y}. [[Paper](https://arxiv.org/abs/21{n}.00001)]',
    "- **{t} (Arxiv {y})**\n  - {a}\n  - [[Paper]](https://arxiv.org/abs/21{n}.00001)\n  - [[Python Reference]](https://github.com/a/b{n})\n",
    "* {a}, *{t}*, ICML {y} [[Paper](https://arxiv.org/abs/21{n}.00001)]",
    "* ({y}) [Bones] **{t}**, {a} [[Paper](https://arxiv.org/abs/21{n}.00001)] [[Code](https://github.com/a/b{n})]",
    "* [{t}](https://arxiv.org/abs/21{n}.00001) `Some Company` `{y}`",
    "1. {t}. [Doe, Roe ({y})](https://arxiv.org/abs/21{n}.00001).",
    '**[{n}]** {a}. "**{t}**." Neural matters 18.7 ({y}). [[pdf]](https://arxiv.org/pdf/21{n}.00001) :star:\n',
    "**{t}**  \\\n*{a}* \\\n[7th Aug., {y}] [arXiv, {y}] \\\n[[Paper](https://arxiv.org/abs/21{n}.00001)]\n",
    "* <[{t}](https://arxiv.org/abs/21{n}.00001)>, by {a}, MLSys' {s}",
    '**{t}**\n\n- intro: A lab\n- arXiv: https://arxiv.org/abs/21{n}.00001\n- caffe("a port of it, with a model and notes"):: https://github.com/a/b{n}\n',
    "**{n}. {t}**\n\n- \u4f5c\u8005\u5355\u4f4d: \u5fae\u8f6f\n- Paper: https://arxiv.org/abs/21{n}.00001\n- Code: None\n- \u4e2d\u6587\u89e3\u8bfb\uff1a[CVPR | x](https://x.org/{n})\n",
]  # fmt: skip


def written(layout: str, works: list[tuple[str, str, str]] = WORKS) -> str:
    return "\n".join(
        layout.format(t=title, a=authors, y=year, s=year[2:], n=f"{number:02}")
        for number, (title, authors, year) in enumerate(works, 10)
    )


def read(text: str) -> list[list[Mention]]:
    entries: dict[int, list[Mention]] = {}
    for mention in Markdown().read(text, "list.md").mentions:
        assert mention.entry is not None
        entries.setdefault(mention.entry, []).append(mention)
    return list(entries.values())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_part_is_read_from_its_place(layout: str) -> None:
    entries = read(written(layout))
    titles = [entry[0].title for entry in entries]
    assert [(title or "").strip('".') for title in titles] == [t.strip('"') for t, _, _ in WORKS]
    if "{y}" in layout:
        assert [year in (entry[0].date or "") for entry, (_, _, year) in zip(entries, WORKS, strict=True)] == [True] * 5  # fmt: skip
    authors = [entry[0].authors for entry in entries]
    if "{a}" in layout:
        assert [(a or "").strip(".") for a in authors] == [a for _, a, _ in WORKS]
    else:
        assert set(authors) == {"Doe, Roe" if "Doe" in layout else None}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_order_of_entries_and_blank_lines_change_nothing(layout: str) -> None:
    def facts(text: str) -> set[tuple[str | None, ...]]:
        return {(m.title, m.authors, m.date) for entry in read(text) for m in entry}

    expected = facts(written(layout))
    assert facts(written(layout, WORKS[::-1])) == expected
    assert (
        facts(written(layout.replace("\n", "\n\n") if "\\" not in layout else layout)) == expected
    )


@pytest.mark.parametrize("mark", ["**", "*", "__", "***"])
def test_emphasis_changes_nothing(mark: str) -> None:
    layout = "- {{m}}{t}{{m}} ({y}), {a}. [[pdf]](https://arxiv.org/pdf/21{n}.00001)"
    marked, plain = (read(written(layout).replace("{m}", sign)) for sign in (mark, ""))
    assert marked == plain


BADGE = "![stars](https://img.shields.io/github/stars/a/b) "


def test_badges_are_no_text() -> None:
    layout = "- {t} ({y}), {a} BADGE[[pdf]](https://arxiv.org/pdf/21{n}.00001)"
    plain = [entry[-1] for entry in read(written(layout.replace("BADGE", "")))]
    badged = [entry[-1] for entry in read(written(layout.replace("BADGE", BADGE)))]
    assert badged == plain


def test_words_of_a_description_are_no_title_and_no_authors() -> None:
    text = "\n".join(
        f"- [tool{n}](https://github.com/a/b{n}) - Reads it all, White & Case, on top of X (**Python**)."
        for n in range(9)
    )
    assert [(entry[0].title, entry[0].authors) for entry in read(text)] == [
        (f"tool{n}", None) for n in range(9)
    ]


def test_a_cell_of_papers_begins_with_the_title() -> None:
    rows = "| **Paper** | **Links** |\n|-|-|\n| 1) **A Net of Nets** - reads all | [Paper](https://arxiv.org/abs/2101.00001) |\n"
    assert [entry[0].title for entry in read(rows)] == ["A Net of Nets"]


def test_a_title_and_authors_in_one_cell() -> None:
    rows = (
        "| Title & Authors | Link |\n|-|-|\n"
        "| ![Star](https://x.org/s.svg) <br> [A Net of Nets](https://arxiv.org/abs/2101.00001) <br> Ann Roe, Bob Low | x |\n"
    )
    first = read(rows)[0][-1]
    assert (first.title, first.authors) == ("A Net of Nets", "Ann Roe, Bob Low")
    assert first.columns["Title & Authors"] == "A Net of Nets   Ann Roe, Bob Low"


@pytest.mark.parametrize(
    ("label", "authors"),
    [
        ("Doe (1970)", "Doe"), ("Doe, Roe (1974)", "Doe, Roe"), ("Doe et al 2017", "Doe et al"),
        ("SPIE2025", None), ("ML2010", None), ("Sensors 2021", None), ("Pattern Recognition(2019)", None),
    ],
)  # fmt: skip
def test_a_label_of_authors_and_year_is_no_label_of_a_venue(
    label: str, authors: str | None
) -> None:
    first = read(f"- A title of some words. [[{label}]](https://x.org/a.pdf)\n")[0][0]
    assert (first.title, first.authors) == ("A title of some words", authors)
    assert first.date is not None
    assert first.date in label


def test_the_title_in_an_item_below_behind_its_authors() -> None:
    text = "".join(
        f"* {place} [[Paper](https://arxiv.org/abs/2101.0000{n})]\n"
        f"  * Ann Roe, Bob Low, {title}, ICLR 2016\n"
        for n, (place, title) in enumerate([
            ("Tilburg", "Reading Pictures of Birds"), ("Toronto", "Seeing with Words"), ("MIT + CMU", "A Net of Nets"),
        ])
    )  # fmt: skip
    titles = ["Reading Pictures of Birds", "Seeing with Words", "A Net of Nets"]
    assert [entry[0].title for entry in read(text)] == titles
    assert {entry[0].authors for entry in read(text)} == {"Ann Roe, Bob Low"}


def test_the_citation_below_the_name_of_a_method_holds_the_title() -> None:
    text = "".join(
        f"* {name} [[Paper-CVPR14]](https://arxiv.org/abs/2101.0000{n}) [[Paper-arXiv14]](https://x.org/{n}.pdf)\n"
        f"  * Ann Roe, Bob Low, {title}, CVPR 2016.\n"
        for n, (name, title) in enumerate([
            ("R-CNN, UC Berkeley", "Reading Pictures of Birds with Nets"), ("SPP-Net", "Seeing with Words and with Maps"),
            ("OverNet, A Lab of Note", "A Net of Nets for All of Vision"), ("NTM", "What Models See in Their Own Maps"),
        ])
    )  # fmt: skip
    assert [(entry[0].title, entry[0].authors) for entry in read(text)] == [
        ("Reading Pictures of Birds with Nets", "Ann Roe, Bob Low"),
        ("Seeing with Words and with Maps", "Ann Roe, Bob Low"),
        ("A Net of Nets for All of Vision", "Ann Roe, Bob Low"),
        ("What Models See in Their Own Maps", "Ann Roe, Bob Low"),
    ]


def test_items_below_a_topic_stay_works_of_their_own() -> None:
    items = "".join(
        f"  * (CVPR 2023) **{title}**, Ann Roe et al. [[Paper](https://arxiv.org/abs/2101.0000{n})]\n"
        for n, title in enumerate(["SegIt: Cutting Organs", "Birds: Reading Their Pictures"])
    )
    entries = read(f"* Faces of all kinds\n{items}")
    assert [entry[0].title for entry in entries] == [
        "SegIt: Cutting Organs",
        "Birds: Reading Their Pictures",
    ]


@pytest.mark.parametrize("sign", [" - ", " \u2013 ", "  ", " <br> "])
def test_a_description_in_a_cell_is_no_part_of_the_title(sign: str) -> None:
    rows = (
        "| **Paper** | **Links** |\n|-|-|\n"
        f"| 3) Absolute Zero{sign}Introduces a framework that eliminates the need for data, with rewards. "
        "It learns to propose tasks and solve them all by itself. | [Paper](https://arxiv.org/abs/2101.00001) |\n"
    )
    assert [entry[0].title for entry in read(rows)] == ["Absolute Zero"]


def test_the_name_of_a_journal_behind_names_is_no_title() -> None:
    text = "".join(
        f"* Ann Roe, Bob Low, {title}, International Journal of Some Intelligence and Applications, vol. 1, 2001. "
        f"[[Paper]](https://x.org/{n}.pdf)\n"
        for n, (title, _, _) in enumerate(WORKS)
    )
    assert not any("Journal" in (entry[0].title or "") for entry in read(text))


def test_names_that_link_to_pages_are_authors() -> None:
    text = "".join(
        f"**{title}.**<br>*[Ann Roe](https://x.org/ann), [Bob Low](https://x.org/bob){more}.*<br>ECCV 2022. "
        f"[[PDF](https://arxiv.org/abs/2101.0000{n})]\n\n"
        for n, (title, more) in enumerate(
            [("A Net of Nets", ""), ("Reading Birds", ", Eve Sun"), ("Maps", "")]
        )
    )
    assert [(entry[0].title, entry[0].authors) for entry in read(text)] == [
        ("A Net of Nets.", "Ann Roe, Bob Low."),
        ("Reading Birds.", "Ann Roe, Bob Low, Eve Sun."),
        ("Maps.", "Ann Roe, Bob Low."),
    ]


def test_paragraphs_of_a_title_and_labels_are_works() -> None:
    text = "".join(
        f":gem: <b>{title} ({year})</b> [[Paper]](https://arxiv.org/abs/21{n}.00001)\n\n"
        for n, (title, _, year) in enumerate(WORKS, 10)
    )
    entries = read(text)
    assert [entry[0].title for entry in entries] == [title for title, _, _ in WORKS]
    assert [entry[0].date for entry in entries] == [year for _, _, year in WORKS]


def test_two_works_in_one_item_keep_their_titles() -> None:
    a, b = "https://arxiv.org/abs/1508.07909", "https://arxiv.org/abs/1804.10959"
    mentions = read(
        f"- Tokens: [BPE]({a}) and [Unigram LM]({b}), [code](https://github.com/a/b)\n"
    )[0]
    assert [mention.title for mention in mentions[:2]] == ["BPE", "Unigram LM"]


@pytest.mark.parametrize("sign", [":star:", "\u2b50", "\U0001f525 "])
def test_pictograms_are_no_text(sign: str) -> None:
    item = f"- {sign}A Net of Nets (2016) [[Paper]](https://arxiv.org/abs/2101.00001)\n"
    assert read(item)[0][0].title == "A Net of Nets"


def headed(works: list[tuple[str, str, str]] = WORKS) -> str:
    badge = "[![arXiv](https://img.shields.io/badge/arXiv-x.svg)]"
    return "# A list\n\n## Works\n\n" + "".join(
        f"### **{title}**\n\nIt reads every modality as input and as output, and checks itself by what it "
        f"has written before.\n\n{badge}(https://arxiv.org/abs/21{n}.00001)\n\n{authors}<br>\n**Released:** {year}-07-28\n\n"
        for n, (title, authors, year) in enumerate(works, 10)
    )


def test_headings_with_a_paper_each_are_works() -> None:
    entries = read_some(headed())
    assert [(e[0].title, e[0].authors, e[0].date) for e in entries] == [
        (title, authors, f"{year}-07-28") for title, authors, year in WORKS
    ]
    assert {entry[0].section for entry in entries} == {("Works",)}


@pytest.mark.parametrize("count", [3, len(WORKS)])
def test_a_heading_stays_a_work_above_a_paragraph_that_begins_with_its_paper(count: int) -> None:
    works = written(
        "## {t}\n\n[Read the full paper](https://arxiv.org/abs/2101.000{n})\n\n{a}\n\n"
        "*Published in:* ICML {y}\n\n[Code](https://github.com/a/b{n})\n",
    )
    parts = works.split("## ")
    parts[count + 1 :] = [part.replace("[Read", "Read [Read") for part in parts[count + 1 :]]
    entries = read_some("# A list\n\n" + "## ".join(parts))
    assert [(entry[0].title, entry[0].date) for entry in entries] == [
        (title, year) for title, _, year in WORKS
    ]
    assert [entry[-1].role for entry in entries] == ["code"] * len(WORKS)


@pytest.mark.parametrize("counts", [(1, 1, 1, 1, 1), (2, 1, 2), (1, 1, 3), (3, 1, 1)])
def test_paragraphs_below_topics_stay_works(counts: tuple[int, ...]) -> None:
    text, works = "# A list\n", iter(WORKS)
    for number, count in enumerate(counts):
        some = [next(works) for _ in range(count)]
        paragraphs = written(PARAGRAPHS[0], some).replace(".00001", f".0000{number}")
        text += f"\n## Topic {'abcde'[number]}\n\n{paragraphs}\n"
    assert [entry[0].title for entry in read_some(text)] == [title for title, _, _ in WORKS]


def test_a_few_headings_with_papers_are_sections() -> None:
    assert read_some(headed(WORKS[:3])) == []


def test_headings_above_lists_are_no_works() -> None:
    text = headed().replace(
        "**Released", "\n- [Another title of it](https://arxiv.org/abs/1234.56789)\n\n**Released"
    )
    assert {entry[0].title for entry in read_some(text)} == {"Another title of it"}


def labelled(works: list[tuple[str, str, str]]) -> str:
    """Return works with a heading, the labels of their links, and prose each."""
    return "# A list\n\n## Works\n\n" + "".join(
        f"### {title} (ISSTA {year})\n\n* ![](pdf.png)[Paper](https://arxiv.org/abs/21{n}.00001)\n"
        f"* ![](note.png)[Reading Note From ICE](https://x.org/{n})\n* [Link](https://doi.org/10.1000/{n})\n\n"
        "**Abstract:** It reads every modality as input and as output, and checks itself.\n\n"
        for n, (title, _, year) in enumerate(works, 10)
    )


def test_headings_above_lists_of_labels_are_works() -> None:
    entries = read_some(labelled(WORKS))
    assert [(e[0].title, e[0].date) for e in entries] == [(title, year) for title, _, year in WORKS]
    assert [[m.role for m in entry] for entry in entries] == [
        ["other", "paper", "other", "other", "paper"]
    ] * 5
    assert {entry[0].section for entry in entries} == {("Works",)}


def test_a_few_headings_above_lists_of_labels_are_no_works() -> None:
    assert {entry[0].title for entry in read_some(labelled(WORKS[:3]))} <= {
        None,
        "Reading Note From ICE",
    }


def read_some(text: str) -> list[list[Mention]]:
    """Return the entries of a list that holds prose, too."""
    entries: dict[int, list[Mention]] = {}
    for mention in Markdown().read(text, "list.md").mentions:
        if mention.entry is not None:
            entries.setdefault(mention.entry, []).append(mention)
    return list(entries.values())


URL = "https://arxiv.org/abs/2301.0000"
LINKED = "\n".join(
    f"- {name}, John Roe. Learning of things number {number}. In CVPR, 2019. [[pdf]]({URL}{number})"
    for number, name in enumerate(["Jane Doe", "Ann Poe", "Tim Moe", "Eva Loe"])
)
BARE = "- Kim Noe, Sam Foe. The work without a link. In ICML, 2018."
ALONE = BARE.replace(", Sam Foe", "")  # one name is none for sure


def bare(text: str) -> list[tuple[int, str | None, str | None, str | None]]:
    mentions = Markdown().read(text, "list.md").mentions
    return [(m.line, m.title, m.authors, m.date) for m in mentions if not m.url]


def test_an_item_without_a_link_is_a_work_where_those_with_links_are_so() -> None:
    assert bare(f"{LINKED}\n{BARE}") == [(5, "The work without a link", "Kim Noe, Sam Foe", "2018")]
    mention = read(f"{LINKED}\n{BARE}")[-1][0]
    assert (mention.role, mention.entry, mention.url) == ("paper", 5, "")


@pytest.mark.parametrize(
    "text",
    [
        ALONE,  # no layout
        f"- [A title of words]({URL}1) Jane Doe, 2019\n" * 4 + ALONE,  # the title is the link
        f"{LINKED}\n- The list was begun in 2018. It grew. In CVPR, 2019.",  # no authors
        f"{LINKED}\n- Kim Noe, Sam Foe. The work without a link. In ICML.",  # no date
        f"{LINKED}\n\nKim Noe, Sam Foe. The work without a link. In ICML, 2018.",  # no item
        f"{LINKED}\n{BARE}\n  - Another item",
    ],
)
def test_prose_without_a_link_is_no_work(text: str) -> None:
    assert bare(text) == []


def details(summary: str, below: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{below}\n</details>\n"


def test_a_summary_that_links_to_a_work_is_an_entry_with_the_items_below_it() -> None:
    code = "- [GitHub](https://github.com/jdoe/net{}) (3 forks):\n\n\t```\n\tgit clone it\n\t```"
    text = "# Best\n\n" + "".join(
        details(
            f'<b><a href="{URL}{number}">A net of number {number}</a></b> (9 stars) - Of use.',
            code.format(number),
        )
        for number in range(1, 5)
    )
    entries = read(f"{text}\n- [Another work of it]({URL}9)")
    assert [[mention.role for mention in entry] for entry in entries] == [
        *[["paper", "code"]] * 4,
        ["paper"],
    ]
    assert entries[1][0].title == "A net of number 2"
    assert [mention.line for mention in entries[0]] == [3, 5]


@pytest.mark.parametrize(
    "summary", ["Abstract", "Show 2 more", '<a href="#top">A section of it</a>']
)
def test_a_summary_without_a_work_holds_entries_of_their_own(summary: str) -> None:
    text = details(summary, f"- [One work of it]({URL}1)\n- [Two works of it]({URL}2)")
    mentions = [m for m in Markdown().read(text, "list.md").mentions if m.entry is not None]
    assert [(m.line, m.title) for m in mentions] == [(3, "One work of it"), (4, "Two works of it")]
    assert mentions[0].entry != mentions[1].entry


def test_a_paragraph_below_a_summary_is_prose() -> None:
    summary = f'<a href="{URL}1">One work of it</a>'
    text = details(summary, f"It goes on from [another]({URL}2).") + f"\nSee [that]({URL}3).\n"
    mentions = Markdown().read(text, "a.md").mentions
    assert [mention.entry is not None for mention in mentions] == [True, False, False]


def test_a_server_of_preprints_is_no_author() -> None:
    text = "SSRN, Jane Doe and John Roe"
    assert find_run(text, sure=True) == (len("SSRN, "), len(text))


FAMILIES = [
    "Roe", "Low", "De Vito", "Ito", "Fox", "Khan", "Abdi", "Meng", "Shi", "Novak", "Li", "Klami", "Voss", "Lê Cao",
    "Ash", "Bell", "Cole", "Dunn", "Egan", "Frey", "Gao", "Hall", "Ivanov", "Jung",
]  # fmt: skip


def first(text: str) -> Mention:
    return read(text)[0][0]


@pytest.mark.parametrize(
    ("item", "title", "authors"),
    [
        ("Masks for early _Tumour Growth_. Roe, Ann et al. CPVR 2021 [code](https://github.com/a/b)", "Masks for early Tumour Growth", "Roe, Ann et al."),
        ("<[Masks that fail](https://arxiv.org/abs/2101.00001)> by Roe, Nikolay and Low, Anton and Ito, Ken, 2018.", "Masks that fail", "Roe, Nikolay and Low, Anton and Ito, Ken"),
        ("[MaskNet](https://arxiv.org/abs/2101.00001): Official Roogle Repository Released", "MaskNet", None),
        ("Masks that fail at last, Roe et al., Sci Rep 2023, https://doi.org/10.1000/a", "Masks that fail at last", "Roe et al."),
        ("Why do masks fail?. In *NeurIPS 2023*. [[pdf](https://arxiv.org/abs/2101.00001)]", "Why do masks fail?", None),
        ("Why do masks fail? Ann Roe, Bob Low. ICML 2020. [pdf](https://arxiv.org/abs/2101.00001)", "Why do masks fail?", "Ann Roe, Bob Low"),
        ("Masks fail at last. Ann Roe. ICML 2020. [pdf](https://arxiv.org/abs/2101.00001)", "Masks fail at last", "Ann Roe"),
        ("Masks fail at last (** oral**) [[pdf](https://arxiv.org/abs/2101.00001)]", "Masks fail at last", None),
        ("[Masks](https://arxiv.org/abs/2101.00001): Hiding Parts of Scans with Nets | OSDI' 22", "Masks: Hiding Parts of Scans with Nets", None),
        ("[Masks](https://github.com/a/b): [Hiding parts of scans](https://arxiv.org/abs/2101.00001)", "Hiding parts of scans", None),
        ("[Masks](https://arxiv.org/abs/2101.00001): a fast tool to hide parts of scans", "Masks", None),
        ("Ann Roe and Bob Low, [Masks: A Tutorial](https://x.org/1)", "Masks: A Tutorial", "Ann Roe and Bob Low"),
        ("A. Roe, et. al., Masks that fail at things, Nature, 2015. [[Paper]](https://arxiv.org/abs/2101.00001)", "Masks that fail at things", "A. Roe, et. al."),
        ("Masks that fail at last (**T-NNLS**) [[paper](https://arxiv.org/abs/2101.00001)]", "Masks that fail at last", None),
        ("[Roe et al.](https://arxiv.org/abs/2101.00001) observed that masks fail", None, None),
        ("**Masks**: [Masks that fail](https://x.org/1) (ICML 2021) [[Official Code & Data](https://github.com/a/b)]", "Masks that fail", None),
    ],
)  # fmt: skip
def test_an_item_alone(item: str, title: str | None, authors: str | None) -> None:
    mention = first(f"# List\n\n- {item}\n")
    assert (mention.title, mention.authors) == (title, authors)


@pytest.mark.parametrize(
    ("venue", "year"),
    [
        ("ICML-20", "2020"), ("ICCV21", "2021"), ("EMNLP 18", "2018"), ("MLSys' 26", "2026"),
        ("Thesis' 10", "2010"), ("IEEE Transactions on Things 21", "2021"), ("KDD workshop'19", "2019"),
        ("Nature 58", None), ("IEEE 27th Symposium on Things", None), ("the models' 20 parts", None), ("a model for 10 tasks, CVPR", None),
    ],
)  # fmt: skip
def test_a_year_of_two_digits_stands_behind_a_venue(venue: str, year: str | None) -> None:
    assert first(f"- [Masks that fail](https://arxiv.org/abs/2101.00001) ({venue})").date == year


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        ("Title", "Masks that fail [(paper)](https://arxiv.org/abs/2101.00001) [(code)](https://github.com/a/b)", ("Masks that fail", None)),
        ("Paper", "Masks - that fail.[[paper](https://arxiv.org/abs/2101.00001)][[code](https://github.com/a/b)]", ("Masks - that fail.", None)),
        ("Paper", '[Roe, Ann, and Bob Low. "Masks that fail at things." Neural Matters 12.3 (2016).](https://arxiv.org/abs/2101.00001)', ("Masks that fail at things", "Roe, Ann, and Bob Low")),
        ("Paper", "[Masks](https://arxiv.org/abs/2101.00001)", ("Masks", None)),
        ("Title", "[(Un)masked cells](https://arxiv.org/abs/2101.00001) [code](https://github.com/a/b)", ("(Un)masked cells", None)),
        ("Title", "[(Deep) masks of cells](https://arxiv.org/abs/2101.00001) and more", ("(Deep) masks of cells and more", None)),
    ],
)  # fmt: skip
def test_a_cell_with_more_than_its_title(
    head: str, row: str, expected: tuple[str, str | None]
) -> None:
    mention = first(f"|No|{head}|Date|\n|-|-|-|\n|1|{row}|-|\n")
    assert (mention.title, mention.authors) == expected
    assert mention.date == ("2016" if "2016" in row else None)


PARAGRAPHS = [
    "[{t}](https://arxiv.org/abs/21{n}.00001). {a}. ICML {y}.\n",
    "[{t}](https://x.org/{n}.pdf), {a}, Neural Matters, {y}.\n",
    "{t} [[paper](https://arxiv.org/abs/21{n}.00001)], [[code](https://github.com/a/b{n})]\n",
]


@pytest.mark.parametrize("layout", PARAGRAPHS)
def test_paragraphs_of_a_work_each_are_entries(layout: str) -> None:
    entries = read("# List\n\n## Bones\n\n" + written(layout))
    assert [entry[0].title for entry in entries] == [title for title, _, _ in WORKS]
    if "{a}" in layout:
        assert [entries[n][0].authors for n in (0, 3)] == [WORKS[n][1] for n in (0, 3)]


@pytest.mark.parametrize("layout", PARAGRAPHS[:2])
def test_a_few_paragraphs_that_begin_with_a_link_are_prose(layout: str) -> None:
    mentions = Markdown().read("# List\n\n" + written(layout, WORKS[:3]), "list.md").mentions
    assert [mention.entry for mention in mentions] == [None] * 3


def test_a_sentence_that_begins_with_a_link_is_prose() -> None:
    text = written("[{t}](https://arxiv.org/abs/21{n}.00001) is what we build on.\n")
    assert {mention.entry for mention in Markdown().read(text, "list.md").mentions} == {None}


def test_rows_without_a_head_are_works_of_some_lines_each() -> None:
    rows = "".join(
        f"<table><tr><td><a href='https://x.org/{n}'><img src='{n}.jpg'/></a></td>\n"
        f"<td width=550>{title}<br>\n<a href='https://x.org/p'>Ann Roe</a>,\n<a href='#b'>Bob Low</a><br>\n"
        f"In arXiv {year}<br>\n<a href='https://arxiv.org/abs/2101.000{n}'>[Paper]</a></td></tr></table>\n\n"
        for n, (title, _, year) in enumerate(WORKS, 10)
    )
    works = [next(m for m in entry if m.role == "paper") for entry in read(rows)]
    assert [(work.title, work.authors, work.date) for work in works] == [
        (title, "Ann Roe, Bob Low", year) for title, _, year in WORKS
    ]


@pytest.mark.parametrize("count", [5, 3])
def test_labels_below_a_title_that_nothing_marks(count: int) -> None:
    layout = ":heavy_check_mark: [{t}]\n- [[Paper]](https://arxiv.org/abs/21{n}.00001)[[Code]](https://github.com/a/b{n})(ICML {y})\n"
    entries = read("# List\n\n" + written(layout, WORKS[:count]))
    titles = [title for title, _, _ in WORKS]
    assert [entry[0].title for entry in entries] == (titles if count == 5 else [None] * 3)


def test_a_row_of_several_works_is_a_work_in_each_cell() -> None:
    cells = written(
        "<td><a href='https://arxiv.org/abs/2101.000{n}'>{t}</a><br>{a}<br>ICML {y}</td>"
        "<td><a href='https://arxiv.org/abs/2101.000{n}'><img src='{n}.png'></a></td>"
    ).replace("\n", "")
    works: dict[str, tuple[str | None, str | None]] = {}
    for entry in read(f"<table><tr>{cells}</tr></table>\n"):
        paper = next(mention for mention in entry if mention.role == "paper")
        works.setdefault(paper.url, (paper.title, paper.date))
    assert list(works.values()) == [(title, year) for title, _, year in WORKS]


def test_a_row_of_one_work_stays_one_with_links_in_several_cells() -> None:
    rows = written(
        "<table><tr><td>{t}<br>{a}<br>ICML {y}<br><a href='https://x.org/{n}.pdf'>pdf</a></td>"
        "<td><a href='https://arxiv.org/abs/2101.000{n}'>[arXiv]</a></td></tr></table>\n"
    )
    assert [{(m.title, m.date) for m in entry} for entry in read(rows)] == [
        {(title, year)} for title, _, year in WORKS
    ]


@pytest.mark.parametrize("count", [1, 6])
def test_names_behind_most_titles_that_go_on_behind_a_name_are_authors(count: int) -> None:
    names = ["Jane Doe", "John Roe", "Ann Poe", "Tim Moe", "Eva Loe", "Kim Noe"]
    items = "".join(
        f"- [Net{number}](https://arxiv.org/abs/2101.0001{number}): Training of Deep Bones, {names[number]}, 2020\n"
        for number in range(count)
    )
    mention = first(items)
    behind = ", Jane Doe" if count == 1 else ""
    assert mention.title == f"Net0: Training of Deep Bones{behind}"
    assert mention.authors == (None if count == 1 else "Jane Doe")


def test_a_label_may_be_misspelt() -> None:
    text = "**Masks that fail**\n\n- intro: A lab\n- arixv: https://arxiv.org/abs/2101.00001\n"
    assert first(text).title == "Masks that fail"


def test_a_year_that_is_the_month_of_arxiv_is_no_year() -> None:
    item = "- [Masks that fail](https://arxiv.org/abs/{}.00001), arXiv 2010\n"
    dates = [
        mention.date
        for number in ("2010", "2101")
        for mention in formats.read(item.format(number).encode(), "a.md").mentions
    ]
    assert dates == ["2020-10", "2010"]


@pytest.mark.parametrize(
    "text",
    [
        "| Title | Link | Year |\n|---|---|---|\n| A title | [x]({}) | 2010 |\n",
        "- [Masks that fail]({}), ICML 2010\n",
        "- [Masks that fail]({}), 2010\n",
        "- [Masks of arXiv]({}), ICML 2010\n",
    ],
)
def test_a_year_that_a_list_states_stays_a_year(text: str) -> None:
    text = text.format("https://arxiv.org/abs/2010.00001")
    assert formats.read(text.encode(), "a.md").mentions[0].date == "2010"


def test_works_below_a_topic_are_each_its_own() -> None:
    items = written(
        "  - {a}, {t}, NIPS, {y}. [[Paper]](https://arxiv.org/abs/21{n}.00001)", WORKS[2:]
    )
    entries = read(f"- Bones / Maps\n{items}\n")
    assert len(entries) == 3
    assert "Bones / Maps" not in {mention.title for entry in entries for mention in entry}


def test_a_labelled_item_below_a_work_says_more_of_it() -> None:
    items = written(
        "- [{t}](https://arxiv.org/abs/2101.000{n})\n  - {a}\n"
        "  - Dataset: [BONES](https://x.org/{n}), [LUNGS](https://github.com/a/b{n})",
        WORKS[:3],
    )
    for entry, (title, _, _) in zip(read(items), WORKS[:3], strict=True):
        assert {mention.title for mention in entry} == {title}
        assert [mention.role for mention in entry] == ["paper", "other", "other"]
        assert [mention.label for mention in entry] == [title, "BONES", "LUNGS"]


@pytest.mark.parametrize("above", ["Masks that fail", "[Masks that fail]({}.00009)"])
def test_a_paper_below_a_label_stays_a_work_of_its_own(above: str) -> None:
    item = "- " + above + "\n  - Dataset: [A set of bones]({}.00001), [A set of lungs]({}.00002)\n"
    url = "https://arxiv.org/abs/2101"
    *_, entry = read(item.format(url, url, url))
    assert [(mention.role, mention.title) for mention in entry] == [
        ("paper", "A set of bones"), ("paper", "A set of lungs"),
    ]  # fmt: skip


def test_what_stands_below_a_topic_does_not_have_its_title() -> None:
    mention = first("- What masks are\n  - Dataset: [BONES](https://x.org)\n")
    assert mention.title == mention.label == "BONES"


def test_items_may_lack_the_blank_behind_their_dash() -> None:
    text = "# List\n\n" + written("-[{t}](https://arxiv.org/abs/21{n}.00001) - in ACL {y} `maps`")
    entries = read(text)
    assert [(entry[0].line, entry[0].title, entry[0].date) for entry in entries] == [
        (line, title, year) for line, (title, _, year) in enumerate(WORKS, 3)
    ]


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        (FAMILIES, "Roe"),
        (["Roe, van Low", *FAMILIES[1:]], "Roe, van Low"),
        (["Roe", "Mask"] * 12, None),
    ],
)
def test_family_names_alone_are_authors_where_most_entries_have_another(
    names: list[str], authors: str | None
) -> None:
    rows = [
        f"- 20{n:02} - {name} - [How the {n}th mask fails](https://arxiv.org/abs/2101.{n:05})\n"
        for n, name in enumerate(names, 1)
    ]
    entries = read("# List\n\n" + "".join(rows))
    assert entries[0][0].title == "How the 1th mask fails"
    assert entries[0][0].authors == authors


TITLED = [
    "**{t}**\n{a}\n[Neural Matters 42, 196-199 ({y})](https://www.nature.com/articles/s41587-023-0{n}-w) • [code](https://github.com/a/b{n})\n",
    "**{t}** <br>\n{a} <br>\n[Findings of ACL {y}](https://arxiv.org/abs/21{n}.00001)\n",
    "{n}.\u3010:fish:\u3011 <span>**{t}**</span> ACL, {y}. [paper](https://arxiv.org/abs/21{n}.00001)\n",
]  # fmt: skip


@pytest.mark.parametrize("layout", TITLED)
def test_paragraphs_with_a_title_in_bold_are_entries(layout: str) -> None:
    entries = read_some("# List\n\n## Bones\n\n" + written(layout))
    assert [(e[0].title, e[0].date) for e in entries] == [(title, year) for title, _, year in WORKS]


@pytest.mark.parametrize("layout", TITLED)
def test_a_few_paragraphs_with_a_title_in_bold_are_prose(layout: str) -> None:
    text = "# List\n\n" + written(layout, WORKS[:3]).replace("[paper]", "[the paper]")
    assert read_some(text) == []


def test_a_sentence_in_bold_above_a_link_is_prose() -> None:
    text = "**Read this first please:**\n[Rules](https://x.org/{n}) of this list\n"
    assert read_some("# List\n\n" + "\n".join(text.format(n=n) for n in range(5))) == []


PAGE = """<html><body><table>
<tr><td><h2>Papers</h2></td></tr></table><table>
{rows}</table></body></html>
"""
ROW = """<tr><td><video src="{n}.mp4">No video here</video></td>
<td><a href="https://x.org/{n}"><span class="big">{t}</span></a><br>
<a href="https://x.org/roe">Ann Roe</a>, Bob Low,<br>
<strong>Eve Sun</strong><br>
<em>ICLR</em>, {y}<br>
<a href="{paper}">paper</a><p></p><p>It sees that bones age, and that they do so at night.</p></td></tr>
"""


def test_the_rows_of_a_page_without_a_head_are_works() -> None:
    """Names may go on in the next line, and the last rows link to no paper."""
    links = [f"https://arxiv.org/abs/21{n}.00001" for n in range(10, 14)] + ["https://x.org/a.zip"]
    rows = [
        ROW.format(n=number, t=title, y=year, paper=link)
        for number, ((title, _, year), link) in enumerate(zip(WORKS, links, strict=True))
    ]
    mentions = formats.read(PAGE.format(rows="".join(rows)).encode(), "index.html").mentions
    works = {(m.entry, m.title, m.authors, m.date) for m in mentions if m.url in links}
    assert [work[1:] for work in sorted(works)] == [
        (title, "Ann Roe, Bob Low, Eve Sun", year) for title, _, year in WORKS
    ]


@pytest.mark.parametrize(
    ("behind", "authors"),
    [
        ("Ways to cut organs in one go, by Ann Roe.", "Ann Roe"),
        ("Their paper by A. Roe, B. Low and Eve Sun: it cuts.", "A. Roe, B. Low and Eve Sun"),
        ("An early survey by Roe et al.", "Roe et al."),
        ("A net that was inspired by Ann Roe and Bob Low.", None),
        ("What to do, by hand or by day.", None),
    ],
)
def test_authors_in_what_describes_a_work(behind: str, authors: str | None) -> None:
    others = [f"- [{title}](https://x.org/{title[:3]}.pdf) - It says so." for title, *_ in WORKS]
    text = "\n".join([*others, f"- [A Net of Nets](https://arxiv.org/abs/2101.00001) - {behind}"])
    assert read(text)[-1][0].authors == authors


@pytest.mark.parametrize(
    ("behind", "date"),
    [
        ("The scheme, proposed in 1997 by Roe, is one of the oldest ones that we know", None),
        ("It is what has been in use since 2003 and stands as it did", None),
        ("Published in 2017 by a group that went on to build the thing", "2017"),
        ("How to cut organs, 2019", "2019"),
    ],
)
def test_years_of_which_a_sentence_tells_are_no_dates(behind: str, date: str | None) -> None:
    text = f"- [A Net of Nets](https://x.org/a.pdf) - {behind}.\n- [B](https://x.org/b) - x\n"
    assert read(text)[0][0].date == date


def test_a_label_is_a_title_where_no_column_says_so() -> None:
    rows = (
        "| Name | Venue | Data |\n|-|-|-|\n"
        "| [A Net of Nets](https://arxiv.org/abs/2101.00001) | WI | [All the Bones](https://arxiv.org/abs/2101.00002) |\n"
        "| as [seen by the others](https://arxiv.org/abs/2101.00003), who cut and cut again | WI | x |\n"
    )
    assert [[mention.title for mention in entry] for entry in read(rows)] == [
        ["A Net of Nets", "A Net of Nets"],
        [None],
    ]


@pytest.mark.parametrize(
    "head",
    [
        "论文标题 | 作者 | 时间",
        "Titel | Autoren | Jahr",
        "título | autores | año",
        "題名 | 著者 | 出版年",
    ],
)
def test_heads_of_tables_in_other_languages(head: str) -> None:
    row = "| [A Net of Nets](https://x.org/net) | Ann Roe, Bob Low | 2021-03 |\n"
    (mention,) = read(f"| {head} |\n|-|-|-|\n{row}")[0]
    assert (mention.title, mention.authors, mention.date) == (
        "A Net of Nets", "Ann Roe, Bob Low", "2021-03",
    )  # fmt: skip


def test_venues_in_round_brackets_are_no_titles() -> None:
    text = "\n".join(
        f"- {title} ([SYS/CLOUD/NET {year}](notes/{number}.md)) [[Paper](https://x.org/{number}.pdf)]"
        for number, (title, _, year) in enumerate(WORKS)
    )
    assert [entry[0].title for entry in read(text)] == [title for title, *_ in WORKS]


def test_a_mark_of_the_last_author_is_followed_by_the_title() -> None:
    text = "\n".join(
        f"- **[WI'{year[2:]}]** Ann Roe and Bob Low*. {title}. In *Proceedings of WI*, {year}. [[pdf](https://x.org/{year}.pdf)]"
        for title, _, year in WORKS
    )
    facts = [(entry[0].title, entry[0].authors) for entry in read(text)]
    assert facts == [(title.strip('"'), "Ann Roe and Bob Low") for title, *_ in WORKS]


REFERENCES = """## Reading

Roe, A., & Low, B. (2017). *Nets of nets*. A Press.

Low, B. (2018). Bones that age. *Letters of Bone*, 12(3), 4-5. https://x.org/bones

Sun, E. (2019). *The organ book: An atlas* (2nd ed.). A Press.

Fox, T. (2020). What maps see. *Maps*, 1(1), 2-3. https://doi.org/10.1000/maps
"""


def test_references_in_paragraphs_are_works_with_and_without_links() -> None:
    mentions = Markdown().read(REFERENCES, "list.md").mentions
    assert [(m.line, m.role, m.title, m.authors, m.date) for m in mentions] == [
        (3, "paper", "Nets of nets", "Roe, A., & Low, B.", "2017"),
        (5, "other", "Bones that age", "Low, B.", "2018"),
        (7, "paper", "The organ book: An atlas", "Sun, E.", "2019"),
        (9, "paper", "What maps see", "Fox, T.", "2020"),
    ]


def test_footnotes_without_links_are_no_works() -> None:
    notes = [f"[^{n}]: {line}" for n, line in enumerate(REFERENCES.split("\n\n")[1:])]
    text = "".join(f"A text[^{n}].\n\n" for n in range(4)) + "\n".join(notes)
    assert {m.url for m in Markdown().read(text, "list.md").mentions} == {
        "https://x.org/bones", "https://doi.org/10.1000/maps",
    }  # fmt: skip


def test_a_name_in_bold_stands_above_the_title() -> None:
    dates = [", WI 2020", ", ICML'18", "", ", WI 2019"]
    text = "\n".join(
        f"- **N{number}**\n  - {title}{date}\n"
        f"  - [[arXiv]](https://arxiv.org/abs/21{number}.00001) [[TF]](https://github.com/a/b{number})"
        for number, ((title, *_), date) in enumerate(zip(WORKS, dates, strict=False), 10)
    )
    assert [[mention.title for mention in entry] for entry in read(text)] == [
        [title, title] for title, *_ in WORKS[:4]
    ]


@pytest.mark.parametrize("kind", [" (paper)", " [Paper]", " (Video)", ""])
def test_the_kind_of_a_link_is_no_part_of_a_title(kind: str) -> None:
    label = f"Bones (that age){kind}".replace("[", "\\[").replace("]", "\\]")
    text = f"- [{label}](https://arxiv.org/abs/2101.00001) by Ann Roe - What they say."
    mention = read(text)[0][0]
    assert (mention.title, mention.authors) == ("Bones (that age)", "Ann Roe")


def test_headings_of_works_have_names_below_them() -> None:
    """A badge of honour may stand behind the links; one of them may lead to a page alone."""
    names = ", ".join(["Ann Roe", "Bob Low", "Eve Sun", "Tom Fox", "Kim Oh", "Max Mueller"] * 2)
    links = ["[\\[PDF\\]](https://arxiv.org/abs/21{n}.00001)"] * 4 + [
        "[\\[Page\\]](https://x.org/{n})"
    ]
    text = "# Nets\n\n## Papers\n\n" + "\n".join(
        f"##### \u2022 {title}. {link.format(n=number)} *(Oral)*\n\n_{names}_\n"
        for number, ((title, *_), link) in enumerate(zip(WORKS, links, strict=True), 10)
    )
    facts = [(entry[0].title, entry[0].authors) for entry in read(text)]
    assert facts == [(title, names) for title, *_ in WORKS]


def test_brackets_around_the_title_in_a_label() -> None:
    text = "\n".join(
        f"* [[N{number}] {title} (Some Lab {year})](https://x.org/{number}.pdf)"
        for number, (title, _, year) in enumerate(WORKS)
    )
    assert [(entry[0].title, entry[0].date) for entry in read(text)] == [
        (title, year) for title, _, year in WORKS
    ]


def test_quotes_in_bold_are_no_part_of_a_title() -> None:
    text = "\n".join(
        f'1. **N{number}**: **"{title}".**\n*{authors}.* (WI {year}) \\[[paper](https://x.org/{number}.pdf)\\]\n'
        for number, (title, authors, year) in enumerate(WORKS[:3])
    )
    titles = [entry[0].title for entry in read(text)]
    assert titles == [title for title, *_ in WORKS[:3]]


def test_the_month_of_a_reference_is_no_title() -> None:
    text = "- Roe, A. and Low, B., 2021, August. Nets of nets. In *WI* (pp. 4-5). [pdf](https://x.org/a.pdf)\n"
    mention = read(text)[0][0]
    assert (mention.title, mention.authors) == ("Nets of nets", "Roe, A. and Low, B.")


def test_the_proceedings_below_names_are_no_name() -> None:
    text = "\n".join(
        f"- [{title}](https://x.org/{number}.pdf),\\\n  {authors},\\\n  In Proc. of WI, {year}."
        for number, (title, authors, year) in enumerate(WORKS)
    )
    assert [entry[0].authors for entry in read(text)][1::2] == [it[1] for it in WORKS][1::2]


def test_a_paragraph_may_name_its_paper_behind_a_label() -> None:
    works = [(f"Ice{at}", f"How ice number {at} melts in the sun") for at in range(6)]
    entries = read(
        "\n".join(
            f"### {name}\n\nSoftware: https://github.com/doe/{name}_201{at}\n\n"
            f"Manuscript: [{title}](https://doi.org/10.1000/{at})\n"
            for at, (name, title) in enumerate(works)
        )
    )
    assert [{mention.title for mention in entry} for entry in entries] == [{it} for _, it in works]
    assert [[mention.role for mention in entry] for entry in entries] == [["code", "paper"]] * 6
    assert {mention.date for entry in entries for mention in entry} == {None}


def test_one_person_behind_a_dash_is_the_author_where_others_have_several() -> None:
    works = [(f"A study of snow {at}", "Ann Roe, Bob Low") for at in range(5)]
    works += [
        ("Advances in Ice Melting", "Eve Q. Sun"),
        ("Snow: an end", "Lea Moe"),
        ("CHI in my kitchen", "Tom Fox"),
    ]
    text = "\n".join(
        f"- {title} - {names}\n       https://arxiv.org/abs/2001.0000{at}"
        for at, (title, names) in enumerate(works)
    )
    assert [(entry[0].title, entry[0].authors) for entry in read(text)] == works


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        ("Doe, Jane.", "Doe, Jane"), ("Doe, Jane Ann.", "Doe, Jane Ann"), ("Doe, Jane B. (editor).", "Doe, Jane B."),
        ("Doe, Jane,", "Doe, Jane"), ("Doe, Jane, Rob Roe, Ann van Poe (editors).", "Doe, Jane, Rob Roe, Ann van Poe"),
    ],
)  # fmt: skip
def test_a_year_stands_between_names_and_a_title_in_italics(names: str, authors: str) -> None:
    item = (
        f"* {names} 2018. _Ice and how it melts: a study._ North: Winter Press. <https://x.org/ice>"
    )
    [[mention]] = read(item)
    assert (mention.title, mention.authors, mention.date) == (
        "Ice and how it melts: a study.", authors, "2018",
    )  # fmt: skip


def test_paragraphs_may_begin_with_names_and_go_on_with_a_venue() -> None:
    names = [
        "Roe, A., & Low, B.",
        "Doe, Jane, Rob Roe, and Ann Poe.",
        "Jane Doe, Rob Roe.",
        "Moe-Sun, L. J.",
        "d'Albe, C., Fox, T., ... & Sun, E.",
    ]
    links = [
        f"[**{title}**](https://arxiv.org/abs/2001.0000{at})"
        for at, (title, *_) in enumerate(WORKS)
    ]
    text = "\n\n".join(
        f"{a} {link} arXiv (202{at})" for at, (a, link) in enumerate(zip(names, links, strict=True))
    )
    assert [(entry[0].title, entry[0].authors, entry[0].date) for entry in read(text)] == [
        (title.strip('"'), a.rstrip(".") if a[-3:-2] != " " else a, f"202{at}")
        for at, ((title, *_), a) in enumerate(zip(WORKS, names, strict=True))
    ]


def test_a_remark_behind_the_link_to_a_work_is_no_part_of_its_title() -> None:
    rows = "".join(
        f"| [{title}](https://arxiv.org/abs/2001.0000{at}) (Honorable Mention) | {names} |\n"
        for at, (title, names, _) in enumerate(WORKS)
    )
    mentions = Markdown().read(f"| Title | Authors |\n|---|---|\n{rows}", "list.md").mentions
    assert [mention.title for mention in mentions] == [title for title, *_ in WORKS]


def test_references_without_links_may_have_a_colon_behind_their_names() -> None:
    works = [("Ann Roe, Bob Low, Eve Sun", "Ice on rivers: A closer look", "ICDE 2017: 1-12"), ("Jane Doe, Tom Fox", "Snow and its ends", "Ice J. 28(9): 3-7 (2018)"),
             ("Kim Oh, Lea Moe, Li Wei", "How winters turn", "Proc. Ice Soc. 6(1): 17:1-17:9 (2019)")]  # fmt: skip
    for colon in (":", ": "):
        entries = read(
            "\n".join(f"+ {names}{colon}{title}. {venue}" for names, title, venue in works)
        )
        assert [(entry[0].title, entry[0].authors, entry[0].date) for entry in entries] == [
            (title, names, f"201{at + 7}") for at, (names, title, _) in enumerate(works)
        ]


FIELDS = [
    "### {title}\n\n- Authors: {names}\n- Year: {year}\n- Link: {url}\n",
    "### {title}\n\n* **Authors:** {names}\n* **Date:** {year}\n* **Paper:** [link]({url})\n",
    "**{title}**\n\n- Authors: {names}\n- Venue: ICML {year}\n- Paper: [arXiv]({url})\n",
    "### {title}\n\n- \u4f5c\u8005\uff1a{names}\n- \u5e74\u4efd\uff1a{year}\n- \u8bba\u6587\uff1a{url}\n",
]


@pytest.mark.parametrize("form", FIELDS)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_list_of_fields_says_what_its_title_is(form: str, count: int) -> None:
    works = [(title, "Jane Doe, John Roe", year) for title, _, year in WORKS[:count]]
    text = "# A list\n\n" + "\n".join(
        form.format(title=title, names=names, year=year, url=f"{URL}{number}")
        for number, (title, names, year) in enumerate(works, 1)
    )
    mentions = [entry[0] for entry in read_some(text)]
    assert [(it.title, it.authors, it.date) for it in mentions] == works


def test_a_list_of_facts_without_names_says_what_its_title_is() -> None:
    text = "# A list\n\n" + "".join(
        f"### {title}\n\n- Jane Doe, John Roe\n- ICML {year}\n- [Paper]({URL}{number})\n\n"
        for number, (title, _, year) in enumerate(WORKS)
    )
    mentions = [entry[0] for entry in read_some(text)]
    assert [(it.title, it.authors, it.date) for it in mentions] == [
        (title, "Jane Doe, John Roe", year) for title, _, year in WORKS
    ]


FOLDED = [
    "<details>\n<summary>{title}</summary>\n\n{names}. ICML {year}. [paper]({url})\n\n</details>\n",
    (
        "<details><summary><b>{title}</b> (ICML {year})</summary>\n<p>{names}</p>\n"
        '<a href="{url}">Paper</a> | <a href="https://github.com/jdoe/net">Code</a>\n</details>\n'
    ),
    '<details>\n<summary><a href="{url}">{title}</a></summary>\n\n{names}. *ICML*, {year}.\n\n</details>\n',
    "<details>\n<summary>[ICML {year}] {title}</summary>\n\n*{names}*\n\n[paper]({url})\n\n</details>\n",
]


def folded(form: str, count: int) -> str:
    return "# A list\n\n" + "".join(
        form.format(title=title, names="Jane Doe, John Roe", year=year, url=f"{URL}{number}")
        for number, (title, _, year) in enumerate(WORKS[:count], 1)
    )


@pytest.mark.parametrize("form", FOLDED)
def test_a_summary_above_a_paragraph_is_a_work(form: str) -> None:
    works = [(title, "Jane Doe, John Roe", year) for title, _, year in WORKS]
    mentions = [entry[0] for entry in read_some(folded(form, len(WORKS)))]
    assert [(it.title, it.authors, it.date) for it in mentions] == works


def test_a_few_summaries_without_links_are_prose() -> None:
    text = folded(FOLDED[0], 3)
    assert read_some(text) == []
    assert len(Markdown().read(text, "list.md").mentions) == 3


@pytest.mark.parametrize("below", ["- [A title of it](https://doi.org/10.1000/{})\n",
                                   "| Title |\n|-|\n| [A title of it](https://doi.org/10.1000/{}) |\n"])  # fmt: skip
def test_a_summary_above_works_is_no_work(below: str) -> None:
    text = "# A list\n\n" + "".join(
        f"<details>\n<summary>Works of the kind {number}</summary>\n\n{below.format(number)}\n</details>\n\n"
        for number in range(1, 6)
    )
    assert {entry[0].title for entry in read_some(text)} == {"A title of it"}


def test_a_summary_that_is_repeated_is_no_title() -> None:
    text = folded(FOLDED[0], 5)
    for title, _, _ in WORKS:
        text = text.replace(title, "Click here for more")
    assert "Click here for more" not in {entry[0].title for entry in read_some(text)}


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("({}, ICML 2020)", "Smith et al."),
        ("({}. arXiv 2020)", "Jane Doe et al"),
        ("({}, NeurIPS workshop 2020)", "Lee and Chen"),
        ("({} 2020)", "Roe et al."),
    ],
)
def test_a_bracket_may_hold_names_with_a_venue(form: str, names: str) -> None:
    text = f"- [A study of ice](https://arxiv.org/abs/2101.00001) {form.format(names)}\n"
    [mention] = Markdown().read(text, "list.md").mentions
    assert (mention.title, mention.authors, mention.date) == ("A study of ice", names, "2020")


@pytest.mark.parametrize("bracket", ["et al., ICML 2020", "Rome and Paris 2020", "Oral, ICML 2020"])
def test_a_bracket_without_names_has_no_authors(bracket: str) -> None:
    text = f"- [A study of ice](https://arxiv.org/abs/2101.00001) ({bracket})\n"
    [mention] = Markdown().read(text, "list.md").mentions
    assert (mention.title, mention.authors) == ("A study of ice", None)


def test_what_a_tool_does_is_no_title() -> None:
    text = "\n".join(
        f"- **{name}** [[repo](https://github.com/a/{name})]: a framework for {work} of ice"
        for name, work in [("OpenIce", "models"), ("IceKit", "maps")]
    )
    assert [it.title for it in Markdown().read(text, "list.md").mentions] == ["OpenIce", "IceKit"]


def test_chinese_names_behind_a_link_are_authors() -> None:
    names = [
        "\u5f20\u4e09, \u674e\u56db",
        "\u8d75\u516d\u3001\u94b1\u4e03",
        "\u5468\u4e5d, \u5434\u5341",
    ]
    text = "\n".join(
        f"- [\u57fa\u4e8e\u6df1\u5ea6\u5b66\u4e60\u7684\u51b0\u5ddd{n}](https://doi.org/10.1000/b{n}) {it}. 2020"
        for n, it in enumerate(names)
    )
    assert [it.authors for it in Markdown().read(text, "list.md").mentions] == names


@pytest.mark.parametrize(
    ("text", "title", "date"),
    [
        ("CoRL 2024, **IceNet**: Nets for Ice", "IceNet: Nets for Ice", "2024"),
        ("arXiv 2024.09, Nets that Melt, or Freeze", "Nets that Melt, or Freeze", "2024.09"),
        ("SCA 2021 oral, A Study of Ice", "A Study of Ice", "2021"),
        ("CVPR 2021: A Study of Ice", "A Study of Ice", "2021"),
        ("**Design of Ice** for Skating in the Summer", "Design of Ice for Skating in the Summer", None),
        ("A Battle on **Ice and Snow**: Are We There?", "A Battle on Ice and Snow: Are We There?", None),
        ("**A Study of Ice** in CVPR 2021", "A Study of Ice", "2021"),
        ("ICE2000: Better, Faster, Colder", "ICE2000: Better, Faster, Colder", None),
        ("**IceNet**: a tool for the study of ice", "IceNet", None),
    ],
)  # fmt: skip
def test_names_and_venues_before_a_title(text: str, title: str, date: str | None) -> None:
    for entry in read(f"- {text}, [arXiv](https://arxiv.org/abs/2101.00001)\n"):
        assert (entry[0].title, entry[0].date) == (title, date)


def test_a_venue_before_a_link_begins_a_paragraph_of_a_work() -> None:
    text = "\n\n".join(
        f"ICWS {year}, [{title}](https://x.org/{year})---Notes: [blog](https://y.org/{year})"
        for title, _, year in WORKS
    )
    assert [(it[0].title, it[0].date) for it in read(text)] == [(t, y) for t, _, y in WORKS]


def test_fields_in_paragraphs_of_their_own() -> None:
    text = "\n\n".join(
        f"**Title:** [{title}](https://arxiv.org/abs/2101.0000{number})\n\n**Authors:** {authors}\n\n"
        f"**Journal Info:** Ice and Snow, May {year}\n\n**Description:** It is by Jane Roe."
        for number, (title, authors, year) in enumerate(WORKS, 1)
    )
    assert [(it.title, it.authors, it.date) for [it] in read(text)] == [
        (title, authors, f"May {year}") for title, authors, year in WORKS
    ]


@pytest.mark.parametrize(
    ("text", "title", "date"),
    [
        ("A Title, Ice Days 2015, ([paper](https://x.org/a.pdf))", "A Title", "2015"),
        ("[A Title\uff08TNN 2009\uff09](https://x.org/a.pdf)", "A Title", "2009"),
        ("[HPRD50](https://x.org) - [paper](https://x.org/a.pdf) - 50 texts on ice in the sea", "HPRD50", None),
    ],
)  # fmt: skip
def test_what_stands_around_titles(text: str, title: str, date: str | None) -> None:
    assert {(it.title, it.date) for entry in read(f"- {text}\n") for it in entry} == {(title, date)}


def test_authors_with_pages_below_a_work_are_its_authors() -> None:
    text = "\n".join(
        f"- {year} - WWW - [{title}](https://arxiv.org/abs/2101.0000{number})\n"
        f"  - *[Bo Low](https://x.org/b{number}), Ann Roe, Eve Sun*"
        for number, (title, _, year) in enumerate(WORKS, 1)
    )
    assert {(it.title, it.authors) for entry in read(text) for it in entry} == {
        (title, "Bo Low, Ann Roe, Eve Sun") for title, _, _ in WORKS
    }


@pytest.mark.parametrize(
    ("text", "title", "authors"),
    [
        ("A Survey on Ice and Snow Domains [ACM Computing Surveys](https://x.org/a.pdf)",
         "A Survey on Ice and Snow Domains", None),
        ("**IceBody** by the Ice Group, Island. It melts. [paper](https://x.org/a.pdf)", "IceBody", None),
        ("**IceBody** by Prof. Dr.-Ing. Ann Roe and Bo Low. It melts. [paper](https://x.org/a.pdf)",
         "IceBody", "Prof. Dr.-Ing. Ann Roe and Bo Low"),
        ("**IceBody** by Ann Roe and Bo Low. It melts. [paper](https://x.org/a.pdf)",
         "IceBody", "Ann Roe and Bo Low"),
        ("[Ice is cold](https://x.org/a.pdf) by Romain Laroche, Remi Tachet des Combes, ICML 2019",
         "Ice is cold", "Romain Laroche, Remi Tachet des Combes"),
    ],
)  # fmt: skip
def test_what_is_behind_titles(text: str, title: str, authors: str | None) -> None:
    [[mention]] = read(f"- {text}\n")
    assert (mention.title, mention.authors) == (title, authors)


def test_a_list_below_a_paragraph_may_hold_its_facts() -> None:
    layout = "**{t}** [[Paper]](https://arxiv.org/abs/21{n}.00001)\n- {a}\n- ICLR {y}\n"
    works = [WORKS[0], *WORKS[2:]]
    entries = read(written(layout, works))
    assert [(it.title, it.authors, it.date) for [it] in entries] == [
        (title, authors, year) for title, authors, year in works
    ]
    notes = written(layout.replace("{a}", "It is a good one"), works)
    assert [it.authors for [it] in read(notes)] == [None] * len(works)
