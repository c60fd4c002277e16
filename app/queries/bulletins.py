"""Bulletins as the public sees them: the list with its filters, and what a parent's child could claim."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, any_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.models import Application, Bulletin, Kindergarten, Locality, PriorityAccess
from app.models.enums import BulletinStatus

PAGE = 20
#: How long a bulletin without places stays in the list, so that those who came late see what became of it.
FILLED_SHOWN = dt.timedelta(days=14)
ON_OFFER = (BulletinStatus.PRIORITY, BulletinStatus.OPEN)


@dataclass(frozen=True)
class Wanted:
    """What the reader asks for. access: "me", "all" or "" (no matter); before: the key of the last row seen."""

    locality_prefix: str = ""
    kindergarten: str = ""
    language: str = ""
    birth_year: int | None = None
    access: str = ""
    application: Application | None = None
    before: tuple[dt.datetime, int] | None = None


@dataclass(frozen=True)
class Page:
    rows: Sequence[Bulletin]
    has_more: bool


def due_ids(session: Session, now: dt.datetime, limit: int = PAGE) -> tuple[list[int], list[int]]:
    """Bulletins whose moment has come though no job has run yet: to publish, and to open to all."""
    publish = select(Bulletin.id).where(Bulletin.status == BulletinStatus.SCHEDULED, Bulletin.publish_at <= now)
    open_ = select(Bulletin.id).where(Bulletin.status == BulletinStatus.PRIORITY, Bulletin.priority_until <= now)
    return (
        list(session.scalars(publish.order_by(Bulletin.id).limit(limit))),
        list(session.scalars(open_.order_by(Bulletin.id).limit(limit))),
    )


def bulletin_page(session: Session, wanted: Wanted, now: dt.datetime) -> Page:
    """One page, the latest opening first. Keyset: the same cost on every page."""
    query = (
        select(Bulletin)
        .where(_listed(now), *_conditions(wanted))
        .order_by(Bulletin.publish_at.desc(), Bulletin.id.desc())
        .limit(PAGE + 1)
    )
    rows = session.scalars(query).unique().all()
    return Page(rows[:PAGE], len(rows) > PAGE)


def next_opening(session: Session, wanted: Wanted, now: dt.datetime) -> tuple[dt.datetime, int] | None:
    """The next moment when bulletins of the reader's filters open, and how many of them; None when none is planned."""
    conditions = [Bulletin.status == BulletinStatus.SCHEDULED, Bulletin.publish_at > now]
    conditions += _conditions(replace(wanted, before=None, access=""))
    row = session.execute(
        select(Bulletin.publish_at, func.count())
        .where(*conditions)
        .group_by(Bulletin.publish_at)
        .order_by(Bulletin.publish_at)
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None


def with_priority(session: Session, application_id: int, bulletin_ids: Collection[int]) -> set[int]:
    """Those of the bulletins at whose publication the application was notified."""
    return set(
        session.scalars(
            select(PriorityAccess.bulletin_id).where(
                PriorityAccess.application_id == application_id, PriorityAccess.bulletin_id.in_(bulletin_ids)
            )
        )
    )


def others_that_match(
    session: Session, application: Application, but: int, now: dt.datetime, limit: int = 5
) -> list[Bulletin]:
    """Other bulletins the application could claim now; what is offered to those who came too late."""
    query = (
        select(Bulletin)
        .where(Bulletin.id != but, Bulletin.status.in_(ON_OFFER), _within_reach(application, now))
        .order_by(Bulletin.publish_at.desc(), Bulletin.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query).unique())


def places_to_filter(session: Session) -> list[Locality]:
    """Localities that have a bulletin in the list, by name."""
    used = select(Bulletin.locality_id).where(Bulletin.status.in_((BulletinStatus.SCHEDULED, *ON_OFFER))).distinct()
    return list(session.scalars(select(Locality).where(Locality.id.in_(used)).order_by(Locality.name_kk, Locality.id)))


def _listed(now: dt.datetime) -> ColumnElement[bool]:
    return or_(
        Bulletin.status.in_((BulletinStatus.SCHEDULED, *ON_OFFER)),
        and_(Bulletin.status == BulletinStatus.FILLED, Bulletin.ended_at > now - FILLED_SHOWN),
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.locality_prefix:
        below = Locality.prefix.startswith(wanted.locality_prefix, autoescape=True)
        found.append(Bulletin.locality_id.in_(select(Locality.id).where(below)))
    if wanted.kindergarten:
        named = Kindergarten.name.ilike(f"%{_escaped(wanted.kindergarten)}%", escape="\\")
        found.append(Bulletin.kindergarten_id.in_(select(Kindergarten.id).where(named)))
    if wanted.language:
        found.append(Bulletin.language == wanted.language)
    if wanted.birth_year:
        found.append(any_(Bulletin.birth_years) == wanted.birth_year)
    found += _access(wanted)
    if wanted.before:
        found.append(tuple_(Bulletin.publish_at, Bulletin.id) < tuple_(*wanted.before))
    return found


def _access(wanted: Wanted) -> list[ColumnElement[bool]]:
    if wanted.access == "all":
        return [Bulletin.status == BulletinStatus.OPEN]
    if wanted.access != "me":
        return []
    if wanted.application is None:
        return [Bulletin.status == BulletinStatus.PRIORITY]
    fits = _fits(wanted.application)
    waits = Bulletin.status.in_((BulletinStatus.SCHEDULED, BulletinStatus.OPEN))
    return [and_(fits, or_(waits, _notified(wanted.application)))]


def _within_reach(application: Application, now: dt.datetime) -> ColumnElement[bool]:
    everybody = or_(Bulletin.status == BulletinStatus.OPEN, Bulletin.priority_until <= now)
    return and_(_fits(application), or_(everybody, _notified(application)))


def _notified(application: Application) -> ColumnElement[bool]:
    return Bulletin.id.in_(select(PriorityAccess.bulletin_id).where(PriorityAccess.application_id == application.id))


def _fits(application: Application) -> ColumnElement[bool]:
    """The match rule of guide 003 in SQL; app/rules/eligibility.py decides at the click."""
    return and_(
        any_(Bulletin.birth_years) == application.birth_year,
        Bulletin.language.in_(application.languages),
        Bulletin.locality_id == application.locality_id,
        Bulletin.group_type == application.group_type,
    )


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
