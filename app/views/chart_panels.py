"""A chart as a page shows it: title, the sentence it states, the figure, and the same numbers as a table.

Used by the public page and the office's; words are translated here, figures are drawn by charts/.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_babel import format_date, format_decimal, gettext

from app.i18n import language
from app.models import Locality
from app.queries.statistics import DeadlineRow, MonthRow, Place, PlacesRow, QueueRow
from app.views.fab.export import BYTE_ORDER_MARK, csv_line
from charts.deadlines import deadlines_figure
from charts.places import places_figure
from charts.queue import queue_figure
from charts.waiting import waiting_figure

#: More years of birth than this cannot be told apart in one bar; the oldest are put together.
MOST_YEARS = 6

Cell = int | str | None


@dataclass(frozen=True)
class Panel:
    """One chart. `rows` hold plain numbers; None is a number that is not published."""

    id: str
    title: str
    finding: str
    figure: dict[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    tall: bool = False

    @property
    def shown_rows(self) -> list[list[str]]:
        """The table as people read it."""
        return [[shown(cell) for cell in row] for row in self.rows]

    def as_csv(self) -> Response:
        """The table as a file."""
        lines = [csv_line(["" if cell is None else str(cell) for cell in row]) for row in (self.columns, *self.rows)]
        answer = Response(BYTE_ORDER_MARK + "".join(lines), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="kezek-{self.id}.csv"'
        return answer


def shown(cell: Cell) -> str:
    """A number with its thousands parted, a word as it is, and words for what is not published."""
    if cell is None:
        return gettext("fewer than 10")
    return cell if isinstance(cell, str) else format_decimal(cell)


def queue_panel(rows: Sequence[QueueRow], area: Locality | None) -> Panel:
    """Children awaiting a place by locality and, where it is known, year of birth. `rows` must not be empty."""
    area = area if len(rows) > 1 else None
    years = sorted({year for row in rows for year in row.by_year if year is not None})
    old = years[: max(0, len(years) - MOST_YEARS + 1)] if len(years) > MOST_YEARS else []
    names = _series_names(rows, years, old)
    counted = [(place_name(row.place, area), _by_series(row, names)) for row in rows]
    series = list(dict.fromkeys(names.values()))
    total = sum(row.children for row in rows)
    longest = max((row for row in rows if row.place is not None), key=lambda row: row.children, default=None)
    finding = gettext("In the queue: %(children)s.", children=format_decimal(total))
    if longest is not None and len(rows) > 1:
        finding += " " + gettext(
            "Most of all: %(place)s, %(children)s.",
            place=place_name(longest.place, area),
            children=format_decimal(longest.children),
        )
    return Panel(
        id="queue",
        title=gettext("Children in the queue"),
        finding=finding,
        figure=queue_figure(counted, series, gettext("children")).to_plotly_json(),
        columns=[gettext("Locality"), *series, *([gettext("Total")] if len(series) > 1 else [])],
        rows=[
            [name, *(cells.get(part, 0) for part in series), *([sum(cells.values())] if len(series) > 1 else [])]
            for name, cells in counted
        ],
        tall=len(rows) > 8,
    )


def places_panel(rows: Sequence[PlacesRow], area: Locality | None, public: bool) -> Panel:
    """Places by who has them. For everybody a place is taken or not: on the way to a contract are few children."""
    area = area if len(rows) > 1 else None
    parts = _public_parts() if public else _office_parts()
    counted = [(place_name(row.place, area), [getattr(row, part) for part, _ in parts]) for row in rows]
    capacity, taken = sum(row.capacity for row in rows), sum(row.taken for row in rows)
    finding = gettext(
        "%(places)s places; taken: %(percent)s %%; on offer in bulletins: %(published)s.",
        places=format_decimal(capacity),
        percent=round(100 * taken / capacity) if capacity else 0,
        published=format_decimal(sum(row.published for row in rows)),
    )
    return Panel(
        id="places",
        title=gettext("Places and occupancy"),
        finding=finding,
        figure=places_figure(counted, parts).to_plotly_json(),
        columns=[_what(rows), *(label for _, label in parts), gettext("Places"), gettext("Occupancy, %")],
        rows=[
            [name, *numbers, row.capacity, round(100 * row.taken / row.capacity) if row.capacity else 0]
            for (name, numbers), row in zip(counted, rows, strict=True)
        ],
        tall=len(rows) > 8,
    )


def waiting_panel(rows: Sequence[MonthRow], counts: bool) -> Panel:
    """Median and ninetieth percentile of days of waiting, by month of enrolment. `counts`: also how many enrolled."""
    names = (gettext("half waited no longer"), gettext("nine of ten waited no longer"))
    known = [row for row in rows if row.median_days is not None]
    finding = gettext("There are too few enrolments to tell.")
    if known:
        finding = gettext(
            "%(month)s: half of the children waited no longer than %(median)s days,"
            " nine of ten no longer than %(p90)s.",
            month=_month(known[-1].month, capital=True),
            median=format_decimal(known[-1].median_days),
            p90=format_decimal(known[-1].p90_days),
        )
    every = _every_month(rows)
    figure = waiting_figure(
        [row.month for row in every],
        [row.median_days for row in every],
        [row.p90_days for row in every],
        names,
        gettext("days"),
    )
    columns = [gettext("Month of enrolment"), gettext("Median, days"), gettext("90th percentile, days")]
    return Panel(
        id="waiting",
        title=gettext("How long the enrolled had waited"),
        finding=finding,
        figure=figure.to_plotly_json(),
        columns=[*columns, gettext("Enrolled")] if counts else columns,
        rows=[[_month(row.month), row.median_days, row.p90_days, *([row.enrolled] if counts else [])] for row in rows],
    )


def deadlines_panel(rows: Sequence[DeadlineRow], percent: bool) -> Panel:
    """Deadlines of the past year, kept and missed; for everybody as shares, for the office as counts."""
    names = (gettext("in time"), gettext("late or missed"))
    counted = [
        (gettext(row.kind.msgid), row.kept_percent, 100 - row.kept_percent)
        if percent
        else (gettext(row.kind.msgid), row.met, row.missed)
        for row in rows
    ]
    worst = min(rows, key=lambda row: row.kept_percent)
    finding = gettext("All of them were kept.")
    if worst.kept_percent < 100:
        finding = gettext(
            "Kept least often: %(kind)s, %(percent)s %% in time.",
            kind=gettext(worst.kind.msgid),
            percent=worst.kept_percent,
        )
    unit = ", %" if percent else ""
    return Panel(
        id="deadlines",
        title=gettext("Deadlines of the past year"),
        finding=finding,
        figure=deadlines_figure(counted, names, percent).to_plotly_json(),
        columns=[gettext("Deadline"), names[0] + unit, names[1] + unit],
        rows=counted,
    )


def place_name(place: Place | None, area: Locality | None) -> str:
    """The name of a bar: a locality in the reader's language, the others together, and what is left of `area`."""
    if place is None:
        return gettext("Others together")
    if isinstance(place, Locality):
        name = place.name(language())
        return gettext("%(place)s, the rest", place=name) if area is not None and place.id == area.id else name
    return place.name


