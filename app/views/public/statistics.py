"""Statistics for everybody: four charts, each also as a table and as a file, without small groups."""

from __future__ import annotations

from flask import Response, abort, render_template, request

from app import clock
from app.extensions import db
from app.models import Locality
from app.queries import statistics as rows
from app.views import chart_panels as panels
from app.views.chart_panels import Panel
from app.views.public import bp
from app.views.public.surroundings import chosen_locality


@bp.get("/statistics", endpoint="statistics")
def statistics_page() -> str:
    """The charts of the country or of one region."""
    session = db.session
    counted_at = rows.counted_at(session)
    area = _area()
    return render_template(
        "public/statistics/page.html",
        panels=_panels(area) if counted_at else [],
        counted_at=clock.local(counted_at) if counted_at else None,
        area=area,
        areas=rows.public_areas(session),
    )


@bp.get("/statistics/<chart>.csv")
def statistics_data(chart: str) -> Response:
    """The numbers of one chart as a file."""
    found = next((panel for panel in _panels(_area()) if panel.id == chart), None)
    if found is None:
        abort(404)
    return found.as_csv()


def _area() -> Locality | None:
    """The region asked for, "0" for the country, else the reader's own."""
    asked = request.args.get("area", "")
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    return rows.public_area(db.session, wanted, chosen_locality() if wanted is None else None)


def _panels(area: Locality | None) -> list[Panel]:
    """The charts there are numbers for."""
    session = db.session
    queue, places = rows.public_queue(session, area), rows.public_places(session, area)
    waiting, deadlines = rows.public_waiting(session, area), rows.public_deadlines(session, area)
    made = (
        panels.queue_panel(queue, area) if queue else None,
        panels.places_panel(places, area, public=True) if places else None,
        panels.waiting_panel(waiting, counts=False) if any(row.median_days is not None for row in waiting) else None,
        panels.deadlines_panel(deadlines, percent=True) if deadlines else None,
    )
    return [panel for panel in made if panel is not None]
