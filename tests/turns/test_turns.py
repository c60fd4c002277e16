"""The generation of 2018, act by act: the notice, the choice, the missed turn, the open place."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app.db import unit_of_work
from app.extensions import db
from app.models import (
    Application,
    Bulletin,
    Claim,
    Enrolment,
    Event,
    KindergartenGroup,
    Message,
    Referral,
    SignedChoice,
    StopListEntry,
)
from app.models.enums import ApplicationStatus as A
from app.models.enums import (
    ArchiveReason,
    BulletinStatus,
    ClaimStatus,
    KindergartenKind,
    Language,
    ReferralStatus,
    Stream,
    TurnStatus,
)
from app.queries.queue_number import queue_numbers
from app.rules import rule_sets
from app.rules.verdict import RuleBroken
from app.services import applications, bulletins, choices, claims, contracts, documents, expiry, referrals, stop_list
from app.services.access import SYSTEM
from app.services.invariants import INVARIANTS, check
from app.services.uploads import Upload
from tests import factories as make
from tests.samples import pdf
from tests.turns.conftest import AFTER, LAST_DAY, NOON, TOO_LATE, build, minute, turns_of

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def act(function, *arguments):
    with unit_of_work() as session:
        return function(session, *arguments)


def status_of(application_id):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Application, application_id).status


def tally(group_id):
    db.session.rollback()
    db.session.expire_all()
    row = db.session.get_one(KindergartenGroup, group_id)
    return row.enrolled, row.held, row.published, row.free


def in_order(now):
    """Every sentence about the state is true (letters leave with another job)."""
    db.session.rollback()
    found = (check(db.session, row, now) for row in INVARIANTS)
    return {one.name for one in found if one.broken} - {"no_late_message"}


def refused(code):
    return pytest.raises(RuleBroken, match=code)


# ── the notice ──


def test_as_many_heads_are_told_as_there_are_places(town):
    first, second, third = (town.family(NOON - DAY * days) for days in (3, 2, 1))
    minute()
    assert [status_of(one) for one in (first, second, third)] == [A.NOTIFIED, A.NOTIFIED, A.QUEUED]
    turn = turns_of(first)[0]
    assert (turn.status, turn.choose_by, turn.birth_year) == (TurnStatus.LIVE, LAST_DAY, 2023)
    assert turn.formula["last_day"] == "2026-11-17"
    told = db.session.scalars(select(Message.application_id).where(Message.template == "P1")).all()
    assert sorted(told) == [first, second]
    assert tally(town.group) == (0, 0, 0, 2)
    assert not in_order(NOON)


def test_telling_twice_tells_nobody_twice(town):
    first, _, third = (town.family(NOON - DAY * days) for days in (3, 2, 1))
    minute()
    minute()
    assert len(turns_of(first)) == 1
    assert status_of(third) is A.QUEUED


def test_no_bulletin_is_opened_by_the_notice(town):
    town.family()
    minute()
    assert db.session.query(Bulletin).count() == 0
    with refused("NO_BULLETINS"), unit_of_work() as session:
        bulletins.open_bulletin(session, town.head, town.group, 1, NOON, publish_at=NOON)


def test_a_child_who_is_too_young_is_passed_over_and_told_on_the_birthday(town):
    young = town.family(NOON - DAY * 3, born=TOO_LATE)
    old = town.family(NOON - DAY)
    minute()
    assert (status_of(young), status_of(old)) == (A.QUEUED, A.NOTIFIED)
    minute(NOON + DAY)
    assert status_of(young) is A.NOTIFIED


def test_the_cycle_of_streams_is_remembered_between_notices(running):
    town = build(places=1)
    category = make.benefit(Stream.FIRST_PRIORITY, needs_document=False)
    db.session.commit()
    blessed = [town.family(NOON - HOUR * n, benefit_category_id=category.id) for n in (2, 1)]
    general = [town.family(NOON - DAY * n) for n in (3, 2, 1)]
    told = []
    for number in range(5):
        minute()
        told += [one for one in (*blessed, *general) if status_of(one) is A.NOTIFIED and one not in told]
        town.choose(told[-1])
        with unit_of_work() as session:
            group = session.get_one(KindergartenGroup, town.group)
            group.capacity, group.free = group.capacity + 1, group.free + 1
        assert len(told) == number + 1
    assert told == [blessed[0], *general, blessed[1]]


@pytest.mark.parametrize("kind", [KindergartenKind.STATE, KindergartenKind.PRIVATE])
def test_only_kindergartens_under_state_order_are_offered(town, kind):
    from app.models import Kindergarten

    with unit_of_work() as session:
        session.get_one(Kindergarten, town.garden).kind = kind
    application = town.family()
    minute()
    assert status_of(application) is A.QUEUED


def test_a_place_of_two_birth_years_is_promised_once(running):
    town = build(places=1, birth_years=[2022, 2023])
    younger, elder = town.family(NOON - DAY), town.family(born=dt.date(2022, 5, 1))
    minute()
    assert sorted([status_of(younger), status_of(elder)]) == [A.NOTIFIED, A.QUEUED]


def test_nobody_is_told_in_the_pause_of_august(town):
    august = dt.datetime(2026, 8, 10, 7, tzinfo=dt.UTC)
    application = town.family(august - DAY, born=dt.date(2023, 1, 1))
    minute(august)
    assert status_of(application) is A.QUEUED


# ── the choice ──


def test_the_choice_is_signed_gives_the_referral_and_leaves_the_queue(town, get):
    first, second = town.family(NOON - DAY), town.family()
    minute()
    referral = get(Referral, town.choose(first))
    assert (referral.claim_id, referral.use_by, referral.group_id) == (None, dt.date(2026, 11, 19), town.group)
    assert referral.number.startswith("R-2026-C")
    assert status_of(first) is A.REFERRED
    assert turns_of(first)[0].status is TurnStatus.CHOSEN
    signed = db.session.query(SignedChoice).one()
    assert (signed.application_id, signed.referral_id) == (first, referral.id)
    assert "choose_kindergarten" in signed.manifest
    numbers = queue_numbers(db.session, second, rule_sets.get("indigo_2018"))
    assert queue_numbers(db.session, first, rule_sets.get("indigo_2018")) == []
    assert [one.number for one in numbers] == [1]
    assert tally(town.group) == (0, 1, 0, 1)
    assert not in_order(NOON)


def test_choosing_twice_is_refused(town):
    application = town.family()
    minute()
    town.choose(application)
    with refused("NOT_IN_QUEUE"):
        town.choose(application)


def test_without_a_turn_there_is_nothing_to_choose(town):
    town.family(NOON - DAY * 2), town.family(NOON - DAY)
    late = town.family()
    minute()
    with refused("NOT_YOUR_TURN"):
        town.choose(late)


def test_somebody_elses_application_is_out_of_reach(town):
    from app.services.access import OutOfReach

    mine, theirs = town.family(), town.family()
    minute()
    with pytest.raises(OutOfReach), unit_of_work() as session:
        choices.choose(session, town.parents[mine], theirs, town.group, "", NOON)


def test_another_persons_signature_is_refused_and_nothing_changes(town):
    mine, theirs = town.family(), town.family()
    minute()
    with refused("EDS_UNREADABLE"), unit_of_work() as session:
        choices.choose(session, town.parents[mine], mine, town.group, "no signature", NOON)
    assert status_of(mine) is A.NOTIFIED
    assert status_of(theirs) is A.NOTIFIED


@pytest.mark.parametrize(
    ("now", "allowed"),
    [
        (dt.datetime(2026, 11, 17, 18, 59, 59, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 11, 17, 19, 0, 0, tzinfo=dt.UTC), False),
    ],
)
def test_the_last_second_of_the_last_day_counts_and_the_next_is_refused_before_any_job(town, now, allowed):
    application = town.family()
    minute()
    if allowed:
        assert town.choose(application, now=now)
    else:
        with refused("DEADLINE_PASSED"):
            town.choose(application, now=now)


def test_a_group_that_would_leave_another_turn_without_a_place_is_not_offered(running):
    town = build(places=1, birth_years=[2022, 2023])
    with unit_of_work() as session:
        from app.models import Kindergarten

        other = make.group(session.get_one(Kindergarten, town.garden), capacity=1, name="Бүлдіршін").id
    elder, younger = town.family(born=dt.date(2022, 5, 1)), town.family()
    minute()
    assert (status_of(elder), status_of(younger)) == (A.NOTIFIED, A.NOTIFIED)
    application = db.session.get_one(Application, younger)
    assert [option.group.id for option in choices.readiness(db.session, application, NOON).options] == [other]
    with refused("BULLETIN_FULL"):
        town.choose(younger, town.group)
    town.choose(younger, other)
    town.choose(elder, town.group)


# ── the missed turn ──


def test_a_missed_turn_keeps_the_place_in_line_and_opens_the_place_to_all(running, get):
    town = build(places=1)
    first, second = town.family(NOON - DAY), town.family()
    minute()
    submitted = get(Application, first).submitted_at
    minute(AFTER)
    assert status_of(first) is A.QUEUED
    assert turns_of(first)[0].status is TurnStatus.LAPSED
    assert get(Application, first).submitted_at == submitted
    numbers = queue_numbers(db.session, first, rule_sets.get("indigo_2018"))
    assert [one.number for one in numbers] == [1]
    bulletin = db.session.query(Bulletin).one()
    assert (bulletin.status, bulletin.free, bulletin.birth_years) == (BulletinStatus.OPEN, 1, [2023])
    assert (bulletin.rule_set, bulletin.language) == ("indigo_2018", Language.KK)
    assert tally(town.group) == (0, 0, 1, 0)
    letters = db.session.execute(select(Message.application_id, Message.template)).all()
    assert (first, "P3") in letters
    assert {template for application, template in letters if application == second} == {"Q1"}
    assert not in_order(AFTER)


def test_a_turn_lapses_once_and_not_before_its_time(town):
    application = town.family()
    minute()
    minute(dt.datetime(2026, 11, 17, 18, 59, tzinfo=dt.UTC))
    assert status_of(application) is A.NOTIFIED
    minute(AFTER)
    from app.jobs import turns

    assert turns.lapse_turns(AFTER) == {"done": 0, "failed": 0}


def test_an_open_place_is_taken_at_once_by_any_child_of_the_year(running, get):
    town = build(places=1)
    town.family(NOON - DAY)
    second = town.family()
    minute()
    minute(AFTER)
    bulletin = db.session.query(Bulletin).one().id
    claim_id = act(claims.claim, town.parents[second], bulletin, second, AFTER)
    claim = get(Claim, claim_id)
    referral = db.session.scalars(select(Referral).where(Referral.claim_id == claim_id)).one()
    assert (claim.status, referral.status, status_of(second)) == (
        ClaimStatus.ACTIVATED,
        ReferralStatus.ISSUED,
        A.REFERRED,
    )
    assert get(Bulletin, bulletin).status is BulletinStatus.FILLED
    assert tally(town.group) == (0, 1, 0, 0)
    assert "C1" not in db.session.scalars(select(Message.template)).all()
    assert not in_order(AFTER)


def test_an_open_place_may_be_chosen_with_a_signature_too(running):
    town = build(places=1)
    town.family(NOON - DAY)
    second = town.family()
    minute()
    minute(AFTER)
    town.choose(second, now=AFTER)
    assert status_of(second) is A.REFERRED
    assert db.session.query(SignedChoice).one().turn_id is None


def test_an_open_place_is_too_early_for_a_child_who_is_too_young(running):
    town = build(places=1)
    town.family(NOON - DAY)
    young = town.family(born=dt.date(2023, 12, 20))
    minute()
    minute(AFTER)
    bulletin = db.session.query(Bulletin).one().id
    with refused("TOO_YOUNG"):
        act(claims.claim, town.parents[young], bulletin, young, AFTER)


def test_the_turn_of_a_child_who_claims_an_open_place_ends_and_the_next_is_told(running):
    town = build(places=1)
    first, second, third = (town.family(NOON - DAY * days) for days in (3, 2, 1))
    minute()
    minute(AFTER)
    with unit_of_work() as session:
        from app.models import Kindergarten

        make.group(session.get_one(Kindergarten, town.garden), capacity=1, name="Бүлдіршін")
    minute(AFTER)
    assert status_of(first) is A.NOTIFIED
    bulletin = db.session.query(Bulletin).one().id
    act(claims.claim, town.parents[first], bulletin, first, AFTER)
    assert [turn.status for turn in turns_of(first)] == [TurnStatus.LAPSED, TurnStatus.CANCELLED]
    minute(AFTER)
    assert (status_of(first), status_of(second), status_of(third)) == (A.REFERRED, A.NOTIFIED, A.QUEUED)
    assert not in_order(AFTER)


def test_removal_from_the_queue_ends_the_turn(town):
    application = town.family()
    minute()
    act(applications.withdraw, town.parents[application], application, NOON)
    assert status_of(application) is A.ARCHIVED
    assert turns_of(application)[0].status is TurnStatus.CANCELLED
    assert not in_order(NOON)


# ── after the choice ──


def test_a_referral_not_used_in_five_days_costs_ten_days_of_stop_list_and_the_second_time_the_queue(town, get):
    application = town.family()
    minute()
    town.choose(application)
    friday = dt.datetime(2026, 11, 19, 19, 5, tzinfo=dt.UTC)
    sweep(friday)
    entry = db.session.query(StopListEntry).one()
    assert (status_of(application), entry.until_day) == (A.STOP_LISTED, dt.date(2026, 12, 4))
    minute(friday)
    assert status_of(application) is A.STOP_LISTED
    with refused("IN_STOP_LIST"):
        town.choose(application, now=friday)
    released = dt.datetime(2026, 12, 4, 19, 5, tzinfo=dt.UTC)
    act(stop_list.release_if_over, SYSTEM, entry.id, released)
    minute(released)
    assert status_of(application) is A.NOTIFIED
    town.choose(application, now=released)
    sweep(released + DAY * 14)
    row = get(Application, application)
    assert (row.status, row.archive_reason) == (A.ARCHIVED, ArchiveReason.NO_SHOW_TWICE)
    assert not in_order(released + DAY * 14)


def sweep(now):
    with unit_of_work() as session:
        for rules, localities in expiry.rule_sets_with_due(session, now).items():
            expiry.expire_referrals(session, rules, localities, now)


def test_given_back_within_a_day_the_child_is_in_line_again_without_a_strike(town, get):
    application = town.family()
    minute()
    referral = town.choose(application)
    late = NOON + DAY + dt.timedelta(seconds=1)
    with refused("GIVE_BACK_LATE"):
        act(referrals.give_back, town.parents[application], referral, late)
    act(referrals.give_back, town.parents[application], referral, NOON + DAY)
    row = get(Application, application)
    assert (row.status, row.missed_referrals) == (A.QUEUED, 0)
    assert tally(town.group) == (0, 0, 0, 2)


def test_the_extension_is_asked_for_on_any_day_with_a_document_once(town, get):
    application = town.family()
    minute()
    referral = town.choose(application)
    actor, tomorrow = town.parents[application], NOON + DAY
    with refused("DOCUMENT_MISSING"):
        act(referrals.extend, actor, referral, tomorrow)
    act(documents.attach_to_referral, actor, referral, Upload("a.pdf", pdf()), tomorrow)
    act(referrals.extend, actor, referral, tomorrow)
    assert get(Referral, referral).use_by == dt.date(2026, 12, 19)
    with refused("EXTEND_USED"):
        act(referrals.extend, actor, referral, tomorrow)


def test_the_contract_is_concluded_on_paper_and_a_new_application_is_possible_then(town):
    application = town.family()
    minute()
    referral = town.choose(application)
    with unit_of_work() as session:
        contracts.conclude_on_paper(session, town.head, referral, NOON)
    row = db.session.get_one(Application, application)
    assert db.session.query(Enrolment).one().child_id == row.child_id
    wish = applications.Wish(child_id=row.child_id, locality_id=town.place, languages=[Language.KK])
    parent = town.parents[application]
    with unit_of_work() as session:
        again = applications.submit(session, parent, parent.person_id, wish, NOON + DAY)
        assert (again.status, again.number) == (A.QUEUED, f"УО.2026.{again.id:06d}.1")
    assert not in_order(NOON + DAY)


def test_every_act_of_a_turn_is_an_event(town):
    first = town.family(NOON - DAY)
    minute()
    minute(AFTER)
    minute(AFTER)
    town.choose(first, now=AFTER)
    acts = db.session.scalars(select(Event.act).where(Event.application_id == first).order_by(Event.id)).all()
    assert acts == ["submit", "notify_turn", "lapse_turn", "notify_turn", "choose_kindergarten", "issue_referral"]
