"""Acts on the office pages: what the button leads to, what the page asks, what a click does – and does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Bulletin, Claim, Event, KindergartenGroup, Referral
from app.models.enums import ApplicationStatus, BulletinStatus, ClaimStatus, ReferralStatus, Role
from app.services import claims
from app.services.access import Actor
from tests import factories as make

# Claims by the parents themselves are another test's subject; here anybody who sees all rows and may claim will do.
FILER = Actor(roles=frozenset({Role.PARENT, Role.ADMIN}))


@pytest.fixture
def claimed(app: Any, town: Any) -> int:
    """A claim of the own application on the own bulletin."""
    with app.app_context(), unit_of_work() as session:
        return claims.claim(session, FILER, town.own_bulletin, town.own_application, clock.now())


@pytest.fixture
def row(app: Any) -> Callable[[type, int], Any]:
    """A row as the database has it now."""

    def read(model: type, row_id: int) -> Any:
        with app.app_context():
            found = db.session.get_one(model, row_id)
            db.session.refresh(found)
            db.session.expunge_all()
            return found

    return read


def test_the_button_leads_to_the_page_and_changes_nothing(enter, claimed, row):
    head = enter(Role.HEAD)
    shown = head.get(f"/office/claims/show/{claimed}")
    assert f"/office/claims/action/activate/{claimed}" in shown.text
    answer = head.post(f"/office/claims/action/activate/{claimed}")
    assert answer.status_code == 302
    assert answer.location == f"/office/act/activate?rows={claimed}"
    assert row(Claim, claimed).status is ClaimStatus.WAITING
    page = head.get(answer.location + "&lang=ru")
    assert page.status_code == 200
    assert row(Claim, claimed).status is ClaimStatus.WAITING


def test_activating_issues_the_referral(enter, claimed, row, app):
    answer = enter(Role.METHODIST).post("/office/act/activate", data={"rows": claimed})
    assert answer.status_code == 302, answer.text
    assert row(Claim, claimed).status is ClaimStatus.ACTIVATED
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Referral)) == 1


def test_a_second_click_says_that_the_data_changed(enter, claimed):
    head = enter(Role.HEAD)
    assert head.post("/office/act/activate", data={"rows": claimed}).status_code == 302
    again = head.post("/office/act/activate?lang=en", data={"rows": claimed})
    assert again.status_code == 409
    assert "The data changed while the page was open" in again.text


def test_declining_needs_a_coded_reason_and_a_tick(enter, claimed, row):
    head = enter(Role.HEAD)
    assert head.post("/office/act/decline", data={"rows": claimed, "confirmed": "y"}).status_code == 422
    assert head.post("/office/act/decline", data={"rows": claimed, "decline_reason": "no_group"}).status_code == 422
    assert row(Claim, claimed).status is ClaimStatus.WAITING
    form = {"rows": claimed, "decline_reason": "no_group", "confirmed": "y"}
    assert head.post("/office/act/decline", data=form).status_code == 302
    assert row(Claim, claimed).status is ClaimStatus.DECLINED
    assert row(Claim, claimed).application_id


def test_other_reason_needs_words_and_what_was_typed_stays(enter, claimed, row):
    form = {"rows": claimed, "decline_reason": "other", "confirmed": "y", "note": " "}
    answer = enter(Role.HEAD).post("/office/act/decline?lang=en", data=form)
    assert answer.status_code == 409
    assert "Give a reason" in answer.text
    assert '<option selected value="other">' in answer.text
    assert row(Claim, claimed).status is ClaimStatus.WAITING


def test_a_bulk_act_does_what_it_can_and_names_the_rest(enter, app, town, row):
    with app.app_context(), unit_of_work() as session:
        place = session.get_one(Application, town.own_application).locality
        ids = []
        for _ in range(3):
            application = make.application(place)
            ids.append(claims.claim(session, FILER, town.own_bulletin, application.id, clock.now()))
    head = enter(Role.HEAD)
    listed = head.post("/office/claims/action_post", data={"action": "activate", "rowid": [str(i) for i in ids]})
    assert listed.location.endswith("rows=" + ",".join(map(str, ids)))
    assert head.post("/office/act/activate", data={"rows": ids[0]}).status_code == 302
    both = {"rows": ",".join(map(str, ids)), "confirmed": "y"}
    assert head.post("/office/act/activate", data={"rows": both["rows"]}).status_code == 422
    done = head.post("/office/act/activate?lang=en", data=both)
    assert done.status_code == 200
    assert (done.text.count("Done<"), done.text.count("Not done<")) == (2, 1)
    assert "The data changed while the page was open" in done.text
    assert [row(Claim, i).status for i in ids] == [ClaimStatus.ACTIVATED] * 3


def test_an_opened_bulletin_takes_free_places_and_may_be_withdrawn(enter, town, row, app):
    head = enter(Role.HEAD)
    page = head.get(f"/office/act/open_bulletin?rows={town.own_group}")
    assert 'name="places"' in page.text
    too_many = head.post("/office/act/open_bulletin", data={"rows": town.own_group, "places": 6, "place_type": "free"})
    assert too_many.status_code == 422
    form = {"rows": town.own_group, "places": 3, "place_type": "temporary"}
    assert head.post("/office/act/open_bulletin", data=form).status_code == 302
    group = row(KindergartenGroup, town.own_group)
    assert (group.published, group.free) == (8, 2)
    with app.app_context():
        made = db.session.scalars(select(Bulletin).order_by(Bulletin.id.desc())).first().id
    assert row(Bulletin, made).status is BulletinStatus.SCHEDULED
    form = {"rows": made, "reason": "Топ жөндеуде", "confirmed": "y"}
    assert head.post("/office/act/withdraw_bulletin", data=form).status_code == 302
    assert row(KindergartenGroup, town.own_group).free == 5


def test_capacity_changes_by_its_act_alone(enter, town, row):
    head = enter(Role.HEAD)
    assert "capacity" not in head.get(f"/office/groups/edit/{town.own_group}").text.split("<form", 2)[-1]
    assert head.post("/office/act/set_capacity", data={"rows": town.own_group, "capacity": 12}).status_code == 302
    assert (row(KindergartenGroup, town.own_group).capacity, row(KindergartenGroup, town.own_group).free) == (12, 7)
    refused = head.post("/office/act/set_capacity", data={"rows": town.own_group, "capacity": 4})
    assert refused.status_code == 409
    assert row(KindergartenGroup, town.own_group).capacity == 12


def test_the_department_annuls_a_referral(enter, claimed, row, app):
    assert enter(Role.HEAD).post("/office/act/activate", data={"rows": claimed}).status_code == 302
    with app.app_context():
        referral = db.session.scalars(select(Referral.id)).one()
    form = {"rows": referral, "reason": "Қате берілген", "confirmed": "y"}
    assert enter(Role.DEPARTMENT).post("/office/act/annul_referral", data=form).status_code == 302
    assert row(Referral, referral).status is ReferralStatus.CANCELLED_BY_DEPARTMENT


def test_a_forbidden_act_is_403_and_an_unknown_one_404(enter, town, claimed):
    assert enter(Role.AUDITOR).get(f"/office/act/activate?rows={claimed}").status_code == 403
    assert enter(Role.DEPARTMENT).post("/office/act/activate", data={"rows": claimed}).status_code == 403
    assert enter(Role.HEAD).get(f"/office/act/explode?rows={claimed}").status_code == 404
    assert enter(Role.HEAD).get("/office/act/activate").status_code == 404
    assert enter(Role.HEAD).get("/office/act/open_bulletin?rows=1,2").status_code == 400


def test_an_anonymous_reader_is_led_to_the_login(app, town, claimed):
    answer = app.test_client().get(f"/office/act/activate?rows={claimed}")
    assert answer.status_code == 302
    assert answer.location.startswith("/office/login/")


def test_buttons_stand_only_where_status_and_role_allow(enter, claimed):
    assert "action/activate/" in enter(Role.HEAD).get(f"/office/claims/show/{claimed}").text
    assert "action/activate/" not in enter(Role.DEPARTMENT).get(f"/office/claims/show/{claimed}").text
    assert enter(Role.HEAD).post("/office/act/activate", data={"rows": claimed}).status_code == 302
    assert "action/activate/" not in enter(Role.HEAD).get(f"/office/claims/show/{claimed}").text


def test_opening_a_childs_file_is_one_event(enter, town, app):
    client = enter(Role.HEAD)

    def opened() -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).where(Event.act == "open_file")) or 0

    assert enter(Role.DEPARTMENT).get(f"/office/children/show/{town.own_child}").status_code == 200
    assert opened() == 1
    assert enter(Role.DEPARTMENT).get(f"/office/applications/show/{town.own_application}").status_code == 200
    assert opened() == 2
    assert client.get(f"/office/children/show/{town.foreign_child}").status_code == 404
    assert opened() == 2


def test_the_application_shows_its_state(enter, claimed, town, row):
    assert row(Application, town.own_application).status is ApplicationStatus.CLAIMED
    page = enter(Role.DEPARTMENT).get(f"/office/applications/show/{town.own_application}?lang=en")
    assert "Claim sent" in page.text
