"""An invented fifth rule set through the pages: told, given to a locality, changed, read by parents, in the docs."""

from __future__ import annotations

import datetime as dt
import html

import pytest

from app import clock
from app.commands.regulation_tables import renewed
from app.db import unit_of_work
from app.models.enums import Role
from app.rules import rule_sets
from app.services.regulation import rule_set_in_force
from app.views.public.surroundings import LOCALITY_COOKIE
from config import ROOT
from tests.rules.fifth_rule_set import RULES as FIFTH


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(rule_sets, "ALL", (*rule_sets.ALL, FIFTH))


def text_of(answer):
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def test_the_office_lists_it_tells_it_and_offers_its_numbers(enter):
    admin = enter(Role.ADMIN)
    assert "Bulletins of 2030" in text_of(admin.get("/office/regulation/?lang=en"))
    page = text_of(admin.get("/office/regulation/invented_2030?lang=en"))
    assert "8 working days" in page
    assert "Bulletins open at 12:00." in page
    assert "Time limit “second choice”" in page
    assert "Bulletins of 2030" in text_of(admin.get("/office/regulation/assign?lang=en"))


def test_it_is_given_changed_and_read_by_parents(enter, town, app):
    admin, today = enter(Role.ADMIN), clock.today()
    data = {"locality": town.own_locality, "from_on": f"{today}", "legal_act": "Order of 2030", "confirmed": "1"}
    given = admin.post("/office/regulation/assign", data={**data, "rule_set": "invented_2030"})
    assert given.status_code == 302
    number = "/office/regulation/invented_2030/change/limits.second_choice"
    assert admin.post(number, data={**data, "value": "3 working_days"}).status_code == 302
    with app.app_context(), unit_of_work() as session:
        rules = rule_set_in_force(session, town.own_locality, today)
        assert (rules.code, rules.limit("second_choice").amount) == ("invented_2030", 3)
        assert rule_set_in_force(session, town.own_locality, today - dt.timedelta(days=1)).code == "sitcen_2019"
    parent = app.test_client()
    parent.set_cookie(LOCALITY_COOKIE, str(town.own_locality))
    page = text_of(parent.get("/rules?lang=en"))
    assert page.index("Bulletins of 2030") < page.index("Bulletins of free places, 2019")
    assert "Order of 2030" in page
    assert "3 working days" in page


def test_the_docs_have_its_column():
    page = renewed((ROOT / "docs" / "regulation.md").read_text(encoding="utf-8"))
    assert "`invented_2030`" in page
    assert "8 working days" in page
