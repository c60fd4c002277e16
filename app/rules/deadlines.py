"""When a limit ends, and the sum that shows it.

The day of the event is day 0; a limit in days ends at 23:59:59 local time of its last day; one in
months at that second of the same day of the month, or of the month's last day; hours, minutes and
seconds are durations. A deadline is computed once, stored with its row together with the counted
and skipped days, and never recomputed when an override is entered later.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.rules.limits import Limit, Unit
from app.rules.sentences import (
    ENGLISH,
    DateWords,
    Translate,
    TranslatePlural,
    day_list,
    day_range,
    english_plural,
    limit_text,
)
from app.rules.working_days import (
    SkipCode,
    SkippedDay,
    SkipReason,
    WorkCode,
    WorkedDay,
    WorkingCalendar,
    WorkReason,
)
from app.words import N_

__all__ = ["ZONE", "Deadline", "Formula", "Limit", "SkippedRange", "Unit"]
__all__ += ["deadline", "formula", "formula_text", "from_json", "to_json"]

ZONE = ZoneInfo("Asia/Almaty")
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True)
class Deadline:
    """The end of a limit. `start` and `at` are UTC; `last_day` is the local date of `at`, inclusive."""

    limit: Limit
    start: datetime
    last_day: date
    at: datetime
    counted: tuple[date, ...] = ()
    skipped: tuple[SkippedDay, ...] = ()
    worked: tuple[WorkedDay, ...] = ()
    zone: ZoneInfo = ZONE

    @property
    def over_from(self) -> datetime:
        """The first moment that is too late; the fraction of 23:59:59 is still in time."""
        return self.at + (timedelta(seconds=1) if self.limit.unit.is_days else datetime.resolution)

    def is_over(self, now: datetime) -> bool:
        return now >= self.over_from

    def is_last_day(self, now: datetime) -> bool:
        return now.astimezone(self.zone).date() == self.last_day


def deadline(limit: Limit, start: datetime, calendar: WorkingCalendar, zone: ZoneInfo = ZONE) -> Deadline:
    """The deadline of `limit` counted from the moment `start`.

    Raises ValueError for a moment without zone, YearOutOfRange for working days beyond the
    calendar, OverflowError beyond the year 9999.
    """
    if start.tzinfo is None:
        raise ValueError("a deadline is counted from a moment with a zone")
    start = start.astimezone(UTC)
    if limit.unit is Unit.WORKING_DAYS:
        walk = calendar.walk(start.astimezone(zone).date(), limit.amount)
        return _ends_with_day(limit, start, zone, walk.counted[-1], walk.counted, walk.skipped, walk.worked)
    if limit.unit is Unit.CALENDAR_DAYS:
        day_0 = start.astimezone(zone).date()
        counted = tuple(day_0 + timedelta(days=n) for n in range(1, limit.amount + 1))
        return _ends_with_day(limit, start, zone, counted[-1], counted)
    if limit.unit is Unit.MONTHS:
        return _ends_with_day(limit, start, zone, months_later(start.astimezone(zone).date(), limit.amount))
    at = start + timedelta(**{limit.unit.value: limit.amount})
    return Deadline(limit, start, at.astimezone(zone).date(), at, zone=zone)


def _ends_with_day(
    limit: Limit,
    start: datetime,
    zone: ZoneInfo,
    last_day: date,
    counted: tuple[date, ...] = (),
    skipped: tuple[SkippedDay, ...] = (),
    worked: tuple[WorkedDay, ...] = (),
) -> Deadline:
    # Where the clocks were put back at midnight (29 February 2024) the day ends with the second 23:59:59.
    at = datetime.combine(last_day, LAST_SECOND, tzinfo=zone).replace(fold=1).astimezone(UTC)
    return Deadline(limit, start, last_day, at, counted, skipped, worked, zone)


def months_later(day: date, amount: int) -> date:
    """The same day of a later month, or the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class SkippedRange:
    """Neighbouring days skipped for one reason."""

    first: date
    last: date
    reason: SkipReason


@dataclass(frozen=True)
class Formula:
    """The sum behind a deadline, for screens that lay it out themselves. `start_at`, `ends_at` are local."""

    limit: Limit
    start_at: datetime
    counted: tuple[date, ...]
    skipped: tuple[SkippedRange, ...]
    worked: tuple[WorkedDay, ...]
    last_day: date
    ends_at: datetime

    @property
    def n(self) -> int:
        return self.limit.amount

    @property
    def unit(self) -> Unit:
        return self.limit.unit

    @property
    def start_day(self) -> date:
        return self.start_at.date()


