"""What a limit is: an amount, a unit and the document it rests on. The numbers are in rule_sets/."""

from __future__ import annotations

from dataclasses import dataclass

from app.words import N_, Labelled


class Unit(Labelled):
    """Days end at the end of the last day; hours, minutes and seconds are durations."""

    SECONDS = "seconds", N_("seconds")
    MINUTES = "minutes", N_("minutes")
    HOURS = "hours", N_("hours")
    CALENDAR_DAYS = "calendar_days", N_("calendar days")
    WORKING_DAYS = "working_days", N_("working days")

    @property
    def is_days(self) -> bool:
        return self in (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS)


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
