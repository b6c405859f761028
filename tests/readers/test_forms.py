"""Forms of items that people write, each with the same works."""

from __future__ import annotations

import pytest

from harvest.readers import read

WORKS = [
    ("Melting of the northern ice", "Ann Roe, Bob Low", "2021"),
    ("A song of the cold rivers", "Eva Tall, Ann Roe, Jo Park", "2020"),
    ("Rivers under the deep snow", "Bob Low, Max Stone", "2019"),
    ("How the glaciers move south", "Jo Park, Eva Tall", "2022"),
    ("Learning to count the seals", "Max Stone, Bob Low", "2018"),
]
FORMS = {
    "icon first": "- [\U0001f4c4]({url}) **{title}**",
    "name of an icon first": "- [:link:]({url}): *{title}*",
    "icon, title, names": "- [\U0001f4c4]({url}); _{title}_\\\n  {names}  \n  {year}",
    "date above": "- ({year})\\\n  _{title}_ [link]({url})",
    "names above": "- {names} <br> *{title}* <br> [[Paper]({url})]",
    "names, venue, title": "- {names}  \n  **ICML {year}**  \n  {title}  \n  ([pdf]({url}))",
    "date, title, names": "- {year} <br> {title} <br> {names} <br> [link]({url})",
    "address above": "- <{url}>\n  _{title}_\n  {names}\n  **ICLR {year}**",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_titles_of_forms(form: str) -> None:
    lines = []
    for number, (title, names, year) in enumerate(WORKS, 1):
        url = f"https://arxiv.org/abs/{year[2:]}03.0000{number}"
        lines.append(form.format(title=title, names=names, year=year, url=url))
    mentions = read("\n".join(["# Papers", "", *lines, ""]).encode(), "list.md").mentions
    assert [mention.title for mention in mentions] == [title for title, _, _ in WORKS]
    if "{names}" in form:
        assert [mention.authors for mention in mentions] == [names for _, names, _ in WORKS]
    if "{year}" in form:
        assert all(year in (it.date or "") for it, (*_, year) in zip(mentions, WORKS, strict=True))
