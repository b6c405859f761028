"""People of two lists: how far they agree, whoever wrote the names and in whatever order."""

from __future__ import annotations

import pytest

from harvest.linking.author_lists import Authors, part_name, readings
from harvest.linking.authors import Agreement, Level, compare_authors
from harvest.linking.score import Description, compare
from harvest.models import Author
from tests.support.growth import ends


def people(*names: str) -> tuple[Author, ...]:
    """Return authors as a registry parts them (`Family, Given`), or in one piece."""
    authors = []
    for name in names:
        family, _, given = name.partition(", ")
        authors.append(Author(f"{given} {family}", given, family) if given else Author(name))
    return tuple(authors)


def agreement(one: Authors, other: Authors) -> Agreement | None:
    """Compare in both directions, which must give the same."""
    result = compare_authors(one, other)
    assert compare_authors(other, one) == result
    return result


def level(one: Authors, other: Authors) -> Level | None:
    result = agreement(one, other)
    return None if result is None else result.level


FOUR = people("Goodfellow, Ian J.", "Pouget-Abadie, Jean", "Mirza, Mehdi", "Xu, Bing")


@pytest.mark.parametrize(
    "listed",
    [
        "Ian Goodfellow, Jean Pouget-Abadie, Mehdi Mirza, Bing Xu",
        "Bing Xu, Mehdi Mirza, Jean Pouget-Abadie and Ian Goodfellow",
        "Goodfellow, I. J., Pouget-Abadie, J., Mirza, M. & Xu, B.",
        "Goodfellow IJ, Pouget-Abadie J, Mirza M, Xu B",
        "Goodfellow, Ian and Pouget-Abadie, Jean and Mirza, Mehdi and Xu, Bing",
        "GOODFELLOW, IAN; POUGET-ABADIE, JEAN; MIRZA, MEHDI; XU, BING",
        "Goodfellow, Pouget-Abadie, Mirza and Xu",
        "Ian Goodfellow*, Jean Pouget-Abadie2, Mehdi Mirza\u2020, Bing Xu",
        people("Ian, Goodfellow J.", "Jean, Pouget-Abadie", "Mehdi, Mirza", "Bing, Xu"),
        people("Ian, Goodfellow", "Pouget-Abadie, Jean", "Mirza, Mehdi", "Xu, Bing"),
        people("Goodfellow, I.", "Abadie, Jean Pouget", "Mirza, Mehdi", "Xu, Bing", "ADNI Study Group"),
    ],
)  # fmt: skip
def test_the_same_people_in_any_order_and_style(listed: Authors) -> None:
    assert level(listed, FOUR) is Level.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zhang Wei", people("Zhang, Wei")),
        ("Nguyen Van Duc", people("Nguy\u1ec5n, V\u0103n \u0110\u1ee9c")),
        ("Kov\xe1cs J\xe1nos", people("Kovacs, Janos")),
        ("Kim Min-jun", people("Kim, Minjun")),
        ("X.-M. Wang", people("Wang, Xiaoming")),
        ("Xiao Ming Wang", people("Wang, Xiaoming")),
        ("Wei LI", people("Li, Wei")),
        ("M. Garc\xeda", people("Garc\xeda L\xf3pez, Mar\xeda")),
        ("Mar\xeda L\xf3pez", people("Garc\xeda L\xf3pez, Mar\xeda")),
        ("J. Santos", people("da Silva Santos, Jo\xe3o")),
        ("L. van der Maaten", people("Maaten, Laurens van der")),
        ("Laurens Maaten", people("van der Maaten, Laurens")),
        ("Omar Alkhalil", people("al-Khalil, Omar")),
        ("Robert Downey Jr.", people("Downey, Robert")),
        ("Henry Gates III", people("Gates, Henry")),
        ("K. Mueller", people("M\xfcller, Karl")),
        ("K. Muller", people("M\xfcller, Karl")),
        ('Karl M{\\"u}ller', people("M\xfcller, Karl")),
        ("Jens Ostergaard", people("\xd8sterg\xe5rd, Jens")),
        ("Joerg Baer", people("B\xe4r, J\xf6rg")),
        ("Weinan E", people("E, Weinan")),
        ("Conor OBrien", people("O\u2019Brien, Conor")),
        ("A. Kazerooni", people("Kazerouni, Amirhossein")),
        (
            "\u042e\u0440\u0438\u0439 \u0429\u0435\u0440\u0431\u0430\u043a\u043e\u0432",
            people("Shcherbakov, Iurii"),
        ),
        ("\u0418\u0432\u0430\u043d\u043e\u0432 \u0418. \u0418.", people("Ivanov, Ivan")),
        (
            "\u0393\u03b9\u03ce\u03c1\u03b3\u03bf\u03c2 \u03a0\u03b1\u03c0\u03b1\u03b4\u03cc\u03c0\u03bf\u03c5\u03bb\u03bf\u03c2",
            people("Papadopoulos, Giorgos"),
        ),
        ("\u5f20\u4f1f\uff0c\u738b\u5c0f\u660e", people("Zhang, Wei", "Wang, Xiao-Ming")),
        ("\uae40\ubbfc\uc900, \uc774\uc9c0\uc740", people("Kim, Min-Jun", "Lee, Ji-Eun")),
        ("\u3084\u307e\u3060 \u305f\u308d\u3046", people("Yamada, Tarou")),
        ("محمد علي", people("Ali, Mohammed")),
        ("יוסף לוי", people("Levi, Yosef")),
        ("JosÃ© NuÃ±ez", people("Nuñez, José")),
        ("Y. Li.", people("Li, Yang")),
        ("Li., Y.", people("Li, Yang")),
        ("Jane Xu.; Karl Wu.", people("Xu, Jane", "Wu, Karl")),
        ("Yu. Efremov", people("Efremov, Yuri")),
        ("Efremov, Yu.", people("Efremov, Yuri")),
        ("Ефремов Ю.", people("Efremov, Yuri")),
        ("Ch.-L. Dupont", people("Dupont, Charles-Louis")),
    ],
)
def test_one_name_in_many_spellings(one: str, other: Authors) -> None:
    assert level(one, other) is Level.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Wei Zhang", people("Zhang, Min")),
        ("W. Zhang", people("Chang, Wei")),
        ("Wang, Z.", people("Chang, Wei")),
        ("Wei Zheng", people("Zeng, Wei")),
        ("Li Chen", people("Cheng, Li")),
        ("L. Xue", people("Xu, L.")),
        ("W. Zhang", people("Wei, Z.")),
        ("John Smith", people("Smith, Jane")),
        ("Ben Smith", people("Smith, John")),
        ("D. Smith", people("Smith, J.")),
        ("Bin Wang", people("Wang, Lei")),
        ("Mary Jones", people("Smith, Mary")),
        ("Mary Garcia Perez", people("Garcia Lopez, Maria")),
        ("Jane Xu.; Karl Wu.", people("Xavier, Jane", "Wagner, Karl")),
        ("Li., Y.", people("Lang, Yang")),
        ("\u5f20\u4f1f", "\u738b\u4f1f"),
        ("\u0418\u0432\u0430\u043d\u043e\u0432 \u0418.", people("Petrov, Ivan")),
    ],
)
def test_other_people(one: Authors, other: Authors) -> None:
    result = agreement(one, other)
    assert result is not None
    assert result.level < Level.FEW
    assert result.share < 0.5


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("Ian Goodfellow et al.", (Level.PART, 1.0)),
        ("Goodfellow and others", (Level.PART, 1.0)),
        ("Goodfellow, Ian and others", (Level.PART, 1.0)),
        ("I. Goodfellow, J. Pouget-Abadie, ...", (Level.PART, 1.0)),
        ("Goodfellow", (Level.PART, 0.8)),
        ("Goodfellow, Mirza", (Level.PART, 0.8)),
        ("Mehdi Mirza et al.", (Level.FEW, 0.0)),
        ("Bing Xu", (Level.FEW, 0.0)),
        ("Jean Pouget-Abadie, Bing Xu, Jane Doe, Ann Roe", (Level.MOST, 0.5)),
        ("Jane Doe et al.", (Level.NONE, 0.0)),
        ("Jane Doe, Bing Xu, Ann Roe, Bo Castro", (Level.FEW, 0.0)),
    ],
)
def test_a_part_of_the_people(listed: str, expected: tuple[Level, float]) -> None:
    result = agreement(listed, FOUR)
    assert result is not None
    assert (result.level, result.share) == expected


