"""Guide 002 walked through the pages in Kazakh: the journal, the button and its conditions, the list, the signature."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from flask import g

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Guardianship, MergeRequest, Person, Referral, Turn
from app.models.enums import ApplicationStatus, Role
from tests import factories as make
from tests.samples import pdf
from tests.turns.conftest import AFTER, NOON, TOO_LATE, build, minute

DAY = dt.timedelta(days=1)


@pytest.fixture
def hand(monkeypatch):
    """The product's time, in the test's hand."""

    class Hand:
        at = NOON

    clock.use_source(lambda: Hand.at)
    yield Hand
    clock.use_source(None)


@pytest.fixture
def walk(running, hand):
    """A browser for one parent, in Kazakh."""

    def enter(town, application_id, lang="kk"):
        with unit_of_work() as session:
            person = session.get_one(Person, town.parents[application_id].person_id)
            account = make.account(Role.PARENT, person).id
        # Requests share the test's application context: what the last reader left in it goes.
        for key in list(g):
            g.pop(key)
        client = running.test_client()
        client.set_cookie("lang", lang)
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = str(account), True
        return client

    return enter


def text_of(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_the_turn_is_told_the_choice_signed_and_the_referral_downloaded(walk):
    town = build(places=1)
    application = town.family(NOON - DAY)
    minute()
    browser = walk(town, application)
    assert f"/applications/{application}/choose" in text_of(browser.get(f"/applications/{application}"))
    page = browser.get(f"/applications/{application}/choose")
    assert page.status_code == 200
    shown = text_of(page)
    for words in ("№1 «Күншуақ»", "+77000000123", f"/applications/{application}/choose/{town.group}"):
        assert words in shown
    assert browser.get(f"/applications/{application}/choose/{town.group}").status_code == 200
    signed = browser.post(f"/applications/{application}/choose/{town.group}")
    assert signed.status_code == 303
    referral = db.session.query(Referral).one()
    assert signed.location == f"/referrals/{referral.id}"
    sheet = browser.get(f"/referrals/{referral.id}/referral.pdf")
    assert sheet.data.startswith(b"%PDF")
    again = browser.post(f"/applications/{application}/choose/{town.group}")
    assert (again.status_code, again.location) == (303, signed.location)
    assert db.session.query(Referral).count() == 1


def test_without_the_conditions_there_is_no_button_and_each_is_explained(walk):
    town = build(places=1)
    town.family(NOON - DAY)
    young = town.family(born=TOO_LATE)
    minute()
    browser = walk(town, young, "en")
    shown = text_of(browser.get(f"/applications/{young}/choose"))
    assert f"/choose/{town.group}" not in shown
    assert "The child is still too young. You can choose from: Friday, 13 November 2026." in shown
    assert "Your turn has not come yet." in shown
    assert "There are no free places that can be chosen now. You keep your turn." in shown
    assert browser.get(f"/applications/{young}/choose/{town.group}").location == f"/applications/{young}/choose"


def test_a_click_after_the_last_day_is_refused_before_the_clock_has_run(walk, hand):
    town = build(places=1)
    application = town.family()
    minute()
    browser = walk(town, application)
    hand.at = AFTER
    answer = browser.post(f"/applications/{application}/choose/{town.group}")
    assert answer.status_code == 409
    assert db.session.query(Referral).count() == 0
    db.session.rollback()
    assert db.session.get_one(Application, application).status is ApplicationStatus.NOTIFIED


def test_the_place_another_has_taken_is_refused_in_words_and_the_turn_is_kept(walk):
    town = build(places=1)
    application = town.family()
    minute()
    browser = walk(town, application)
    browser.get(f"/applications/{application}/choose/{town.group}")
    with unit_of_work() as session:
        from app.models import KindergartenGroup

        group = session.get_one(KindergartenGroup, town.group)
        group.free, group.capacity = 0, 0
    answer = browser.post(f"/applications/{application}/choose/{town.group}")
    assert answer.status_code == 409
    db.session.rollback()
    assert db.session.query(Turn).one().status == "live"


def test_an_open_place_is_claimed_from_its_bulletin_and_leads_to_the_referral(walk, hand):
    town = build(places=1)
    town.family(NOON - DAY)
    second = town.family()
    minute()
    minute(AFTER)
    hand.at = AFTER
    from app.models import Bulletin

    bulletin = db.session.query(Bulletin).one().id
    browser = walk(town, second)
    answer = browser.post(f"/bulletins/{bulletin}/claim", data={"application": second})
    assert answer.status_code == 303
    page = browser.get(answer.location)
    assert f"/referrals/{db.session.query(Referral).one().id}" in text_of(page)


def test_a_stranger_sees_nothing_of_the_choice(walk):
    town = build(places=2)
    mine, theirs = town.family(), town.family()
    minute()
    browser = walk(town, mine)
    assert browser.get(f"/applications/{theirs}/choose").status_code == 404
    assert browser.post(f"/applications/{theirs}/choose/{town.group}").status_code == 404


@pytest.mark.parametrize("kind", ["registration", "receipt", "register", "card"])
@pytest.mark.parametrize("lang", ["kk", "ru"])
def test_general_documents_are_downloaded_by_the_family_alone(walk, kind, lang):
    town = build(places=2)
    mine, theirs = town.family(), town.family()
    browser = walk(town, mine, lang)
    address = f"/applications/{mine}/documents/{kind}.pdf"
    assert address in text_of(browser.get(f"/applications/{mine}"))
    assert browser.get(address).data.startswith(b"%PDF")
    assert browser.get(f"/applications/{theirs}/documents/{kind}.pdf").status_code == 404


def test_a_benefit_is_changed_on_its_page(walk):
    town = build(places=2)
    application = town.family()
    with unit_of_work():
        category = make.benefit().id
    browser = walk(town, application)
    assert f"/applications/{application}/benefit" in text_of(browser.get(f"/applications/{application}"))
    assert browser.get(f"/applications/{application}/benefit").status_code == 200
    bare = browser.post(f"/applications/{application}/benefit", data={"benefit": str(category)})
    assert bare.status_code == 422
    paper = (io.BytesIO(pdf()), "proof.pdf")
    sent = browser.post(f"/applications/{application}/benefit", data={"benefit": str(category), "paper": paper})
    assert sent.status_code == 303
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Application, application).status is ApplicationStatus.DOCS_REVIEW


def test_the_application_is_asked_for_and_handed_over_on_the_card(walk):
    town = build(places=2)
    application = town.family()
    first = town.parents[application]
    with unit_of_work() as session:
        other = make.person(given_name="Сырым")
        child = session.get_one(Application, application).child
        make.make(Guardianship, child=child, person=other, confirmed_by_register=True, created_at=NOON)
        second = make.parent_actor(other)
    town.parents[application] = second
    asker = walk(town, application)
    assert f"/applications/{application}/merge" in text_of(asker.get(f"/applications/{application}"))
    assert asker.post(f"/applications/{application}/merge").status_code == 303
    request = db.session.query(MergeRequest).one().id
    assert f"/merges/{request}/take_back" in text_of(asker.get(f"/applications/{application}"))
    town.parents[application] = first
    filer = walk(town, application)
    assert f"/merges/{request}/agree" in text_of(filer.get(f"/applications/{application}"))
    assert filer.post(f"/merges/{request}/agree").status_code == 303
    db.session.rollback()
    db.session.expire_all()
    assert db.session.get_one(Application, application).applicant_id == second.person_id
