"""The scheduler: every few seconds it writes down which runs are due, and brings them to the workers.

A run is a row with the key (job, due moment), so two schedulers bring it once, and a broker that forgets
loses nothing: a row without an end is brought again. RQ's own cron is not used, because two of them
run everything twice, it counts in UTC, and it forgets what was missed.
"""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading

from redis.exceptions import RedisError
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.jobs.broker import broker
from app.jobs.schedule import SCHEDULE, find
from app.models import JobRun

log = logging.getLogger(__name__)

EVERY = 2.0
#: So long after its patience a run without an end is taken for lost, so that it never runs beside itself.
GRACE = dt.timedelta(seconds=20)
_LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)

Run = tuple[str, dt.datetime]


def tick() -> list[Run]:
    """Brings every due run to the workers; returns those it brought.

    Which run is due is decided by Kezek's clock, so that the demo's clock moves the jobs as well; how
    long a run has been under way, by the machine's.
    """
    present = clock.machine_now()
    due = _write_down(clock.now(), present)
    due += _take_lost(present)
    return [run for run in due if _bring(run, present)]


def _write_down(now: dt.datetime, present: dt.datetime) -> list[Run]:
    """Records the latest due run of every job that has none under way. After an outage that is one run, not many."""
    with unit_of_work() as session:
        busy = set(session.scalars(select(JobRun.name).where(JobRun.finished_at.is_(None))))
        rows = [
            {"name": job.name, "due_at": job.when.latest(now), "enqueued_at": present}
            for job in SCHEDULE
            if job.name not in busy
        ]
        if not rows:
            return []
        wanted = insert(JobRun).values(rows).on_conflict_do_nothing().returning(JobRun.name, JobRun.due_at)
        written = {row.name: row.due_at for row in session.execute(wanted)}
    # In the order of the table: what is due first is done before it is looked at.
    return [(job.name, written[job.name]) for job in SCHEDULE if job.name in written]


def _take_lost(present: dt.datetime) -> list[Run]:
    """Runs that were brought long ago and have no end: the broker forgot them, or their worker was killed."""
    overdue = or_(
        *(
            (JobRun.name == job.name) & (JobRun.enqueued_at < present - dt.timedelta(seconds=job.patience) - GRACE)
            for job in SCHEDULE
        )
    )
    with unit_of_work() as session:
        lost = session.execute(
            update(JobRun)
            .where(JobRun.finished_at.is_(None), overdue)
            .values(enqueued_at=present)
            .returning(JobRun.name, JobRun.due_at)
        )
        return [(row.name, row.due_at) for row in lost]


def _bring(run: Run, present: dt.datetime) -> bool:
    """After the commit, never before. What the broker does not take counts as lost at once."""
    name, due_at = run
    try:
        broker().enqueue_run(name, due_at, present, find(name).patience)
    except (RedisError, OSError) as error:
        log.warning("the broker did not take %s (%s)", name, type(error).__name__)
        with unit_of_work() as session:
            session.execute(
                update(JobRun).where(JobRun.name == name, JobRun.due_at == due_at).values(enqueued_at=_LONG_AGO)
            )
        return False
    return True


def run_forever(stop: threading.Event | None = None) -> None:
    """Ticks until the process is asked to stop. A database that is away is waited for."""
    stop = stop or _stop_on_signal()
    while not stop.is_set():
        try:
            tick()
        except SQLAlchemyError as error:
            log.error("the scheduler cannot reach the database (%s)", type(error).__name__)
        finally:
            db.session.remove()
        stop.wait(EVERY)


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
