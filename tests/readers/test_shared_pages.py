"""Pages to which several works link name none of them."""

from __future__ import annotations

from harvest.entries import group, listed_works
from harvest.readers import read

PAGE = "https://x.org/database"


def names(text: str, name: str) -> list[tuple[str, str | None]]:
    """Return what names each work, with its title."""
    works = []
    for entry in group(read(text.encode(), name).mentions):
        works += [(mention.url, mention.title) for mention in entry.mentions]
    return works


def bibliography(*titles: str) -> str:
    entry = (
        "@article{{k{0}, title = {{{1}}}, author = {{Doe, Jane}}, year = 2020, url = {{{2}}}}}\n"
    )
    return "".join(entry.format(place, title, PAGE) for place, title in enumerate(titles))


def test_a_page_of_three_works_names_none() -> None:
    titles = ["Slow ice on cold lakes", "Snow in the mountains", "A river of sand"]
    assert names(bibliography(*titles), "a.bib") == [("", title) for title in titles]
    mentions = read(bibliography(*titles).encode(), "a.bib").mentions
    pages = [(m.url, m.entry, m.title) for m in mentions if m.url]
    assert pages == [(PAGE, None, None)] * 3


def test_two_works_or_one_under_three_names_keep_their_page() -> None:
    two = ["Slow ice on cold lakes", "Snow in the mountains"]
    alike = ["Slow ice on cold lakes", "Slow ice", "Slow ice on cold lakes (slides)"]
    assert names(bibliography(*two), "a.bib") == [(PAGE, title) for title in two]
    assert names(bibliography(*alike), "a.bib") == [(PAGE, title) for title in alike]


def test_an_entry_keeps_a_page_of_its_own() -> None:
    rows = ["slow-ice", "snow-fields", "sand-rivers"]
    items = [f"- [{row}](https://{row}.org/about) [(topic)]({PAGE})" for row in rows]
    text = "# Tools\n\n" + "\n".join(items) + "\n"
    works = listed_works(group(read(text.encode(), "a.md").mentions)).works
    assert [name.value for name in works] == [f"https://{row}.org/about" for row in rows]


def test_the_database_of_a_record_is_no_page_of_a_work() -> None:
    text = """@article{k, title = {Slow ice on cold lakes}, author = {Doe, Jane}, year = 2020,
      bibsource = {database, https://dblp.org}, biburl = {https://dblp.org/rec/a.bib}}"""
    assert names(text, "a.bib") == [("", "Slow ice on cold lakes")]
