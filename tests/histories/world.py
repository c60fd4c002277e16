"""A small world for generated histories: families, one kindergarten, a clock, and every act of the office's table."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app import clock
from app.db import unit_of_work
from app.demo.guard import stamp
from app.extensions import db
from app.gateways.signatures import Signatory, development_signer
from app.jobs import schedule
from app.models import (
    Application,
    BenefitCategory,
    Bulletin,
    Contract,
    Kindergarten,
    KindergartenGroup,
    Locality,
    Person,
    PriorityAccess,
)
from app.models.enums import (
    ContractStatus,
    DeclineReason,
    DischargeReason,
    DocumentKind,
    PlaceType,
    RefusalReason,
    Role,
    Stream,
)
from app.rules import rule_sets
from app.rules.verdict import RuleBroken
from app.services import contracts, documents
from app.services.access import Actor, Forbidden, OutOfReach
from app.services.contract_decisions import Mark
from app.services.regulation import rule_set_in_force
from app.services.uploads import Upload
from app.views.office.acts import ACTS, Act
from tests import factories as make
from tests.samples import pdf

#: Monday morning, far from holidays and from the pause of August.
BEGINNING = dt.datetime(2026, 9, 7, 4, 0, tzinfo=dt.UTC)
#: Jobs that only send, count or tidy up.
SILENT = {"send_messages", "refresh_statistics", "forget_codes", "forget_runs", "nightly_invariants", "write_reminders"}
TERMS = {
    "parent_document": "012345678",
    "parent_address": "Абай к-сі, 2",
    "parent_phone": "+77000000001",
    "birth_certificate": "11-22",
}
STEPS = (dt.timedelta(hours=2), dt.timedelta(hours=25), dt.timedelta(days=3), dt.timedelta(days=9))
FAMILIES, PLACES = 9, 2
AWAITING = (ContractStatus.SENT, ContractStatus.RETURNED)
#: Acts that begin outside the histories: filing is done once, at the beginning.
OUTSIDE = {"submit"}


@dataclass
class World:
    """One history. `done` and `refused` tell which verbs it has tried, and how they ended."""

    rules: str
    chance: random.Random
    now: dt.datetime = BEGINNING
    moments: dict[int, dt.datetime] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """The kindergarten, its groups, and the families in line."""
        with unit_of_work():
            stamp()
            place = make.locality()
            make.assign(self.rules, place)
            garden = make.kindergarten(place, kind=rule_sets.get(self.rules).offered_kinds[0])
            for years in ([2023], [2022, 2023]):
                make.group(garden, capacity=PLACES, birth_years=years)
            benefits = {
                stream: make.benefit(stream, needs_document=False)
                for stream in (Stream.OUT_OF_TURN, Stream.FIRST_PRIORITY)
            }
            self.place, self.garden = place.id, garden.id
            for number in range(FAMILIES):
                stream = self.chance.choice(list(Stream))
                wish = {"benefit_category_id": benefits[stream].id} if stream in benefits else {}
                moment = BEGINNING - dt.timedelta(days=self.chance.randint(1, 200), hours=number)
                born = dt.date(self.chance.choice((2022, 2023)), 5, 20)
                guardian = make.person()
                row = make.application(
                    place, guardian, moment, of=make.child(guardian, birth_date=born, created_at=moment), **wish
                )
                self.moments[row.id] = row.submitted_at

    def step(self) -> None:
        """One act of somebody, or some time that passes with its jobs."""
        if self.chance.random() < 0.3:
            self.let_time_pass(self.chance.choice(STEPS))
            return
        acts: list[Act | str] = [act for act in ACTS if act.verb not in OUTSIDE]
        acts.append("sign_as_parent")
        # Mostly what may begin, sometimes anything at all: what may not must change nothing.
        only_fitting = self.chance.random() < 0.8
        for act in self.chance.choices(acts, [self.weight(one) for one in acts], k=6):
            rows = self.rows_of(Contract if isinstance(act, str) else act.start)
            if only_fitting:
                rows = [row for row in rows if self.fits(act, row)]
            if rows:
                self.attempt(act, self.chance.choice(rows))
                return

    @staticmethod
    def weight(act: Act | str) -> int:
        """What carries a child further is done more often than what ends its way."""
        if isinstance(act, str) or act.verb in ("open_bulletin", "claim"):
            return 12
        return 4 if act.move.application else 1

    def fits(self, act: Act | str, row_id: int) -> bool:
        """Whether the act may begin on the row, as the office's buttons have it."""
        if isinstance(act, str):
            return db.session.get_one(Contract, row_id).status in AWAITING
        row = db.session.get_one(act.start, row_id)
        return act.fits(row, self.actor(act, row))

    def rows_of(self, model: Any) -> list[int]:
        db.session.rollback()
        return list(db.session.scalars(select(model.id).order_by(model.id)))

    def attempt(self, act: Act | str, row_id: int) -> None:
        """The act in one unit of work. A refusal is an answer; anything else is a defect."""
        verb = act if isinstance(act, str) else act.verb
        try:
            with unit_of_work() as session:
                if isinstance(act, str):
                    self.sign_as_parent(session, row_id)
                else:
                    row = session.get_one(act.start, row_id)
                    act.call(session, self.actor(act, row), row_id, self.data(act, row), self.now)
        except (RuleBroken, OutOfReach, Forbidden):
            self.refused.append(verb)
        else:
            self.done.append(verb)

    def actor(self, act: Act, row: Any) -> Actor:
        """Somebody who may: a parent where parents may, else one of the office."""
        roles = sorted(act.move.by - {Role.SYSTEM})
        role = self.chance.choice(roles)
        place, garden = db.session.get_one(Locality, self.place), db.session.get_one(Kindergarten, self.garden)
        if role is Role.PARENT:
            return make.parent_actor(self.applicant_of(row))
        if role in (Role.HEAD, Role.METHODIST):
            return make.staff_actor(role, at=garden)
        return make.staff_actor(role, over=place)

    def applicant_of(self, row: Any) -> Person:
        application = row if isinstance(row, Application) else db.session.get_one(Application, row.application_id)
        return application.applicant

    def data(self, act: Act, row: Any) -> dict[str, Any]:
        """What the act's form would give."""
        offered = select(Bulletin.id).where(Bulletin.status.in_(("priority", "open"))).order_by(Bulletin.id)
        bulletins = list(db.session.scalars(offered)) or self.rows_of(Bulletin)
        return {
            "reason": "a reason",
            "note": "a note",
            "decline_reason": DeclineReason.OTHER,
            "refusal_reason": self.chance.choice(list(RefusalReason)),
            "discharge_reason": DischargeReason.MOVED,
            "places": self.chance.randint(1, PLACES + 1),
            "capacity": self.chance.randint(1, PLACES + 2),
            "birth_years": [2023],
            "place_type": PlaceType.FREE,
            "publish_at": self.now + dt.timedelta(hours=1),
            "document_kind": DocumentKind.BENEFIT_PROOF,
            "upload": Upload("a.pdf", pdf()),
            "benefit_category": self.chance.choice(self.rows_of(BenefitCategory)),
            "issued_on": clock.local_date(self.now),
            "bulletin": db.session.get(Bulletin, self.chance.choice(bulletins)) if bulletins else row,
            "marks": self.marks(row) if isinstance(row, Contract) else [],
            "group": db.session.get_one(KindergartenGroup, self.chance.choice(self.rows_of(KindergartenGroup))),
            "kindergarten": db.session.get_one(Kindergarten, self.garden),
            "signature": self.signatures(row) if isinstance(row, Contract) else {},
        }

    def marks(self, contract: Contract) -> list[Mark]:
        return [Mark(one.id, "cannot be read") for one in contracts.current_documents(db.session, contract)[:1]]

    def signatures(self, contract: Contract) -> dict[int, str]:
        if contract.latest is None:
            return {contract.id: "none"}
        signatory = Signatory(bin=contract.kindergarten.bin)
        return {contract.id: development_signer().sign(contract.latest.manifest.encode(), signatory)}

    def sign_as_parent(self, session: Any, contract_id: int) -> None:
        """Papers, data and signature in one go, as the parent's pages lead to it."""
        contract = session.get_one(Contract, contract_id)
        if contract.status not in AWAITING:
            raise RuleBroken("STALE")
        parent = make.parent_actor(self.applicant_of(contract))
        rules = rule_set_in_force(session, self.place, clock.local_date(self.now))
        for asked in rules.required_documents:
            documents.attach_to_contract(session, parent, contract_id, asked.kind, Upload("a.pdf", pdf()), self.now)
        version = contracts.fill_in(session, parent, contract_id, TERMS, self.now)
        signatory = Signatory(iin=self.applicant_of(contract).iin)
        signature = development_signer().sign(version.manifest.encode(), signatory)
        contracts.sign_as_parent(session, parent, contract_id, version.version, signature, self.now)

    def let_time_pass(self, step: dt.timedelta) -> None:
        """The clock goes on, and every job that matters runs, in the order of the schedule."""
        self.now += step
        for job in schedule.SCHEDULE:
            if job.name in SILENT:
                continue
            db.session.rollback()
            before = set(self.windows())
            outcome = job.run(self.now)
            assert outcome["failed"] == 0, (job.name, outcome)
            db.session.rollback()
            if job.name == "publish_bulletins":
                for bulletin_id in set(self.windows()) - before:
                    self.check_nobody_passed_over(bulletin_id)

    def windows(self) -> list[int]:
        return list(db.session.scalars(select(Bulletin.id).where(Bulletin.status == "priority")))

    def check_nobody_passed_over(self, bulletin_id: int) -> None:
        """Of those who could be told of a place, the told of each stream are its first by their moment."""
        bulletin = db.session.get_one(Bulletin, bulletin_id)
        told = set(
            db.session.scalars(select(PriorityAccess.application_id).where(PriorityAccess.bulletin_id == bulletin_id))
        )
        line = db.session.scalars(
            select(Application)
            .where(
                Application.locality_id == bulletin.locality_id,
                Application.status.in_(("queued", "notified")),
                Application.birth_year.in_(bulletin.birth_years),
            )
            .order_by(Application.submitted_at, Application.id)
        ).all()
        assert told, "a window without anybody in it"
        for stream in Stream:
            flags = [row.id in told for row in line if row.stream is stream]
            assert flags == sorted(flags, reverse=True), (bulletin_id, stream, flags)
        if any(row.id not in told for row in line if row.stream is Stream.OUT_OF_TURN):
            assert all(row.stream is Stream.OUT_OF_TURN for row in line if row.id in told)
