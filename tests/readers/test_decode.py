"""Bytes -> text: encodings, line ends, mojibake."""

from __future__ import annotations

from contextlib import suppress

import pytest
from ftfy.badness import is_bad
from hypothesis import given
from hypothesis import strategies as st

from harvest.errors import SeedError
from harvest.readers.decode import _CLEAN, _GARBLED, decode, repair

ENCODED = [
    ("Müller α\n".encode(), "Müller α\n"),
    ("Müller\r\nα\rb".encode("utf-8-sig"), "Müller\nα\nb"),
    ("Müller α".encode("utf-16"), "Müller α"),
    ("Müller α".encode("utf-16-be").join([b"\xfe\xff", b""]), "Müller α"),
    (b"", ""),
]


@pytest.mark.parametrize(("data", "text"), ENCODED)
def test_encodings(data: bytes, text: str) -> None:
    assert decode(data, "s") == (text, {}, [])


@pytest.mark.parametrize(
    ("data", "text", "line"),
    [
        ("a\nMüller – b\n".encode("cp1252"), "a\nMüller – b\n", 2),
        ("α\n".encode() + b"M\xfcller\n", "α\nMüller\n", 2),
        (b"\x81 a", "\x81 a", 1),
    ],
)
def test_a_line_that_is_no_utf8_is_windows_1252(data: bytes, text: str, line: int) -> None:
    decoded = decode(data, "s")
    assert decoded.text == text
    assert [(finding.line, finding.code) for finding in decoded.findings] == [(line, "encoding")]


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\0\0", "text".encode("utf-16-le"), b"\xff\xfe\x00\xd8a"]
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(SeedError, match=r"^list\.md: "):
        decode(data, "list.md")


TEXTS = [
    "🗂️", "目录", "🌟", "📝", "⭐", "→", "∞", "≥", "✓", "–", "’", "“a”", "…", "日本語", "™", "👩\u200d💻",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_what_went_through_mac_roman_is_repaired(text: str) -> None:
    assert repair(f"A {text.encode().decode('mac_roman')} list") == f"A {text} list"


@pytest.mark.parametrize("text", [*TEXTS, "é", "naïve", "Müller"])
def test_what_went_through_windows_1252_is_repaired(text: str) -> None:
    import ftfy.bad_codecs  # noqa: F401 - registers the codec that keeps the five undefined bytes

    assert repair(f"A {text.encode().decode('sloppy-windows-1252')} list") == f"A {text} list"


CLEAN = [
    "Gustav Müller, José Ñuñez, Çelik", "WGAN-α – a “survey”…", "“café…”", "CAFÉ–BAR", "«\xa0À\xa0»", "voilà…»",
    "√π ≈ 1.77", "目录 🌟 é", "naïve—“é”", "‚so‘ „Äpfel“", "±5 °C, ½", "Ωμέγα", "Привет",
]  # fmt: skip


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_stays(text: str) -> None:
    assert repair(text) == text


def test_a_garbled_sequence_that_is_no_utf8_stays() -> None:
    overlong = b"\xe0\x80\x80".decode("mac_roman") + b"\xf0\x8f\xbf\xbf".decode("mac_roman")
    unassigned = "\U000e0fff".encode().decode("mac_roman")
    assert repair(overlong) == overlong
    assert repair(unassigned) == unassigned


def test_each_repaired_line_is_reported() -> None:
    decoded = decode("clean é\nA â€“ b\n".encode(), "s")
    assert decoded.text == "clean é\nA – b\n"
    assert decoded.raw == {2: "A â€“ b"}
    assert [(f.seed, f.line, f.code, f.message) for f in decoded.findings] == [
        ("s", 2, "mojibake", "garbled characters were read as: A – b")
    ]


def test_the_message_has_what_stands_around_a_repair() -> None:
    text = "A long row. " * 50 + "a â€“ b" + " of a table" * 50
    [finding] = decode(text.encode(), "s").findings
    assert " A long row. a – b of a table of" in finding.message
    assert len(finding.message) < 200


@given(st.text(st.characters(codec="ascii", exclude_characters="\0")))
def test_ascii_only_changes_its_line_ends(text: str) -> None:
    assert decode(text.encode(), "s") == (text.replace("\r\n", "\n").replace("\r", "\n"), {}, [])


@given(st.binary())
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    with suppress(SeedError):
        assert "\r" not in decode(data, "s").text


@given(st.text(st.sampled_from("aA1 .?\t·–—’…\u3000中文한😀")))
def test_nothing_is_garbled_in_what_is_passed_over_as_clean(line: str) -> None:
    assert _CLEAN.fullmatch(line)
    assert not is_bad(line)
    assert not any(garbled.search(line) for garbled in _GARBLED.values())
