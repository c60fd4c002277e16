"""My applications: the list, the archive, one application with its way, and what a parent may do with it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms.validators import Optional

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.i18n import language
from app.models import Application
from app.models.enums import ApplicationStatus, BenefitCheck
from app.queries import my_applications as rows
from app.queries.my_applications import Journey
from app.queries.queue_number import queue_numbers
from app.rules import lifecycle
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import applications as acts
from app.services import drafts
from app.services.access import require_sight
from app.services.reasons import explain
from app.services.regulation import rule_set_in_force
from app.views.actor import current_actor, current_person_id
from app.views.dates import counted, long_date
from app.views.public import bp, way
from app.views.public.changes import may_change_benefit, merge_of
from app.views.public.documents import given_file
from app.views.public.entrance import parents_only
from app.views.public.fields import DayField, PublicForm, not_in_future
from app.views.public.general_documents import documents_of
from app.views.public.turns import choice_of


class PaperForm(PublicForm):
    """A further document of a benefit."""

    paper = FileField(lazy_gettext("Document confirming the benefit"))
    issued_on = DayField(
        lazy_gettext("Date of issue of the document"), [Optional(), not_in_future], render_kw={"type": "date"}
    )


@bp.get("/applications", endpoint="applications")
@parents_only
def my_applications() -> str:
    """The live applications, the nearest deadline on top, and the draft that waits."""
    saved_at = drafts.saved_at(db.session, current_person_id())
    return _list_page(archived=False, saved_at=clock.local(saved_at) if saved_at else None)


@bp.get("/applications/archive")
@parents_only
def archive() -> str:
    """Applications that ended: withdrawn, too old, refused."""
    return _list_page(archived=True)


@bp.get("/applications/<int:application_id>")
@parents_only
def application(application_id: int) -> str:
    """One application: its four steps, number, what happens next, history."""
    return _card(application_id, PaperForm())


@bp.route("/applications/<int:application_id>/withdraw", methods=["GET", "POST"])
@parents_only
def withdraw(application_id: int) -> Any:
    """Asks, then takes the application back."""
    form = PublicForm()
    journey = rows.journey(db.session, current_actor(), application_id)
    if not form.validate_on_submit():
        return render_template("public/applications/withdraw.html", journey=journey, form=form)
    try:
        with unit_of_work() as session:
            acts.withdraw(session, current_actor(), application_id, clock.now())
    except RuleBroken as error:
        flash(explain(error), "warning")
        return redirect(url_for("public.application", application_id=application_id))
    flash(gettext("The application is withdrawn. It is kept in the archive."), "success")
    return redirect(url_for("public.applications"))


@bp.post("/applications/<int:application_id>/interest")
@parents_only
def confirm_interest(application_id: int) -> Response:
    """The yearly answer that the place is still needed."""
    try:
        with unit_of_work() as session:
            acts.confirm_interest(session, current_actor(), application_id, clock.now())
    except RuleBroken as error:
        flash(explain(error), "warning")
    else:
        flash(gettext("Thank you. The application stays in the queue."), "success")
    return redirect(url_for("public.application", application_id=application_id))


@bp.post("/applications/<int:application_id>/papers")
@parents_only
def attach_paper(application_id: int) -> Any:
    """A further document of the benefit, while it is being checked."""
    require_sight(db.session, current_actor(), Application, application_id)
    form = PaperForm()
    if form.validate():
        try:
            with unit_of_work() as session:
                drafts.attach_benefit_paper(
                    session, current_actor(), application_id, given_file("paper"), form.issued_on.data, clock.now()
                )
        except RuleBroken as error:
            form.paper.errors = [explain(error)]
        else:
            flash(gettext("The document is attached."), "success")
            return redirect(url_for("public.application", application_id=application_id))
    return _card(application_id, form), 422


def _list_page(archived: bool, saved_at: Any = None) -> str:
    found = rows.journeys(db.session, current_actor(), archived)
    cards = []
    for journey in found:
        rules = _rules(journey.application)
        cards.append(
            {
                "journey": journey,
                "chip": way.chip(journey.application.status),
                "next": way.what_next(journey, rules),
                "numbers": queue_numbers(db.session, journey.application.id, rules),
            }
        )
    return render_template("public/applications/list.html", cards=cards, archived=archived, saved_at=saved_at)


def _card(application_id: int, form: PaperForm) -> str:
    journey = rows.journey(db.session, current_actor(), application_id)
    found, rules = journey.application, _rules(journey.application)
    following = way.what_next(journey, rules)
    return render_template(
        "public/applications/card.html",
        journey=journey,
        application=found,
        chip=way.chip(found.status),
        steps=way.steps(journey, rules),
        next=following,
        how_counted=counted(following.deadline) if following.deadline else None,
        numbers=queue_numbers(db.session, found.id, rules),
        facts=_facts(journey),
        papers=rows.papers(db.session, found.id),
        changes=[(change, way.change_words(change)) for change in rows.history(db.session, found.id)],
        may=_moves(found),
        interest_by=_interest_by(found, rules),
        choice=choice_of(found, rules, clock.now()),
        merge=merge_of(found),
        may_change_benefit=may_change_benefit(found),
        general_documents=documents_of(journey),
        form=form,
        local=clock.local,
    )


def _facts(journey: Journey) -> list[tuple[str, Any]]:
    found = journey.application
    category, priority = found.benefit_category, found.priority_category
    return [
        (gettext("Child"), found.child.full_name),
        (gettext("Birth year"), found.birth_year),
        (gettext("Kind of queue"), gettext(found.queue_type.msgid)),
        (gettext("Kind of group"), gettext(found.group_type.msgid)),
        (gettext("Language of instruction"), ", ".join(way.language_name(code) for code in found.languages)),
        (gettext("Locality"), found.locality.name(language())),
        (gettext("Priority category"), priority.name(language()) if priority else None),
        (gettext("Benefit"), category.name(language()) if category else gettext("without a benefit")),
        (gettext("Check of the benefit"), gettext(found.benefit_check.msgid) if category else None),
        (gettext("Interest confirmed"), long_date(clock.local_date(found.interest_confirmed_at))),
    ]


def _moves(found: Application) -> dict[str, bool]:
    """Which acts have a button now; the service decides again."""
    checked = found.benefit_category_id is not None and found.benefit_check is BenefitCheck.PENDING
    return {
        "withdraw": found.status in lifecycle.move("withdraw").from_,
        "confirm_interest": found.status in lifecycle.move("confirm_interest").from_,
        "attach": checked and found.status is ApplicationStatus.DOCS_REVIEW,
    }


def _interest_by(found: Application, rules: RuleSet) -> str | None:
    """The day by which the interest must be confirmed this year, while it has not been."""
    if rules.interest_confirm_by is None:
        return None
    today = clock.today()
    day = rules.interest_confirm_by.in_year(today.year)
    year_began = day.replace(year=day.year - 1)
    if today > day or clock.local_date(found.interest_confirmed_at) > year_began:
        return None
    return long_date(day)


def _rules(found: Application) -> RuleSet:
    return rule_set_in_force(db.session, found.locality_id, clock.today())
