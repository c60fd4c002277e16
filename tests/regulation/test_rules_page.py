"""The office's page of rules: read by all, decided by few, shown before it is done."""

from __future__ import annotations

import datetime as dt
import html

import pytest

from app import clock
from app.db import unit_of_work
from app.models import Locality, RuleOverride, RuleSetAssignment
from app.models.enums import Role
from app.rules import overrides, rule_sets
from app.services.regulation import rule_set_in_force
from app.views.public.surroundings import LOCALITY_COOKIE
from app.views.rule_words import key_words, value_words
from tests import factories as make

VALIDITY = "/office/regulation/sitcen_2019/change/limits.referral_validity?lang=en"
ASSIGN = "/office/regulation/assign?lang=en"


def text_of(answer):
    return html.unescape(answer.text)


def decision(town, **more):
    day = clock.today() + dt.timedelta(days=3)
    return {"locality": town.own_locality, "from_on": f"{day}", "legal_act": "Order No. 12", **more}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("code", rule_sets.codes())
def test_a_rule_set_reads_in_every_language(enter, language, code):
    client = enter(Role.AUDITOR)
    assert client.get(f"/office/regulation/?lang={language}").status_code == 200
    answer = client.get(f"/office/regulation/{code}?lang={language}")
    assert answer.status_code == 200, answer.text
    days = {"kk": "5 жұмыс күні", "ru": "5 рабочих дней", "en": "5 working days"}
    assert days[language] in text_of(answer)


def test_every_number_that_may_be_set_has_words(app):
    with app.test_request_context("/?lang=en"):
        for rules in rule_sets.ALL:
            for key in overrides.keys_of(rules):
                assert key_words(key) != key
                assert value_words(overrides.current(rules, key))


def test_a_number_is_shown_before_it_is_set(enter, town, app):
    admin = enter(Role.ADMIN)
    assert admin.get(VALIDITY).status_code == 200
    preview = text_of(admin.post(VALIDITY, data=decision(town, value="7 working_days")))
    assert "7 working days" in preview
    assert "It will apply to 1 live application." in preview
    with app.app_context(), unit_of_work() as session:
        assert session.query(RuleOverride).count() == 0
    done = admin.post(VALIDITY, data=decision(town, value="7 working_days", confirmed="1"))
    assert done.status_code == 302
    with app.app_context(), unit_of_work() as session:
        later = clock.today() + dt.timedelta(days=3)
        assert rule_set_in_force(session, town.own_locality, later).limit("referral_validity").amount == 7
    listed = text_of(admin.get("/office/regulation/?lang=en"))
    assert "Order No. 12" in listed
    assert "7 working days" in listed


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("99 working_days", "The value is outside what is allowed. Allowed: from 1 to 60."),
        ("soon", "This cannot stand here."),
    ],
)
def test_a_number_out_of_bounds_is_refused_in_words(enter, town, value, sentence):
    answer = enter(Role.ADMIN).post(VALIDITY, data=decision(town, value=value, confirmed="1"))
    assert answer.status_code == 409
    assert sentence in text_of(answer)


def test_a_rule_set_is_given_once_a_day(enter, town, app):
    official = enter(Role.DEPARTMENT)
    data = decision(town, rule_set="smartnation_2020", confirmed="1")
    assert official.post(ASSIGN, data=data).status_code == 302
    again = official.post(ASSIGN, data=data)
    assert again.status_code == 409
    assert "already has a rule set from that day" in text_of(again)
    with app.app_context(), unit_of_work() as session:
        assert session.query(RuleSetAssignment).count() == 1


def test_only_ones_own_locality_and_only_those_who_decide(enter, town):
    data = decision(town, rule_set="smartnation_2020", confirmed="1") | {"locality": town.foreign_locality}
    assert enter(Role.DEPARTMENT).post(ASSIGN, data=data).status_code in (403, 422)
    for role in (Role.AUDITOR, Role.HEAD, Role.METHODIST, Role.SUPPORT, Role.REVIEWER):
        assert enter(role).get("/office/regulation/").status_code == 200, role
        assert enter(role).get("/office/regulation/assign").status_code == 403, role
        assert enter(role).post(VALIDITY, data=data).status_code == 403, role


def test_what_does_not_exist_is_404(enter):
    admin = enter(Role.ADMIN)
    assert admin.get("/office/regulation/nothing_1999").status_code == 404
    assert admin.get("/office/regulation/sitcen_2019/change/limits.nothing").status_code == 404


def test_parents_read_the_number_of_their_locality(town, app):
    client = app.test_client()
    with app.app_context(), unit_of_work() as session:
        place = session.get_one(Locality, town.own_locality)
        session.add(
            RuleOverride(
                locality=place,
                rule_set="sitcen_2019",
                key="limits.referral_validity",
                value="9 working_days",
                from_on=clock.today(),
                legal_act="Decision of the akimat No. 3",
                entered_at=make.NOON,
            )
        )
    client.set_cookie(LOCALITY_COOKIE, str(town.own_locality))
    page = text_of(client.get("/rules?lang=en"))
    assert "9 working days" in page
    assert "Decision of the akimat No. 3" in page
