"""Every sentence notices its own kind of break: a town in order is broken by hand, one way at a time."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import text

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.jobs import sending
from app.queries.invariants import broken_sentences, latest_answers
from app.services import claims, contracts
from app.services.invariants import INVARIANTS, check
from tests import factories as make

NOW = make.NOON + dt.timedelta(hours=1)

VOUCHERS = (
    "INSERT INTO voucher (number, application_id, locality_id, status, issued_at, confirm_by, enrol_by, formula)"
    " SELECT 'V' || n, (SELECT min(id) FROM application), (SELECT min(id) FROM locality), '{status}', now(),"
    " '2026-11-01', '2026-11-01', '{{}}' FROM generate_series(1, {times}) n"
)
WAITING = (
    "INSERT INTO waiting_list_entry"
    " (application_id, voucher_id, kindergarten_id, status, joined_at, answer_by, formula)"
    " SELECT (SELECT min(id) FROM application), 1, 1, '{status}', now(), '{day}', '{{}}'"
    " FROM generate_series(1, {times}) n"
)
#: Sentence → SQL that breaks it. Guards of the database are switched off meanwhile.
BREAKS = {
    "places_conserved": "UPDATE kindergarten_group SET free = free + 1",
    "published_is_on_offer": "UPDATE kindergarten_group SET published = published - 1, free = free + 1",
    "held_has_a_holder": "UPDATE kindergarten_group SET held = held + 1, free = free - 1",
    "enrolled_is_attending": "UPDATE kindergarten_group SET enrolled = enrolled + 1, free = free - 1",
    "one_live_application": "UPDATE application SET child_id = (SELECT min(child_id) FROM application)",
    "one_waiting_claim": "UPDATE claim SET status = 'waiting', application_id = (SELECT min(id) FROM application)",
    "one_live_referral": "UPDATE referral SET status = 'issued', application_id = (SELECT min(id) FROM application)",
    "one_live_turn": "INSERT INTO turn (application_id, locality_id, birth_year, language, status, notified_at,"
    " choose_by, formula) SELECT a.id, a.locality_id, a.birth_year, 'kk', 'live', now(), '2027-01-01', '{}'"
    " FROM application a, generate_series(1, 2)",
    "one_held_place_per_child": "UPDATE application SET child_id = (SELECT min(child_id) FROM application)",
    "one_live_contract": "INSERT INTO contract (number, application_id, group_id, kindergarten_id, locality_id, status,"
    " sent_at, sign_by, formula, returns) SELECT 'twice', application_id, group_id, kindergarten_id, locality_id,"
    " status, sent_at, sign_by, formula, returns FROM contract",
    "one_place_per_child": "INSERT INTO enrolment (child_id, group_id, kindergarten_id, enrolled_on)"
    " SELECT (SELECT min(id) FROM child), id, kindergarten_id, '2026-11-01' FROM kindergarten_group,"
    " generate_series(1, 2)",
    "one_stop_list_entry": "INSERT INTO stop_list_entry (application_id, reason, status, listed_at, until_day, formula)"
    " SELECT min(id), 'referral_expired', 'active', now(), '2026-12-01', '{}' FROM application, generate_series(1, 2)"
    " AS twice GROUP BY twice",
    "standing_is_in_line": "DELETE FROM queue_entry",
    "in_line_is_standing": "UPDATE application SET status = 'draft' WHERE status = 'queued'",
    "standing_is_in_its_category": "UPDATE application SET priority_category_id = 1 WHERE status = 'queued'",
    "one_live_voucher": VOUCHERS.format(status="issued", times=2),
    "one_waiting_list": WAITING.format(status="waiting", day="2026-12-01", times=2),
    "voucher_issued_has_voucher": "UPDATE application SET status = 'voucher_issued' WHERE status = 'queued'",
    "voucher_confirmed_has_voucher": "UPDATE application SET status = 'voucher_confirmed' WHERE status = 'queued'",
    "kindergarten_chosen_has_voucher": "UPDATE application SET status = 'kindergarten_chosen' WHERE status = 'queued'",
    "no_late_answer": VOUCHERS.format(status="issued", times=1),
    "no_late_voucher": VOUCHERS.format(status="confirmed", times=1),
    "no_late_offer": WAITING.format(status="offered", day="2026-11-01", times=1),
    "counters_are_entries": "UPDATE queue_bucket SET general = general + 1",
    "claimed_has_claim": "UPDATE claim SET status = 'cancelled' WHERE status = 'waiting'",
    "notified_has_turn": "UPDATE application SET status = 'notified' WHERE status = 'queued'",
    "referred_has_referral": "UPDATE referral SET status = 'used' WHERE NOT contract_sent",
    "contracting_has_contract": "UPDATE contract SET status = 'lapsed'",
    "enrolled_has_enrolment": "UPDATE application SET status = 'enrolled' WHERE status = 'referred'",
    "review_has_a_last_day": "UPDATE application SET status = 'docs_review' WHERE status = 'queued'",
    "stop_listed_is_on_the_list": "UPDATE application SET status = 'stop_listed' WHERE status = 'queued'",
    "holders_are_awaited": "UPDATE application SET status = 'queued' WHERE status = 'claimed'",
    "no_late_publication": "UPDATE bulletin SET status = 'scheduled', publish_at = '2026-11-01'",
    "no_late_window": "UPDATE bulletin SET status = 'priority', priority_until = '2026-11-01'",
    "no_late_turn": "INSERT INTO turn (application_id, locality_id, birth_year, language, status, notified_at,"
    " choose_by, formula) SELECT a.id, a.locality_id, a.birth_year, 'kk', 'live', now(), '2026-11-01', '{}'"
    " FROM application a",
    "no_late_referral": "UPDATE referral SET use_by = '2026-11-10' WHERE NOT contract_sent",
    "no_late_contract": "UPDATE contract SET sign_by = '2026-11-10'",
    "no_late_stop_list": "INSERT INTO stop_list_entry (application_id, reason, status, listed_at, until_day, formula)"
    " SELECT min(id), 'referral_expired', 'active', now(), '2026-11-01', '{}' FROM application",
    "no_late_message": "UPDATE delivery SET status = 'pending', next_try_at = '2026-11-01'",
    "every_act_is_recorded": "DELETE FROM event WHERE act = 'submit' AND id = (SELECT min(id) FROM event"
    " WHERE act = 'submit')",
    "record_ends_where_we_are": "UPDATE event SET after = '{\"application\":\"archived\"}' WHERE act = 'claim'",
    "lengths_are_counters": "UPDATE queue SET general = general + 1",
}


@pytest.fixture
def order(town):
    """One application in each of: claimed, referred, contract in progress, queued."""
    referral = town.refer(2)
    town.refer(1)
    with unit_of_work() as session:
        contracts.send_contract(session, town.head, referral, make.NOON)
        claims.claim(session, town.parents[0], town.bulletin, town.applications[0], make.NOON)
    sending.send_messages(NOW)
    return town


def broken():
    return {row.name for row in INVARIANTS if check(db.session, row, NOW).broken}


@pytest.fixture
def unguarded(order):
    """As somebody with a database console sees it: no trigger, CHECK or unique index. All of it is rolled back."""
    db.session.rollback()
    db.session.execute(text("SET LOCAL lock_timeout = '10s'"))
    db.session.execute(text("SET LOCAL session_replication_role = replica"))
    checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    for table, name in db.session.execute(text(checks)).all():
        db.session.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
    indexes = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '%UNIQUE%WHERE%'"
    for name in db.session.scalars(text(indexes)).all():
        db.session.execute(text(f'DROP INDEX "{name}"'))
    yield order
    db.session.rollback()


def test_a_town_in_order_breaks_no_sentence(order):
    db.session.rollback()
    assert broken() == set()


def test_every_sentence_has_its_break():
    assert BREAKS.keys() == {row.name for row in INVARIANTS}


@pytest.mark.parametrize("name", [row.name for row in INVARIANTS])
def test_a_break_is_noticed(unguarded, name):
    assert name not in broken()
    db.session.execute(text(BREAKS[name]))
    assert name in broken()


def test_the_answers_are_stored_and_a_broken_one_fails_the_command(order, running, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    runner = running.test_cli_runner()
    assert runner.invoke(args=["jobs", "run", "nightly_invariants"]).exit_code == 0
    with unit_of_work() as session:
        session.execute(text("DELETE FROM queue_entry"))
    monkeypatch.setattr(clock, "now", lambda: NOW + dt.timedelta(minutes=1))
    done = runner.invoke(args=["jobs", "run", "nightly_invariants"])
    assert done.exit_code == 1
    found = json.loads(done.stdout.splitlines()[-1])["broken"]
    assert found["standing_is_in_line"] == 2
    db.session.rollback()
    assert len(latest_answers(db.session)) == len(INVARIANTS)
    worst = {answer.name: answer for answer in broken_sentences(db.session)}
    assert worst.keys() == found.keys()
    assert worst["standing_is_in_line"].sentence.startswith("An application that awaits a place")
    assert len(worst["standing_is_in_line"].sample) == 2


def test_the_commands_of_jobs(running):
    runner = running.test_cli_runner()
    unknown = runner.invoke(args=["jobs", "run", "nothing"])
    assert unknown.exit_code == 2
    assert "publish_bulletins" in unknown.stderr
    assert len(unknown.stderr.strip().splitlines()) == 1
    assert json.loads(runner.invoke(args=["jobs", "run", "forget_codes"]).stdout) == {"done": 0, "failed": 0}
    assert "daily at 04:00" in runner.invoke(args=["jobs", "list"]).stdout
