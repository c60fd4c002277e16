"""Choosing a locality step by step, region → district → settlement, or by its name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.models import Kindergarten, Locality
from app.models.mixins import search_key

MOST = 300
MOST_FOUND = 30


@dataclass(frozen=True)
class Step:
    """One step of the choice: the units above, the units to go into, those that can be chosen here."""

    path: tuple[Locality, ...]
    units: tuple[Locality, ...]
    choosable: frozenset[int]
    opens: frozenset[int]


def step(session: Session, under_id: int | None, language: str) -> Step:
    """The units directly below `under_id` (None: the whole country) that have kindergartens in or below them.

    A unit can be chosen when kindergartens belong to it itself.
    """
    under = session.get(Locality, under_id) if under_id is not None else None
    at = Locality.parent_id == under.id if under else Locality.parent_id.is_(None)
    query = select(Locality).where(at, _has_kindergartens(below=True)).order_by(*_order(language)).limit(MOST)
    units = list(session.scalars(query))
    if under is not None and is_choosable(session, under.id):
        units.insert(0, under)
    ids = [unit.id for unit in units]
    choosable = session.scalars(select(Locality.id).where(Locality.id.in_(ids), _has_kindergartens(below=False)))
    child = aliased(Locality)
    opens = session.scalars(select(child.parent_id).where(child.parent_id.in_(ids)).distinct())
    here = {under.id} if under else set()
    return Step(_path(session, under), tuple(units), frozenset(choosable), frozenset(opens) - here)  # type: ignore[arg-type]


def search(session: Session, words: str, language: str) -> tuple[Locality, ...]:
    """Units with kindergartens whose name contains the words, in either language."""
    key = search_key(words)
    if len(key) < 2:
        return ()
    folded = func.translate(
        func.translate(func.lower(Locality.name_kk + " " + Locality.name_ru), "ihaopcexəbkmty", "інаорсехәвкмту"),
        "қңғүұөәіһё",
        "кнгууоаихе",
    )
    query = select(Locality).where(folded.contains(key, autoescape=True), _has_kindergartens(below=False))
    return tuple(session.scalars(query.order_by(*_order(language)).limit(MOST_FOUND)))


def is_choosable(session: Session, locality_id: int) -> bool:
    """Whether an application can name this unit: it has kindergartens of its own."""
    query = select(Locality.id).where(Locality.id == locality_id, _has_kindergartens(below=False))
    return session.scalar(query) is not None


def _has_kindergartens(below: bool) -> ColumnElement[bool]:
    if not below:
        return exists().where(Kindergarten.locality_id == Locality.id, Kindergarten.is_open)
    place = aliased(Locality)
    return exists().where(
        Kindergarten.locality_id == place.id, Kindergarten.is_open, place.prefix.startswith(Locality.prefix)
    )


def _path(session: Session, unit: Locality | None) -> tuple[Locality, ...]:
    path: list[Locality] = []
    while unit is not None:
        path.insert(0, unit)
        unit = session.get(Locality, unit.parent_id) if unit.parent_id else None
    return tuple(path)


def _order(language: str) -> tuple[ColumnElement[str]]:
    # The page's own alphabet: plain byte order puts Ә, Ғ and Қ after Я (texts.md §6).
    name = Locality.name_kk if language == "kk" else Locality.name_ru
    return (name.collate("kk-x-icu" if language == "kk" else "ru-x-icu"),)
