"""Acts on a group: how many places it has. The tally is kept whole; a place that is not free cannot vanish."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from app.models import KindergartenGroup
from app.rules.verdict import RuleBroken
from app.services import access, places, record
from app.services.access import Actor

LARGEST = 200


def set_capacity(session: Session, actor: Actor, group_id: int, capacity: int, now: dt.datetime) -> KindergartenGroup:
    """Gives the group `capacity` places; the difference is added to, or taken from, the free ones.

    Raises RuleBroken("NO_PLACES") when fewer are free than would have to go, PLACES_MISSING outside 1–200.
    """
    access.require(session, actor, "set_capacity", KindergartenGroup, group_id)
    _require_sensible(capacity)
    group = places.lock_group(session, group_id)
    removed = group.capacity - capacity
    if removed > group.free:
        raise RuleBroken("NO_PLACES", count=removed, available=group.free)
    before = record.state(group, "capacity", "free")
    group.capacity = capacity
    group.free -= removed
    session.flush()
    record.write_event(
        session, actor, now, "set_capacity", group, before=before, after=record.state(group, "capacity", "free")
    )
    return group


def prepare_new(group: KindergartenGroup) -> None:
    """A new group begins with all its places free. Raises RuleBroken("PLACES_MISSING") outside 1–200."""
    _require_sensible(group.capacity)
    group.enrolled = group.held = group.published = 0
    group.free = group.capacity


def _require_sensible(capacity: int | None) -> None:
    if capacity is None or not 1 <= capacity <= LARGEST:
        raise RuleBroken("PLACES_MISSING")
