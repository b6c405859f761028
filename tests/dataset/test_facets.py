"""Columns and sections become facets by a vocabulary."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from harvest.dataset import facets
from harvest.dataset.facets import Vocabulary
from harvest.errors import UsageError
from harvest.models import Dataset, Mention, Place, Provenance
from harvest.readers.walk import read_lists
from tests.support.works import make_work

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return facets.load()


def mention(
    section: tuple[str, ...] = (), title: str | None = None, seed: str = "list.md", **columns: str
) -> Mention:
    return Mention(
        seed=seed,
        line=1,
        url="https://arxiv.org/abs/2301.00001",
        role="paper",
        entry=1,
        section=section,
        title=title,
        columns={name.capitalize(): text for name, text in columns.items()},
    )


def values(
    vocabulary: Vocabulary, *mentions: Mention, title: str | None = None
) -> dict[str, list[str]]:
    return facets.facets_of(mentions, vocabulary, title)[0]


@pytest.mark.parametrize(
    ("facet", "cell", "expected"),
    [
        ("method", "GAN", ["GAN"]),
        ("method", "gan", ["GAN"]),
        ("method", "GAN,VAE", ["GAN", "VAE"]),
        ("method", "H:GAN,VAE", ["Hybrid", "GAN", "VAE"]),
        ("method", "DM", ["Diffusion model"]),
        ("method", "Diffusion Models", ["Diffusion model"]),
        ("method", "Diffusion Model and GAN", ["Diffusion model", "GAN"]),
        ("method", "Language Model", ["Language model"]),
        ("method", "GAN,AE", ["GAN", "Autoencoder"]),
        ("method", "Abacus", [None]),
        ("method", "", []),
        ("application", "Unconditonal", ["Unconditional"]),
        ("application", "Class conditional", ["Class-conditional"]),
        ("application", "Class-conditional", ["Class-conditional"]),
        ("application", "intra-translation", ["Intra-modal translation"]),
        ("application", "Inter-translation", ["Inter-modal translation"]),
        ("application", "text-to-image", ["Text-to-image"]),
        (
            "application",
            "conditioning on other ECG statements;prioir knowledge",
            ["Statement-conditional", "Prior knowledge"],
        ),
        (
            "architecture",
            "classic GAN , DC-DC GAN , AE/VAE-DC",
            ["classic GAN", "DC-DC GAN", "AE/VAE-DC"],
        ),
        (
            "architecture",
            "Composite GAN:LSTM-GAN and DCGAN",
            ["Composite GAN", "LSTM-GAN", "DCGAN"],
        ),
        ("architecture", "Net (one, two) and CNN", ["Net (one, two)", "CNN"]),
        ("architecture", "Cgan", ["cGAN"]),
        ("architecture", "(never closed, so whole", ["(never closed, so whole"]),
        ("evaluation", "U, F, D, C, Q, P", ["U", "F", "D", "C", "Q", "P"]),
        ("evaluation", "Fidelity", ["F"]),
    ],
)
def test_cells(vocabulary: Vocabulary, facet: str, cell: str, expected: list[str | None]) -> None:
    assert [term.value for term in vocabulary.cell(facet, cell)] == expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Electrocardiogram (ECG)", "ECG"),
        ("Electroencephalogram (EEG)", "EEG"),
        ("Dermoscopic Images", "Dermoscopy"),
        ("Mammography Images", "Mammography"),
        ("X-ray Images", "X-ray"),
        ("2. **MRI  Images**", "MRI"),
        ("Images", None),
        ("Contributing", None),
    ],
)
def test_headings_name_a_modality(
    vocabulary: Vocabulary, heading: str, expected: str | None
) -> None:
    assert vocabulary.heading("modality", heading) == expected


@pytest.mark.parametrize(
    ("entry", "scenario"),
    [
        (mention(architecture="Pix2Pix"), ["Paired"]),
        (mention(architecture="HRGAN, based on CycleGAN"), ["Unpaired"]),
        (mention(application="majority to minority conversion"), ["Few-shot and rare disease"]),
        (mention(application="text-to-signal"), ["Text- or semantic-guided"]),
        (mention(title="Federated learning for medical images"), ["Federated and privacy"]),
        (mention(seed="docs/1_paired_translation.md"), ["Paired"]),
        (mention(seed="docs/2_unpaired_synthesis.md"), ["Unpaired"]),
        (mention(("3. Few-Shot & Rare Disease Synthesis",)), ["Few-shot and rare disease"]),
        (mention(("4. Text/Semantic-Guided Synthesis",)), ["Text- or semantic-guided"]),
        (mention(("5. Federated & Privacy-Preserving Generation",)), ["Federated and privacy"]),
        (mention(title="A GAN for semantic segmentation", architecture="DCGAN"), None),
        (mention(title="Impaired vision", architecture="GAN"), None),
    ],
)
def test_a_rule_sets_the_scenario(
    vocabulary: Vocabulary, entry: Mention, scenario: list[str] | None
) -> None:
    values, provenance = facets.facets_of([entry], vocabulary)
    assert values.get("scenario") == scenario
    assert provenance.get("scenario") == (Provenance("rule") if scenario else None)


def test_rules_search_the_title_of_the_work(vocabulary: Vocabulary) -> None:
    assert values(vocabulary, mention(), title="Unpaired translation of scans")["scenario"] == [
        "Unpaired"
    ]


def test_a_listed_scenario_needs_no_rule(vocabulary: Vocabulary) -> None:
    values, provenance = facets.facets_of(
        [mention(scenario="Paired", architecture="CycleGAN")], vocabulary
    )
    assert values["scenario"] == ["Paired"]
    assert provenance["scenario"] == Provenance("list")


def test_a_column_goes_before_a_section(vocabulary: Vocabulary) -> None:
    under = ("Mammography Images",)
    assert values(vocabulary, mention(under, modality="Dermoscopic"))["modality"] == ["Dermoscopy"]
    assert values(vocabulary, mention(under, modality="no such thing"))["modality"] == [
        "Mammography"
    ]
    assert values(vocabulary, mention(under))["modality"] == ["Mammography"]


@pytest.mark.parametrize("heading", ["Others", "Other", "4. Others"])
def test_only_a_column_names_the_rest(vocabulary: Vocabulary, heading: str) -> None:
    assert values(vocabulary, mention((heading,))) == {}
    assert values(vocabulary, mention(("GANs", heading))) == {"method": ["GAN"]}
    assert values(vocabulary, mention(("GANs",), type=heading[-6:].strip(". "))) == {
        "method": ["Other"]
    }


def test_unknown_terms_are_no_values(vocabulary: Vocabulary) -> None:
    assert values(vocabulary, mention(type="Abacus")) == {}


def test_the_order_of_the_mentions_plays_no_part(vocabulary: Vocabulary) -> None:
    mentions = [
        mention(type="GAN", architecture="My Net"),
        mention(type="DM", architecture="my-net"),
        mention(),
    ]
    results = {str(values(vocabulary, *order)) for order in permutations(mentions)}
    assert results == {"{'architecture': ['My Net'], 'method': ['Diffusion model', 'GAN']}"}


def test_default_lists_use_known_terms(
    vocabulary: Vocabulary,
) -> None:
    mentions = read_lists([str(SEEDS)]).mentions
    entries = [
        entry for entry in mentions if entry.role == "paper" and entry.target.kind == "identifier"
    ]
    terms = [
        (name, term)
        for entry in entries
        for name, cell in vocabulary.columns(entry)
        for term in cell
    ]
    assert len(terms) > 400
    assert {(name, term.text) for name, term in terms if term.value is None} == set()


def test_works_get_the_facets_of_their_places(vocabulary: Vocabulary) -> None:
    entry = mention(("Electrocardiogram (ECG)",), type="DM", architecture="SSSD-ECG")
    other = mention(type="GAN", seed="other.md")
    same_line = mention(type="VAE", title="Another one of the same line")
    place = Place(
        seed=entry.seed,
        line=1,
        section=entry.section,
        title=None,
        authors=None,
        date=None,
        url=entry.url,
        label="",
    )
    work = make_work(
        1,
        id="arxiv:2301.00001",
        title="Unpaired",
        mentions=[place],
        provenance={"title": Provenance("arxiv")},
    )
    facets.classify(Dataset(works=[work], repositories=[]), [entry, other, same_line], vocabulary)
    assert work.facets == {
        "architecture": ["SSSD-ECG"],
        "method": ["Diffusion model"],
        "modality": ["ECG"],
        "scenario": ["Unpaired"],
    }
    assert work.provenance["title"] == Provenance("arxiv")
    assert work.provenance["facets.method"] == Provenance("list")
    assert work.provenance["facets.scenario"] == Provenance("rule")


def test_another_field_brings_its_own_vocabulary(tmp_path: Path) -> None:
    path = tmp_path / "robots.toml"
    path.write_text(
        '[facets.robot]\ncolumns = ["Platform"]\nsplit = ["/"]\nterms = { Arm = ["manipulator"] }\n'
        '[[rules]]\nfacet = "robot"\nvalue = "Drone"\nwhere = ["title"]\npattern = "quadrotor"\n',
        "utf-8",
    )
    own = facets.load(str(path))
    whole = Vocabulary({"robot": facets.Facet(columns=("platform",), open=True)})
    assert values(whole, mention(platform=" Arm / Legs "), mention(platform=" ")) == {
        "robot": ["Arm / Legs"]
    }
    assert values(own, mention(platform="Manipulator / Legs", type="GAN")) == {"robot": ["Arm"]}
    assert values(own, mention(title="A Quadrotor")) == {"robot": ["Drone"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[facets", "Expected"),
        ('[facets.a]\ncolumn = ["x"]\n', "column"),
        ('[[rules]]\nfacet = "a"\nvalue = "b"\nwhere = ["title"]\npattern = "("\n', "unterminated"),
        (
            '[[rules]]\nfacet = "a"\nvalue = "b"\nwhere = ["title"]\npattern = "x"\n',
            "'a', which is no facet",
        ),
        (
            '[[rules]]\nfacet = "title"\nvalue = "b"\nwhere = ["title"]\npattern = "x"\n',
            "'title', which is no facet",
        ),
    ],
)
def test_a_broken_vocabulary_says_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "v.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=message):
        facets.load(str(path))


def test_a_missing_vocabulary_is_named() -> None:
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        facets.load("nowhere.toml")
