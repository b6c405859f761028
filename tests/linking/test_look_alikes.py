"""Forms that no source joins: one work only with the same authors, a near title and no rival."""

from __future__ import annotations

import random
from typing import Any

import pytest

from harvest.linking import look_alikes
from harvest.linking.cluster import cluster
from harvest.linking.overrides import Overrides
from harvest.linking.partition import Partition
from harvest.models import Author, Identifier, Mention, Record

TITLE = "Synthetic ECG Signal Generation using Probabilistic Diffusion Models"
AUTHORS = (Author("Edmond Adib", "Edmond", "Adib"), Author("John J. Prevost", "John J.", "Prevost"))


SHORT = "Synthetic signals for hearts"


def published(name: str = "10.1000/a", **fields: Any) -> Record:
    base: dict[str, Any] = {
        "kind": "version_of_record",
        "title": TITLE,
        "authors": AUTHORS,
        "date": "2023-07",
    }
    return Record(source="crossref", identifier=Identifier("doi", name), **{**base, **fields})


def preprint(name: str = "2303.02475", **fields: Any) -> Record:
    base: dict[str, Any] = {
        "kind": "preprint",
        "title": TITLE,
        "authors": (Author("Edmond Adib"), Author("John Prevost")),
    }
    return Record(
        source="arxiv", identifier=Identifier("arxiv", name), date="2023-03", **{**base, **fields}
    )


def groups(*records: Record, overrides: Overrides | None = None) -> int:
    return len(
        cluster([record.identifier for record in records], records, overrides or Overrides()).groups
    )


def test_a_preprint_and_its_published_form_are_one_work() -> None:
    records = [preprint(), published()]
    linked = cluster([record.identifier for record in records], records)
    assert len(linked.groups) == 1
    assert linked.verdicts[0].accepted == "doi:10.1000/a"
    assert groups(preprint(title=TITLE.lower().replace("-", " ")), published()) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (preprint(), published(title="Another title by the same people altogether")),
        (preprint(), published(title=TITLE + " 2")),
        (preprint(), published(title="Correction to: " + TITLE)),
        (preprint(), published(authors=(Author("Someone Else"), Author("Nobody Known")))),
        (preprint(title=SHORT), published(title=SHORT, authors=(AUTHORS[0],))),
        (preprint(), published(authors=(AUTHORS[0],), type="dissertation")),
        (preprint(), published(authors=(AUTHORS[0], Author("Ann Abara")))),
        (preprint(), published(date="2033")),
        (preprint(), published(provisional=True)),
        (preprint(), published(authors=())),
        (preprint(), published(kind="dataset")),
        (published(), published("10.1000/b")),
        (preprint(), preprint("2303.99999")),
    ],
)
def test_look_alikes_stay_apart(one: Record, other: Record) -> None:
    assert groups(one, other) == 2
    assert groups(other, one) == 2


def test_two_candidates_are_none() -> None:
    """One of two journal papers is the preprint's published form, and nothing tells which."""
    records = [preprint(), published(), published("10.1000/b")]
    linked = cluster([record.identifier for record in records], records)
    assert len(linked.groups) == 3
    assert {verdict.why for verdict in linked.verdicts} == {"another form fits as well"}
    listed = {
        r.identifier: [Mention(seed="a.md", line=n, url="u", role="paper")]
        for n, r in enumerate(records, 1)
    }
    (told,) = look_alikes.uncertain_matches(linked.verdicts, listed)
    assert (told.line, told.code) == (1, "uncertain-match")
    assert told.message.startswith(
        "arxiv:2303.02475 looks like doi:10.1000/a and doi:10.1000/b, which are not one work"
    )
    assert list(look_alikes.uncertain_matches(linked.verdicts, {})) == []
    sure = cluster([preprint().identifier, published().identifier], [preprint(), published()])
    assert list(look_alikes.uncertain_matches(sure.verdicts, listed)) == []


def test_what_a_maintainer_parts_is_not_joined() -> None:
    one, other = preprint(), published()
    assert (
        groups(one, other, overrides=Overrides(different=((one.identifier, other.identifier),)))
        == 2
    )


def test_a_form_that_is_there_already_is_not_joined_a_second_time() -> None:
    """The preprint is asserted to be one paper, so it is not joined with another one that looks
    alike."""
    records = [preprint(same_work=(Identifier("doi", "10.1000/a"),)), published(title="The title it got in the end"),
               published("10.1000/b")]  # fmt: skip
    assert groups(*records) == 2


def test_generic_titles_join_nothing() -> None:
    crowd = [
        published(f"10.1000/{n}", title="Editorial") for n in range(look_alikes.COMMON_KEY_RECORDS)
    ]
    assert groups(preprint(title="Editorial"), *crowd) == look_alikes.COMMON_KEY_RECORDS + 1


def test_two_sources_of_one_form_are_one_form() -> None:
    elsewhere = Record(source="aspen", identifier=Identifier("doi", "10.1000/a"), kind="version_of_record", title=TITLE,
                       authors=AUTHORS, date="2023-07")  # fmt: skip
    names = [preprint().identifier, published().identifier]
    for records in ([preprint(), elsewhere, published()], [preprint(), published(), elsewhere]):
        assert len(cluster(names, records).groups) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (preprint(title=TITLE.replace("Synthetic", "Syntethic")), published()),
        (preprint(title=TITLE.replace("Models", "Model")), published()),
        (
            preprint(authors=(Author("E. Maaten"),)),
            published(authors=(Author("E. M.", "E.", "van der Maaten"),)),
        ),
    ],
    ids=["another beginning", "another end", "a particle"],
)
def test_a_slip_at_one_end_does_not_part(one: Record, other: Record) -> None:
    assert groups(one, other) == 1


