"""The demo's clock: forward by the calendar, the same for every process, impossible anywhere else."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from sqlalchemy import text

from app import clock, create_app
from app.db import unit_of_work
from app.demo import clock as demo_clock
from app.demo.clock import ClockRefused
from app.demo.guard import NotTheDemo
from app.extensions import db
from app.jobs import scheduler
from embedded.places import PROJECT
from tests.support.database import SECRET, flask_environment

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def demo(app, clean):
    with app.app_context():
        demo_clock.install(app)
        yield app
        db.session.rollback()
        demo_clock.install(app)
        with unit_of_work() as session:
            demo_clock.reset(session)
        demo_clock.seen()
        db.session.remove()


def move(step):
    with unit_of_work() as session:
        wanted = demo_clock.advance(session, step)
    demo_clock.seen()
    return wanted


def set_to(moment):
    with unit_of_work() as session:
        demo_clock.set_to(session, moment)
    demo_clock.seen()


@pytest.mark.parametrize(
    ("step", "arrives"),
    [
        # Thursday 3 December 2026; Independence Day is Wednesday 16 December.
        ("1 working day", "2026-12-04 10:00"),
        ("2 working days", "2026-12-07 10:00"),
        ("9 working days", "2026-12-17 10:00"),
        ("1 calendar day", "2026-12-04 10:00"),
        ("2 days", "2026-12-05 10:00"),
        ("2 hours", "2026-12-03 12:00"),
        ("30 minutes", "2026-12-03 10:30"),
    ],
)
def test_time_moves_by_the_calendar(demo, step, arrives):
    set_to("2026-12-03 10:00")
    move(step)
    assert abs(clock.local(clock.now()).replace(tzinfo=None) - dt.datetime.fromisoformat(arrives)) < MINUTE


@pytest.mark.parametrize("step", ["", "soon", "-1 day", "0 days", "3 weeks", "3 working", "9999 working days"])
def test_a_step_that_makes_no_sense_is_refused(demo, step):
    before = clock.now()
    with pytest.raises(ClockRefused):
        move(step)
    assert clock.now() - before < MINUTE


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01 10:00", "2001-01-01 10:00", "2026-12-03"])
def test_time_never_goes_back(demo, moment):
    with pytest.raises(ClockRefused):
        set_to(moment)


def test_reset_returns_to_the_machine_and_drops_future_runs(demo):
    move("3 days")
    scheduler.tick()
    assert demo_clock.is_moved()
    with unit_of_work() as session:
        demo_clock.reset(session)
    demo_clock.seen()
    assert abs(clock.now() - clock.machine_now()) < MINUTE
    assert db.session.scalar(text("SELECT count(*) FROM job_run WHERE due_at > now()")) == 0


def test_another_process_lives_in_the_same_time(demo, database_url, redis_url):
    move("30 days")
    words = "from app import clock, create_app; app = create_app(); print(clock.now().isoformat())"
    told = subprocess.run(
        [sys.executable, "-c", words],
        cwd=PROJECT,
        env=flask_environment(database_url, redis_url),
        capture_output=True,
        text=True,
        check=True,
    )
    assert abs(dt.datetime.fromisoformat(told.stdout.split()[-1]) - clock.now()) < MINUTE


def test_asking_for_the_time_leaves_the_transaction_alone(demo):
    move("1 hour")
    with unit_of_work() as session:
        session.execute(text("INSERT INTO setting (key, value) VALUES ('test', 'x')"))
        demo_clock.seen()
        clock.now()
        session.rollback()
    assert db.session.scalar(text("SELECT count(*) FROM setting WHERE key = 'test'")) == 0


def test_a_real_installation_has_no_such_clock(demo, database_url, redis_url, tmp_path):
    """The setting alone moves nothing where DEMO is off or the stamp says production."""
    move("30 days")
    with unit_of_work() as session:
        session.execute(text("UPDATE setting SET value = 'production' WHERE key = 'installation'"))
    demo_clock.seen()
    assert abs(clock.now() - clock.machine_now()) < MINUTE
    with pytest.raises(NotTheDemo):
        move("1 day")
    real = create_app(
        TESTING=True,
        DEMO=False,
        SECRET_KEY=SECRET,
        SQLALCHEMY_DATABASE_URI=database_url,
        REDIS_URL=redis_url,
        FILE_STORE=str(tmp_path),
    )
    with unit_of_work() as session:
        session.execute(text("UPDATE setting SET value = 'demo' WHERE key = 'installation'"))
    assert abs(clock.now() - clock.machine_now()) < MINUTE
    with real.app_context(), pytest.raises(NotTheDemo):
        move("1 day")
    with real.app_context():
        done = real.test_cli_runner().invoke(args=["demo", "clock", "--advance", "1 day"])
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_command(demo):
    runner = demo.test_cli_runner()
    assert "in the demo" in runner.invoke(args=["demo", "clock"]).stdout
    moved = runner.invoke(args=["demo", "clock", "--advance", "3 working days", "--run"])
    assert moved.exit_code == 0, moved.stderr
    assert "publish_bulletins" in moved.stdout
    assert demo_clock.is_moved()
    assert runner.invoke(args=["demo", "clock", "--advance", "1 day", "--reset"]).exit_code == 2
    assert runner.invoke(args=["demo", "clock", "--set", "1999-01-01 10:00"]).exit_code == 2
    assert runner.invoke(args=["demo", "clock", "--reset"]).exit_code == 0
