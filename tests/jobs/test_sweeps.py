"""What time does, once, twice, late and beside a bad row."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, text

from app.db import unit_of_work
from app.extensions import db
from app.jobs import sending, sweeps
from app.jobs.schedule import SCHEDULE
from app.models import Application, Bulletin, KindergartenGroup, Message, Referral, StopListEntry
from app.models.enums import ApplicationStatus, ArchiveReason, BulletinStatus
from app.services import contracts, stop_list
from app.services.invariants import INVARIANTS, check
from tests import factories as make

DAY = dt.timedelta(days=1)
#: Thursday 12 November + 5 working days = Thursday 19 November; the sweep comes on Friday.
FRIDAY = dt.datetime(2026, 11, 19, 19, 5, tzinfo=dt.UTC)


def get(model, row_id):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(model, row_id)


def broken():
    """The sentences that are not true, once the letters have left."""
    sending.send_messages(FRIDAY)
    db.session.rollback()
    return {one.name: one.sample for one in (check(db.session, row, FRIDAY) for row in INVARIANTS) if one.broken}


def test_a_bulletin_is_published_once_however_late_and_often(running):
    with unit_of_work():
        bulletin = make.open_bulletin(make.group(), places=2, publish=False).id
    assert sweeps.publish_bulletins(make.NOON - dt.timedelta(seconds=1))["done"] == 0
    assert sweeps.publish_bulletins(make.NOON + 3 * DAY)["done"] == 1
    assert sweeps.publish_bulletins(make.NOON + 3 * DAY)["done"] == 0
    assert get(Bulletin, bulletin).published_at == make.NOON + 3 * DAY
    assert db.session.scalar(text("SELECT count(*) FROM event WHERE act = 'publish'")) == 1


def test_a_priority_window_is_closed_after_its_end(running):
    with unit_of_work():
        place = make.locality()
        make.application(place, submitted_at=make.NOON - DAY)
        bulletin = make.open_bulletin(make.group(make.kindergarten(place)), places=1).id
    end = get(Bulletin, bulletin).priority_until
    assert sweeps.close_priority_windows(end - dt.timedelta(seconds=1))["done"] == 0
    assert sweeps.close_priority_windows(end)["done"] == 1
    assert get(Bulletin, bulletin).status is BulletinStatus.OPEN


def test_a_missed_referral_frees_its_place_once(town):
    referral = town.refer(0)
    assert sweeps.expire_referrals(FRIDAY - dt.timedelta(hours=1)) == {"done": 0, "failed": 0}
    assert sweeps.expire_referrals(FRIDAY) == {"done": 1, "failed": 0}
    assert sweeps.expire_referrals(FRIDAY + DAY) == {"done": 0, "failed": 0}
    assert get(Referral, referral).status == "expired"
    group = get(KindergartenGroup, town.group)
    assert (group.held, group.free, group.published) == (0, 5, 5)
    assert broken() == {}


def test_the_sweep_does_what_the_single_act_would(town):
    """Two missed alike: one by the sweep, one by the act that a lapsed contract uses. The strike before counts."""
    swept, single = town.refer(0), town.refer(1)
    with unit_of_work() as session:
        session.execute(text("UPDATE application SET missed_referrals = 1"))
        contract = contracts.send_contract(session, town.head, single, make.NOON)
        last_day = contract.sign_by
    assert sweeps.expire_referrals(FRIDAY)["done"] == 1
    assert last_day < FRIDAY.date()
    assert sweeps.lapse_contracts(FRIDAY)["done"] == 1
    of_sweep, of_act = (get(Application, row) for row in town.applications[:2])
    for field in ("status", "archive_reason", "missed_referrals"):
        assert getattr(of_sweep, field) == getattr(of_act, field), field
    assert of_sweep.archive_reason is ArchiveReason.NO_SHOW_TWICE
    assert get(Referral, swept).status == get(Referral, single).status
    told = db.session.scalars(select(Message.template).where(Message.template == "R6")).all()
    assert len(told) == 2
    assert broken() == {}


def test_the_stop_list_ends_after_its_last_day(town):
    town.refer(0)
    sweeps.expire_referrals(FRIDAY)
    entry = db.session.scalars(select(StopListEntry)).one()
    last = dt.datetime.combine(entry.until_day, dt.time(12), tzinfo=dt.UTC)
    assert sweeps.release_stop_list(last)["done"] == 0
    assert sweeps.release_stop_list(last + DAY)["done"] == 1
    assert get(Application, town.applications[0]).status is ApplicationStatus.QUEUED
    assert broken() == {}


def test_a_bad_row_costs_one_row(town, caplog):
    """A group whose tally was broken by hand refuses its place back; everybody else's referral still expires."""
    bad = town.refer(0)
    with unit_of_work() as session:
        place = session.get_one(Application, town.applications[0]).locality
        other = make.group(make.kindergarten(place), capacity=5)
        town.bulletin = make.open_bulletin(other, places=3, at=make.NOON + dt.timedelta(minutes=1)).id
        town.head = make.staff_actor(make.Role.HEAD, at=other.kindergarten)
        session.flush()
        session.execute(text("UPDATE bulletin SET status = 'open', priority_until = NULL"))
    good = [town.refer(number, make.NOON + dt.timedelta(hours=1)) for number in (1, 2)]
    with unit_of_work() as session:
        session.execute(
            text("UPDATE kindergarten_group SET held = 0, free = free + held WHERE id = :id"), {"id": town.group}
        )
    assert sweeps.expire_referrals(FRIDAY) == {"done": 2, "failed": 1}
    assert get(Referral, bad).status == "issued"
    assert [get(Referral, row).status.value for row in good] == ["expired", "expired"]
    assert f"row {bad} failed" in caplog.text


