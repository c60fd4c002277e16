"""What frames every office page: language, clock, who is here, where one may go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request, url_for
from flask_login import current_user

from app import clock
from app.i18n import SHORT_LABELS, language
from app.views.fab.memory import once_per_request


@dataclass(frozen=True)
class Entry:
    """One line of the rail; `hot` when something behind it is overdue."""

    label: str
    url: str
    current: bool
    count: int = 0
    hot: bool = False


@dataclass(frozen=True)
class Frame:
    """Everything the band and the rail show."""

    lang: str
    now: dt.datetime
    home: str
    languages: list[tuple[str, str, str, bool]]
    name: str = ""
    place: str = ""
    own_page: str = ""
    logout: str = ""
    menu: list[Entry] = field(default_factory=list)


def office_frame() -> Frame:
    """The frame of this request's page; a Jinja global of the office templates."""
    return once_per_request("office frame", _make)


def _make() -> Frame:
    builder = current_app.extensions["appbuilder"]
    lang = language()
    common: dict[str, Any] = {
        "lang": lang,
        "now": clock.local(clock.now()),
        "home": builder.get_url_for_index,
        "languages": _languages(builder, lang),
    }
    if not current_user.is_authenticated:
        return Frame(**common)
    return Frame(
        **common,
        name=current_user.get_full_name() or current_user.username,
        place=_place(lang),
        own_page=builder.get_url_for_userinfo,
        logout=builder.get_url_for_logout,
        menu=list(_menu(builder)),
    )


def _languages(builder: Any, lang: str) -> list[tuple[str, str, str, bool]]:
    here = request.full_path if request.method == "GET" and request.args else request.path
    switch = f"{builder.bm.locale_view.endpoint}.index"
    return [
        (code, SHORT_LABELS.get(code, code), url_for(switch, locale=code, next=here), code == lang)
        for code in builder.languages
    ]


def _place(lang: str) -> str:
    """For which kindergarten or locality the reader works; empty for those who work for all."""
    if current_user.kindergarten is not None:
        return current_user.kindergarten.name
    return current_user.locality.name(lang) if current_user.locality is not None else ""


def _menu(builder: Any) -> Iterator[Entry]:
    counts = builder.menu_counts() if builder.menu_counts else {}
    allowed = builder.sm.get_user_menu_access()
    for item in builder.menu.get_list():
        for leaf in item.childs or [item]:
            if {item.name, leaf.name} <= allowed and leaf.name != "-" and leaf.should_render():
                number, hot = counts.get(leaf.name, (0, False))
                yield Entry(str(leaf.label), leaf.get_url(), _is_here(leaf), number, hot)


def _is_here(item: Any) -> bool:
    return item.baseview is not None and (request.endpoint or "").startswith(f"{item.baseview.endpoint}.")
