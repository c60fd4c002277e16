"""Which rules apply where and when, and the calendar they are counted by."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.models import HolidayOverride, Locality, RuleSetAssignment
from app.rules import rule_sets
from app.rules.deadlines import Deadline, deadline
from app.rules.rule_sets import RuleSet
from app.rules.working_days import Override, WorkingCalendar

DEFAULT_RULE_SET = "sitcen_2019"


def rule_set_in_force(session: Session, locality_id: int, on: dt.date) -> RuleSet:
    """The rule set of a locality on a date: the latest assignment of the nearest unit above it.

    A nearer unit wins over a later date of a wider one: a town's own choice outlives its region's.
    """
    here = select(Locality.prefix).where(Locality.id == locality_id).scalar_subquery()
    code = session.scalar(
        select(RuleSetAssignment.rule_set)
        .join(Locality, Locality.id == RuleSetAssignment.locality_id)
        .where(here.startswith(Locality.prefix), RuleSetAssignment.from_on <= on)
        .order_by(func.length(Locality.prefix).desc(), RuleSetAssignment.from_on.desc())
        .limit(1)
    )
    return rule_sets.get(code or DEFAULT_RULE_SET)


def working_calendar(session: Session) -> WorkingCalendar:
    """The calendar of working days with every override an official has entered."""
    rows = session.execute(select(HolidayOverride.on, HolidayOverride.is_working, HolidayOverride.reason)).all()
    return WorkingCalendar(tuple(Override(row.on, row.is_working, row.reason) for row in rows))


def deadline_of(session: Session, rules: RuleSet, limit: str, start: dt.datetime) -> Deadline:
    """When `limit` of `rules` ends for an event at `start`, by the calendar as it is known now."""
    return deadline(rules.limit(limit), start, working_calendar(session))


def end_of_day(day: dt.date) -> dt.datetime:
    """The first moment after `day` in the country's zone, in UTC: when a day limit is over."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min, tzinfo=clock.ZONE)
    return midnight.astimezone(dt.UTC)
