"""Seeds: files, folders, globs, stdin, GitHub; the chapters that they link to."""

from __future__ import annotations

import errno
import os
from io import BytesIO
from pathlib import Path

import msgspec
import pytest

from harvest.errors import NotFoundError, SeedError, TransientError
from harvest.lookup.memo import Memo
from harvest.lookup.readings import Readings
from harvest.readers import discover, read
from harvest.readers.walk import read_lists
from tests.support.files import is_root

DOI = "https://doi.org/10.1000/"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder `lists`, below the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lists").mkdir()
    return tmp_path / "lists"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def places(*seeds: str) -> list[tuple[str, str]]:
    return [(m.seed, m.url.removeprefix(DOI)) for m in read_lists(seeds).mentions]


def findings(*seeds: str) -> list[tuple[str, int, str]]:
    return [(f.seed, f.line, f.code) for f in read_lists(seeds).findings]


def test_readers_are_found_by_discovery() -> None:
    names = set(discover())
    assert names >= {"bibtex", "csv", "html", "json", "latex", "markdown", "mods", "ris", "text"}
    assert names.isdisjoint({"base", "labels", "layout", "pool"})


@pytest.mark.parametrize(
    ("text", "name", "markdown"),
    [("# List", "list.txt", True), ("10.1000/xyz", "list.txt", False), ("# A", "list.csv", False)],
)
def test_what_is_read_as_markdown(text: str, name: str, markdown: bool) -> None:
    assert read(text.encode(), name).files[name].markdown == markdown


def test_a_file_is_named_as_given(folder: Path) -> None:
    write(folder / "a.md", f"<{DOI}a>")
    assert places("lists/a.md") == [("lists/a.md", "a")]
    assert places(str(folder / "a.md")) == [(str(folder / "a.md"), "a")]
    for name in ("./lists/a.md", ".", "./lists", "./lists/*.md"):
        assert places(name) == [("lists/a.md", "a")]


def test_a_folder_is_read_sorted_without_hidden_files(folder: Path) -> None:
    for name in ("b.md", "a/z.txt", "c.BIB", ".hidden.md", ".git/x.md", "program.py"):
        write(
            folder / name,
            f"@misc{{x, url={{{DOI}{name}}}}}" if name == "c.BIB" else f"see <{DOI}{name}>",
        )
    expected = [("lists/a/z.txt", "a/z.txt"), ("lists/b.md", "b.md"), ("lists/c.BIB", "c.BIB")]
    assert places("lists") == places("lists/") == expected


def test_a_glob_gives_its_files_sorted(folder: Path) -> None:
    write(folder / "b.md", f"<{DOI}b>")
    write(folder / "deep" / "a.md", f"<{DOI}a>")
    assert places("lists/*") == [("lists/b.md", "b")]
    assert places("lists/**/*.md") == [("lists/b.md", "b"), ("lists/deep/a.md", "a")]


def test_a_file_whose_name_looks_like_a_glob_is_a_file(folder: Path) -> None:
    write(folder / "[1].md", f"<{DOI}a>")
    assert places("lists/[1].md") == [("lists/[1].md", "a")]


def test_lists_keep_their_order_and_are_read_once(folder: Path) -> None:
    write(folder / "a.md", f"<{DOI}a>")
    write(folder / "b.md", f"<{DOI}b>")
    assert places("lists/b.md", "lists", "./lists/a.md") == [
        ("lists/b.md", "b"),
        ("lists/a.md", "a"),
    ]


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        ("lists/none.md", "does not exist"),
        ("https://example.org/list.md", "is a web address: write github:owner/repo"),
        ("lists/*.md", "matches no file"),
        ("lists", "holds no list"),
        ("lists/binary.bin", "is binary"),
        ("github:owner/repo", "give a local copy"),
    ],
)
def test_a_seed_that_cannot_be_read(folder: Path, seed: str, why: str) -> None:
    (folder / "binary.bin").write_bytes(b"\0\1")
    with pytest.raises(SeedError, match=why) as caught:
        read_lists([seed])
    assert caught.value.seed == seed


@pytest.mark.posix
@pytest.mark.skipif(is_root(), reason="root reads everything")
def test_a_file_without_permission(folder: Path) -> None:  # pragma: no cover - not as root
    write(folder / "a.md", "x")
    (folder / "a.md").chmod(0)
    with pytest.raises(SeedError, match="cannot be read"):
        read_lists(["lists/a.md"])


