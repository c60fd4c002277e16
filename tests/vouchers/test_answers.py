"""A voucher from its issue to its end: the annex of the guide as tables of weekdays, and every refusal."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Event, Message, StopListEntry, VoucherRound
from app.models.enums import (
    ApplicationStatus,
    ArchiveReason,
    Role,
    StopListReason,
    StopListStatus,
    VoucherEnd,
    VoucherStatus,
)
from app.queries.queue_number import queue_numbers
from app.rules import rule_sets
from app.rules.verdict import RuleBroken
from app.services import stop_list, voucher_rounds, vouchers
from app.services.access import SYSTEM, Forbidden, OutOfReach
from tests import factories as make
from tests.vouchers.conftest import ISSUED, act, at, broken

RULES = rule_sets.get("voucher_2025")


def told(city, number=0):
    query = select(Message.template).where(Message.application_id == city.applications[number]).order_by(Message.id)
    return list(db.session.scalars(query))


def refusal(function, *arguments):
    with pytest.raises(RuleBroken) as refused:
        act(function, *arguments)
    return refused.value.code


def test_the_golden_case_of_the_guide(city):
    voucher = city.voucher(city.issued())
    assert voucher.issued_at == ISSUED
    assert voucher.confirm_by == dt.date(2025, 2, 10)  # Thursday 6 → Monday 10 February
    assert city.application().status is ApplicationStatus.VOUCHER_ISSUED
    assert told(city) == ["Q1", "V1"]
    assert queue_numbers(db.session, city.applications[0], RULES) == []
    assert broken(ISSUED) == set()


def test_yes_begins_five_working_days(city):
    voucher = city.voucher(city.confirmed(at("2025-02-07")))
    # Friday 7 February; counted: 10, 11, 12, 13, 14.
    assert voucher.enrol_by == dt.date(2025, 2, 14)
    assert city.application().status is ApplicationStatus.VOUCHER_CONFIRMED
    assert told(city)[-1] == "V5"
    assert broken(at("2025-02-07")) == set()


def test_no_archives_the_application(city):
    voucher_id = city.issued()
    act(vouchers.refuse_voucher, city.parent(), voucher_id, ISSUED)
    application = city.application()
    assert (application.status, application.archive_reason) == (ApplicationStatus.ARCHIVED, ArchiveReason.REFUSED)
    assert city.voucher(voucher_id).end_reason == VoucherEnd.REFUSED
    assert told(city)[-1] == "V4"
    assert refusal(vouchers.confirm_voucher, city.parent(), voucher_id, ISSUED) == "STALE"


@pytest.mark.parametrize(
    ("day", "time", "allowed"),
    [
        ("2025-02-10", "23:59:59", True),  # the last second of Monday
        ("2025-02-11", "00:00:00", False),  # though the job has not run
    ],
)
def test_the_answer_is_taken_to_the_end_of_the_last_day(city, day, time, allowed):
    voucher_id = city.issued()
    if allowed:
        act(vouchers.confirm_voucher, city.parent(), voucher_id, at(day, time))
        assert city.voucher(voucher_id).status is VoucherStatus.CONFIRMED
    else:
        assert refusal(vouchers.confirm_voucher, city.parent(), voucher_id, at(day, time)) == "DEADLINE_PASSED"
        assert refusal(vouchers.refuse_voucher, city.parent(), voucher_id, at(day, time)) == "DEADLINE_PASSED"


def silence(city):
    voucher_id = city.issued()
    assert not act(vouchers.annul_if_unanswered, SYSTEM, voucher_id, at("2025-02-10", "23:59:59"))
    assert act(vouchers.annul_if_unanswered, SYSTEM, voucher_id, at("2025-02-11", "00:00"))
    assert not act(vouchers.annul_if_unanswered, SYSTEM, voucher_id, at("2025-02-11", "00:01"))
    return db.session.scalars(select(StopListEntry).order_by(StopListEntry.id.desc())).first()


def test_silence_leads_to_the_stop_list_for_28_days(city):
    entry = silence(city)
    assert entry.reason is StopListReason.VOUCHER_UNANSWERED
    assert entry.until_day == dt.date(2025, 3, 11)  # Tuesday 11 February + 28 calendar days
    assert city.application().status is ApplicationStatus.STOP_LISTED
    assert told(city)[-1] == "V3"
    assert broken(at("2025-02-11")) == set()


def test_the_parent_restores_once_by_the_first_moment(city):
    submitted = city.application().submitted_at
    entry_id = silence(city).id
    act(stop_list.restore, city.parent(), entry_id, at("2025-03-11", "23:59:59"))
    application = city.application()
    assert (application.status, application.submitted_at) == (ApplicationStatus.QUEUED, submitted)
    assert db.session.get_one(StopListEntry, entry_id, populate_existing=True).status is StopListStatus.RESTORED
    assert [one.number for one in queue_numbers(db.session, application.id, RULES)] == [1]
    assert refusal(stop_list.restore, city.parent(), entry_id, at("2025-03-11")) == "STALE"
    # A second silence: no restoration is left, so the application is archived at once.
    city.round(at("2025-03-12"))
    again = city.voucher_of(0)
    act(vouchers.annul_if_unanswered, SYSTEM, again.id, at("2025-03-30"))
    assert city.application().archive_reason is ArchiveReason.INACTIVE
    assert broken(at("2025-03-30")) == set()


def test_a_stop_list_that_was_not_left_ends_in_the_archive(city):
    entry_id = silence(city).id
    assert refusal(stop_list.restore, city.parent(), entry_id, at("2025-03-12", "00:00")) == "DEADLINE_PASSED"
    assert not act(stop_list.release_if_over, SYSTEM, entry_id, at("2025-03-11", "23:59"))
    assert act(stop_list.release_if_over, SYSTEM, entry_id, at("2025-03-12", "00:00"))
    assert city.application().archive_reason is ArchiveReason.INACTIVE
    assert told(city)[-1] == "S3"
    assert broken(at("2025-03-12")) == set()


def test_a_stranger_and_a_neighbour_do_not_answer(city):
    voucher_id = city.issued()
    city.file(ISSUED)
    for verb in (vouchers.confirm_voucher, vouchers.refuse_voucher, vouchers.extend_voucher):
        with pytest.raises(OutOfReach):
            act(verb, city.parent(1), voucher_id, ISSUED)
    with pytest.raises(Forbidden):
        act(vouchers.refuse_voucher, city.support, voucher_id, ISSUED)
    with pytest.raises(Forbidden):
        act(vouchers.revoke_voucher, city.parent(), voucher_id, "because", ISSUED)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2025-02-12", "EXTEND_TOO_EARLY"),  # Wednesday, the day before the last
        ("2025-02-14", "DEADLINE_PASSED"),  # Friday, the day after it
    ],
)
def test_the_extension_is_offered_on_the_fifth_day_alone(city, day, code):
    voucher_id = city.confirmed()  # Thursday 6 February, to Thursday 13
    assert refusal(vouchers.extend_voucher, city.parent(), voucher_id, at(day)) == code


def test_two_more_working_days_once(city):
    voucher_id = city.confirmed()
    act(vouchers.extend_voucher, city.parent(), voucher_id, at("2025-02-13"))
    voucher = city.voucher(voucher_id)
    assert voucher.enrol_by == dt.date(2025, 2, 17)  # Thursday 13: Friday 14, Monday 17
    assert told(city)[-1] == "V7"
    assert refusal(vouchers.extend_voucher, city.parent(), voucher_id, at("2025-02-17")) == "EXTEND_USED"
    assert not act(vouchers.expire_if_over, SYSTEM, voucher_id, at("2025-02-17", "23:59:59"))
    assert act(vouchers.expire_if_over, SYSTEM, voucher_id, at("2025-02-18", "00:00"))


def test_a_child_not_enrolled_in_time_loses_voucher_and_place(city):
    voucher_id = city.chosen()
    assert city.tally() == (0, 1, 0)
    assert act(vouchers.expire_if_over, SYSTEM, voucher_id, at("2025-02-14", "00:00"))
    application = city.application()
    assert application.archive_reason is ArchiveReason.VOUCHER_EXPIRED
    assert city.tally() == (0, 0, 1)
    assert told(city)[-1] == "V8"
    assert broken(at("2025-02-14")) == set()


def test_the_department_annuls_with_a_reason_and_the_turn_is_kept(city):
    voucher_id = city.chosen()
    assert refusal(vouchers.revoke_voucher, city.official, voucher_id, " ", ISSUED) == "REASON_REQUIRED"
    act(vouchers.revoke_voucher, city.official, voucher_id, "issued by mistake", ISSUED)
    assert city.application().status is ApplicationStatus.QUEUED
    assert city.tally() == (0, 0, 1)
    assert broken(ISSUED) == set()


def test_a_round_issues_no_more_than_there_are_places(city):
    for minute in (17, 18):
        city.file(at("2025-02-06", f"16:{minute}"))
    assert city.round() == 1
    assert city.round() == 0  # the place is promised
    assert [city.application(number).status for number in range(3)] == [
        ApplicationStatus.VOUCHER_ISSUED,
        ApplicationStatus.QUEUED,
        ApplicationStatus.QUEUED,
    ]
    rounds = db.session.scalars(select(VoucherRound).order_by(VoucherRound.id)).all()
    assert [(row.free_places, row.issued, row.scope) for row in rounds] == [(1, 1, "city"), (0, 0, "city")]
    assert db.session.scalar(select(func.count()).where(Event.act == "issue_round")) == 2
    act(vouchers.refuse_voucher, city.parent(), city.voucher_of(0).id, ISSUED)
    assert city.round(at("2025-02-07")) == 1
    assert city.application(1).status is ApplicationStatus.VOUCHER_ISSUED


def test_children_too_young_are_passed_over_until_they_are_two(city):
    young = city.file(at("2025-02-01"), born=dt.date(2023, 2, 7))
    assert city.round() == 1
    assert city.application(1).status is ApplicationStatus.QUEUED
    assert young == city.applications[1]


def test_rounds_are_the_officials_of_the_place(city):
    with pytest.raises(Forbidden):
        act(voucher_rounds.issue_round, city.support, city.place, ISSUED)
    with pytest.raises(OutOfReach):
        act(voucher_rounds.issue_round, make.staff_actor(Role.DEPARTMENT), city.place, ISSUED)
    plan = act(voucher_rounds.preview, city.official, city.place, ISSUED)
    assert (plan.free_places, len(plan.order)) == (1, 1)
    assert act(voucher_rounds.issue_round, city.official, city.place, ISSUED).issued == 1


def test_no_vouchers_where_places_are_given_otherwise(city):
    with pytest.raises(RuleBroken) as refused:
        act(lambda s: voucher_rounds.issue_round(s, SYSTEM, make.locality().id, ISSUED))
    assert refused.value.code == "NO_VOUCHERS"
