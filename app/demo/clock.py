"""The demo's clock: an offset to the machine's time, the same for every process, so that a newcomer sees
deadlines fire.

It only goes forward: rows written at a moment must not find themselves in the future. `reset` alone
goes back to the machine's time; what was written meanwhile keeps its later dates, and the runs of jobs
recorded for the future are dropped so that they happen again. A fresh town is the clean way back.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import time

from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import clock
from app.demo.guard import DEMO, STAMP_KEY, require_demo
from app.extensions import db
from app.rules.working_days import LAST_YEAR
from app.services.regulation import working_calendar

KEY = "demo_clock_offset"
#: How long a process may go on with an offset it has read.
_FRESH = 1.0
_LOCK = 7_345_003
_STEP = re.compile(r"\s*(\d{1,3})\s+(working day|calendar day|day|hour|minute)s?\s*", re.IGNORECASE)
_MOMENT = re.compile(r"\s*(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)\s*")
_READ = text(
    "SELECT value FROM setting WHERE key = :key AND EXISTS (SELECT FROM setting WHERE key = :stamp AND value = :demo)"
)


class ClockRefused(ValueError):
    """The clock cannot be moved so; the text says why, in English."""


class DemoClock:
    """The source of time of one process: the machine's time and the offset, read at most once a second."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._offset = dt.timedelta(0)
        self._read_at: float | None = None
        self._lock = threading.Lock()

    def now(self) -> dt.datetime:
        return clock.machine_now() + self.offset()

    def offset(self) -> dt.timedelta:
        """The offset; while the database is away, the last one known."""
        with self._lock:
            if self._read_at is None or time.monotonic() - self._read_at > _FRESH:
                self._read_at = time.monotonic()
                try:
                    self._offset = self._read()
                except SQLAlchemyError:
                    self._app.logger.warning("the demo's clock could not be read; it keeps its offset")
            return self._offset

    def forget(self) -> None:
        """What was read is out of date."""
        with self._lock:
            self._read_at = None

    def _engine(self) -> Engine:
        with self._app.app_context():
            return db.engine

    def _read(self) -> dt.timedelta:
        # A connection of its own: asking for the time must not touch the transaction of the act.
        with self._engine().connect() as connection:
            found = connection.execute(_READ, {"key": KEY, "stamp": STAMP_KEY, "demo": DEMO}).scalar()
        return dt.timedelta(seconds=float(found)) if found else dt.timedelta(0)


_installed: DemoClock | None = None


def install(app: Flask) -> None:
    """Lets this process live in the demo's time."""
    global _installed
    _installed = DemoClock(app)
    clock.use_source(_installed.now)


def uninstall() -> None:
    """Back to the machine's time, when an application that is not the demo is made in the same process."""
    global _installed
    if _installed is not None:
        _installed = None
        clock.use_source(None)


def advance(session: Session, step: str) -> dt.datetime:
    """Moves time forward by "3 working days", "1 calendar day", "2 hours" or "30 minutes"; the new present.

    Days keep the time of day. Raises ClockRefused, and NotTheDemo outside the demo.
    """
    require_demo()
    found = _STEP.fullmatch(step)
    if found is None or int(found[1]) == 0:
        raise ClockRefused('say how far, for example "3 working days", "1 calendar day", "2 hours", "30 minutes"')
    amount, unit = int(found[1]), found[2].lower()
    now = clock.now()
    local = clock.local(now)
    if unit in ("hour", "minute"):
        return _move(session, now + dt.timedelta(**{f"{unit}s": amount}))
    if unit == "working day":
        _refuse_far(local.date() + dt.timedelta(days=amount))
        day = working_calendar(session).add_working_days(local.date(), amount)
    else:
        day = local.date() + dt.timedelta(days=amount)
    return _move(session, local.replace(year=day.year, month=day.month, day=day.day).astimezone(dt.UTC))


def set_to(session: Session, moment: str) -> dt.datetime:
    """Moves time forward to a local moment, "2026-12-01 17:59". Raises ClockRefused, NotTheDemo."""
    require_demo()
    found = _MOMENT.fullmatch(moment)
    try:
        local = dt.datetime.fromisoformat(f"{found[1]}T{found[2]}") if found else None
    except ValueError:
        local = None
    if local is None:
        raise ClockRefused('say a local moment, for example "2026-12-01 17:59"')
    wanted = local.replace(tzinfo=clock.ZONE).astimezone(dt.UTC)
    if wanted <= clock.now():
        raise ClockRefused(f"time only goes forward; it is {clock.local(clock.now()):%Y-%m-%d %H:%M} now (or reset)")
    return _move(session, wanted)


def reset(session: Session) -> dt.datetime:
    """Back to the machine's time. Recorded runs of the future are dropped. Raises NotTheDemo."""
    require_demo()
    session.execute(text("DELETE FROM setting WHERE key = :key"), {"key": KEY})
    session.execute(text("DELETE FROM job_run WHERE due_at > :now"), {"now": clock.machine_now()})
    return clock.machine_now()


def seen() -> None:
    """To be called after the commit of a move: this process reads the new offset at once, others within a second."""
    if _installed is not None:
        _installed.forget()


def is_moved() -> bool:
    """Whether the demo's time differs from the machine's."""
    return _installed is not None and _installed.offset() != dt.timedelta(0)


def _move(session: Session, wanted: dt.datetime) -> dt.datetime:
    _refuse_far(clock.local_date(wanted))
    # One mover at a time; the later moment stays when two move at once.
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    seconds = (wanted - clock.machine_now()).total_seconds()
    session.execute(
        text(
            "INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE "
            "SET value = greatest(cast(setting.value AS numeric), cast(excluded.value AS numeric))::text"
        ),
        {"key": KEY, "value": f"{seconds:.6f}"},
    )
    return wanted


def _refuse_far(day: dt.date) -> None:
    if day.year >= LAST_YEAR:
        raise ClockRefused(f"the working calendar ends with the year {LAST_YEAR}")
