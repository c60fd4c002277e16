"""Who may act on which row. The same predicate guards a single act and every list, in SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from app.models import (
    Account,
    Application,
    BenefitCategory,
    Bulletin,
    Child,
    Claim,
    Contract,
    DeadlineSummary,
    Delivery,
    Document,
    Enrolment,
    Event,
    Guardianship,
    HolidayOverride,
    InvariantCheck,
    JobRun,
    Kindergarten,
    KindergartenGroup,
    Locality,
    MergeRequest,
    Message,
    Person,
    PlacesSummary,
    PriorityCategory,
    QueueSummary,
    Referral,
    RuleOverride,
    RuleSetAssignment,
    SignedChoice,
    StopListEntry,
    Turn,
    Voucher,
    VoucherRound,
    WaitingListEntry,
    WaitingSummary,
)
from app.models.enums import QueueType, Role
from app.rules import lifecycle

STAFF = frozenset({Role.ADMIN, Role.DEPARTMENT, Role.REVIEWER, Role.HEAD, Role.METHODIST, Role.SUPPORT, Role.AUDITOR})
_SEES_ALL = frozenset({Role.ADMIN, Role.AUDITOR, Role.SYSTEM})
_OF_LOCALITY = frozenset({Role.DEPARTMENT, Role.SUPPORT})
_OF_KINDERGARTEN = frozenset({Role.HEAD, Role.METHODIST})


class OutOfReach(Exception):
    """The row does not exist for this actor; the edge answers 404 and tells nothing more."""


class Forbidden(Exception):
    """The actor sees the row but may not do this; the edge answers 403."""


@dataclass(frozen=True)
class Actor:
    """Who acts: the account, its roles, and what it is tied to."""

    roles: frozenset[Role]
    user_id: int | None = None
    person_id: int | None = None
    kindergarten_id: int | None = None
    locality_prefix: str | None = None
    review_queue: QueueType | None = None

    @property
    def role(self) -> Role:
        """The role written into events: the strongest one, staff before parent."""
        return next((role for role in Role if role in self.roles), Role.PARENT)

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF)


SYSTEM = Actor(roles=frozenset({Role.SYSTEM}))


def actor_of(account: Account) -> Actor:
    """The actor behind a logged-in account."""
    names = {str(role) for role in Role}
    return Actor(
        roles=frozenset(Role(role.name) for role in account.roles if role.name in names),
        user_id=account.id,
        person_id=account.person_id,
        kindergarten_id=account.kindergarten_id,
        locality_prefix=account.locality.prefix if account.locality else None,
        review_queue=account.review_queue,
    )


def visible(actor: Actor, model: type[Any]) -> ColumnElement[bool]:
    """The SQL condition on `model` that lets through exactly the rows `actor` may see.

    A model without a rule is seen by nobody but those who see all: forgetting one hides, never shows.
    """
    if actor.roles & _SEES_ALL:
        return true()
    clauses: list[ColumnElement[bool]] = []
    if actor.roles & _OF_KINDERGARTEN and actor.kindergarten_id is not None:
        clauses.append(_rule(_BY_KINDERGARTEN, model, actor))
    if actor.roles & _OF_LOCALITY and actor.locality_prefix is not None:
        clauses.append(_rule(_BY_LOCALITY, model, actor))
    if Role.REVIEWER in actor.roles and actor.review_queue is not None:
        clauses.append(_rule(_BY_REVIEW_QUEUE, model, actor))
    if Role.PARENT in actor.roles and actor.person_id is not None:
        clauses.append(_rule(_BY_PARENT, model, actor))
    if actor.is_staff and model in _REFERENCE:
        clauses.append(true())
    return or_(*clauses) if clauses else false()


def require(session: Session, actor: Actor, verb: str, model: type[Any], row_id: int) -> None:
    """Lets `actor` make the move `verb` on the row, or raises OutOfReach / Forbidden.

    Permission comes from the lifecycle table, reach from `visible`: a list can never show a row whose
    buttons work for somebody else, and a button can never work where the list is blind.
    """
    require_sight(session, actor, model, row_id)
    if not lifecycle.move(verb).by & actor.roles:
        raise Forbidden(verb)


def require_sight(session: Session, actor: Actor, model: type[Any], row_id: int) -> None:
    """Raises OutOfReach unless `actor` sees the row."""
    if session.scalar(select(model.id).where(model.id == row_id, visible(actor, model))) is None:
        raise OutOfReach(model.__name__)


def permit(actor: Actor, verb: str) -> None:
    """Raises Forbidden unless one of the actor's roles may make the move (rows are checked apart)."""
    if not lifecycle.move(verb).by & actor.roles:
        raise Forbidden(verb)


