"""docs/operations.md names commands, exit codes and messages that the program has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harvest import cli
from harvest.commands.exits import Exit
from harvest.dataset import store

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
WORDS = " ".join(TEXT.split())
COMMANDS = {name: cli.load(name) for name in cli.COMMANDS}
GAP = "…"  # what differs in a message


def messages() -> list[str]:
    """The messages that the page explains."""
    return [text.strip() for _, text in re.findall(r"^\| (`+)(.+?)\1 \|", TEXT, re.MULTILINE)]


def strings() -> Iterator[str]:
    """Every string of the program, with a gap for each value that is put in."""
    for path in (ROOT / "harvest").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                yield " ".join(string(node).split())


def string(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return re.sub(r"%[-.\d]*[sdrf]", GAP, text)
        case ast.JoinedStr(values=parts):
            return "".join(string(part) for part in parts)
    return GAP


def unknown(texts: list[str]) -> list[str]:
    """Return the messages that the program does not have."""
    program = "\n".join(strings())
    patterns = {text: ".*?".join(map(re.escape, text.strip(GAP).split(GAP))) for text in texts}
    return [text for text, pattern in patterns.items() if not re.search(pattern, program)]


def test_every_message_is_one_of_the_program() -> None:
    assert len(messages()) > 10
    assert unknown(messages()) == []


def test_an_unknown_message_would_be_seen() -> None:
    assert unknown(["… would replace … cats", messages()[0]]) == ["… would replace … cats"]


def test_every_exit_code_has_a_section() -> None:
    sections = [int(code) for code in re.findall(r"^### (\d+): ", TEXT, re.MULTILINE)]
    assert sections == sorted({*map(int, Exit), 1})


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"`(?:HARVEST_\w+=\S+ )?harvest ([a-z][^`]*)`", WORDS)))
)
def test_every_command_is_one_of_the_program(command: str) -> None:
    name, *arguments = command.split()
    assert name in COMMANDS
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert {argument for argument in arguments if argument.startswith("--")} <= options


def test_every_option_is_one_of_some_command() -> None:
    parameters = [parameter for command in COMMANDS.values() for parameter in command.params]
    options = {option for parameter in parameters for option in parameter.opts}
    assert set(re.findall(r"`(--[a-z-]+)`", TEXT)) <= options


@pytest.mark.parametrize("command", ["refresh --dry-run", "status --max-age", "doctor"])
def test_commands_of_operation_are_there(command: str) -> None:
    assert f"harvest {command}" in WORDS


def test_folders_beside_the_output_are_explained(tmp_path: Path) -> None:
    """`.output.old` is put back, and what a killed run leaves is cleared away."""
    (tmp_path / ".output.old").mkdir()
    store.recover(tmp_path / "output")
    assert (tmp_path / "output").is_dir()
    assert "`.output.old`" in TEXT
    killed = tmp_path / ".output.new"
    files = {store.FILE: b'{"works": [], "repositories": []}'}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harvest.dataset.store.shutil.rmtree", lambda *_, **__: None)
        patch.setattr("harvest.dataset.store.swap", lambda *_: None)
        store.publish(files, tmp_path / "output")
    assert killed.is_dir()
    store.publish(files, tmp_path / "output")
    assert not killed.exists()
    assert "`.output.new`" in TEXT
