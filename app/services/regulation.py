"""Which rules apply where and when, and the calendar they are counted by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, event, func, select
from sqlalchemy.orm import Session

from app import clock
from app.models import HolidayOverride, Locality, RuleOverride, RuleSetAssignment
from app.rules import overrides, rule_sets
from app.rules.deadlines import Deadline, deadline
from app.rules.rule_sets import RuleSet
from app.rules.working_days import Override, WorkingCalendar

DEFAULT_RULE_SET = "sitcen_2019"
_KNOWN = "kezek.rules"


def rule_set_in_force(session: Session, locality_id: int, on: dt.date) -> RuleSet:
    """The rule set of a locality on a date, with every number that is replaced there on that date.

    The latest assignment of the nearest unit above it decides: a nearer unit wins over a later date of a
    wider one, so a town's own choice outlives its region's. Asked once per transaction.
    """
    known = _known(session)
    if (locality_id, on) not in known:
        code = _assigned(session, locality_id, on) or DEFAULT_RULE_SET
        known[(locality_id, on)] = rules_here(session, code, locality_id, on)
    return known[(locality_id, on)]


def rules_here(session: Session, code: str, locality_id: int, on: dt.date) -> RuleSet:
    """The rule set of that code as it stands in a locality on a date: for a row that keeps the code it began under."""
    known = _known(session)
    if (code, locality_id, on) not in known:
        rules = rule_sets.get(code)
        known[(code, locality_id, on)] = overrides.apply(rules, overrides_in_force(session, rules, locality_id, on))
    return known[(code, locality_id, on)]


def rule_sets_in_force(session: Session, locality_ids: Iterable[int], on: dt.date) -> dict[int, RuleSet]:
    """The rule set in force in each of many localities, by three statements however many they are."""
    wanted = session.execute(select(Locality.id, Locality.prefix).where(Locality.id.in_(list(locality_ids)))).all()
    assigned = session.execute(
        select(Locality.prefix, RuleSetAssignment.rule_set)
        .join(Locality, Locality.id == RuleSetAssignment.locality_id)
        .where(RuleSetAssignment.from_on <= on)
        .order_by(func.length(Locality.prefix), RuleSetAssignment.from_on)
    ).all()
    replaced = session.execute(_replaced(on)).all()
    known = _known(session)
    for here in wanted:
        codes = [row.rule_set for row in assigned if here.prefix.startswith(row.prefix)]
        rules = rule_sets.get(codes[-1] if codes else DEFAULT_RULE_SET)
        rows = [row for row in replaced if row.rule_set == rules.code and here.prefix.startswith(row.prefix)]
        known[(here.id, on)] = overrides.apply(rules, _last_of_each(rows, rules))
    return {here.id: known[(here.id, on)] for here in wanted}


def overrides_in_force(session: Session, rules: RuleSet, locality_id: int, on: dt.date) -> list[overrides.RuleOverride]:
    """The replaced numbers of a rule set in a locality: of each number the nearest unit's, then the latest."""
    rows = session.execute(
        _replaced(on).where(_here(locality_id).startswith(Locality.prefix), RuleOverride.rule_set == rules.code)
    ).all()
    return _last_of_each(rows, rules)


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


def _known(session: Session) -> dict[Any, RuleSet]:
    found: dict[Any, RuleSet] = session.info.setdefault(_KNOWN, {})
    return found


def _replaced(on: dt.date) -> Any:
    """Replaced numbers from the widest unit to the nearest, from the oldest to the latest: the last one holds."""
    return (
        select(
            Locality.prefix,
            RuleOverride.rule_set,
            RuleOverride.key,
            RuleOverride.value,
            RuleOverride.from_on,
            RuleOverride.legal_act,
        )
        .join(Locality, Locality.id == RuleOverride.locality_id)
        .where(RuleOverride.from_on <= on)
        .order_by(func.length(Locality.prefix), RuleOverride.from_on)
    )


def _last_of_each(rows: Sequence[Row[Any]], rules: RuleSet) -> list[overrides.RuleOverride]:
    last = {row.key: row for row in rows}
    return [
        overrides.RuleOverride(row.key, overrides.from_text(row.key, row.value), row.from_on, row.legal_act)
        for row in last.values()
        if row.key in overrides.keys_of(rules)
    ]


def _assigned(session: Session, locality_id: int, on: dt.date) -> str | None:
    return session.scalar(
        select(RuleSetAssignment.rule_set)
        .join(Locality, Locality.id == RuleSetAssignment.locality_id)
        .where(_here(locality_id).startswith(Locality.prefix), RuleSetAssignment.from_on <= on)
        .order_by(func.length(Locality.prefix).desc(), RuleSetAssignment.from_on.desc())
        .limit(1)
    )


def _here(locality_id: int) -> Any:
    return select(Locality.prefix).where(Locality.id == locality_id).scalar_subquery()


@event.listens_for(Session, "after_flush")
def _forget_after_change(session: Session, _context: Any) -> None:
    """What this transaction changes in the rules, it lives under from its next question on."""
    changed = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, RuleOverride | RuleSetAssignment) for row in changed):
        session.info.pop(_KNOWN, None)


@event.listens_for(Session, "after_transaction_end")
def _forget_after_transaction(session: Session, transaction: Any) -> None:
    """Another transaction may see what others have changed meanwhile."""
    if transaction.parent is None:
        session.info.pop(_KNOWN, None)
