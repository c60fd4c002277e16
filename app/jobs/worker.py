"""The worker: RQ's forking worker with the application made once, before the first fork.

A job that imports the application by itself costs half a second; a fork of one that has it costs
fifteen milliseconds, and a work-horse that is killed takes nothing with it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from app.extensions import db
from app.jobs.broker import QUEUE, broker


class AppWorker(Worker):
    """Runs every job inside the application's context, on connections of the work-horse's own."""

    app: Flask

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        with self.app.app_context():
            # Sockets of the parent are not ours: two processes on one connection mix their answers up.
            for engine in db.engines.values():
                engine.dispose(close=False)
            super().main_work_horse(job, queue)


def make_worker(app: Flask, **options: Any) -> AppWorker:
    """A worker on the application's queue."""
    with app.app_context():
        connection = broker().connection
    worker = AppWorker([QUEUE], connection=connection, serializer=JSONSerializer, **options)
    worker.app = app
    return worker
