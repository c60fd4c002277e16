"""Fields of office forms: native dates in the country's time, translated choices, selects that ask as one types."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import current_app, url_for
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup, escape
from wtforms import DateField, DateTimeLocalField, Field, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import html_params

from app import clock
from app.words import Labelled

FORM_CONTROL = {"class": "form-control"}


class LocalDateTimeField(DateTimeLocalField):
    """A moment typed in the country's time and handed on as an aware UTC one."""

    def process_data(self, value: dt.datetime | None) -> None:
        self.data = clock.local(value).replace(tzinfo=None) if value and value.tzinfo else value

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = self.data.replace(tzinfo=clock.ZONE).astimezone(dt.UTC)

    def _value(self) -> str:
        if self.raw_data or self.data is None or self.data.tzinfo is None:
            return super()._value()
        return clock.local(self.data).strftime("%Y-%m-%dT%H:%M")


class LabelledField(SelectField):
    """A choice among the members of a `Labelled` code, shown in the reader's language."""

    def __init__(self, label: Any = None, validators: Any = None, kind: type[Labelled] = Labelled, **kwargs: Any):
        self.kind = kind
        kwargs.setdefault("render_kw", FORM_CONTROL)
        super().__init__(label, validators, coerce=self._member, choices=self._choices, **kwargs)

    def _choices(self) -> list[SelectChoice]:
        return [SelectChoice("", ""), *(SelectChoice(member.value, gettext(member.msgid)) for member in self.kind)]

    def _member(self, value: Any) -> Labelled | None:
        return self.kind(value) if value else None


class AjaxSelectWidget:
    """A select that holds the chosen row alone; the rest is asked for while typing (`data-url`)."""

    def __call__(self, field: AjaxSelectField, **kwargs: Any) -> Markup:
        kwargs.setdefault("id", field.id)
        kwargs["class"] = "form-control js-lookup"
        kwargs["data-url"] = url_for(f"{field.view_name}.lookup")
        kwargs["data-placeholder"] = gettext("Type to search")
        if field.flags.required:
            kwargs["required"] = True
        attributes = html_params(name=field.name, **kwargs)  # escapes every value itself
        return Markup("<select {}>{}</select>").format(Markup(attributes), self._chosen(field))  # noqa: S704

    @staticmethod
    def _chosen(field: AjaxSelectField) -> Markup:
        empty = Markup('<option value=""></option>')
        if field.data is None:
            return empty
        view = field.related_view
        key, text = view.datamodel.get_pk_value(field.data), view.lookup_text(field.data)
        return empty + Markup('<option value="{}" selected>{}</option>').format(escape(key), escape(text))


class AjaxSelectField(Field):
    """A relation chosen through the related view's lookup; only its visible rows are accepted.

    `view_name` is the class name of the related OfficeModelView, which must be registered.
    """

    widget = AjaxSelectWidget()

    def __init__(self, label: Any = None, validators: Any = None, view_name: str = "", **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.view_name = view_name

    @property
    def related_view(self) -> Any:
        return view_named(self.view_name)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = None
        if valuelist[0]:
            view = self.related_view
            self.data = view.datamodel.get(valuelist[0], view.base_scope)
            if self.data is None:
                raise ValueError(gettext("Choose a value from the list."))


def view_named(name: str) -> Any:
    """The registered view of this class name. Raises LookupError when create_app never registered it."""
    for view in current_app.extensions["appbuilder"].baseviews:
        if type(view).__name__ == name:
            return view
    raise LookupError(f"{name} is used by a select but is not registered")


def own_field(
    interface: SQLAInterface, column: str, label: Any, description: Any, extra: list[Any], view_name: str | None
) -> UnboundField | None:
    """Our field for `column` where FAB's is unfit (relations by lookup, codes, dates), else None."""
    needed = [InputRequired()] if not interface.is_nullable(column) else [Optional()]
    common: dict[str, Any] = {"label": label, "description": description, "validators": [*needed, *extra]}
    if view_name is not None:
        return AjaxSelectField(view_name=view_name, **common)
    if interface.is_enum(column):
        kind = interface.list_columns[column].type.enum_class
        if isinstance(kind, type) and issubclass(kind, Labelled):
            return LabelledField(kind=kind, default=interface.get_col_default(column), **common)
    if interface.is_date(column):
        return DateField(render_kw=FORM_CONTROL, **common)
    if interface.is_datetime(column):
        return LocalDateTimeField(format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], render_kw=FORM_CONTROL, **common)
    return None


def search_field(interface: SQLAInterface, column: str, label: Any, view_name: str | None) -> UnboundField:
    """The field of one filter row: never required, and empty by default."""
    if view_name is not None:
        return AjaxSelectField(label, view_name=view_name)
    if interface.is_enum(column) and isinstance(interface.list_columns[column].type.enum_class, type):
        return LabelledField(label, kind=interface.list_columns[column].type.enum_class)
    if interface.is_boolean(column):
        words = [SelectChoice("", ""), SelectChoice("1", lazy_gettext("yes")), SelectChoice("0", lazy_gettext("no"))]
        return SelectField(label, choices=words, render_kw=FORM_CONTROL)
    if interface.is_date(column) or interface.is_datetime(column):
        return DateField(label, render_kw=FORM_CONTROL)
    return StringField(label, render_kw=FORM_CONTROL)
