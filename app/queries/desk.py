"""What waits on an official's desk: work with its deadline, scoped in SQL, bounded however large the town is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, func, literal, null, select, true
from sqlalchemy.orm import Session, aliased

from app import clock
from app.models import (
    Application,
    Child,
    Claim,
    Contract,
    Delivery,
    Kindergarten,
    KindergartenGroup,
    Message,
    Person,
    Referral,
)
from app.models.enums import (
    ApplicationStatus,
    ClaimStatus,
    ContractStatus,
    DeliveryStatus,
    QueueType,
    ReferralStatus,
    Role,
)
from app.queries.invariants import broken_sentences
from app.services.access import Actor, visible

DAYS_AHEAD = 7
MOST_ROWS = 50
MOST_COUNTED = 999


@dataclass(frozen=True)
class Work:
    """One row of the desk. `due` is the last day; `about` names the group, document or sentence; `number` is the
    child's birth year, or how many places are free, or how many rows are broken."""

    kind: str
    row_id: int
    surname: str | None
    given_name: str | None
    number: int | None
    about: str
    due: dt.date | None
    locality_id: int | None = None


@dataclass(frozen=True)
class Tally:
    """How much of one kind waits: overdue, today, and within the week (or without a last day)."""

    overdue: int = 0
    today: int = 0
    week: int = 0

    @property
    def total(self) -> int:
        return self.overdue + self.today + self.week

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.overdue + other.overdue, self.today + other.today, self.week + other.week)


@dataclass(frozen=True)
class Kind:
    """One kind of work: whose it is, and the rows. `only_late`: roles who see it when it is overdue alone."""

    code: str
    roles: frozenset[Role]
    rows: Callable[[Actor], Select[Any]]
    only_late: frozenset[Role] = frozenset()

    def mine(self, actor: Actor) -> bool:
        """Whether this desk is the actor's."""
        return bool(actor.roles & (self.roles | self.only_late))

    def shows_late_only(self, actor: Actor) -> bool:
        return not actor.roles & self.roles


def _of_child(due: Any, model: type[Any], about: Any, locality: Any) -> Select[Any]:
    """The columns of Work for a row that belongs to an application."""
    columns = select(
        model.id.label("row_id"),
        Child.surname,
        Child.given_name,
        func.extract("year", Child.birth_date).label("number"),
        about.label("about"),
        due.label("due"),
        locality.label("locality_id"),
    ).select_from(model)
    if model is not Application:
        columns = columns.join(Application, Application.id == model.application_id)
    return columns.join(Child, Child.id == Application.child_id)


def _claims(actor: Actor) -> Select[Any]:
    return (
        _of_child(Claim.activate_by, Claim, KindergartenGroup.name, Application.locality_id)
        .join(KindergartenGroup, KindergartenGroup.id == Claim.group_id)
        .where(Claim.status == ClaimStatus.WAITING, visible(actor, Claim))
    )


def _checks(actor: Actor) -> Select[Any]:
    return _of_child(Application.check_by, Application, Application.number, Application.locality_id).where(
        Application.status == ApplicationStatus.DOCS_REVIEW, visible(actor, Application), _right_desk(actor)
    )


def _right_desk(actor: Actor) -> ColumnElement[bool]:
    """Benefits of the general queue wait for the department, special queues for their reviewer."""
    general = Application.queue_type == QueueType.GENERAL
    if Role.DEPARTMENT in actor.roles:
        return general
    return ~general if Role.REVIEWER in actor.roles else true()


def _referrals(actor: Actor) -> Select[Any]:
    return (
        _of_child(Referral.use_by, Referral, KindergartenGroup.name, Referral.locality_id)
        .join(KindergartenGroup, KindergartenGroup.id == Referral.group_id)
        .where(
            Referral.status.in_((ReferralStatus.ISSUED, ReferralStatus.EXTENDED)),
            Referral.contract_sent.is_(False),
            visible(actor, Referral),
        )
    )


def _contracts(actor: Actor) -> Select[Any]:
    return _of_child(Contract.review_by, Contract, Contract.number, Contract.locality_id).where(
        Contract.status == ContractStatus.PARENT_SIGNED, visible(actor, Contract)
    )


