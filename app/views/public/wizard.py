"""The guided application: five steps, a check page, sending (guide 000).

What is answered is kept at every step; each step can be opened by its address, and one that comes too
early leads to the first that is not done.
"""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from sqlalchemy import select
from wtforms import BooleanField, RadioField

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.i18n import language
from app.models import Application, BenefitCategory, Child, Guardianship, Kindergarten, Locality, Person
from app.models.enums import CorrectionType, GroupType, Language, QueueType
from app.queries import localities
from app.queries.queue_number import queue_numbers
from app.rules.verdict import RuleBroken
from app.services import drafts
from app.services.access import require_sight
from app.services.reasons import explain
from app.services.regulation import rule_set_in_force
from app.views.actor import current_actor, current_person_id
from app.views.dates import limit_words
from app.views.public import bp
from app.views.public.accounts import CONSENTED
from app.views.public.entrance import parents_only
from app.views.public.fields import Choice, PublicForm, Required
from app.views.public.places import chosen_id, locality_page, remembered
from app.views.public.profile import profile_form, save_profile
from app.views.public.surroundings import chosen_locality
from app.views.public.wish_form import check, keep_answers, keep_papers, wish_form


class AboutForm(PublicForm):
    """The two consents of the first step."""

    policy = BooleanField(lazy_gettext("I accept the data policy"), [Required()])
    use_of_data = BooleanField(
        lazy_gettext(
            "I consent to the use of legally protected data held in information systems, "
            "including for publishing open data on the queue"
        ),
        [Required()],
    )


class ChildForm(PublicForm):
    child = RadioField(lazy_gettext("Which child do you apply for?"), [Choice()], coerce=int, choices=[])


class SendForm(PublicForm):
    """The last press; it carries the child, so that a second press finds what the first one made."""


@bp.route("/apply", methods=["GET", "POST"])
def apply() -> Any:
    """Step 1: about the service, the rights, the consents."""
    form = AboutForm()
    if form.validate_on_submit():
        session[CONSENTED] = True
        return redirect(url_for("public.apply_applicant" if current_user.is_authenticated else "public.apply_entrance"))
    if request.method == "GET" and session.get(CONSENTED):
        form.policy.data = form.use_of_data.data = True
    place = chosen_locality()
    rules = rule_set_in_force(db.session, place.id if place else 0, clock.today())
    check_limit = limit_words(rules.limit("benefit_check"))
    facts = {"benefits": _benefit_names(), "check_limit": check_limit, "rules": rules}
    return render_template("public/wizard/about.html", form=form, **facts), 422 if form.errors else 200


@bp.get("/apply/entrance")
def apply_entrance() -> Any:
    """Step 2: register or log in; passed over by those who are logged in."""
    onwards = url_for("public.apply_applicant")
    if current_user.is_authenticated:
        return redirect(onwards)
    return render_template("public/wizard/entrance.html", onwards=onwards)


@bp.route("/apply/applicant", methods=["GET", "POST"])
@parents_only
def apply_applicant() -> Any:
    """Step 3: the applicant's own data, completed."""
    if not session.get(CONSENTED) and not _given().get("consented"):
        return redirect(url_for("public.apply"))
    person = db.session.get_one(Person, current_person_id())
    form = profile_form(person)
    if form.validate_on_submit():
        save_profile(form)
        _keep(consented=True)
        return redirect(url_for("public.apply_child"))
    return render_template("public/wizard/applicant.html", form=form, person=person), 422 if form.errors else 200


@bp.route("/apply/child", methods=["GET", "POST"])
@parents_only
def apply_child() -> Any:
    """Step 4: one of the children of the account, or a new one."""
    if drafts.missing_of_applicant(db.session.get_one(Person, current_person_id())):
        return redirect(url_for("public.apply_applicant"))
    children = _children()
    form = ChildForm(data={"child": _given().get("child_id")})
    form.child.choices = [(child.id, f"{child.full_name}, {child.birth_date:%d.%m.%Y}") for child in children]
    if form.validate_on_submit():
        _keep(child_id=form.child.data)
        return redirect(url_for("public.apply_wish"))
    facts = {"children": children, "saved_at": _saved_at()}
    return render_template("public/wizard/child.html", form=form, **facts), 422 if form.errors else 200


@bp.route("/apply/place", methods=["GET", "POST"])
@parents_only
def apply_place() -> Any:
    """Within step 5: the locality of the queue."""
    if request.method == "GET":
        title = gettext("In which locality do you need a place?")
        return locality_page(url_for("public.apply_place"), url_for("public.apply_wish"), title)
    chosen = _keep(locality_id=chosen_id())["locality_id"]
    return remembered(redirect(url_for("public.apply_wish")), chosen)


@bp.route("/apply/wish", methods=["GET", "POST"])
@parents_only
def apply_wish() -> Any:
    """Step 5: queue, group, languages, locality, benefit."""
    given = _given()
    if _child(given) is None:
        return redirect(url_for("public.apply_child"))
    if given.get("locality_id") is None:
        chosen = chosen_locality()
        if chosen is None or not localities.is_choosable(db.session, chosen.id):
            return redirect(url_for("public.apply_place"))
        given = _keep(locality_id=chosen.id)
    form = wish_form(given)
    if request.method == "POST":
        form.validate()
        keep_papers(form)
        given = keep_answers(form)
        if check(form, given) and "change_place" not in request.form:
            return redirect(url_for("public.apply_check"))
        if "change_place" in request.form:
            return redirect(url_for("public.apply_place"))
    place = db.session.get_one(Locality, given["locality_id"])
    facts = {"given": given, "place": place.name(language()), "saved_at": _saved_at(), "child": _child(given)}
    return render_template("public/wizard/wish.html", form=form, **facts), 422 if form.errors else 200


