"""The groups of a kindergarten with the five numbers that make up each capacity."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Claim, Contract, Kindergarten, KindergartenGroup
from app.models.enums import ClaimStatus, ContractStatus
from app.services.access import Actor, visible

LIVE_CONTRACT = (ContractStatus.SENT, ContractStatus.PARENT_SIGNED, ContractStatus.RETURNED)
MOST_KINDERGARTENS = 200


@dataclass(frozen=True)
class Board:
    """One group: `contracts` and `held` together are the held places; `waiting` of them are undecided claims."""

    group: KindergartenGroup
    contracts: int
    waiting: int

    @property
    def held(self) -> int:
        """Places held by a claim or a referral."""
        return max(self.group.held - self.contracts, 0)

    @property
    def seats(self) -> list[tuple[str, int]]:
        """How many places are in which state, in the order in which they are drawn."""
        group = self.group
        return [
            ("e", group.enrolled),
            ("c", min(self.contracts, group.held)),
            ("h", self.held),
            ("p", group.published),
            ("f", group.free),
        ]


def groups_of(session: Session, actor: Actor, kindergarten_id: int) -> list[Board]:
    """The visible groups of a kindergarten, in one statement."""
    contracts = (
        select(func.count())
        .where(Contract.group_id == KindergartenGroup.id, Contract.status.in_(LIVE_CONTRACT))
        .where(Contract.kindergarten_id == kindergarten_id)
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .where(Claim.group_id == KindergartenGroup.id, Claim.status == ClaimStatus.WAITING)
        .where(Claim.kindergarten_id == kindergarten_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(KindergartenGroup, contracts, waiting)
        .where(KindergartenGroup.kindergarten_id == kindergarten_id, visible(actor, KindergartenGroup))
        .order_by(KindergartenGroup.age_group, KindergartenGroup.name, KindergartenGroup.id)
    )
    return [Board(*row) for row in rows]


def kindergartens(session: Session, actor: Actor) -> list[tuple[Kindergarten, int, int, int]]:
    """The visible kindergartens with groups, places and free places; those with free places first."""
    tally = (
        select(
            KindergartenGroup.kindergarten_id.label("id"),
            func.count().label("groups"),
            func.sum(KindergartenGroup.capacity).label("places"),
            func.sum(KindergartenGroup.free).label("free"),
        )
        .where(visible(actor, KindergartenGroup))
        .group_by(KindergartenGroup.kindergarten_id)
        .order_by(func.sum(KindergartenGroup.free).desc(), KindergartenGroup.kindergarten_id)
        .limit(MOST_KINDERGARTENS)
        .subquery()
    )
    rows = session.execute(
        select(Kindergarten, tally.c.groups, tally.c.places, tally.c.free)
        .join(tally, tally.c.id == Kindergarten.id)
        .order_by(tally.c.free.desc(), Kindergarten.id)
    )
    return [(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows]
