"""`make bench`, or `python -m bench --rows 20000` for a quick look. Ends with code 1 when a gate is missed."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time

from app import clock
from bench import claims, claims_http, deadline_sweep, eds, queue_number
from bench.claims import Crowd
from bench.report import Report
from bench.server import Server, scratch_server
from bench.town import Town, fill

SMALL, MIDDLE = 10_000, 100_000


def main(arguments: list[str] | None = None) -> int:
    """Runs the goals asked for and returns the exit code: 0, or 1 when a gate is missed (see --no-gate)."""
    if (sys.argv[1:] if arguments is None else arguments) == ["eds"]:
        return eds.main()  # needs no database
    wanted = _parser().parse_args(arguments)
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)
    report = Report(sys.stdout)
    report.say(
        f"{wanted.rows:,} children, {wanted.rounds} rounds, the middle one counts; {os.cpu_count()} CPUs;"
        " statements by pgbench (prepared), latencies by psycopg, HTTP by a client of our own"
    )
    with scratch_server() as server:
        _measure(server, report, wanted)
    return _ending(report, wanted.no_gate)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="children in the large town (1,000,000)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each ratio is measured (3)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of one measurement by time (5)")
    parser.add_argument("--only", default="g1,g4,g2,http", help="some of g1,g4,g2,http, with commas")
    parser.add_argument("--no-gate", action="store_true", help="missed gates do not fail the run; wrong results do")
    return parser


def _measure(server: Server, report: Report, wanted: argparse.Namespace) -> None:
    parts = set(wanted.only.split(","))
    small = _town(server, report, "small", min(SMALL, wanted.rows))
    large = _town(server, report, "large", wanted.rows) if wanted.rows > SMALL else small
    if "g1" in parts:
        queue_number.measure(server, report, large, small, wanted.rounds, wanted.seconds)
    if "g4" in parts:
        middle = _town(server, report, "middle", MIDDLE) if wanted.rows > MIDDLE else small
        deadline_sweep.measure(server, report, large, middle, wanted.rounds)
    share = min(1.0, wanted.rows / MIDDLE)
    if "g2" in parts:
        crowd = Crowd(bulletins=max(20, round(500 * share) // 20 * 20), clicks=max(4000, round(20_000 * share)))
        claims.measure(server, report, large[0], crowd, wanted.rounds, wanted.seconds)
    if "http" in parts:
        claims_http.measure(server, report, large[0], max(23, round(1000 * share)), wanted.rounds, wanted.seconds)


def _town(server: Server, report: Report, name: str, children: int) -> tuple[str, Town]:
    began = time.perf_counter()
    server.copy(name)
    with server.connect(name) as connection:
        town = fill(connection, children, clock.today())
    report.say(f"database {name}: {children:,} children filled in {time.perf_counter() - began:.0f} s")
    return name, town


def _ending(report: Report, no_gate: bool) -> int:
    report.heading("Summary")
    for result in report.results:
        report.say(result.line().splitlines()[0])
    report.say("PASS: the goal is reached. GATE: within a tenth of it. FAIL: missed by more.")
    return 1 if report.wrong or (report.failed and not no_gate) else 0


if __name__ == "__main__":
    sys.exit(main())
