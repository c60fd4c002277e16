"""Rows of the statistics: for the office as the actor may see them, for everybody without small groups.

Every function reads the counted tables (app/models/statistics.py) alone: some dozens of rows, whatever the
size of the queue. `area` is the locality one looks at, None for the whole country.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select, true, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.models import (
    DeadlineSummary,
    Kindergarten,
    KindergartenGroup,
    Locality,
    PlacesSummary,
    QueueSummary,
    Setting,
    WaitingSummary,
)
from app.models.enums import QueueType
from app.models.statistics import DeadlineKind
from app.queries.anonymity import FEWEST, Pooled, pooled
from app.services.access import Actor, visible
from app.services.statistics import AS_OF

#: Bars that can still be read; what is beyond becomes one bar.
MOST_BARS = 30

Place = Locality | Kindergarten | KindergartenGroup


@dataclass(frozen=True)
class QueueRow:
    """Children awaiting a place; `place` None: several localities together, year None: several years together."""

    place: Locality | None
    by_year: Mapping[int | None, int]

    @property
    def children(self) -> int:
        return sum(self.by_year.values())


@dataclass(frozen=True)
class PlacesRow:
    """A tally of places; `place` None: several together."""

    place: Place | None
    enrolled: int
    held: int
    published: int
    free: int

    @property
    def taken(self) -> int:
        return self.enrolled + self.held

    @property
    def capacity(self) -> int:
        return self.enrolled + self.held + self.published + self.free


@dataclass(frozen=True)
class MonthRow:
    """Days of waiting of those enrolled in a month; None where too few were enrolled to tell."""

    month: dt.date
    enrolled: int | None
    median_days: int | None
    p90_days: int | None


@dataclass(frozen=True)
class DeadlineRow:
    kind: DeadlineKind
    met: int
    missed: int

    @property
    def kept_percent(self) -> int:
        """Whole percent of the deadlines that were kept; 0 when there were none."""
        return round(100 * self.met / (self.met + self.missed)) if self.met + self.missed else 0


def counted_at(session: Session) -> dt.datetime | None:
    """The moment the numbers are true for; None before the first count."""
    value = session.scalar(select(Setting.value).where(Setting.key == AS_OF))
    return dt.datetime.fromisoformat(value) if value else None


# -- for the office -----------------------------------------------------------------------------------------


def of_kindergarten(actor: Actor) -> bool:
    """Whether the actor looks after one kindergarten and not after a locality or the country."""
    return actor.kindergarten_id is not None and actor.locality_prefix is None and not _sees_all(actor)


def root_of(session: Session, actor: Actor) -> Locality | None:
    """The locality an official looks after; None for those who see the whole country (and for a kindergarten)."""
    if actor.locality_prefix is None or _sees_all(actor):
        return None
    return session.scalars(select(Locality).where(Locality.prefix == actor.locality_prefix)).first()


def may_look_at(actor: Actor, area: Locality) -> bool:
    """Whether `area` is the actor's own locality or lies below it."""
    return _sees_all(actor) or (actor.locality_prefix is not None and area.prefix.startswith(actor.locality_prefix))


def parts_of(session: Session, area: Locality | None) -> Sequence[Locality]:
    """The localities right below one, by code."""
    return session.scalars(select(Locality).where(_right_below(area)).order_by(Locality.code)).all()


def parts_with_numbers(session: Session, actor: Actor, area: Locality | None) -> Sequence[Locality]:
    """The localities right below one that have a queue or places."""
    counted = union(
        select(QueueSummary.locality_id).where(visible(actor, QueueSummary)),
        select(PlacesSummary.locality_id).where(visible(actor, PlacesSummary)),
    )
    below = select(Locality).where(_right_below(area), Locality.id.in_(counted))
    return session.scalars(below.order_by(Locality.code)).all()


def queue(session: Session, actor: Actor, area: Locality | None) -> list[QueueRow]:
    """The general queue by the localities right below `area` and year of birth, longest first."""
    return _queue(session, area, visible(actor, QueueSummary))


def apart(session: Session, actor: Actor, area: Locality | None) -> tuple[int, int]:
    """Applications whose documents are under review, and those in the stop-list: not in the queue, shown apart."""
    row = session.execute(
        select(
            func.coalesce(func.sum(QueueSummary.under_review), 0), func.coalesce(func.sum(QueueSummary.stop_listed), 0)
        ).where(visible(actor, QueueSummary), _is(QueueSummary.locality_id, area))
    ).one()
    return int(row[0]), int(row[1])


def places(session: Session, actor: Actor, area: Locality | None) -> list[PlacesRow]:
    """Places by the localities right below `area`; by kindergarten where there is nothing below;
    by group for those who work in a kindergarten."""
    if of_kindergarten(actor):
        return _places_of_groups(session, actor)
    scope = visible(actor, PlacesSummary)
    rows = _places(session, area, scope)
    return rows if any(row.place != area for row in rows) else _places_of_kindergartens(session, area, scope)


