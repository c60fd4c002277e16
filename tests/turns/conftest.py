"""A town under the rules of 2018: one private kindergarten under state order, families in the queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.db import unit_of_work
from app.demo.guard import stamp
from app.extensions import db
from app.gateways.signatures import Signatory, development_signer
from app.jobs import turns as jobs
from app.models import Application, Person, Turn
from app.models.enums import KindergartenKind, Role
from app.services import choices
from app.services.access import Actor
from tests import factories as make

#: A Thursday noon; three working days end on Tuesday 17 November.
NOON = make.NOON
LAST_DAY = dt.date(2026, 11, 17)
#: Wednesday 18 November, five minutes past midnight in the country.
AFTER = dt.datetime(2026, 11, 17, 19, 5, tzinfo=dt.UTC)
#: Three years old on the Thursday, and born a day too late.
BORN, TOO_LATE = dt.date(2023, 11, 12), dt.date(2023, 11, 13)


@dataclass
class Town:
    """Ids alone: every act is its own transaction."""

    place: int
    garden: int
    group: int
    head: Actor
    official: Actor
    parents: dict[int, Actor] = field(default_factory=dict)

    def family(self, at: dt.datetime = NOON, born: dt.date = BORN, **wish: Any) -> int:
        """An application; those that were filed first stand first."""
        from app.models import Locality

        with unit_of_work() as session:
            guardian = make.person()
            child = make.child(guardian, birth_date=born)
            row = make.application(session.get_one(Locality, self.place), guardian, at, of=child, **wish)
            self.parents[row.id] = make.parent_actor(guardian)
            return row.id

    def choose(self, application_id: int, group_id: int | None = None, now: dt.datetime = NOON) -> int:
        """Signs and chooses as the parent does; gives the referral's id."""
        with unit_of_work() as session:
            return choose(session, self.parents[application_id], application_id, group_id or self.group, now)


def choose(session: Any, actor: Actor, application_id: int, group_id: int, now: dt.datetime = NOON) -> int:
    from app.models import KindergartenGroup

    application = session.get_one(Application, application_id)
    words = choices.manifest(application, session.get_one(KindergartenGroup, group_id))
    owner = Signatory(iin=session.get_one(Person, actor.person_id).iin)
    signature = development_signer().sign(words.encode(), owner)
    return choices.choose(session, actor, application_id, group_id, signature, now).id


@pytest.fixture
def running(app: Any, clean: None) -> Iterator[Any]:
    with app.app_context():
        yield app
        db.session.remove()


def build(places: int = 2, **values: Any) -> Town:
    with unit_of_work():
        stamp()
        place = make.locality()
        make.assign("indigo_2018", place)
        garden = make.kindergarten(place, kind=KindergartenKind.PRIVATE_STATE_ORDER, phones=["+77000000123"])
        group = make.group(garden, capacity=places, **values)
        head = make.staff_actor(Role.HEAD, at=garden)
        return Town(place.id, garden.id, group.id, head, make.staff_actor(Role.DEPARTMENT, over=place))


@pytest.fixture
def town(running: Any) -> Town:
    return build()


@pytest.fixture
def get(running: Any) -> Callable[..., Any]:
    """A row as the database has it now."""

    def fresh(model: Any, row_id: int) -> Any:
        db.session.rollback()
        db.session.expire_all()
        return db.session.get_one(model, row_id)

    return fresh


def minute(now: dt.datetime = NOON) -> None:
    """What the clock does every minute."""
    jobs.lapse_turns(now)
    jobs.notify_turns(now)


def turns_of(application_id: int) -> list[Turn]:
    db.session.rollback()
    return db.session.query(Turn).filter_by(application_id=application_id).order_by(Turn.id).all()
