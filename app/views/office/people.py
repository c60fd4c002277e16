"""Children, their guardians, and who answers for whom."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement
from wtforms import StringField, ValidationError
from wtforms.validators import Email, InputRequired, Length, Optional

from app import clock
from app.models import Child, Guardianship, Person
from app.queries import office_lists
from app.rules.verdict import RuleBroken
from app.services.reasons import explain
from app.views.office.applications import ApplicationView
from app.views.office.contracts import EnrolmentView
from app.views.office.form_fields import FORM_CONTROL, is_iin
from app.views.office.subject_view import WRITES, OfficeView

NAMES = ["surname", "given_name", "patronymic"]


def not_in_future(form: Any, field: Any) -> None:
    """Refuses at the field a birth date that has not come yet."""
    if isinstance(field.data, dt.date) and field.data > clock.today():
        raise ValidationError(explain(RuleBroken("DATE_IN_FUTURE")))


def identity_fields() -> dict[str, Any]:
    """Fields that both a child's and an adult's form check in the same way."""
    return {
        "iin": StringField(_("IIN"), validators=[Optional(), is_iin], filters=[_or_none], render_kw=FORM_CONTROL),
    }


def _or_none(text: str | None) -> str | None:
    return (text or "").strip() or None


def need_a_number(item: Child | Person) -> None:
    """Raises RuleBroken when somebody has neither an IIN nor a document number."""
    item.iin, item.document_number = _or_none(item.iin), _or_none(item.document_number)
    if not item.iin and not item.document_number:
        raise RuleBroken("IIN_FORMAT")


class GuardianshipView(OfficeView):
    """Who answers for a child; a child may have several guardians."""

    datamodel = SQLAInterface(Guardianship)
    route_base = "/guardianships"
    record_name, records_name = _("Guardianship"), _("Guardianships")
    base_permissions = WRITES
    list_columns = ["child", "person", "kind", "confirmed_by_register", "created_at"]
    show_columns = list_columns
    add_columns = ["child", "person", "kind"]
    edit_columns = ["kind"]
    search_columns = ["kind", "confirmed_by_register"]
    order_columns = ["id"]
    ajax_columns = {"child": "ChildView", "person": "PersonView"}

    def pre_add(self, item: Guardianship) -> None:
        item.created_at = clock.now()
        item.confirmed_by_register = False

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return Guardianship.child_id.in_(office_lists.children_found(text))


class PersonView(OfficeView):
    """Guardians and applicants."""

    datamodel = SQLAInterface(Person)
    route_base = "/guardians"
    record_name, records_name = _("Guardian"), _("Guardians")
    base_permissions = WRITES
    is_personal = True
    related_views = [GuardianshipView]
    list_columns = ["full_name", "iin", "birth_date", "phone"]
    show_columns = [
        "full_name",
        "iin",
        "document_number",
        "birth_date",
        "sex",
        "phone",
        "other_phone",
        "email",
        "address",
        "workplace",
        "position",
        "message_language",
    ]
    edit_columns = [
        *NAMES,
        "phone",
        "other_phone",
        "email",
        "address",
        "workplace",
        "position",
        "message_language",
    ]
    add_columns = ["iin", "document_number", *NAMES, "birth_date", "sex", *edit_columns[3:]]
    search_columns = ["birth_date"]
    order_columns = ["id"]
    add_form_extra_fields = identity_fields()
    validators_columns = {
        "surname": [InputRequired(), Length(max=100)],
        "given_name": [InputRequired(), Length(max=100)],
        "birth_date": [not_in_future],
        "email": [Optional(), Email()],
    }

    def pre_add(self, item: Person) -> None:
        need_a_number(item)

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.by_identity(Person, text)

    def lookup_text(self, row: Person) -> str:
        return f"{row.full_name}, {row.birth_date.year}"


class ChildView(OfficeView):
    """Children. Opening a child's file is recorded."""

    datamodel = SQLAInterface(Child)
    route_base = "/children"
    record_name, records_name = _("Child"), _("Children")
    base_permissions = WRITES
    is_personal = True
    related_views = [ApplicationView, GuardianshipView, EnrolmentView]
    list_columns = ["full_name", "iin", "birth_date", "sex"]
    show_columns = ["full_name", "iin", "document_number", "birth_date", "sex", "nationality", "created_at"]
    edit_columns = [*NAMES, "nationality"]
    add_columns = ["iin", "document_number", *NAMES, "birth_date", "sex", "nationality"]
    search_columns = ["birth_date", "sex"]
    order_columns = ["id"]
    add_form_extra_fields = identity_fields()
    validators_columns = {
        "surname": [InputRequired(), Length(max=100)],
        "given_name": [InputRequired(), Length(max=100)],
        "birth_date": [not_in_future],
    }

    @staticmethod
    def child_of(item: Child) -> Child:
        return item

    def pre_add(self, item: Child) -> None:
        need_a_number(item)
        item.created_at = clock.now()

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.by_identity(Child, text)

    def lookup_text(self, row: Child) -> str:
        return f"{row.full_name}, {row.birth_date.year}"