def waiting(session: Session, actor: Actor, area: Locality | None) -> list[MonthRow]:
    """Days of waiting by month of enrolment."""
    return _waiting(session, visible(actor, WaitingSummary) & _scope(WaitingSummary, actor, area))


def deadlines(session: Session, actor: Actor, area: Locality | None) -> list[DeadlineRow]:
    """Deadlines of the past year, kept and missed, by kind."""
    return _deadlines(session, visible(actor, DeadlineSummary) & _scope(DeadlineSummary, actor, area))


# -- for everybody ------------------------------------------------------------------------------------------
# Two levels alone: the country by regions, and a region by the units below it, with years of birth at the lower
# level only. With more ways to cut the same people, differences between pages would give small groups away.


def public_areas(session: Session) -> list[Locality]:
    """The regions that have a page of their own: those whose queue is shown by itself."""
    shown = set(_public_regions(session).shown)
    return [region for region in parts_of(session, None) if region.id in shown]


def public_area(session: Session, wanted: int | None, near: Locality | None = None) -> Locality | None:
    """The region to show: the one asked for, else the one in which `near` lies, else the only one there is.

    None is the country; a region without a page of its own counts as not asked for.
    """
    regions = public_areas(session)
    prefix = near.prefix if near is not None else ""
    for region in regions:
        if region.id == wanted or (wanted is None and prefix.startswith(region.prefix)):
            return region
    return regions[0] if wanted is None and len(regions) == 1 else None


def public_queue(session: Session, area: Locality | None) -> list[QueueRow]:
    """Children awaiting a place. Empty when there are fewer than ten of them."""
    rows = _queue(session, area, true())
    by_place = {row.place: row.children for row in rows}
    pool = pooled(by_place)
    alone = [row for row in rows if row.place in pool.shown]
    others = [row for row in rows if row.place in pool.together]
    if pool.too_few:
        return []
    merged = [QueueRow(None, _sum_of_years(others))] if others else []
    return [_without_small_years(row, by_year=area is not None) for row in [*alone, *merged]]


def public_places(session: Session, area: Locality | None) -> list[PlacesRow]:
    """Places and how many are taken. Localities with fewer than ten children are added together."""
    rows = _places(session, area, true())
    pool = pooled({row.place: row.taken for row in rows})
    if pool.too_few:
        return []
    others = [row for row in rows if row.place in pool.together]
    alone = [row for row in rows if row.place in pool.shown]
    return [*alone, _sum_of_places(others)] if others else alone


def public_waiting(session: Session, area: Locality | None) -> list[MonthRow]:
    """Days of waiting by month; a month with fewer than ten enrolments is named without numbers."""
    rows = _waiting(session, _whole(WaitingSummary, area))
    return [
        # How many were enrolled is not published: the country less its regions would show a hidden month.
        MonthRow(row.month, None, row.median_days, row.p90_days)
        if (row.enrolled or 0) >= FEWEST
        else MonthRow(row.month, None, None, None)
        for row in rows
    ]


def public_deadlines(session: Session, area: Locality | None) -> list[DeadlineRow]:
    """Kinds of which at least ten ended. Publish `kept_percent` alone: counts would show small groups."""
    return [row for row in _deadlines(session, _whole(DeadlineSummary, area)) if row.met + row.missed >= FEWEST]


# -- the counted rows ---------------------------------------------------------------------------------------


def _sees_all(actor: Actor) -> bool:
    return visible(actor, QueueSummary).compare(true())


def _right_below(area: Locality | None) -> ColumnElement[bool]:
    return Locality.parent_id.is_(None) if area is None else Locality.parent_id == area.id


def _is(column: InstrumentedAttribute[int | None], area: Locality | None) -> ColumnElement[bool]:
    return column.is_(None) if area is None else column == area.id


def _whole(summary: type[WaitingSummary] | type[DeadlineSummary], area: Locality | None) -> ColumnElement[bool]:
    return _is(summary.locality_id, area) & summary.kindergarten_id.is_(None)


def _scope(
    summary: type[WaitingSummary] | type[DeadlineSummary], actor: Actor, area: Locality | None
) -> ColumnElement[bool]:
    if area is None and of_kindergarten(actor):
        return summary.kindergarten_id == actor.kindergarten_id
    return _whole(summary, area)


def _public_regions(session: Session) -> Pooled[int]:
    rows = _queue(session, None, true())
    return pooled({row.place.id: row.children for row in rows if row.place is not None})


