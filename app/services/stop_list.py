"""The stop-list: what a miss costs, and the release from it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, StopListEntry
from app.models.enums import ApplicationStatus, ArchiveReason, StopListReason, StopListStatus
from app.queries.queue_number import queue_numbers
from app.rules import lifecycle
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
    application.missed_referrals += 1
    if rules.strikes_to_remove is not None and application.missed_referrals >= rules.strikes_to_remove:
        archive(application, ArchiveReason.NO_SHOW_TWICE, now)
        messages.notify(session, now, application, "R6")
        return None
    until = deadline_of(session, rules, "stop_list", now)
    application.status = ApplicationStatus.STOP_LISTED
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
    """Releases an entry after its last day. Returns whether it did; twice does nothing."""
    entry, application = _lock(session, entry_id)
    if entry.status is not StopListStatus.ACTIVE or now < end_of_day(entry.until_day):
        return False
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
    entry.status = StopListStatus.RELEASED
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
        after={"application": ApplicationStatus.QUEUED, "status": StopListStatus.RELEASED},
    )
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    numbers = queue_numbers(session, application.id, rules)
    messages.notify(session, now, application, "S1", number=min(place.number for place in numbers))
