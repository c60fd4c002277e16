"""Who may stand in the queue, until when, and to which bulletin an application fits.

Ages: Order No. 337 of 14 July 2017 (age by the end of the calendar year; maximum age). Match: user
guide of the bulletin service, June 2019 (the button appears only when everything matches). Yearly
confirmation of interest: an education department (D17). Certificates: list of documents of the public
service (D19).
"""

from __future__ import annotations

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.models.enums import GroupType, Language
from app.rules.deadlines import ZONE, deadline
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.rules.working_days import WorkingCalendar


@dataclass(frozen=True)
class MatchVerdict:
    """What of an application fits a bulletin, one answer per condition."""

    year: bool
    language: bool
    locality: bool
    group: bool

    @property
    def all(self) -> bool:
        return self.first_broken is None

    @property
    def first_broken(self) -> str | None:
        """The code of the first condition that does not hold, as RuleBroken takes it."""
        conditions = {
            "MATCH_YEAR": self.year,
            "MATCH_LANGUAGE": self.language,
            "MATCH_LOCALITY": self.locality,
            "MATCH_GROUP": self.group,
        }
        return next((code for code, holds in conditions.items() if not holds), None)


def age_by_calendar_year(born: date | int, year: int) -> int:
    """The full age reached by 31 December of `year`; `born` is the birth date or year. Groups go by this age."""
    return year - (born if isinstance(born, int) else born.year)


def full_age_months(birth_date: date, on: date) -> int:
    """Full months of age on a day; negative before the birth.

    A month without the day of birth (31, 30 or 29 February) completes the month of age on its last day.
    """
    months = (on.year - birth_date.year) * 12 + on.month - birth_date.month
    last_of_month = calendar.monthrange(on.year, on.month)[1]
    return months if on.day >= min(birth_date.day, last_of_month) else months - 1


def has_reached_max_age(birth_year: int, year: int, rule_set: RuleSet) -> bool:
    """Whether the application is archived in `year` (born 2013: in 2020, at a maximum age of 7)."""
    return age_by_calendar_year(birth_year, year) >= rule_set.max_age_years


def is_old_enough(birth_date: date, on: date, rule_set: RuleSet) -> bool:
    """Whether the child has the minimum age, in full months, on the day of choosing."""
    return full_age_months(birth_date, on) >= rule_set.min_age_months


def interest_is_lost(confirmed_on: date, today: date, rule_set: RuleSet) -> bool:
    """Whether a yearly date has passed without the interest being confirmed in the year before it (D17).

    `confirmed_on` is the day of the last confirmation, or of the submission.
    """
    if rule_set.interest_confirm_by is None:
        return False
    last = rule_set.yearly_date("interest_confirmation").last_before(today)
    return confirmed_on <= rule_set.interest_confirm_by.in_year(last.year - 1)


def interest_is_asked(confirmed_on: date, by: date, rule_set: RuleSet) -> bool:
    """Whether a family is asked before the yearly date `by`: its last answer is as old as the date a year before."""
    yearly = rule_set.interest_confirm_by
    return yearly is not None and confirmed_on <= yearly.in_year(by.year - 1)


def certificate_valid_until(issued_on: date, rule_set: RuleSet, valid_days: int | None = None) -> date:
    """The last day on which a workplace certificate counts (D19); `valid_days` is what its category says instead."""
    if valid_days is not None:
        return issued_on + timedelta(days=valid_days)
    issued_at = datetime.combine(issued_on, time.min, tzinfo=ZONE)
    return deadline(rule_set.limit("certificate_validity"), issued_at, WorkingCalendar()).last_day


def check_certificate(issued_on: date | None, today: date, rule_set: RuleSet, valid_days: int | None = None) -> None:
    """Whether a certificate counts today. Raises RuleBroken: REQUIRED without a date, DATE_IN_FUTURE, DOC_OUTDATED."""
    if issued_on is None:
        raise RuleBroken("REQUIRED")
    if issued_on > today:
        raise RuleBroken("DATE_IN_FUTURE")
    if today > certificate_valid_until(issued_on, rule_set, valid_days):
        raise RuleBroken("DOC_OUTDATED")


def match(
    *,
    child_birth_year: int,
    application_languages: Collection[Language],
    application_locality_id: int,
    application_group_type: GroupType,
    bulletin_birth_years: Collection[int],
    bulletin_language: Language,
    bulletin_locality_id: int,
    bulletin_group_type: GroupType,
) -> MatchVerdict:
    """Whether an application may be sent to a bulletin: birth year, language, locality and group type."""
    return MatchVerdict(
        year=child_birth_year in bulletin_birth_years,
        language=bulletin_language in application_languages,
        locality=application_locality_id == bulletin_locality_id,
        group=application_group_type == bulletin_group_type,
    )
