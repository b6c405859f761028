"""The shape of the program: imports go down only, and each contact with the outside has one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# From the bottom up; what shares a line does not import each other.
LAYERS = (
    ("digests", "errors", "garbage", "locks", "new_files", "processes"),
    ("models", "needs"),
    ("text", "dates", "identifiers", "config"),
    ("entries", "http"),
    ("readers", "sources", "linking"),
    ("mirror",),
    ("dataset", "lookup"),
    ("checks",),
    ("writers",),
    ("pipeline",),
    ("bulk",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
CLIENTS = {"arxiv", "github", "habanero", "httpx2", "requests", "urllib3", "httpx"}
# A source may build its own client's queries and catch its errors; connections are made in http.
OWN_CLIENT = {
    "sources/arxiv": {"arxiv"},
    "sources/github": {"github"},
}
MODULES = {
    path.relative_to(ROOT / "harvest").with_suffix("").as_posix(): ast.parse(
        path.read_text("utf-8")
    )
    for path in sorted(ROOT.glob("harvest/**/*.py"))
}


def imports(tree: ast.AST, *, typing: bool = True) -> Iterator[str]:
    """Yield each imported name in full; without `typing`, only what is imported at run time."""
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
    """Return every dotted name that is read: `print`, `os.environ`, `sys.stdout.write`."""
    return {ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Name | ast.Attribute)}


def users(*searches: str) -> set[str]:
    """Return the modules that read or import one of these names."""
    return {m for m, tree in MODULES.items() if set(searches) & (names(tree) | set(imports(tree)))}


def test_imports_go_down_only() -> None:
    for module, tree in MODULES.items():
        layer = module.partition("/")[0]
        for name in imports(tree) if layer != "__init__" else ():
            package, _, rest = name.partition(".")
            other = rest.partition(".")[0]
            if package == "harvest" and other not in {layer, "__version__"}:
                assert RANK[other] < RANK[layer], f"{module} imports {name}"


def test_no_modules_import_each_other_in_a_circle() -> None:
    edges = {module: set[str]() for module in MODULES}
    for module, tree in MODULES.items():
        for name in imports(tree):
            path = name.removeprefix("harvest.").replace(".", "/")
            candidates = (path, path.rpartition("/")[0])
            edges[module] |= {c for c in candidates if c in MODULES and c != module}
    while free := {module for module, others in edges.items() if not others}:
        edges = {module: others - free for module, others in edges.items() if module not in free}
    assert not edges


def test_the_package_itself_loads_nothing() -> None:
    top = ast.Module(
        [n for n in MODULES["__init__"].body if isinstance(n, ast.Import | ast.ImportFrom)], []
    )
    assert {name.partition(".")[0] for name in imports(top)} <= {"__future__", "pathlib", "typing"}


def test_sources_never_import_each_other() -> None:
    helpers = ("base", "details", "withdrawals")  # which are no sources
    shared = tuple(f"harvest.sources.{name}." for name in helpers)
    for module, tree in MODULES.items():
        if module.startswith("sources/") and module != "sources/__init__":
            others = {name for name in imports(tree) if name.startswith("harvest.sources.")}
            assert all(f"{name}.".startswith(shared) for name in others), module


def test_only_the_command_line_prints() -> None:
    printing = users("print", "sys.stdout", "sys.stderr", "typer.echo", "rich.console.Console")
    assert printing <= {
        "cli",
        *(f"commands/{name}" for name in ("streams", "progress", "terminal", "logs")),
    }


def test_only_config_reads_the_environment() -> None:
    assert users("os.environ", "os.environb", "os.getenv") == {"config"}


def test_only_http_connects() -> None:
    for module, tree in MODULES.items():
        used = CLIENTS & {name.partition(".")[0] for name in imports(tree, typing=False)}
        assert used <= OWN_CLIENT.get(module, set()) or module.startswith("http/"), module


def test_only_entry_points_read_the_clock() -> None:
    reads = users("datetime.now", "datetime.utcnow", "date.today", "time.time")
    waiting = {"http/rate_limit", "http/responses"}  # for the next start, or until a host answers
    commands = {f"commands/{name}" for name in ("bulk", "doctor", "mirror", "status")}
    assert reads - waiting == {"pipeline/__init__", "pipeline/preview", *commands}


def test_the_rules_catch_what_they_forbid() -> None:
    tree = ast.parse(
        "import os\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import github\n"
        "def f():\n    from harvest import cli\n    print(os.environ['X'])\n    import requests.adapters\n"
    )
    expected = {"os", "typing.TYPE_CHECKING", "github", "harvest.cli", "requests.adapters"}
    assert set(imports(tree)) == expected
    assert "github" not in set(imports(tree, typing=False))
    assert {"print", "os.environ"} <= names(tree)
