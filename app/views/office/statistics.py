"""The office's dashboard: the charts of what the reader looks after."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, request
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app import clock
from app.extensions import db
from app.i18n import language
from app.models import Kindergarten, Locality
from app.queries import statistics as rows
from app.services.access import Actor
from app.views import chart_panels as panels
from app.views.actor import current_actor
from app.views.chart_panels import Panel


class StatisticsView(BaseView):
    """/office/statistics/: the country, a locality with what is below it, or one kindergarten."""

    route_base = "/statistics"
    default_view = "page"
    class_permission_name = "StatisticsView"
    title = _("Statistics")

    @expose("/")
    @has_access
    @permission_name("statistics")
    def page(self) -> Any:
        """The charts; ?area= goes down to a locality below one's own. 404 for any other."""
        actor, session = current_actor(), db.session
        area = _area(actor)
        counted_at = rows.counted_at(session)
        return self.render_template(
            "office/statistics/page.html",
            title=gettext("Statistics"),
            panels=_panels(actor, area) if counted_at else [],
            counted_at=clock.local(counted_at) if counted_at else None,
            numbers=_numbers(actor, area),
            way=_way_down(actor, area),
            parts=_parts(actor, area),
            area=area,
        )

    @expose("/<string:chart>.csv")
    @has_access
    @permission_name("statistics")
    def data(self, chart: str) -> Response:
        """The numbers of one chart as a file."""
        actor = current_actor()
        found = next((panel for panel in _panels(actor, _area(actor)) if panel.id == chart), None)
        return found.as_csv() if found is not None else abort(404)


def _area(actor: Actor) -> Locality | None:
    """The locality to show: the reader's own, or one below it that was asked for."""
    own = rows.root_of(db.session, actor)
    asked = request.args.get("area", "")
    if not asked:
        return own
    wanted = db.session.get(Locality, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    if wanted is None or not rows.may_look_at(actor, wanted):
        abort(404)
    return wanted


def _panels(actor: Actor, area: Locality | None) -> list[Panel]:
    """The charts there are numbers for."""
    session = db.session
    queue, places = _queue(actor, area), rows.places(session, actor, area)
    waiting, deadlines = rows.waiting(session, actor, area), rows.deadlines(session, actor, area)
    made = (
        panels.queue_panel(queue, area) if queue else None,
        panels.places_panel(places, area, public=False) if places else None,
        panels.waiting_panel(waiting, counts=True) if waiting else None,
        panels.deadlines_panel(deadlines, percent=False) if deadlines else None,
    )
    return [panel for panel in made if panel is not None]


def _queue(actor: Actor, area: Locality | None) -> list[rows.QueueRow]:
    """The line by locality; a kindergarten sees that of its region, as everybody does."""
    if not rows.of_kindergarten(actor):
        return rows.queue(db.session, actor, area)
    kindergarten = db.session.get_one(Kindergarten, actor.kindergarten_id)
    region = rows.public_area(db.session, None, kindergarten.locality)
    return rows.public_queue(db.session, region) if region is not None else []


def _numbers(actor: Actor, area: Locality | None) -> list[tuple[str, str]]:
    """What is alive but not in the queue; for those who look after a queue."""
    if rows.of_kindergarten(actor):
        return []
    under_review, stop_listed = rows.apart(db.session, actor, area)
    return [
        (panels.shown(under_review), gettext("documents under review")),
        (panels.shown(stop_listed), gettext("in the stop-list")),
    ]


def _parts(actor: Actor, area: Locality | None) -> list[tuple[int, str]]:
    """Where one can go down to from here."""
    if rows.of_kindergarten(actor):
        return []
    return [(part.id, part.name(language())) for part in rows.parts_with_numbers(db.session, actor, area)]


def _way_down(actor: Actor, area: Locality | None) -> list[tuple[int | None, str]]:
    """The localities from the reader's own down to `area`."""
    own = rows.root_of(db.session, actor)
    way: list[tuple[int | None, str]] = []
    step = area
    while step is not None and (own is None or step.id != own.id):
        way.insert(0, (step.id, step.name(language())))
        step = step.parent
    start = own.name(language()) if own is not None else gettext("The whole country")
    return [(own.id if own is not None else None, start), *way] if way else []
