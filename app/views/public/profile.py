"""The parent's own data and password."""

from __future__ import annotations

from typing import Any

import email_validator
from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext, lazy_gettext
from wtforms import Field, PasswordField, RadioField, StringField
from wtforms.validators import EqualTo, Length, Optional, ValidationError

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Account, Locality, Person
from app.models.enums import Language
from app.rules.verdict import RuleBroken
from app.services import accounts, record
from app.services.reasons import explain
from app.views.actor import current_actor, current_person_id
from app.views.public import bp
from app.views.public.accounts import MARK
from app.views.public.entrance import parents_only
from app.views.public.fields import PublicForm, Required, blank, enum_choices, phone

MESSAGE_LANGUAGES = (Language.KK, Language.RU, Language.EN)
TOO_LONG = lazy_gettext("This is too long.")


def mailbox(form: Any, field: Field) -> None:
    """Leaves a well-formed address in the field; whether the mailbox exists is not asked."""
    try:
        field.data = email_validator.validate_email(field.data.strip(), check_deliverability=False).normalized
    except email_validator.EmailNotValidError as error:
        raise ValidationError(explain(RuleBroken("EMAIL_FORMAT"))) from error


class ProfileForm(PublicForm):
    """What the applicant may change; names and the birth date are the register's."""

    address = StringField(
        lazy_gettext("Address"),
        [Required(), Length(max=300, message=TOO_LONG)],
        description=lazy_gettext("Street, house and flat where you live."),
        render_kw={"autocomplete": "street-address"},
    )
    other_phone = StringField(
        lazy_gettext("Other phone"),
        [Optional(), phone],
        description=lazy_gettext("If we cannot reach you. You may leave it empty."),
        render_kw={"type": "tel", "inputmode": "tel"},
    )
    email = StringField(
        lazy_gettext("E-mail"),
        [Optional(), Length(max=254, message=TOO_LONG), mailbox],
        description=lazy_gettext("Notifications come there too. You may leave it empty."),
        render_kw={"type": "email", "autocomplete": "email"},
    )
    message_language = RadioField(
        lazy_gettext("Language of messages"), [Required()], choices=enum_choices(MESSAGE_LANGUAGES)
    )


class ChangePasswordForm(PublicForm):
    blame = {"LOGIN_WRONG": "old", "PASSWORD_LENGTH": "password", "PASSWORD_WEAK": "password"}

    old = PasswordField(lazy_gettext("Present password"), [Required()], render_kw={"autocomplete": "current-password"})
    password = PasswordField(
        lazy_gettext("New password"),
        [Required()],
        description=lazy_gettext("From 8 to 40 characters."),
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        lazy_gettext("Password once more"),
        [Required(), EqualTo("password", lazy_gettext("The passwords differ. Enter them again."))],
        render_kw={"autocomplete": "new-password"},
    )


def profile_form(person: Person) -> ProfileForm:
    """The form, filled with what is known."""
    form = ProfileForm(obj=person)
    if not form.is_submitted():
        form.message_language.data = str(person.message_language)
    return form


def save_profile(form: ProfileForm) -> None:
    """Stores the answers of a valid form for the parent who is logged in."""
    with unit_of_work() as work:
        person = work.get_one(Person, current_person_id())
        person.address = blank(form.address.data)
        person.other_phone = blank(form.other_phone.data)
        person.email = blank(form.email.data)
        person.message_language = Language(form.message_language.data)
        record.write_event(work, current_actor(), clock.now(), "change_profile", person)


@bp.route("/profile", methods=["GET", "POST"])
@parents_only
def profile() -> Any:
    """Own data: what the register says and what can be changed."""
    person = db.session.get_one(Person, current_person_id())
    form = profile_form(person)
    if form.validate_on_submit():
        save_profile(form)
        flash(gettext("Saved."), "success")
        return redirect(url_for("public.profile"))
    place = db.session.get(Locality, person.locality_id) if person.locality_id else None
    code = 422 if form.errors else 200
    return render_template("public/profile/profile.html", form=form, person=person, place=place), code


@bp.route("/profile/password", methods=["GET", "POST"])
@parents_only
def password() -> Any:
    """A new password for the present one; other devices are logged out."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                account: Account = accounts.change_password(
                    work, current_actor(), form.old.data, form.password.data, clock.now()
                )
        except RuleBroken as error:
            form.refuse(error)
        else:
            session[MARK] = accounts.password_mark(account)
            flash(gettext("The password is changed. Other devices are logged out."), "success")
            return redirect(url_for("public.profile"))
    return render_template("public/profile/password.html", form=form), 422 if form.errors else 200