@pytest.mark.parametrize("place", [0, 2, 4])
def test_one_more_anywhere_is_a_part(place: int) -> None:
    more = [*FOUR[:place], Author("Ann Abara", "Ann", "Abara"), *FOUR[place:]]
    result = agreement(tuple(more), FOUR)
    assert result is not None
    assert (result.level, result.people, result.total) == (Level.PART, 4, 5)


def test_exchanged_given_names_are_reported() -> None:
    """Most names are right, and the list was altered all the same."""
    result = agreement("Mehdi Goodfellow, Jean Pouget-Abadie, Ian Mirza, Bing Xu", FOUR)
    assert result is not None
    assert result.level is Level.ALTERED
    assert result.share < 0.5
    assert result.why == "2 of 4 in both, but ian j goodfellow for mehdi goodfellow"


def test_groups_count_for_neither_side() -> None:
    group = people("ATLAS Collaboration")
    assert level(group, people("Aad, G.")) is None
    assert level(group, people("Aad, G.", "The ATLAS Collaboration")) is Level.SAME
    assert level(group, people("CMS Collaboration")) is Level.NONE


@pytest.mark.parametrize(
    ("name", "person", "group"),
    [
        ("Ann Lee for the Karst Study Group", "ann lee", "karst study group"),
        ("Ann Lee | on behalf of X Group", "ann lee", "x group"),
        ("Ann Lee,  on behalf\tof the X Group", "ann lee", "x group"),
        ("Lee, representing X Group", "lee", "x group"),
        ("Foundation for the Stars Team", None, "foundation for the stars team"),
        (
            "Center for the Study of Language Group",
            None,
            "center for the study of language group",
        ),
        (
            "Task Force for the Management of Sepsis Study",
            None,
            "task force for the management of sepsis study",
        ),
        ("Foo" + " " * 5 + "Study Group", None, "foo study group"),
    ],
)
def test_a_person_is_parted_from_a_group(name: str, person: str | None, group: str) -> None:
    (reading,) = readings((Author(name),))
    assert [it.raw for it in reading.names] == ([person] if person else [])
    assert reading.groups == {group}


