"""Filing on behalf of a parent: the register's word opens the way, and the application says who typed it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Child, Event, Person, RegisterEntry
from app.models.enums import FiledBy, Role
from tests import factories as make


@pytest.fixture
def family(app, town):
    """A parent and a child whom only the register knows."""
    with app.app_context(), unit_of_work():
        parent, child = make.iin(dt.date(1990, 3, 4)), make.iin(dt.date(2023, 6, 7))
        facts = {"surname": "Тіркелімова", "nationality": None}
        make.make(RegisterEntry, iin=parent, given_name="Айжан", birth_date=dt.date(1990, 3, 4), **facts)
        make.make(
            RegisterEntry, iin=child, given_name="Нұр", birth_date=dt.date(2023, 6, 7), parent_iins=[parent], **facts
        )
    return {"applicant_iin": parent, "child_iin": child, "phone": "+77000000042"}


def wish(town, person_id):
    return {
        "applicant": person_id,
        "locality": town.own_locality,
        "languages": ["kk", "ru"],
        "queue_type": "general",
        "group_type": "regular",
    }


def test_an_operator_files_for_a_family_of_the_register(enter, app, town, family):
    client = enter(Role.SUPPORT)
    found = client.post("/office/filing/", data=family)
    assert found.location == "/office/filing/application"
    page = client.get(found.location)
    assert "Тіркелімова Нұр" in page.text
    with app.app_context():
        person = db.session.scalars(select(Person.id).where(Person.iin == family["applicant_iin"])).one()
    sent = client.post("/office/filing/application", data=wish(town, person))
    assert sent.status_code == 302, sent.text
    with app.app_context():
        row = db.session.scalars(select(Application).order_by(Application.id.desc())).first()
        assert sent.location == f"/office/applications/show/{row.id}"
        assert row.filed_by is FiledBy.OPERATOR
        assert row.filed_by_user_id == town.accounts["Support operator"]
        assert row.languages == ["kk", "ru"]
        events = db.session.scalars(select(Event.act).where(Event.child_id == row.child_id).order_by(Event.id)).all()
        assert events == ["add_child", "open_file", "submit"]
    assert client.get("/office/filing/application").location == "/office/filing/"


def test_without_the_registers_word_nothing_is_shown_or_written(enter, app, town, family):
    with app.app_context():
        own = db.session.get_one(Person, town.own_guardian).iin
    for wrong in ({**family, "applicant_iin": own}, {**family, "child_iin": family["applicant_iin"]}):
        answer = enter(Role.SUPPORT).post("/office/filing/", data=wrong)
        assert answer.status_code == 409
        assert "Тіркелімова" not in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Child)) == 2


def test_a_mistyped_iin_is_told_at_its_field(enter, family):
    answer = enter(Role.SUPPORT).post("/office/filing/?lang=en", data={**family, "child_iin": "123456789012"})
    assert answer.status_code == 422
    assert "The IIN has a mistake" in answer.text
    assert 'value="123456789012"' in answer.text


def test_a_second_application_of_the_child_is_refused_in_words(enter, app, town, family):
    client = enter(Role.SUPPORT)
    for expected in (302, 409):
        client.post("/office/filing/", data=family)
        with app.app_context():
            person = db.session.scalars(select(Person.id).where(Person.iin == family["applicant_iin"])).one()
        answer = client.post("/office/filing/application?lang=en", data=wish(town, person))
        assert answer.status_code == expected
    assert "The child is already in this queue" in answer.text


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DEPARTMENT, Role.HEAD, Role.AUDITOR, Role.REVIEWER])
def test_nobody_else_files(enter, family, role):
    assert enter(role).get("/office/filing/").status_code == 403
    assert enter(role).post("/office/filing/", data=family).status_code == 403
