"""Children of the account: the list, adding one by IIN or from a document."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from wtforms import RadioField, StringField
from wtforms.validators import Length, Optional

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.gateways.person_register import RegisteredPerson
from app.models import Application, Child, Guardianship, Person
from app.models.enums import GuardianKind, Sex
from app.rules.verdict import RuleBroken
from app.services import children as children_acts
from app.services.access import visible
from app.services.applications import LIVE
from app.services.children import TypedChild
from app.views.actor import current_actor, current_person_id
from app.views.public import bp, way
from app.views.public.entrance import parents_only
from app.views.public.fields import (
    Choice,
    DayField,
    PublicForm,
    Required,
    blank,
    document_number,
    enum_choices,
    iin,
    name,
    not_in_future,
)
from app.views.public.surroundings import safe_next
from app.views.public.throttle import allowed

LOOK_UPS = "30 per hour"
WHO = lazy_gettext("Who are you to the child?")


class FindForm(PublicForm):
    """The child's IIN and who the applicant is."""

    blame = dict.fromkeys(("IIN_OWN", "IIN_ADULT", "IIN_NOT_FOUND", "NOT_GUARDIAN", "REGISTER_DOWN"), "iin")

    iin = StringField(
        lazy_gettext("IIN of the child"),
        [Required(), iin],
        description=lazy_gettext("12 digits. It stands in the birth certificate."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    kind = RadioField(WHO, [Choice()], choices=enum_choices(GuardianKind), validate_choice=True)


class TypedForm(PublicForm):
    """A child without an IIN, from the document."""

    blame = {
        "CHILD_OTHER_ACCOUNT": "document_number",
        "DATE_IN_FUTURE": "birth_date",
        "IIN_ADULT": "birth_date",
        **dict.fromkeys(("IIN_BIRTH", "IIN_SEX", "IIN_NOT_FOUND", "IIN_OWN", "NOT_GUARDIAN", "REGISTER_DOWN"), "iin"),
    }

    document_number = StringField(
        lazy_gettext("Number of the document"),
        [Required(), document_number],
        description=lazy_gettext("Of the birth certificate or the passport."),
        render_kw={"autocomplete": "off"},
    )
    surname = StringField(lazy_gettext("Surname"), [Required(), Length(max=100), name])
    given_name = StringField(lazy_gettext("Given name"), [Required(), Length(max=100), name])
    patronymic = StringField(lazy_gettext("Patronymic (if any)"), [Optional(), Length(max=100), name])
    birth_date = DayField(lazy_gettext("Date of birth"), [Required(), not_in_future], render_kw={"type": "date"})
    sex = RadioField(lazy_gettext("Sex"), [Choice()], choices=enum_choices(Sex))
    iin = StringField(
        lazy_gettext("IIN, if there is one already"),
        [Optional(), iin],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    kind = RadioField(WHO, [Choice()], choices=enum_choices(GuardianKind))


@bp.get("/children")
@parents_only
def children() -> str:
    """The children of the account, each with its application or the way to one."""
    rows = db.session.execute(
        select(Child, Guardianship.kind)
        .join(Guardianship, Guardianship.child_id == Child.id)
        .where(Guardianship.person_id == current_person_id())
        .order_by(Child.birth_date.desc(), Child.id)
    ).all()
    live = db.session.scalars(
        select(Application).where(visible(current_actor(), Application), Application.status.in_(LIVE))
    ).all()
    by_child: dict[int, list[Application]] = {}
    for application in live:
        by_child.setdefault(application.child_id, []).append(application)
    return render_template("public/children/list.html", rows=rows, by_child=by_child, look=way.chip)


@bp.route("/children/add", methods=["GET", "POST"])
@parents_only
def add_child() -> Any:
    """By IIN: first the names are shown, then the child is added."""
    form = FindForm()
    found = _find(form) if form.validate_on_submit() else None
    if found is not None and "save" in request.form:
        child = _add(form)
        if child is not None:
            return _added(child)
        found = None
    page = render_template("public/children/add.html", form=form, found=found, back=_back())
    return page, 422 if form.errors else 200


@bp.route("/children/add/document", methods=["GET", "POST"])
@parents_only
def add_child_typed() -> Any:
    """From a document: for a child who has no IIN."""
    form = TypedForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                child = children_acts.add_typed(
                    session,
                    current_actor(),
                    current_person_id(),
                    _typed(form),
                    GuardianKind(form.kind.data),
                    clock.now(),
                    clock.today(),
                )
        except RuleBroken as error:
            form.refuse(error)
        else:
            return _added(child)
    return render_template("public/children/typed.html", form=form, back=_back()), 422 if form.errors else 200


def _find(form: FindForm) -> RegisteredPerson | None:
    person = db.session.get_one(Person, current_person_id())
    # Nobody has so many children: this is somebody trying numbers.
    if not allowed("child-look-up", LOOK_UPS, str(person.id)):
        form.form_errors.append(gettext("Too many numbers were tried. Try again in an hour."))
        return None
    try:
        return children_acts.find(db.session, person, form.iin.data, clock.today())
    except RuleBroken as error:
        form.refuse(error)
        return None


def _add(form: FindForm) -> Child | None:
    try:
        with unit_of_work() as session:
            return children_acts.add(
                session,
                current_actor(),
                current_person_id(),
                form.iin.data,
                GuardianKind(form.kind.data),
                clock.now(),
                clock.today(),
            )
    except RuleBroken as error:
        form.refuse(error)
        return None


def _typed(form: TypedForm) -> TypedChild:
    return TypedChild(
        document_number=form.document_number.data,
        surname=form.surname.data,
        given_name=form.given_name.data,
        patronymic=blank(form.patronymic.data),
        birth_date=form.birth_date.data,
        sex=Sex(form.sex.data),
        iin=blank(form.iin.data),
    )


def _added(child: Child) -> Any:
    flash(gettext("The child is added: %(name)s.", name=child.full_name), "success")
    return redirect(_back())


def _back() -> str:
    return safe_next(request.args.get("next"), url_for("public.children"))
