"""What every page of the parents' site has around its content: menu, languages, place and clock."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import abort, current_app, redirect, request, session, url_for
from flask_babel import gettext, lazy_gettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app import clock
from app.extensions import db
from app.i18n import LANGUAGES, SHORT_LABELS, language
from app.models import Locality, Message, Person
from app.queries.vouchers import by_voucher
from app.views.actor import current_actor
from app.views.public import bp

LANGUAGE_COOKIE = "lang"
LOCALITY_COOKIE = "locality"
YEAR = 365 * 86_400

OPEN_TO_ALL = (
    ("public.bulletins", lazy_gettext("Bulletins")),
    ("public.queue", lazy_gettext("Queue")),
    ("public.kindergartens", lazy_gettext("Kindergartens")),
    ("public.statistics", lazy_gettext("Statistics")),
)
FOR_PARENTS = (
    ("public.applications", lazy_gettext("My applications")),
    ("public.bulletins", lazy_gettext("Bulletins")),
    ("public.contracts", lazy_gettext("Contracts")),
    ("public.children", lazy_gettext("Children")),
    ("public.inbox", lazy_gettext("Notifications")),
    ("public.profile", lazy_gettext("Profile")),
)
#: In the place of the bulletins for those whose locality issues vouchers (guide 001, the menu); the waiting list
#: is a step further, on that page: the bar has room for one more only on a wide screen.
WITH_VOUCHERS = (("public.vouchers", lazy_gettext("Applications for a voucher")),)
FOR_STRANGERS = (
    *OPEN_TO_ALL,
    ("public.register", lazy_gettext("Register")),
    ("public.log_in", lazy_gettext("Log in")),
)
FOOTER = (
    (
        lazy_gettext("Open to everybody"),
        (
            *OPEN_TO_ALL,
            ("public.check", lazy_gettext("Check my number")),
            ("public.rules", lazy_gettext("The rules in words")),
        ),
    ),
)


def safe_next(wanted: str | None, otherwise: str) -> str:
    """`wanted` when it is an address inside this site, else `otherwise`."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return otherwise
    parts = urlsplit(wanted)
    return otherwise if parts.scheme or parts.netloc or any(ord(char) < 32 for char in wanted) else wanted


def chosen_locality() -> Locality | None:
    """The locality the reader has chosen on this device, else the one of the reader's own profile."""
    wanted = request.cookies.get(LOCALITY_COOKIE, "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        found = db.session.get(Locality, int(wanted))
        if found is not None:
            return found
    person = current_person()
    return db.session.get(Locality, person.locality_id) if person and person.locality_id else None


def current_person() -> Person | None:
    """The person behind the parent's account, None for a stranger and for staff."""
    person_id = current_actor().person_id
    return db.session.get(Person, person_id) if person_id is not None else None


@bp.get("/lang/<code>")
def language_switch(code: str) -> Response:
    """Remembers the language on this device and returns to the page."""
    if code not in LANGUAGES:
        abort(404)
    answer = redirect(safe_next(request.args.get("next"), "/"))
    session.pop("locale", None)
    answer.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=YEAR,
        samesite="Lax",
        httponly=True,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return answer


@bp.get("/clock")
def server_clock() -> dict[str, str]:
    """The reference time, for the clock in the corner after a long sleep of the device."""
    return {"now": clock.local(clock.now()).isoformat()}


@bp.app_context_processor
def surroundings() -> dict[str, Any]:
    """The variables of app/templates/public/base.html; nothing for the office."""
    if request.blueprint not in (bp.name, None):
        return {}
    person = current_person()
    locality = chosen_locality()
    unread = _unread(person)
    return {
        "languages": _languages(),
        "nav": _nav(person, unread),
        "current_person": person,
        "logout_url": url_for("public.log_out"),
        "server_now": clock.local(clock.now()),
        "clock_url": url_for("public.server_clock"),
        "locality_name": locality.name(language()) if locality else gettext("Locality"),
        "locality_url": url_for("public.locality", next=request.path),
        "unread_count": unread,
        "demo": current_app.config["DEMO"],
        "footer_links": [(str(title), _links(links)) for title, links in FOOTER],
    }


def _languages() -> list[tuple[str, str, str, bool]]:
    here = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return [
        (code, SHORT_LABELS[code], url_for("public.language_switch", code=code, next=here), code == language())
        for code in LANGUAGES
    ]


def _nav(person: Person | None, unread: int) -> list[tuple[str, str, bool, int]]:
    links = FOR_PARENTS if person else FOR_STRANGERS
    if person and by_voucher(db.session, person.id):
        links = (links[0], *WITH_VOUCHERS, *links[2:])
    return [
        (url, label, request.path.startswith(url), unread if url.endswith("/inbox") else 0)
        for url, label in _links(links)
    ]


def _links(links: Any) -> list[tuple[str, str]]:
    return [(url_for(endpoint), str(label)) for endpoint, label in links]


def _unread(person: Person | None) -> int:
    if person is None:
        return 0
    query = select(func.count()).select_from(Message).where(Message.person_id == person.id, Message.read_at.is_(None))
    return db.session.scalar(query) or 0
