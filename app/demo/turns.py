"""The village under the rules of 2018: some have chosen, some missed their turn, for others it is their turn now."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.demo.families import Families
from app.demo.history import Author
from app.demo.places import KARNAK, Ground
from app.demo.present import Stage
from app.gateways.signatures import Signatory
from app.models import Application, Person, Queue, RuleSetAssignment, Turn
from app.models.enums import Sex, TurnStatus
from app.services import choices, turns
from app.services.access import SYSTEM
from app.services.regulation import end_of_day

#: Since when the village lives under these rules, and when the two rounds of notices went out.
SINCE, FIRST, SECOND = 20, 9, 1


class VillageFamily:
    """The family of the demo's third parent: the child is the first of its year in the village."""

    def __init__(self, author: Author, families: Families, ground: Ground) -> None:
        family = families.family(ground.localities[KARNAK].id, "kk", guardians=1)
        self.guardian_ids = [person_id for person_id, _ in family.guardians]
        today = clock.local_date(author.now)
        child = families.child_of(family, dt.date(today.year - 3, 1, 4), Sex.FEMALE)
        self.application = author.file(child, author.moment(today - dt.timedelta(days=735)), ["kk"]).id


class TurnStories:
    """Puts the turns of the village on the stage."""

    def __init__(self, stage: Stage, ground: Ground) -> None:
        self.stage, self.session, self.place = stage, stage.session, ground.localities[KARNAK]

    def put_on(self) -> None:
        """The rules change; the eldest are told and choose or miss it; then all others are told."""
        stage = self.stage
        self.session.add(
            RuleSetAssignment(
                locality=self.place,
                rule_set="indigo_2018",
                from_on=stage.today - dt.timedelta(days=SINCE),
                basis="Demo: decision of the town's education department",
            )
        )
        self.session.flush()
        stage.at(stage.moment(FIRST, 9), self._tell_the_eldest)
        stage.at(stage.moment(SECOND, 9), lambda moment: self._tell(_lines(self.session, self.place.id), moment))

    def _tell_the_eldest(self, moment: dt.datetime) -> None:
        eldest = _lines(self.session, self.place.id, self.stage.today.year - 4)
        self._tell(eldest, moment)
        told = self.session.scalars(select(Turn).where(Turn.status == TurnStatus.LIVE).order_by(Turn.id)).all()
        for turn in told[:2]:
            self.stage.at(
                moment + dt.timedelta(hours=26), lambda at, chosen=turn.application_id: self._choose(chosen, at)
            )
        for turn in told[2:]:
            self.stage.at(
                end_of_day(turn.choose_by) + dt.timedelta(minutes=1),
                lambda at, missed=turn.id: turns.lapse_if_over(self.session, SYSTEM, missed, at),
            )

    def _tell(self, lines: list[int], moment: dt.datetime) -> None:
        for line in lines:
            turns.notify_line(self.session, SYSTEM, line, moment)

    def _choose(self, application_id: int, moment: dt.datetime) -> None:
        application = self.session.get_one(Application, application_id)
        options = choices.readiness(self.session, application, moment).options
        if not options:
            return
        words = choices.manifest(application, options[0].group)
        owner = Signatory(iin=self.session.get_one(Person, application.applicant_id).iin)
        signature = self.stage.signer.sign(words.encode(), owner)
        actor = self.stage.parent(application)
        choices.choose(self.session, actor, application_id, options[0].group.id, signature, moment)


def _lines(session: Session, locality_id: int, youngest_year: int | None = None) -> list[int]:
    """The lines of the village, the eldest children first; those born up to a year when one is given."""
    found = select(Queue.id).where(Queue.locality_id == locality_id, Queue.queue_type == "general")
    if youngest_year is not None:
        found = found.where(Queue.birth_year <= youngest_year)
    return list(session.scalars(found.order_by(Queue.birth_year, Queue.language)))
