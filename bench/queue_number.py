"""G1: the number in the queue, by the product's own SQL text, beside a select by primary key.

Throughput is pgbench's with eight connections; latencies are those of one psycopg connection with prepared
statements. What the SQL says is compared with the whole line sorted in Python.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import psycopg
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Queue, QueueEntry
from app.queries.queue_number import SQL, queue_numbers
from app.rules import rule_sets
from app.rules.ranking import Candidate, Ratio, served_order
from bench import pgbench
from bench.report import Goal, Report, ratios, rounds_of
from bench.server import Server
from bench.town import Town

PRIMARY_KEY = "SELECT status FROM application WHERE id = :application_id"

THROUGHPUT = Goal("G1a", "numbers per second of a random child, of primary-key selects per second", 0.40)
GROWTH = Goal("G1b", "p99 in the large town, of p99 at 10,000 children", 2.0, at_least=False)
TAIL = Goal("G1c", "median time at the end of the largest queue, of a typical one", 1.5, at_least=False)


def measure(
    server: Server, report: Report, large: tuple[str, Town], small: tuple[str, Town], times: int, seconds: float
) -> None:
    """Reports G1 for two towns, each given as (database, what was filled in)."""
    report.heading(f"G1: number in the queue, {large[1].waiting:,} children in {large[1].queues:,} queues")
    app = server.app(large[0])
    with app.app_context():
        checked, wrong = _compare_with_the_whole_line(large[1])
        _close(app)
    report.true(
        "G1", f"the numbers equal those of the whole line sorted ({checked} checked)", not wrong, str(wrong or "")
    )

    def throughput() -> dict[str, float]:
        found = {"last": large[1].last_waiting}
        floor = pgbench.run(server, large[0], _random(PRIMARY_KEY), seconds=seconds, variables=found)
        number = pgbench.run(server, large[0], _random(SQL), seconds=seconds, variables=found)
        return {"floor": floor.per_second, "number": number.per_second}

    measured = rounds_of(times, throughput)
    notes = f"{measured['number'][-1]:,.0f}/s of {measured['floor'][-1]:,.0f}/s"
    report.add(THROUGHPUT, ratios(measured["number"], measured["floor"]), notes)
    calls = 3000 if seconds > 1 else 200
    spent = rounds_of(times, lambda: _latencies(server, large, small, calls))
    report.add(
        GROWTH,
        ratios(spent["large"], spent["small"]),
        f"p99 {spent['large'][-1]:.3f} ms of {spent['small'][-1]:.3f} ms",
    )
    report.add(
        TAIL, ratios(spent["tail"], spent["typical"]), f"{spent['tail'][-1]:.3f} ms of {spent['typical'][-1]:.3f} ms"
    )


def _random(statement: str) -> str:
    return f"\\set application_id random(1, :last)\n{statement.strip()};\n"


def _latencies(server: Server, large: tuple[str, Town], small: tuple[str, Town], calls: int) -> dict[str, float]:
    draw = random.Random(42)
    with server.connect(small[0], autocommit=True) as connection:
        few = _timed(connection, [draw.randint(1, small[1].last_waiting) for _ in range(calls)])
    with server.connect(large[0], autocommit=True) as connection:
        many = _timed(connection, [draw.randint(1, large[1].last_waiting) for _ in range(calls)])
        largest, typical = _ends_of_lines(connection)
        tail = _timed(connection, draw.choices(largest, k=calls // 2))
        middle = _timed(connection, draw.choices(typical, k=calls // 2))
    return {
        "small": _share(few, 0.99),
        "large": _share(many, 0.99),
        "tail": _share(tail, 0.5),
        "typical": _share(middle, 0.5),
    }


def _timed(connection: psycopg.Connection, ids: Sequence[int]) -> list[float]:
    """Milliseconds of each call, sorted; the first calls prepare the statement and are not counted."""
    statement = SQL.replace(":application_id", "%(application_id)s")
    spent = []
    for count, application_id in enumerate([*ids[:20], *ids]):
        began = time.perf_counter_ns()
        connection.execute(statement, {"application_id": application_id}, prepare=True).fetchall()
        if count >= 20:
            spent.append((time.perf_counter_ns() - began) / 1e6)
    return sorted(spent)


def _share(sorted_values: Sequence[float], share: float) -> float:
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]


def _ends_of_lines(connection: psycopg.Connection) -> tuple[list[int], list[int]]:
    """The last fifty children of the largest queue, and of the queue of the child in the middle."""
    lengths = connection.execute(
        "SELECT queue_id, count(*) AS length FROM queue_entry GROUP BY queue_id ORDER BY length DESC"
    ).fetchall()
    half, passed, typical = sum(length for _, length in lengths) / 2, 0, lengths[0][0]
    for queue_id, length in lengths:
        passed += length
        if passed >= half:
            typical = queue_id
            break
    return _end_of(connection, lengths[0][0]), _end_of(connection, typical)


def _end_of(connection: psycopg.Connection, queue_id: int) -> list[int]:
    rows = connection.execute(
        "SELECT application_id FROM queue_entry WHERE queue_id = %s AND stream = 'general'"
        " ORDER BY submitted_at DESC LIMIT 50",
        [queue_id],
    ).fetchall()
    return [row[0] for row in rows]


def _compare_with_the_whole_line(town: Town, samples: int = 12) -> tuple[int, list[int]]:
    """How many numbers were compared, and the applications whose number was wrong."""
    rules = rule_sets.get("sitcen_2019")
    draw = random.Random(7)
    queues = db.session.scalars(select(Queue.id).order_by(Queue.id)).all()
    checked, wrong = 0, []
    for queue_id in [queues[0], *draw.sample(queues, min(samples, len(queues)))]:
        queue = db.session.get_one(Queue, queue_id)
        entries = db.session.execute(
            select(QueueEntry.application_id, QueueEntry.stream, QueueEntry.submitted_at).where(
                QueueEntry.queue_id == queue_id
            )
        ).all()
        line = served_order(
            [Candidate(str(row.application_id), row.stream, row.submitted_at) for row in entries],
            rules.stream_ratio or Ratio(),
            queue.cycle_position,
        ).order
        places = {candidate.number: place for place, candidate in enumerate(line, start=1)}
        for application_id in draw.sample([row.application_id for row in entries], min(20, len(entries))):
            numbers = queue_numbers(db.session, application_id, rules)
            told = next(number for number in numbers if number.language is queue.language)
            checked += 1
            if told.number != places[str(application_id)]:
                wrong.append(application_id)
    return checked, wrong


def _close(app: Flask) -> None:
    db.session.remove()
    db.engine.dispose()
