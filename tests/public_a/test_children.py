"""Children: found in the register, typed from a document, shared by two guardians."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock
from app.gateways import person_register
from app.gateways.person_register import RegisterUnavailable
from app.models import Child, Guardianship, Message
from app.models.enums import Sex
from app.services.children import Unreadable, read_document_number, read_name
from tests import factories
from tests.public_a.conftest import register, text_of


@pytest.fixture
def mother(client: Any, session: Any, family: Any) -> Any:
    """A logged-in parent whom the register names as the child's."""
    client.get("/lang/en")
    register(client, session, family.parent_iin)
    return client


def add(client: Any, iin: str, kind: str = "parent", **more: str) -> Any:
    return client.post("/children/add", data={"iin": iin, "kind": kind, **more})


def count(session: Any, model: Any) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_names_are_shown_first_and_the_child_is_added_by_the_second_press(mother, session, family):
    shown = add(mother, family.child_iin)
    assert shown.status_code == 200
    assert "Інжу" in text_of(shown)
    assert count(session, Child) == 0
    assert add(mother, family.child_iin, save="y").location == "/children"
    assert "Сынақова Інжу" in text_of(mother.get("/children"))
    tie = session.scalars(select(Guardianship)).one()
    assert tie.confirmed_by_register


def test_a_second_press_adds_nothing(mother, session, family):
    add(mother, family.child_iin, save="y")
    assert add(mother, family.child_iin, save="y").status_code == 302
    assert (count(session, Child), count(session, Guardianship)) == (1, 1)


def test_the_other_parent_gets_the_same_child_and_the_first_is_told(app, mother, session, family):
    add(mother, family.child_iin, save="y")
    father = app.test_client()
    father.get("/lang/ru")
    register(father, session, family.other_parent_iin, phone="+77000000102")
    assert add(father, family.child_iin, save="y").status_code == 302
    assert (count(session, Child), count(session, Guardianship)) == (1, 2)
    assert session.scalars(select(Message).where(Message.template == "G2")).one().facts["child"] == "Інжу"


def test_a_stranger_learns_nothing_about_a_child(app, client, session, family, parent):
    client.get("/lang/ru")
    client.post("/login", data={"name": parent.iin, "password": "tulip garden 7"})
    answer = add(client, family.child_iin)
    assert answer.status_code == 422
    assert "Реестр не подтвердил" in text_of(answer)
    assert "Інжу" not in text_of(answer)
    assert add(client, family.child_iin, save="y").status_code == 422
    assert count(session, Child) == 0


@pytest.mark.parametrize(
    ("iin", "sentence"),
    [
        ("", "Fill in this field."),
        ("23052060050", "An IIN has 12 digits."),
        ("230520600501", "the check digit does not agree"),
        ("2305206OO509", "An IIN has 12 digits."),
        ("own", "This is your own IIN."),
        ("adult", "This is an adult's IIN."),
        ("unknown", "This IIN is not in the register"),
    ],
)
def test_a_wrong_iin_is_refused_with_its_reason(mother, session, family, iin, sentence):
    special = {
        "own": family.parent_iin,
        "adult": family.other_parent_iin,
        "unknown": factories.iin(dt.date(2022, 1, 5)),
    }
    answer = add(mother, special.get(iin, iin))
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert count(session, Child) == 0


def test_a_birth_in_the_future_is_no_iin(mother):
    tomorrow = clock.today() + dt.timedelta(days=1)
    answer = add(mother, factories.iin(tomorrow))
    assert "the first six digits are not a birth date" in text_of(answer)


def test_a_silent_register_keeps_what_was_typed(app, mother, session, family, monkeypatch):
    class Silent:
        def find(self, number: str) -> None:
            raise RegisterUnavailable

    monkeypatch.setitem(app.extensions, person_register._KEY, Silent())
    answer = add(mother, family.child_iin)
    assert answer.status_code == 422
    assert "The register is not answering now" in text_of(answer)
    assert f'value="{family.child_iin}"' in answer.get_data(as_text=True)