@bp.get("/apply/check")
@parents_only
def apply_check() -> Any:
    """Everything once more before it is sent."""
    given = _given()
    child = _child(given)
    if child is None:
        return redirect(url_for("public.apply_child"))
    try:
        drafts.check(db.session, given, clock.now())
    except RuleBroken:
        return redirect(url_for("public.apply_wish"))
    return _check_page(given, child)


@bp.post("/apply/send")
@parents_only
def apply_send() -> Any:
    """Sends the application. A second press leads to the application of the first one."""
    child_id = request.form.get("child_id", type=int) or 0
    actor, person_id, now = current_actor(), current_person_id(), clock.now()
    try:
        with unit_of_work() as work:
            require_sight(work, actor, Child, child_id)
            sent_id = drafts.send(work, actor, person_id, child_id, now).id
    except RuleBroken as error:
        standing = drafts.standing_application(db.session, actor, child_id, None)
        if error.code == "CHILD_IN_QUEUE" and standing is not None:
            return redirect(url_for("public.accepted", application_id=standing.id))
        given, child = _given(), _child(_given())
        if child is None:
            flash(explain(error), "error")
            return redirect(url_for("public.apply_child"))
        return _check_page(given, child, explain(error)), 409
    return redirect(url_for("public.accepted", application_id=sent_id))


@bp.get("/applications/<int:application_id>/accepted")
@parents_only
def accepted(application_id: int) -> Any:
    """The answer to sending: the number of the application and the place in the queue."""
    require_sight(db.session, current_actor(), Application, application_id)
    application = db.session.get_one(Application, application_id)
    rules = rule_set_in_force(db.session, application.locality_id, clock.today())
    numbers = queue_numbers(db.session, application.id, rules)
    return render_template(
        "public/wizard/accepted.html",
        application=application,
        numbers=numbers,
        place=application.locality.name(language()),
    )


@bp.post("/apply/forget")
@parents_only
def apply_forget() -> Any:
    """Throws the draft away."""
    with unit_of_work() as work:
        drafts.forget(work, current_person_id())
    flash(gettext("The draft is deleted."), "success")
    return redirect(url_for("public.applications"))


def _check_page(given: dict[str, Any], child: Child, refused: str | None = None) -> str:
    wish = drafts.wish_of(given)
    place = db.session.get_one(Locality, wish.locality_id)
    category = db.session.get(BenefitCategory, wish.benefit_category_id) if wish.benefit_category_id else None
    facts = [
        (gettext("Child"), child.full_name),
        (gettext("Date of birth"), f"{child.birth_date:%d.%m.%Y}"),
        (gettext("Kind of queue"), _label(QueueType, given.get("queue_type"))),
        (gettext("Kind of group"), _label(GroupType, given.get("group_type"))),
        (gettext("Locality"), place.name(language())),
        (gettext("Language of instruction"), ", ".join(_label(Language, code) for code in given.get("languages", []))),
        (gettext("Type of disorder"), _label(CorrectionType, given.get("correction_type"))),
        (gettext("Conclusion"), _conclusion(given)),
        (gettext("Kindergarten you would like"), _wished(given)),
        (gettext("Benefit"), category.name(language()) if category else gettext("without a benefit")),
    ]
    papers = [given[f"{name}_paper"]["file_name"] for name in drafts.PAPERS if given.get(f"{name}_paper")]
    return render_template(
        "public/wizard/check.html", form=SendForm(), facts=facts, papers=papers, child=child, refused=refused
    )


def _conclusion(given: dict[str, Any]) -> str:
    parts = (given.get(f"conclusion_{name}") for name in ("number", "issuer", "issued_on"))
    return ", ".join(part for part in parts if part) if given.get("queue_type") != QueueType.GENERAL else ""


def _wished(given: dict[str, Any]) -> str:
    found = db.session.get(Kindergarten, given.get("wished_kindergarten_id") or 0)
    return found.name if found else ""


def _label(members: Any, code: str | None) -> str:
    return gettext(members(code).msgid) if code else ""


def _given() -> dict[str, Any]:
    return drafts.answers(db.session, current_person_id())


def _keep(**answers: Any) -> dict[str, Any]:
    with unit_of_work() as work:
        return drafts.keep(work, current_person_id(), clock.now(), **answers)


def _saved_at() -> Any:
    moment = drafts.saved_at(db.session, current_person_id())
    return clock.local(moment) if moment else None


def _children() -> list[Child]:
    query = select(Child).join(Guardianship, Guardianship.child_id == Child.id)
    return list(
        db.session.scalars(query.where(Guardianship.person_id == current_person_id()).order_by(Child.birth_date.desc()))
    )


def _child(given: dict[str, Any]) -> Child | None:
    return next((child for child in _children() if child.id == given.get("child_id")), None)


def _benefit_names() -> list[tuple[str, str]]:
    rows = db.session.scalars(
        select(BenefitCategory).where(BenefitCategory.is_active).order_by(BenefitCategory.position, BenefitCategory.id)
    )
    return [(str(row.stream), row.name(language())) for row in rows]