Rule = Callable[[Actor], ColumnElement[bool]]


def _rule(rules: dict[type[Any], Rule], model: type[Any], actor: Actor) -> ColumnElement[bool]:
    rule = rules.get(model)
    return rule(actor) if rule else false()


def _subtree(actor: Actor) -> Select[Any]:
    return select(Locality.id).where(Locality.prefix.startswith(actor.locality_prefix or "?", autoescape=True))


def _kindergartens(actor: Actor) -> Select[Any]:
    return select(Kindergarten.id).where(Kindergarten.locality_id.in_(_subtree(actor)))


def _applications_at_kindergarten(actor: Actor) -> Select[Any]:
    claims = select(Claim.application_id).where(Claim.kindergarten_id == actor.kindergarten_id)
    referrals = select(Referral.application_id).where(Referral.kindergarten_id == actor.kindergarten_id)
    vouchers = select(Voucher.application_id).where(Voucher.kindergarten_id == actor.kindergarten_id)
    return claims.union(referrals, vouchers)  # type: ignore[return-value]


def _applications_in_locality(actor: Actor) -> Select[Any]:
    return select(Application.id).where(Application.locality_id.in_(_subtree(actor)))


def _applications_to_review(actor: Actor) -> Select[Any]:
    return select(Application.id).where(_review(actor))


def _review(actor: Actor) -> ColumnElement[bool]:
    clause = Application.queue_type == actor.review_queue
    if actor.locality_prefix is not None:
        clause = clause & Application.locality_id.in_(_subtree(actor))
    return clause


def _own_children(actor: Actor) -> Select[Any]:
    return select(Guardianship.child_id).where(Guardianship.person_id == actor.person_id)


def _own_applications(actor: Actor) -> Select[Any]:
    return select(Application.id).where(Application.child_id.in_(_own_children(actor)))


def _counted_for_kindergarten(summary: type[Any]) -> Rule:
    return lambda actor: summary.kindergarten_id == actor.kindergarten_id


def _counted_below(summary: type[Any]) -> Rule:
    return lambda actor: or_(
        summary.locality_id.in_(_subtree(actor)), summary.kindergarten_id.in_(_kindergartens(actor))
    )


def _children_of(applications: Callable[[Actor], Select[Any]]) -> Rule:
    return lambda actor: Child.id.in_(select(Application.child_id).where(Application.id.in_(applications(actor))))


def _guardians_of(applications: Callable[[Actor], Select[Any]]) -> Rule:
    return lambda actor: Person.id.in_(
        select(Guardianship.person_id)
        .join(Application, Application.child_id == Guardianship.child_id)
        .where(Application.id.in_(applications(actor)))
    )


def _guardianships_of(applications: Callable[[Actor], Select[Any]]) -> Rule:
    return lambda actor: Guardianship.child_id.in_(
        select(Application.child_id).where(Application.id.in_(applications(actor)))
    )


_BY_KINDERGARTEN: dict[type[Any], Rule] = {
    Kindergarten: lambda a: Kindergarten.id == a.kindergarten_id,
    KindergartenGroup: lambda a: KindergartenGroup.kindergarten_id == a.kindergarten_id,
    Bulletin: lambda a: Bulletin.kindergarten_id == a.kindergarten_id,
    Claim: lambda a: Claim.kindergarten_id == a.kindergarten_id,
    Referral: lambda a: Referral.kindergarten_id == a.kindergarten_id,
    Voucher: lambda a: Voucher.kindergarten_id == a.kindergarten_id,
    WaitingListEntry: lambda a: WaitingListEntry.kindergarten_id == a.kindergarten_id,
    Contract: lambda a: Contract.kindergarten_id == a.kindergarten_id,
    Enrolment: lambda a: Enrolment.kindergarten_id == a.kindergarten_id,
    Event: lambda a: Event.kindergarten_id == a.kindergarten_id,
    PlacesSummary: _counted_for_kindergarten(PlacesSummary),
    WaitingSummary: _counted_for_kindergarten(WaitingSummary),
    DeadlineSummary: _counted_for_kindergarten(DeadlineSummary),
    Application: lambda a: Application.id.in_(_applications_at_kindergarten(a)),
    Child: _children_of(_applications_at_kindergarten),
    Person: _guardians_of(_applications_at_kindergarten),
    Guardianship: _guardianships_of(_applications_at_kindergarten),
    # Only what was handed to this kindergarten: not the papers of a benefit, not another's contract.
    Document: lambda a: or_(
        Document.contract_id.in_(select(Contract.id).where(Contract.kindergarten_id == a.kindergarten_id)),
        Document.referral_id.in_(select(Referral.id).where(Referral.kindergarten_id == a.kindergarten_id)),
    ),
}

