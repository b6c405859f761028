"""The shape of the program: imports go down only, and each contact with the outside has one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# From the bottom up. Modules of one line do not import each other; a package's own modules may (but see sources).
LAYERS = (
    ("errors",),
    ("models",),
    ("identifiers", "config", "cleaning", "pace", "judging"),
    ("sessions",),
    ("readers", "transport", "cache", "facets"),
    ("sources", "linking"),
    ("checks",),
    ("harvester", "dataset", "frames", "history", "remote_seeds", "changes"),
    ("memory", "matching"),
    ("writers", "bulk"),
    ("pipeline",),
    ("summary", "lint", "logs", "status", "doctor", "schedule"),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
CLIENTS = {"arxiv", "github", "habanero", "httpx2", "requests", "urllib3", "httpx"}
# A source may build its own client's queries and catch its errors; connections are made in sessions, for transport.
OWN_CLIENT = {
    "doctor": {"arxiv"},
    "sources/arxiv": {"arxiv"},
    "sources/crossref": {"habanero"},
    "sources/github": {"github"},
}
MODULES = {path.relative_to(ROOT / "harvest").with_suffix("").as_posix(): path for path in ROOT.glob("harvest/**/*.py")}


def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


def imports(tree: ast.AST, *, typing: bool = True) -> Iterator[str]:
    """Give each imported name in full (`harvest.models.Work`); without `typing`, only what is imported at run time."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom(level=level):
                pytest.fail(f"line {node.lineno}: a relative import of level {level}")
            case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=orelse) if not typing:
                yield from imports(ast.Module(orelse, []), typing=False)
            case _:
                yield from imports(node, typing=typing)


def names(tree: ast.AST) -> set[str]:
    """Give every dotted name that is read: `print`, `os.environ`, `sys.stdout.write`."""
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)}


def layer(module: str) -> str:
    return module.split("/", maxsplit=1)[0]


def test_every_module_has_a_layer() -> None:
    assert {layer(module) for module in MODULES} - {"__init__"} <= set(RANK)
    assert len(MODULES) > 10


@pytest.mark.parametrize("module", sorted(set(MODULES) - {"__init__"}))
def test_imports_go_down_only(module: str) -> None:
    for name in imports(parsed(module)):
        package, _, rest = name.partition(".")
        if package != "harvest" or rest == "__version__":
            continue
        other = rest.split(".", maxsplit=1)[0]
        assert other in RANK, f"{module} imports {name}, which has no layer"
        assert other == layer(module) or RANK[other] < RANK[layer(module)], f"{module} imports {name}"


def test_the_package_itself_loads_nothing() -> None:
    loaded = [name for statement in parsed("__init__").body for name in imports(ast.Module([statement], []))]
    at_import = [
        name
        for statement in parsed("__init__").body
        if isinstance(statement, ast.Import | ast.ImportFrom)
        for name in imports(ast.Module([statement], []))
    ]
    assert "harvest.frames" in loaded
    assert {name.partition(".")[0] for name in at_import} <= {"__future__", "pathlib", "typing"}


@pytest.mark.parametrize("module", [m for m in sorted(MODULES) if m.startswith("sources/")])
def test_sources_never_import_each_other(module: str) -> None:
    own = {"harvest.sources.base"} if module != "sources/base" else set()
    others = {name for name in imports(parsed(module)) if name.startswith("harvest.sources")}
    assert {name for name in others if name.rpartition(".")[0] not in own} == set()


@pytest.mark.parametrize("module", sorted(MODULES))
def test_only_the_command_line_prints(module: str) -> None:
    prints = {"print", "sys.stdout", "sys.stderr", "typer.echo", "sys.__stdout__"}
    imported = {"rich.console.Console", "typer.echo"} & set(imports(parsed(module)))
    found = prints & names(parsed(module)) | imported
    assert not found or module in {"cli", "summary", "logs"}, f"{module}: {found}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_only_config_reads_the_environment(module: str) -> None:
    reads = {"os.environ", "os.environb", "os.getenv"}
    found = reads & (names(parsed(module)) | set(imports(parsed(module))))
    assert bool(found) == (module == "config"), f"{module}: {found}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_only_sessions_and_transport_connect(module: str) -> None:
    found = CLIENTS & {name.partition(".")[0] for name in imports(parsed(module), typing=False)}
    assert found <= OWN_CLIENT.get(module, set()) or module in {"sessions", "transport"}, f"{module}: {found}"


def test_the_clock_is_read_once() -> None:
    reads = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "datetime.datetime.now"}
    found = {module for module in MODULES if reads & names(parsed(module))}
    waiting = {"pace", "judging"}  # for the next start, and until a host answers again
    assert found - waiting == {"pipeline", "cli"}  # status and doctor are given the time


def test_the_rules_catch_what_they_forbid() -> None:
    tree = ast.parse(
        "import os\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import github\n"
        "def f():\n    from harvest import cli\n    print(os.environ['X'])\n    import requests.adapters\n"
    )
    assert set(imports(tree)) == {"os", "typing.TYPE_CHECKING", "github", "harvest.cli", "requests.adapters"}
    assert "github" not in set(imports(tree, typing=False))
    assert {"print", "os.environ"} <= names(tree)
