"""A town with one bulletin, a family in the queue, and the clock in the test's hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import g

from app import clock
from app.models import Account, Application, Bulletin, Kindergarten, KindergartenGroup, Locality, Person
from app.models.enums import Role
from tests import factories
from tests.factories import NOON


class Clock:
    """The product's time. `at` is the moment every request sees."""

    def __init__(self) -> None:
        self.at = NOON

    def pass_(self, **amount: int) -> dt.datetime:
        self.at += dt.timedelta(**amount)
        return self.at


@pytest.fixture
def time() -> Iterator[Clock]:
    hand = Clock()
    clock.use_source(lambda: hand.at)
    yield hand
    clock.use_source(None)


@dataclass
class Family:
    """A parent with an account and a child in the queue."""

    person: Person
    account: Account
    application: Application

    @property
    def id(self) -> int:
        return self.application.id


@dataclass
class Town:
    """One kindergarten under one rule set."""

    locality: Locality
    kindergarten: Kindergarten
    group: KindergartenGroup

    def family(self, **wish: Any) -> Family:
        person = factories.person()
        account = factories.account(Role.PARENT, person)
        return Family(person, account, factories.application(self.locality, person, **wish))

    def bulletin(self, places: int = 1, **values: Any) -> Bulletin:
        return factories.open_bulletin(self.group, places, **values)


@pytest.fixture
def town(session: Any, time: Clock) -> Town:
    return make_town("smartnation_2020")


def make_town(rule_set: str) -> Town:
    place = factories.locality()
    factories.assign(rule_set, place)
    kindergarten = factories.kindergarten(place, phones=["+77000000000"])
    return Town(place, kindergarten, factories.group(kindergarten))


@pytest.fixture
def log_in(client: Any, session: Any) -> Callable[..., Any]:
    """Puts an account's session into the browser; every request speaks `lang`."""

    def enter(account: Account | None, lang: str = "ru") -> Any:
        session.commit()
        # Requests share the test's application context: what the last reader left in it goes.
        for key in list(g):
            g.pop(key)
        client.set_cookie("lang", lang)
        with client.session_transaction() as cookie:
            cookie.clear()
            if account is not None:
                cookie["_user_id"], cookie["_fresh"] = str(account.id), True
        return client

    return enter


@pytest.fixture
def act(session: Any) -> Callable[[Callable[[], Any]], Any]:
    """Does something through a service and really commits it."""

    def done(work: Callable[[], Any]) -> Any:
        result = work()
        session.commit()
        return result

    return done
