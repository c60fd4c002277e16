"""A parent's applications with everything that hangs on them, in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from app.models import (
    Application,
    Claim,
    Contract,
    Document,
    Enrolment,
    Event,
    PriorityAccess,
    Referral,
    StopListEntry,
    Turn,
    Voucher,
    WaitingListEntry,
)
from app.models.enums import ApplicationStatus, ContractStatus, DocumentStatus, Role, StopListStatus
from app.services.access import Actor, OutOfReach, visible

ENDED = (ApplicationStatus.ARCHIVED,)
MOST = 50
_EVENTS = 100


@dataclass(frozen=True)
class Journey:
    """One application and the latest of each thing it has met; None for what it has not met."""

    application: Application
    claim: Claim | None = None
    referral: Referral | None = None
    contract: Contract | None = None
    stop_entry: StopListEntry | None = None
    enrolment: Enrolment | None = None
    voucher: Voucher | None = None
    waiting: WaitingListEntry | None = None
    turn: Turn | None = None

    @property
    def by_voucher(self) -> bool:
        """Whether the application's way is that of vouchers."""
        return self.voucher is not None or self.application.priority_category_id is not None

    @property
    def due_on(self) -> dt.date | None:
        """The last day the parent has to keep, None when nothing waits for the parent."""
        status = self.application.status
        if status is ApplicationStatus.NOTIFIED and self.turn is not None:
            return self.turn.choose_by
        if status is ApplicationStatus.REFERRED and self.referral is not None:
            return self.referral.use_by
        if status in (ApplicationStatus.CONTRACTING, ApplicationStatus.REWORK) and self.contract is not None:
            waiting = self.contract.status in (ContractStatus.SENT, ContractStatus.RETURNED)
            return self.contract.sign_by if waiting else None
        return self._voucher_due_on()

    def _voucher_due_on(self) -> dt.date | None:
        status = self.application.status
        if self.voucher is None:
            return None
        if status is ApplicationStatus.VOUCHER_ISSUED:
            return self.voucher.confirm_by
        if status in (ApplicationStatus.VOUCHER_CONFIRMED, ApplicationStatus.KINDERGARTEN_CHOSEN):
            return self.voucher.enrol_by
        return None


@dataclass(frozen=True)
class Change:
    """One line of the history: when, which act, who by role, and the plain facts before and after."""

    at: dt.datetime
    act: str
    role: Role | None
    reason: str | None
    before: dict[str, Any]
    after: dict[str, Any]


def journeys(session: Session, actor: Actor, archived: bool) -> list[Journey]:
    """The applications of the actor's children; the nearest deadline first, then the latest submission."""
    ended = Application.status.in_(ENDED)
    query = (
        select(Application)
        .where(visible(actor, Application), ended if archived else ~ended)
        .order_by(Application.submitted_at.desc(), Application.id.desc())
        .limit(MOST)
    )
    found = _journeys(session, session.scalars(query).unique().all())
    return sorted(found, key=lambda journey: journey.due_on or dt.date.max)


def journey(session: Session, actor: Actor, application_id: int) -> Journey:
    """One application. Raises OutOfReach for somebody else's."""
    query = select(Application).where(Application.id == application_id, visible(actor, Application))
    found = session.scalars(query).unique().one_or_none()
    if found is None:
        raise OutOfReach("Application")
    return _journeys(session, [found])[0]


def history(session: Session, application_id: int) -> list[Change]:
    """What happened to the application, the latest first; roles stand for people."""
    rows = session.scalars(
        select(Event).where(Event.application_id == application_id).order_by(Event.id.desc()).limit(_EVENTS)
    )
    return [
        Change(row.at, row.act, _role(row.actor_role), row.reason, json.loads(row.before), json.loads(row.after))
        for row in rows
        if row.act != "open_file"
    ]


def papers(session: Session, application_id: int) -> list[Document]:
    """The application's own documents that are in force (not those of a contract or a referral)."""
    query = select(Document).where(
        Document.application_id == application_id,
        Document.contract_id.is_(None),
        Document.referral_id.is_(None),
        Document.status != DocumentStatus.REPLACED,
    )
    return list(session.scalars(query.order_by(Document.id.desc())))


def priority_windows(session: Session, application_id: int) -> list[PriorityAccess]:
    """Where the application has been given priority access, the latest first."""
    query = select(PriorityAccess).where(PriorityAccess.application_id == application_id)
    return list(session.scalars(query.order_by(PriorityAccess.notified_at.desc()).limit(10)))


def _journeys(session: Session, found: Sequence[Application]) -> list[Journey]:
    ids = [application.id for application in found]
    claims = _latest(session, Claim, ids, joinedload(Claim.kindergarten), joinedload(Claim.group))
    referrals = _latest(session, Referral, ids, joinedload(Referral.kindergarten), joinedload(Referral.group))
    contracts = _latest(session, Contract, ids, joinedload(Contract.kindergarten), joinedload(Contract.group))
    vouchers = _latest(session, Voucher, ids, joinedload(Voucher.kindergarten), joinedload(Voucher.group))
    waiting = _latest(session, WaitingListEntry, ids, joinedload(WaitingListEntry.kindergarten))
    turns = _latest(session, Turn, ids)
    stops = session.scalars(
        select(StopListEntry).where(
            StopListEntry.application_id.in_(ids), StopListEntry.status == StopListStatus.ACTIVE
        )
    )
    stop_of = {entry.application_id: entry for entry in stops}
    enrolments = session.scalars(
        select(Enrolment)
        .where(
            Enrolment.child_id.in_([application.child_id for application in found]), Enrolment.discharged_on.is_(None)
        )
        .options(joinedload(Enrolment.kindergarten), joinedload(Enrolment.group))
    )
    enrolment_of = {row.child_id: row for row in enrolments}
    return [
        Journey(
            application,
            claims.get(application.id),
            referrals.get(application.id),
            contracts.get(application.id),
            stop_of.get(application.id),
            enrolment_of.get(application.child_id) if application.status is ApplicationStatus.ENROLLED else None,
            vouchers.get(application.id),
            waiting.get(application.id),
            turn=turns.get(application.id),
        )
        for application in found
    ]


def _latest(session: Session, model: Any, application_ids: list[int], *options: Any) -> dict[int, Any]:
    """The newest row of `model` of each application."""
    query = (
        select(model)
        .where(model.application_id.in_(application_ids))
        .ext(distinct_on(model.application_id))
        .order_by(model.application_id, model.id.desc())
        .options(*options)
    )
    return {row.application_id: row for row in session.scalars(query).unique()}


def _role(code: str) -> Role | None:
    return Role(code) if code in set(Role) else None
