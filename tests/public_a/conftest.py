"""A parent in a browser without JavaScript, and the register that knows the parent's family."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import flask_babel
import pytest
from sqlalchemy import select

from app.models import Delivery, Message, RegisterEntry
from app.models.enums import Role, Sex
from tests import factories

PASSWORD = "tulip garden 7"
PHONE = "+77000000101"
BORN = dt.date(1992, 4, 10)
CHILD_BORN = dt.date(2023, 5, 20)


@dataclass(frozen=True)
class Family:
    parent_iin: str
    other_parent_iin: str
    child_iin: str


@pytest.fixture(autouse=True)
def many_may_ask(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """All tests come from one address; those about limits switch the limiter on again."""
    monkeypatch.setattr(app.extensions["kezek.office"].sm.limiter, "enabled", False)


@pytest.fixture
def family(session: Any) -> Family:
    """Two parents and their child, in the register alone."""
    mother, father = factories.iin(BORN), factories.iin(dt.date(1990, 2, 3), Sex.MALE)
    child = factories.iin(CHILD_BORN)
    rows = [
        (mother, "Сынақова", "Айгүл", BORN, Sex.FEMALE, []),
        (father, "Сынақов", "Ерлан", dt.date(1990, 2, 3), Sex.MALE, []),
        (child, "Сынақова", "Інжу", CHILD_BORN, Sex.FEMALE, [mother, father]),
    ]
    for number, surname, given_name, born, sex, parents in rows:
        factories.make(
            RegisterEntry,
            iin=number,
            surname=surname,
            given_name=given_name,
            birth_date=born,
            sex=sex,
            parent_iins=parents,
            nationality="қазақ",
        )
    session.commit()
    return Family(mother, father, child)


@pytest.fixture
def place(session: Any) -> Any:
    """A town with one kindergarten."""
    town = factories.locality(name="Кентау")
    factories.kindergarten(at=town, languages=["kk", "ru"])
    session.commit()
    return town


@pytest.fixture
def parent(session: Any) -> Any:
    """A registered parent; `log_in` lets the browser in."""
    who = factories.person(iin=None, document_number="N0451234", phone=PHONE)
    who.document_number, who.iin = None, factories.iin(BORN)
    factories.account(Role.PARENT, who, PASSWORD)
    session.commit()
    return who


def log_in(client: Any, name: str, password: str = PASSWORD) -> Any:
    return client.post("/login", data={"name": name, "password": password})


def speak(client: Any, language: str) -> None:
    """Changes the language in the middle of a test: all requests of a test share one application context, which
    remembers the first language."""
    client.get(f"/lang/{language}")
    flask_babel.refresh()


def code_sent_to(session: Any, phone: str) -> str:
    """The code of the latest SMS to that phone."""
    session.rollback()
    facts = session.scalar(
        select(Message.facts)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.address == phone, Message.template == "A1")
        .order_by(Message.id.desc())
        .limit(1)
    )
    return str(facts["code"])


def register(client: Any, session: Any, iin: str, phone: str = PHONE, password: str = PASSWORD) -> Any:
    """The three steps of a registration."""
    client.post("/register", data={"phone": phone, "number": iin, "consent": "y"})
    client.post("/register/code", data={"code": code_sent_to(session, phone)})
    return client.post("/register/account", data={"password": password, "repeated": password})


def text_of(answer: Any) -> str:
    """The words of a page, without tags and the time of the clock, blanks made single."""
    words = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    words = re.sub(r"\d\d:\d\d:\d\d", "", words.replace("&#39;", "'").replace("&nbsp;", " "))
    return " ".join(words.split())
