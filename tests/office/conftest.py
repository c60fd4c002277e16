"""A town with two kindergartens in two localities, an account per role, and browsers logged in as them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.db import unit_of_work
from app.models.enums import QueueType, Role
from tests import factories as make


@dataclass
class Town:
    """Ids of what a test needs again, and the accounts by name."""

    ids: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)

    def __getattr__(self, name: str) -> int:
        try:
            return self.ids[name]
        except KeyError:
            raise AttributeError(name) from None


@pytest.fixture
def town(app: Any, clean: None) -> Town:
    """Two towns under no common locality; in each a kindergarten, a group, a bulletin and an application."""
    from app.demo.guard import stamp

    made = Town()
    with app.app_context(), unit_of_work() as session:
        stamp()
        near, far = make.locality(name="Кентау"), make.locality(name="Орал")
        for name, place in (("own", near), ("foreign", far)):
            _fill(made, name, place)
        for role in Role:
            if role in (Role.SYSTEM, Role.PARENT):
                continue
            ties = _ties(role, near, made)
            made.accounts[str(role)] = make.account(role, **ties).id
        parent = make.person()
        made.accounts["Parent"] = make.account(Role.PARENT, parent).id
        session.flush()
    return made


def _ties(role: Role, near: Any, made: Town) -> dict[str, Any]:
    if role in (Role.HEAD, Role.METHODIST):
        return {"kindergarten_id": made.ids["own_kindergarten"]}
    if role in (Role.DEPARTMENT, Role.SUPPORT):
        return {"locality_id": near.id}
    if role is Role.REVIEWER:
        return {"locality_id": near.id, "review_queue": QueueType.SPECIAL}
    return {}


def _fill(made: Town, name: str, place: Any) -> None:
    garden = make.kindergarten(place, name=f"№1 «{name}»")
    group = make.group(garden, capacity=10)
    bulletin = make.open_bulletin(group, places=5)
    guardian = make.person(surname="Көршіқызы" if name == "foreign" else "Өзімдікі")
    child = make.child(guardian, surname="Көршіқызы" if name == "foreign" else "Өзімдікі")
    application = make.application(place, guardian, of=child)
    made.ids |= {
        f"{name}_locality": place.id,
        f"{name}_kindergarten": garden.id,
        f"{name}_group": group.id,
        f"{name}_bulletin": bulletin.id,
        f"{name}_guardian": guardian.id,
        f"{name}_child": child.id,
        f"{name}_application": application.id,
    }


@pytest.fixture
def enter(app: Any, town: Town) -> Callable[[Role | str], FlaskClient]:
    """A browser logged in with the role's account (the login page has tests of its own)."""

    def give(role: Role | str) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = str(town.accounts[str(role)])
            session["_fresh"] = True
        return client

    return give


@pytest.fixture
def statements(app: Any) -> Callable[[], Any]:
    """Records the SQL of a block: `with statements() as seen:`."""
    from sqlalchemy import event

    from app.extensions import db

    with app.app_context():
        engine = db.engine

    @contextmanager
    def record() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return record
