"""Acts on a voucher: the answer to it, its extension, its end by the clock or by the department.

Sources: guide 001 «Процесс получения ваучера»; explanations of the ministry; D3, D10, D11.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from app import clock
from app.models import Application, StopListEntry, Voucher
from app.models.enums import StopListReason, VoucherEnd, VoucherStatus
from app.rules import consequences, lifecycle
from app.rules.deadlines import Deadline, deadline, to_json
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, messages, record
from app.services.access import Actor
from app.services.regulation import deadline_of, end_of_day, working_calendar
from app.services.stop_list import bear, restored_before
from app.services.voucher_holds import UNUSED, annul, lock_voucher, refuse_if_over, rules_of


def confirm_voucher(session: Session, actor: Actor, voucher_id: int, now: dt.datetime) -> Voucher:
    """«Да»: the place is wanted; from now on the days to choose a kindergarten and to enrol run (D3, D10).

    Raises STALE for an answer that was given already, DEADLINE_PASSED after the last day.
    """
    access.require(session, actor, "confirm_voucher", Voucher, voucher_id)
    voucher, application = lock_voucher(session, voucher_id)
    move = lifecycle.check("confirm_voucher", voucher.status, application.status)
    refuse_if_over(voucher.confirm_by, now, "stop_list")
    before = voucher_state(voucher, application)
    enrol_by = deadline_of(session, rules_of(session, voucher, now), "voucher_enrol", now)
    voucher.status = VoucherStatus.CONFIRMED
    voucher.confirmed_at = now
    voucher.enrol_by = enrol_by.last_day
    voucher.formula = to_json(enrol_by)
    application.status = move.application[1][0] if move.application else application.status
    write_voucher_event(session, actor, now, "confirm_voucher", voucher, application, before)
    messages.notify(session, now, application, "V5", date=enrol_by.last_day)
    return voucher


def refuse_voucher(session: Session, actor: Actor, voucher_id: int, now: dt.datetime) -> Voucher:
    """«Нет»: the voucher is annulled and the application goes where the rules send a refusal."""
    access.require(session, actor, "refuse_voucher", Voucher, voucher_id)
    voucher, application = lock_voucher(session, voucher_id)
    lifecycle.check("refuse_voucher", voucher.status, application.status)
    refuse_if_over(voucher.confirm_by, now, "stop_list")
    before = voucher_state(voucher, application)
    rules = rules_of(session, voucher, now)
    annul(session, voucher, application, VoucherEnd.REFUSED, now)
    bear(session, application, consequences.of_refusal(rules), rules, StopListReason.VOUCHER_UNANSWERED, now)
    write_voucher_event(session, actor, now, "refuse_voucher", voucher, application, before)
    messages.notify(session, now, application, "V4")
    return voucher


def annul_if_unanswered(session: Session, actor: Actor, voucher_id: int, now: dt.datetime) -> bool:
    """A voucher not answered in time is annulled, its application stop-listed (D3). Returns whether it did."""
    voucher, application = lock_voucher(session, voucher_id)
    if voucher.status is not VoucherStatus.ISSUED or now < end_of_day(voucher.confirm_by):
        return False
    lifecycle.check("annul_voucher", voucher.status, application.status)
    before = voucher_state(voucher, application)
    rules = rules_of(session, voucher, now)
    annul(session, voucher, application, VoucherEnd.NO_ANSWER, now)
    consequence = consequences.of_unanswered_voucher(rules, restored_before(session, application.id))
    entry = bear(session, application, consequence, rules, StopListReason.VOUCHER_UNANSWERED, now)
    write_voucher_event(session, actor, now, "annul_voucher", voucher, application, before)
    _tell_annulled(session, now, application, entry)
    return True


def extension_of(session: Session, voucher: Voucher, rules: RuleSet) -> Deadline:
    """The deadline an extension would give, counted from the deadline it extends (D11)."""
    old_last_day = dt.datetime.combine(voucher.enrol_by or voucher.confirm_by, dt.time.min, tzinfo=clock.ZONE)
    return deadline(rules.limit("voucher_extension"), old_last_day, working_calendar(session))


def extend_voucher(session: Session, actor: Actor, voucher_id: int, now: dt.datetime) -> Voucher:
    """Two more working days, offered on the last day, once, without documents (guide 001; D11).

    Raises RuleBroken: EXTEND_TOO_EARLY, EXTEND_USED, DEADLINE_PASSED, STALE.
    """
    access.require(session, actor, "extend_voucher", Voucher, voucher_id)
    voucher, application = lock_voucher(session, voucher_id)
    if voucher.extended_at is not None:
        raise RuleBroken("EXTEND_USED")
    lifecycle.check("extend_voucher", voucher.status, application.status)
    rules = rules_of(session, voucher, now)
    if voucher.enrol_by is None:
        raise RuleBroken("STALE")
    consequences.check_extension(rules, 0, voucher.enrol_by, clock.local_date(now), has_document=True)
    before = voucher_state(voucher, application)
    longer = extension_of(session, voucher, rules)
    voucher.status = VoucherStatus.EXTENDED
    voucher.extended_at = now
    voucher.enrol_by = longer.last_day
    voucher.formula = to_json(longer)
    write_voucher_event(session, actor, now, "extend_voucher", voucher, application, before)
    messages.notify(session, now, application, "V7", date=longer.last_day)
    return voucher


def expire_if_over(session: Session, actor: Actor, voucher_id: int, now: dt.datetime) -> bool:
    """A child not enrolled in time: the voucher is annulled, its place free, its contract lapsed, the application
    archived (guide 001; D10, D11). Returns whether it did."""
    voucher, application = lock_voucher(session, voucher_id)
    if voucher.status not in UNUSED or voucher.enrol_by is None or now < end_of_day(voucher.enrol_by):
        return False
    lifecycle.check("expire_voucher", voucher.status, application.status)
    before = voucher_state(voucher, application)
    lose_voucher(session, voucher, application, now)
    write_voucher_event(session, actor, now, "expire_voucher", voucher, application, before)
    messages.notify(session, now, application, "V8")
    return True


def lose_voucher(session: Session, voucher: Voucher, application: Application, now: dt.datetime) -> None:
    """What a confirmed voucher that was not used in time costs; both rows must be locked."""
    rules = rules_of(session, voucher, now)
    annul(session, voucher, application, VoucherEnd.NOT_ENROLLED, now)
    consequence = consequences.of_missed_placement(rules, application.missed_referrals)
    application.missed_referrals += 1
    bear(session, application, consequence, rules, StopListReason.CONTRACT_LAPSED, now)


def revoke_voucher(session: Session, actor: Actor, voucher_id: int, reason: str, now: dt.datetime) -> Voucher:
    """The department annuls a voucher with a reason; the child returns to its place in the queue (domain 1.9 D)."""
    access.require(session, actor, "revoke_voucher", Voucher, voucher_id)
    if not reason.strip():
        raise RuleBroken("REASON_REQUIRED")
    voucher, application = lock_voucher(session, voucher_id)
    lifecycle.check("revoke_voucher", voucher.status, application.status)
    before = voucher_state(voucher, application)
    rules = rules_of(session, voucher, now)
    annul(session, voucher, application, reason.strip(), now)
    bear(session, application, consequences.BACK_IN_THE_QUEUE, rules, StopListReason.VOUCHER_UNANSWERED, now)
    write_voucher_event(session, actor, now, "revoke_voucher", voucher, application, before, reason.strip())
    messages.notify(session, now, application, "V10", reason=reason.strip())
    return voucher


def write_voucher_event(
    session: Session,
    actor: Actor,
    now: dt.datetime,
    act: str,
    voucher: Voucher,
    application: Application,
    before: dict[str, object],
    reason: str | None = None,
) -> None:
    """The event of an act on a voucher, with where it left voucher and application."""
    after = voucher_state(voucher, application)
    record.write_event(
        session, actor, now, act, voucher, application=application, reason=reason, before=before, after=after
    )


def voucher_state(voucher: Voucher, application: Application) -> dict[str, object]:
    """The facts of a voucher and its application that an event keeps."""
    return {
        "application": application.status,
        **record.state(voucher, "status", "confirm_by", "enrol_by", "group_id", "end_reason"),
    }


def _tell_annulled(session: Session, now: dt.datetime, application: Application, entry: StopListEntry | None) -> None:
    if entry is None:
        messages.notify(session, now, application, "V8")
    else:
        messages.notify(session, now, application, "V3", date=entry.until_day)