def _series_names(rows: Sequence[QueueRow], years: Sequence[int], old: Sequence[int]) -> dict[int | None, str]:
    """Year → the name of its series; the oldest share one, and None has its own."""
    names: dict[int | None, str] = {year: str(year) for year in years}
    names |= {year: gettext("%(year)s and earlier", year=old[-1]) for year in old}
    if any(None in row.by_year for row in rows):
        names[None] = gettext("other years") if years else gettext("Children")
    return names


def _by_series(row: QueueRow, names: dict[int | None, str]) -> dict[str, int]:
    cells: dict[str, int] = {}
    for year, children in row.by_year.items():
        cells[names[year]] = cells.get(names[year], 0) + children
    return cells


def _office_parts() -> list[tuple[str, str]]:
    return [
        ("enrolled", gettext("enrolled")),
        ("held", gettext("held")),
        ("published", gettext("on offer")),
        ("free", gettext("free")),
    ]


def _public_parts() -> list[tuple[str, str]]:
    return [("taken", gettext("taken")), ("published", gettext("on offer")), ("free", gettext("free"))]


def _what(rows: Sequence[PlacesRow]) -> str:
    place = next((row.place for row in rows if row.place is not None), None)
    if place is None or isinstance(place, Locality):
        return gettext("Locality")
    return gettext("Kindergarten") if hasattr(place, "bin") else gettext("Group")


def _every_month(rows: Sequence[MonthRow]) -> list[MonthRow]:
    """The rows and, as gaps, the months between them in which nobody was enrolled."""
    known = {(row.month.year * 12 + row.month.month - 1): row for row in rows}
    months = range(min(known, default=0), max(known, default=-1) + 1)
    return [known.get(n) or MonthRow(dt.date(n // 12, n % 12 + 1, 1), None, None, None) for n in months]


def _month(month: dt.date, capital: bool = False) -> str:
    words = format_date(month, "LLLL y")
    return words[:1].upper() + words[1:] if capital else words
