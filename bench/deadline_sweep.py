"""G4: missed referrals swept with all their effects, beside the bare UPDATE of the same rows."""

from __future__ import annotations

import datetime as dt
import threading
import time
from statistics import median

import psycopg
from flask import Flask

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.jobs import sweeps
from app.services import expiry
from bench.report import Goal, Report, ratios, rounds_of
from bench.server import Server
from bench.town import Town

SPEED = Goal("G4a", "rows swept per second, of the bare UPDATE of the same rows", 0.20)
LONGEST = Goal("G4b", "longest transaction of a batch, ms", 50, at_least=False)
IDLE = Goal("G4c", "sweep with nothing due in the large town, of the smaller one", 1.5, at_least=False)

BARE = """
UPDATE referral SET status = 'expired', ended_at = now()
 WHERE status IN ('issued', 'extended') AND NOT contract_sent AND use_by < current_date
"""


def measure(server: Server, report: Report, large: tuple[str, Town], small: tuple[str, Town], times: int) -> None:
    """Reports G4 for a large town and, for the sweep that finds nothing, a smaller one."""
    report.heading(f"G4: {large[1].due:,} referrals due of {large[1].waiting:,}")
    app = server.app(large[0])
    with server.connect(large[0], autocommit=True) as connection:
        keep = _what_there_was(connection)
        # Warms both: right after a checkpoint the first touch of a page writes it whole into the log.
        _one_round(connection, app, large[1], keep)
        spent = rounds_of(times, lambda: _one_round(connection, app, large[1], keep))
        with server.not_waiting_for_the_disk():
            apart = rounds_of(times, lambda: _one_round(connection, app, large[1], keep))
        rate, ratio = large[1].due / spent["sweep"][-1], median(ratios(apart["bare"], apart["sweep"]))
        report.add(SPEED, ratios(spent["bare"], spent["sweep"]), f"{rate:,.0f} rows/s; apart from the disk {ratio:.3f}")
        notes = f"batches of {expiry.BATCH}; apart from the disk {median(apart['longest']):.0f} ms"
        report.add(LONGEST, spent["longest"], notes)
        faults = _two_at_once(connection, app, large[1])
    report.true(
        "G4d",
        "two sweepers at once: each referral exactly once, places and messages exact",
        not faults,
        str(faults or ""),
    )
    _idle(server, report, (large[0], app), small, times)


def _one_round(connection: psycopg.Connection, app: Flask, town: Town, keep: dict[str, int]) -> dict[str, float]:
    began = time.perf_counter()
    connection.execute(BARE)
    bare = time.perf_counter() - began
    connection.execute("UPDATE referral SET status = 'issued', ended_at = NULL WHERE id <= %s", [town.due])
    connection.execute("VACUUM (ANALYZE) referral")
    with app.app_context():
        began = time.perf_counter()
        batches = _sweep(clock.now())
        sweep = time.perf_counter() - began
        db.session.remove()
    _put_back(connection, town, keep)
    return {"bare": bare, "sweep": sweep, "longest": max(batches) * 1000}


def _sweep(now: dt.datetime) -> list[float]:
    """The product's sweep; gives the seconds of each of its transactions."""
    spent = []
    with unit_of_work() as session:
        due = expiry.rule_sets_with_due(session, now)
    for rules, localities in due.items():
        done = 1
        while done:
            began = time.perf_counter()
            with unit_of_work() as session:
                done = expiry.expire_referrals(session, rules, localities, now)
            spent.append(time.perf_counter() - began)
    return spent


def _two_at_once(connection: psycopg.Connection, app: Flask, town: Town) -> list[str]:
    """Leaves the rows swept: what follows measures a sweep with nothing to do."""
    together = threading.Barrier(2)

    def sweeper() -> None:
        with app.app_context():
            together.wait()
            _sweep(clock.now())
            db.session.remove()

    threads = [threading.Thread(target=sweeper) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _faults(connection, town)


def _faults(connection: psycopg.Connection, town: Town) -> list[str]:
    questions = {
        "a referral left or done twice": f"SELECT count(*) <> {town.due} OR count(DISTINCT subject_id) <> {town.due}"
        " FROM event WHERE act = 'expire_referral'",
        "a referral is still alive": "SELECT EXISTS (SELECT FROM referral WHERE status = 'issued' AND NOT contract_sent"
        " AND use_by < current_date)",
        "stop-list entries": f"SELECT count(*) <> {town.due} FROM stop_list_entry WHERE status = 'active'",
        "messages": f"SELECT count(*) <> {town.due} FROM message WHERE template = 'R5'",
        "places": "SELECT EXISTS (SELECT FROM kindergarten_group g FULL JOIN (SELECT group_id, count(*) AS held"
        " FROM referral WHERE status = 'issued' GROUP BY group_id) r ON r.group_id = g.id"
        " WHERE g.held <> coalesce(r.held, 0) OR g.capacity <> g.enrolled + g.held + g.published + g.free)",
    }
    return [fault for fault, question in questions.items() if (connection.execute(question).fetchone() or (True,))[0]]


def _what_there_was(connection: psycopg.Connection) -> dict[str, int]:
    row = connection.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()
    return {"event": row[0] if row else 0}


def _put_back(connection: psycopg.Connection, town: Town, keep: dict[str, int]) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM event WHERE id > %s", [keep["event"]])
        connection.execute("TRUNCATE stop_list_entry, message, delivery")
        connection.execute("UPDATE referral SET status = 'issued', ended_at = NULL WHERE id <= %s", [town.due])
        connection.execute(
            "UPDATE application SET status = 'referred', missed_referrals = 0 WHERE status = 'stop_listed'"
        )
        connection.execute(
            """
            UPDATE kindergarten_group g SET held = g.held + n.due, free = g.free - n.due
              FROM (SELECT group_id, count(*) AS due FROM referral WHERE id <= %s GROUP BY group_id) n
             WHERE n.group_id = g.id
            """,
            [town.due],
        )
    connection.execute("VACUUM (ANALYZE) referral, application, kindergarten_group, event")


def _idle(server: Server, report: Report, large: tuple[str, Flask], small: tuple[str, Town], times: int) -> None:
    with server.connect(small[0], autocommit=True) as connection:
        connection.execute("UPDATE referral SET use_by = current_date + 1 WHERE id <= %s", [small[1].due])
        connection.execute("VACUUM (ANALYZE) referral")
    with server.connect(large[0], autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) referral")
    few = server.app(small[0])
    spent = rounds_of(times, lambda: {"large": _idle_time(large[1]), "small": _idle_time(few)})
    report.add(
        IDLE, ratios(spent["large"], spent["small"]), f"{spent['large'][-1]:.2f} ms of {spent['small'][-1]:.2f} ms"
    )


def _idle_time(app: Flask) -> float:
    """Milliseconds of one sweep that finds nothing."""
    spent = []
    with app.app_context():
        for _ in range(100):
            began = time.perf_counter()
            outcome = sweeps.expire_referrals(clock.now())
            spent.append((time.perf_counter() - began) * 1000)
            if outcome["done"]:
                raise RuntimeError("something was due")
        db.session.remove()
    return median(spent)
