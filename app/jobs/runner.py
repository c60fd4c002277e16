"""One run of one job: what a worker does with a name and a due moment, and the operator with a name."""

from __future__ import annotations

import datetime as dt
import logging

from sqlalchemy import select, update

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.jobs.broker import broker
from app.jobs.rows import Outcome, log_failure
from app.jobs.schedule import find
from app.models import JobRun

log = logging.getLogger(__name__)

#: A run that raised is done again so many times; then it is closed with its error, and the next due run follows.
TRIES = 5


def run_now(name: str) -> Outcome:
    """Runs a job at once, by hand, and writes one log line. Raises KeyError for an unknown name."""
    job = find(name)
    began = clock.machine_now()
    outcome = job.run(clock.now())
    seconds = (clock.machine_now() - began).total_seconds()
    log.info("job %s: %s in %.2f s", name, outcome, seconds)
    return outcome


def run_due(name: str, due: str) -> Outcome | None:
    """Runs a scheduled job whose run is recorded under `name` and the moment `due` (ISO).

    A run that is finished already does nothing: the broker may bring it twice. One that raises stays
    unfinished with its error recorded, and the scheduler brings it again.
    """
    due_at = dt.datetime.fromisoformat(due)
    db.session.rollback()
    recorded = select(JobRun.finished_at, JobRun.outcome).where(JobRun.name == name, JobRun.due_at == due_at)
    found = db.session.execute(recorded).one_or_none()
    if found is None or found.finished_at is not None:
        return None
    try:
        outcome = run_now(name)
    except Exception as error:
        log_failure(name, due, error)
        tries = int((found.outcome or {}).get("tries", 0)) + 1
        outcome = {"error": type(error).__name__, "tries": tries}
        _record(name, due_at, outcome, finished=tries >= TRIES)
        return outcome
    _record(name, due_at, outcome, finished=True)
    return outcome


def run_kicked(name: str) -> Outcome | None:
    """Runs a job that a request asked for. What fails here is done by the schedule."""
    broker().take_kick(name)
    try:
        return run_now(name)
    except Exception as error:
        log_failure(name, "asked for", error)
        return None


def _record(name: str, due_at: dt.datetime, outcome: Outcome, finished: bool) -> None:
    with unit_of_work() as session:
        session.execute(
            update(JobRun)
            .where(JobRun.name == name, JobRun.due_at == due_at)
            .values(outcome=outcome, finished_at=clock.machine_now() if finished else None)
        )
