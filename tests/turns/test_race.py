"""Races for one place: real connections, real commits."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from app.db import unit_of_work
from app.extensions import db
from app.jobs import turns as jobs
from app.models import Application, Bulletin, KindergartenGroup, Referral, Turn
from app.models.enums import ApplicationStatus, TurnStatus
from app.rules.verdict import RuleBroken
from app.services import claims, turns
from app.services.access import SYSTEM
from app.services.invariants import INVARIANTS, check
from tests.turns.conftest import AFTER, NOON, build, choose, minute

DAY = dt.timedelta(days=1)
#: The last second of the last day, and the first after it.
LAST_SECOND = dt.datetime(2026, 11, 17, 18, 59, 59, tzinfo=dt.UTC)


def at_once(app, *acts):
    """All acts start together, each on a connection of its own; their answers in order."""
    start = Barrier(len(acts))

    def run(act):
        with app.app_context():
            start.wait(10)
            try:
                with unit_of_work() as session:
                    return act(session)
            except RuleBroken as refused:
                return refused.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def broken(now):
    db.session.rollback()
    return {row.name for row in INVARIANTS if check(db.session, row, now).broken} - {"no_late_message"}


def test_of_two_who_claim_the_last_open_place_one_gets_it(running):
    town = build(places=1)
    ids = [town.family(NOON - DAY * days) for days in range(1, 7)]
    minute()
    jobs.lapse_turns(AFTER)
    bulletin = db.session.query(Bulletin).one().id
    answers = at_once(
        running,
        *(lambda session, one=one: choose(session, town.parents[one], one, town.group, AFTER) for one in ids[:3]),
        *(lambda session, one=one: claims.claim(session, town.parents[one], bulletin, one, AFTER) for one in ids[3:]),
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert {answer for answer in answers if isinstance(answer, str)} <= {
        "BULLETIN_FULL",
        "NOT_YOUR_TURN",
        "BULLETIN_CLOSED",
    }
    db.session.rollback()
    assert db.session.query(Referral).count() == 1
    assert not broken(AFTER)


def test_two_turns_and_a_place_that_was_taken_away_give_one_referral(running):
    town = build(places=2)
    first, second = town.family(NOON - DAY), town.family()
    minute()
    with unit_of_work() as session:
        group = session.get_one(KindergartenGroup, town.group)
        group.capacity = group.free = 1
    answers = at_once(
        running,
        *(lambda session, one=one: choose(session, town.parents[one], one, town.group) for one in (first, second)),
    )
    assert Counter("held" if isinstance(answer, int) else answer for answer in answers) == {
        "held": 1,
        "BULLETIN_FULL": 1,
    }
    db.session.rollback()
    assert db.session.get_one(KindergartenGroup, town.group).held == 1
    assert not broken(NOON)


def test_a_choice_and_the_end_of_the_turn_at_once_have_one_outcome(running):
    for _ in range(3):
        town = build(places=1)
        application = town.family()
        minute()
        turn = db.session.query(Turn).filter_by(application_id=application).one().id
        answers = at_once(
            running,
            lambda session, town=town, one=application: choose(
                session, town.parents[one], one, town.group, LAST_SECOND
            ),
            lambda session, turn=turn: turns.lapse_if_over(session, SYSTEM, turn, AFTER),
        )
        db.session.rollback()
        db.session.expire_all()
        status = db.session.get_one(Turn, turn).status
        chosen = isinstance(answers[0], int)
        if status is TurnStatus.CHOSEN:
            assert chosen
            assert answers[1] is False
        else:
            # The end came first; what was chosen then was the open place, and it was taken once.
            assert status is TurnStatus.LAPSED
            assert answers[1] is True
        expected = ApplicationStatus.REFERRED if chosen else ApplicationStatus.QUEUED
        assert db.session.get_one(Application, application).status is expected
        assert not broken(AFTER)


def test_notices_at_once_promise_a_place_once(running):
    town = build(places=2)
    for days in range(1, 6):
        town.family(NOON - DAY * days)
    from app.models import Queue

    line = db.session.query(Queue).one().id
    answers = at_once(running, *[lambda session: turns.notify_line(session, SYSTEM, line, NOON)] * 4)
    assert sorted(answers) == [0, 0, 0, 2]
    db.session.rollback()
    assert db.session.query(Turn).count() == 2
    assert not broken(NOON)