def _queue(session: Session, area: Locality | None, scope: ColumnElement[bool]) -> list[QueueRow]:
    """Rows of the units right below `area` and, under its own name, what belongs to none of them."""
    counted = (
        select(QueueSummary.locality_id, QueueSummary.birth_year, QueueSummary.waiting)
        .where(scope, QueueSummary.queue_type == QueueType.GENERAL, QueueSummary.waiting > 0)
        .order_by(QueueSummary.birth_year)
    )
    parts = {part.id: part for part in parts_of(session, area)}
    below: dict[int, dict[int | None, int]] = defaultdict(dict)
    for row in session.execute(
        counted.where(QueueSummary.locality_id.in_(select(Locality.id).where(_right_below(area))))
    ):
        below[row.locality_id][row.birth_year] = row.waiting
    rows = [QueueRow(parts[unit], years) for unit, years in below.items()]
    if area is not None:
        whole = session.execute(counted.where(QueueSummary.locality_id == area.id))
        rest = {
            row.birth_year: row.waiting - sum(years.get(row.birth_year, 0) for years in below.values()) for row in whole
        }
        own = {year: children for year, children in rest.items() if children}
        rows += [QueueRow(area, own)] if own else []
    return sorted(rows, key=lambda row: -row.children)


def _without_small_years(row: QueueRow, by_year: bool) -> QueueRow:
    if not by_year:
        return QueueRow(row.place, {None: row.children})
    pool = pooled(row.by_year)
    shown = {year: row.by_year[year] for year in pool.shown}
    rest = sum(row.by_year[year] for year in pool.together)
    return QueueRow(row.place, {**shown, None: rest} if rest else shown)


def _sum_of_years(rows: Iterable[QueueRow]) -> dict[int | None, int]:
    total: dict[int | None, int] = defaultdict(int)
    for row in rows:
        for year, children in row.by_year.items():
            total[year] += children
    return dict(sorted(total.items(), key=lambda item: item[0] or 0))


def _places(session: Session, area: Locality | None, scope: ColumnElement[bool]) -> list[PlacesRow]:
    parts = {part.id: part for part in parts_of(session, area)}
    counted = select(PlacesSummary).where(scope, PlacesSummary.kindergarten_id.is_(None))
    below = session.scalars(
        counted.where(PlacesSummary.locality_id.in_(select(Locality.id).where(_right_below(area))))
    ).all()
    rows = [_places_row(parts[row.locality_id], row) for row in below if row.locality_id is not None]
    whole = session.scalars(counted.where(PlacesSummary.locality_id == area.id)).first() if area is not None else None
    if whole is not None:
        own = _less(_places_row(area, whole), rows)
        rows += [own] if own.capacity else []
    return sorted(rows, key=lambda row: -row.capacity)


def _places_of_kindergartens(session: Session, area: Locality | None, scope: ColumnElement[bool]) -> list[PlacesRow]:
    """The largest kindergartens of `area` one by one, the others together."""
    below = Locality.prefix.startswith(area.prefix, autoescape=True) if area is not None else true()
    found = session.execute(
        select(Kindergarten, PlacesSummary)
        .join(PlacesSummary, PlacesSummary.kindergarten_id == Kindergarten.id)
        .where(scope, Kindergarten.locality_id.in_(select(Locality.id).where(below)))
        .order_by(PlacesSummary.capacity.desc(), Kindergarten.id)
        .limit(MOST_BARS)
    ).all()
    rows = [_places_row(kindergarten, counted) for kindergarten, counted in found]
    whole = session.scalars(
        select(PlacesSummary).where(
            scope, _is(PlacesSummary.locality_id, area), PlacesSummary.kindergarten_id.is_(None)
        )
    ).first()
    others = _less(_places_row(None, whole), rows) if whole is not None else None
    return [*rows, others] if others is not None and others.capacity else rows


def _places_of_groups(session: Session, actor: Actor) -> list[PlacesRow]:
    groups = session.scalars(
        select(KindergartenGroup)
        .where(visible(actor, KindergartenGroup))
        .order_by(KindergartenGroup.age_group, KindergartenGroup.name, KindergartenGroup.id)
        .limit(MOST_BARS)
    )
    return [_places_row(group, group) for group in groups]


def _places_row(place: Place | None, tally: PlacesSummary | KindergartenGroup) -> PlacesRow:
    return PlacesRow(place, tally.enrolled, tally.held, tally.published, tally.free)


def _sum_of_places(rows: Sequence[PlacesRow]) -> PlacesRow:
    names = ("enrolled", "held", "published", "free")
    return PlacesRow(None, *(sum(getattr(row, name) for row in rows) for name in names))


def _less(whole: PlacesRow, rows: Sequence[PlacesRow]) -> PlacesRow:
    part = _sum_of_places(rows)
    names = ("enrolled", "held", "published", "free")
    return PlacesRow(whole.place, *(getattr(whole, name) - getattr(part, name) for name in names))


def _waiting(session: Session, scope: ColumnElement[bool]) -> list[MonthRow]:
    rows = session.scalars(select(WaitingSummary).where(scope).order_by(WaitingSummary.month))
    return [MonthRow(row.month, row.enrolled, row.median_days, row.p90_days) for row in rows]


def _deadlines(session: Session, scope: ColumnElement[bool]) -> list[DeadlineRow]:
    rows = {row.kind: row for row in session.scalars(select(DeadlineSummary).where(scope))}
    return [DeadlineRow(kind, rows[kind].met, rows[kind].missed) for kind in DeadlineKind if kind in rows]
