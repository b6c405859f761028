"""Addresses without a label: each is a work, with the title that stands above it."""

from __future__ import annotations

import pytest

from harvest.readers import read

TITLES = ("Melting of the ice", "A song of the cold", "Rivers under the snow", "How glaciers move")
FORMS = {
    "heading": "### {title}\n\n{url}",
    "heading and names": "### {title}\n\nAnn Roe, Bob Low\n\n<{url}>",
    "bold": "**{title}**\n\n{url}",
    "paragraph": "{title}\n\n<{url}>",
    "paragraph and a description": "{title}\n\n{url}\n\nIt says that ice melts when warm.",
    "line": "{title}\n{url}",
    "bold line": "**{title}**\nAnn Roe, Bob Low\n{url}",
}


def works(text: str) -> list[tuple[str, str | None]]:
    """Return the addresses that are works, with their titles."""
    mentions = read(f"# Papers\n\n{text}\n".encode(), "list.md").mentions
    return [(mention.url, mention.title) for mention in mentions if mention.role == "paper"]


def addresses(count: int) -> list[str]:
    return [f"https://arxiv.org/abs/2301.0000{number}" for number in range(1, count + 1)]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_titles_above_addresses(form: str) -> None:
    pairs = list(zip(addresses(4), TITLES, strict=True))
    assert works("\n\n".join(form.format(title=title, url=url) for url, title in pairs)) == pairs


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\nIt says that ice melts when warm.\n\n"])
def test_addresses_alone_are_works(between: str) -> None:
    assert works(between.join(addresses(2))) == [(url, None) for url in addresses(2)]


@pytest.mark.parametrize(
    "text",
    [
        "Read our survey of ice.\n\nhttps://arxiv.org/abs/2301.00001",  # the list's own paper
        "https://museum.org/a\n\nhttps://museum.org/b",
        "It is described in https://arxiv.org/abs/2301.00001 and elsewhere.",
        "See https://arxiv.org/abs/2301.00001\n\nAs https://arxiv.org/abs/2301.00002 says, it melts.",
    ],
)
def test_prose_names_no_work(text: str) -> None:
    assert works(text) == []


def test_few_paragraphs_are_no_titles() -> None:
    text = "\n\n".join(f"An introduction to ice\n\n{url}" for url in addresses(2))
    assert works(text) == [(url, None) for url in addresses(2)]
