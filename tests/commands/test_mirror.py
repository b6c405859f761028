"""`harvest mirror`: what it prints, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harvest import cli
from tests.support.dumps import lines

ROWS = [{"DOI": f"10.5555/{n}", "indexed": {"date-time": "2026-11-01T00:00:00Z"}} for n in range(3)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder with a dump."""
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_bytes(lines(ROWS))


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["harvest", "mirror", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


def test_a_mirror_is_filled_described_and_dropped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HARVEST_MIRROR", "mirror")
    assert run(monkeypatch, "add", "crossref", "a.jsonl") == 0
    assert "3 records of 1 new files, of 2026-11-01; 0 same" in capsys.readouterr().err
    assert run(monkeypatch, "status") == 0
    assert "crossref  2026-11-01  3 records, 1 file" in capsys.readouterr().out
    assert run(monkeypatch, "status", "--format", "json") == 0
    [holding] = json.loads(capsys.readouterr().out)
    assert (holding["source"], holding["records"], holding["rejected"]) == ("crossref", 3, 0)
    assert holding["bytes"] > 0
    assert run(monkeypatch, "drop", "crossref") == 0
    assert run(monkeypatch, "status") == 0
    assert "holds nothing" in capsys.readouterr().out


def test_a_refused_file_is_named_with_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("b.jsonl.gz").write_bytes(b"")
    code = run(monkeypatch, "add", "crossref", "a.jsonl", "b.jsonl.gz", "--mirror", "m", "--quiet")
    assert code == 3
    assert "b.jsonl.gz: refused: it is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["add", "crossref", "a.jsonl"],
        ["add", "crossref", "none.jsonl", "--mirror", "m"],
        ["add", "arxiv", "a.jsonl", "--mirror", "m"],
        ["add", "doi", "a.jsonl", "--mirror", "m"],
        ["drop", "arxiv", "--mirror", "m"],
    ],
)
def test_misuse_has_exit_code_2(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, *arguments) == 2


def test_other_commands_load_none_of_its_packages() -> None:
    program = (
        "import sys; import harvest.cli, harvest.pipeline, harvest.commands.lint;"
        "print({'duckdb', 'isal', 'pyarrow', 'pyspark'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
