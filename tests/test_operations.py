"""docs/operations.md speaks of commands, exit codes and messages that there are, and of every one that matters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main

from harvest.cli import Exit, app
from harvest.dataset import store

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "operations.md").read_text("utf-8")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # a group, since it has commands
MESSAGES = [said.strip() for _, said in re.findall(r"^\| (`+)(.+?)\1 \|", TEXT, re.MULTILINE)]
GAP = "…"


def words(text: str) -> str:
    return " ".join(text.split())


def template(node: ast.expr) -> str:
    """Give a string as the source writes it, with a gap for whatever is put in."""
    match node:
        case ast.Constant(value=str(text)):
            return re.sub(r"%[-.\d]*[sdrf]", GAP, text)
        case ast.JoinedStr(values=parts):
            return "".join(
                template(part) if isinstance(part, ast.Constant) else GAP for part in parts
            )
    return GAP


def said() -> Iterator[tuple[str, str]]:
    """Give each message of an error of operation or a warning, with where it is."""
    for path in sorted((ROOT / "harvest").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = ast.unparse(node.func)
            if name in {
                "PublicationError",
                "LockedError",
                "log.warning",
                "UsageError",
                "SeedError",
                "NotAskedError",
            }:
                message = node.args[-1] if name in {"SeedError", "NotAskedError"} else node.args[0]
                yield f"{path.relative_to(ROOT)}:{node.lineno}", template(message)


@cache
def strings() -> str:
    trees = (ast.parse(path.read_text("utf-8")) for path in (ROOT / "harvest").rglob("*.py"))
    return "\n".join(
        words(template(node))
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
    )


def test_every_exit_code_has_a_section() -> None:
    sections = [int(code) for code in re.findall(r"^### (\d+): ", TEXT, re.MULTILINE)]
    assert sections == sorted({*map(int, Exit), 1})


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"`(?:HARVEST_\w+=\S+ )?harvest ([a-z][^`]*)`", words(TEXT))))
)
def test_every_command_is_one_of_the_program(command: str) -> None:
    name, *arguments = command.split()
    assert name in COMMANDS
    options = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert {argument for argument in arguments if argument.startswith("--")} <= options


def test_every_option_that_stands_alone_is_one_of_some_command() -> None:
    options = {
        option
        for command in COMMANDS.values()
        for parameter in command.params
        for option in parameter.opts
    }
    assert set(re.findall(r"`(--[a-z-]+)`", TEXT)) <= options


def test_commands_of_operation_are_all_there() -> None:
    for command in (
        "refresh --dry-run",
        "status --max-age",
        "doctor",
        "schedule cron",
        "schedule systemd",
        "schedule github",
    ):
        assert f"harvest {command}" in words(TEXT)


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_is_one_of_the_program(message: str) -> None:
    pattern = ".*?".join(map(re.escape, message.strip(GAP).split(GAP)))
    assert re.search(pattern, strings())


@pytest.mark.parametrize(("place", "message"), sorted(said()))
def test_every_message_of_operation_is_explained(place: str, message: str) -> None:
    longest = max((words(part) for part in message.split(GAP)), key=len).strip(" :;")
    if len(longest) < 10:
        return  # little but what was put in
    assert any(longest[:20] in words(known) for known in MESSAGES), f"{place} says {message!r}"


def test_the_search_finds_messages() -> None:
    found = [message for _, message in said()]
    assert any("another run works on it" in message for message in found)
    assert any("would replace" in message for message in found)
    assert len(MESSAGES) > 10


def test_what_it_says_of_folders_is_so(tmp_path: Path) -> None:
    """`.output.old` is put back, and what a killed run leaves is cleared away."""
    (tmp_path / ".output.old").mkdir()
    store.recover(tmp_path / "output")
    assert (tmp_path / "output").is_dir()
    assert "`.output.old`" in TEXT
    killed = tmp_path / ".output.new"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harvest.dataset.store.shutil.rmtree", lambda *_, **__: None)
        patch.setattr("harvest.dataset.store._swap", lambda *_: None)
        store.publish({store.FILE: b'{"works": [], "repositories": []}'}, tmp_path / "output")
    assert killed.is_dir()
    store.publish({store.FILE: b'{"works": [], "repositories": []}'}, tmp_path / "output")
    assert not killed.exists()
    assert "`.output.new`" in TEXT
