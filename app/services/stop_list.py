"""The stop-list: what a miss costs, the ways out of it, and its end."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, StopListEntry
from app.models.enums import ApplicationStatus, ArchiveReason, StopListReason, StopListStatus
from app.queries.queue_number import queue_numbers
from app.rules import consequences, lifecycle
from app.rules.consequences import Consequence
from app.rules.deadlines import to_json
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, messages, record
from app.services.access import Actor
from app.services.applications import archive, back_to_queue, lock_application
from app.services.regulation import deadline_of, end_of_day, rule_set_in_force


def count_a_miss(
    session: Session, application: Application, rules: RuleSet, reason: StopListReason, now: dt.datetime
) -> StopListEntry | None:
    """What a missed referral or contract costs: the stop-list, or the archive at the last strike (D6, D7).

    The application must be locked; the submission moment is never touched. Returns the entry, None when archived.
    """
    consequence = consequences.of_missed_placement(rules, application.missed_referrals)
    application.missed_referrals += 1
    entry = bear(session, application, consequence, rules, reason, now)
    if application.archive_reason is ArchiveReason.NO_SHOW_TWICE:
        messages.notify(session, now, application, "R6")
    return entry


def bear(
    session: Session,
    application: Application,
    consequence: Consequence,
    rules: RuleSet,
    reason: StopListReason,
    now: dt.datetime,
) -> StopListEntry | None:
    """Takes the locked application where a consequence sends it. Returns the entry, if that is the stop-list."""
    if consequence.archive_reason is not None:
        archive(application, consequence.archive_reason, now)
        return None
    if consequence.limit is None:
        back_to_queue(session, application)
        return None
    until = deadline_of(session, rules, consequence.limit, now)
    application.status = consequence.status
    entry = StopListEntry(
        application_id=application.id,
        reason=reason,
        status=StopListStatus.ACTIVE,
        listed_at=now,
        until_day=until.last_day,
        formula=to_json(until),
    )
    session.add(entry)
    session.flush()
    return entry


def restored_before(session: Session, application_id: int) -> int:
    """How often the applicant has taken the application off the stop-list."""
    query = select(func.count()).where(
        StopListEntry.application_id == application_id, StopListEntry.status == StopListStatus.RESTORED
    )
    return session.scalar(query) or 0


def restore(session: Session, actor: Actor, entry_id: int, now: dt.datetime) -> StopListEntry:
    """The applicant takes the application off the stop-list of an unanswered voucher, once, by its own moment (D4).

    Raises RuleBroken: RESTORE_NOT_ALLOWED, RESTORE_USED, DEADLINE_PASSED, STALE.
    """
    access.require(session, actor, "restore", StopListEntry, entry_id)
    entry, application = _lock(session, entry_id)
    lifecycle.check("restore", entry.status, application.status)
    today = clock.local_date(now)
    rules = rule_set_in_force(session, application.locality_id, today)
    consequences.check_restore(rules, entry.reason, restored_before(session, application.id), entry.until_day, today)
    _release(session, actor, entry, application, "restore", None, now)
    return entry


def release(session: Session, actor: Actor, entry_id: int, reason: str, now: dt.datetime) -> StopListEntry:
    """The department releases a child early, with a reason."""
    access.require(session, actor, "release", StopListEntry, entry_id)
    if not reason.strip():
        raise RuleBroken("REASON_REQUIRED")
    entry, application = _lock(session, entry_id)
    lifecycle.check("release", entry.status, application.status)
    _release(session, actor, entry, application, "release", reason.strip(), now)
    return entry


def release_if_over(session: Session, actor: Actor, entry_id: int, now: dt.datetime) -> bool:
    """Ends an entry after its last day: back in the queue, or archived where the applicant had to act (D4, D6).

    Returns whether it did; twice does nothing.
    """
    entry, application = _lock(session, entry_id)
    if entry.status is not StopListStatus.ACTIVE or now < end_of_day(entry.until_day):
        return False
    over = consequences.of_stop_list_over(entry.reason)
    if over.archive_reason is not None:
        _escalate(session, actor, entry, application, over.archive_reason, now)
        return True
    lifecycle.check("release_in_time", entry.status, application.status)
    _release(session, actor, entry, application, "release_in_time", None, now)
    return True


def _lock(session: Session, entry_id: int) -> tuple[StopListEntry, Application]:
    application_id = session.scalars(select(StopListEntry.application_id).where(StopListEntry.id == entry_id)).one()
    application = lock_application(session, application_id)
    entry = session.scalars(
        select(StopListEntry)
        .where(StopListEntry.id == entry_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return entry, application


def _release(
    session: Session,
    actor: Actor,
    entry: StopListEntry,
    application: Application,
    act: str,
    reason: str | None,
    now: dt.datetime,
) -> None:
    entry.status = StopListStatus.RESTORED if act == "restore" else StopListStatus.RELEASED
    entry.ended_at = now
    back_to_queue(session, application)
    record.write_event(
        session,
        actor,
        now,
        act,
        entry,
        application=application,
        reason=reason,
        before={"application": ApplicationStatus.STOP_LISTED, "status": StopListStatus.ACTIVE},
        after={"application": ApplicationStatus.QUEUED, "status": entry.status},
    )
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    numbers = queue_numbers(session, application.id, rules)
    messages.notify(session, now, application, "S1", number=min(place.number for place in numbers))


def _escalate(
    session: Session,
    actor: Actor,
    entry: StopListEntry,
    application: Application,
    reason: ArchiveReason,
    now: dt.datetime,
) -> None:
    lifecycle.check("escalate_stop_list", entry.status, application.status)
    entry.status = StopListStatus.ESCALATED
    entry.ended_at = now
    archive(application, reason, now)
    record.write_event(
        session,
        actor,
        now,
        "escalate_stop_list",
        entry,
        application=application,
        before={"application": ApplicationStatus.STOP_LISTED, "status": StopListStatus.ACTIVE},
        after={"application": ApplicationStatus.ARCHIVED, "status": StopListStatus.ESCALATED},
    )
    messages.notify(session, now, application, "S3")
