"""Localities, kindergartens and their groups."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, or_
from wtforms import StringField
from wtforms.validators import InputRequired, Length, NumberRange

from app.i18n import language
from app.models import Kindergarten, KindergartenGroup, Locality
from app.models.enums import CorrectionType, Language
from app.services import groups
from app.views.office.form_fields import FORM_CONTROL, CodesField, NumbersField, TextsField, code_words, is_bin
from app.views.office.subject_view import READ_ONLY, WRITES, OfficeView


class LocalityView(OfficeView):
    """The official classifier; it is imported (flask kato import), never typed."""

    datamodel = SQLAInterface(Locality)
    route_base = "/localities"
    record_name, records_name = _("Locality"), _("Localities")
    base_permissions = READ_ONLY
    list_columns = ["code", "name_kk", "name_ru", "level", "parent"]
    show_columns = list_columns
    search_columns = ["level"]
    order_columns = ["code"]
    base_order = ("code", "asc")

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        if text.isdigit():
            return Locality.code.startswith(text)
        return or_(Locality.name_kk.icontains(text, autoescape=True), Locality.name_ru.icontains(text, autoescape=True))

    def lookup_text(self, row: Locality) -> str:
        above = row.parent.name(language()) if row.parent else ""
        return f"{row.name(language())}, {above}" if above else row.name(language())


class GroupView(OfficeView):
    """Groups. The tally of places changes through acts; a form sets the places of a new group alone."""

    datamodel = SQLAInterface(KindergartenGroup)
    route_base = "/groups"
    record_name, records_name = _("Group"), _("Groups")
    base_permissions = WRITES
    list_columns = [
        "kindergarten",
        "name",
        "age_group",
        "birth_years",
        "language",
        "capacity",
        "enrolled",
        "free",
    ]
    show_columns = [*list_columns[:-1], "held", "published", "free", "group_type"]
    edit_columns = ["name", "age_group", "birth_years", "language", "group_type"]
    add_columns = ["kindergarten", *edit_columns, "capacity"]
    search_columns = ["kindergarten", "age_group", "language", "group_type", "free"]
    order_columns = ["id"]
    quick_search_columns = ["name"]
    ajax_columns = {"kindergarten": "KindergartenView"}
    lookup_parent = "kindergarten_id"
    validators_columns = {
        "name": [Length(max=100)],
        "capacity": [NumberRange(min=1, max=groups.LARGEST)],
    }
    _years = NumbersField(
        _("Birth years"),
        description=_("With commas between them, for example: 2022, 2023."),
        validators=[InputRequired()],
        render_kw=FORM_CONTROL,
    )
    add_form_extra_fields = {"birth_years": _years}
    edit_form_extra_fields = {"birth_years": _years}

    def pre_add(self, item: KindergartenGroup) -> None:
        groups.prepare_new(item)

    def lookup_text(self, row: KindergartenGroup) -> str:
        return f"{row.kindergarten} · {row.name}"


class KindergartenView(OfficeView):
    """Kindergartens of the reader's reach."""

    datamodel = SQLAInterface(Kindergarten)
    route_base = "/kindergartens"
    record_name, records_name = _("Kindergarten"), _("Kindergartens")
    base_permissions = WRITES
    related_views = [GroupView]
    list_columns = ["name", "kind", "locality", "address", "phones", "is_open"]
    show_columns = [*list_columns, "bin", "languages", "correction_types", "latitude", "longitude"]
    edit_columns = [
        "name",
        "kind",
        "locality",
        "address",
        "phones",
        "languages",
        "correction_types",
        "latitude",
        "longitude",
        "is_open",
    ]
    add_columns = ["bin", *edit_columns]
    search_columns = ["kind", "locality", "is_open"]
    order_columns = ["id"]
    quick_search_columns = ["name", "bin"]
    ajax_columns = {"locality": "LocalityView"}
    formatters_columns = {"languages": code_words(Language), "correction_types": code_words(CorrectionType)}
    validators_columns = {
        "name": [Length(max=200)],
        "address": [Length(max=300)],
        "latitude": [NumberRange(min=40, max=56)],
        "longitude": [NumberRange(min=46, max=88)],
    }
    _several = {
        "phones": TextsField(
            _("Phones"), description=_("With commas between them."), default=list, render_kw=FORM_CONTROL
        ),
        "languages": CodesField(_("Languages of instruction"), validators=[InputRequired()], kind=Language),
        "correction_types": CodesField(_("Types of disorder"), kind=CorrectionType),
    }
    add_form_extra_fields = {
        **_several,
        "bin": StringField(_("BIN"), validators=[InputRequired(), is_bin], render_kw={**FORM_CONTROL, "maxlength": 12}),
    }
    edit_form_extra_fields = _several
