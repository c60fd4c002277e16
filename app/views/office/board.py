"""/office/board/: every place of every group as a square, and the five numbers that add up to the capacity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, request
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.extensions import db
from app.models import Kindergarten
from app.queries import board
from app.services.access import visible
from app.views.actor import current_actor

SEATS_IN_ROW = 13
STEP = 24
EDGE = 2


@dataclass(frozen=True)
class Seat:
    """One square of the drawing: its state (e, c, h, p, f) and its corner."""

    state: str
    x: int
    y: int


class BoardView(BaseView):
    """Groups and places of one kindergarten; whoever sees several chooses one first."""

    route_base = "/board"
    default_view = "board"
    title = _("Groups and places")

    @expose("/")
    @has_access
    @permission_name("board")
    def board(self) -> Any:
        """The board of `?kindergarten=`, of the reader's own one, or the list to choose from. 404 beyond reach."""
        actor = current_actor()
        chosen = request.args.get("kindergarten", type=int) or actor.kindergarten_id
        if chosen is None:
            return self.render_template(
                "office/board_list.html",
                title=gettext("Groups and places"),
                kindergartens=board.kindergartens(db.session, actor),
            )
        garden = db.session.scalar(select(Kindergarten).where(Kindergarten.id == chosen, visible(actor, Kindergarten)))
        if garden is None:
            abort(404)
        groups = board.groups_of(db.session, actor, garden.id)
        may = self.appbuilder.sm.has_access
        return self.render_template(
            "office/board.html",
            title=gettext("Groups and places"),
            garden=garden,
            groups=[(one, *drawing(one.seats)) for one in groups],
            places=sum(one.group.capacity for one in groups),
            free=sum(one.group.free for one in groups),
            may_publish=may("open_bulletin", "GroupView"),
            may_add=may("can_add", "GroupView"),
            may_resize=may("set_capacity", "GroupView"),
            may_decide=may("activate", "ClaimView"),
        )


def drawing(counts: list[tuple[str, int]]) -> tuple[list[Seat], int]:
    """The squares of a group, thirteen in a row, and the height of the picture."""
    states = [state for state, count in counts for _ in range(count)]
    seats = [
        Seat(state, EDGE + STEP * (place % SEATS_IN_ROW), EDGE + STEP * (place // SEATS_IN_ROW))
        for place, state in enumerate(states)
    ]
    rows = (len(states) + SEATS_IN_ROW - 1) // SEATS_IN_ROW
    return seats, max(rows, 1) * STEP
