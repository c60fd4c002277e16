"""RQ jobs: the schedule and the thin functions behind it. RQ only carries; the work is in the services."""

from __future__ import annotations

from flask import Flask, Response, request

from app.jobs import broker


def kick(name: str) -> bool:
    """Asks a worker to run a job at once. Never fails the caller: without the broker the schedule does it later."""
    from app.jobs.schedule import find

    return broker.broker().kick(name, find(name).patience)


def init_app(app: Flask) -> None:
    """Prepares the queue's connection, and lets letters written by a request leave at once."""
    broker.install(app)

    @app.after_request
    def send_what_was_written(response: Response) -> Response:
        if request.method == "POST" and response.status_code < 400:
            kick("send_messages")
        return response
