"""Two at once: two rounds issue once, two parents take one place, an acceptance meets the lapse of its offer."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from app.db import unit_of_work
from app.extensions import db
from app.models import KindergartenGroup, Voucher
from app.models.enums import ApplicationStatus, WaitingListStatus
from app.rules.verdict import RuleBroken
from app.services import voucher_places, voucher_rounds, vouchers, waiting_list
from app.services.access import SYSTEM
from tests.vouchers.conftest import ISSUED, act, at, broken
from tests.vouchers.test_places import fill_up, free_one


@pytest.fixture
def together(app):
    """Runs acts at the same moment, each in its own session; gives "done" or the code of the refusal for each."""

    def run(*acts):
        start, results = threading.Barrier(len(acts)), [None] * len(acts)

        def one(number, function, arguments):
            with app.app_context():
                start.wait()
                try:
                    with unit_of_work() as session:
                        function(session, *arguments)
                        results[number] = "done"
                except RuleBroken as refused:
                    results[number] = refused.code
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=one, args=(number, act[0], act[1:])) for number, act in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        db.session.rollback()
        return results

    return run


def test_two_rounds_issue_once(city, together):
    city.file(at("2025-02-06", "16:17"))
    city.file(at("2025-02-06", "16:18"))
    runs = [(voucher_rounds.issue_round, SYSTEM, city.place, ISSUED)] * 2
    assert together(*runs) == ["done", "done"]
    assert db.session.scalar(select(func.count()).select_from(Voucher)) == 1
    assert broken(ISSUED) == set()


def test_the_last_place_is_held_for_one(city, together):
    with unit_of_work() as session:
        group = session.get_one(KindergartenGroup, city.group)
        group.capacity = group.free = 2
    city.file(at("2025-02-06", "16:17"))
    city.round()
    ids = [city.voucher_of(number).id for number in (0, 1)]
    for number in (0, 1):
        act(vouchers.confirm_voucher, city.parent(number), ids[number], ISSUED)
    with unit_of_work() as session:
        group = session.get_one(KindergartenGroup, city.group)
        group.capacity = group.free = 1
    asked = [
        (voucher_places.request_enrolment, city.parent(number), ids[number], city.group, ISSUED) for number in (0, 1)
    ]
    assert sorted(together(*asked)) == ["GROUP_FULL", "done"]
    assert city.tally() == (0, 1, 0)
    assert broken(ISSUED) == set()


def test_an_answer_twice_is_given_once(city, together):
    voucher_id = city.issued()
    answers = [
        (vouchers.confirm_voucher, city.parent(), voucher_id, ISSUED),
        (vouchers.refuse_voucher, city.parent(), voucher_id, ISSUED),
    ]
    assert sorted(together(*answers)) == ["STALE", "done"]
    assert broken(ISSUED) == set()


def test_an_acceptance_and_the_lapse_of_the_offer_leave_one_outcome(city, together):
    first, _ = fill_up(city)
    entry_id = act(waiting_list.join_waiting_list, city.parent(), first, city.garden, ISSUED).id
    free_one(city)
    act(waiting_list.offer_next, SYSTEM, entry_id, ISSUED)
    results = together(
        (waiting_list.accept_offer, city.parent(), entry_id, at("2025-02-07", "23:59:59")),
        (waiting_list.lapse_offer_if_over, SYSTEM, entry_id, at("2025-02-08", "00:00")),
    )
    status = city.entry(entry_id).status
    if status is WaitingListStatus.ACCEPTED:
        assert results == ["done", "done"]
        assert city.application().status is ApplicationStatus.KINDERGARTEN_CHOSEN
        assert city.tally() == (0, 1, 0)
    else:
        assert (status, results) == (WaitingListStatus.LAPSED, ["STALE", "done"])
        assert city.tally() == (0, 0, 1)
    assert broken(ISSUED) == set()
