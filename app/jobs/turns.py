"""Turns in time: heads of lines are told as soon as there are places; turns that were not used open them to all."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.jobs.rows import Outcome, each
from app.models import MergeRequest, Turn
from app.models.enums import MergeStatus, TurnStatus
from app.queries.turns import waiting_lines
from app.services import merges, turns
from app.services.access import SYSTEM


def notify_turns(now: dt.datetime) -> Outcome:
    """Tells the heads of every line that waits, as many as there are places nobody was promised."""
    db.session.rollback()
    told = 0

    def tell(session: object, line: int) -> bool:
        nonlocal told
        found = turns.notify_line(session, SYSTEM, line, now)  # type: ignore[arg-type]
        told += found
        return found > 0

    outcome = each("notify_turns", waiting_lines(db.session, now), tell)
    return {**outcome, "told": told}


def lapse_merges(now: dt.datetime) -> Outcome:
    """Requests to hand an application over that nobody answered in time."""
    db.session.rollback()
    over = select(MergeRequest.id).where(
        MergeRequest.status == MergeStatus.ASKED, MergeRequest.answer_by < clock.local_date(now)
    )
    due = list(db.session.scalars(over.order_by(MergeRequest.answer_by, MergeRequest.id)))
    return each("lapse_merges", due, lambda session, row: merges.lapse_if_over(session, SYSTEM, row, now))


def lapse_turns(now: dt.datetime) -> Outcome:
    """Turns whose last day is over: the children keep their place in line, the places open to all."""
    db.session.rollback()
    over = select(Turn.id).where(Turn.status == TurnStatus.LIVE, Turn.choose_by < clock.local_date(now))
    due = list(db.session.scalars(over.order_by(Turn.choose_by, Turn.id)))
    return each("lapse_turns", due, lambda session, row: turns.lapse_if_over(session, SYSTEM, row, now))
