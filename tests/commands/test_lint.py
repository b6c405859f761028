"""`harvest lint` and `harvest diff` as maintainers and their CI meet them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from difflib import diff_bytes, unified_diff
from errno import EPERM
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest import config, pipeline
from harvest.checks import report
from harvest.commands import lint
from harvest.config import Settings
from harvest.dataset.run import Run
from harvest.errors import SeedError, UsageError
from harvest.lookup import database
from tests.fakes import FakeServices, World
from tests.fakes.world import Person, Work
from tests.support.files import folder_of_all, locked, readonly
from tests.support.program import run
from tests.support.settings import make_settings

DDPM = "https://arxiv.org/abs/2006.11239"
LIST = (
    "# L\r\n\r\n- [DDPM](http://arxiv.org/pdf/2006.11239v2.pdf)"
    " [Code](https://github.com/batmanlab/HA-GAN)\r\n"
)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "list.md").write_bytes(b"\xef\xbb\xbf" + LIST.encode())
    return tmp_path


def test_lint_says_when_no_registry_has_answered_yet(here: Path) -> None:
    (here / "clean.md").write_text(
        "- [A study of things](https://arxiv.org/abs/2006.11239) Ann Roe (2020).\n", "utf-8"
    )
    first = run(here, "lint", "clean.md")
    assert (first.stdout, first.returncode) == ("No findings.\n", 0)
    assert first.stderr.startswith("No registry was asked yet: `harvest refresh`")
    assert run(here, "lint", "clean.md", "--format", "json").stderr == ""
    run(here, "refresh", "clean.md", "--offline")
    assert run(here, "lint", "clean.md").stderr == ""


def test_findings_exit_with_1_and_none_with_0(here: Path) -> None:
    done = run(here, "lint", "list.md")
    assert done.returncode == 1
    abstract, pdf = "http://arxiv.org/abs/2006.11239v2", "http://arxiv.org/pdf/2006.11239v2.pdf"
    pinned = "links version v2 of arxiv:2006.11239"
    assert done.stdout.splitlines() == [
        f"list.md:3: http [*] http instead of https: {pdf}",
        f"list.md:3: pdf-link [*] link {abstract} instead of the PDF {pdf}",
        f"list.md:3: pinned-version {pinned}; leave v2 out unless it is meant",
        "Found 3 findings in 1 file.",
        "[*] 2 can be put right with `--fix`.",
    ]
    done = run(here, "lint", "list.md", "--ignore", "http,pdf-link,pinned-version")
    assert (done.returncode, done.stdout) == (0, "No findings.\n")
    assert not (here / "cache").exists(), "lint leaves nothing behind"


def test_select(here: Path) -> None:
    done = run(here, "lint", "list.md", "--select", "http", "--format", "json")
    assert [row["code"] for row in json.loads(done.stdout)] == ["http"]
    wrong = run(here, "lint", "list.md", "--select", "htpp")
    assert wrong.returncode == 2
    assert wrong.stderr == "harvest: there is no rule 'htpp'; did you mean 'http'?\n"


@pytest.mark.posix
def test_diff_changes_nothing_and_fix_does(here: Path) -> None:
    path = here / "list.md"
    before = path.read_bytes()
    path.chmod(0o640)
    shown = run(here, "lint", "list.md", "--diff")
    assert shown.returncode == 1
    assert "-- [DDPM](http://arxiv.org/pdf/2006.11239v2.pdf)" in shown.stdout
    assert "+- [DDPM](https://arxiv.org/abs/2006.11239v2)" in shown.stdout
    assert path.read_bytes() == before
    done = run(here, "lint", "list.md", "--fix")
    assert done.returncode == 1, "the pinned version is still there"
    assert done.stderr.startswith("fixed: list.md\n")
    assert path.read_bytes() == before.replace(
        b"http://arxiv.org/pdf/2006.11239v2.pdf", b"https://arxiv.org/abs/2006.11239v2"
    )
    assert path.stat().st_mode & 0o777 == 0o640
    again = run(here, "lint", "list.md", "--diff")
    assert (again.returncode, again.stdout) == (0, "")


def test_fix_keeps_to_what_is_selected(here: Path) -> None:
    run(here, "lint", "list.md", "--fix", "--ignore", "pdf-link")
    assert b"https://arxiv.org/pdf/2006.11239v2.pdf" in (here / "list.md").read_bytes()


def test_a_list_from_stdin_is_linted_but_not_fixed(here: Path) -> None:
    text = f"- [T](http{DDPM[5:]})\n"
    assert "-:1: http" in run(here, "lint", "-", stdin=text).stdout
    done = run(here, "lint", "-", "--fix", stdin=text)
    assert done.returncode == 2
    assert "is not a local file" in done.stderr


def test_a_list_on_github_is_not_asked_for() -> None:
    with pytest.raises(SeedError, match="local copy"):
        lint.Linter(Settings(seeds=("github:a/b",)))


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_the_diff_of_changed_lines_is_that_of_difflib(changes: list[bool]) -> None:
    old = [b"%d\n" % number for number in range(len(changes))]
    new = [b"new " + line if change else line for line, change in zip(old, changes, strict=True)]
    expected = b"".join(diff_bytes(unified_diff, old, new, b"a", b"a"))
    assert lint.unified_diff(Path("a"), b"".join(old), b"".join(new)) == (
        expected or b"--- a\n+++ a\n"
    )


def test_fixing_reports_progress(here: Path) -> None:
    (here / "next.md").write_text(LIST, "utf-8")
    linter = lint.Linter(
        Settings(seeds=(str(here / "list.md"), str(here / "next.md")), cache=str(here / "cache"))
    )
    steps: list[tuple[str, int, int]] = []
    assert len(linter.fixes(lambda *step: steps.append(step))) == 2
    assert [step[1] for step in steps] == sorted(step[1] for step in steps)
    assert len(steps) >= 4
    assert {(what, total) for what, _, total in steps} == {("fixing", 16)}


def test_without_a_newline_at_the_end_the_diff_says_so(tmp_path: Path) -> None:
    shown = lint.unified_diff(tmp_path / "a", b"a\nb", b"a\nc")
    assert shown.splitlines()[-4:] == [
        b"-b",
        b"\\ No newline at end of file",
        b"+c",
        b"\\ No newline at end of file",
    ]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        lint.replace_file(tmp_path / "nowhere" / "a.md", b"")
    assert list(tmp_path.iterdir()) == []


def test_a_file_whose_permissions_cannot_be_kept_stays_alone_and_as_it_was(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(EPERM, "not permitted")

    path = here / "list.md"
    before = path.read_bytes(), list(here.iterdir())
    monkeypatch.setattr("os.chmod", refuse)
    with pytest.raises(UsageError, match="not permitted"):
        lint.replace_file(path, b"new")
    assert (path.read_bytes(), list(here.iterdir())) == before


@pytest.mark.posix
def test_a_fixed_file_keeps_its_permissions(here: Path) -> None:
    path = here / "list.md"
    path.chmod(0o640)
    lint.replace_file(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.fixture
def settings(tmp_path: Path, fakes: FakeServices) -> Settings:
    path = tmp_path / "list.md"
    path.write_text(
        f"# L\n\n- [DDPM]({DDPM}) [Code](https://github.com/batmanlab/HA-GAN)\n", "utf-8"
    )
    return make_settings(tmp_path, fakes, path, token="t")


def test_answers_come_from_the_cache(settings: Settings, fakes: FakeServices, world: World) -> None:
    next(r for r in world.repositories.values() if r.name == "batmanlab/HA-GAN").archived = True
    assert [r.code for r in lint.Linter(settings).findings()] == []
    pipeline.refresh(settings)
    requests = fakes.count()
    assert [r.code for r in lint.Linter(settings).findings()] == ["repository-archived"]
    assert fakes.count() == requests


def test_offline_a_list_looks_as_the_last_run_saw_it(
    settings: Settings, fakes: FakeServices, world: World
) -> None:
    """Nothing is missing: matches, doubts, contradictions, retractions, gone repositories."""
    notice = {"DOI": "10.5555/notice", "label": "Notice", "updated": {"date-parts": [[2024]]}}
    verdicts = [{**notice, "type": kind} for kind in ("retraction", "correction", "takedown")]
    title, people = (
        "A sparse transform for the invented tomography of glass",
        [Person("Ada", "Abara")],
    )
    world.add(
        Work(
            doi="10.5555/odd",
            title="Another study",
            authors=people,
            date="2023",
            extra={"updated-by": verdicts},
        ),
        Work(doi="10.5555/one", title=title, authors=people, date="2023"),
        Work(doi="10.5555/two", title=title, authors=people, date="2023"),
        Work(
            doi="10.5555/three.106018", title="A third study of things", authors=people, date="2023"
        ),
    )
    world.repositories.pop("batmanlab/ha-gan")
    path = Path(settings.seeds[0])
    path.write_text(
        "- [A sparse transform for the invented tomography of glass]()"
        " Ada Abara, Bo Castro (2023)\n"
        "- [Another study](https://doi.org/10.5555/odd) Ada Abara et al. (2023)\n"
        "- [A third study of things](https://doi.org/10.5555/three.10618) Ada Abara et al. (2023)\n"
        "- [EMIT-Diff: Enhancing Medical Image Segmentation via Text-Guided Diffusion Model]"
        "(https://arxiv.org/abs/2310.12868) Zheyuan Zhang, Lanhong Yao, et al. (2023)"
        " [Code](https://github.com/batmanlab/HA-GAN)\n",
        "utf-8",
    )
    pipeline.refresh(settings, now=datetime.now(UTC) - timedelta(days=2))
    pipeline.refresh(settings)
    rows = json.loads((Path(settings.output) / "findings.json").read_bytes())
    requests = fakes.count()
    seen = json.loads(report.json(lint.Linter(settings).findings()))
    assert fakes.count() == requests
    assert [{key: row[key] for key in rows[0]} for row in seen] == rows
    assert {row["code"] for row in rows} == {
        "malformed-link", "uncertain-match", "retracted", "corrected", "integrity-conflict",
        "unknown-notice", "mistyped-identifier", "unresolved", "retitled", "repository-gone",
    }  # fmt: skip


@contextmanager
def with_retraction(services: FakeServices, world: World) -> Iterator[Path]:
    """Make a folder with a list of one retracted work, and a cache that knows it."""
    notice = {"DOI": "10.5555/notice", "updated": {"date-parts": [[2024]]}, "type": "retraction"}
    person = Person("Ada", "Abara")
    extra = {"updated-by": [notice]}
    world.add(Work(doi="10.5555/odd", title="A study", authors=[person], date="2023", extra=extra))
    with folder_of_all() as folder:
        path = folder / "list.md"
        path.write_text("- [A study](https://doi.org/10.5555/odd) Ada Abara (2023)\n", "utf-8")
        pipeline.refresh(make_settings(folder, services, path))
        shutil.rmtree(folder / "output")  # where lint would find the last dataset
        yield folder


@pytest.mark.posix
def test_retractions_are_found_with_a_readonly_cache(fakes: FakeServices, world: World) -> None:
    with with_retraction(fakes, world) as folder:
        usual = run(folder, "lint", "list.md")
        assert "retracted doi:10.5555/odd" in usual.stdout
        assert (usual.returncode, usual.stderr) == (1, "")
        with readonly(folder / "cache"):
            done = run(folder, "lint", "list.md")
    assert (done.stdout, done.stderr, done.returncode) == (usual.stdout, "", 1)


def test_a_locked_cache_is_named(
    fakes: FakeServices, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "READ_TIMEOUT", 0.01)
    with with_retraction(fakes, world) as folder, locked(folder / "cache" / database.FILE):
        done = run(folder, "lint", "list.md")
    assert (done.stdout, done.returncode) == ("No findings.\n", 0)
    assert "database is locked; nothing is known of its answers" in done.stderr


def test_after_fixes_findings_are_those_of_a_new_run(settings: Settings, world: World) -> None:
    title, person = "A sparse transform of invented glass", Person("Ada", "Abara")
    world.add(Work(doi="10.5555/one", title=title, authors=[person], date="2023"))
    repository = world.repositories["batmanlab/ha-gan"]
    repository.former, repository.name = ["batmanlab/HA-GAN"], "new/name"
    path = Path(settings.seeds[0])
    path.write_text(
        f"| Title | Authors | Year |\n|---|---|---|\n| {title} | Ada Abara | 2023 |\n\n"
        f"- [{title}](http://ieeexplore.ieee.org/document/9770375) Ada Abara (2023)\n"
        "- [DDPM](http://arxiv.org/pdf/2006.11239v2.pdf) â€“"
        " [C](http://github.com/batmanlab/HA-GAN)\n",
        "utf-8",
    )
    pipeline.refresh(settings)
    linter = lint.Linter(settings)
    before = linter.findings()
    assert {"repository-moved", "mojibake", "http"} <= {finding.code for finding in before}
    assert "its title is that of https://doi.org/10.5555/one" in before[0].message
    for file, (_, new) in linter.fixes().items():
        lint.replace_file(file, new)
    linter.read()
    assert linter.findings() == lint.Linter(settings).findings() != before


def nightly(settings: Settings) -> tuple[Run, bytes]:
    run = pipeline.refresh(
        msgspec.structs.replace(settings, fresh=config.Fresh(young=0, work=0, old=0, repository=0))
    )
    return run, (Path(settings.output) / "changes.json").read_bytes()


def test_a_quiet_night_keeps_the_last_changes(settings: Settings, world: World) -> None:
    repository = next(r for r in world.repositories.values() if r.name == "batmanlab/HA-GAN")
    repository.stars = 10
    run, first = nightly(settings)
    assert run.changes == {"total": 0}
    assert json.loads(first)["before"] is None
    repository.stars = 12
    before = (Path(settings.output) / "dataset.json").read_bytes()
    run, second = nightly(settings)
    assert run.changes == {"total": 1, "stars": 1}
    news = json.loads(second)
    assert news["works"] == []
    assert [(c["kind"], c["before"], c["after"]) for c in news["repositories"]] == [
        ("stars", 10, 12)
    ]
    assert news["before"] != news["after"]
    run, third = nightly(settings)
    assert run.changes == {"total": 0}
    assert third == second
    (old := Path(settings.output).parent / "old.json").write_bytes(before)
    shown = run_diff(old, Path(settings.output))
    assert shown == ["stars  github:batmanlab/HA-GAN  10 -> 12  (source changed)"]


def run_diff(old: Path, new: Path) -> list[str]:
    done = run(old.parent, "diff", str(old), str(new))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_diff_of_what_is_no_dataset(here: Path) -> None:
    done = run(here, "diff", "list.md", "nowhere")
    assert done.returncode == 2
    assert "list.md" in done.stderr


def test_findings_of_a_run_are_published(settings: Settings) -> None:
    run = pipeline.refresh(settings)
    rows = json.loads((Path(settings.output) / "findings.json").read_bytes())
    assert run.findings["total"] == len(rows)
    assert sum(number for code, number in run.findings.items() if code != "total") == len(rows)