def test_a_failing_row_is_counted_and_told_without_its_data(town, caplog, monkeypatch):
    def refuse(session, actor, entry, now):
        raise ValueError("950101300001 Сынақова")

    town.refer(0)
    sweeps.expire_referrals(FRIDAY)
    monkeypatch.setattr(stop_list, "release_if_over", refuse)
    assert sweeps.release_stop_list(FRIDAY + 40 * DAY) == {"done": 0, "failed": 1}
    assert "ValueError" in caplog.text
    assert "Сынақова" not in caplog.text


@pytest.mark.parametrize(
    ("day", "archived"),
    [
        ("2027-01-07", 0),
        ("2027-01-08", 1),  # the day of the rule sets
        ("2027-03-01", 1),  # the day was missed: caught up
    ],
)
def test_school_age_leaves_the_queue_on_the_day_of_the_rule_set(running, day, archived):
    with unit_of_work():
        place = make.locality()
        older = make.person()
        child = make.child(older, birth_date=dt.date(2020, 6, 1))
        leaving = make.application(place, older, of=child).id
        staying = make.application(place).id
    at = dt.datetime.fromisoformat(f"{day}T02:00+05:00")
    assert sweeps.archive_max_age(at)["done"] == archived
    assert sweeps.archive_max_age(at)["done"] == 0
    assert (get(Application, leaving).status is ApplicationStatus.ARCHIVED) is bool(archived)
    assert get(Application, staying).status is ApplicationStatus.QUEUED


def test_what_is_over_is_forgotten(running):
    with unit_of_work() as session:
        for hours in (1, 48):
            session.execute(
                text(
                    "INSERT INTO phone_code (phone, purpose, code_hash, sent_at, valid_until, tries) "
                    "VALUES ('+77000000001', 'register', 'x', :at, :at, 0)"
                ),
                {"at": make.NOON - dt.timedelta(hours=hours)},
            )
    assert sweeps.forget_codes(make.NOON)["done"] == 1
    assert db.session.scalar(text("SELECT count(*) FROM phone_code")) == 1


def test_every_job_runs_on_an_empty_database(running):
    for job in SCHEDULE:
        outcome = job.run(make.NOON)
        assert outcome["failed"] == 0, job.name
        assert job.why
