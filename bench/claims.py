"""G2a and G2b: the claim on a place, as the product's own function in the database.

Correctness first: the same children click again and again while backends are terminated. Then the cost of a loser
beside one SELECT, and of winners on many bulletins beside the same effects in several statements under a lock.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from dataclasses import dataclass
from statistics import median

import psycopg

from bench import pgbench
from bench.report import Goal, Report, ratios, rounds_of
from bench.server import Server

PLACES = 23
WINNERS, WINNERS_CLIENTS, LOSERS_CLIENTS = 11_500, 20, 32

LOSERS = Goal("G2b", "claims on a full bulletin per second, of single SELECTs per second", 0.6)
SPREAD = Goal("G2b", "winning claims on many bulletins per second, of the version with FOR UPDATE", 2.0)

CLAIM = "SELECT outcome, claim_id FROM claim_place({b}, {a}, now(), current_date + 3, 1, 'Parent')"
FLOOR = "SELECT status, free FROM bulletin WHERE id = 1;\n"

# The same checks and effects, statement by statement: what a service of five plain beats would send.
FOR_UPDATE = """
\\set i :i + 1
\\set a :client_id * :per + :i
\\set b (:a - 1) % :bulletins + 1
BEGIN;
SELECT status AS b_status, free AS b_free, group_id AS b_group, kindergarten_id AS b_garden
  FROM bulletin WHERE id = :b FOR UPDATE \\gset
SELECT a.status AS a_status, a.child_id AS a_child, a.locality_id AS a_locality, c.given_name AS a_name
  FROM application a JOIN child c ON c.id = a.child_id WHERE a.id = :a FOR UPDATE OF a \\gset
UPDATE bulletin SET free = free - 1, status = CASE WHEN free = 1 THEN 'filled' ELSE status END,
       ended_at = CASE WHEN free = 1 THEN now() ELSE ended_at END WHERE id = :b;
UPDATE kindergarten_group SET published = published - 1, held = held + 1 WHERE id = :b_group;
UPDATE application SET status = 'claimed' WHERE id = :a;
INSERT INTO claim (bulletin_id, application_id, group_id, kindergarten_id, status, claimed_at, activate_by)
VALUES (:b, :a, :b_group, :b_garden, 'waiting', now(), current_date + 3) RETURNING id AS claim \\gset
INSERT INTO event (at, act, subject, subject_id, actor_user_id, actor_role, application_id, child_id, kindergarten_id,
                   locality_id, before, after)
VALUES (now(), 'claim', 'claim', :claim, 1, 'Parent', :a, :a_child, :b_garden, :a_locality,
        '{"application":"queued"}', format('{"application":"claimed","bulletin_id":%s,"status":"waiting"}', :b::int));
INSERT INTO message (person_id, application_id, template, facts, created_at)
SELECT g.person_id, :a, 'C1', jsonb_build_object('child', :a_name::text, 'kindergarten', k.name), now()
  FROM guardianship g, kindergarten k WHERE g.child_id = :a_child AND k.id = :b_garden
RETURNING id AS message, person_id AS person \\gset
INSERT INTO delivery (message_id, channel, address, language, status, tries, next_try_at)
SELECT :message, way.channel, way.address, p.message_language, 'pending', 0, now()
  FROM person p CROSS JOIN LATERAL (VALUES ('sms', p.phone), ('email', p.email)) AS way (channel, address)
 WHERE p.id = :person AND way.address IS NOT NULL;
