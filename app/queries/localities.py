"""Choosing a locality step by step, region → district → settlement, or by its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.models import Kindergarten, Locality
from app.models.mixins import search_key

MOST = 300
MOST_FOUND = 30
_ALPHABET = "0123456789аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
_PLACE = {char: place for place, char in enumerate(_ALPHABET, start=1)}


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
    query = (
        select(Locality)
        .where(at, _has_kindergartens(Locality, below=True))
        .order_by(Locality.name_ru, Locality.id)
        .limit(MOST)
    )
    units = list(alphabetical(session.scalars(query), language))
    if under is not None and is_choosable(session, under.id):
        units.insert(0, under)
    ids = [unit.id for unit in units]
    choosable = session.scalars(
        select(Locality.id).where(Locality.id.in_(ids), _has_kindergartens(Locality, below=False))
    )
    child = aliased(Locality)
    opens = session.scalars(
        select(child.parent_id).where(child.parent_id.in_(ids), _has_kindergartens(child)).distinct()
    )
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
    query = select(Locality).where(folded.contains(key, autoescape=True), _has_kindergartens(Locality, below=False))
    found = session.scalars(query.order_by(Locality.name_ru, Locality.id).limit(MOST_FOUND))
    return alphabetical(found, language)


def is_choosable(session: Session, locality_id: int) -> bool:
    """Whether an application can name this unit: it has kindergartens of its own."""
    query = select(Locality.id).where(Locality.id == locality_id, _has_kindergartens(Locality, below=False))
    return session.scalar(query) is not None


def _has_kindergartens(unit: Any, below: bool = True) -> ColumnElement[bool]:
    """Whether open kindergartens belong to the unit, or also to one below it."""
    if not below:
        return exists().where(Kindergarten.locality_id == unit.id, Kindergarten.is_open)
    place = aliased(Locality)
    return exists().where(
        Kindergarten.locality_id == place.id, Kindergarten.is_open, place.prefix.startswith(unit.prefix)
    )


def _path(session: Session, unit: Locality | None) -> tuple[Locality, ...]:
    path: list[Locality] = []
    while unit is not None:
        path.insert(0, unit)
        unit = session.get(Locality, unit.parent_id) if unit.parent_id else None
    return tuple(path)


def alphabetical(units: Iterable[Locality], language: str) -> tuple[Locality, ...]:
    """The units in the alphabet of the page. Plain byte order puts Ә, Ғ and Қ after Я, and not every server has
    the collation, so the few names of a page are sorted here (texts.md §6)."""
    return tuple(sorted(units, key=lambda unit: [_PLACE.get(char, 0) for char in _letters(unit.name(language))]))


def _letters(name: str) -> str:
    # Quotation marks and «г.», «қ.» do not matter for the place in a list.
    return "".join(char for char in name.casefold() if char in _PLACE)
