"""What a limit is: an amount, a unit and the document it rests on; and a date that comes every year.

The numbers are in rule_sets/.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.words import N_, Labelled


class Unit(Labelled):
    """Days and months end at the end of the last day; hours, minutes and seconds are durations."""

    SECONDS = "seconds", N_("seconds")
    MINUTES = "minutes", N_("minutes")
    HOURS = "hours", N_("hours")
    CALENDAR_DAYS = "calendar_days", N_("calendar days")
    WORKING_DAYS = "working_days", N_("working days")
    MONTHS = "months", N_("months")

    @property
    def is_days(self) -> bool:
        """Whether a limit in this unit ends at the end of a day."""
        return self in (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS)


@dataclass(frozen=True)
class Limit:
    """One time limit of a rule set.

    `basis` names its source. `decided_by_clock` is False for a limit of an official: when it has
    passed, the matter surfaces on his desk and in the auditor's list, and no job decides it.
    """

    code: str
    amount: int
    unit: Unit
    basis: str
    decided_by_clock: bool = True

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError(f"the limit {self.code} must be positive, not {self.amount}")


@dataclass(frozen=True, order=True)
class MonthDay:
    """A day of every year. Raises ValueError for one that some years lack."""

    month: int
    day: int

    def __post_init__(self) -> None:
        self.in_year(2001)  # not a leap year: 29 February is refused

    def in_year(self, year: int) -> date:
        return date(year, self.month, self.day)


@dataclass(frozen=True)
class YearlyDate:
    """A date of every year by which (or on which) something is due. Fields as those of Limit."""

    code: str
    on: MonthDay
    basis: str
    decided_by_clock: bool = True

    def next_from(self, day: date) -> date:
        """The first such date that is not before `day`."""
        this_year = self.on.in_year(day.year)
        return this_year if this_year >= day else self.on.in_year(day.year + 1)

    def last_before(self, day: date) -> date:
        """The last such date that is over on `day`."""
        this_year = self.on.in_year(day.year)
        return this_year if this_year < day else self.on.in_year(day.year - 1)
