"""The waiting list of one kindergarten: join it with a live voucher, be offered a place, answer within the day.

Sources: explanations of the ministry; an education department, 2026 (D15).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Application, Kindergarten, KindergartenGroup, Voucher, WaitingListEntry
from app.models.enums import WaitingListStatus
from app.queries.vouchers import open_groups, waiting_for
from app.rules import lifecycle
from app.rules.deadlines import to_json
from app.rules.verdict import RuleBroken
from app.services import access, messages, places, record
from app.services.access import Actor
from app.services.applications import lock_application
from app.services.regulation import deadline_of, end_of_day
from app.services.voucher_holds import WAITS, attach, lock_voucher, refuse_if_over, rules_of
from app.services.voucher_places import tell_chosen


def join_waiting_list(
    session: Session, actor: Actor, voucher_id: int, kindergarten_id: int, now: dt.datetime
) -> WaitingListEntry:
    """The wished kindergarten has no place: the child waits for one there; the voucher's last day runs on.

    Raises RuleBroken: STALE, DEADLINE_PASSED, ALREADY_WAITING, NO_SUCH_GROUP, PLACE_IS_FREE.
    """
    access.require(session, actor, "join_waiting_list", Voucher, voucher_id)
    voucher, application = lock_voucher(session, voucher_id)
    lifecycle.check("join_waiting_list", "", application.status)
    refuse_if_over(voucher.enrol_by, now, "archive")
    _refuse_second(session, application)
    unit = voucher.round.locality if voucher.round else None
    groups = open_groups(session, application, rules_of(session, voucher, now), unit, kindergarten_id)
    if not groups:
        raise RuleBroken("NO_SUCH_GROUP")
    if any(group.free > waiting_for(session, group, application.id) for group in groups):
        raise RuleBroken("PLACE_IS_FREE")
    entry = WaitingListEntry(
        application_id=application.id,
        voucher_id=voucher.id,
        kindergarten_id=kindergarten_id,
        status=WaitingListStatus.WAITING,
        joined_at=now,
        formula={},
    )
    session.add(entry)
    session.flush()
    _record(session, actor, now, "join_waiting_list", entry, application, None)
    return entry


def leave_waiting_list(session: Session, actor: Actor, entry_id: int, now: dt.datetime) -> WaitingListEntry:
    """The parent no longer waits for this kindergarten; an offered place goes to the next child."""
    access.require(session, actor, "leave_waiting_list", WaitingListEntry, entry_id)
    entry, application, _ = lock_entry(session, entry_id)
    lifecycle.check("leave_waiting_list", entry.status)
    _end(session, actor, now, "leave_waiting_list", entry, application, WaitingListStatus.LEFT)
    return entry


def accept_offer(session: Session, actor: Actor, entry_id: int, now: dt.datetime) -> Voucher:
    """The parent takes the offered place: it stays held for the voucher. Raises STALE, DEADLINE_PASSED."""
    access.require(session, actor, "accept_offer", WaitingListEntry, entry_id)
    entry, application, voucher = lock_entry(session, entry_id)
    lifecycle.check("accept_offer", entry.status, application.status)
    refuse_if_over(entry.answer_by, now, "next_child")
    refuse_if_over(voucher.enrol_by, now, "archive")
    if entry.group is None:
        raise RuleBroken("STALE")
    before = entry.status
    entry.status = WaitingListStatus.ACCEPTED
    entry.ended_at = now
    attach(voucher, application, entry.group, now)
    session.flush()
    _record(session, actor, now, "accept_offer", entry, application, before)
    tell_chosen(session, now, voucher, application)
    return voucher


def offer_next(session: Session, actor: Actor, entry_id: int, now: dt.datetime) -> bool:
    """Offers a free place to an entry, when one is there and nobody before it could take it. Returns whether it did."""
    entry, application, voucher = lock_entry(session, entry_id)
    if entry.status is not WaitingListStatus.WAITING or application.status not in _may_wait():
        return False
    unit = voucher.round.locality if voucher.round else None
    rules = rules_of(session, voucher, now)
    for candidate in open_groups(session, application, rules, unit, entry.kindergarten_id):
        group = places.lock_group(session, candidate.id)
        if group.free > 0 and not _somebody_before(session, entry, group):
            return _offer(session, actor, now, entry, application, group)
    return False


def lapse_offer_if_over(session: Session, actor: Actor, entry_id: int, now: dt.datetime) -> bool:
    """An offer not answered in time goes to the next child. Returns whether it did."""
    entry, application, _ = lock_entry(session, entry_id)
    if entry.status is not WaitingListStatus.OFFERED or entry.answer_by is None or now < end_of_day(entry.answer_by):
        return False
    lifecycle.check("lapse_offer", entry.status, application.status)
    _end(session, actor, now, "lapse_offer", entry, application, WaitingListStatus.LAPSED)
    messages.notify(session, now, application, "W2", kindergarten=entry.kindergarten.name)
    return True


def lock_entry(session: Session, entry_id: int) -> tuple[WaitingListEntry, Application, Voucher]:
    """The entry with its application and voucher, all locked, the application first."""
    found = session.execute(
        select(WaitingListEntry.application_id, WaitingListEntry.voucher_id).where(WaitingListEntry.id == entry_id)
    ).one()
    lock_application(session, found.application_id)
    voucher, application = lock_voucher(session, found.voucher_id)
    entry = session.scalars(
        select(WaitingListEntry)
        .where(WaitingListEntry.id == entry_id)
        .with_for_update(of=WaitingListEntry)
        .execution_options(populate_existing=True)
    ).one()
    return entry, application, voucher


def _may_wait() -> tuple[object, ...]:
    application = lifecycle.move("offer_waiting_place").application
    return application[0] if application else ()


def _refuse_second(session: Session, application: Application) -> None:
    name = session.scalar(
        select(Kindergarten.name)
        .join(WaitingListEntry, WaitingListEntry.kindergarten_id == Kindergarten.id)
        .where(WaitingListEntry.application_id == application.id, WaitingListEntry.status.in_(WAITS))
    )
    if name is not None:
        raise RuleBroken("ALREADY_WAITING", kindergarten=name)


def _somebody_before(session: Session, entry: WaitingListEntry, group: KindergartenGroup) -> bool:
    """Whether somebody who joined earlier could take a place of this group."""
    earlier = (
        select(WaitingListEntry.id)
        .join(Application, Application.id == WaitingListEntry.application_id)
        .where(
            WaitingListEntry.kindergarten_id == entry.kindergarten_id,
            WaitingListEntry.status == WaitingListStatus.WAITING,
            Application.birth_year.in_(group.birth_years),
            Application.group_type == group.group_type,
        )
        .order_by(WaitingListEntry.joined_at, WaitingListEntry.id)
        .limit(1)
    )
    return session.scalar(earlier) != entry.id


def _offer(
    session: Session,
    actor: Actor,
    now: dt.datetime,
    entry: WaitingListEntry,
    application: Application,
    group: KindergartenGroup,
) -> bool:
    places.move_places(session, group.id, from_="free", to="held")
    answer_by = deadline_of(session, rules_of(session, entry.voucher, now), "waiting_list_offer", now)
    before = entry.status
    entry.status = WaitingListStatus.OFFERED
    entry.group, entry.group_id = group, group.id
    entry.offered_at = now
    entry.answer_by = answer_by.last_day
    entry.formula = to_json(answer_by)
    session.flush()
    _record(session, actor, now, "offer_waiting_place", entry, application, before)
    messages.notify(session, now, application, "W1", kindergarten=entry.kindergarten.name, date=answer_by.last_day)
    return True


def _end(
    session: Session,
    actor: Actor,
    now: dt.datetime,
    act: str,
    entry: WaitingListEntry,
    application: Application,
    status: WaitingListStatus,
) -> None:
    before = entry.status
    entry.status = status
    entry.ended_at = now
    session.flush()
    if before is WaitingListStatus.OFFERED and entry.group_id is not None:
        places.move_places(session, entry.group_id, from_="held", to="free")
    _record(session, actor, now, act, entry, application, before)


def _record(
    session: Session,
    actor: Actor,
    now: dt.datetime,
    act: str,
    entry: WaitingListEntry,
    application: Application,
    before: WaitingListStatus | None,
) -> None:
    record.write_event(
        session,
        actor,
        now,
        act,
        entry,
        application=application,
        before={"status": before} if before else {},
        after={"application": application.status, **record.state(entry, "status", "group_id", "answer_by")},
    )
