"""G2c: the claim through HTTP, as a logged-in parent sends it: session, CSRF, permission, rules, one statement.

gunicorn serves the product with one worker of eight threads on one core, the client works on the other; the floors
are pages of the same application. Sessions are made beforehand with the application's own means.
"""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, session
from flask_login import login_user
from flask_wtf.csrf import generate_csrf

from app.extensions import db
from app.models import Account
from bench.claims import PLACES, clear, put_on_offer
from bench.http_app import HELLO, ONE_SELECT
from bench.http_driver import USER_AGENT, HttpLoad, drive, get, post
from bench.report import Goal, Report, ratios, rounds_of
from bench.server import SECRET, Server

WINNERS = Goal("G2c", "winning claims per second, of the same application's page with one SELECT", 0.6)
LOSERS = Goal("G2c", "claims on a full bulletin per second, of the same application's plain page", 0.5)
FIRST_ACCOUNT = 9_000_000
PROJECT = Path(__file__).resolve().parent.parent


def measure(server: Server, report: Report, database: str, parents: int, times: int, seconds: float) -> None:
    """Reports G2c with `parents` families of the largest queue, each with a claim to win."""
    bulletins = -(-parents // PLACES)
    report.heading(f"G2c: claims through HTTP, {parents} parents, {bulletins} bulletins")
    with server.connect(database, autocommit=True) as connection:
        put_on_offer(connection, bulletins)
        children = _families(connection, parents)
    cookies = _sessions(server.app(database), len(children))
    with _gunicorn(server, database, report) as port:
        measured = rounds_of(
            times, lambda: _round(server, database, port, list(zip(children, cookies, strict=True)), seconds)
        )
    one = measured["select"][-1]
    report.add(
        WINNERS, ratios(measured["winners"], measured["select"]), f"{measured['winners'][-1]:,.0f}/s of {one:,.0f}/s"
    )
    one = measured["hello"][-1]
    report.add(
        LOSERS, ratios(measured["losers"], measured["hello"]), f"{measured['losers'][-1]:,.0f}/s of {one:,.0f}/s"
    )
    with server.connect(database, autocommit=True) as connection:
        clear(connection)


def _round(
    server: Server, database: str, port: int, families: list[tuple[int, tuple[str, str]]], seconds: float
) -> dict[str, float]:
    bulletins = -(-len(families) // PLACES)
    clicks = [_click(1 + number % bulletins, *family) for number, family in enumerate(families)]
    with server.connect(database, autocommit=True) as connection:
        clear(connection)
        hello = drive(port, itertools.repeat(get(HELLO)), seconds)
        one_select = drive(port, itertools.repeat(get(ONE_SELECT)), seconds)
        winners = drive(port, iter(clicks))
        _expect(winners, {303: len(clicks)})
        clear(connection)
        connection.execute("UPDATE bulletin SET free = 0, status = 'filled', ended_at = now() WHERE id = 1")
        connection.execute(f"UPDATE kindergarten_group SET published = 0, held = held + {PLACES} WHERE id = 1")
        late = itertools.cycle([_click(1, *family) for family in families])
        losers = drive(port, late, seconds)
        _expect(losers, {409: sum(losers.statuses.values())})
    return {
        "hello": hello.per_second,
        "select": one_select.per_second,
        "winners": winners.per_second,
        "losers": losers.per_second,
    }


def _click(bulletin: int, application: int, login: tuple[str, str]) -> bytes:
    cookie, token = login
    body = urlencode({"application": application, "csrf_token": token}).encode()
    return post(f"/bulletins/{bulletin}/claim", body, cookie)


def _expect(load: HttpLoad, statuses: dict[int, int]) -> None:
    """A bench that measures error pages would be fast and wrong."""
    if dict(load.statuses) != statuses:
        raise RuntimeError(f"answers by status: {dict(load.statuses)}, expected {statuses}")


def _families(connection, parents: int) -> list[int]:
    """The first applications of the largest queue, each with a parent of its own who has an account."""
    connection.execute("SET session_replication_role = replica")
    rows = connection.execute(
        """
        SELECT a.id, a.child_id FROM queue_entry e JOIN application a ON a.id = e.application_id
         WHERE e.queue_id = 1 AND a.status = 'queued' ORDER BY a.id LIMIT %s
        """,
        [parents],
    ).fetchall()
    values = [(FIRST_ACCOUNT + number, application, child) for number, (application, child) in enumerate(rows)]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO person (id, document_number, surname, given_name, birth_date, search_key, message_language)"
            " VALUES (%s, 'H' || %s, 'Сынақова', 'Айгүл', '1990-01-01', '', 'kk')",
            [(person, person) for person, _, _ in values],
        )
        cursor.executemany(
            "UPDATE guardianship SET person_id = %s WHERE child_id = %s",
            [(person, child) for person, _, child in values],
        )
        cursor.executemany(
            "UPDATE application SET applicant_id = %s WHERE id = %s",
            [(person, application) for person, application, _ in values],
        )
        cursor.executemany(
            "INSERT INTO ab_user (id, first_name, last_name, username, email, active, password, person_id)"
            " VALUES (%s, 'a', 'b', 'bench' || %s, %s || '@example.kz', true, '!', %s)",
            [(person, person, person, person) for person, _, _ in values],
        )
        cursor.executemany(
            "INSERT INTO ab_user_role (user_id, role_id) SELECT %s, id FROM ab_role WHERE name = 'Parent'",
            [(person,) for person, _, _ in values],
        )
    connection.execute("RESET session_replication_role")
    return [application for _, application, _ in values]


def _sessions(app: Flask, count: int) -> list[tuple[str, str]]:
    """The cookie and the CSRF token of each parent, as logging in would give them."""
    signer = app.session_interface.get_signing_serializer(app)
    made = []
    for number in range(count):
        # A context of its own for each: the token of one must not be that of the next.
        browser = {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": USER_AGENT}
        with app.test_request_context("/", environ_base=browser):
            login_user(db.session.get_one(Account, FIRST_ACCOUNT + number))
            token = generate_csrf()
            made.append((f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(dict(session))}", token))
    with app.app_context():
        db.engine.dispose()
    return made


@contextmanager
def _gunicorn(server: Server, database: str, report: Report) -> Iterator[int]:
    """The product on one core; the rest of this process works on the other."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ", ".join(
        repr(value) for value in (server.url(database), server.redis_url, SECRET, str(server.root / "files"))
    )
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8", "--workers", "1"]
    command += ["--bind", f"127.0.0.1:{port}", "--keep-alive", "30", "--no-control-socket", "--log-level", "error"]
    cores = sorted(os.sched_getaffinity(0))
    apart = len(cores) > 1
    log = (server.root / "web.log").open("wb")
    web = subprocess.Popen([*command, f"bench.http_app:serve({arguments})"], cwd=PROJECT, stdout=log, stderr=log)
    try:
        if apart:
            os.sched_setaffinity(web.pid, {cores[0]})
            os.sched_setaffinity(0, set(cores[1:]))
        _wait_for(port, web, server.root / "web.log")
        yield port
    finally:
        os.sched_setaffinity(0, set(cores))
        web.terminate()
        web.wait(20)
        log.close()


def _wait_for(port: int, web: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and web.poll() is None:
        try:
            drive(port, iter([get(HELLO)]))
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the web server did not start: {log.read_text(errors='replace')[-2000:]}")
