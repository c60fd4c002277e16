"""Which days are worked, and why a day is not."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.working_days import (
    EXCHANGED,
    FIRST_YEAR,
    HOLIDAY_NAMES,
    LAST_YEAR,
    Override,
    SkipCode,
    WorkCode,
    WorkingCalendar,
    YearOutOfRange,
    holiday_name,
)

NATIONAL = WorkingCalendar()
days = st.dates(date(2018, 1, 1), date(2029, 12, 31))


@pytest.mark.parametrize(
    ("day", "code", "name"),
    [
        ("Friday 2026-03-20", None, None),
        ("Saturday 2026-03-21", SkipCode.HOLIDAY, "Nauryz holiday"),  # a holiday first, a Saturday second
        ("Monday 2026-03-23", SkipCode.HOLIDAY, "Nauryz holiday"),
        ("Tuesday 2026-03-24", SkipCode.MOVED_DAY_OFF, "day off moved"),
        ("Saturday 2026-03-28", SkipCode.WEEKEND, "weekend"),
        ("Friday 2025-01-03", SkipCode.MOVED_DAY_OFF, "day off moved"),  # exchanged for Sunday 5 January
        ("Sunday 2025-01-05", None, None),
        ("Wednesday 2026-01-07", SkipCode.HOLIDAY, "Orthodox Christmas"),
        ("Wednesday 2026-05-27", SkipCode.HOLIDAY, "first day of Kurban Ait"),
        ("Monday 2027-03-15", SkipCode.HOLIDAY, "Constitution Day"),
        ("Monday 2026-08-31", None, None),  # no Constitution Day in August from 2026 on
    ],
)
def test_a_day_is_worked_or_says_why_not(day, code, name):
    reason = NATIONAL.why_skipped(named_day(day))
    assert (reason and reason.code, reason and reason.name) == (code, name)
    assert NATIONAL.is_working(named_day(day)) is (code is None)


def test_a_working_weekend_says_why():
    assert NATIONAL.why_worked(date(2025, 1, 5)).code is WorkCode.MOVED_WORKING_DAY
    assert NATIONAL.why_worked(date(2025, 1, 6)) is None
    assert NATIONAL.why_worked(date(2025, 1, 4)) is None


def test_an_override_wins_in_both_directions():
    moved = WorkingCalendar(
        [
            Override(date(2026, 3, 20), False, "Decree 17"),
            Override(date(2026, 3, 28), True),
            Override(date(2025, 1, 5), False),
        ]
    )
    assert moved.why_skipped(date(2026, 3, 20)).name == "Decree 17"
    assert moved.why_worked(date(2026, 3, 28)).code is WorkCode.OVERRIDE
    assert moved.why_skipped(date(2025, 1, 5)).name == "day off by Government decision"


def test_an_override_that_changes_nothing_needs_no_explanation():
    assert WorkingCalendar([Override(date(2026, 3, 20), True)]).why_worked(date(2026, 3, 20)) is None


def test_two_overrides_of_one_day_are_refused():
    with pytest.raises(ValueError, match="twice"):
        WorkingCalendar([Override(date(2026, 3, 20), True), Override(date(2026, 3, 20), False)])


@pytest.mark.parametrize("day", [date(FIRST_YEAR - 1, 12, 31), date(LAST_YEAR + 1, 1, 1)])
def test_a_year_beyond_the_calendar_is_refused(day):
    with pytest.raises(YearOutOfRange):
        NATIONAL.is_working(day)


def test_counting_backwards_is_refused():
    with pytest.raises(ValueError, match="forward"):
        NATIONAL.add_working_days(date(2026, 3, 20), -1)


def test_every_holiday_of_the_package_has_our_word():
    names = {
        holiday_name(name)
        for year in range(2018, 2031)
        for joined in holidays.KZ(years=year, language="en_US").values()
        for name in joined.split("; ")
    }
    assert "Nowruz Holiday" in names
    assert names - {EXCHANGED} <= set(HOLIDAY_NAMES)


@given(days)
def test_agrees_with_the_package_day_by_day(day):
    assert NATIONAL.is_working(day) is holidays.KZ(years=(day.year, day.year + 1)).is_working_day(day)


@given(days, st.integers(0, 30), st.lists(st.tuples(days, st.booleans()), max_size=8, unique_by=lambda one: one[0]))
def test_a_walk_leaves_no_day_out(start, count, overrides):
    calendar = WorkingCalendar(Override(*override) for override in overrides)
    walk = calendar.walk(start, count)
    seen = sorted([*walk.counted, *(day.on for day in walk.skipped)])
    assert len(walk.counted) == count
    assert seen == [start + timedelta(days=n) for n in range(1, len(seen) + 1)]
    assert all(calendar.is_working(day) for day in walk.counted)
    assert {day.on for day in walk.worked} <= set(walk.counted)


@given(days, st.integers(0, 15), st.integers(0, 15))
def test_two_counts_in_a_row_are_one(start, first, second):
    halfway = NATIONAL.add_working_days(start, first)
    assert NATIONAL.add_working_days(halfway, second) == NATIONAL.add_working_days(start, first + second)


def named_day(text: str) -> date:
    weekday, day = text.split()
    found = date.fromisoformat(day)
    assert f"{found:%A}" == weekday, f"{day} is a {found:%A}"
    return found
