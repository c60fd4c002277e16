"""A small town for jobs: one group, a bulletin, families in the queue."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from app.db import unit_of_work
from app.extensions import db
from app.models.enums import Role
from app.services import claims
from app.services.access import Actor
from tests import factories as make


@dataclass
class Town:
    """Ids only: every act of a job is its own transaction."""

    place: int
    group: int
    bulletin: int
    head: Actor
    applications: list[int]
    parents: list[Actor]

    def refer(self, number: int, at: dt.datetime = make.NOON) -> int:
        """The application claims a place and gets its referral; gives the referral's id."""
        with unit_of_work() as session:
            claim_id = claims.claim(session, self.parents[number], self.bulletin, self.applications[number], at)
            return claims.activate(session, self.head, claim_id, at).id


@pytest.fixture
def running(app, clean):
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def town(running):
    with unit_of_work() as session:
        place = make.locality()
        garden = make.kindergarten(place)
        group = make.group(garden, capacity=10)
        bulletin = make.open_bulletin(group, places=6)
        people = [make.person() for _ in range(4)]
        filed = [make.application(place, person) for person in people]
        session.flush()
        return Town(
            place.id,
            group.id,
            bulletin.id,
            make.staff_actor(Role.HEAD, at=garden),
            [application.id for application in filed],
            [make.parent_actor(person) for person in people],
        )