_BY_LOCALITY: dict[type[Any], Rule] = {
    Locality: lambda a: Locality.id.in_(_subtree(a)),
    Kindergarten: lambda a: Kindergarten.locality_id.in_(_subtree(a)),
    KindergartenGroup: lambda a: KindergartenGroup.kindergarten_id.in_(_kindergartens(a)),
    Application: lambda a: Application.locality_id.in_(_subtree(a)),
    Bulletin: lambda a: Bulletin.locality_id.in_(_subtree(a)),
    Claim: lambda a: Claim.kindergarten_id.in_(_kindergartens(a)),
    Referral: lambda a: Referral.locality_id.in_(_subtree(a)),
    Voucher: lambda a: Voucher.locality_id.in_(_subtree(a)),
    VoucherRound: lambda a: VoucherRound.locality_id.in_(_subtree(a)),
    WaitingListEntry: lambda a: WaitingListEntry.application_id.in_(_applications_in_locality(a)),
    Contract: lambda a: Contract.locality_id.in_(_subtree(a)),
    Enrolment: lambda a: Enrolment.kindergarten_id.in_(_kindergartens(a)),
    StopListEntry: lambda a: StopListEntry.application_id.in_(_applications_in_locality(a)),
    Turn: lambda a: Turn.locality_id.in_(_subtree(a)),
    SignedChoice: lambda a: SignedChoice.application_id.in_(_applications_in_locality(a)),
    MergeRequest: lambda a: MergeRequest.application_id.in_(_applications_in_locality(a)),
    Document: lambda a: Document.application_id.in_(_applications_in_locality(a)),
    Message: lambda a: Message.application_id.in_(_applications_in_locality(a)),
    Delivery: lambda a: Delivery.message_id.in_(
        select(Message.id).where(Message.application_id.in_(_applications_in_locality(a)))
    ),
    Event: lambda a: Event.locality_id.in_(_subtree(a)),
    RuleSetAssignment: lambda a: RuleSetAssignment.locality_id.in_(_subtree(a)),
    RuleOverride: lambda a: RuleOverride.locality_id.in_(_subtree(a)),
    QueueSummary: lambda a: QueueSummary.locality_id.in_(_subtree(a)),
    PlacesSummary: _counted_below(PlacesSummary),
    WaitingSummary: _counted_below(WaitingSummary),
    DeadlineSummary: _counted_below(DeadlineSummary),
    Child: _children_of(_applications_in_locality),
    Person: _guardians_of(_applications_in_locality),
    Guardianship: _guardianships_of(_applications_in_locality),
}

_BY_REVIEW_QUEUE: dict[type[Any], Rule] = {
    Application: _review,
    Document: lambda a: Document.application_id.in_(_applications_to_review(a)),
    Child: _children_of(_applications_to_review),
    Person: _guardians_of(_applications_to_review),
    Guardianship: _guardianships_of(_applications_to_review),
}

_BY_PARENT: dict[type[Any], Rule] = {
    Person: lambda a: Person.id == a.person_id,
    Child: lambda a: Child.id.in_(_own_children(a)),
    Guardianship: lambda a: Guardianship.child_id.in_(_own_children(a)),
    Application: lambda a: Application.child_id.in_(_own_children(a)),
    Claim: lambda a: Claim.application_id.in_(_own_applications(a)),
    Referral: lambda a: Referral.application_id.in_(_own_applications(a)),
    Voucher: lambda a: Voucher.application_id.in_(_own_applications(a)),
    WaitingListEntry: lambda a: WaitingListEntry.application_id.in_(_own_applications(a)),
    Contract: lambda a: Contract.application_id.in_(_own_applications(a)),
    Document: lambda a: Document.application_id.in_(_own_applications(a)),
    StopListEntry: lambda a: StopListEntry.application_id.in_(_own_applications(a)),
    Turn: lambda a: Turn.application_id.in_(_own_applications(a)),
    SignedChoice: lambda a: SignedChoice.application_id.in_(_own_applications(a)),
    MergeRequest: lambda a: MergeRequest.application_id.in_(_own_applications(a)),
    Enrolment: lambda a: Enrolment.child_id.in_(_own_children(a)),
    Message: lambda a: Message.person_id == a.person_id,
}

# Lists every office person may read; they hold no one's data.
_REFERENCE: frozenset[type[Any]] = frozenset(
    {
        *(Locality, BenefitCategory, PriorityCategory, HolidayOverride),
        *(RuleOverride, RuleSetAssignment, InvariantCheck, JobRun),
    }
)
