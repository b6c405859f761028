"""The table of `harvest extract`: what counts, and why the rest does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from harvest.commands import extract
from harvest.commands.extract import links
from harvest.lookup.memo import Memo
from harvest.lookup.readings import Readings
from harvest.readers import pool, read

TEXT = """\
- [A](https://doi.org/10.1000/a) [page](https://x.org) [code](https://github.com/a/b) `arXiv:2301.00005`

see arXiv:2301.00001
<!-- arXiv:2301.00002 -->
- [B study](TBD) [Paper](url)
- [Top](#top)
- [CC](https://creativecommons.org/licenses/by/4.0)

[![x](https://img.shields.io/badge/a-b-c)](https://doi.org/10.1000/badge)
"""


def test_each_link_that_is_passed_over_has_a_reason() -> None:
    reasons = {
        link.identifier or link.label: link.reason for link in links(read(TEXT.encode(), "a.md"))
    }
    assert reasons == {
        "doi:10.1000/a": "",
        "url:https://x.org": "beside the paper of its entry",
        "github:a/b": "",
        "arxiv:2301.00001": "in running text or a note",
        "doi:10.1000/badge": "in running text or a note",
        "url:https://img.shields.io/badge/a-b-c": "a badge or picture",
        "url:https://creativecommons.org/licenses/by/4.0": "about the list itself",
        "Top": "a place on the page",
        "B study": "never filled in",
        "Paper": "never filled in",
        "arxiv:2301.00005": "in code or a field passed over",
        "arxiv:2301.00002": "in code, a comment or front matter",
    }


def test_an_identifier_in_a_field_of_citations_is_passed_over() -> None:
    text = "@misc{a, doi = {10.1000/a}, references = {doi:10.1000/cited}}"
    assert [(link.identifier, link.reason) for link in links(read(text.encode(), "a.bib"))] == [
        ("doi:10.1000/a", ""), ("doi:10.1000/cited", "in code or a field passed over"),
    ]  # fmt: skip


def test_an_identifier_before_the_next_cell_was_read() -> None:
    text = (
        "Title,DOI,Notes\nA study,10.1000/a,see doi:10.1000/b\nB study,10.1000/c,doi:10.1000/d,x\n"
    )
    assert not [link for link in links(read(text.encode(), "a.csv")) if "field" in link.reason]


def test_a_list_of_the_last_run_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "list.md"
    path.write_text("- **A title of words**. [Paper](https://doi.org/10.5555/x)\n", "utf-8")
    monkeypatch.setenv("HARVEST_CACHE", str(tmp_path / "cache"))
    anew = extract.read([str(path)], None)
    Readings(Memo(tmp_path / "cache")).read(path.read_bytes(), str(path))
    monkeypatch.delattr(pool, "read")
    assert extract.read([str(path)], None) == anew
    assert len(anew.mentions) == 1
