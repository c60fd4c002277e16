"""A fifth rule set is one file and one line: the line is the fixture, everything else finds it by itself."""

from __future__ import annotations

import datetime as dt
import html
import json

import pytest
from click.testing import CliRunner

from app import clock
from app.commands import regulation_tables
from app.commands.explain import explain
from app.models import Claim
from app.models.enums import Role
from app.rules import rule_sets
from app.rules.description import describe, tell
from app.rules.limits import Unit
from app.rules.overrides import Span, check, keys_of
from app.services import bulletins, claims
from app.services.regulation import rule_set_in_force
from tests import factories as make

from .fifth_rule_set import RULES as FIFTH
from .rule_set_contract import CLAUSES

NOON = dt.datetime(2030, 2, 6, 7, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(rule_sets, "ALL", (*rule_sets.ALL, FIFTH))


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
def test_it_keeps_the_contract(clause):
    clause(FIFTH)


def test_it_is_known_by_its_code_and_may_be_assigned():
    assert rule_sets.get("invented_2030") is FIFTH
    assert rule_sets.codes()[-1] == "invented_2030"
    assert "invented_2030" in rule_sets.assignable()


def ask(*arguments: str, stdin: str | None = None) -> str:
    result = CliRunner().invoke(explain, arguments, input=stdin)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_explain_knows_its_limits_dates_and_order():
    listed = json.loads(ask("deadline", "--list", "invented_2030"))
    assert [limit["code"] for limit in listed["limits"]] == list(FIFTH.limit_codes())
    told = json.loads(ask("deadline", "invented_2030", "second_choice", "2030-02-06 16:46"))
    assert told["deadline"] == "2030-02-08T23:59:59+05:00"
    assert json.loads(ask("deadline", "invented_2030", "age_archive", "2030-02-06"))["last_day"] == "2030-09-01"
    queue = "number,stream,submitted_at\n" + "".join(
        f"{name},{stream},2030-01-0{day}\n"
        for name, stream, day in (
            ("g1", "general", 1),
            ("g2", "general", 2),
            ("g3", "general", 3),
            ("f1", "first_priority", 4),
            ("f2", "first_priority", 5),
        )
    )
    served = ask("ranking", "invented_2030", "-", stdin=queue).splitlines()[1:]
    assert [line.split(",")[0] for line in served] == ["f1", "g1", "g2", "f2", "g3"]  # one to two


def test_it_is_told_in_words():
    words = [tell(sentence) for sentence in describe(FIFTH)]
    assert "Bulletins open at 12:00." in words
    assert "Time limit “second choice”: 2 working days." in words
    assert "Extensions allowed: 2." in words


def test_its_numbers_may_be_overridden():
    assert "limits.second_choice" in keys_of(FIFTH)
    check("limits.second_choice", Span(3, Unit.WORKING_DAYS))


def test_the_docs_take_it_in():
    page = "\n".join(f"<!-- table: {name} -->\n<!-- end: {name} -->" for name in regulation_tables.TABLES)
    written = regulation_tables.renewed(page)
    assert "`invented_2030`" in written
    assert "8 working days (an order of 2030 that nobody has signed)" in written
    assert "`second_choice`" in written


def test_parents_see_it(app, clean):
    page = html.unescape(app.test_client().get("/rules?lang=en").text)
    assert "Bulletins of 2030" in page
    assert "an order of 2030 that nobody has signed" in page


def test_a_locality_lives_under_it(session):
    place = make.locality()
    make.assign("invented_2030", place, from_on=dt.date(2030, 1, 1))
    assert rule_set_in_force(session, place.id, dt.date(2029, 12, 31)).code == "sitcen_2019"
    rules = rule_set_in_force(session, place.id, clock.local_date(NOON))
    assert rules is FIFTH
    assert clock.local(bulletins.next_opening(rules, NOON)).isoformat() == "2030-02-07T12:00:00+05:00"


def test_a_child_is_placed_under_it(session):
    place = make.locality()
    make.assign("invented_2030", place)
    group = make.group(make.kindergarten(place), birth_years=[2027])
    parent = make.person()
    child = make.child(parent, birth_date=dt.date(2027, 5, 20))
    application = make.application(place, parent, NOON, of=child)
    assert application.number == f"2030-{application.id}"
    bulletin = make.open_bulletin(group, at=NOON)
    claim_id = claims.claim(session, make.parent_actor(parent), bulletin.id, application.id, NOON)
    claim = session.get_one(Claim, claim_id)
    assert claim.activate_by == dt.date(2030, 2, 7)
    referral = claims.activate(session, make.staff_actor(Role.HEAD, at=group.kindergarten), claim_id, NOON)
    assert referral.use_by == dt.date(2030, 2, 18)
    assert referral.cancel_until == NOON + dt.timedelta(hours=48)