def test_an_unlisted_folder_is_not_called_empty(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    write(folder / "a.md", f"<{DOI}a>")
    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SeedError, match="cannot be read: lists: Permission denied"):
        read_lists(["lists"])


@pytest.mark.posix
@pytest.mark.parametrize("name", ["a" * 300, "a\0b", "loop"])
def test_a_name_that_the_system_refuses(folder: Path, name: str) -> None:
    (folder / "loop.md").symlink_to("loop.md")
    with pytest.raises(SeedError, match="does not exist"):
        read_lists([f"lists/{name}.md"])


def test_an_unreadable_file_of_a_folder_is_a_finding(
    folder: Path,
) -> None:
    (folder / "a.md").write_bytes(b"\0")
    with pytest.raises(SeedError, match="is binary"):
        read_lists(["lists"])
    write(folder / "b.md", f"<{DOI}b>")
    assert places("lists") == [("lists/b.md", "b")]
    assert findings("lists") == [("lists/a.md", 0, "unreadable")]


def test_stdin_follows_no_links(folder: Path) -> None:
    write(folder / "a.md", "x")
    reading = read_lists(["-"], stdin=BytesIO(b"[x](lists/a.md) [y](none.md)"))
    assert [(m.seed, m.line, m.url) for m in reading.mentions] == [
        ("-", 1, "lists/a.md"),
        ("-", 1, "none.md"),
    ]
    assert reading.findings == []


def test_chapters_follow_the_file_that_links_to_them(folder: Path) -> None:
    write(
        folder / "README.md",
        "[1](./docs/one.md#top) [2](docs/two%20words.md?plain=1) [1](docs/one.md) [z](z.md)",
    )
    write(
        folder / "docs" / "one.md", f"- <{DOI}one> [up](../README.md) [deep](deep/three.markdown)"
    )
    write(folder / "docs" / "two words.md", f"<{DOI}two>")
    write(folder / "docs" / "deep" / "three.markdown", f"<{DOI}three>")
    chapters = [
        (seed, url) for seed, url in places("lists/README.md") if url in {"one", "two", "three"}
    ]
    assert chapters == [
        ("lists/docs/one.md", "one"), ("lists/docs/deep/three.markdown", "three"), ("lists/docs/two words.md", "two"),
    ]  # fmt: skip
    assert findings("lists/README.md") == [("lists/README.md", 1, "linked-file-missing")]


def test_what_a_chapter_is_not(folder: Path) -> None:
    write(
        folder / "README.md",
        "[a](CONTRIBUTING.md) [b](LICENSE) [c](/etc/x.md) [d](https://x.org/a.md) [e](a.pdf) [f](#a.md) [g](LICENSE.md)"
        " [h](a%00.md) [i](mailto:a.md)",
    )
    assert findings("lists/README.md") == []
    assert len(places("lists/README.md")) == 9


@pytest.mark.posix
def test_a_chapter_outside_of_the_folder_is_not_read(folder: Path) -> None:
    write(folder.parent / "secret.md", f"<{DOI}secret>")
    (folder / "link.md").symlink_to(folder.parent / "secret.md")
    (folder / "out").symlink_to(folder.parent)
    (folder / "loop.md").symlink_to("loop.md")
    write(folder / "README.md", "[a](../secret.md)\n[b](link.md)\n[c](out/secret.md)\n[d](loop.md)")
    urls = ("../secret.md", "link.md", "out/secret.md", "loop.md")
    assert places("lists/README.md") == [("lists/README.md", url) for url in urls]
    assert findings("lists/README.md") == [
        ("lists/README.md", line, "linked-file-outside") for line in (1, 2, 3, 4)
    ]
    assert {seed for seed, _ in places("lists")} == {"lists/README.md"}
    assert ("lists/link.md", 0, "unreadable") in findings("lists")
    assert places("lists/link.md") == [("lists/link.md", "secret")]


def test_a_chapter_that_cannot_be_read(folder: Path) -> None:
    (folder / "a.md").write_bytes(b"\0")
    (folder / "b.md").mkdir()
    write(folder / "README.md", "[a](a.md)\n[b](b.md)")
    assert findings("lists/README.md") == [
        ("lists/README.md", line, "linked-file-unread") for line in (1, 2)
    ]


