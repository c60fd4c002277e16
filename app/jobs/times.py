"""When a job is due: in the country's time, and as moments that do not depend on who asks or when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from app import clock


class When(Protocol):
    """A rhythm of a job."""

    def latest(self, now: dt.datetime) -> dt.datetime:
        """The last moment at or before `now` at which the job was due, in UTC."""

    def words(self) -> str:
        """The rhythm for the operator."""


@dataclass(frozen=True)
class Every:
    """Again and again, counted from the beginning of 1970: every scheduler finds the same moments."""

    minutes: int = 0
    seconds: int = 0

    @property
    def period(self) -> int:
        return self.minutes * 60 + self.seconds

    def latest(self, now: dt.datetime) -> dt.datetime:
        passed = int(now.timestamp())
        return dt.datetime.fromtimestamp(passed - passed % self.period, dt.UTC)

    def words(self) -> str:
        parts = ((self.minutes, "min"), (self.seconds, "s"))
        return "every " + " ".join(f"{amount} {unit}" for amount, unit in parts if amount)


@dataclass(frozen=True)
class Daily:
    """Once a day at a time of the country."""

    at: dt.time

    def latest(self, now: dt.datetime) -> dt.datetime:
        local = clock.local(now)
        day = local.date() if local.time() >= self.at else local.date() - dt.timedelta(days=1)
        return dt.datetime.combine(day, self.at, tzinfo=clock.ZONE).astimezone(dt.UTC)

    def words(self) -> str:
        return f"daily at {self.at:%H:%M}"
