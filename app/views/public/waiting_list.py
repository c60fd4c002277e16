"""«Заявки на лист ожидания»: where the child waits for a place, the offer and the answer to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Voucher, WaitingListEntry
from app.models.enums import WaitingListStatus
from app.queries import waiting_list as rows
from app.rules.verdict import RuleBroken
from app.services import waiting_list as acts
from app.services.access import require_sight, visible
from app.services.reasons import explain
from app.views.actor import current_actor
from app.views.dates import counted, stored_deadline
from app.views.public import bp, voucher_way
from app.views.public.entrance import parents_only

LOOK = {
    WaitingListStatus.WAITING: "info",
    WaitingListStatus.OFFERED: "soon",
    WaitingListStatus.ACCEPTED: "ok",
    WaitingListStatus.LAPSED: "bad",
    WaitingListStatus.LEFT: "",
}


@bp.get("/waiting-list", endpoint="waiting_list")
@parents_only
def waiting_lists() -> str:
    """The reader's entries, live ones first: the place in the line, or the offer and its last day."""
    found = rows.entries_of(db.session, visible(current_actor(), WaitingListEntry))
    return render_template(
        "public/waiting_list/list.html",
        entries=[(entry, rows.place_of(db.session, entry)) for entry in found],
        look=LOOK,
        end_of=voucher_way.end_of,
        counted=lambda entry: counted(deadline) if (deadline := stored_deadline(entry.formula)) else None,
    )


@bp.post("/vouchers/<int:voucher_id>/waiting-list/<int(max=2147483647):kindergarten_id>")
@parents_only
def join_waiting_list(voucher_id: int, kindergarten_id: int) -> Any:
    """Joins the line for one kindergarten."""
    require_sight(db.session, current_actor(), Voucher, voucher_id)
    said = gettext("The child is on the waiting list. We will tell you when a place is offered.")
    return _done(lambda s: acts.join_waiting_list(s, current_actor(), voucher_id, kindergarten_id, clock.now()), said)


@bp.post("/waiting-list/<int:entry_id>/accept")
@parents_only
def accept_offer(entry_id: int) -> Any:
    """Takes the offered place."""
    require_sight(db.session, current_actor(), WaitingListEntry, entry_id)
    said = gettext("The request of enrolment is sent. Wait for the kindergarten's contract.")
    return _done(lambda s: acts.accept_offer(s, current_actor(), entry_id, clock.now()), said)


@bp.route("/waiting-list/<int:entry_id>/leave", methods=["GET", "POST"])
@parents_only
def leave_waiting_list(entry_id: int) -> Any:
    """Asks once more, then leaves the line."""
    require_sight(db.session, current_actor(), WaitingListEntry, entry_id)
    if request.method == "GET":
        return render_template("public/waiting_list/leave.html", entry=db.session.get_one(WaitingListEntry, entry_id))
    said = gettext("You have left the waiting list.")
    return _done(lambda s: acts.leave_waiting_list(s, current_actor(), entry_id, clock.now()), said)


def _done(act: Callable[[Session], object], said: str) -> Any:
    try:
        with unit_of_work() as session:
            act(session)
    except RuleBroken as refusal:
        flash(explain(refusal), "warning")
    else:
        flash(said, "success")
    return redirect(url_for("public.waiting_list"), 303)
