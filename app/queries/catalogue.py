"""The catalogue of kindergartens, with the places that are on offer now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, any_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from app.models import Bulletin, Kindergarten, KindergartenGroup, Locality
from app.models.enums import BulletinStatus
from app.queries.bulletins import ON_OFFER

PAGE: Final = 20


@dataclass(frozen=True)
class Wanted:
    """What the reader asks for; `after` is the key of the last row seen."""

    locality_prefix: str = ""
    words: str = ""
    kind: str = ""
    language: str = ""
    only_with_places: bool = False
    correction: str = ""
    after: tuple[str, int] | None = None


@dataclass(frozen=True)
class Entry:
    """One kindergarten of the list. places: all of them; on_offer: those in bulletins that can be claimed now."""

    kindergarten: Kindergarten
    places: int
    on_offer: int


def catalogue_page(session: Session, wanted: Wanted) -> tuple[list[Entry], bool]:
    """One page by name, and whether there are more. Keyset; the places of the page in two more queries."""
    query = (
        select(Kindergarten)
        .where(Kindergarten.is_open, *_conditions(wanted))
        .order_by(Kindergarten.name, Kindergarten.id)
        .limit(PAGE + 1)
    )
    rows = session.scalars(query).unique().all()
    page = rows[:PAGE]
    ids = [row.id for row in page]
    places, on_offer = _places(session, ids), _on_offer(session, ids)
    return [Entry(row, places.get(row.id, 0), on_offer.get(row.id, 0)) for row in page], len(rows) > PAGE


def localities_with_kindergartens(session: Session) -> list[Locality]:
    """Localities that have a kindergarten, by name."""
    used = select(Kindergarten.locality_id).distinct()
    return list(session.scalars(select(Locality).where(Locality.id.in_(used)).order_by(Locality.name_kk, Locality.id)))


def groups_of(session: Session, kindergarten_id: int) -> Sequence[KindergartenGroup]:
    """The groups of a kindergarten, the youngest children last."""
    return (
        session.scalars(
            select(KindergartenGroup)
            .where(KindergartenGroup.kindergarten_id == kindergarten_id)
            .order_by(KindergartenGroup.birth_years, KindergartenGroup.name, KindergartenGroup.id)
        )
        .unique()
        .all()
    )


def bulletins_of(session: Session, kindergarten_id: int) -> Sequence[Bulletin]:
    """Bulletins of a kindergarten that are planned or can be claimed now."""
    statuses = (BulletinStatus.SCHEDULED, *ON_OFFER)
    return (
        session.scalars(
            select(Bulletin)
            .where(Bulletin.kindergarten_id == kindergarten_id, Bulletin.status.in_(statuses))
            .order_by(Bulletin.publish_at.desc(), Bulletin.id.desc())
            .limit(30)
        )
        .unique()
        .all()
    )


def _places(session: Session, ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(KindergartenGroup.kindergarten_id, func.sum(KindergartenGroup.capacity))
        .where(KindergartenGroup.kindergarten_id.in_(ids))
        .group_by(KindergartenGroup.kindergarten_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _on_offer(session: Session, ids: list[int]) -> dict[int, int]:
    rows = session.execute(
        select(Bulletin.kindergarten_id, func.sum(Bulletin.free))
        .where(Bulletin.kindergarten_id.in_(ids), Bulletin.status.in_(ON_OFFER))
        .group_by(Bulletin.kindergarten_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.locality_prefix:
        below = Locality.prefix.startswith(wanted.locality_prefix, autoescape=True)
        found.append(Kindergarten.locality_id.in_(select(Locality.id).where(below)))
    if wanted.words:
        found.append(
            or_(
                Kindergarten.name.icontains(wanted.words, autoescape=True),
                Kindergarten.address.icontains(wanted.words, autoescape=True),
            )
        )
    if wanted.kind:
        found.append(Kindergarten.kind == wanted.kind)
    if wanted.language:
        found.append(any_(Kindergarten.languages) == wanted.language)
    if wanted.correction:
        found.append(any_(Kindergarten.correction_types) == wanted.correction)
    if wanted.only_with_places:
        found.append(Kindergarten.id.in_(select(Bulletin.kindergarten_id).where(Bulletin.status.in_(ON_OFFER))))
    if wanted.after:
        found.append(tuple_(Kindergarten.name, Kindergarten.id) > tuple_(*wanted.after))
    return found
