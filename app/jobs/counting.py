"""Counting anew what the statistics show."""

from __future__ import annotations

import datetime as dt
import logging

from app.db import unit_of_work
from app.jobs.rows import Outcome
from app.services import statistics

log = logging.getLogger(__name__)


def refresh_statistics(now: dt.datetime) -> Outcome:
    """Replaces the counted rows; "done" says how many there are."""
    with unit_of_work() as session:
        written = statistics.refresh(session, now)
    log.info("refresh_statistics: %s", written)
    return {"done": sum(written.values()), "failed": 0}
