"""The tally of a group's places. Every place is enrolled, held, published or free; acts only move it."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import KindergartenGroup
from app.rules.verdict import RuleBroken

Tally = Literal["enrolled", "held", "published", "free"]


def lock_group(session: Session, group_id: int) -> KindergartenGroup:
    """The group with its row locked; the last lock of every act (see app/services/__init__.py)."""
    return session.scalars(
        select(KindergartenGroup)
        .where(KindergartenGroup.id == group_id)
        .with_for_update(of=KindergartenGroup)
        .execution_options(populate_existing=True)
    ).one()


def move_places(session: Session, group_id: int, *, from_: Tally, to: Tally, count: int = 1) -> KindergartenGroup:
    """Moves `count` places of the group from one state to another under its lock.

    Raises RuleBroken("NO_PLACES") when there are not that many.
    """
    group = lock_group(session, group_id)
    if getattr(group, from_) < count:
        raise RuleBroken("NO_PLACES", count=count, available=getattr(group, from_))
    setattr(group, from_, getattr(group, from_) - count)
    setattr(group, to, getattr(group, to) + count)
    session.flush()
    return group
