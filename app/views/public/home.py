"""The front page: the two ways in, what opens next, how the queue of the place stands."""

from __future__ import annotations

from flask import render_template

from app import clock
from app.extensions import db
from app.queries import bulletins as bulletin_rows
from app.queries import town
from app.rules.rule_sets import RuleSet
from app.services.regulation import rule_set_in_force
from app.views.dates import limit_words
from app.views.public import bp
from app.views.public.surroundings import chosen_locality


@bp.get("/")
def home() -> str:
    """The front page of the reader's locality, or of the whole country."""
    place, now = chosen_locality(), clock.now()
    prefix = place.prefix if place else ""
    rules = rule_set_in_force(db.session, place.id if place else 0, clock.today())
    opening = bulletin_rows.next_opening(db.session, bulletin_rows.Wanted(locality_prefix=prefix), now)
    return render_template(
        "public/home/home.html",
        place=place,
        opens_at=clock.local(opening[0]) if opening else None,
        opens_count=opening[1] if opening else 0,
        soon=town.places_soon(db.session, prefix),
        numbers=town.numbers(db.session, prefix, now, clock.today()),
        daily_at=rules.bulletin_opens_at,
        limits=_limits(rules),
        local=clock.local,
    )


def _limits(rules: RuleSet) -> dict[str, str]:
    """The limits that the way from the application to the kindergarten mentions, in words."""
    return {code: limit_words(rules.limit(code)) for code in rules.limit_codes()}
