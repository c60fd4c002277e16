"""GET /healthz: whether web, database, broker and worker are well."""

from __future__ import annotations

import datetime as dt
import logging

from flask import Flask, Response, jsonify
from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.worker import BaseWorker
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.extensions import csrf, db

log = logging.getLogger(__name__)

# A worker writes a heartbeat at least this often; an older one is taken for dead.
_WORKER_SILENCE = dt.timedelta(seconds=500)


def init_app(app: Flask) -> None:
    connection = Redis.from_url(app.config["REDIS_URL"], socket_timeout=2, socket_connect_timeout=2)

    @app.get("/healthz")
    @csrf.exempt
    def healthz() -> tuple[Response, int]:
        parts = {"web": True, "database": _database(), **_broker_and_worker(connection)}
        well = all(parts.values())
        return jsonify(status="ok" if well else "failing", **parts), 200 if well else 503


def _database() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.warning("health: the database does not answer (%s)", type(error).__name__)
        return False
    return True


def _broker_and_worker(connection: Redis) -> dict[str, bool]:
    try:
        workers = Worker.all(connection=connection)
    except (RedisError, OSError) as error:
        log.warning("health: the broker does not answer (%s)", type(error).__name__)
        return {"broker": False, "worker": False}
    return {"broker": True, "worker": any(_beats(worker) for worker in workers)}


def _beats(worker: BaseWorker) -> bool:
    heartbeat = worker.last_heartbeat
    if heartbeat is None:
        return False
    if heartbeat.tzinfo is None:
        heartbeat = heartbeat.replace(tzinfo=dt.UTC)
    return clock.machine_now() - heartbeat < _WORKER_SILENCE
