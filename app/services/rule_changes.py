"""What an official decides about the rules of a locality: which rule set, and which single numbers.

Each decision begins on a date, rests on a legal act and leaves an event. Deadlines that run already are
stored with their rows and stay where they are. Two decisions for one thing on one date are refused.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Contract, Locality, Referral, RuleOverride, RuleSetAssignment, StopListEntry
from app.models.enums import ContractStatus, ReferralStatus, Role, StopListStatus
from app.rules import overrides, rule_sets
from app.rules.verdict import RuleBroken
from app.services import access, record
from app.services.access import Actor
from app.services.applications import LIVE

#: Who decides about rules; which localities, says `access.visible`.
DECIDE = frozenset({Role.ADMIN, Role.DEPARTMENT})


@dataclass(frozen=True)
class Touched:
    """What lives under the rules of a locality now: applications that will meet the change, deadlines that will not."""

    applications: int
    deadlines: int


def assign(
    session: Session, actor: Actor, locality_id: int, code: str, from_on: dt.date, basis: str, now: dt.datetime
) -> RuleSetAssignment:
    """Gives a locality, and everything below it that has none of its own, a rule set from a date on.

    Raises RuleBroken: RULE_SET_NOT_READY, DATE_IN_PAST, LEGAL_ACT_MISSING, ASSIGNMENT_OVERLAPS;
    OutOfReach, Forbidden.
    """
    place = _permitted(session, actor, locality_id)
    check_assignment(session, locality_id, code, from_on, basis, now)
    row = RuleSetAssignment(locality=place, rule_set=code, from_on=from_on, basis=basis.strip())
    _add(session, row, RuleBroken("ASSIGNMENT_OVERLAPS", date=from_on))
    after = record.state(row, "rule_set", "from_on", "basis")
    record.write_event(session, actor, now, "assign_rules", row, locality_id=locality_id, after=after)
    return row


def check_assignment(
    session: Session, locality_id: int, code: str, from_on: dt.date, basis: str, now: dt.datetime
) -> None:
    """Whether the decision could be taken; errors as in assign. Changes nothing: a preview asks it too."""
    if code not in rule_sets.assignable():
        raise RuleBroken("RULE_SET_NOT_READY")
    _check_decision(from_on, basis, now)
    if session.scalar(select(RuleSetAssignment.id).filter_by(locality_id=locality_id, from_on=from_on)):
        raise RuleBroken("ASSIGNMENT_OVERLAPS", date=from_on)


def override(
    session: Session,
    actor: Actor,
    locality_id: int,
    code: str,
    key: str,
    value: str,
    from_on: dt.date,
    legal_act: str,
    now: dt.datetime,
) -> RuleOverride:
    """Replaces one number of a rule set in a locality, and below it, from a date on. `value` as overrides.to_text.

    Raises RuleBroken: OVERRIDE_UNKNOWN, OVERRIDE_NOT_ALLOWED, OVERRIDE_OUT_OF_BOUNDS, DATE_IN_PAST,
    LEGAL_ACT_MISSING, OVERRIDE_OVERLAPS; OutOfReach, Forbidden.
    """
    place = _permitted(session, actor, locality_id)
    check_override(session, locality_id, code, key, value, from_on, legal_act, now)
    row = RuleOverride(
        locality=place,
        rule_set=code,
        key=key,
        value=overrides.to_text(overrides.from_text(key, value)),
        from_on=from_on,
        legal_act=legal_act.strip(),
        entered_at=now,
    )
    _add(session, row, RuleBroken("OVERRIDE_OVERLAPS", date=from_on))
    after = record.state(row, "rule_set", "key", "value", "from_on", "legal_act")
    record.write_event(session, actor, now, "override_rule", row, locality_id=locality_id, after=after)
    return row


def check_override(
    session: Session,
    locality_id: int,
    code: str,
    key: str,
    value: str,
    from_on: dt.date,
    legal_act: str,
    now: dt.datetime,
) -> None:
    """Whether the decision could be taken; errors as in override. Changes nothing: a preview asks it too."""
    if key not in overrides.keys_of(rule_sets.get(code)):
        raise RuleBroken("OVERRIDE_UNKNOWN", key=key)
    overrides.from_text(key, value)
    _check_decision(from_on, legal_act, now)
    same = select(RuleOverride.id).filter_by(locality_id=locality_id, rule_set=code, key=key, from_on=from_on)
    if session.scalar(same):
        raise RuleBroken("OVERRIDE_OVERLAPS", date=from_on)


def touched(session: Session, locality_id: int) -> Touched:
    """How much lives under the rules of a unit now.

    Localities below that have an assignment of their own are not counted: the decision does not reach them.
    """
    here = _reached(session, locality_id)
    applications = select(func.count()).where(Application.locality_id.in_(here), Application.status.in_(LIVE))
    running = (
        select(func.count()).where(
            Referral.locality_id.in_(here), Referral.status.in_((ReferralStatus.ISSUED, ReferralStatus.EXTENDED))
        ),
        select(func.count()).where(
            Contract.locality_id.in_(here),
            Contract.status.in_((ContractStatus.SENT, ContractStatus.PARENT_SIGNED, ContractStatus.RETURNED)),
        ),
        select(func.count())
        .select_from(StopListEntry)
        .join(Application)
        .where(Application.locality_id.in_(here), StopListEntry.status == StopListStatus.ACTIVE),
    )
    return Touched(int(session.scalar(applications) or 0), sum(int(session.scalar(query) or 0) for query in running))


def _reached(session: Session, locality_id: int) -> Select[Any]:
    prefix = session.get_one(Locality, locality_id).prefix
    below = select(Locality.id).where(Locality.prefix.startswith(prefix, autoescape=True))
    own = session.scalars(
        select(Locality.prefix)
        .join(RuleSetAssignment, RuleSetAssignment.locality_id == Locality.id)
        .where(Locality.prefix.startswith(prefix, autoescape=True), Locality.prefix != prefix)
    ).all()
    for unit in own:
        below = below.where(~Locality.prefix.startswith(unit, autoescape=True))
    return below


def _permitted(session: Session, actor: Actor, locality_id: int) -> Locality:
    access.require_sight(session, actor, Locality, locality_id)
    # Every office person reads the list of localities; a decision needs the unit to be one's own.
    place = session.get_one(Locality, locality_id)
    own = Role.ADMIN in actor.roles or place.prefix.startswith(actor.locality_prefix or "?")
    if not actor.roles & DECIDE or not own:
        raise access.Forbidden("rules of this locality are decided elsewhere")
    return place


def _check_decision(from_on: dt.date, legal_act: str, now: dt.datetime) -> None:
    if from_on < clock.local_date(now):
        raise RuleBroken("DATE_IN_PAST")
    if not legal_act or not legal_act.strip():
        raise RuleBroken("LEGAL_ACT_MISSING")


def _add(session: Session, row: RuleSetAssignment | RuleOverride, overlap: RuleBroken) -> None:
    """Two officials deciding at once meet at the key of the table: the second is told so."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise overlap from error