@pytest.mark.parametrize(
    "title",
    [TITLE.replace("ECG", "EEG"), f"{TITLE} now", TITLE.replace("ECG Signal", "Signal ECG")],
    ids=["a word", "one more", "another order"],
)
def test_a_near_title_may_be_that_of_the_next_paper(title: str) -> None:
    assert groups(preprint(), published(title=title)) == 2


def test_people_of_one_side_alone_count_the_more_the_shorter_the_title() -> None:
    more = (AUTHORS[0], Author("Ann Abara"), Author("Bo Castro"), AUTHORS[1])
    assert groups(preprint(title=SHORT), published(title=SHORT, authors=more)) == 2
    assert groups(preprint(), published(authors=more)) == 1


def test_a_thesis_is_no_paper_of_several() -> None:
    alone = (AUTHORS[0],)
    assert groups(preprint(authors=alone), published(authors=alone, type="dissertation")) == 1
    assert groups(preprint(), published(authors=alone, type="dissertation")) == 2


def test_two_preprints_of_one_server_are_rivals() -> None:
    assert groups(preprint(), preprint("2303.99999"), published()) == 3


def test_a_chain_of_forms_joins_no_two_published_ones() -> None:
    """Each form looks like the next by its year, and the ends are two papers."""
    chain = [
        published("10.1000/v1", date="2000"),
        Record(source="arxiv", identifier=Identifier("arxiv", "2001.00001"), kind="preprint",
                             title=TITLE, authors=AUTHORS, date="2008"),
        published("10.1000/p", kind="preprint", date="2016"),
        published("10.1000/v2", date="2024"),
    ]  # fmt: skip
    parted = cluster([record.identifier for record in chain], chain).groups
    assert not any({chain[0].identifier, chain[3].identifier} <= set(group) for group in parted)
    assert len(parted) == 2


def test_a_key_of_many_says_nothing() -> None:
    pair = [preprint(title=TITLE), published(title=TITLE)]
    common = look_alikes.keys(pair[0]) | look_alikes.keys(pair[1])
    assert len(look_alikes.join(Partition(), pair)) == 1
    assert look_alikes.join(Partition(), pair, common) == []
    crowd = [
        published(f"10.1000/{n}", title=TITLE) for n in range(look_alikes.COMMON_KEY_RECORDS - 1)
    ]
    assert look_alikes.join(Partition(), [pair[0], *crowd])
    crowd.append(published("10.1000/more", title=TITLE))
    assert look_alikes.join(Partition(), [pair[0], *crowd]) == []


WORDS = "retinal oxygen transport models during 2 pregnancies of 31 birds: without surgery in vivo"


def slip(title: str, random_: random.Random) -> str:
    """A title as its other form may have it, or that of another paper."""
    words = title.split()
    place = random_.randrange(len(words))
    word = random_.choice(words)
    changes = {
        "none": words,
        "joined": [*words[:place], "".join(words[place : place + 2]), *words[place + 2 :]],
        "misspelt": [*words[:place], words[place][:2] + words[place][3:], *words[place + 1 :]],
        "replaced": [*words[:place], word, *words[place + 1 :]],
        "more": [*words, word],
        "fewer": words[:place] or words,
        "phrase": [random_.choice(("OxyMap2:", "OxyMap:")), *words],
        "hyphens": "-".join(words).split(),
    }
    return " ".join(changes[random_.choice(list(changes))])


@pytest.mark.parametrize("seed", range(12))
def test_what_is_not_compared_would_not_be_joined(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_ = random.Random(seed)  # noqa: S311 - made-up records
    people = [Author(f"{given} {name}") for given in ("Ann", "Bo") for name in ("Abara", "Castro")]
    records = []
    for number in range(40):
        words = random_.sample(WORDS.split(), 8)
        form = published if number % 2 else preprint
        other = preprint if number % 2 else published
        title, authors = " ".join(words), tuple(random_.sample(people, 3))
        records.append(form(f"10.1000/{number}", title=title, authors=authors))
        for twin in range(random_.choice((1, 2))):
            changed = slip(slip(title, random_), random_)
            some = tuple(random_.sample(authors, random_.choice((2, 3))))
            records.append(other(f"10.2000/{number}.{twin}", title=changed, authors=some))
    verdicts = look_alikes.join(Partition(), records)
    assert len(verdicts) > 5
    for name, value in (
        ("MOST_UNMATCHED", 100),
        ("MIN_SHARE", 0),
        ("_may_be_one", lambda *_: True),
    ):
        monkeypatch.setattr(look_alikes, name, value)
    assert look_alikes.join(Partition(), records) == verdicts


def test_of_two_sources_the_first_by_name_is_compared() -> None:
    elsewhere = Record(source="aspen", identifier=Identifier("doi", "10.1000/a"), kind="version_of_record", title=TITLE,
                       authors=AUTHORS, date="2023-07")  # fmt: skip
    other = published(title="Another title by the same people altogether")
    assert groups(preprint(), elsewhere, other) == 1
    assert groups(other, preprint(), elsewhere) == 1
