"""What comes once a year, found by its date: late or twice changes nothing."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.jobs.rows import Outcome, each
from app.models import Application
from app.rules import lifecycle
from app.services import year
from app.services.access import SYSTEM
from app.services.regulation import end_of_day, rule_set_in_force


def archive_uninterested(now: dt.datetime) -> Outcome:
    """Applications whose interest was not confirmed by the yearly date of their locality's rule set (D17)."""
    today = clock.local_date(now)
    db.session.rollback()
    waits = Application.status.in_(lifecycle.move("archive_uninterested").from_)
    due: list[int] = []
    for locality_id in list(db.session.scalars(select(Application.locality_id).where(waits).distinct())):
        rules = rule_set_in_force(db.session, locality_id, today)
        if rules.interest_confirm_by is None:
            continue
        last = rules.yearly_date("interest_confirmation").last_before(today)
        before = end_of_day(rules.interest_confirm_by.in_year(last.year - 1))
        here = Application.locality_id == locality_id
        due += db.session.scalars(select(Application.id).where(waits, here, Application.interest_confirmed_at < before))
    return each("archive_uninterested", sorted(due), lambda s, row: year.archive_uninterested(s, SYSTEM, row, now))
