"""The desk: whose work stands where, and when it is overdue."""

from __future__ import annotations

import datetime as dt

import pytest

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Account, Delivery, InvariantCheck
from app.models.enums import DeliveryStatus, Role
from app.queries import desk
from app.queries.desk import Tally
from app.services.access import actor_of
from tests.office import neighbours
from tests.office.neighbours import NOW

LATER = NOW + dt.timedelta(days=20)


@pytest.fixture
def side(app, clean, monkeypatch):
    from app.demo.guard import stamp

    monkeypatch.setattr(clock, "_source", lambda: NOW)
    with app.app_context(), unit_of_work() as session:
        stamp()
        return neighbours.build(session)


def counts(app, side, role, now=NOW):
    with app.app_context():
        actor = actor_of(db.session.get_one(Account, side.accounts[str(role)]))
        return desk.tallies(db.session, actor, now)


def test_the_kindergarten_sees_its_claims_contracts_referrals_and_places(app, side):
    found = counts(app, side, Role.HEAD)
    assert found["claim"] == Tally(week=1)
    assert found["contract"] == Tally(week=1)
    assert found["referral"] == Tally(week=1)
    assert found["free_places"] == Tally(week=1)
    assert set(found) == {"claim", "contract", "referral", "free_places"}


def test_a_claim_past_its_day_surfaces_with_the_department_and_the_auditor(app, side):
    assert counts(app, side, Role.DEPARTMENT)["claim"] == Tally()
    assert counts(app, side, Role.DEPARTMENT, LATER)["claim"] == Tally(overdue=2)
    assert counts(app, side, Role.AUDITOR, LATER)["claim"] == Tally(overdue=3)
    assert counts(app, side, Role.HEAD, LATER)["claim"] == Tally(overdue=1)


def test_documents_wait_at_the_right_desk(app, side):
    assert counts(app, side, Role.DEPARTMENT)["check"].total == 2
    assert counts(app, side, Role.REVIEWER)["check"].total == 2
    assert counts(app, side, Role.AUDITOR)["check"] == Tally()
    assert counts(app, side, Role.AUDITOR, LATER)["check"] == Tally(overdue=6)


def test_what_is_not_delivered_waits_for_a_call(app, side):
    with app.app_context(), unit_of_work() as session:
        row = session.get_one(Delivery, side.own.rows[Delivery][0])
        row.status, row.failure = DeliveryStatus.FAILED, "no answer"
    assert counts(app, side, Role.SUPPORT)["undelivered"] == Tally(week=1)
    assert counts(app, side, Role.ADMIN)["undelivered"] == Tally(week=1)
    assert "undelivered" not in counts(app, side, Role.HEAD)


def test_rows_are_ordered_by_deadline_and_grouped(app, side):
    with app.app_context():
        actor = actor_of(db.session.get_one(Account, side.accounts[str(Role.HEAD)]))
        rows = desk.work(db.session, actor, LATER)
    days = [row.due for row in rows if row.due]
    assert days == sorted(days)
    groups = desk.grouped(rows, clock.local_date(LATER))
    assert {row.kind for row in groups["overdue"]} == {"claim", "contract", "referral"}
    assert {row.kind for row in groups["week"]} == {"free_places"}


def test_a_broken_invariant_is_said_in_words(app, side):
    with app.app_context(), unit_of_work() as session:
        session.add(InvariantCheck(name="places_conserved", checked_at=NOW, broken=2, sample=[1, 2]))
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = str(side.accounts[str(Role.AUDITOR)]), True
    page = client.get("/office/desk/today?lang=en").text
    assert "In every group the places enrolled, held, published and free make its capacity." in page
    assert "The nightly check found broken rows." in page


def test_each_row_leads_to_its_one_verb_and_back(app, side):
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = str(side.accounts[str(Role.HEAD)]), True
    page = client.get("/office/desk/today?lang=en").text
    assert "/office/act/activate?rows=" in page
    assert "/office/act/conclude_on_paper?rows=" in page  # this rule set asks for paper
    assert "/office/act/open_bulletin?rows=" in page
    address = page.split('href="/office/act/activate?rows=')[1].split('"')[0].replace("&amp;", "&")
    done = client.post(f"/office/act/activate?rows={address}")
    assert done.location == "/office/desk/today"


def test_the_rail_counts_what_waits(app, side):
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = str(side.accounts[str(Role.METHODIST)]), True
    page = client.get("/office/claims/list/?lang=en").text
    rail = page.split('class="rail"')[1].split("</nav>")[0]
    assert 'Claims<span class="n">1</span>' in rail