def test_other_groups_of_one_kind_are_no_person() -> None:
    stars, moon = people("Foundation for the Stars Team"), people("Foundation for the Moon Team")
    assert level(stars, moon) is Level.NONE


def test_a_group_of_many_spaces_is_read_at_once() -> None:
    with ends():
        assert readings((Author("Foo" + " " * 5_000 + "Study Group"),))


def test_scripts_that_cannot_be_compared_say_nothing() -> None:
    assert level("一青窈", people("Hitoto, Yo")) is None
    assert level("محمد علي", people("Levi, Yosef")) is None
    assert level("\u5f20\u4f1f, \u5c71\u7530\u592a\u90ce", people("Zhang, Wei", "Yamada, Taro")) is Level.SAME  # fmt: skip


def test_japanese_names_in_kanji_are_compared_by_their_family_name() -> None:
    assert level("山田太郎, 齋藤花子", people("Hanako Saito", "Yamada, Taro")) is Level.SAME
    assert level("大野 健", people("Ken Ohno")) is Level.SAME
    assert level("山田太郎", people("Tanaka, Taro")) is Level.NONE
    assert level("山田太郎", people("山田 太郎")) is Level.SAME
    assert level("山田太郎", people("山田健")) is Level.NONE


def test_names_in_kanji_may_be_chinese() -> None:
    assert level("金子强; 高山林", people("Jin, Ziqiang", "Gao, Shanlin")) is Level.SAME
    assert level("金子强", people("Jin, Z.")) is Level.SAME
    assert level("金子强", people("Kaneko, Tsuyoshi")) is Level.SAME
    assert level("金子强", people("Wang, Ziqiang")) is Level.NONE
    assert level("金子强; 高山林", people("Wang, Wei", "Li, Min")) is Level.NONE


def test_one_japanese_family_name_in_several_forms() -> None:
    assert level("渡辺健", people("渡邊 健")) is Level.SAME
    assert level("渡辺健", people("渡邊, 健")) is Level.SAME
    assert level("渡辺健", people("渡邊 誠")) is Level.NONE
    assert level("渡辺健", people("田中 健")) is Level.NONE


@pytest.mark.parametrize("authors", ["", "???", "; ,", "et al.", None, ()])
def test_who_names_nobody_cannot_be_compared(authors: Authors) -> None:
    assert level(authors, FOUR) is None
    title = "A title of some length"
    assert compare(Description(title, authors), Description(title, FOUR), "x").author is None


def test_two_words_are_one_person_or_two() -> None:
    assert level("Wang, Li", people("Wang, Li")) is Level.SAME
    assert level("Wang, Li", people("Wang, Wei", "Li, Min")) is Level.SAME


@pytest.mark.parametrize(
    ("damaged", "whole", "same"),
    [
        ("De?loch", "Dessloch", True),
        ("M?ller", "Muller", True),
        ("Dvo??k", "Dvorak", True),
        ("Nguy?n", "Nguyen", True),
        ("De?loch", "Dexyzloch", False),
        ("M?ller", "Miner", False),
    ],
)
def test_a_lost_letter_stands_for_two_at_most(damaged: str, whole: str, same: bool) -> None:
    result = agreement(f"Jane {damaged}, Bo Roe", f"Jane {whole}, Bo Roe")
    assert result is not None
    assert (result.level is Level.SAME) is same


@pytest.mark.parametrize("letters", [18, 19, 5_000])
def test_a_name_of_lost_letters_is_compared_at_once(letters: int) -> None:
    damaged = "Jane " + "a?" * letters + "zq, Bo Roe"
    with ends():
        assert agreement(damaged, "Jane " + "a" * (2 * letters) + "q, Bo Roe")


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Ian J. Goodfellow", "Ian J.", "Goodfellow"),
        ("Laurens van der Maaten", "Laurens", "van der Maaten"),
        ("Luc Van Gool", "Luc", "Van Gool"),
        ("Martin Luther King Jr.", "Martin Luther", "King Jr."),
        ("Bin Wang", "Bin", "Wang"),
        ("Yu Bin Li", "Yu Bin", "Li"),
        ("Suharto", None, None),
        ("van der Uil, Jan", None, None),
        ("The ATLAS Collaboration", None, None),
        ("\u738b \u5c0f\u660e", None, None),
    ],
)
def test_a_whole_name_is_parted_as_arxiv_does(
    name: str, given: str | None, family: str | None
) -> None:
    assert part_name(Author(name)) == Author(name, given, family)


def test_a_name_that_a_registry_parted_stays() -> None:
    author = Author("Ana Silva Santos", "Ana", "Silva Santos")
    assert part_name(author) is author
