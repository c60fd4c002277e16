"""Which days are worked in Kazakhstan, and why a day is not.

The national calendar (Law on Holidays, Government decrees that move days) comes from the `holidays`
package; an official's overrides win over it, because a decree may be published after the package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import holidays

from app.words import N_, Labelled

SATURDAY = 5
FIRST_YEAR = holidays.KZ.start_year
LAST_YEAR = holidays.KZ.end_year

#: The package's English name → the product's English word, which is translated on screen.
HOLIDAY_NAMES = {
    "New Year's Day": N_("New Year"),
    "Orthodox Christmas": N_("Orthodox Christmas"),
    "International Women's Day": N_("International Women's Day"),
    "Nowruz Holiday": N_("Nauryz holiday"),
    "Kazakhstan's People Solidarity Holiday": N_("Unity Day"),
    "Defender of the Fatherland Day": N_("Defender of the Fatherland Day"),
    "Victory Day": N_("Victory Day"),
    "Capital Day": N_("Capital Day"),
    "Constitution Day": N_("Constitution Day"),
    "Republic Day": N_("Republic Day"),
    "First President Day": N_("First President Day"),
    "Independence Day": N_("Independence Day"),
    "Eid al-Adha": N_("first day of Kurban Ait"),
}
#: What the package calls a day off that a decree exchanged for a working weekend.
EXCHANGED = "Day off"
WEEKEND = N_("weekend")
DAY_OFF_MOVED = N_("day off moved")
DAY_OFF_DECIDED = N_("day off by Government decision")
WORKING_BY_TRANSFER = N_("working day by transfer")

_DECORATION = re.compile(r"\s*\((?:observed|estimated|observed, estimated|substituted from [^)]*)\)$")


class SkipCode(Labelled):
    """Why a day is not counted."""

    WEEKEND = "weekend", N_("weekend")
    HOLIDAY = "holiday", N_("public holiday")
    MOVED_DAY_OFF = "moved_day_off", N_("day off moved")
    OVERRIDE = "override", N_("day off by Government decision")


class WorkCode(Labelled):
    """Why a day that is usually off is counted."""

    MOVED_WORKING_DAY = "moved_working_day", N_("working day by transfer")
    OVERRIDE = "override", N_("working day by Government decision")


@dataclass(frozen=True)
class Override:
    """An official's word about one day; `reason` is shown to parents as he wrote it."""

    on: date
    is_working: bool
    reason: str = ""


@dataclass(frozen=True)
class SkipReason:
    """`name` is an English msgid, or the official's own words for an override."""

    code: SkipCode
    name: str


@dataclass(frozen=True)
class WorkReason:
    """As SkipReason, for a weekend or a holiday that is worked."""

    code: WorkCode
    name: str


@dataclass(frozen=True)
class SkippedDay:
    on: date
    reason: SkipReason


@dataclass(frozen=True)
class WorkedDay:
    """A counted day that people would expect to be off."""

    on: date
    reason: WorkReason


@dataclass(frozen=True)
class Walk:
    """The days stepped over while counting: counted ones, skipped ones, and surprising counted ones."""

    counted: tuple[date, ...]
    skipped: tuple[SkippedDay, ...]
    worked: tuple[WorkedDay, ...]


class YearOutOfRange(ValueError):
    """The national calendar does not know this year."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the year {year} is outside the working calendar ({FIRST_YEAR}-{LAST_YEAR})")
        self.year = year


@dataclass(frozen=True)
class WorkingCalendar:
    """The national calendar with an official's overrides. Raises ValueError for two overrides of one day."""

    overrides: tuple[Override, ...] = ()
    _by_day: dict[date, Override] = field(init=False, repr=False, compare=False, hash=False)

    def __init__(self, overrides: Iterable[Override] = ()) -> None:
        object.__setattr__(self, "overrides", tuple(overrides))
        by_day = {override.on: override for override in self.overrides}
        if len(by_day) != len(self.overrides):
            raise ValueError("one day is overridden twice")
        object.__setattr__(self, "_by_day", by_day)

    def is_working(self, day: date) -> bool:
        return self.why_skipped(day) is None

    def why_skipped(self, day: date) -> SkipReason | None:
        """The reason why `day` is not worked, None for a working day. Raises YearOutOfRange."""
        override = self._by_day.get(day)
        if override is None:
            return _national_reason(day)
        if override.is_working:
            return None
        return SkipReason(SkipCode.OVERRIDE, override.reason or DAY_OFF_DECIDED)

    def why_worked(self, day: date) -> WorkReason | None:
        """The reason why a day that is off by the ordinary calendar is worked, else None. Raises YearOutOfRange."""
        override = self._by_day.get(day)
        usually_off = day.weekday() >= SATURDAY or _national_reason(day) is not None
        if not usually_off or not self.is_working(day):
            return None
        if override is not None:
            return WorkReason(WorkCode.OVERRIDE, override.reason or WORKING_BY_TRANSFER)
        return WorkReason(WorkCode.MOVED_WORKING_DAY, WORKING_BY_TRANSFER)

    def walk(self, start: date, working_days: int) -> Walk:
        """Count `working_days` after `start`, which itself is day 0.

        Raises ValueError for a negative count, YearOutOfRange when the count leaves the calendar.
        """
        if working_days < 0:
            raise ValueError("working days are counted forward only")
        counted: list[date] = []
        skipped: list[SkippedDay] = []
        worked: list[WorkedDay] = []
        day = start
        while len(counted) < working_days:
            day += timedelta(days=1)
            reason = self.why_skipped(day)
            if reason is not None:
                skipped.append(SkippedDay(day, reason))
                continue
            counted.append(day)
            surprise = self.why_worked(day)
            if surprise is not None:
                worked.append(WorkedDay(day, surprise))
        return Walk(tuple(counted), tuple(skipped), tuple(worked))

    def add_working_days(self, start: date, working_days: int) -> date:
        """The last of `working_days` counted after `start` (day 0); `start` itself for none. Errors as in walk."""
        counted = self.walk(start, working_days).counted
        return counted[-1] if counted else start


def holiday_name(decorated: str) -> str:
    """The package's name without "(observed)", "(estimated)" and "(substituted from …)"."""
    return _DECORATION.sub("", decorated)


def _national_reason(day: date) -> SkipReason | None:
    days_off, working_weekends = _national_year(day.year)
    if day in working_weekends:
        return None
    # A holiday that falls on a Saturday is named as the holiday: it explains why a Monday is off too.
    if day in days_off:
        return days_off[day]
    return SkipReason(SkipCode.WEEKEND, WEEKEND) if day.weekday() >= SATURDAY else None


@cache
def _national_year(year: int) -> tuple[dict[date, SkipReason], frozenset[date]]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearOutOfRange(year)
    known = holidays.KZ(years=year, language="en_US")
    return {day: _reason(name) for day, name in known.items()}, frozenset(known.weekend_workdays)


def _reason(names: str) -> SkipReason:
    """Two holidays on one day are joined by the package; the holiday itself outweighs a day off moved there."""
    for name in names.split("; "):
        plain = holiday_name(name)
        if plain != EXCHANGED and "(observed" not in name:
            return SkipReason(SkipCode.HOLIDAY, HOLIDAY_NAMES.get(plain, plain))
    return SkipReason(SkipCode.MOVED_DAY_OFF, DAY_OFF_MOVED)
