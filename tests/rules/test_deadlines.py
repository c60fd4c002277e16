"""The annex to the regulation: when each limit ends. An official can read and check this table."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.deadlines import ZONE, deadline, formula, formula_text, from_json, to_json
from app.rules.limits import Limit, Unit
from app.rules.working_days import Override, WorkingCalendar

from .test_working_days import named_day

NATIONAL = WorkingCalendar()

WORKING_DAYS = [
    # the event (day 0)           days  the last day            why
    ("Thursday 2025-02-06 16:46", 2, "Monday 2025-02-10"),  # the guide's own example: a weekend between
    ("Friday 2025-02-07 00:00:00", 1, "Monday 2025-02-10"),  # the first second of a day belongs to it
    ("Friday 2025-02-07 23:59:59", 1, "Monday 2025-02-10"),  # and so does the last
    ("Saturday 2025-02-08 12:00", 1, "Monday 2025-02-10"),  # issued on a weekend
    ("Sunday 2025-02-09 23:59:59", 2, "Tuesday 2025-02-11"),
    ("Thursday 2026-03-19 10:00", 5, "Tuesday 2026-03-31"),  # across Nauryz and its moved days
    ("Thursday 2025-03-20 10:00", 1, "Wednesday 2025-03-26"),
    ("Monday 2026-03-23 10:00", 1, "Thursday 2026-03-26"),  # issued on a holiday
    ("Tuesday 2024-12-31 18:00", 1, "Sunday 2025-01-05"),  # the working Sunday
    ("Monday 2024-12-30 18:00", 3, "Monday 2025-01-06"),  # across New Year
    ("Friday 2025-01-03 10:00", 2, "Monday 2025-01-06"),
    ("Sunday 2025-01-05 10:00", 2, "Wednesday 2025-01-08"),  # issued on the working Sunday, across Christmas
    ("Wednesday 2025-12-31 10:00", 3, "Thursday 2026-01-08"),
    ("Thursday 2026-04-30 15:00", 10, "Tuesday 2026-05-19"),  # the stop-list across the May holidays
    ("Friday 2024-05-03 10:00", 1, "Saturday 2024-05-04"),  # a working Saturday
    ("Tuesday 2026-05-26 10:00", 1, "Thursday 2026-05-28"),  # Kurban Ait
    ("Friday 2026-10-23 10:00", 1, "Tuesday 2026-10-27"),  # Republic Day on a Sunday moves to Monday
]


@pytest.mark.parametrize(("event", "amount", "last_day"), WORKING_DAYS)
def test_working_days(event, amount, last_day):
    found = deadline(working_days(amount), named_moment(event), NATIONAL)
    assert found.last_day == named_day(last_day)
    assert found.at.astimezone(ZONE).isoformat() == f"{found.last_day}T23:59:59+05:00"


@pytest.mark.parametrize(
    ("event", "amount", "last_day"),
    [
        ("Tuesday 2026-03-31 23:59:59", 30, "Thursday 2026-04-30"),  # the extension, from the old last day
        ("Friday 2026-03-20 09:00", 1, "Saturday 2026-03-21"),  # weekends and holidays count
        ("Saturday 2026-02-28 00:00:00", 1, "Sunday 2026-03-01"),
        ("Wednesday 2028-02-02 12:00", 28, "Wednesday 2028-03-01"),  # a leap year
    ],
)
def test_calendar_days(event, amount, last_day):
    found = deadline(Limit("x", amount, Unit.CALENDAR_DAYS, "test"), named_moment(event), NATIONAL)
    assert found.last_day == named_day(last_day)
    assert found.at.astimezone(ZONE).time().isoformat() == "23:59:59"


@pytest.mark.parametrize(
    ("event", "amount", "last_day"),
    [
        ("Thursday 2026-01-15 23:59:59", 1, "Sunday 2026-02-15"),  # the same day of the next month, worked or not
        ("Saturday 2026-01-31 10:00", 1, "Saturday 2026-02-28"),  # February is too short
        ("Monday 2028-01-31 10:00", 1, "Tuesday 2028-02-29"),
        ("Tuesday 2026-12-01 10:00", 1, "Friday 2027-01-01"),  # across New Year
        ("Monday 2025-11-17 10:00", 14, "Sunday 2027-01-17"),
    ],
)
def test_months(event, amount, last_day):
    found = deadline(Limit("x", amount, Unit.MONTHS, "test"), named_moment(event), NATIONAL)
    assert found.last_day == named_day(last_day)
    assert found.at.astimezone(ZONE).isoformat() == f"{found.last_day}T23:59:59+05:00"
    assert found.over_from == found.at + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("unit", "amount", "event", "end"),
    [
        (Unit.HOURS, 24, "Friday 2026-03-20 16:46", "Saturday 2026-03-21 16:46"),
        (Unit.HOURS, 24, "Thursday 2024-02-29 12:00", "Friday 2024-03-01 11:00"),  # the clocks went back an hour
        (Unit.MINUTES, 5, "Friday 2026-03-20 23:58", "Saturday 2026-03-21 00:03"),
        (Unit.SECONDS, 90, "Friday 2026-03-20 23:58:31", "Saturday 2026-03-21 00:00:01"),
    ],
)
def test_durations_know_no_holidays(unit, amount, event, end):
    found = deadline(Limit("x", amount, unit, "test"), named_moment(event), NATIONAL)
    assert found.at == named_moment(end).astimezone(UTC)
    assert found.last_day == found.at.astimezone(ZONE).date()
    assert found.counted == ()


@pytest.mark.parametrize(
    ("overrides", "last_day"),
    [
        ([], "Friday 2026-11-20"),
        ([Override(date(2026, 11, 19), is_working=False)], "Monday 2026-11-23"),
        ([Override(date(2026, 11, 20), False), Override(date(2026, 11, 21), True)], "Saturday 2026-11-21"),
        ([Override(date(2026, 11, 18), False)], "Friday 2026-11-20"),  # day 0 is not counted anyway
    ],
)
def test_a_decree_moves_days(overrides, last_day):
    found = deadline(working_days(2), named_moment("Wednesday 2026-11-18 10:00"), WorkingCalendar(overrides))
    assert found.last_day == named_day(last_day)


def test_a_day_limit_is_in_time_until_the_last_fraction_of_its_last_second():
    found = deadline(working_days(2), named_moment("Thursday 2025-02-06 16:46"), NATIONAL)
    end_of_day = datetime(2025, 2, 10, 23, 59, 59, 999999, tzinfo=ZONE)
    assert not found.is_over(end_of_day)
    assert found.is_over(end_of_day + timedelta(microseconds=1))
    assert found.over_from == datetime(2025, 2, 11, tzinfo=ZONE)


def test_a_duration_is_over_after_its_moment():
    found = deadline(Limit("x", 24, Unit.HOURS, "test"), named_moment("Thursday 2025-02-06 16:46"), NATIONAL)
    assert not found.is_over(found.at)
    assert found.is_over(found.at + timedelta(microseconds=1))


def test_the_last_day_is_the_local_one():
    found = deadline(working_days(2), named_moment("Thursday 2025-02-06 16:46"), NATIONAL)
    assert found.is_last_day(datetime(2025, 2, 9, 19, 0, tzinfo=UTC))  # 00:00 on Monday in Almaty
    assert not found.is_last_day(datetime(2025, 2, 9, 18, 59, 59, tzinfo=UTC))
    assert not found.is_last_day(datetime(2025, 2, 10, 19, 0, tzinfo=UTC))


def test_the_day_of_the_event_is_the_local_one():
    late_on_thursday_in_london = datetime(2025, 2, 6, 19, 30, tzinfo=UTC)  # Friday 00:30 in Almaty
    assert deadline(working_days(1), late_on_thursday_in_london, NATIONAL).last_day == named_day("Monday 2025-02-10")


def test_a_day_on_which_the_clocks_went_back_is_not_cut_short():
    found = deadline(working_days(1), named_moment("Wednesday 2024-02-28 10:00"), NATIONAL)
    assert found.at == datetime(2024, 2, 29, 18, 59, 59, tzinfo=UTC)


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        deadline(working_days(1), datetime(2025, 2, 6), NATIONAL)  # noqa: DTZ001


def test_the_sum_is_shown():
    assert shown(working_days(5), "Thursday 2026-03-19 10:00") == (
        "5 working days. Start (day 0): Thu 19 March 2026. Counted: 20, 26, 27, 30, 31 March. "
        "Skipped: 21–23 March (Nauryz holiday), 24–25 March (day off moved), 28–29 March (weekend). "
        "Last day: 31 March 2026, 23:59."
    )


def test_the_sum_shows_a_working_weekend_and_ranges_over_months():
    assert shown(working_days(1), "Tuesday 2024-12-31 10:00") == (
        "1 working day. Start (day 0): Tue 31 December 2024. Counted: 5 January. "
        "Counted though usually off: 5 January (working day by transfer). "
        "Skipped: 1–2 January (New Year), 3 January (day off moved), 4 January (weekend). "
        "Last day: 5 January 2025, 23:59."
    )
    assert "Skipped: 31 January – 1 February (weekend)." in shown(working_days(1), "Friday 2026-01-30 10:00")
    assert "Counted: 29, 30 January, 2 February." in shown(working_days(3), "Wednesday 2026-01-28 10:00")


def test_the_sum_of_calendar_days_and_of_durations():
    assert shown(Limit("x", 30, Unit.CALENDAR_DAYS, "test"), "Tuesday 2026-03-31 10:00") == (
        "30 calendar days. Start (day 0): Tue 31 March 2026. Counted: 1–30 April. Last day: 30 April 2026, 23:59."
    )
    assert shown(Limit("x", 24, Unit.HOURS, "test"), "Friday 2026-03-20 16:46") == (
        "24 hours. Start: Fri 20 March 2026, 16:46. Ends: Sat 21 March 2026, 16:46."
    )


def test_the_sum_of_months_counts_no_days():
    assert shown(Limit("x", 1, Unit.MONTHS, "test"), "Saturday 2026-01-31 10:00") == (
        "1 month. Start (day 0): Sat 31 January 2026. Last day: 28 February 2026, 23:59."
    )


def test_every_word_of_the_sum_can_be_translated():
    found = deadline(working_days(1), named_moment("Tuesday 2024-12-31 10:00"), NATIONAL)
    told = formula_text(formula(found), translate=lambda text: f"[{text}]", translate_plural=lambda one, many, n: "<n>")
    assert told.startswith("<n>. [Start (day 0): Tue 31 December 2024.] [Counted: 5 January.]")
    assert "4 January ([weekend])" in told


moments = st.datetimes(datetime(2018, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
limits = st.builds(Limit, st.just("x"), st.integers(1, 40), st.sampled_from(Unit), st.just("test"))


@given(limits, moments)
def test_what_is_stored_beside_a_deadline_gives_it_back(limit, start):
    found = deadline(limit, start, WorkingCalendar([Override(date(2026, 3, 20), False, "Decree")]))
    assert from_json(json.loads(json.dumps(to_json(found)))) == found


@given(limits, moments, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_a_later_event_never_has_an_earlier_deadline(limit, start, later):
    assert deadline(limit, start, NATIONAL).at <= deadline(limit, start + later, NATIONAL).at


@given(limits, moments)
def test_a_limit_is_not_over_when_it_starts(limit, start):
    found = deadline(limit, start, NATIONAL)
    assert not found.is_over(start)
    assert not found.is_over(found.at)
    assert found.is_over(found.over_from)


def working_days(amount: int) -> Limit:
    return Limit("x", amount, Unit.WORKING_DAYS, "test")


def named_moment(text: str) -> datetime:
    weekday, day, clock = text.split()
    named_day(f"{weekday} {day}")
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE)


def shown(limit: Limit, event: str) -> str:
    return formula_text(formula(deadline(limit, named_moment(event), NATIONAL)))
