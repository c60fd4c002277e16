"""A city under the voucher rule set: a kindergarten with one group, families in the queue, the people of the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from app.db import unit_of_work
from app.extensions import db
from app.models import Application, KindergartenGroup, Voucher, WaitingListEntry
from app.models.enums import LocalityLevel, Role
from app.services import voucher_places, voucher_rounds, vouchers
from app.services.access import SYSTEM, Actor
from app.services.invariants import INVARIANTS, check
from tests import factories as make

ZONE = dt.timezone(dt.timedelta(hours=5))
#: Guide 001: issued on Thursday, 6 February 2025, 16:46.
ISSUED = dt.datetime(2025, 2, 6, 16, 46, tzinfo=ZONE).astimezone(dt.UTC)


def at(day: str, time: str = "12:00") -> dt.datetime:
    """A moment of the country, as "2025-02-10" and "23:59:59"."""
    return dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZONE).astimezone(dt.UTC)


def act(function: Callable[..., Any], *arguments: Any) -> Any:
    """One act in one unit of work, as an edge does it."""
    with unit_of_work() as session:
        return function(session, *arguments)


@dataclass
class City:
    """Ids of its rows and the actors."""

    place: int
    garden: int
    group: int
    garden_bin: str
    head: Actor
    official: Actor
    support: Actor
    applications: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)

    def parent(self, number: int = 0) -> Actor:
        return Actor(roles=frozenset({Role.PARENT}), person_id=self.people[number])

    def file(self, at_moment: dt.datetime, **wish: Any) -> int:
        """One more family with a child born in 2022; the id of its application."""
        born = wish.pop("born", dt.date(2022, 3, 1))
        with unit_of_work() as session:
            guardian = make.person()
            child = make.child(guardian, birth_date=born)
            from app.models import Locality

            where = session.get_one(Locality, wish.pop("place", self.place))
            application = make.application(where, guardian, at_moment, of=child, **wish)
            self.applications.append(application.id)
            self.people.append(guardian.id)
            return application.id

    def round(self, now: dt.datetime = ISSUED) -> int:
        """A round by the clock; how many vouchers it issued."""
        return act(lambda s: voucher_rounds.issue_round(s, SYSTEM, self.place, now).issued)

    def issued(self, now: dt.datetime = ISSUED) -> int:
        """The voucher of the first family."""
        assert self.round(now)
        return self.voucher_of(0).id

    def confirmed(self, now: dt.datetime = ISSUED) -> int:
        voucher_id = self.issued(now)
        act(vouchers.confirm_voucher, self.parent(), voucher_id, now)
        return voucher_id

    def chosen(self, now: dt.datetime = ISSUED) -> int:
        voucher_id = self.confirmed(now)
        act(voucher_places.request_enrolment, self.parent(), voucher_id, self.group, now)
        return voucher_id

    def voucher_of(self, number: int) -> Voucher:
        query = select(Voucher).where(Voucher.application_id == self.applications[number]).order_by(Voucher.id.desc())
        return db.session.scalars(query.execution_options(populate_existing=True)).first()

    def voucher(self, voucher_id: int) -> Voucher:
        return db.session.get_one(Voucher, voucher_id, populate_existing=True)

    def application(self, number: int = 0) -> Application:
        return db.session.get_one(Application, self.applications[number], populate_existing=True)

    def entry(self, entry_id: int) -> WaitingListEntry:
        return db.session.get_one(WaitingListEntry, entry_id, populate_existing=True)

    def tally(self, group_id: int | None = None) -> tuple[int, int, int]:
        """Enrolled, held and free places of a group."""
        row = db.session.get_one(KindergartenGroup, group_id or self.group, populate_existing=True)
        return row.enrolled, row.held, row.free

    def another_group(self, **values: Any) -> int:
        with unit_of_work():
            from app.models import Locality

            place = db.session.get_one(Locality, self.place)
            facts = {"birth_years": [2022], "capacity": 1, **values}
            return make.group(make.kindergarten(place, name="№2 «Балбұлақ»"), **facts).id


def broken(now: dt.datetime) -> set[str]:
    """Names of the invariants that do not hold; letters are not sent in these tests."""
    asked = [row for row in INVARIANTS if row.name != "no_late_message"]
    return {row.name for row in asked if check(db.session, row, now).broken}


@pytest.fixture
def city(clean: None, app: Any) -> Iterator[City]:
    with app.app_context(), unit_of_work() as session:
        from app.demo.guard import stamp

        stamp()
        place = make.locality()
        place.level = LocalityLevel.SETTLEMENT
        make.assign("voucher_2025", place)
        garden = make.kindergarten(place)
        group = make.group(garden, capacity=1, birth_years=[2022])
        made = City(
            place=place.id,
            garden=garden.id,
            group=group.id,
            garden_bin=garden.bin,
            head=make.staff_actor(Role.HEAD, at=garden),
            official=make.staff_actor(Role.DEPARTMENT, over=place),
            support=make.staff_actor(Role.SUPPORT, over=place),
        )
        session.flush()
    with app.app_context():
        made.file(at("2025-02-06", "16:16"))
        yield made
        db.session.rollback()
