"""Choosing a locality: one page of plain links and a search, used by the header, the profile and the application."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.db import unit_of_work
from app.extensions import db
from app.i18n import language
from app.models import Locality, Person
from app.models.mixins import clean_name
from app.queries import localities
from app.views.actor import current_person_id
from app.views.public import bp
from app.views.public.entrance import parents_only
from app.views.public.surroundings import LOCALITY_COOKIE, YEAR, safe_next


def locality_page(action: str, back: str, title: Any) -> str:
    """The page on which a locality is chosen; a choice is posted to `action` as `locality_id`."""
    under = request.args.get("under", type=int)
    words = clean_name(request.args.get("q", ""))[:60]
    return render_template(
        "public/home/locality.html",
        step=localities.step(db.session, under, language()),
        found=localities.search(db.session, words, language()) if words else None,
        words=words,
        action=action,
        back=back,
        title=title,
        kept={key: value for key, value in request.args.items() if key not in ("under", "q")},
    )


def chosen_id() -> int:
    """The posted locality; 404 for one that cannot be chosen."""
    wanted = request.form.get("locality_id", type=int)
    if wanted is None or not localities.is_choosable(db.session, wanted):
        abort(404)
    return wanted


@bp.route("/locality", methods=["GET", "POST"])
def locality() -> str | Response:
    """The locality of this device: what bulletins, queue and statistics show first."""
    back = safe_next(request.args.get("next"), url_for("public.home"))
    if request.method == "GET":
        return locality_page(url_for("public.locality", next=back), back, None)
    return remembered(redirect(back), chosen_id())


def remembered(answer: Response, locality_id: int) -> Response:
    """The answer that makes this device show the locality first from now on."""
    answer.set_cookie(
        LOCALITY_COOKIE,
        str(locality_id),
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


@bp.route("/profile/locality", methods=["GET", "POST"])
@parents_only
def profile_locality() -> str | Response:
    """The locality where the parent lives."""
    back = url_for("public.profile")
    if request.method == "GET":
        return locality_page(url_for("public.profile_locality"), back, None)
    wanted = chosen_id()
    with unit_of_work() as session:
        session.get_one(Person, current_person_id()).locality_id = session.get_one(Locality, wanted).id
    return redirect(back)
