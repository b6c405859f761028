"""What a perfect reader gets out of the five default seeds."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from harvest.identifiers import identify
from harvest.models import Mention, Reading
from harvest.readers import read
from harvest.readers.walk import read_lists

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
SHARED = ROOT.parent / "shared"
TRUTH = SHARED / "truth" / "seed_truth.json"


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_lists([str(SEEDS)])


def test_every_mention_of_the_seeds(reading: Reading) -> None:
    """tests/data/seed_mentions.tsv was checked by hand and against an independent reading of four of the lists."""
    with (ROOT / "tests" / "data" / "seed_mentions.tsv").open(encoding="utf-8", newline="") as file:
        expected = [tuple(row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][
            1:
        ]
    found = []
    for mention in reading.mentions:
        identified = identify(mention.url)
        meant = str(identified.identifier) if identified.kind == "identifier" else identified.kind
        found.append(
            (Path(mention.seed).name[:3], str(mention.line), mention.role, meant, mention.url)
        )
    assert found == expected


def test_the_findings_of_the_seeds(reading: Reading) -> None:
    found = [
        (Path(finding.seed).name[:3], finding.line, finding.code) for finding in reading.findings
    ]
    assert found == [
        ("000", 11, "mojibake"), ("000", 21, "mojibake"), ("000", 32, "mojibake"), ("000", 34, "mojibake"),
        ("000", 36, "unclosed-fence"),
        *(("000", line, "linked-file-missing") for line in (15, 18, 21, 25, 29)),
        ("002", 3, "mojibake"),
    ]  # fmt: skip


def test_mentions_of_repaired_lines_keep_the_raw_line(reading: Reading) -> None:
    raw = [(Path(m.seed).name[:3], m.line) for m in reading.mentions if m.raw is not None]
    assert raw == [("000", 21)]
    assert {m.section for m in reading.mentions if m.line == 21 and "/000" in m.seed} == {
        ("🗂️ Contents (目录)",)
    }


def test_entries_of_a_list_and_of_a_table(reading: Reading) -> None:
    (item,) = [m for m in reading.mentions if "/001" in m.seed and m.line == 29]
    assert (item.section, item.title, item.authors, item.date) == (
        ("Models", "GANs"),
        "GANs for Medical Image Synthesis: An Empirical Study.",
        "Skandarani, Y., Jodoin, P.-M., & Lalande, A.",
        "2023",
    )
    paper, code = [m for m in reading.mentions if "/004" in m.seed and m.line == 79]
    assert paper.entry == code.entry is not None
    assert paper.section == ("Signals", "Electrocardiogram (ECG)")
    assert paper.columns == {
        "Type": "GAN", "Application": "Intra-translation", "Architecture": "StarGAN v2", "Paper Link": "arXiv",
        "Code Link": "Code", "Evaluation": "U, Q", "Date": "2023-06",
    }  # fmt: skip
    assert paper.date == "2023-06"


def test_the_survey_of_a_list_is_prose(reading: Reading) -> None:
    survey = [m for m in reading.mentions if m.url == "https://arxiv.org/abs/2407.00116"]
    assert [(m.line, m.role, m.entry) for m in survey] == [(3, "other", None)] * 2


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    if not TRUTH.exists():
        pytest.skip(f"{TRUTH} is not beside the checkout")
    data: dict[str, Any] = json.loads(TRUTH.read_text(encoding="utf-8"))
    return data


def of_line(mentions: list[Mention], entry: dict[str, Any]) -> list[Mention]:
    return [m for m in mentions if entry["line"] <= m.line <= entry["end_line"]]


@pytest.mark.parametrize("folder", [SEEDS, SHARED / "seeds"], ids=["default", "original"])
def test_every_entry_of_the_truth(truth: dict[str, Any], folder: Path) -> None:
    for name, file in truth["files"].items():
        mentions = read((folder / name).read_bytes(), name).mentions
        rest = list(mentions)
        for entry in file["entries"]:
            found = of_line(mentions, entry)
            rest = [m for m in rest if m not in found]
            assert [(m.url, m.label, m.role) for m in found] == [
                (link["url"], link["label"], link["role"]) for link in entry["links"]
            ]
            assert len({m.entry for m in found}) == 1
            for m in found:
                assert m.section == tuple(entry["section"])
                assert m.columns == (entry["columns"] or {})
                assert (m.title, m.authors, m.date) == (
                    entry["list_title"],
                    entry["list_authors"],
                    entry["list_date"],
                )
        placeholders = [(p["line"], url) for p in file["placeholders"] for url in p["urls"]]
        assert [
            (m.line, m.url) for m in mentions if identify(m.url).kind == "placeholder"
        ] == placeholders
        others = {(link["line"], link["url"]) for link in file["other_links"] if "url" in link}
        left = {(m.line, m.url) for m in rest if m.url[:1] != "#"} - set(placeholders)
        assert left == others - set(placeholders)
        assert all(m.role == "other" for m in rest if (m.line, m.url) in others)


def test_every_garbled_line_of_the_truth(truth: dict[str, Any]) -> None:
    garbled = {
        (s["file"], s["line"]): s["repaired_line"]
        for s in truth["suspicious"]
        if s["kind"] == "mojibake"
    }
    from harvest.readers.decode import decode

    repaired = {}
    for path in sorted((SHARED / "seeds").iterdir()):
        decoded = decode(path.read_bytes(), path.name)
        lines = decoded.text.split("\n")
        repaired |= {(path.name, number): lines[number - 1] for number in decoded.raw}
    assert repaired == garbled