TYPED = {
    "document_number": "AB 1234567",
    "surname": "Smith",
    "given_name": "Ada",
    "birth_date": "2023-05-20",
    "sex": "female",
    "kind": "guardian",
}


def add_typed(client: Any, **changed: str) -> Any:
    return client.post("/children/add/document", data={**TYPED, **changed})


def test_a_child_without_iin_is_added_from_its_document(mother, session):
    assert add_typed(mother).location == "/children"
    child = session.scalars(select(Child)).one()
    assert (child.iin, child.document_number, child.surname) == (None, "AB1234567", "Smith")
    assert not session.scalars(select(Guardianship)).one().confirmed_by_register
    assert add_typed(mother, document_number="ав1234567").status_code == 302
    assert count(session, Child) == 1


def test_somebody_elses_document_is_refused(app, mother, session, family):
    add_typed(mother)
    other = app.test_client()
    register(other, session, family.other_parent_iin, phone="+77000000102")
    answer = add_typed(other)
    assert answer.status_code == 422
    assert count(session, Guardianship) == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"birth_date": "2093-05-20"}, "This date has not come yet."),
        ({"birth_date": "yesterday"}, "Enter the date as day.month.year"),
        ({"birth_date": ""}, "Fill in this field."),
        ({"birth_date": "1980-05-20"}, "This is an adult's IIN."),
        ({"surname": "Сынaқовz"}, "mixes letters of two alphabets"),
        ({"surname": "Ivanov2"}, "Use letters alone"),
        ({"given_name": "A\u0336d\u0336a\u0336"}, "Use letters alone"),
        ({"given_name": "<b>Ada</b>"}, "Use letters alone"),
        ({"document_number": "??"}, "Enter the number as it stands in the document"),
        ({"sex": ""}, "Choose one."),
        ({"iin": "230520600501"}, "the check digit does not agree"),
    ],
)
def test_a_wrong_answer_stands_at_its_field_and_nothing_is_kept(mother, session, changed, sentence):
    answer = add_typed(mother, **changed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert count(session, Child) == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"birth_date": "2022-05-20"}, "The IIN and the date of birth do not agree."),
        ({"sex": "male"}, "The IIN and the sex do not agree."),
    ],
)
def test_an_iin_that_contradicts_the_document_is_refused(mother, session, family, changed, sentence):
    answer = add_typed(mother, iin=family.child_iin, **changed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert count(session, Child) == 0


def test_an_iin_on_the_document_page_is_looked_up_in_the_register(mother, session, family):
    assert add_typed(mother, iin=family.child_iin).status_code == 302
    assert session.scalars(select(Child)).one().given_name == "Інжу"


def test_look_ups_are_limited(app, mother, monkeypatch):
    monkeypatch.setattr(app.extensions["kezek.office"].sm.limiter, "enabled", True)
    numbers = [factories.iin(dt.date(2022, 3, 1), Sex.MALE) for _ in range(31)]
    answers = [add(mother, number) for number in numbers]
    assert "not in the register" in text_of(answers[29])
    assert "Too many numbers were tried" in text_of(answers[30])


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Сынақова  ", "Сынақова"),
        ("Cынақова", "Сынақова"),
        ("И\u0306лияс", "Йлияс"),
        ("Ада\u200b-Мария", "Ада-Мария"),
        ("O'Brien", "O'Brien"),
        ("Smith", "Smith"),
    ],
)
def test_names_are_composed_and_of_one_alphabet(typed, stored):
    assert read_name(typed) == stored


@pytest.mark.parametrize("typed", ["Ααρων", "12", "-", "Аdф", "ж\u0301ы"])
def test_what_is_no_name(typed):
    with pytest.raises(Unreadable):
        read_name(typed)


def test_a_document_number_reads_the_same_from_both_alphabets():
    assert read_document_number("ав 123-45") == read_document_number("AB 123-45") == "AB123-45"
