"""The race for the last places: real connections, real commits, and the proof that the race is real."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import select

from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Bulletin, Claim, Event, KindergartenGroup, Message, PriorityAccess
from app.models.enums import ApplicationStatus, BulletinStatus, ClaimStatus, Role
from app.rules.verdict import RuleBroken
from app.services import bulletins, claims
from app.services.access import SYSTEM
from tests import factories as make
from tests.support.database import connect

PLACES, CLAIMANTS, AT_ONCE = 23, 300, 24

# The same function with its guard taken away: it believes what it read before the lock.
_LOOK = "SELECT status, free INTO v_bulletin FROM bulletin WHERE id = p_bulletin;"
_LOOK_AND_WAIT = _LOOK + " v_seen := v_bulletin.free; PERFORM pg_sleep(0.05);"


@pytest.fixture
def crowd(clean, app):
    """A bulletin of 23 places and 300 children who may claim them; returns the ids."""
    with app.app_context(), unit_of_work() as session:
        place = make.locality()
        garden = make.kindergarten(place)
        group = make.group(garden, capacity=25)
        bulletin = make.open_bulletin(group, places=PLACES)
        parents = [make.person() for _ in range(CLAIMANTS)]
        rows = [make.application(place, parent) for parent in parents]
        session.flush()
        pairs = [(make.parent_actor(parent), row.id) for parent, row in zip(parents, rows, strict=True)]
        return {"bulletin": bulletin.id, "group": group.id, "pairs": pairs}


def claim_once(app, bulletin_id, actor, application_id):
    """One click on a connection of its own; the answer as the parent would get it."""
    with app.app_context():
        try:
            with unit_of_work() as session:
                claims.claim(session, actor, bulletin_id, application_id, make.NOON)
        except RuleBroken as refused:
            return refused.code
        finally:
            db.session.remove()
        return "held"


def rush(app, crowd, clicks):
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(lambda pair: claim_once(app, crowd["bulletin"], *pair), clicks))


def assert_conserved(app, crowd, winners):
    with app.app_context():
        group = db.session.get_one(KindergartenGroup, crowd["group"])
        bulletin = db.session.get_one(Bulletin, crowd["bulletin"])
        claimed = db.session.scalars(select(Claim.application_id).where(Claim.status == ClaimStatus.WAITING)).all()
        assert len(claimed) == len(set(claimed)) == winners
        assert (group.held, group.published, group.free) == (winners, PLACES - winners, 2)
        assert bulletin.free == PLACES - winners
        assert db.session.query(Application).filter_by(status=ApplicationStatus.CLAIMED).count() == winners
        assert db.session.query(Event).filter_by(act="claim").count() == winners
        assert db.session.query(Message).filter_by(template="C1").count() == winners


def test_300_claim_23_places_and_exactly_23_get_one(app, crowd):
    answers = rush(app, crowd, crowd["pairs"])
    assert answers == {"held": PLACES, "BULLETIN_FULL": CLAIMANTS - PLACES}
    assert_conserved(app, crowd, PLACES)
    with app.app_context():
        assert db.session.get_one(Bulletin, crowd["bulletin"]).status is BulletinStatus.FILLED


def test_the_same_child_clicking_many_times_gets_one_place(app, crowd):
    few = crowd["pairs"][:10]
    answers = rush(app, crowd, few * 30)
    assert answers["held"] == 10
    assert set(answers) == {"held", "CLAIM_EXISTS"}
    assert_conserved(app, crowd, 10)


def test_backends_terminated_in_the_rush_lose_nothing(app, crowd, database_url):
    """A connection that dies takes its claim with it, or leaves it whole."""

    def click(pair):
        try:
            return claim_once(app, crowd["bulletin"], *pair)
        except Exception as error:  # a terminated backend surfaces as whatever the driver makes of it
            if "terminat" not in str(error) and "connection" not in str(error).lower():
                raise
            return "cut off"

    def terminate(_):
        with connect(database_url, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'SELECT outcome%'"
                " LIMIT 4"
            )
        return "terminated"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        clicks = [pool.submit(click, pair) for pair in crowd["pairs"][:150]]
        cuts = [pool.submit(terminate, n) for n in range(12)]
        clicks += [pool.submit(click, pair) for pair in crowd["pairs"][150:]]
        answers = Counter(future.result() for future in clicks)
        assert len([cut.result() for cut in cuts]) == 12
    with app.app_context():
        held = db.session.query(Claim).filter_by(status=ClaimStatus.WAITING).count()
    assert answers["held"] <= held <= PLACES
    assert_conserved(app, crowd, held)


def test_the_race_exists_when_the_lock_is_switched_off(app, crowd, database_url):
    """Without the guard the same clicks oversell: what the other tests prove is not an accident."""
    with connect(database_url, autocommit=True) as server:
        (original,) = server.execute("SELECT pg_get_functiondef('claim_place'::regproc)").fetchone()
        naive = _without_guard(original)
        assert naive != original
        server.execute(naive)
        try:
            answers = rush(app, crowd, crowd["pairs"][:100])
        finally:
            server.execute(original)
    assert answers["held"] > PLACES, "nobody was oversold: the guard would not be needed"


def _without_guard(definition: str) -> str:
    """claim_place as read-then-write: the number read without a lock is written back, minus one."""
    naive = definition.replace("v_application record;", "v_application record; v_seen integer;")
    naive = naive.replace(_LOOK, _LOOK_AND_WAIT)
    naive = naive.replace("SET free = b.free - 1,", "SET free = v_seen - 1,")
    naive = naive.replace("WHEN b.free = 1 THEN 'filled'", "WHEN v_seen = 1 THEN 'filled'")
    naive = naive.replace("WHEN b.free = 1 THEN p_now", "WHEN v_seen = 1 THEN p_now")
    naive = naive.replace("AND b.free > 0", "AND v_seen > 0")
    naive = naive.replace("AND (b.status = 'open'", "AND (b.status IN ('open', 'filled')")
    naive = naive.replace("ELSE b.status END", "ELSE 'open' END")
    # The group's tally would stop the oversell by its own CHECK: it is switched off too.
    return naive.replace("SET published = published - 1, held = held + 1", "SET published = published")


def test_a_claim_and_a_withdrawal_of_the_bulletin_do_not_lose_a_place(app, crowd):
    with app.app_context():
        bulletin = db.session.get_one(Bulletin, crowd["bulletin"])
        head = make.staff_actor(Role.HEAD, at=bulletin.kindergarten)

    def withdraw():
        with app.app_context():
            for _ in range(50):
                try:
                    with unit_of_work() as session:
                        bulletins.withdraw_bulletin(session, head, crowd["bulletin"], "repairs", make.NOON)
                    return "withdrawn"
                except RuleBroken as refused:
                    if refused.code != "STALE":
                        raise
                finally:
                    db.session.remove()
            return "gave up"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        early = [pool.submit(claim_once, app, crowd["bulletin"], *pair) for pair in crowd["pairs"][:12]]
        withdrawal = pool.submit(withdraw)
        late = [pool.submit(claim_once, app, crowd["bulletin"], *pair) for pair in crowd["pairs"][12:20]]
        answers = {future.result() for future in [*early, *late]}
        assert withdrawal.result() == "withdrawn"
    assert answers <= {"held", "BULLETIN_CLOSED"}
    with app.app_context():
        group = db.session.get_one(KindergartenGroup, crowd["group"])
        assert (group.held, group.published, group.free) == (0, 0, 25)


def test_two_publications_at_once_notify_each_child_once(app, crowd):
    with app.app_context(), unit_of_work() as session:
        group = db.session.get_one(KindergartenGroup, crowd["group"])
        bulletin_id = make.open_bulletin(group, places=2, publish=False).id
        session.flush()

    def publish(_):
        with app.app_context():
            try:
                with unit_of_work() as session:
                    return bulletins.publish_if_due(session, SYSTEM, bulletin_id, make.NOON)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(publish, range(4))) == [False, False, False, True]
    with app.app_context():
        assert db.session.query(PriorityAccess).filter_by(bulletin_id=bulletin_id).count() == 2
        assert db.session.query(Message).filter_by(template="P1").count() == 2


def test_a_second_live_claim_is_stopped_by_the_database_itself(app, crowd, database_url):
    actor, application_id = crowd["pairs"][0]
    assert claim_once(app, crowd["bulletin"], actor, application_id) == "held"
    with (
        connect(database_url) as server,
        pytest.raises(psycopg.errors.UniqueViolation, match="uq_claim_waiting_application"),
    ):
        server.execute(
            "INSERT INTO claim"
            " (bulletin_id, application_id, group_id, kindergarten_id, status, claimed_at, activate_by)"
            " SELECT bulletin_id, application_id, group_id, kindergarten_id, status, claimed_at, activate_by FROM claim"
        )
