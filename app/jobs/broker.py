"""The queue in Redis. It only carries: everything that must not be lost is in the database."""

from __future__ import annotations

import datetime as dt
import logging
import time

from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)

QUEUE = "kezek"
#: How long the broker keeps what is over; the answer itself is in the database.
_KEPT = 600
_EXTENSION = "kezek.broker"
#: After a failure the nudge is not tried again for so many seconds: a request must not wait for a dead broker.
_SILENCE = 10.0
#: A nudge that nobody took is forgotten after so many seconds; the schedule has done its work by then.
_NUDGE_VALID = 60


class Broker:
    """One connection per installation object; safe between threads and after a fork."""

    def __init__(self, url: str) -> None:
        self.connection = Redis.from_url(url)
        # A request that only nudges must not wait long.
        self._quick = Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
        self._silent_until = 0.0

    def queue(self) -> Queue:
        return Queue(QUEUE, connection=self.connection, serializer=JSONSerializer)

    def enqueue_run(self, name: str, due_at: dt.datetime, tried_at: dt.datetime, patience: int) -> None:
        """Brings one recorded run to a worker. Raises RedisError when the broker is away."""
        self.queue().enqueue_call(
            "app.jobs.runner.run_due",
            args=(name, due_at.isoformat()),
            job_id=f"{name}-{due_at:%Y%m%dT%H%M%S}-{tried_at:%H%M%S%f}",
            timeout=patience,
            result_ttl=_KEPT,
            failure_ttl=_KEPT,
        )

    def kick(self, name: str, patience: int) -> bool:
        """Asks a worker to run a job soon, outside the schedule. Never raises; returns whether one will.

        One nudge waits at a time; the worker takes the mark away before it looks at the rows, so what was
        written before that is seen, and what is written after it is nudged for again.
        """
        if time.monotonic() < self._silent_until:
            return False
        try:
            if self._quick.set(_mark(name), 1, nx=True, ex=_NUDGE_VALID):
                Queue(QUEUE, connection=self._quick, serializer=JSONSerializer).enqueue_call(
                    "app.jobs.runner.run_kicked",
                    args=(name,),
                    timeout=patience,
                    ttl=_NUDGE_VALID,
                    result_ttl=0,
                    failure_ttl=_KEPT,
                )
        except (RedisError, OSError) as error:
            self._silent_until = time.monotonic() + _SILENCE
            log.warning("the broker does not answer (%s); the schedule will do it", type(error).__name__)
            return False
        return True

    def take_kick(self, name: str) -> None:
        """The worker has come: the next nudge may be given."""
        self.connection.delete(_mark(name))


def _mark(name: str) -> str:
    return f"kezek:kick:{name}"


def install(app: object) -> None:
    """Makes the broker of an application; connects to nothing yet."""
    app.extensions[_EXTENSION] = Broker(app.config["REDIS_URL"])  # type: ignore[attr-defined]


def broker() -> Broker:
    """The broker of the present application."""
    return current_app.extensions[_EXTENSION]
