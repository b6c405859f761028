"""The documents say what the program does."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

import harvest
from harvest import config, errors, models
from harvest.commands.settings import load_settings
from harvest.dataset import changes
from tests.support.settings import NO_FILE

ROOT = Path(__file__).parents[1]
OUTPUT = (ROOT / "docs" / "output.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
PUBLISHED = [
    "Dataset",
    "Work",
    "Author",
    "Event",
    "Funder",
    "Manifestation",
    "IntegrityNotice",
    "WorkRepository",
    "Place",
    "Provenance",
]
PUBLISHED += ["Claim", "Repository", "Assertion"]


def section(name: str) -> str:
    names = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", OUTPUT, re.MULTILINE | re.DOTALL)
    assert names, f"docs/output.md has no section {name}"
    return names[1]


def rows(text: str) -> list[list[str]]:
    """Return the cells of the table rows whose first cell is code."""
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in re.findall(r"^\| `.*$", text, re.MULTILINE)
    ]


def structs(kind: Any, names: set[str]) -> set[str]:
    for field in msgspec.structs.fields(kind):
        for part in _parts(field.type):
            if (
                isinstance(part, type)
                and issubclass(part, msgspec.Struct)
                and part.__name__ not in names
            ):
                structs(part, names | {part.__name__})
                names |= structs(part, names | {part.__name__})
    return names


def _parts(annotation: Any) -> list[Any]:
    arguments = get_args(annotation)
    return [annotation, *(part for argument in arguments for part in _parts(argument))]


def test_every_published_struct_has_a_section() -> None:
    assert structs(models.Dataset, {"Dataset"}) == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_field_is_documented_and_no_other(name: str) -> None:
    documented = [row[0].strip("`") for row in rows(section(name))]
    assert sorted(documented) == sorted(getattr(models, name).__struct_fields__)


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_example_fits_its_field(name: str) -> None:
    types = {field.name: field.type for field in msgspec.structs.fields(getattr(models, name))}
    for cells in rows(section(name)):
        assert len(cells) == 4, cells
        assert cells[2], f"{cells[0]} has no meaning"
        if example := cells[3].strip("| `"):
            msgspec.convert(json.loads(example), types[cells[0].strip("`")])


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Finding", {*models.Finding.__struct_fields__, "level"} - {"fix"}),
        ("Changes", set(changes.Changes.__struct_fields__)),
        ("Change", set(changes.Change.__struct_fields__)),
    ],
)
def test_published_files_are_documented(name: str, fields: set[str]) -> None:
    assert {row[0].strip("`") for row in rows(section(name))} == fields


@pytest.mark.parametrize(
    ("struct", "field", "words"),
    [
        ("Work", "status", models.WorkStatus),
        ("Repository", "status", models.RepositoryStatus),
        ("Repository", "activity", models.Activity),
        ("Manifestation", "kind", models.ManifestationKind),
        ("IntegrityNotice", "kind", models.NoticeKind),
    ],
)
def test_every_word_of_a_vocabulary_is_explained(struct: str, field: str, words: Any) -> None:
    [meaning] = [row[2] for row in rows(section(struct)) if row[0] == f"`{field}`"]
    assert set(get_args(words)) <= set(re.findall(r"`(\w+)`", meaning))


def test_every_change_is_explained() -> None:
    meanings = {row[0].strip("`"): row[2] for row in rows(section("Change"))}
    assert set(get_args(changes.Kind)) == set(re.findall(r"`(\w+)`", meanings["kind"]))
    assert set(get_args(changes.Cause)) == set(re.findall(r"`([\w ]+)`", meanings["cause"]))


def shown(default: object) -> str:
    return "-" if default in (None, (), msgspec.NODEFAULT) else str(default)


def test_every_setting_is_documented() -> None:
    expected = {}
    for field in msgspec.structs.fields(config.Settings):
        if field.name == "services":  # has a table of its own
            continue
        match field.default:
            case msgspec.Struct() as section:
                defaults = msgspec.structs.asdict(section)
                expected |= {f"{field.name}.{key}": shown(value) for key, value in defaults.items()}
            case default:
                expected[field.name] = shown(default)
    documented = [[cell.strip("`") for cell in row] for row in rows(SETTINGS) if len(row) == 4]
    assert {setting: default for setting, _, default, _ in documented} == expected
    for setting, variable, _, meaning in documented:
        name = f"HARVEST_{setting.replace('.', '_').upper()}"
        name = "GITHUB_TOKEN" if setting == "github_token" else name
        assert variable == ("-" if setting in config.FILE_ONLY else name)
        assert meaning


def test_every_service_is_documented() -> None:
    services = load_settings(NO_FILE, {}, {}).services
    table = [[cell.strip("`") for cell in row] for row in rows(SETTINGS) if len(row) > 4]
    documented = {name: cells for name, *cells in table}
    assert set(documented) == set(services)
    for name, service in services.items():
        values = [shown(value) for value in msgspec.structs.asdict(service).values()]
        assert documented[name][: len(values)] == values


@pytest.mark.parametrize("key", config.Service.__struct_fields__)
def test_every_setting_of_a_source_is_explained(key: str) -> None:
    assert f"\n- `{key}`: " in SETTINGS


def test_every_exit_code_is_in_the_readme() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    codes = {int(code) for code in re.findall(r"exit code (\d)", errors.__doc__ or "")}
    assert codes | {0, 1, 3, 130} == documented


def test_examples_of_settings_are_valid(tmp_path: Path) -> None:
    text = (ROOT / "harvest.toml").read_text("utf-8")
    uncommented = re.sub(r"(?m)^# (?=\[|\w+ = )", "", text)
    assert tomllib.loads(uncommented).keys() > tomllib.loads(text).keys()
    path = tmp_path / "harvest.toml"
    path.write_text(uncommented, "utf-8")
    loaded = load_settings(path, {}, {})
    assert loaded.output == str(tmp_path / "output")
    assert loaded.starter == str(tmp_path / "cache" / "starter.jsonl")


def test_no_link_between_documents_is_dead() -> None:
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]:
        text = re.sub(
            r"`[^`\n]*`", "", path.read_text("utf-8")
        )  # rules.md shows links that lead nowhere
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


# -- decisions -----------------------------------------------------------------------------------

DECISIONS = re.findall(
    r"^### ([^\n]+)\n\n(.+?)(?=\n\n#|\Z)",
    (ROOT / "docs" / "decisions.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


def test_there_are_many_decisions() -> None:
    assert len(DECISIONS) > 50


@pytest.mark.parametrize(("title", "text"), DECISIONS, ids=[title for title, _ in DECISIONS])
def test_a_decision_is_short_and_has_its_cost(title: str, text: str) -> None:
    assert len(text.split()) <= 120
    assert re.search(r"\b(?:because|since|so that)\b", text), title
    assert re.search(r"\bcosts?\b", text), title


def test_every_file_that_a_decision_names_is_there() -> None:
    text = " ".join(text for _, text in DECISIONS)
    for name in re.findall(r"`([\w/]+\.(?:py|jsonl))`", text):
        assert (ROOT / name).exists() or (ROOT / "harvest" / name).exists(), name


# -- glossary ------------------------------------------------------------------------------------

GLOSSARY = re.findall(
    r"^\| (.+) \| (.+) \| `(.+)` \|$",
    (ROOT / "docs" / "glossary.md").read_text("utf-8"),
    re.MULTILINE,
)
# Words that terms of the glossary have replaced, and those that no name may be alone.
REPLACED = frozenset({
    "crowd", "desk", "doubts", "elsewhere", "fruitless", "harvester", "heard", "judge",
    "judged", "judging", "meant", "retold", "silent", "spoke", "standins", "taken", "turn",
    "turned", "unasked", "wanted", "wire", "witness",
})  # fmt: skip
NEVER_ALONE = frozenset({"known", "left", "memory"})


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in (ROOT / "harvest").rglob("*.py"):
        yield path.relative_to(ROOT).with_suffix(""), ast.parse(path.read_text("utf-8"))


def names() -> Iterator[str]:
    """Every name that harvest defines or uses."""
    for path, tree in trees():
        yield from path.parts
        for node in ast.walk(tree):
            for key in ("id", "arg", "attr", "name"):
                if isinstance(name := getattr(node, key, None), str):
                    yield name


def plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def words(name: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_"))


NAMES = frozenset(names())


def test_each_term_is_in_the_glossary_once() -> None:
    terms = [term for term, _, _ in GLOSSARY]
    assert len(terms) > 60
    assert len(set(terms)) == len(terms)
    assert all(meaning.endswith(".") for _, meaning, _ in GLOSSARY)


@pytest.mark.parametrize(("term", "place"), [(term, place) for term, _, place in GLOSSARY])
def test_a_term_is_used_in_the_code(term: str, place: str) -> None:
    assert plain(term) in plain(place.rpartition(".")[2])
    value: Any = harvest
    for name in place.split("."):
        if not hasattr(value, name):
            import_module(f"{value.__name__}.{name}")
        value = getattr(value, name)


def test_replaced_words_are_in_no_name() -> None:
    assert not {name for name in NAMES if words(name) & REPLACED}
    assert not {name.strip("_").lower() for name in NAMES} & NEVER_ALONE


def test_a_term_names_one_class() -> None:
    terms = {plain(term) for term, _, _ in GLOSSARY}
    places = defaultdict(list)
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name.lower() in terms:
                places[node.name.lower()].append(str(path))
    assert {term: paths for term, paths in places.items() if len(paths) > 1} == {}
