"""Fields for columns that hold several values, and checks of identification numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext
from wtforms import Field, Form, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from app import clock
from app.i18n import language
from app.rules.iin import read_bin, read_iin
from app.rules.verdict import RuleBroken
from app.services.reasons import explain
from app.words import Labelled

FORM_CONTROL = {"class": "form-control"}
YEARS = range(1990, 2100)


class CodesField(SelectMultipleField):
    """Several members of a `Labelled` code, as boxes to tick; the column gets their stored codes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, kind: type[Labelled] = Labelled, **kwargs: Any):
        self.kind = kind
        kwargs.setdefault("render_kw", {"class": "codes"})
        super().__init__(label, validators, coerce=str, choices=self._offered, **kwargs)

    def _offered(self) -> list[SelectChoice]:
        return [SelectChoice(member.value, gettext(member.msgid)) for member in self.kind]


class ReferenceField(SelectField):
    """A choice among a few dozen rows that are looked up when the form is shown; an empty choice is None."""

    def __init__(self, label: Any = None, validators: Any = None, rows: Callable[[], Iterable[Any]] = list, **kw: Any):
        self.rows = rows
        super().__init__(label, validators, coerce=self._key, choices=self._offered, render_kw=FORM_CONTROL, **kw)

    def _offered(self) -> list[SelectChoice]:
        empty = [] if self.flags.required else [SelectChoice("", "")]
        return [*empty, *(SelectChoice(str(key), words) for key, words in self.rows())]

    @staticmethod
    def _key(value: Any) -> int | None:
        return int(value) if value not in (None, "", "None") else None


class NumbersField(StringField):
    """Years typed with commas: "2022, 2023"."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else ", ".join(map(str, self.data or []))

    def process_formdata(self, valuelist: list[str]) -> None:
        words = re.split(r"[,;\s]+", valuelist[0].strip()) if valuelist and valuelist[0].strip() else []
        years = [int(word) if word.isascii() and word.isdigit() else 0 for word in words]
        if any(year not in YEARS for year in years):
            self.data = []
            raise ValueError(gettext("Enter years with commas between them, for example: 2022, 2023."))
        self.data = sorted(set(years))


class TextsField(StringField):
    """Short texts typed with commas: phone numbers."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else ", ".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        texts = [text.strip() for text in (valuelist[0] if valuelist else "").split(",") if text.strip()]
        if any(len(text) > 20 for text in texts):
            self.data = []
            raise ValueError(gettext("Each entry may have at most 20 characters."))
        self.data = texts


def code_words(kind: type[Labelled]) -> Callable[[Any], str]:
    """A formatter for a column that holds a list of codes of `kind`."""
    known = {str(member): member for member in kind}

    def words(values: Any) -> str:
        return ", ".join(gettext(known[value].msgid) if value in known else str(value) for value in values or [])

    return words


def is_iin(form: Form, field: Field) -> None:
    """Refuses at the field what cannot be an IIN, or contradicts the birth date beside it."""
    if not field.data:
        return
    reading = read_iin(field.data, clock.today())
    if not reading.valid:
        raise ValidationError(explain(RuleBroken("IIN_FORMAT" if len(field.data) != 12 else "IIN_CHECKSUM")))
    born = form["birth_date"].data if "birth_date" in form else None
    if born and reading.birth_date and born != reading.birth_date:
        raise ValidationError(explain(RuleBroken("IIN_BIRTH")))


def is_bin(form: Form, field: Field) -> None:
    """Refuses at the field what cannot be a BIN."""
    if not read_bin(field.data or "").valid:
        raise ValidationError(explain(RuleBroken("BIN_FORMAT")))


def named(rows: Iterable[Any]) -> list[tuple[int, str]]:
    """Rows that have a name in every language, as choices in the reader's."""
    return [(row.id, row.name(language())) for row in rows]
