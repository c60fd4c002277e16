"""Roles of an account, shown and chosen in the reader's language."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext
from wtforms import SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from app.models.enums import Role

WORDS = {str(role): role.msgid for role in Role}
#: The clock's own role belongs to no account.
CHOSEN = tuple(role for role in Role if role is not Role.SYSTEM)


def role_words(rows: Any) -> str:
    """Rows of FAB's role table as words."""
    return ", ".join(gettext(WORDS.get(row.name, row.name)) for row in rows or [])


class RolesField(SelectMultipleField):
    """Boxes to tick; the column gets rows of the role table. A role that only exists in the database is kept."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("render_kw", {"class": "codes"})
        super().__init__(label, validators, coerce=str, choices=self._offered, **kwargs)

    @staticmethod
    def _offered() -> list[SelectChoice]:
        return [SelectChoice(str(role), gettext(role.msgid)) for role in CHOSEN]

    def process_data(self, value: Any) -> None:
        self.data = [row.name for row in value or []]

    def populate_obj(self, obj: Any, name: str) -> None:
        find = current_app.extensions["kezek.office"].sm.find_role
        unknown = [row for row in getattr(obj, name) if row.name not in WORDS]
        setattr(obj, name, [*unknown, *(find(role) for role in self.data)])
