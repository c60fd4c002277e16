"""How a stored value reads on an office screen: chips for states, local times, masked IINs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from flask import get_template_attribute
from flask_babel import format_date, format_datetime, gettext
from markupsafe import Markup

from app.i18n import language
from app.words import N_, Labelled

ABSENT = "–"
SHORT_DATE = "dd.MM.yyyy"
SHORT_MOMENT = "dd.MM.yyyy HH:mm"
YES, NO = N_("yes"), N_("no")

# Which colour and shape a state wears; a word always stands beside it, so nothing hangs on colour.
CHIP_KINDS: dict[str, tuple[str, ...]] = {
    "ok": (
        *("confirmed", "open", "activated", "enrolled", "accepted", "used", "in_use", "signed"),
        *("released", "restored", "delivered", "sent", "attached"),
    ),
    "soon": (
        *("docs_review", "notified", "claimed", "referred", "pending", "priority", "waiting", "issued", "extended"),
        *("contracting", "rework", "uploaded", "parent_signed", "voucher_issued", "scheduled", "created"),
    ),
    "bad": (
        *("refused", "declined", "expired", "stop_listed", "marked", "returned", "failed", "annulled"),
        *("lapsed", "escalated", "withdrawn", "cancelled_by_department"),
    ),
}


def chip_kind(code: str) -> str:
    """The chip's class for a stored code; states with nothing to do now are plain."""
    return next((kind for kind, codes in CHIP_KINDS.items() if code in codes), "")


def chip(member: Labelled, kind: str | None = None) -> Markup:
    """A state as a chip with its translated word."""
    draw = get_template_attribute("public/macros/status.html", "chip")
    return draw(kind if kind is not None else chip_kind(member.value), gettext(member.msgid))


def show_date(day: dt.date) -> str:
    """A date as 20.11.2026 in every language (texts.md §6)."""
    return format_date(day, SHORT_DATE)


def show_moment(moment: dt.datetime) -> str:
    """A moment in the country's time as 20.11.2026 18:00."""
    return format_datetime(moment, SHORT_MOMENT)


def mask_iin(iin: str | None) -> str:
    """An IIN as a list may show it: the first four digits and the last."""
    if not iin:
        return ABSENT
    return f"{iin[:4]}{'•' * max(len(iin) - 5, 0)}{iin[-1]}"


def display(value: Any) -> str | Markup:
    """Any column value as text for a person; markup only where we made it ourselves."""
    if value is None or value == "":
        return ABSENT
    # States wear a chip; kinds, languages and reasons are plain words.
    if isinstance(value, Labelled) and type(value).__name__.endswith(("Status", "State", "Check")):
        return chip(value)
    return plain(value)


def plain(value: Any) -> str:
    """Any column value as plain text, for exports and for `display`."""
    if value is None:
        return ""
    if isinstance(value, Labelled):
        return gettext(value.msgid)
    if isinstance(value, bool):
        return gettext(YES) if value else gettext(NO)
    if isinstance(value, dt.datetime):
        return show_moment(value)
    if isinstance(value, dt.date):
        return show_date(value)
    if isinstance(value, list | tuple | set):
        return ", ".join(plain(each) for each in value)
    # Localities and benefit categories have a name in every language.
    name = getattr(value, "name", None)
    return name(language()) if callable(name) else str(value)


def formatters(
    columns: Iterable[str], own: dict[str, Callable[[Any], Any]], masked: Iterable[str] = ()
) -> dict[str, Callable[[Any], Any]]:
    """One formatter per column: the view's own, the mask for IINs, `display` for the rest."""
    hidden = set(masked)
    chosen = {column: mask_iin if is_iin(column) or column in hidden else display for column in columns}
    return {**chosen, **own}


def is_iin(column: str) -> bool:
    """Whether a column (perhaps of a relation: "child.iin") holds an IIN."""
    return column.rsplit(".", 1)[-1] in {"iin", "guardian_iin", "child_iin", "person_iin"}
