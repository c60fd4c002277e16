"""Changes of an application that stands in the queue: another benefit, another applicant (guide 002)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.validators import Optional

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Application, MergeRequest
from app.rules import lifecycle
from app.rules.verdict import RuleBroken
from app.services import benefits, merges
from app.services.access import require_sight
from app.services.reasons import explain
from app.views.actor import current_actor, current_person_id
from app.views.dates import limit_words, long_date
from app.views.public import bp
from app.views.public.documents import given_file
from app.views.public.entrance import parents_only
from app.views.public.fields import DayField, PublicForm, not_in_future
from app.views.public.wish_form import benefit_choices

NONE = "none"


class BenefitForm(PublicForm):
    """Another benefit, or none."""

    blame = {
        **dict.fromkeys(("BENEFIT_UNKNOWN", "BENEFIT_SAME"), "benefit"),
        **dict.fromkeys(("REQUIRED", "DATE_IN_FUTURE", "DOC_OUTDATED"), "issued_on"),
        **dict.fromkeys(
            ("DOCUMENT_MISSING", "FILE_TOO_BIG", "FILE_EMPTY", "FILE_TYPE", "FILE_UNREADABLE", "FILE_INFECTED"), "paper"
        ),
    }
    benefit = SelectField(lazy_gettext("Benefit"))
    paper = FileField(lazy_gettext("Document confirming the benefit"))
    issued_on = DayField(
        lazy_gettext("Date of issue of the document"), [Optional(), not_in_future], render_kw={"type": "date"}
    )


@bp.route("/applications/<int:application_id>/benefit", methods=["GET", "POST"])
@parents_only
def change_benefit(application_id: int) -> Any:
    """Asks for the new benefit and its document, then changes it."""
    require_sight(db.session, current_actor(), Application, application_id)
    found = db.session.get_one(Application, application_id)
    form = BenefitForm(data={"benefit": str(found.benefit_category_id or NONE)})
    form.benefit.choices = [(NONE, gettext("Without a benefit")), *benefit_choices()]
    if request.method == "GET":
        return render_template("public/turns/benefit.html", application=found, form=form)
    if form.validate():
        wanted = None if form.benefit.data == NONE else int(form.benefit.data)
        chosen = request.files.get("paper")
        upload = given_file("paper") if chosen is not None and chosen.filename else None
        try:
            with unit_of_work() as session:
                benefits.change_benefit(
                    session,
                    current_actor(),
                    application_id,
                    wanted,
                    upload,
                    form.issued_on.data,
                    clock.now(),
                )
        except RuleBroken as error:
            form.refuse(error)
        else:
            flash(_done(application_id), "success")
            return redirect(url_for("public.application", application_id=application_id), 303)
    found = db.session.get_one(Application, application_id)
    return render_template("public/turns/benefit.html", application=found, form=form), 422


@bp.post("/applications/<int:application_id>/merge")
@parents_only
def ask_to_merge(application_id: int) -> Response:
    """Asks the parent who filed the application to hand it over."""
    require_sight(db.session, current_actor(), Application, application_id)
    try:
        with unit_of_work() as session:
            merges.ask(session, current_actor(), application_id, clock.now())
    except RuleBroken as error:
        flash(explain(error), "danger")
    else:
        flash(gettext("The other parent is asked. You will be told the answer."), "success")
    return redirect(url_for("public.application", application_id=application_id), 303)


@bp.post("/merges/<int:request_id>/<any(agree, refuse, take_back):answer>")
@parents_only
def answer_merge(request_id: int, answer: str) -> Response:
    """The answer of the parent who is asked, or the asker's change of mind."""
    require_sight(db.session, current_actor(), MergeRequest, request_id)
    application_id = db.session.get_one(MergeRequest, request_id).application_id
    try:
        with unit_of_work() as session:
            flash(_answered(session, request_id, answer), "success")
    except RuleBroken as error:
        flash(explain(error), "danger")
    return redirect(url_for("public.application", application_id=application_id), 303)


def merge_of(application: Application) -> dict[str, Any] | None:
    """What the card says of handing the application over; None where there is nothing to say."""
    now = clock.now()
    pending = merges.live_request(db.session, application.id)
    if pending is not None:
        return {
            "request": pending,
            "asked_of_me": pending.asked_of_id == current_person_id(),
            "date": long_date(pending.answer_by),
        }
    if not merges.may_ask(db.session, current_actor(), application, now):
        return None
    return {"request": None, "limit": limit_words(merges.ANSWER)}


def may_change_benefit(application: Application) -> bool:
    """Whether the card has the button; the service decides again."""
    return application.status in lifecycle.move("change_benefit").from_


def _answered(session: Any, request_id: int, answer: str) -> str:
    actor, now = current_actor(), clock.now()
    if answer == "agree":
        merges.agree(session, actor, request_id, now)
        return gettext("The application is handed over.")
    if answer == "refuse":
        merges.refuse(session, actor, request_id, "", now)
        return gettext("The application stays with you.")
    merges.take_back(session, actor, request_id, now)
    return gettext("The request is taken back.")


def _done(application_id: int) -> str:
    found = db.session.get_one(Application, application_id)
    if found.check_by is not None:
        return gettext("The new benefit is being checked. The moment of submission is kept.")
    return gettext("The benefit is changed. The number in the queue is counted anew.")
