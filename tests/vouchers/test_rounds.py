"""Rounds over the database: any queue and any places give what the pure rule gives, and places are conserved."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.db import unit_of_work
from app.extensions import db
from app.jobs import vouchers as jobs
from app.models import Application, KindergartenGroup, Locality, Message, VoucherRound
from app.models.enums import ApplicationStatus, LocalityLevel, StopListStatus
from app.services import voucher_rounds
from app.services.access import SYSTEM
from tests import factories as make
from tests.vouchers.conftest import ISSUED, act, at, broken

FIRST = at("2025-01-10")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(2020, 2022), st.integers(0, 40)), min_size=1, max_size=6), st.integers(0, 4))
def test_a_round_serves_the_first_of_the_order(city, families, places):
    with unit_of_work() as session:
        session.execute(text("DELETE FROM queue_entry"))
        session.execute(text("DELETE FROM queue_bucket"))
        session.execute(text("DELETE FROM queue"))
        ended = "UPDATE application SET status = 'archived', archived_at = now(), archive_reason = 'withdrawn'"
        session.execute(text(ended + " WHERE status <> 'archived'"))
        session.execute(text("UPDATE voucher SET status = 'annulled', ended_at = now(), end_reason = 'refused'"))
        group = session.get_one(KindergartenGroup, city.group)
        group.capacity = group.free = places
    ids = [city.file(FIRST + dt.timedelta(days=days), born=dt.date(year, 5, 1)) for year, days in families]
    city.round(at("2025-02-28"))
    order = sorted(range(len(ids)), key=lambda n: (families[n][0], families[n][1], ids[n]))
    served = {n for n in range(len(ids)) if _status(ids[n]) is ApplicationStatus.VOUCHER_ISSUED}
    assert served == set(order[:places])


def _status(application_id):
    return db.session.get_one(Application, application_id, populate_existing=True).status


@pytest.fixture
def district(city):
    """The city becomes a district of two villages: one has a free place, the other none."""
    with unit_of_work() as session:
        unit = session.get_one(Locality, city.place)
        unit.level = LocalityLevel.DISTRICT
        with_place, without = (make.locality(f"{unit.prefix}{n}10", f"Village {n}", unit) for n in (1, 2))
        make.group(make.kindergarten(with_place), capacity=1, birth_years=[2022])
        empty = make.group(make.kindergarten(without), capacity=1, birth_years=[2022])
        empty.free, empty.enrolled = 0, 1
        session.flush()
        return with_place.id, without.id, without.code


def test_a_district_is_one_round_over_its_localities(city, district):
    with_place, without, code = district
    first = city.file(at("2025-02-01"), place=without)
    second = city.file(at("2025-02-02"), place=with_place)
    assert city.round() == 2  # one in the centre, one in the village with a place
    assert _status(first) is ApplicationStatus.QUEUED
    assert _status(second) is ApplicationStatus.VOUCHER_ISSUED
    row = db.session.scalars(select(VoucherRound)).one()
    assert (row.scope, row.skipped, row.free_places) == ("district", [code], 2)


def test_a_village_under_rules_of_its_own_is_not_in_the_round(city, district):
    with_place, _, _ = district
    with unit_of_work() as session:
        make.assign("sitcen_2019", session.get_one(Locality, with_place))
    other = city.file(at("2025-02-02"), place=with_place)
    city.round()
    assert _status(other) is ApplicationStatus.QUEUED


def test_the_jobs_do_each_thing_once(city):
    assert jobs.issue_vouchers(ISSUED) == {"done": 1, "failed": 0}
    assert jobs.issue_vouchers(ISSUED) == {"done": 0, "failed": 0}
    assert jobs.annul_unanswered_vouchers(at("2025-02-10", "23:59:59"))["done"] == 0
    assert jobs.annul_unanswered_vouchers(at("2025-02-11", "00:00"))["done"] == 1
    assert jobs.annul_unanswered_vouchers(at("2025-02-11", "00:05"))["done"] == 0
    assert jobs.expire_vouchers(at("2025-02-11"))["done"] == 0
    assert jobs.serve_waiting_lists(at("2025-02-11")) == {"done": 0, "failed": 0}
    assert db.session.scalar(text("SELECT status FROM stop_list_entry")) == StopListStatus.ACTIVE
    assert broken(at("2025-02-11")) == set()


def test_the_yearly_update_runs_on_its_day_alone(city):
    city.round(at("2025-02-07"))
    waiting = city.file(at("2025-02-08"))
    assert jobs.recategorise(at("2026-06-29")) == {"done": 0, "failed": 0}
    assert jobs.recategorise(at("2026-06-30")) == {"done": 1, "failed": 0}
    assert jobs.recategorise(at("2026-07-01")) == {"done": 0, "failed": 0}
    application = db.session.get_one(Application, waiting, populate_existing=True)
    assert application.priority_category.code == "age_4"
    told = select(Message.template).where(Message.application_id == waiting).order_by(Message.id.desc()).limit(1)
    assert db.session.scalar(told) == "Q8"


def test_an_officials_round_that_finds_nobody_is_recorded(city):
    act(lambda s: voucher_rounds.issue_round(s, SYSTEM, city.place, ISSUED))
    act(voucher_rounds.issue_round, city.official, city.place, ISSUED)
    assert [row.issued for row in db.session.scalars(select(VoucherRound).order_by(VoucherRound.id))] == [1, 0]
