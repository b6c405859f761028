"""Each rule reports what it should, and lets pass what only looks like it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harvest import checks
from harvest.checks import report
from harvest.checks.base import CHECKS, Violations, rule
from harvest.checks.checked_file import CheckedFile
from harvest.dataset import facets
from harvest.errors import UsageError
from harvest.models import (
    Author,
    Claim,
    Dataset,
    Finding,
    IntegrityNotice,
    Manifestation,
    Provenance,
    Repository,
    Work,
)
from harvest.readers import read

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "rules.md"
VOCABULARY = facets.load()
TABLE = "| Type | Modality | Paper | Code | Evaluation | Date |\n|---|---|---|---|---|---|\n"


def lint(text: str, dataset: Dataset | None = None, name: str = "list.md") -> list[tuple[str, int]]:
    return [(finding.code, finding.line) for finding in findings(text, dataset, name)]


def findings(text: str, dataset: Dataset | None = None, name: str = "list.md") -> list[Finding]:
    reading = read(text.encode(), name)
    return checks.check(reading.files, reading.mentions, reading.findings, VOCABULARY, dataset)


def item(url: str, label: str = "Paper") -> str:
    return f"- Title. [{label}]({url})\n"


def row(
    paper: str | int = 1,
    kind: str = "GAN",
    modality: str = "",
    evaluation: str = "F",
    date: str = "2023",
) -> str:
    """A row of a table; a number is that of a preprint of January 2023."""
    url = f"https://arxiv.org/abs/2301.0000{paper}" if isinstance(paper, int) else paper
    return f"| {kind} | {modality} | [P]({url}) | | {evaluation} | {date} |\n"


def titled(numbers: range, rest: str = "", mark: str = "**") -> str:
    """Items with the title as the link."""
    return "".join(
        f"- [{mark}Title {n}{mark}](https://arxiv.org/abs/2301.0000{n}) {rest}\n" for n in numbers
    )


ARXIV = "https://arxiv.org/abs/2301.00001"
LATE = "https://arxiv.org/abs/2301.09999"
MARK = "first in"
GIST = "https://gist.github.com/roe/0123456789abcdef0123456789abcdef"
EMPTY = "https://example.com"
ADVICE = "; check the link, then the date"
# code, text, lines where it is reported
LISTS: list[tuple[str, str, list[int]]] = [
    ("placeholder",
     item("https://example.com") + item("https://github.com/yourusername/repo", "Code"), [1, 2]),
    ("placeholder", item("https://arxiv.org/abs/2301.00001") + item("https://museum.org/a"), []),
    ("placeholder", "- TODO: masks\n- [TODO] nets\n1. **TBD**\n\nTBA\n", [1, 2, 3, 5]),
    ("placeholder", "- TODOS of ice\n- A TODO\n- Todo lists\n\n```\nTODO\n```\n", []),
    ("placeholder", f"- [TODO-Bench]({ARXIV})\n- [TODO](https://arxiv.org/abs/2301.00009)\n", []),
    ("bare-link", f"- {ARXIV}\n* <{LATE}>\n1. https://doi.org/10.1000/x\n", [1, 2, 3]),
    ("bare-link", f"- A title of it {ARXIV}\n- {LATE}\n  - A note on it\n", []),
    ("bare-link", f"- [Paper]({ARXIV})\n- https://museum.org/a\n", []),
    ("bare-link", f"| Paper |\n|---|\n| {ARXIV} |\n", []),
    ("placeholder",  # how to write an entry
     "# List\n\n## Contributing\n\nLink the code as [Code](https://github.com/yourusername/repo), please.\n", []),
    ("malformed-link", "Markdown format:\n- **Title**, Ann Roe [[Paper](URL)]\n", []),
    ("malformed-link", "Instruction tuning\n- **Title**, Ann Roe [[Paper](URL)]\n", [2]),
    ("malformed-link", '<img src="./img/A map of ice.png">\n', []),
    ("malformed-link", item("Original method", "Code") + item("yES", "Code"), [1, 2]),
    ("malformed-link",
     item("https//doi.org/10.1000/x") + item("htp://arxiv.org/abs/2301.00001"), [1, 2]),
    ("malformed-link",
     item("https://arxiv.org/abs/2301") + item("https://https://doi.org/10.1000/x"), [1, 2]),
    ("malformed-link", "- [A title of some length]() Ann Roe (2023)\n", [1]),
    ("malformed-link", "See [License](LICENSE), [mail](mailto:a@b.example) and [top](#top).\n", []),
    ("malformed-link", item("docs/paper.pdf") + item("https://arxiv.org/list/cs.CV/recent"), []),
    ("trailing-punctuation", item("https://github.com/a/b.", "Code"), [1]),
    ("trailing-punctuation", item("https://a.org/b?", "Code"), []),  # an empty query
    ("trailing-punctuation", item("https://github.com/a/E.T.", "Code"), []),  # its name
    ("trailing-punctuation", item("https://a.org/b#!"), []),
    ("trailing-punctuation",
     item("https://github.com/a/b.c", "Code") + "See https://github.com/a/b.\n", []),
    ("blank-in-link", "- Title. [Paper](https://arxiv.org/abs/2301.00001 )\n", [1]),
    ("blank-in-link", '- Title. [Paper](https://arxiv.org/abs/2301.00001 "tip")\n', []),
    ("blank-in-link", "```\n[Paper](https://arxiv.org/abs/2301.00001 )\n```\n", []),
    ("http", item("http://arxiv.org/abs/2301.00001"), [1]),
    ("http", item("https://arxiv.org/abs/2301.00001") + item("http://localhost/x"), []),
    ("http", item("http://[never-closed/x"), [1]),
    ("http", item("http://example.com"), []),  # a placeholder is one mistake, not two
    ("pinned-version", item("https://arxiv.org/abs/2301.00001v2"), [1]),
    ("pinned-version", item("https://arxiv.org/abs/2301.00001"), []),
    ("pdf-link", item("https://arxiv.org/pdf/2301.00001v2.pdf"), [1]),
    ("pdf-link",
     item("https://arxiv.org/abs/2301.00001") + item("https://a.example/pdf/1.pdf"), []),
    ("pdf-link",
     item("https://arxiv.org/pdf/2301.00001", "PDF") +
     item("https://arxiv.org/pdf/2301.2", "[pdf]"), []),
    ("pdf-link", "- A title https://arxiv.org/pdf/2301.00001\n", [1]),
    ("publisher-url", item("https://www.nature.com/articles/s41598-023-34341-2"), [1]),
    ("publisher-url",
     item("https://doi.org/10.1038/s41598-023-34341-2") + item("10.1038/s41598-023-34341-2"), []),
    ("no-doi", item("https://ieeexplore.ieee.org/document/9770375"), [1]),
    ("no-doi", f"- T. [IEEE](https://ieeexplore.ieee.org/document/9770375) [arXiv]({ARXIV})\n", []),
    ("no-doi", item(ARXIV) + item("https://cs.example-university.edu/a.pdf"), [2]),
    ("no-doi",  # publishers without DOIs: a scheme, and a page of one
     item("https://proceedings.mlr.press/v139/radford21a.html") +
     item("https://www.cidrdb.org/cidr2021/papers/cidr2021_paper17.pdf") + item(ARXIV), []),
    ("no-doi",  # proceedings without DOIs in one folder of a host, not in others
     item(ARXIV) + item("http://www.vldb.org/conf/2001/P1.pdf"), []),
    ("no-doi", item(ARXIV) + item("http://www.vldb.org/theses/a.pdf"), [2]),
    ("no-doi", item(ARXIV) + item("https://blog.paperspace.com/post"), []),
    ("no-doi", item(ARXIV) + item("https://ijcai.org/proceedings/2019/0366.pdf"), []),
    ("no-doi", item(ARXIV) + item("https://some.example-lab.org/project"), []),
    ("no-identifier", "| Title | Year |\n|---|---|\n| A title of some length | 2023 |\n", [3]),
    ("no-identifier",
     f"| Title | Paper |\n|---|---|\n| A title of some length | [P]({ARXIV}) |\n| 2023 | |\n", []),
    ("no-identifier",  # so many of a list are counted
     "| Title | Year |\n|---|---|\n" + "| A title of some length | 2023 |\n" * 11, [3]),
    ("not-a-paper", item(ARXIV) + "- [Some page](https://blog.paperspace.com/post)\n", [2]),
    ("not-a-paper",
     item(ARXIV) + item("https://proceedings.neurips.cc/paper/2022/hash/a-Abstract.html"), []),
    ("not-a-paper",
     item(ARXIV) + item("https://hal.science/hal-01234567") +
     item("https://a.example/blog/7.pdf"), []),
    ("not-a-paper",
     item(ARXIV) * 3 + item("https://lilianweng.github.io/posts/2021-07-11-x/"), [4]),
    ("not-a-paper",
     item(ARXIV) * 3 + item("https://de.wikipedia.org/wiki/GAN") +
     item("https://youtu.be/x"), [4, 5]),
    ("not-a-paper",
     item(ARXIV) + "\n## Tools\n\n" + item("https://mujoco.org") + item("https://pytorch.org"), []),
    ("not-a-paper",
     "- [Page](https://blog.paperspace.com/post) [Paper](https://arxiv.org/abs/2301.00001)\n", []),
    ("branch-link", item("https://github.com/a/b/tree/main", "Code"), [1]),
    ("branch-link", item("https://github.com/a/b/blob/master/README.md", "Code"), [1]),
    ("branch-link",
     item("https://github.com/a/b/tree/main/sub", "Code") +
     item("https://github.com/a/b/tree/ssd", "Code") +
     item("https://github.com/a/b/blob/main/a.pdf"), []),
    ("malformed-link", "- [A](https://arxiv.org/abs/2301.00001) [![x](https://b.org/c.svg)]()\n", []),
    ("malformed-link",
     item("https://https://arxiv.org/abs/2301.00001") + item("https://wwwnodotshere"), [1, 2]),
    ("placeholder",
     item("https://https://arxiv.org/abs/2301.00001") + item("https://wwwnodotshere"), []),
    ("anchor-without-heading",
     "# List ![x](https://b.org/c.svg)\n\n- [a](#list-) [b](#other)\n", [3]),
    ("anchor-without-heading",
     "# List ![x](https://b.org/c.svg) ![y](https://b.org/d.svg)\n\n- [a](#list--)\n", []),
    ("branch-link", item("https://github.com/a/tree", "Code"), []),
    ("nested-brackets", "- Title. [[**Code**]](https://github.com/a/b)\n", [1]),
    ("nested-brackets", "- Title. [**Code**](https://github.com/a/b) [see [1]]\n", []),
    ("nested-brackets",
     "- Title. [[paper]](https://github.com/a/b) [[code]](https://github.com/a/b)\n" * 4, []),
    ("publisher-url", item("https://dl.acm.org/doi/10.5555/3737916.3738725"), []),
    ("not-a-paper", "- A study of ice [Site](https://a.org/x) [article](https://medium.com/@roe/ice)\n", []),
    ("not-a-paper", item(ARXIV) + item("https://youtu.be/x", "Video"), []),
    ("original-link", item("https://github.com/a/b", "Original"), [1]),
    ("original-link", item("https://github.com/a/b", "Code"), []),
    ("original-link",  # a study that others repeat is no code
     f"| Study | Original |\n|---|---|\n| [A]({ARXIV}) | [B](https://doi.org/10.1000/b) |\n", []),
    ("duplicate",
     item("https://arxiv.org/abs/2301.00001") + item("https://arxiv.org/pdf/2301.00001v2"), [2]),
    ("duplicate",
     f"- T. [Paper]({ARXIV}) [arXiv](https://arxiv.org/pdf/2301.00001)\n", []),
    ("duplicate", item(GIST) * 2, []),  # code is no work
    ("duplicate", item("https://en.wikipedia.org/wiki/A") * 2, []),
    ("duplicate", item("https://pypi.org/project/a") * 2, []),
    ("duplicate", "- [A study](https://img.shields.io/badge/Website-9cf)\n" * 2, []),
    ("duplicate", f"- Speed [Paper]({ARXIV})\n  - Ann Roe, A title, arXiv:2301.00001\n", []),
    ("duplicate", "- [A](https://a.org/docs)\n- [B](https://a.org/docs)\n", []),
    ("duplicate", "- [A](https://a.org/docs)\n- [A](https://a.org/docs)\n", [2]),
    ("duplicate",  # two results of one paper
     f"| Model | F1 | Paper |\n|---|---|---|\n| Base | 81.5 | [A]({ARXIV}) |\n| Large | 84.1 | [A]({ARXIV}) |\n", []),
    ("duplicate",
     f"| Model | F1 | Paper |\n|---|---|---|\n| Base | 81.5 | [A]({ARXIV}) |\n| Base | 81.5 | [A]({ARXIV}) |\n", [4]),
    ("duplicate",  # two data sets of one paper
     f"| Dataset | Links |\n|---|---|\n| Ice | [paper]({ARXIV}) |\n| Snow | [paper]({ARXIV}) |\n", []),
    ("duplicate",
     f"| Dataset | Links |\n|---|---|\n| Ice | [paper]({ARXIV}) |\n| Ice | [pdf]({ARXIV}) |\n", [4]),
    ("duplicate",  # two data sets of one paper, each with its page
     f"- **Ice** [Paper]({ARXIV}) [Data](https://d.org/ice)\n- **Snow** [Paper]({ARXIV}) [Data](https://d.org/snow)\n", []),
    ("duplicate",  # a link that was copied
     f"- **A study of cold ice** [Paper]({ARXIV}) [Code](https://d.org/ice)\n- **A study of new snow** [Paper]({ARXIV}) [Code](https://d.org/snow)\n", [2]),
    ("duplicate",
     f"- **Ice** [Paper]({ARXIV}) [Data](https://d.org/ice)\n- **Ice** [Paper]({ARXIV}) [Data](https://d.org/snow)\n", [2]),
    ("duplicate",
     f"| Year | Paper |\n|---|---|\n| 2023 | [A]({ARXIV}) |\n| 2024 | [A]({ARXIV}) |\n", [4]),
    ("duplicate",  # chapters of one manual
     "- [A](https://a.org) [Maps](https://a.org/maps)\n- [A](https://a.org) [B](https://a.org/b)\n", []),
    ("duplicate",  # each of eleven works under two headings is meant, one under one is not
     "## A\n\n" + "".join(item(f"arXiv:2301.000{n}") for n in range(11, 22)) +
     "\n## B\n\n" + "".join(item(f"arXiv:2301.000{n}") for n in range(11, 22)) +
     item("arXiv:2301.00021"), [17, 28]),
    ("date-mismatch",  # when a group met
     "".join(f"- 2024-10-0{n}: [A long study of cold ice](https://arxiv.org/abs/2101.0000{n})\n" for n in range(1, 5)), []),
    ("date-mismatch",
     "".join(f"- 2024-10-0{n}: [A long study of cold ice](https://arxiv.org/abs/2101.0000{n})\n" for n in range(1, 3)) +
     "".join(f"- 2021-01-0{n}: [A long study of cold ice](https://arxiv.org/abs/2101.0000{n})\n" for n in range(3, 9)), [1, 2]),
    ("no-doi", item(GIST), []),
    ("no-date", TABLE + row(1) + row(2) + row(3) + row(4, date=""), [6]),
    ("no-date", TABLE + row(1, date="") + row(2, date="") + row(3) + row(4), []),
    ("no-authors",
     titled(range(1, 4), "Ann Roe, Bob Low (2023).") + titled(range(4, 5), "(2023)."), [4]),
    ("no-authors",  # in items and paragraphs below, above, and in forms that no layout has
     titled(range(1, 7), "Ann Roe, Bob Low (2023).") +
     f"- Speed [[Paper]]({LATE})\n  - Ann Roe, Bob Low, A title\n"
     f"- [Other]({ARXIV})\n\n      *Ann Roe.*  Report'24\n"
     f"- [A third]({ARXIV}), Roe, A., Low, B.\n", []),
    ("no-authors",  # names that are linked, run together or cut short
     titled(range(1, 7), "Ann Roe, Bob Low (2023).") +
     f"- [Other]({ARXIV})<br>Ann RoeBob LowEva Tall<br>*Nature Ice, 2020*\n"
     f"- [A fourth]({ARXIV})<br>ANN ROE... BOB LOW\n"
     f"- 2020 - [Fifth]({ARXIV}) - Roe - [paper]({LATE})\n- [A sixth]({ARXIV}) by MAL Roe, 1984\n"
     f"- **A third of it**<br>[Ann Roe, Bob Low]({LATE})\n- Ann Roe (2019) [Seventh]({ARXIV})\n", []),
    ("no-authors",  # news, and pages of a work
     titled(range(1, 5), "Ann Roe, Bob Low (2023).") +
     f"\n## News\n\n- Our new paper was accepted: [A title]({ARXIV})\n"
     "\n## Code\n\n- Speed\n  - [Reference](https://a.org/code.html)\n", []),
    ("no-date",
     titled(range(1, 5), "(2023).") +
     f"- [Speed]({ARXIV})\n\n      *Ann Roe.*  Report'24\n"
     f"- 2019\n  - [Other]({ARXIV})\n- [Third]({ARXIV}) arXiv: 2301.00001\n", []),
    ("no-date",
     TABLE + row(1) + row(2) + row(3) + row(4) +
     "\n## Tools\n\n- [MuJoCo](https://mujoco.org)\n", []),
    ("no-authors", titled(range(1, 5), "(2023)."), []),
    ("no-authors",  # a group stands for its people
     "".join(f"### Title {n}\n\n[pdf](https://arxiv.org/abs/2301.0000{n})\n\nAnn Roe, Bob Low et al.\n\n"
             for n in range(1, 5))
     + f"### A title\n\n[pdf]({LATE})\n\nAcme Maps Team<br>\n\n", []),
    ("no-authors",
     titled(range(1, 5), "Ann Roe, Bob Low")
     + f"- [Acme](https://acme.org) - maps for all. [Paper]({LATE})\n", []),
    ("layout-unclear", f"- [pdf]({ARXIV}), 2021\n" * 3 + titled(range(1, 3)), [1]),
    ("layout-unclear", f"- [pdf]({ARXIV}), 2021\n" * 2 + titled(range(1, 3)), []),
    ("layout-unclear", f"- [pdf]({ARXIV}), 2021\n" * 3, []),
    ("relative-date", "- [Title](https://arxiv.org/abs/2301.00001) By Ann Roe, a year ago.\n", [1]),
    ("relative-date", "- [Title](https://arxiv.org/abs/2301.00001) Ann Roe (2023).\n", []),
    ("authors-in-capitals", f"- [Title]({ARXIV}) ANN ROELAND, BOB LOWELL, EVA TALL (2023).\n", [1]),
    ("authors-in-capitals", f"- [Title]({ARXIV}) A. B. Roe, IBM, Eva Tall, Bob Low (2023).\n", []),
    ("title-full-stop",
     "- [**A long title.**](https://arxiv.org/abs/2301.00001) Ann Roe (2023).\n", [1]),
    ("title-full-stop", "- [Let's build it: spelled out.](https://youtu.be/x)\n", []),
    ("title-full-stop",
     "- [**Models vs. etc.**](https://arxiv.org/abs/2301.00001) Ann Roe (2023).\n", []),
    ("title-style", titled(range(1, 6)) + titled(range(6, 7), mark=""), [6]),
    ("title-style", titled(range(1, 6), mark="") + titled(range(6, 7)), []),
    ("anchor-without-heading",
     "- [X-ray](#xray)\n- [CT & MRI](#ct--mri)\n\n## X-ray\n\nx\n\n## CT & MRI\n\nx\n", [1]),
    ("anchor-without-heading", "- [A](#a-1)\n- [Top](#)\n\n## A\n\nx\n\n## A\n\nx\n", []),
    ("anchor-without-heading", '- [B](#here)\n\n<a id="here"></a>x\n', []),
    ("anchor-without-heading", "- [A](#a)\n\n<h2\nalign=left>\nA</h2>\n\n> ## B\n\n[B](#b)\n", []),
    ("anchor-without-heading", "- [A](#a)\n\n<!--\n## A\n-->\n", [1]),
    ("section-without-works", "".join(f"A sentence on arXiv:2302.0000{n}.\n\n" for n in range(1, 4)) + "## B\n\n" + item(ARXIV), [1]),
    ("section-without-works", "".join(f"A sentence on arXiv:2302.0000{n}.\n\n" for n in range(1, 3)) + "## B\n\n" + item(ARXIV), []),
    ("section-without-works", " ".join(f"arXiv:2302.0000{n} is it." for n in range(1, 4)) + "\n\n## B\n\n" + item(ARXIV), []),
    ("section-without-works", "".join(f"A sentence on arXiv:2302.0000{n}.\n\n" for n in range(1, 4)) + item(ARXIV), []),
    ("section-without-works",  # prose
     "".join(f"We use [Net {n}](https://arxiv.org/abs/2302.0000{n}) for maps of ice.\n\n" for n in range(1, 4))
     + "".join(f"This is [Map {n}](https://arxiv.org/abs/2303.0000{n})\nof ice.\n\n" for n in range(1, 4))
     + "## B\n\n" + item(ARXIV), []),
    ("section-without-entries", "## Full\n\ntext\n\n## Empty\n\n## Next\n\ntext\n", [5]),
    ("section-without-entries", "## Outer\n\n### Inner\n\n" + TABLE + row(EMPTY), [1]),
    ("section-without-entries",
     "## Outer\n\n### Inner\n\n" + item("https://arxiv.org/abs/2301.00001"), []),
    ("section-without-entries", "---\ntitle: A list\n---\n\n# List\n\ntext\n", []),
    ("section-without-entries", "---\n\n# Empty\n\n---\n", [3]),
    ("section-without-entries", "<!--\n## Hidden\n-->\n\n<pre>\n## Code\n</pre>\n", []),
    ("section-without-entries", "#### Data\n # [A set](https://a.org) - for x\n", []),
    ("section-without-entries", "### 2.1 Models\n\n### 2.1.1 Nets\n\n" + item(ARXIV), []),
    ("section-without-entries", "#### \u7ed9\u81ea\u5df1\u4e00\u4efd\u76ee\u6807\u3002\n\n## Nets\n\n" + item(ARXIV), []),
    ("section-without-entries", "### 2.1 Models\n\n### 2.2 Nets\n\n" + item(ARXIV), [1]),
    ("section-without-entries", "# Maps\n\n### Old and new\n\n## Nets\n\n" + item(ARXIV), []),
    ("section-without-entries", "# Maps of ice\n\n# Papers\n\n" + item(ARXIV), []),
    ("section-without-entries", "# Maps\n\ntext\n\n## \u5982\u679c\u6709\u5e2e\u52a9\uff0c\u8bf7star\n\n## Nets\n\n" + item(ARXIV), []),
    ("section-without-entries", "### Models\n\n### 2025\n\n" + item(ARXIV), []),
    ("malformed-link", f"- A title [[paper]({ARXIV})](extension of [it](#it)) <a name=it></a>\n", []),
    ("section-without-entries", "### 2013\n### Conference\n" + item(ARXIV), []),
    ("section-without-entries", "## Topics\n\n### [Maps](https://a.org/maps)\n\n## End\n\ntext\n", []),
    ("section-without-entries",
     "## About\n\nThis is a list of what was read in the last years by all of us here.\n\n" +
     item(EMPTY), []),
    ("announced-section", "## What\n\n- **Surveys:** Overviews.\n- **What:** This.\n", [3]),
    ("announced-section",
     "- **Surveys:** Overviews.\n\n## Other\n\n" + item("https://arxiv.org/abs/2301.00001"), []),
    ("heading-typo", "## Autorregresion\n\nx\n", [1]),
    ("heading-typo", "## Self-supervised\n\nx\n\n## Conversation\n\nx\n", []),
    ("section-without-entries",
     "## \n\n## [A link](https://a.org)\n\n## https://a.org\n\n## Next\n\nx\n", []),
    ("unknown-term", TABLE + row(kind="Caption") + row(2, kind="ASR") + row(3, kind="GAN"), []),
    ("no-date",  # a second table is made without dates
     TABLE + row(1) + row(2) + row(3) + row(4) + row(5) +
     "\n| Data | Paper |\n|---|---|\n| A | [p](https://arxiv.org/abs/2301.00008) |\n"
     "| B | [p](https://arxiv.org/abs/2301.00009) |\n", []),
    ("title-full-stop", "- [A. Roe. A title. In B, 2020.](https://arxiv.org/abs/2301.00001)\n", []),
    ("heading-typo", "## Autoregression\n\nx\n\n## Transformers and generations\n\nx\n", []),
    ("copied-row", "## A\n\n" + item(EMPTY) + "\n## B\n\n" + item(EMPTY), [3, 7]),
    ("copied-row", item(EMPTY) + item(EMPTY, "arXiv"), []),
    ("table-without-blank-line", TABLE + row() + "## Next\n\nx\n", [4]),
    ("table-without-blank-line", TABLE + row() + "\n## Next\n\nx\n", []),
    ("broken-bibtex",
     "```bibtex\nhowpublished = {\\url{[https://a.example](https://a.example)}}\n```\n", [2]),
    ("broken-bibtex", "```bibtex\nhowpublished = {\\url{https://a.example}}\n```\n", []),
    ("stray-backslash", "- An item.\\\n- Another.\n", [1]),
    ("stray-backslash", "A line.\\\nand the next.\\\\\n", []),
    ("unknown-term", TABLE + row(kind="Difusion modell"), [3]),
    ("unknown-term", TABLE + row(EMPTY, kind="Abacus"), []),
    ("inconsistent-term", TABLE + row(1) + row(2, kind="gan"), [4]),
    ("inconsistent-term", TABLE + row(1, kind="DM") + row(2, kind="Diffusion Model"), [3]),
    ("inconsistent-term", TABLE + row(kind="GAN, VAE"), []),
    ("undefined-term", TABLE + row(evaluation="U, F") + "\n**Fidelity (F)**: x\n", [3]),
    ("undefined-term", TABLE + row(evaluation="Fidelity"), []),
    ("wrong-heading", "## MRI Images\n\n" + TABLE + row(EMPTY, modality="Dermoscopic"), [5]),
    ("wrong-heading", "## Multiple modalities\n\n" + TABLE + row(modality="MRI"), []),
    ("wrong-heading", "## MRI Images\n\n" + TABLE + row(modality="MRI, CT"), []),
    ("date-mismatch", TABLE + row(date="2025-02") + row(2, date="2022-11"), [3, 4]),
    ("date-mismatch", TABLE + row("https://doi.org/10.1016/j.x.2020.100001", date="2024-06"), [3]),
    ("date-mismatch", TABLE + row(date="2023-09") + row(date="2022-12"), []),
    ("date-lag", TABLE + row(LATE, date="2022-12") + row(2, date="2023-04"), [3, 4]),
    ("date-lag", TABLE + row(1, date="2022-12"), []),  # the first numbers of January
    ("date-lag", f"- [A title of it]({ARXIV}), ICLR, Aug 2023\n", []),  # that of the venue
    ("date-lag", f"- [A title of it]({ARXIV}), arXiv, Aug 2023\n", [1]),
    ("date-mismatch", TABLE + row(f"{ARXIV}v3", date="2026-08-17"), []),  # that of the version
    ("date-mismatch", TABLE + row(f"{ARXIV}v1", date="2026-08-17"), [3]),
    ("date-mismatch", TABLE + row("https://doi.org/10.1038/s41597-022-01498-w", date="2020-12"), []),
    ("date-lag",  # days are those of versions
     TABLE + row(1, date="2022-10-30") + row(2, date="2023-06-01"), []),
    ("date-mismatch", TABLE + row(LATE, date="2022-05-30"), [3]),
    ("date-mismatch", f"- A survey ({MARK} VOC2012) [pdf]({ARXIV}) Ann Roe, Bob Low\n", []),
    ("date-mismatch", f"- A State of Things Report (March 2022) [pdf]({ARXIV})\n", []),
    ("date-mismatch",
     f"- A title [[pdf]]({ARXIV})\n  - <details>As Roe et al. [2015] say</details>\n", []),
    ("date-lag", TABLE + row("https://doi.org/10.1109/JBHI.2022.3223777", date="2023-02"), [3]),
    ("date-lag",
     TABLE + row("https://www.nature.com/articles/s41598-023-34341-2", date="2022"), [3]),
    ("date-lag",
     titled(range(1, 2), "Ann Roe (ICLR 2024).") + titled(range(2, 3), "Ann Roe (2022)."), []),
    ("date-mismatch",  # years after the preprint
     titled(range(1, 2), "Ann Roe (ICLR 2024).") + titled(range(2, 3), "Ann Roe (2025)."), []),
    ("date-mismatch",
     "- [A](https://arxiv.org/abs/1812.09953) (2016) [x](https://a.org/ICCV_2016/b)\n", []),
    ("date-mismatch", "- [B](https://arxiv.org/abs/1812.09954) (2016)\n", [1]),
    ("date-mismatch", "- [B](https://arxiv.org/abs/1812.09954), CVPR (2016)\n", []),  # posted later
    ("date-mismatch",  # the year of another work
     "- [A title of ice](https://arxiv.org/abs/2201.00382) | \u4f5c\u80052020\u5e74\u63d0\u51fa\u7684\u6a21\u578b\n", []),
    ("date-lag", TABLE + row("https://doi.org/10.1016/j.jad.2020.12.124", date="2021-03"), []),
    ("date-mismatch",
     "| Title | Last updated |\n|---|---|\n| [A](https://arxiv.org/abs/2301.00001) | 2026-01 |\n", []),
    ("date-lag",
     TABLE + row(date="2023-02") + row(2) + row("https://doi.org/10.1000/x", date="2010"), []),
    ("unknown-code", "text <!-- harvest: ignore htpp -->\n", [1]),
    ("unknown-code", "text <!-- harvest: ignore http, no-doi -->\n", []),
    ("mojibake", "- Synthesis â€“ a title\n", [1]),
    ("unclosed-fence", "# List\n\n```bibtex\nx\n", [3]),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "lines"), LISTS)
def test_a_rule_on_lists(code: str, text: str, lines: list[int]) -> None:
    assert [line for reported, line in lint(text) if reported == code] == lines


@pytest.mark.parametrize(
    ("date", "message"),
    [
        ("2023-04", "the list says 2023-04, 3 months after arxiv:2301.00001 (2023-01)"),
        (
            "2021",
            f"the list says 2021, at least 13 months before arxiv:2301.00001 (2023-01){ADVICE}",
        ),
    ],
)
def test_dates_come_with_their_distance(date: str, message: str) -> None:
    assert [f.message for f in findings(TABLE + row(date=date)) if f.code.startswith("date-")] == [
        message
    ]


def work(**values: Any) -> Work:
    empty: dict[str, Any] = {
        "id": "arxiv:2301.00001",
        "aliases": [],
        "status": "resolved",
        "type": None,
        "title": "Denoising Diffusion Probabilistic Models",
        "authors": [],
        "date": None,
        "year": None,
        "container": None,
        "publisher": None,
        "cited_by": None,
        "identifiers": {"doi": [], "arxiv": ["2301.00001"], "openreview": [], "pii": [], "url": []},
        "manifestations": [],
        "integrity": [],
        "facets": {},
        "repositories": [],
        "mentions": [],
        "provenance": {},
    }
    return Work(**empty | values)


def repository(**values: Any) -> Repository:
    return Repository(
        **{"id": "github:roe/tool", "url": "https://github.com/roe/tool", "status": "ok", **values}
    )


PAPER = (
    "- [**Denoising Diffusion Probabilistic Models**](https://arxiv.org/abs/2301.00001)"
    " Ann Müller, Bob Low (2023)."
    " [Code](https://github.com/roe/tool)\n"
)
BOTH = {"doi": ["10.1000/x"], "arxiv": ["2301.00001"], "openreview": [], "pii": [], "url": []}
RECORD = Manifestation("doi:10.1000/x", "version_of_record", "2023-05", "https://doi.org/10.1000/x")
PREPRINT = Manifestation(
    "arxiv:2301.00001", "preprint", "2023-01-01", "https://arxiv.org/abs/2301.00001"
)
TITLE = {"title": Provenance("crossref", "doi:10.1000/x")}
ONCE = Provenance(
    "crossref",
    "doi:10.1000/x",
    (Claim("arxiv", "arxiv:2301.00001", "Denoising Diffusion Probabilistic Models"),),
)
BEFORE = Provenance(
    "arxiv",
    "arxiv:2301.00001",
    (Claim("arxiv", "arxiv:2301.00001v1", "Denoising Diffusion Probabilistic Models"),),
)
TITLE_ONLY = {"provenance": TITLE}
BY_OTHERS = {"authors": [Author("Eva Tall", "Eva", "Tall")], "provenance": TITLE}
BY_THEM = {
    "authors": [Author("A. Muller", "A.", "Muller"), Author("Bob Low", "Bob", "Low")],
    "provenance": TITLE,
}


def notice(kind: Any) -> dict[str, Any]:
    return {"integrity": [IntegrityNotice(kind, "doi:10.1000/notice", "2024-05", "crossref")]}


# code, values of the work, is it reported
WORKS: list[tuple[str, dict[str, Any], bool]] = [
    ("unresolved", {"status": "not_found"}, True),
    ("unresolved", {"status": "listed"}, False),
    ("published", {"identifiers": BOTH, "manifestations": [PREPRINT, RECORD]}, True),
    ("published", {"manifestations": [PREPRINT]}, False),
    ("title-mismatch", {"title": "Something else entirely", **BY_OTHERS}, True),
    ("title-mismatch", {"title": "Something else entirely", **BY_THEM}, False),
    (
        "title-mismatch",
        {"title": "Something else entirely", "provenance": {"title": Provenance("starter")}},
        False,
    ),
    ("title-mismatch", {"title": "Denoising diffusion probabilistic model", **BY_OTHERS}, False),
    (
        "title-mismatch",
        {"title": "Denoising segmentation probabilistic models", **BY_OTHERS},
        True,
    ),  # a look-alike
    ("title-unclear", {"title": "Something else entirely", **TITLE_ONLY}, True),
    (
        "title-unclear",
        {"title": "Denoising segmentation probabilistic models", **TITLE_ONLY},
        False,
    ),
    ("title-unclear", {"title": "Something else entirely", **BY_THEM}, False),
    ("title-slip", {"title": "A denoising diffusion probabilistic model", **BY_THEM}, True),
    ("title-slip", {"title": "Denoising fast diffusion probabilistic models", **BY_THEM}, True),
    ("title-slip", {"title": "Denoising diffusion-probabilistic models", **BY_THEM}, False),
    ("title-slip", {"title": "DDPM: Denoising Diffusion Probabilistic Models", **BY_THEM}, False),
    ("title-slip", {"title": "Something else entirely", **BY_THEM}, False),
    ("retitled", {"title": "Something else entirely", **BY_THEM}, True),
    ("retitled", {"title": "Something else entirely", **BY_OTHERS}, False),
    (
        "retitled",
        {**BY_THEM, "title": "Something else entirely", "provenance": {"title": ONCE}},
        False,
    ),
    ("retitled", {"title": "Something else entirely", "provenance": {"title": BEFORE}}, True),
    ("author-mismatch", BY_OTHERS, True),
    ("author-mismatch", BY_THEM, False),
    ("author-mismatch", {}, False),
    ("retracted", notice("retraction"), True),
    ("retracted", notice("correction"), False),
    ("retracted", {**notice("retraction"), "status": "provisional"}, False),
    ("withdrawn", notice("withdrawal"), True),
    ("withdrawn", {}, False),
    ("expression-of-concern", notice("expression_of_concern"), True),
    ("expression-of-concern", {}, False),
    ("corrected", notice("correction"), True),
    ("corrected", notice("retraction"), False),
]


@pytest.mark.parametrize(("code", "values", "reported"), WORKS)
def test_a_rule_on_works(code: str, values: dict[str, Any], reported: bool) -> None:
    places = lint(PAPER, Dataset(works=[work(**values)], repositories=[]))
    assert ((code, 1) in places) == reported
    assert code not in {other for other, _ in lint(PAPER)}, "without a dataset it is silent"


REPOSITORIES: list[tuple[str, dict[str, Any], bool]] = [
    ("repository-gone", {"status": "gone"}, True),
    ("repository-gone", {"status": "blocked"}, True),
    ("repository-gone", {"status": "unchecked"}, False),
    ("repository-moved", {"id": "github:roe/newer", "aliases": ["github:roe/tool"]}, True),
    ("repository-moved", {"id": "github:Roe/Tool"}, False),
    ("repository-archived", {"archived": True}, True),
    ("repository-archived", {"archived": None}, False),
    ("repository-archived", {"archived": True, "status": "unchecked"}, False),
    ("repository-empty", {"activity": "empty"}, True),
    ("repository-empty", {"activity": "dormant"}, False),
    ("repository-fork", {"fork_of": "github:a/b"}, True),
    ("repository-fork", {}, False),
]


@pytest.mark.parametrize(("code", "values", "reported"), REPOSITORIES)
def test_a_rule_on_repositories(code: str, values: dict[str, Any], reported: bool) -> None:
    places = lint(PAPER, Dataset(works=[], repositories=[repository(**values)]))
    assert ((code, 1) in places) == reported


def test_one_work_under_two_identifiers() -> None:
    dataset = Dataset(works=[work(identifiers=BOTH)], repositories=[])
    text = item("https://arxiv.org/abs/2301.00001") + item("https://doi.org/10.1000/x")
    assert [place for place in lint(text, dataset) if place[0] == "same-work"] == [("same-work", 2)]
    both = "- T. [arXiv](https://arxiv.org/abs/2301.00001) [DOI](https://doi.org/10.1000/x)\n"
    assert "same-work" not in {code for code, _ in lint(both, dataset)}
    assert "published" not in {code for code, _ in lint(both, dataset)}


def test_a_nickname_speaks_against_no_title() -> None:
    text = "- [DDPM](https://arxiv.org/abs/2301.00001) Ann Müller, Bob Low (2023).\n"
    for values, codes in ((TITLE_ONLY, set()), (BY_THEM, set()), (BY_OTHERS, {"author-mismatch"})):
        reported = {
            code for code, _ in lint(text, Dataset(works=[work(**values)], repositories=[]))
        }
        assert reported & {"title-mismatch", "retitled", "author-mismatch"} == codes


def test_altered_authors_are_named() -> None:
    """The citation is right but for given names, which were altered or exchanged."""
    people = [Author("Eva Müller", "Eva", "Müller"), Author("Otto Low", "Otto", "Low")]
    dataset = Dataset(works=[work(authors=people, provenance=TITLE)], repositories=[])
    messages = [it.message for it in findings(PAPER, dataset) if it.code == "author-mismatch"]
    assert len(messages) == 1
    assert messages[0].endswith(": nobody in both, but ann muller for eva muller")
    others = Dataset(works=[work(**BY_OTHERS)], repositories=[])
    assert not any(" but " in finding.message for finding in findings(PAPER, others))


def test_a_known_doi_turns_one_finding_into_another() -> None:
    text = item("https://ieeexplore.ieee.org/document/9770375")
    identifiers = {**BOTH, "ieee": ["9770375"]}
    codes = {
        code
        for code, _ in lint(text, Dataset(works=[work(identifiers=identifiers)], repositories=[]))
    }
    assert "publisher-url" in codes
    assert "no-doi" not in codes


def test_a_known_publication_explains_a_date() -> None:
    text = TABLE + row(date="2025-06")
    assert ("date-mismatch", 3) in lint(text)
    published = msgspec.structs.replace(RECORD, date="2025-06-12")
    dataset = Dataset(
        works=[work(identifiers=BOTH, manifestations=[PREPRINT, published])], repositories=[]
    )
    assert {"date-mismatch", "date-lag"} & {code for code, _ in lint(text, dataset)} == set()


def test_every_rule_is_proved_both_ways() -> None:
    tested = [(code, bool(lines)) for code, _, lines in LISTS] + [
        (code, hit) for code, _, hit in WORKS + REPOSITORIES
    ]
    functions = CHECKS.keys() - {"same-work"}
    assert {(code, hit) for code in functions for hit in (True, False)} <= set(tested)


@pytest.mark.parametrize("code", sorted(checks.rules()))
def test_every_row_is_complete(code: str) -> None:
    row = checks.rules()[code]
    for field in ("name", "what", "why", "example", "fix"):
        assert getattr(row, field).strip(), field
    assert row.what.endswith(".")
    assert row.why.endswith(".")
    assert code == code.lower()


def codes_in_source() -> Iterator[tuple[str, str]]:
    """Return the code of every Finding that is made anywhere, as far as it is written there."""
    for path in sorted((ROOT / "harvest").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "Finding"
            ):
                for argument in (
                    *node.args[2:3],
                    *(k.value for k in node.keywords if k.arg == "code"),
                ):
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield path.name, argument.value


def test_every_code_in_the_source_has_a_rule() -> None:
    places = set(codes_in_source())
    assert ("decode.py", "mojibake") in places
    assert {(path, code) for path, code in places if code not in checks.rules()} == set()


def test_a_comment_ignores_rules_on_its_line() -> None:
    line = item("http://arxiv.org/pdf/2301.00001v1")
    assert {"http", "pdf-link", "pinned-version"} <= {code for code, _ in lint(line)}
    spared = line.replace("\n", " <!-- harvest: ignore http, pdf-link -->\n") + line
    assert {code for code, number in lint(spared) if number == 1} == {"pinned-version"}
    assert {"http", "pdf-link", "pinned-version"} <= {
        code for code, number in lint(spared) if number == 2
    }


def test_a_rule_without_a_section_is_named() -> None:
    def check(_: CheckedFile) -> Violations:
        """Only what is wrong."""
        yield from ()

    with pytest.raises(TypeError, match="rule hasty: its docstring lacks one of Why, Example"):
        rule("hasty", "Hasty")(check)


def test_two_comments_on_a_line_both_count() -> None:
    spared = "<!-- harvest: ignore http --> <!-- harvest: ignore pdf-link, pinned-version -->"
    line = item("http://arxiv.org/pdf/2301.00001v1").replace("\n", f" {spared}\n")
    assert lint(line) == []


def test_a_comment_spares_findings_of_readers_too() -> None:
    assert lint("- Synthesis â€“ a title <!-- harvest: ignore mojibake -->\n") == []


def test_select_and_ignore() -> None:
    both = [Finding("a", 1, code, "") for code in ("http", "no-doi")]
    assert checks.choose(both, [], []) == both
    assert checks.choose(both, ["http"], []) == both[:1]
    assert checks.choose(both, [], ["http"]) == both[1:]
    assert checks.choose(both, ["http"], ["http"]) == []
    with pytest.raises(UsageError, match="'http'"):
        checks.choose(both, ["htpp"], [])


def test_rules_on_markdown_leave_other_formats_alone() -> None:
    bib = (
        "@misc{a,\n title = {## Empty},\n url = {http://arxiv.org/abs/2301.00001v1}\n}\n## Empty\n"
    )
    assert {code for code, _ in lint(bib, name="a.bib")} <= {
        "http",
        "pinned-version",
        "malformed-bibtex",
    }
    assert ("http", 3) in lint(bib, name="a.bib") or ("http", 1) in lint(bib, name="a.bib")


def test_a_record_may_have_the_month_of_its_publication() -> None:
    bib = f"@inproceedings{{a, title = {{A title}}, year = 2023, month = jun, url = {{{ARXIV}}}}}\n"
    assert not {"date-lag", "date-mismatch"} & {code for code, _ in lint(bib, name="a.bib")}
    early = bib.replace("2023", "2022", 1).replace("jun", "nov")
    assert "date-mismatch" in {code for code, _ in lint(early, name="a.bib")}


def test_the_document_is_the_rules_own() -> None:
    assert DOCUMENT.read_text("utf-8") == report.document(), (
        "docs/rules.md is old; `make docs` renews it"
    )
