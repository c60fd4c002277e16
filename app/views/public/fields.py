"""Fields and checks that the forms of the parents' site share. Every refusal is a sentence at its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, StringField
from wtforms.validators import StopValidation, ValidationError

from app import clock
from app.models.mixins import clean_name
from app.rules.iin import IinReason, read_iin
from app.rules.verdict import RuleBroken
from app.services.accounts import normal_phone
from app.services.children import Unreadable, read_document_number, read_name
from app.services.reasons import explain

_IIN_CODES = {IinReason.FORMAT: "IIN_FORMAT", IinReason.CHECKSUM: "IIN_CHECKSUM"}


class PublicForm(FlaskForm):
    """A form whose fields can also be refused by a service. `blame` names the field of a refusal's code."""

    blame: Mapping[str, str] = {}

    def refuse(self, error: RuleBroken) -> None:
        """Puts the sentence of `error` at the field it is about, else above the form."""
        field = self._fields.get(self.blame.get(error.code, ""))
        sentence = explain(error)
        if field is None:
            self.form_errors.append(sentence)
        elif sentence not in field.errors:
            field.errors = [*field.errors, sentence]


class Required:
    """Refuses an empty answer; blanks are empty."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        if field.process_errors:
            raise StopValidation  # what was typed could not be read, and the field says so already
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(explain(RuleBroken("REQUIRED")))


class Choice:
    """Refuses a choice that is missing or not on the list."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        if field.data in (None, "", []):
            field.errors = []
            raise StopValidation(gettext("Choose one."))


def blank(text: str | None) -> str | None:
    """What was typed on one line, without invisible characters and spare blanks; None when nothing was."""
    return clean_name(text or "") or None


def iin_or_document(form: Any, field: Field) -> None:
    """Leaves a well-formed IIN or document number in the field."""
    typed = "".join((field.data or "").split())
    if len(typed) >= 11 and typed.isdigit():
        iin(form, field)
        return
    try:
        field.data = read_document_number(field.data or "")
    except Unreadable as error:
        code = RuleBroken("IIN_FORMAT")
        raise ValidationError(explain(code) if typed.isdigit() else gettext(error.msgid)) from error


def iin(form: Any, field: Field) -> None:
    """Leaves a valid IIN in the field; the reason why it is not one stands at the field."""
    typed = "".join((field.data or "").split())
    reading = read_iin(typed, clock.today())
    if reading.reason in _IIN_CODES:
        raise ValidationError(explain(RuleBroken(_IIN_CODES[reading.reason])))
    if reading.reason is not None:
        raise ValidationError(
            gettext("The IIN has a mistake: %(reason)s. Check the digits.", reason=gettext(reading.reason.msgid))
        )
    field.data = typed


def phone(form: Any, field: Field) -> None:
    """Leaves the phone as +77XXXXXXXXX in the field."""
    try:
        field.data = normal_phone(field.data or "")
    except RuleBroken as error:
        raise ValidationError(explain(error)) from error


def name(form: Any, field: Field) -> None:
    """Leaves a clean name in the field."""
    try:
        field.data = read_name(field.data)
    except Unreadable as error:
        raise ValidationError(gettext(error.msgid)) from error


def document_number(form: Any, field: Field) -> None:
    """Leaves a document number in the field."""
    try:
        field.data = read_document_number(field.data)
    except Unreadable as error:
        raise ValidationError(gettext(error.msgid)) from error


def not_in_future(form: Any, field: Field) -> None:
    """Refuses a date that has not come yet."""
    if field.data is not None and field.data > clock.today():
        raise ValidationError(explain(RuleBroken("DATE_IN_FUTURE")))


class DayField(StringField):
    """A date, from the browser's own calendar or typed as 20.11.2026; what was typed stays on the page."""

    data: Any
    _typed: str = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self._typed = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not self._typed:
            return
        for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
            try:
                self.data = dt.datetime.strptime(self._typed, pattern).date()  # noqa: DTZ007 - a date has no zone
                return
            except ValueError:
                continue
        raise ValueError(gettext("Enter the date as day.month.year, for example 20.11.2026."))

    def _value(self) -> str:
        return f"{self.data:%Y-%m-%d}" if self.data else self._typed


def enum_choices(members: Any) -> list[tuple[str, Any]]:
    """Choices of a select or a set of buttons from codes with labels, translated when they are shown."""
    return [(str(member), lazy_gettext(member.msgid)) for member in members]
