"""What an official decides about rules begins on its day, reaches what it should, and moves nothing that runs."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app.models import Event, RuleOverride
from app.models.enums import Role
from app.rules.limits import Unit
from app.rules.verdict import RuleBroken
from app.services import rule_changes
from app.services.access import Forbidden
from app.services.claims import activate, claim
from app.services.reasons import explain
from app.services.regulation import rule_set_in_force
from tests import factories as make

NOW = make.NOON  # Thursday 2026-11-12
TODAY = dt.date(2026, 11, 12)
ACT = "Order of the akimat No. 12"
VALIDITY = "limits.referral_validity"


@pytest.fixture
def places(session):
    region = make.locality("61")
    town = make.locality("612000", parent=region)
    make.assign("sitcen_2019", region)
    return region, town


def admin():
    return make.staff_actor(Role.ADMIN)


def length(session, place, on, code="referral_validity"):
    limit = rule_set_in_force(session, place.id, on).limit(code)
    return limit.amount, limit.unit


def test_a_number_is_replaced_from_its_day_on(session, places):
    region, town = places
    later = TODAY + dt.timedelta(days=10)
    rule_changes.override(session, admin(), region.id, "sitcen_2019", VALIDITY, "7 calendar_days", later, ACT, NOW)
    assert length(session, town, later - dt.timedelta(days=1)) == (5, Unit.WORKING_DAYS)
    assert length(session, town, later) == (7, Unit.CALENDAR_DAYS)
    assert rule_set_in_force(session, town.id, later).limit("referral_validity").basis == ACT


def test_the_nearest_unit_wins_then_the_latest_day(session, places):
    region, town = places
    for place, value, day in ((region, "7 working_days", 9), (town, "3 working_days", 1), (town, "4 working_days", 2)):
        from_on = TODAY + dt.timedelta(days=day)
        rule_changes.override(session, admin(), place.id, "sitcen_2019", VALIDITY, value, from_on, ACT, NOW)
    assert length(session, town, TODAY + dt.timedelta(days=30)) == (4, Unit.WORKING_DAYS)
    assert length(session, region, TODAY + dt.timedelta(days=30)) == (7, Unit.WORKING_DAYS)


def test_it_belongs_to_its_rule_set(session, places):
    region, town = places
    rule_changes.override(session, admin(), town.id, "smartnation_2020", VALIDITY, "9 working_days", TODAY, ACT, NOW)
    assert length(session, town, TODAY) == (5, Unit.WORKING_DAYS)
    rule_changes.assign(session, admin(), town.id, "smartnation_2020", TODAY, ACT, NOW)
    assert length(session, town, TODAY) == (9, Unit.WORKING_DAYS)
    assert rule_set_in_force(session, region.id, TODAY).code == "sitcen_2019"


def test_a_running_deadline_stays_where_it_is(session, places):
    """Issued on Thursday 12 November for 5 working days: Thursday 19 November, whatever is entered afterwards."""
    _, town = places
    garden = make.kindergarten(town)
    group = make.group(garden)
    application = make.application(town)
    claim_id = claim(
        session, make.parent_actor(application.applicant), make.open_bulletin(group).id, application.id, NOW
    )
    referral = activate(session, make.staff_actor(Role.HEAD, at=garden), claim_id, NOW)
    stored, formula = referral.use_by, dict(referral.formula)
    rule_changes.override(session, admin(), town.id, "sitcen_2019", VALIDITY, "2 working_days", TODAY, ACT, NOW)
    session.flush()
    session.refresh(referral)
    assert (referral.use_by, referral.formula) == (stored, formula)
    assert stored == dt.date(2026, 11, 19)
    assert length(session, town, TODAY) == (2, Unit.WORKING_DAYS)


@pytest.mark.parametrize(
    ("key", "value", "from_on", "act", "code"),
    [
        (VALIDITY, "0 working_days", TODAY, ACT, "OVERRIDE_OUT_OF_BOUNDS"),
        (VALIDITY, "500 working_days", TODAY, ACT, "OVERRIDE_OUT_OF_BOUNDS"),
        (VALIDITY, "five", TODAY, ACT, "OVERRIDE_NOT_ALLOWED"),
        ("limits.voucher_confirm", "3 working_days", TODAY, ACT, "OVERRIDE_UNKNOWN"),
        ("code", "x", TODAY, ACT, "OVERRIDE_UNKNOWN"),
        (VALIDITY, "6 working_days", TODAY - dt.timedelta(days=1), ACT, "DATE_IN_PAST"),
        (VALIDITY, "6 working_days", TODAY, "   ", "LEGAL_ACT_MISSING"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_written(session, places, key, value, from_on, act, code):
    with pytest.raises(RuleBroken) as refused:
        rule_changes.override(session, admin(), places[0].id, "sitcen_2019", key, value, from_on, act, NOW)
    assert refused.value.code == code
    assert explain(refused.value)
    assert session.scalars(select(RuleOverride)).all() == []


def test_two_decisions_for_one_day_are_refused(session, places):
    region, town = places
    rule_changes.assign(session, admin(), town.id, "smartnation_2020", TODAY, ACT, NOW)
    with pytest.raises(RuleBroken) as refused:
        rule_changes.assign(session, admin(), town.id, "sitcen_2019", TODAY, ACT, NOW)
    assert refused.value.code == "ASSIGNMENT_OVERLAPS"
    rule_changes.override(session, admin(), region.id, "sitcen_2019", VALIDITY, "6 working_days", TODAY, ACT, NOW)
    with pytest.raises(RuleBroken) as refused:
        rule_changes.override(session, admin(), region.id, "sitcen_2019", VALIDITY, "7 working_days", TODAY, ACT, NOW)
    assert refused.value.code == "OVERRIDE_OVERLAPS"


def test_the_second_of_two_officials_at_once_meets_the_key(session, places, monkeypatch):
    """Both looked and saw nothing; the table itself refuses the second, and his unit of work lives on."""
    region, _ = places
    monkeypatch.setattr(rule_changes, "check_assignment", lambda *args: None)
    later = TODAY + dt.timedelta(days=1)
    rule_changes.assign(session, admin(), region.id, "smartnation_2020", later, ACT, NOW)
    with pytest.raises(RuleBroken) as refused:
        rule_changes.assign(session, admin(), region.id, "sitcen_2019", later, ACT, NOW)
    assert refused.value.code == "ASSIGNMENT_OVERLAPS"
    assert rule_set_in_force(session, region.id, later).code == "smartnation_2020"


def test_every_decision_is_an_event_with_its_act(session, places):
    region, _ = places
    rule_changes.override(session, admin(), region.id, "sitcen_2019", VALIDITY, "6 working_days", TODAY, ACT, NOW)
    rule_changes.assign(session, admin(), region.id, "smartnation_2020", TODAY, ACT, NOW)
    session.flush()
    events = session.scalars(select(Event).where(Event.locality_id == region.id).order_by(Event.id)).all()
    assert [one.act for one in events] == ["override_rule", "assign_rules"]
    assert all(ACT in one.after for one in events)


def test_a_department_decides_for_its_own_localities_alone(session, places):
    region, town = places
    official = make.staff_actor(Role.DEPARTMENT, over=town)
    rule_changes.override(session, official, town.id, "sitcen_2019", VALIDITY, "6 working_days", TODAY, ACT, NOW)
    with pytest.raises(Forbidden):
        rule_changes.override(session, official, region.id, "sitcen_2019", VALIDITY, "6 working_days", TODAY, ACT, NOW)
    with pytest.raises(Forbidden):
        rule_changes.assign(session, make.staff_actor(Role.AUDITOR), town.id, "sitcen_2019", TODAY, ACT, NOW)


def test_a_preview_counts_what_the_decision_reaches(session, places):
    region, town = places
    other = make.locality("613000", parent=region)
    make.assign("smartnation_2020", other)
    for place in (town, town, other):
        make.application(place)
    assert rule_changes.touched(session, region.id) == rule_changes.Touched(applications=2, deadlines=0)
    assert rule_changes.touched(session, other.id).applications == 1