def test_a_chain_of_many_chapters(folder: Path) -> None:
    for number in range(1500):
        write(folder / f"{number}.md", f"[next]({number + 1}.md)")
    assert len(places("lists/0.md")) == 1500
    assert findings("lists/0.md") == [("lists/1499.md", 1, "linked-file-missing")]


class Remote:
    """A repository as `read_lists` is given it."""

    def __init__(self, files: dict[str, bytes | Exception]) -> None:
        self.files = files
        self.asked: list[str] = []

    def __call__(self, seed: str) -> tuple[str, bytes]:
        self.asked.append(seed)
        path = seed.split(":")[2] if seed.count(":") > 1 else "README.md"
        found = self.files[path]
        if isinstance(found, Exception):
            raise SeedError(seed, str(found)) from found
        return path, found


def test_a_readme_on_github_with_its_chapters() -> None:
    remote = Remote(
        {
            "README.md": b"[a](docs/a.md)\n[b](docs/b.md)\n[c](docs/c.md) [up](../x.md)",
            "docs/a.md": b"- <https://doi.org/10.1000/a> [home](../README.md)",
            "docs/b.md": NotFoundError("github", "no such file"),
            "docs/c.md": TransientError("github", "down"),
        }
    )
    reading = read_lists(["github:owner/repo"], remote=remote)
    assert [m.seed for m in reading.mentions] == ["github:owner/repo:README.md"] * 4 + [
        "github:owner/repo:docs/a.md"
    ] * 2
    assert [(f.seed, f.line, f.code) for f in reading.findings] == [
        ("github:owner/repo:README.md", 2, "linked-file-missing"),
        ("github:owner/repo:README.md", 3, "linked-file-unread"),
        ("github:owner/repo:README.md", 3, "linked-file-outside"),
    ]
    assert remote.asked == [
        "github:owner/repo",
        *(f"github:owner/repo:docs/{name}.md" for name in "abc"),
    ]


def test_a_file_on_github_is_read_by_its_suffix() -> None:
    remote = Remote({"data/list.bib": b"@misc{a, doi={10.1000/a}}"})
    reading = read_lists(["github:owner/repo:data/list.bib"], remote=remote)
    assert [(m.seed, m.url) for m in reading.mentions] == [
        ("github:owner/repo:data/list.bib", "10.1000/a")
    ]


def test_a_repository_that_cannot_be_read() -> None:
    with pytest.raises(SeedError, match="gone"):
        read_lists(
            ["github:owner/repo"], remote=Remote({"README.md": NotFoundError("github", "gone")})
        )


@pytest.fixture
def strange(folder: Path) -> str:
    """A folder whose name is not UTF-8, with a list of such a name and a chapter of it."""
    strange = Path(os.fsdecode(os.fsencode(folder) + b"/\xfe"))
    try:
        write(strange / os.fsdecode(b"\xff.md"), f"- [Paper]({DOI}1)\n- [More](chapters/b.md)\n")
    except OSError:
        pytest.skip("names of files are UTF-8 here")
    write(strange / "chapters" / "b.md", f"- [Paper]({DOI}2)\n")
    return str(strange)


def test_a_name_that_is_not_utf_8_is_read(strange: str, tmp_path: Path) -> None:
    reading = Readings(Memo(tmp_path)).read_lists([strange])
    assert {m.seed.partition("/lists/")[2]: m.url for m in reading.mentions if DOI in m.url} == {
        "\\udcfe/\\udcff.md": f"{DOI}1",
        "\\udcfe/chapters/b.md": f"{DOI}2",
    }
    assert not reading.findings
    assert msgspec.json.encode(reading.mentions)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '[{"title": "A broken \\ud800 title", "url": "%s"}]'),
        ("a.jsonl", '{"title": "A broken \\udfff title", "\\ud800": "", "url": "%s"}'),
    ],
)
def test_half_a_character_of_json_is_replaced(name: str, text: str) -> None:
    reading = read((text % f"{DOI}1").encode(), name)
    assert [mention.title for mention in reading.mentions] == ["A broken \ufffd title"]
    assert msgspec.json.encode(reading.mentions)