END;
"""


@dataclass(frozen=True)
class Crowd:
    """How large the scenes are: bulletins of 23 places, and clicks."""

    bulletins: int
    clicks: int

    @property
    def winners(self) -> int:
        return self.bulletins * PLACES


def measure(server: Server, report: Report, database: str, crowd: Crowd, times: int, seconds: float) -> None:
    """Reports G2a and G2b on a filled database that has at least as many queued applications as places."""
    report.heading(f"G2: claims, {crowd.bulletins} bulletins of {PLACES} places")
    with server.connect(database, autocommit=True) as connection:
        put_on_offer(connection, crowd.bulletins)
    for scene in (("one bulletin", 1, 300), ("ten bulletins", 10, 1000)):
        _crowd_clicks(server, report, database, scene, crowd.clicks)
    measured = rounds_of(times, lambda: _speeds(server, database, crowd, seconds))
    notes = f"{measured['losers'][-1]:,.0f}/s of {measured['select'][-1]:,.0f}/s"
    report.add(LOSERS, ratios(measured["losers"], measured["select"]), notes)
    apart = median(ratios(measured["winners apart"], measured["locked apart"]))
    notes = f"{measured['winners'][-1]:,.0f}/s against {measured['locked'][-1]:,.0f}/s; apart from the disk {apart:.2f}"
    report.add(SPREAD, ratios(measured["winners"], measured["locked"]), notes)
    with server.connect(database, autocommit=True) as connection:
        clear(connection)


def put_on_offer(connection: psycopg.Connection, bulletins: int) -> None:
    """Bulletins 1 to `bulletins`, each on places of a group of its own, open to all of the largest queue."""
    clear(connection)
    connection.execute("UPDATE kindergarten_group SET capacity = capacity - published, published = 0")
    connection.execute("DELETE FROM bulletin")
    connection.execute(
        "UPDATE kindergarten_group SET capacity = capacity + %s, published = published + %s WHERE id <= %s",
        [PLACES, PLACES, bulletins],
    )
    connection.execute(
        """
        INSERT INTO bulletin (id, group_id, kindergarten_id, locality_id, queue_type, group_type, birth_years, language,
                              place_type, places, free, status, rule_set, opened_at, publish_at, published_at,
                              open_to_all_at)
        SELECT g.id, g.id, g.kindergarten_id, q.locality_id, 'general', 'regular', ARRAY[q.birth_year], q.language,
               'free', %s, %s, 'open', 'sitcen_2019', now(), now(), now(), now()
          FROM kindergarten_group g, queue q WHERE g.id <= %s AND q.id = 1
        """,
        [PLACES, PLACES, bulletins],
    )
    connection.execute("VACUUM ANALYZE bulletin, kindergarten_group, claim")


def clear(connection: psycopg.Connection) -> None:
    """Takes back every claim and what it wrote, so that the next scene begins as the first did."""
    with connection.transaction():
        # Events refuse to be deleted; a scene of the bench is not history.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM event WHERE act = 'claim'")
        connection.execute("TRUNCATE message, delivery")
        connection.execute("DELETE FROM claim")
        connection.execute("UPDATE application SET status = 'queued' WHERE status = 'claimed'")
        connection.execute(
            """
            UPDATE kindergarten_group g SET held = g.held - (b.places - b.free), published = b.places
              FROM bulletin b WHERE b.group_id = g.id
            """
        )
        connection.execute("UPDATE bulletin SET free = places, status = 'open', ended_at = NULL")
    connection.execute("VACUUM bulletin, kindergarten_group, application, claim, event")


# -- correctness --------------------------------------------------------------------------------------------


def _crowd_clicks(server: Server, report: Report, database: str, scene: tuple[str, int, int], clicks: int) -> None:
    name, bulletins, children = scene
    crowd = _Clicking(server, database, bulletins, children, clicks)
    answers = crowd.run()
    with server.connect(database, autocommit=True) as connection:
        faults = _faults(connection, bulletins * PLACES)
        clear(connection)
    notes = f"{answers:,} answers, {crowd.terminated} backends terminated" + (f"; {faults}" if faults else "")
    report.true("G2a", f"{name}: none oversold, none twice, the sum of places exact", not faults, notes)


class _Clicking:
    """Eight connections click for the same children again and again; a ninth terminates them."""

    def __init__(self, server: Server, database: str, bulletins: int, children: int, clicks: int) -> None:
        self.server, self.database = server, database
        self.bulletins, self.children, self.clicks = bulletins, children, clicks
        self.terminated = 0
        self._over = threading.Event()

    def run(self) -> int:
        """Clicks, and returns how many got an answer; a click whose backend was terminated got none."""
        answers: list[int] = []
        clickers = [threading.Thread(target=lambda n=n: answers.append(self._click(n))) for n in range(8)]
        killer = threading.Thread(target=self._terminate)
        for thread in (*clickers, killer):
            thread.start()
        for thread in clickers:
            thread.join()
        self._over.set()
        killer.join()
        return sum(answers)

    def _click(self, number: int) -> int:
        draw, answers = random.Random(number), 0
        connection = self._connect()
        for _ in range(self.clicks // 8):
            values = [draw.randint(1, self.bulletins), draw.randint(1, self.children)]
            try:
                connection.execute(CLAIM.format(b="%s", a="%s"), values)
                answers += 1
            except psycopg.OperationalError:
                with contextlib.suppress(psycopg.Error):
                    connection.close()
                connection = self._connect()
        connection.close()
        return answers

    def _connect(self) -> psycopg.Connection:
        """Terminated while it is being made, a connection is made again."""
        for _ in range(20):
            with contextlib.suppress(psycopg.OperationalError):
                return self.server.connect(self.database, autocommit=True, application_name="click")
            time.sleep(0.01)
        raise RuntimeError("the server takes no connections")

    def _terminate(self) -> None:
        with self.server.connect(autocommit=True) as connection:
            while not self._over.wait(0.05):
                row = connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'click' ORDER BY random() LIMIT 1"
                ).fetchone()
                self.terminated += bool(row and row[0])


def _faults(connection: psycopg.Connection, expected: int) -> list[str]:
    """What is wrong after a crowd; empty when all is well."""
    questions = {
        "sold other than there were": f"SELECT count(*) <> {expected} FROM claim",
        "a bulletin oversold": "SELECT EXISTS (SELECT FROM bulletin b WHERE b.places - b.free <>"
        " (SELECT count(*) FROM claim c WHERE c.bulletin_id = b.id))",
        "an application claimed twice": "SELECT count(*) <> count(DISTINCT application_id) FROM claim",
        "a group does not add up": "SELECT EXISTS (SELECT FROM kindergarten_group g JOIN bulletin b"
        " ON b.group_id = g.id WHERE g.capacity <> g.enrolled + g.held + g.published + g.free"
        " OR g.published <> b.free)",
        "an event is missing or double": "SELECT (SELECT count(*) FROM event WHERE act = 'claim') <>"
        " (SELECT count(*) FROM claim)",
        "a message is missing or double": "SELECT (SELECT count(*) FROM message) <> (SELECT count(*) FROM claim)",
        "an application is not claimed": "SELECT EXISTS (SELECT FROM claim c JOIN application a"
        " ON a.id = c.application_id WHERE a.status <> 'claimed')",
    }
    return [fault for fault, question in questions.items() if (connection.execute(question).fetchone() or (True,))[0]]


# -- cost ---------------------------------------------------------------------------------------------------


def _speeds(server: Server, database: str, crowd: Crowd, seconds: float) -> dict[str, float]:
    late = f"\\set a random(1, {max(crowd.winners, 1000)})\n{CLAIM.format(b=1, a=':a')};\n"
    found = _winning(server, database, crowd)
    with server.not_waiting_for_the_disk():
        found |= {f"{name} apart": value for name, value in _winning(server, database, crowd).items()}
    with server.connect(database, autocommit=True) as connection:
        clear(connection)
        connection.execute("UPDATE bulletin SET free = 0, status = 'filled', ended_at = now() WHERE id = 1")
        connection.execute(f"UPDATE kindergarten_group SET published = 0, held = held + {PLACES} WHERE id = 1")
        select = pgbench.run(server, database, FLOOR, clients=LOSERS_CLIENTS, seconds=seconds)
        losers = pgbench.run(server, database, late, clients=LOSERS_CLIENTS, seconds=seconds)
    return {**found, "select": select.per_second, "losers": losers.per_second}


def _winning(server: Server, database: str, crowd: Crowd) -> dict[str, float]:
    """Winning claims per second: the product's function, and the statements under a lock."""
    per = crowd.winners // WINNERS_CLIENTS
    variables = {"i": 0, "per": per, "bulletins": crowd.bulletins}
    steps = "\\set i :i + 1\n\\set a :client_id * :per + :i\n\\set b (:a - 1) % :bulletins + 1\n"
    scripts = {"winners": f"{steps}{CLAIM.format(b=':b', a=':a')};\n", "locked": FOR_UPDATE}
    found = {}
    for name, script in scripts.items():
        with server.connect(database, autocommit=True) as connection:
            clear(connection)
        found[name] = _transactions(server, database, script, per, variables).per_second
    return found


def _transactions(server: Server, database: str, script: str, per: int, found: dict[str, int]) -> pgbench.Load:
    return pgbench.run(server, database, script, clients=WINNERS_CLIENTS, transactions=per, variables=found)