def _free_places(actor: Actor) -> Select[Any]:
    rows: Any = (
        select(
            KindergartenGroup.id.label("row_id"),
            null().label("surname"),
            null().label("given_name"),
            KindergartenGroup.free.label("number"),
            KindergartenGroup.name.label("about"),
            cast(null(), Date).label("due"),
            Kindergarten.locality_id.label("locality_id"),
        )
        .join(Kindergarten, Kindergarten.id == KindergartenGroup.kindergarten_id)
        .where(KindergartenGroup.free > 0, visible(actor, KindergartenGroup))
    )
    return rows


def _undelivered(actor: Actor) -> Select[Any]:
    reader = aliased(Person)
    rows: Any = (
        select(
            Delivery.id.label("row_id"),
            reader.surname,
            reader.given_name,
            null().label("number"),
            func.coalesce(Delivery.failure, literal("")).label("about"),
            cast(null(), Date).label("due"),
            null().label("locality_id"),
        )
        .join(Message, Message.id == Delivery.message_id)
        .outerjoin(reader, reader.id == Message.person_id)
        .where(Delivery.status == DeliveryStatus.FAILED, visible(actor, Delivery))
    )
    return rows


_AT_KINDERGARTEN = frozenset({Role.HEAD, Role.METHODIST})
_OVERSIGHT = frozenset({Role.DEPARTMENT, Role.AUDITOR})

KINDS: tuple[Kind, ...] = (
    # A claim is never decided by the clock: past its day it surfaces with the department and the auditor.
    Kind("claim", _AT_KINDERGARTEN, _claims, only_late=_OVERSIGHT),
    Kind("check", frozenset({Role.DEPARTMENT, Role.REVIEWER}), _checks, only_late=frozenset({Role.AUDITOR})),
    Kind("contract", _AT_KINDERGARTEN, _contracts, only_late=_OVERSIGHT),
    Kind("referral", _AT_KINDERGARTEN, _referrals),
    Kind("free_places", _AT_KINDERGARTEN, _free_places),
    Kind("undelivered", frozenset({Role.DEPARTMENT, Role.SUPPORT, Role.ADMIN}), _undelivered),
)


def work(session: Session, actor: Actor, now: dt.datetime) -> list[Work]:
    """Everything on the actor's desk up to a week ahead, by deadline; at most 50 rows of a kind."""
    found: list[Work] = []
    for kind in KINDS:
        if kind.mine(actor):
            rows = session.execute(_ordered(kind, actor, clock.local_date(now)).limit(MOST_ROWS))
            found += [Work(kind=kind.code, **row._asdict()) for row in rows]
    if actor.roles & {Role.ADMIN, Role.AUDITOR}:
        found += [
            Work("invariant", 0, None, None, answer.broken, answer.sentence, clock.local_date(now))
            for answer in broken_sentences(session)
        ]
    return sorted(found, key=lambda one: (one.due is None, one.due or dt.date.max, one.kind, one.row_id))


def tallies(session: Session, actor: Actor, now: dt.datetime) -> dict[str, Tally]:
    """How much of each kind waits on the actor's desk; one short statement per kind."""
    today = clock.local_date(now)
    return {kind.code: _tally(session, kind, actor, today) for kind in KINDS if kind.mine(actor)}


def _tally(session: Session, kind: Kind, actor: Actor, today: dt.date) -> Tally:
    due = _ordered(kind, actor, today).order_by(None).limit(MOST_COUNTED).subquery().c.due
    row = session.execute(
        select(
            func.count().filter(due < today),
            func.count().filter(due == today),
            func.count().filter((due > today) | due.is_(None)),
        )
    ).one()
    return Tally(*row)


def _ordered(kind: Kind, actor: Actor, today: dt.date) -> Select[Any]:
    rows = kind.rows(actor)
    due = rows.selected_columns.due
    if kind.shows_late_only(actor):
        wanted = due < today
    else:
        wanted = (due <= today + dt.timedelta(days=DAYS_AHEAD)) | due.is_(None)
    key = rows.selected_columns.row_id
    return rows.where(wanted).order_by(due.asc().nulls_last(), key)


def grouped(rows: Iterable[Work], today: dt.date) -> dict[str, list[Work]]:
    """The rows as "overdue", "today" and "week"."""
    groups: dict[str, list[Work]] = {"overdue": [], "today": [], "week": []}
    for row in rows:
        late = row.due is not None and row.due < today
        groups["overdue" if late else "today" if row.due == today else "week"].append(row)
    return groups
