"""The line for everybody: its order without names, and "which number am I" by the number of an application."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext

from app import clock
from app.extensions import db
from app.i18n import language
from app.models import Locality, Queue
from app.models.enums import ApplicationStatus, Language, QueueType
from app.models.mixins import clean_name
from app.queries import public_queue as rows
from app.queries.localities import alphabetical
from app.rules import rule_sets
from app.rules.ranking import Ratio
from app.services.regulation import rule_set_in_force
from app.views.public import bp
from app.views.public.surroundings import chosen_locality
from app.views.public.throttle import allowed

#: Enough for a family that looks its children up, too little for trying numbers out.
CHECKS = "30 per minute"
#: Chip of a row in the line: the kind of the macro `chip`.
LOOK = {ApplicationStatus.QUEUED: "", ApplicationStatus.CLAIMED: "info", ApplicationStatus.NOTIFIED: "soon"}
LONGEST_NUMBER = 40


@bp.get("/queue", endpoint="queue")
def queue_page() -> str:
    """The line of a locality, a birth year and a language in served order."""
    now = clock.now()
    localities = list(alphabetical(rows.localities_with_queues(db.session), language()))
    wanted = _wanted(localities)
    found = _find(wanted)
    ratio = Ratio()
    if wanted["locality"]:
        rules = rule_set_in_force(db.session, wanted["locality"].id, clock.local_date(now))
        ratio = rules.stream_ratio or Ratio()
    here = wanted["locality"]
    by_category = rows.category_lines(db.session, wanted["queue"], here.id) if here else []
    line = rows.line_page(db.session, found, ratio, wanted["first"]) if found else None
    return render_template(
        "public/queue/queue.html",
        wanted=wanted,
        line=line,
        by_category=by_category,
        ratio=ratio,
        localities=localities,
        years=_years(),
        taught=list(Language),
        queue_types=list(QueueType),
        look=LOOK,
        own=_own_number(),
        local=clock.local,
        **_pages(line, wanted["first"]),
    )


@bp.route("/check", methods=["GET", "POST"])
def check() -> Any:
    """The place of an application by its number; the number alone, no other data."""
    number = _given_number()
    if not number:
        wrong = gettext("Enter the number of the application.") if request.method == "POST" else None
        return _check_page(number, wrong=wrong), 422 if wrong else 200
    if not allowed("check", CHECKS):
        wrong = gettext("Too many requests from your network. Wait a minute and try again.")
        return _check_page(number, wrong=wrong), 429
    found = rows.check_number(db.session, number, clock.now())
    if found is None:
        wrong = gettext("There is no application with this number. Compare it with the message you were sent.")
        return _check_page(number, wrong=wrong), 404
    return _check_page(number, found=found)


def _check_page(number: str, found: rows.Found | None = None, wrong: str | None = None) -> str:
    return render_template("public/queue/check.html", number=number, found=found, wrong=wrong, longest=LONGEST_NUMBER)


def _given_number() -> str:
    """The number as it was typed, without what people put before it."""
    return clean_name(request.values.get("number", "")).lstrip("#№ ")[:LONGEST_NUMBER]


def _wanted(localities: list[Locality]) -> dict[str, Any]:
    """The line asked for; what is missing or makes no sense is chosen for the reader."""
    given = request.args
    chosen = chosen_locality()
    by_id = {str(row.id): row for row in localities}
    here = by_id.get(given.get("locality", "")) or (by_id.get(str(chosen.id)) if chosen else None)
    year, first = given.get("year", ""), given.get("from", "")
    return {
        "locality": here or (localities[0] if localities else None),
        "year": int(year) if year.isascii() and year.isdigit() and len(year) == 4 else clock.today().year - 3,
        "language": Language(given["language"]) if given.get("language") in set(Language) else Language.KK,
        "queue": QueueType(given["queue"]) if given.get("queue") in set(QueueType) else QueueType.GENERAL,
        "first": max(int(first), 1) if first.isascii() and first.isdigit() and len(first) < 9 else 1,
    }


def _find(wanted: dict[str, Any]) -> Queue | None:
    if wanted["locality"] is None:
        return None
    return rows.find_queue(db.session, wanted["queue"], wanted["locality"].id, wanted["year"], wanted["language"])


def _pages(line: rows.Line | None, first: int) -> dict[str, str | None]:
    if line is None:
        return {"previous_url": None, "next_url": None}
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in ("from", "lang") and value
    }

    def at(place: int) -> str:
        return url_for("public.queue", **{**kept, "from": str(place)})

    return {
        "previous_url": at(max(first - rows.PAGE, 1)) if first > 1 else None,
        "next_url": at(first + rows.PAGE) if first + rows.PAGE <= line.length else None,
    }


def _own_number() -> str:
    """The number the reader has just looked up, marked in the line."""
    return request.args.get("number", "")[:LONGEST_NUMBER]


def _years() -> list[int]:
    this_year = clock.today().year
    oldest = max(rules.max_age_years for rules in rule_sets.ALL)
    return list(range(this_year, this_year - oldest - 1, -1))
