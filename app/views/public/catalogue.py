"""The catalogue of kindergartens."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request, url_for

from app import clock
from app.extensions import db
from app.i18n import language
from app.models import Kindergarten
from app.models.enums import CorrectionType, KindergartenKind, Language
from app.models.mixins import clean_name
from app.queries import catalogue as rows
from app.queries.catalogue import Wanted
from app.queries.localities import alphabetical
from app.views.public import bp
from app.views.public.offers import as_row


@bp.get("/kindergartens", endpoint="kindergartens")
def catalogue() -> str:
    """Kindergartens by name, with filters and the places that can be claimed now."""
    wanted = _wanted()
    found, has_more = rows.catalogue_page(db.session, wanted)
    return render_template(
        "public/catalogue/list.html",
        entries=found,
        wanted=wanted,
        localities=alphabetical(rows.localities_with_kindergartens(db.session), language()),
        kinds=list(KindergartenKind),
        taught=list(Language),
        corrections=list(CorrectionType),
        next_url=_url(after=f"{found[-1].kindergarten.name}~{found[-1].kindergarten.id}") if has_more else None,
        first_url=_url(after=None) if wanted.after else None,
    )


@bp.get("/kindergartens/<int(max=2147483647):kindergarten_id>")
def kindergarten(kindergarten_id: int) -> str:
    """One kindergarten: address, groups and their places, bulletins."""
    found = db.session.get(Kindergarten, kindergarten_id)
    if found is None or not found.is_open:
        abort(404)
    now = clock.now()
    bulletins = rows.bulletins_of(db.session, kindergarten_id)
    return render_template(
        "public/catalogue/card.html",
        kindergarten=found,
        groups=rows.groups_of(db.session, kindergarten_id),
        bulletins=[as_row(db.session, row, None, now) for row in bulletins],
        local=clock.local,
    )


def _wanted() -> Wanted:
    given = request.args
    prefix = given.get("locality", "")
    return Wanted(
        locality_prefix=prefix if prefix.isascii() and prefix.isdigit() and len(prefix) <= 9 else "",
        words=clean_name(given.get("words", ""))[:100],
        kind=given["kind"] if given.get("kind") in set(KindergartenKind) else "",
        language=given["language"] if given.get("language") in set(Language) else "",
        correction=given["correction"] if given.get("correction") in set(CorrectionType) else "",
        only_with_places=given.get("free") == "y",
        after=_after(given.get("after", "")),
    )


def _after(key: str) -> tuple[str, int] | None:
    """The key of the last row of the page before, name and number; anything else begins anew."""
    name, _, number = key.rpartition("~")
    is_key = number.isascii() and number.isdigit() and len(number) < 10 and "\0" not in name
    return (name, int(number)) if is_key else None


def _url(**changed: str | None) -> str:
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "lang" and value}
    return url_for("public.kindergartens", **{**kept, **changed})
