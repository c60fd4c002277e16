"""Reminders: one letter before each deadline of a family, however often the job runs.

On the last day itself for what is answered with a click or a visit; for the yearly confirmation of interest
some weeks before. Sources: texts of the service P2, R2, K2, V2, V6, Q9; domain D2, D3, D5, D10, D12, D17.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Bulletin, Contract, PriorityAccess, Referral, Reminder, Turn, Voucher
from app.models.enums import (
    ApplicationStatus,
    BulletinStatus,
    ContractStatus,
    ReferralStatus,
    TurnStatus,
    VoucherStatus,
)
from app.rules.eligibility import interest_is_asked
from app.services import messages
from app.services.applications import lock_application
from app.services.regulation import rule_set_in_force

#: How long before the yearly date families are asked whether they still need the place: a decision of the service.
INTEREST_ASKED_BEFORE: Final = dt.timedelta(days=30)


@dataclass(frozen=True)
class Due:
    """One deadline that is to be reminded of: of which row, whose application, the last day."""

    subject: str
    subject_id: int
    application_id: int
    on: dt.date


#: Finds the deadlines of the day, or looks at one row again.
Finder = Callable[[Session, dt.datetime, int | None], list[Due]]


def remind(session: Session, template: str, due: Due, now: dt.datetime) -> bool:
    """Writes the reminder of one deadline to the child's guardians, in their language. False: it was written before.

    The application is locked, so that an answer given meanwhile is not overtaken by a letter that asks for it.
    """
    application = lock_application(session, due.application_id)
    if not _still_due(session, template, due, now):
        return False
    written = session.scalar(
        insert(Reminder)
        .values(template=template, subject=due.subject, subject_id=due.subject_id, due_on=due.on, written_at=now)
        .on_conflict_do_nothing()
        .returning(Reminder.id)
    )
    if written is None:
        return False
    messages.notify(session, now, application, template, date=due.on)
    return True


def was_reminded(session: Session, template: str, subject: str, subject_id: int, due_on: dt.date) -> bool:
    """Whether the deadline was reminded of."""
    found = select(Reminder.id).filter_by(template=template, subject=subject, subject_id=subject_id, due_on=due_on)
    return session.scalar(found) is not None


def _still_due(session: Session, template: str, due: Due, now: dt.datetime) -> bool:
    return due in FINDERS[template](session, now, due.subject_id)


def _on_last_day(model: Any, column: str, *conditions: ColumnElement[bool]) -> Finder:
    """Rows of `model` whose last day in `column` is today."""

    def find(session: Session, now: dt.datetime, only: int | None) -> list[Due]:
        today = clock.local_date(now)
        query = select(model.id, model.application_id).where(getattr(model, column) == today, *conditions)
        if only is not None:
            query = query.where(model.id == only)
        rows = session.execute(query.order_by(model.id)).all()
        return [Due(model.__tablename__, row.id, row.application_id, today) for row in rows]

    return find


def _priority(session: Session, now: dt.datetime, only: int | None) -> list[Due]:
    """Those who alone may claim a place of a bulletin, or choose one in their turn, until the end of today."""
    today = clock.local_date(now)
    query = (
        select(PriorityAccess.application_id, PriorityAccess.bulletin_id, Bulletin.priority_until)
        .join(Bulletin, Bulletin.id == PriorityAccess.bulletin_id)
        .join(Application, Application.id == PriorityAccess.application_id)
        .where(
            Bulletin.status == BulletinStatus.PRIORITY,
            Bulletin.priority_until > now,
            Bulletin.priority_until <= now + dt.timedelta(days=1),
            Application.status.in_((ApplicationStatus.QUEUED, ApplicationStatus.NOTIFIED)),
        )
        .order_by(PriorityAccess.application_id)
    )
    if only is not None:
        query = query.where(PriorityAccess.application_id == only)
    turns = select(Turn.id, Turn.application_id).where(Turn.status == TurnStatus.LIVE, Turn.choose_by == today)
    if only is not None:
        turns = turns.where(Turn.application_id == only)
    told = [Due(f"turn {row.id}", row.application_id, row.application_id, today) for row in session.execute(turns)]
    return told + [
        Due(f"bulletin {row.bulletin_id}", row.application_id, row.application_id, today)
        for row in session.execute(query).all()
        if clock.local_date(row.priority_until - dt.timedelta(microseconds=1)) == today
    ]


def _interest(session: Session, now: dt.datetime, only: int | None) -> list[Due]:
    """Applications whose interest is to be confirmed by a yearly date that comes within the month."""
    today = clock.local_date(now)
    waiting = Application.status == ApplicationStatus.QUEUED
    if only is not None:
        waiting = waiting & (Application.id == only)
    due: list[Due] = []
    for locality_id in session.scalars(select(Application.locality_id).where(waiting).distinct()):
        rules = rule_set_in_force(session, locality_id, today)
        if rules.interest_confirm_by is None:
            continue
        on = rules.yearly_date("interest_confirmation").next_from(today)
        if on - today > INTEREST_ASKED_BEFORE:
            continue
        rows = session.execute(
            select(Application.id, Application.interest_confirmed_at)
            .where(waiting, Application.locality_id == locality_id)
            .order_by(Application.id)
        )
        due += [
            Due("application", row.id, row.id, on)
            for row in rows
            if interest_is_asked(clock.local_date(row.interest_confirmed_at), on, rules)
        ]
    return due


_AWAITED = Contract.status.in_((ContractStatus.SENT, ContractStatus.RETURNED))
_HELD = Voucher.status.in_((VoucherStatus.CONFIRMED, VoucherStatus.ATTACHED))

#: Template → the deadlines it speaks of.
FINDERS: Final[dict[str, Finder]] = {
    "P2": _priority,
    "R2": _on_last_day(Referral, "use_by", Referral.status == ReferralStatus.ISSUED, Referral.contract_sent.is_(False)),
    "R9": _on_last_day(
        Referral, "use_by", Referral.status == ReferralStatus.EXTENDED, Referral.contract_sent.is_(False)
    ),
    "K2": _on_last_day(Contract, "sign_by", _AWAITED),
    "V2": _on_last_day(Voucher, "confirm_by", Voucher.status == VoucherStatus.ISSUED),
    "V6": _on_last_day(Voucher, "enrol_by", _HELD),
    "Q9": _interest,
}
