"""A few numbers about a place for the front page, counted at most once a minute in each process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import Application, Bulletin, Enrolment, Kindergarten, Locality
from app.models.enums import BulletinStatus
from app.queries.bulletins import ON_OFFER
from app.services.standing import STANDING

FRESH: Final = dt.timedelta(minutes=1)
_SHOWN = 3
_remembered: dict[str, tuple[dt.datetime, Numbers]] = {}


@dataclass(frozen=True)
class Numbers:
    """How many children wait, how many places are on offer, who got in this week, how many kindergartens there are."""

    counted_at: dt.datetime
    waiting: int
    free: int
    enrolled: int
    kindergartens: int


def numbers(session: Session, prefix: str, now: dt.datetime, today: dt.date) -> Numbers:
    """The numbers of the place with that prefix ("" is the whole country), at most a minute old."""
    known = _remembered.get(prefix)
    # A clock that was put back (the demonstration's) must not keep old numbers for long.
    if known is not None and dt.timedelta(0) <= now - known[0] < FRESH:
        return known[1]
    counted = _count(session, prefix, now, today)
    _remembered[prefix] = (now, counted)
    return counted


def forget() -> None:
    """Counts anew at the next question (tests)."""
    _remembered.clear()


def places_soon(session: Session, prefix: str) -> Sequence[Bulletin]:
    """Bulletins that are open or open next, the earliest first."""
    shown = (BulletinStatus.SCHEDULED, *ON_OFFER)
    query = select(Bulletin).where(Bulletin.status.in_(shown), Bulletin.free > 0, _under(Bulletin.locality_id, prefix))
    return session.scalars(query.order_by(Bulletin.publish_at.desc(), Bulletin.id).limit(_SHOWN)).unique().all()


def _count(session: Session, prefix: str, now: dt.datetime, today: dt.date) -> Numbers:
    here = select(Kindergarten.id).where(Kindergarten.is_open, _under(Kindergarten.locality_id, prefix))
    week = Enrolment.enrolled_on > today - dt.timedelta(days=7)
    waiting = select(func.count()).select_from(Application)
    free = select(func.coalesce(func.sum(Bulletin.free), 0)).where(Bulletin.status.in_(ON_OFFER))
    return Numbers(
        counted_at=now,
        waiting=_number(
            session,
            waiting.where(Application.status.in_(STANDING), _under(Application.locality_id, prefix)),
        ),
        free=_number(session, free.where(_under(Bulletin.locality_id, prefix))),
        enrolled=_number(
            session,
            select(func.count()).select_from(Enrolment).where(week, Enrolment.kindergarten_id.in_(here)),
        ),
        kindergartens=_number(session, select(func.count()).select_from(here.subquery())),
    )


def _under(column: InstrumentedAttribute[int], prefix: str) -> ColumnElement[bool]:
    return column.in_(select(Locality.id).where(Locality.prefix.startswith(prefix, autoescape=True)))


def _number(session: Session, query: Select[Any]) -> int:
    return int(session.scalar(query) or 0)