def formula(deadline: Deadline) -> Formula:
    """The sum behind `deadline`, skipped days gathered into ranges."""
    ranges: list[SkippedRange] = []
    for day in deadline.skipped:
        before = ranges[-1] if ranges else None
        if before and before.reason == day.reason and day.on - before.last == timedelta(days=1):
            ranges[-1] = SkippedRange(before.first, day.on, day.reason)
        else:
            ranges.append(SkippedRange(day.on, day.on, day.reason))
    return Formula(
        limit=deadline.limit,
        start_at=deadline.start.astimezone(deadline.zone),
        counted=deadline.counted,
        skipped=tuple(ranges),
        worked=deadline.worked,
        last_day=deadline.last_day,
        ends_at=deadline.at.astimezone(deadline.zone),
    )


def formula_text(
    formula: Formula,
    translate: Translate = lambda text: text,
    translate_plural: TranslatePlural = english_plural,
    words: DateWords = ENGLISH,
) -> str:
    """The sum as one line: what was counted, what was skipped and why, the last day."""
    sentences = [f"{limit_text(formula.limit, translate_plural)}."]
    if not formula.unit.is_days:
        sentences.append(translate(N_("Start: {moment}.")).format(moment=words.moment(formula.start_at)))
        sentences.append(translate(N_("Ends: {moment}.")).format(moment=words.moment(formula.ends_at)))
        return " ".join(sentences)
    sentences.append(translate(N_("Start (day 0): {date}.")).format(date=words.weekday_date(formula.start_day)))
    if formula.counted:
        sentences.append(translate(N_("Counted: {days}.")).format(days=_counted_days(formula, words)))
    if formula.worked:
        worked = [(day_range(day.on, day.on, words), day.reason.name) for day in formula.worked]
        sentences.append(
            translate(N_("Counted though usually off: {days}.")).format(days=_with_reasons(worked, translate))
        )
    if formula.skipped:
        skipped = [(day_range(days.first, days.last, words), days.reason.name) for days in formula.skipped]
        sentences.append(translate(N_("Skipped: {days}.")).format(days=_with_reasons(skipped, translate)))
    sentences.append(translate(N_("Last day: {date}, 23:59.")).format(date=words.full(formula.last_day)))
    return " ".join(sentences)


def _counted_days(formula: Formula, words: DateWords) -> str:
    if formula.unit is Unit.CALENDAR_DAYS:
        return day_range(formula.counted[0], formula.counted[-1], words)
    return day_list(formula.counted, words)


def _with_reasons(days: list[tuple[str, str]], translate: Translate) -> str:
    return ", ".join(f"{text} ({translate(reason)})" for text, reason in days)


def to_json(deadline: Deadline) -> dict[str, Any]:
    """The facts of a deadline as plain JSON values, to be stored beside it."""
    limit = deadline.limit
    return {
        "limit": {
            "code": limit.code,
            "amount": limit.amount,
            "unit": limit.unit.value,
            "basis": limit.basis,
            "decided_by_clock": limit.decided_by_clock,
        },
        "start": deadline.start.isoformat(),
        "last_day": deadline.last_day.isoformat(),
        "at": deadline.at.isoformat(),
        "zone": deadline.zone.key,
        "counted": [day.isoformat() for day in deadline.counted],
        "skipped": [[day.on.isoformat(), day.reason.code.value, day.reason.name] for day in deadline.skipped],
        "worked": [[day.on.isoformat(), day.reason.code.value, day.reason.name] for day in deadline.worked],
    }


def from_json(facts: Mapping[str, Any]) -> Deadline:
    """The deadline whose facts to_json stored. Raises KeyError or ValueError for anything else."""
    return Deadline(
        limit=Limit(**{**facts["limit"], "unit": Unit(facts["limit"]["unit"])}),
        start=datetime.fromisoformat(facts["start"]),
        last_day=date.fromisoformat(facts["last_day"]),
        at=datetime.fromisoformat(facts["at"]),
        counted=tuple(date.fromisoformat(day) for day in facts["counted"]),
        skipped=tuple(
            SkippedDay(date.fromisoformat(day), SkipReason(SkipCode(code), name))
            for day, code, name in facts["skipped"]
        ),
        worked=tuple(
            WorkedDay(date.fromisoformat(day), WorkReason(WorkCode(code), name)) for day, code, name in facts["worked"]
        ),
        zone=ZoneInfo(facts["zone"]),
    )
