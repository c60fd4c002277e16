"""Due runs reach a worker once: two schedulers, an outage, a broker that forgot, a worker that was killed."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import select, text, update

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.jobs import broker, kick, runner, schedule, scheduler, sweeps
from app.jobs.schedule import SCHEDULE
from app.jobs.times import Daily, Every
from app.models import Bulletin, JobRun
from app.models.enums import BulletinStatus
from embedded.places import PROJECT
from tests import factories as make
from tests.support.database import connect, flask_environment


def runs():
    db.session.rollback()
    db.session.expire_all()
    return {row.name: row for row in db.session.scalars(select(JobRun))}


def queued(running):
    return [job.args[0] for job in broker.broker().queue().jobs]


def age(seconds):
    with unit_of_work() as session:
        session.execute(update(JobRun).values(enqueued_at=clock.machine_now() - dt.timedelta(seconds=seconds)))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-20T04:30+05:00", "2026-11-20T04:00+05:00"),
        ("2026-11-20T04:00+05:00", "2026-11-20T04:00+05:00"),
        ("2026-11-20T03:59:59+05:00", "2026-11-19T04:00+05:00"),
    ],
)
def test_a_daily_job_is_due_by_local_time(now, due):
    found = Daily(at=dt.time(4)).latest(dt.datetime.fromisoformat(now))
    assert found == dt.datetime.fromisoformat(due)


def test_every_scheduler_finds_the_same_moments():
    now = dt.datetime(2026, 11, 20, 6, 7, 43, 5, tzinfo=dt.UTC)
    assert Every(minutes=5).latest(now) == dt.datetime(2026, 11, 20, 6, 5, tzinfo=dt.UTC)
    assert Every(seconds=20).latest(now) == dt.datetime(2026, 11, 20, 6, 7, 40, tzinfo=dt.UTC)


def test_each_due_job_is_brought_once(running):
    assert [name for name, _ in scheduler.tick()] == [job.name for job in SCHEDULE]
    assert scheduler.tick() == []
    assert queued(running) == [job.name for job in SCHEDULE]


def test_two_schedulers_at_once_bring_each_run_once(running):
    def work():
        with running.app_context():
            scheduler.tick()
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(queued(running)) == sorted(job.name for job in SCHEDULE)


def test_an_outage_is_caught_up_with_one_run(running, monkeypatch):
    scheduler.tick()
    for name, run in runs().items():
        runner.run_due(name, run.due_at.isoformat())
    broker.broker().queue().empty()
    later = clock.now() + dt.timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    brought = scheduler.tick()
    assert len(brought) == len(SCHEDULE)
    assert ("nightly_invariants", schedule.find("nightly_invariants").when.latest(later)) in brought


def test_a_broker_that_forgot_everything_loses_no_run(running):
    scheduler.tick()
    broker.broker().connection.flushdb()
    assert scheduler.tick() == []  # still given time
    age(60)
    assert scheduler.tick() == []
    age(125)
    assert "publish_bulletins" in [name for name, _ in scheduler.tick()]
    assert "publish_bulletins" in queued(running)
    assert len(runs()) == len(SCHEDULE)


def test_a_broker_that_is_away_gets_the_run_as_soon_as_it_is_back(running, monkeypatch):
    there = broker.broker()
    away = broker.Broker("redis://127.0.0.1:1/0")
    monkeypatch.setitem(running.extensions, broker._EXTENSION, away)
    assert scheduler.tick() == []
    monkeypatch.setitem(running.extensions, broker._EXTENSION, there)
    assert len(scheduler.tick()) == len(SCHEDULE)


def test_a_nudge_never_fails_the_caller(running, monkeypatch):
    monkeypatch.setitem(running.extensions, broker._EXTENSION, broker.Broker("redis://127.0.0.1:1/0"))
    assert kick("send_messages") is False


def test_nudges_do_not_pile_up_and_none_is_lost(running):
    for _ in range(5):
        assert kick("send_messages")
    assert queued(running) == ["send_messages"]
    runner.run_kicked("send_messages")
    kick("send_messages")
    assert queued(running) == ["send_messages", "send_messages"]


def test_a_finished_run_is_not_run_again(running, monkeypatch):
    scheduler.tick()
    due = runs()["forget_codes"].due_at.isoformat()
    assert runner.run_due("forget_codes", due) == {"done": 0, "failed": 0}
    assert runner.run_due("forget_codes", due) is None
    assert runner.run_due("forget_codes", "2020-01-01T00:00:00+00:00") is None  # nobody asked for it


def test_an_error_is_recorded_and_the_run_is_tried_again_a_few_times(running, monkeypatch):
    def fail(now):
        raise ValueError("+77000000001")

    monkeypatch.setitem(schedule._BY_NAME, "forget_codes", schedule.Job("forget_codes", fail, Every(minutes=1), "test"))
    scheduler.tick()
    due = runs()["forget_codes"].due_at.isoformat()
    for tries in range(1, runner.TRIES + 1):
        assert runs()["forget_codes"].finished_at is None
        runner.run_due("forget_codes", due)
        assert runs()["forget_codes"].outcome == {"error": "ValueError", "tries": tries}
    assert runs()["forget_codes"].finished_at is not None


def start_worker(database_url, redis_url, *more):
    command = [sys.executable, "-m", "flask", "--app", "app:create_app", "jobs", "worker", *more]
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        env=flask_environment(database_url, redis_url),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(condition, patience=30.0):
    until = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(running, database_url, redis_url):
    """A real worker and its work-horse get SIGKILL while the horse waits for a row; the next worker does it once."""
    with unit_of_work():
        bulletin = make.open_bulletin(make.group(), places=2, publish=False).id
        make.open_bulletin(make.group(), places=2, publish=False)
    holder = connect(database_url)
    holder.execute("SELECT 1 FROM bulletin WHERE id = %s FOR UPDATE", [bulletin + 1])
    scheduler.tick()
    worker = start_worker(database_url, redis_url)
    try:
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%bulletin%'"
        with connect(database_url, autocommit=True) as watcher:
            wait_for(lambda: watcher.execute(waiting).fetchone())
            kill_with_horses(worker)
            holder.rollback()
            wait_for(lambda: not watcher.execute(waiting).fetchone())
    finally:
        holder.close()
        kill_with_horses(worker)
    assert runs()["publish_bulletins"].finished_at is None
    age(3000)
    scheduler.tick()
    done = start_worker(database_url, redis_url, "--burst")
    assert done.wait(60) == 0
    statuses = db.session.scalars(select(Bulletin.status)).all()
    assert statuses == [BulletinStatus.OPEN, BulletinStatus.OPEN]
    assert db.session.scalar(text("SELECT count(*) FROM event WHERE act = 'publish'")) == 2
    assert {name: run.outcome["failed"] for name, run in runs().items()} == {job.name: 0 for job in SCHEDULE}


def kill_with_horses(worker):
    """SIGKILL to the worker and to the processes it has forked (each leads a group of its own)."""
    if worker.poll() is None:
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(worker.pid)], capture_output=True, text=True).stdout
        for pid in (worker.pid, *map(int, found.split())):
            os.kill(pid, signal.SIGKILL)
        worker.wait(10)


def test_running_one_job_twice_at_once_is_safe(running):
    with unit_of_work():
        for _ in range(6):
            make.open_bulletin(make.group(), places=1, publish=False)
    outcomes = []

    def work():
        with running.app_context():
            outcomes.append(sweeps.publish_bulletins(make.NOON))
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome["done"] for outcome in outcomes) == 6
    assert db.session.scalar(text("SELECT count(*) FROM event WHERE act = 'publish'")) == 6
