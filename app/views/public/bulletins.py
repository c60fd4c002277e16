"""Bulletins of free places: the public list and the card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.i18n import language
from app.models import Account, Application, Bulletin
from app.models.enums import ApplicationStatus, Language
from app.models.mixins import clean_name
from app.queries import bulletins as rows
from app.queries.bulletins import Wanted
from app.queries.localities import alphabetical
from app.views.public import bp
from app.views.public.offers import (
    MINE,
    as_row,
    bring_up_to_date,
    own_applications,
    public_bulletin,
    publish_now,
)


@bp.get("/bulletins", endpoint="bulletins")
def bulletins_list() -> str:
    """The public list; with ?application= also what fits that child."""
    now = clock.now()
    bring_up_to_date(now)
    session = db.session
    own = own_applications(session)
    application = _chosen(own)
    wanted = _wanted(application)
    page = rows.bulletin_page(session, wanted, now)
    notified = rows.with_priority(session, application.id, [row.id for row in page.rows]) if application else set()
    return render_template(
        "public/bulletins/list.html",
        rows=[as_row(session, row, application, now, row.id in notified) for row in page.rows],
        blocked=_blocked(session, page.rows, application, now),
        application=application,
        own=own,
        wanted=wanted,
        opening=rows.next_opening(session, wanted, now),
        localities=alphabetical(rows.places_to_filter(session), language()),
        taught=list(Language),
        years=_years(now),
        next_url=_next_url(page),
        first_url=_url(before=None) if wanted.before else None,
        access_items=_access_items(wanted),
        now=clock.local(now),
    )


@bp.get("/bulletins/<int(max=2147483647):bulletin_id>")
def bulletin(bulletin_id: int) -> str:
    """The card: everything about one bulletin, and why there is, or is not, a button."""
    now = clock.now()
    publish_now(bulletin_id, now)
    session = db.session
    found = public_bulletin(session, bulletin_id)
    own = own_applications(session)
    offers = [as_row(session, found, application, now) for application in own]
    return render_template(
        "public/bulletins/card.html",
        bulletin=found,
        row=next((row for row in offers if row.may_claim), as_row(session, found, None, now)),
        offers=list(zip(own, offers, strict=True)),
        openable=any(row.may_claim or row.opens_at for row in offers),
        opened_by=session.get(Account, found.opened_by_id) if found.opened_by_id else None,
        now=clock.local(now),
        local=clock.local,
    )


def _blocked(
    session: Session, found: Sequence[Bulletin], application: Application | None, now: dt.datetime
) -> str | None:
    """Why this application cannot claim anywhere now (stop-list, another claim), said once above the list."""
    if application is None or not found or application.status is ApplicationStatus.QUEUED:
        return None
    return as_row(session, found[0], application, now, False).sentence


def _chosen(own: Sequence[Application]) -> Application | None:
    wanted = request.args.get("application", "")
    return next((row for row in own if str(row.id) == wanted), own[0] if own else None)


def _wanted(application: Application | None) -> Wanted:
    given = request.args
    prefix, year, access = given.get("locality", ""), given.get("year", ""), given.get("access", "")
    return Wanted(
        locality_prefix=prefix if prefix.isascii() and prefix.isdigit() and len(prefix) <= 9 else "",
        kindergarten=clean_name(given.get("kindergarten", ""))[:100],
        language=given["language"] if given.get("language") in set(Language) else "",
        birth_year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        access=access if access in ("me", "all") else "",
        application=application,
        before=_before(given.get("before", "")),
    )


def _before(key: str) -> tuple[dt.datetime, int] | None:
    """The key of the last row of the page before: moment and number. Anything else begins anew."""
    moment, _, number = key.rpartition("~")
    try:
        at = dt.datetime.fromisoformat(moment)
        return (at, int(number)) if at.tzinfo and 0 < int(number) < 2**31 else None
    except ValueError:
        return None


def _next_url(page: rows.Page) -> str | None:
    if not page.has_more:
        return None
    last = page.rows[-1]
    return _url(before=f"{last.publish_at.isoformat()}~{last.id}")


def _url(**changed: str | None) -> str:
    """This page with some of its filters changed."""
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "lang" and value}
    return url_for("public.bulletins", **{**kept, **changed})


def _access_items(wanted: Wanted) -> list[tuple[str, str, bool, None]]:
    items = (("", gettext("All bulletins")), ("me", str(MINE)), ("all", gettext("Available to all")))
    return [(words, _url(access=code or None, before=None), wanted.access == code, None) for code, words in items]


def _years(now: dt.datetime) -> list[int]:
    this_year = clock.local_date(now).year
    return list(range(this_year, this_year - 8, -1))
