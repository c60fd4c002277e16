"""Writing the reminders of the day: each deadline once, a unit of work per letter."""

from __future__ import annotations

import datetime as dt

from app.db import unit_of_work
from app.jobs.rows import Outcome, each
from app.services import reminders


def write_reminders(now: dt.datetime) -> Outcome:
    """Every deadline that is to be reminded of now and was not yet."""
    outcome: Outcome = {"done": 0, "failed": 0}
    for template, find in reminders.FINDERS.items():
        with unit_of_work() as session:
            due = find(session, now, None)
        made = each(
            "write_reminders",
            range(len(due)),
            lambda s, place, template=template, due=due: reminders.remind(s, template, due[place], now),
        )
        outcome["done"] += made["done"]
        outcome["failed"] += made["failed"]
    return outcome
