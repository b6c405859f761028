"""What `harvest doctor --deep` asks for: one of each kind, by the code of a night."""

from __future__ import annotations

import pytest

from harvest.commands.trials import try_example
from harvest.sources import discover
from tests.live.services import Services

EXAMPLES = [
    (source.name, number)
    for source in discover().values()
    for number, _ in enumerate(source.examples)
]


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_an_example_is_found(services: Services, name: str, number: int) -> None:
    source = discover()[name]
    trial = try_example(source, source.examples[number], services.http, services.now)
    assert trial.state == "ok", trial


def test_every_source_has_an_example() -> None:
    assert all(source.examples for source in discover().values())
