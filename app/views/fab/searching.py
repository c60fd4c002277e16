"""What the reader asked of a list in the address: page, order, filters and the search box.

Nothing typed there may break the page or reach further than the view allows.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from flask import flash, request
from flask_appbuilder.models.filters import Filters
from flask_babel import gettext
from sqlalchemy import ColumnElement, String, cast, or_

from app import clock
from app.models.mixins import search_key
from app.views.fab.filters import ClauseFilter
from app.views.fab.interface import OfficeInterface

LONGEST_SEARCH = 100
LARGEST_NUMBER = 2**31


@dataclass(frozen=True)
class Wish:
    """One list's wishes; absent ones are None or empty."""

    page: int | None
    page_size: int | None
    order_column: str
    order_direction: str


def wish_for(view_name: str) -> Wish:
    """The wishes of the address for the list of `view_name`; nonsense counts as no wish."""
    direction = request.args.get(f"_od_{view_name}", "")
    column = request.args.get(f"_oc_{view_name}", "") if direction in ("asc", "desc") else ""
    return Wish(
        page=_number(request.args.get(f"page_{view_name}")),
        page_size=_number(request.args.get(f"psize_{view_name}")),
        order_column=column,
        order_direction=direction if column else "",
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def apply_search(view: Any, filters: Filters) -> None:
    """Fills `filters` of `view` from the address: `f_<column>` with `o_<column>`, FAB's `_flt_<n>_<column>`, `q`."""
    filters.clear_filters()
    for column in filters.get_search_filters():
        text = request.args.get(f"f_{column}", "").strip()
        if text:
            _add(view, filters, column, _number(request.args.get(f"o_{column}")) or 0, text)
    for name in request.args:
        spoken = re.fullmatch(r"_flt_(\d)_(.+)", name)
        if spoken and spoken[2] in filters.get_search_filters():
            _add(view, filters, spoken[2], int(spoken[1]), request.args[name])
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH].replace("\x00", "")
    clause = view.search_clause(text) if text else None
    if clause is not None:
        filters.add_filter(view.datamodel.get_pk_name(), ClauseFilter, clause)


def _add(view: Any, filters: Filters, column: str, operator: int, text: str) -> None:
    offered = filters.get_search_filters()[column]
    try:
        value = typed(view.datamodel, column, text[:LONGEST_SEARCH])
        chosen = offered[operator]
    except (ValueError, IndexError):
        flash(gettext("The filter was not understood: %(column)s", column=view.label_columns.get(column)), "warning")
        return
    filters.add_filter(column, type(chosen), value)


def typed(interface: OfficeInterface, column: str, text: str) -> Any:
    """`text` as a value of `column`. Raises ValueError when it cannot be one."""
    if "\x00" in text:
        raise ValueError(text)
    if interface.is_boolean(column):
        return {"1": True, "y": True, "0": False, "n": False}[text] if text in "10yn" else _refuse(text)
    if interface.is_enum(column):
        kind = interface.list_columns[column].type.enum_class
        return kind(text) if kind else text
    if interface.is_date(column):
        return dt.date.fromisoformat(text)
    if interface.is_datetime(column):
        return dt.datetime.combine(dt.date.fromisoformat(text[:10]), dt.time(), clock.ZONE)
    if interface.is_relation(column) or interface.is_integer(column):
        return int(text) if abs(int(text)) < LARGEST_NUMBER else _refuse(text)
    return text


def _refuse(text: str) -> Any:
    raise ValueError(text)


def any_contains(model: type, columns: list[str], text: str) -> ColumnElement[bool] | None:
    """`text` in any of the model's own `columns`: digits as the beginning of a number, words anywhere.

    A column named search_key holds folded names and is asked with the folded text.
    """
    if not columns:
        return None
    return or_(*(_contains(getattr(model, column), text) for column in columns))


def _contains(column: Any, text: str) -> ColumnElement[bool]:
    wanted = search_key(text) if column.key == "search_key" else text
    escaped = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    # A cast on a text column would hide it from its trigram index.
    words = column if isinstance(column.type, String) else cast(column, String)
    return words.ilike(f"{escaped}%" if wanted.isdigit() else f"%{escaped}%", escape="\\")
