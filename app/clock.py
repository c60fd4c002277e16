"""Kezek's time. The only file that asks the machine for it.

The demo installs a source that adds its offset (app/demo/clock.py); everything else simply calls
`now()` at the edge and hands the moment down as an argument.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Almaty")


def _machine_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


_source: Callable[[], dt.datetime] = _machine_now


def now() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return _source()


def machine_now() -> dt.datetime:
    """The machine's own time, untouched by the demo clock; for the demo clock and health checks alone."""
    return _machine_now()


def today() -> dt.date:
    """The present date in the country's zone."""
    return local(now()).date()


def local(moment: dt.datetime) -> dt.datetime:
    """`moment` (aware) in the country's zone."""
    return moment.astimezone(ZONE)


def local_date(moment: dt.datetime) -> dt.date:
    """The country's date at `moment` (aware)."""
    return local(moment).date()


def use_source(source: Callable[[], dt.datetime] | None) -> None:
    """Replace where the time comes from; None returns to the machine."""
    global _source
    _source = source or _machine_now
