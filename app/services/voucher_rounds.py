"""Rounds of vouchers: over a city at once, or over all localities of a district. Source: domain 2; guide 001."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Locality, Voucher, VoucherRound
from app.models.enums import ApplicationStatus, Role, VoucherStatus
from app.queries.vouchers import Plan, plan_of_round
from app.rules import lifecycle
from app.rules.deadlines import Deadline, to_json
from app.rules.rule_sets import Allocation, RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, categories, messages, record, standing
from app.services.access import SYSTEM, Actor
from app.services.applications import lock_application
from app.services.regulation import deadline_of, rule_set_in_force
from app.services.vouchers import write_voucher_event


def may_issue(session: Session, actor: Actor, unit: Locality, now: dt.datetime) -> bool:
    """Whether the actor may start a round over the locality now."""
    try:
        _require_reach(actor, unit)
        voucher_rules(session, unit, now)
    except (access.Forbidden, access.OutOfReach, RuleBroken):
        return False
    return True


def preview(session: Session, actor: Actor, locality_id: int, now: dt.datetime) -> Plan:
    """What a round over the locality would issue now, storing nothing. Raises NO_VOUCHERS."""
    unit = session.get_one(Locality, locality_id)
    _require_reach(actor, unit)
    return plan_of_round(session, unit, voucher_rules(session, unit, now), now)


def issue_round(session: Session, actor: Actor, locality_id: int, now: dt.datetime) -> VoucherRound:
    """One round over a city or a district: as many vouchers as there are places, in the order of the queue.

    Two rounds of one unit follow one another, and the second finds the places promised by the first. A
    round that issues nothing is recorded too, when an official asked for it. Raises NO_VOUCHERS.
    """
    unit = _lock_unit(session, locality_id)
    _require_reach(actor, unit)
    rules = voucher_rules(session, unit, now)
    _settle(session, unit, rules, now)
    plan = plan_of_round(session, unit, rules, now)
    row = _new_round(session, actor, unit, rules, plan, now)
    confirm_by = deadline_of(session, rules, "voucher_confirm", now)
    for application_id in sorted(plan.order):  # locked in id order, as every act that locks several does
        lock_application(session, application_id)
    for application_id in plan.order:
        row.issued += _issue(session, actor, row, application_id, confirm_by, now)
    session.flush()
    facts = record.state(row, "free_places", "issued", "skipped", "scope", "rule_set")
    record.write_event(session, actor, now, "issue_round", row, locality_id=unit.id, after=facts)
    return row


def issue_if_any(session: Session, locality_id: int, now: dt.datetime) -> bool:
    """The clock's round: runs only when somebody would get a voucher. Returns whether it did."""
    unit = session.get_one(Locality, locality_id)
    rules = rule_set_in_force(session, unit.id, clock.local_date(now))
    if rules.allocation is not Allocation.VOUCHER or unit.level not in dict(rules.round_scopes):
        return False
    _settle(session, unit, rules, now)
    if not plan_of_round(session, unit, rules, now).order:
        return False
    return issue_round(session, SYSTEM, locality_id, now).issued > 0


def voucher_rules(session: Session, unit: Locality, now: dt.datetime) -> RuleSet:
    """The rules of a unit that issues vouchers. Raises NO_VOUCHERS where none are issued."""
    rules = rule_set_in_force(session, unit.id, clock.local_date(now))
    if rules.allocation is not Allocation.VOUCHER or unit.level not in dict(rules.round_scopes):
        raise RuleBroken("NO_VOUCHERS")
    return rules


def _require_reach(actor: Actor, unit: Locality) -> None:
    """Every office person reads every locality, so that sight of it is not enough: it must be the actor's own."""
    access.permit(actor, "issue_voucher")
    own = actor.locality_prefix
    if Role.SYSTEM not in actor.roles and (own is None or not unit.prefix.startswith(own)):
        raise access.OutOfReach("Locality")


def _lock_unit(session: Session, locality_id: int) -> Locality:
    """The unit locked against another round, and against nothing else: applications go on being filed in it."""
    query = select(Locality).where(Locality.id == locality_id).with_for_update(key_share=True, of=Locality)
    return session.scalars(query).one()


def _settle(session: Session, unit: Locality, rules: RuleSet, now: dt.datetime) -> None:
    """Puts into their categories those who still stand in a line of former rules."""
    below = select(Locality.id).where(Locality.prefix.startswith(unit.prefix, autoescape=True))
    today = clock.local_date(now)
    used = session.scalars(select(Application.locality_id).where(Application.locality_id.in_(below)).distinct()).all()
    here = [place for place in used if rule_set_in_force(session, place, today).code == rules.code]
    for application_id in categories.waiting_elsewhere(session, rules, here):
        application = lock_application(session, application_id)
        if application.status is ApplicationStatus.QUEUED:
            standing.leave(session, application)
            categories.recategorise(session, SYSTEM, application, rules, now, tell=False)


def _new_round(
    session: Session, actor: Actor, unit: Locality, rules: RuleSet, plan: Plan, now: dt.datetime
) -> VoucherRound:
    row = VoucherRound(
        locality=unit,
        rule_set=rules.code,
        scope=str(plan.scope),
        run_at=now,
        run_by_id=actor.user_id,
        free_places=plan.free_places,
        issued=0,
        skipped=list(plan.skipped),
    )
    session.add(row)
    session.flush()
    return row


def _issue(
    session: Session, actor: Actor, row: VoucherRound, application_id: int, confirm_by: Deadline, now: dt.datetime
) -> bool:
    """One voucher of a round. An application that has gone elsewhere meanwhile gets none."""
    application = session.get_one(Application, application_id)
    if application.status is not ApplicationStatus.QUEUED:
        return False
    lifecycle.check("issue_voucher", "", application.status)
    standing.leave(session, application)
    sequence = session.scalar(text("SELECT nextval(pg_get_serial_sequence('voucher', 'id'))"))
    voucher = Voucher(
        id=sequence,
        number=f"V-{clock.local_date(now).year}-{sequence:06d}",
        application_id=application.id,
        round_id=row.id,
        locality_id=application.locality_id,
        status=VoucherStatus.ISSUED,
        issued_at=now,
        confirm_by=confirm_by.last_day,
        formula=to_json(confirm_by),
    )
    application.status = ApplicationStatus.VOUCHER_ISSUED
    session.add(voucher)
    session.flush()
    before: dict[str, object] = {"application": ApplicationStatus.QUEUED}
    write_voucher_event(session, actor, now, "issue_voucher", voucher, application, before)
    messages.notify(session, now, application, "V1", date=confirm_by.last_day)
    return True
