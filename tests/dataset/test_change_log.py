"""The dated log of changes."""

from __future__ import annotations

import msgspec
import pytest

from harvest.dataset import change_log
from harvest.dataset.changes import Change, Changes

DAY, NEXT = "2026-11-20", "2026-11-21"
RETITLED = Change("doi:10.1/a", "retitled", "source changed", before="A, B", after='"C"\nD')


def stars(before: int, after: int) -> Changes:
    return Changes(
        repositories=[Change("github:o/n", "stars", "source changed", None, before, after)]
    )


def test_a_log_begins_with_its_head() -> None:
    assert change_log.extend(None, Changes(), DAY) == b"date,id,kind,cause,title,before,after\n"


def test_changes_are_read_back() -> None:
    log = change_log.extend(None, Changes(works=[RETITLED]), DAY)
    [row] = change_log.read(log)
    assert (row.date, row.before, row.after, row.title) == (DAY, "A, B", '"C"\nD', None)


def test_a_quiet_night_adds_nothing() -> None:
    log = change_log.extend(None, Changes(works=[RETITLED]), DAY)
    assert change_log.extend(log, Changes(), NEXT) == log


def test_a_change_is_logged_once_a_day() -> None:
    news = Changes(works=[RETITLED])
    log = change_log.extend(None, news, DAY)
    assert change_log.extend(log, news, DAY) == log
    assert len(change_log.read(change_log.extend(log, news, NEXT))) == 2


def test_two_new_titles_on_a_day_are_both_logged() -> None:
    log = change_log.extend(None, Changes(works=[RETITLED]), DAY)
    again = msgspec.structs.replace(RETITLED, before="C", after="E")
    assert len(change_log.read(change_log.extend(log, Changes(works=[again]), DAY))) == 2


def test_stars_have_one_row_a_day_and_none_is_lost() -> None:
    log = change_log.extend(None, stars(1, 2), DAY)
    log = change_log.extend(log, stars(2, 5), DAY)
    log = change_log.extend(log, stars(5, 6), NEXT)
    assert [(row.before, row.after) for row in change_log.read(log)] == [(1, 2), (2, 6)]


def test_a_log_without_a_last_line_end_is_mended() -> None:
    log = change_log.extend(None, stars(1, 2), DAY).rstrip(b"\n")
    assert len(change_log.read(change_log.extend(log, stars(2, 3), NEXT))) == 2


def test_a_formula_is_read_back_as_it_was() -> None:
    news = Changes(works=[msgspec.structs.replace(RETITLED, after="=1+1")])
    log = change_log.extend(None, news, DAY)
    assert b",'=1+1" in log
    assert change_log.read(log)[0].after == "=1+1"


def test_a_row_of_an_unknown_kind_is_an_error() -> None:
    log = change_log.extend(None, Changes(works=[RETITLED]), DAY)
    with pytest.raises(msgspec.ValidationError):
        change_log.read(log.replace(b"retitled", b"renamed?"))
