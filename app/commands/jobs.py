"""`flask jobs`: the schedule, one job by hand, the scheduler and the worker."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import click
from flask import current_app

from app.commands.explain import BadInput, ExplainGroup
from app.jobs.schedule import SCHEDULE, names

jobs = ExplainGroup("jobs", help="What runs by itself: the schedule, single runs, scheduler and worker.")


@jobs.command("list")
def list_jobs() -> None:
    """Print the schedule (local time) and why each job exists."""
    width = max(len(job.name) for job in SCHEDULE)
    for job in SCHEDULE:
        click.echo(f"{job.name:<{width}}  {job.when.words():<15}  {job.why}")


@jobs.command("run")
@click.argument("name")
def run(name: str) -> None:
    """Run the job NAME now and print what it did as JSON. Exit code 1 when an invariant is broken."""
    from app.jobs.runner import run_now

    if name not in names():
        raise BadInput(f"unknown job {name!r}; known: {', '.join(names())}")
    outcome: dict[str, Any] = run_now(name)
    click.echo(json.dumps(outcome, ensure_ascii=False))
    if outcome.get("broken"):
        sys.exit(1)


@jobs.command("scheduler")
def scheduler() -> None:
    """Bring due runs to the workers until stopped. Several may run at once."""
    from app.jobs.scheduler import run_forever

    _log_to_stderr()
    run_forever()


@jobs.command("worker")
@click.option("--burst", is_flag=True, help="stop when the queue is empty")
def worker(burst: bool) -> None:
    """Do what is in the queue until stopped. Several may run at once."""
    from app.jobs.worker import make_worker

    _log_to_stderr()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    make_worker(app).work(burst=burst, logging_level="WARNING")


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
