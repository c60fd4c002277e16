"""Three kindergartens with a row of every kind in every state an act can start from, made by the acts themselves."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gateways.signatures import Signatory, development_signer
from app.models import (
    Application,
    Child,
    Claim,
    Contract,
    Delivery,
    Document,
    Enrolment,
    Event,
    Guardianship,
    Kindergarten,
    Locality,
    Message,
    Person,
    Referral,
    StopListEntry,
    Voucher,
    VoucherRound,
    WaitingListEntry,
)
from app.models.enums import DocumentKind, QueueType, Role
from app.rules import rule_sets
from app.services import applications, claims, contract_decisions, contracts, documents, expiry
from app.services.access import Actor
from app.services.uploads import Upload
from tests import factories as make
from tests.samples import pdf

NOW = make.NOON
TERMS = {
    "parent_document": "012345678",
    "parent_address": "Абай к-сі, 2",
    "parent_phone": "+77000000001",
    "birth_certificate": "11-22",
}
#: Stand in every name of the kindergarten next door and of the one far away: they must not reach a stranger's screen.
NEXT_DOOR, FAR = "Көршінікі", "Алыстағыныкі"


@dataclass
class Side:
    """What belongs to one kindergarten: ids of its rows by model."""

    name: str
    rows: dict[type[Any], list[int]] = field(default_factory=lambda: defaultdict(list))
    special: dict[type[Any], list[int]] = field(default_factory=lambda: defaultdict(list))
    """Rows of the special queue, which its reviewer checks."""
    placed: dict[type[Any], list[int]] = field(default_factory=lambda: defaultdict(list))
    """Applications, children and guardians that have ever claimed a place here; the rest only queue in the town."""

    def add(self, *items: Any) -> None:
        for item in items:
            self.rows[type(item)].append(item.id)


class Builder:
    """Fills one side."""

    def __init__(self, session: Session, name: str, place: Locality, marker: str) -> None:
        self.session, self.place, self.marker = session, place, marker
        self.side = Side(name)
        self.garden = make.kindergarten(place, name=f"№ {name} {marker}")
        self.group = make.group(self.garden, capacity=20, name=f"{marker} тобы")
        self.head = make.staff_actor(Role.HEAD, at=self.garden)
        self.bulletin = make.open_bulletin(self.group, places=10)
        self.side.add(self.garden, self.group, self.bulletin)

    def build(self) -> Side:
        """A row of every kind and state."""
        self._filed()
        self._with_benefit()
        self._filed(queue_type=QueueType.SPECIAL)
        self._claimed()
        self.refer()
        self._sent()
        self._signed_by_parent()
        self._enrolled()
        self._voucher()
        self._waiting()
        self._collect()
        return self.side

    def _filed(self, **wish: Any) -> Application:
        guardian = make.person(surname=self.marker)
        child = make.child(guardian, surname=self.marker)
        application = make.application(self.place, guardian, of=child, **wish)
        self.side.add(application, guardian, child)
        if wish.get("queue_type") is QueueType.SPECIAL:
            for row in (application, guardian, child):
                self.side.special[type(row)].append(row.id)
        return application

    def _parent(self, application: Application) -> Actor:
        return Actor(roles=frozenset({Role.PARENT}), person_id=application.applicant_id)

    def _claimed(self) -> Claim:
        application = self._filed()
        for model in (Application, Person, Child):
            self.side.placed[model].append(self.side.rows[model][-1])
        claim_id = claims.claim(self.session, self._parent(application), self.bulletin.id, application.id, NOW)
        claim = self.session.get_one(Claim, claim_id)
        self.side.add(claim)
        return claim

    def refer(self) -> Referral:
        """A live referral."""
        referral = claims.activate(self.session, self.head, self._claimed().id, NOW)
        self.side.add(referral)
        return referral

    def _with_benefit(self) -> None:
        application = self._filed(benefit_category_id=make.benefit().id)
        upload = Upload("a.pdf", pdf())
        documents.attach_to_application(
            self.session, self._parent(application), application.id, DocumentKind.BENEFIT_PROOF, upload, NOW
        )

    def _sent(self) -> Contract:
        contract = contracts.send_contract(self.session, self.head, self.refer().id, NOW)
        self.side.add(contract)
        return contract

    def _signed_by_parent(self) -> Contract:
        contract = self._sent()
        application = self.session.get_one(Application, contract.application_id)
        parent = self._parent(application)
        for required in rule_sets.get("sitcen_2019").required_documents:
            documents.attach_to_contract(self.session, parent, contract.id, required.kind, Upload("a.pdf", pdf()), NOW)
        version = contracts.fill_in(self.session, parent, contract.id, TERMS, NOW)
        iin = self.session.get_one(Person, application.applicant_id).iin
        signature = development_signer().sign(version.manifest.encode(), Signatory(iin=iin))
        contracts.sign_as_parent(self.session, parent, contract.id, version.version, signature, NOW)
        return contract

    def _enrolled(self) -> None:
        contract = self._signed_by_parent()
        self.session.flush()
        self.session.expire(contract)
        manifest = contract.latest.manifest
        signature = development_signer().sign(manifest.encode(), Signatory(bin=self.garden.bin))
        contract_decisions.sign_contract(self.session, self.head, contract.id, signature, NOW)

    def _voucher(self) -> None:
        application = self._filed()
        for model in (Application, Person, Child):
            self.side.placed[model].append(self.side.rows[model][-1])
        applications.confirm_interest(self.session, self._parent(application), application.id, NOW)
        self.side.add(
            make.make(
                Voucher,
                number=f"V-{self.side.name}",
                application_id=application.id,
                group_id=self.group.id,
                kindergarten_id=self.garden.id,
                locality_id=self.place.id,
                issued_at=NOW,
                confirm_by=NOW.date(),
                formula={},
            )
        )

    def _waiting(self) -> None:
        voucher = self.session.get_one(Voucher, self.side.rows[Voucher][0])
        entry = make.make(
            WaitingListEntry,
            application_id=voucher.application_id,
            voucher_id=voucher.id,
            kindergarten_id=self.garden.id,
            joined_at=NOW,
            formula={},
        )
        run = make.make(
            VoucherRound,
            locality=self.place,
            rule_set="voucher_2025",
            scope="city",
            run_at=NOW,
            free_places=0,
            issued=0,
            skipped=[],
        )
        self.side.add(entry, run)

    def _collect(self) -> None:
        """Rows that the acts made by the way."""
        filed = self.side.rows[Application]
        by_application = (StopListEntry, Document, Message, Event)
        for model in by_application:
            self.side.rows[model] = list(self.session.scalars(select(model.id).where(model.application_id.in_(filed))))
        children = self.side.rows[Child]
        for model in (Guardianship, Enrolment):
            self.side.rows[model] = list(self.session.scalars(select(model.id).where(model.child_id.in_(children))))
        told = self.side.rows[Message]
        self.side.rows[Delivery] = list(self.session.scalars(select(Delivery.id).where(Delivery.message_id.in_(told))))
        self.side.rows[Locality] = [self.place.id]


@dataclass
class Neighbours:
    """The reader's own kindergarten, the one next door (same locality) and one far away; an account per role."""

    own: Side
    next_door: Side
    far: Side
    accounts: dict[str, int]
    iins: dict[str, tuple[str, str]]

    def foreign_to(self, role: Role) -> dict[type[Any], set[int]]:
        """The rows that the role's account must never reach, by model; said here without asking app/services/access."""
        foreign: dict[type[Any], set[int]] = defaultdict(set)
        for side in (self.own, self.next_door, self.far):
            for model, ids in side.rows.items():
                foreign[model] |= set(ids) - self._reached(role, side, model)
        foreign.pop(Locality, None)  # a reference list: everybody may read it
        return foreign

    def _reached(self, role: Role, side: Side, model: type[Any]) -> set[int]:
        if role in (Role.ADMIN, Role.AUDITOR):
            return set(side.rows[model])
        if role in (Role.HEAD, Role.METHODIST):
            if side is not self.own:
                return set()
            return set(side.placed[model] if model in (Application, Person, Child) else side.rows[model])
        if side is self.far:
            return set()
        if role is Role.REVIEWER:
            return set(side.special[model]) | ({*side.rows[model]} if model in (Guardianship,) else set())
        return set(side.rows[model])

    def markers(self, role: Role) -> list[str]:
        """The names that must not stand on any page of the role."""
        if role in (Role.ADMIN, Role.AUDITOR):
            return []
        return [NEXT_DOOR, FAR] if role in (Role.HEAD, Role.METHODIST) else [FAR]


def build(session: Session) -> Neighbours:
    """Fills the database; the caller commits."""
    here, there = make.locality(name="Кентау"), make.locality(name="Орал")
    # Bulletins first, while nobody queues (everybody may claim then); misses before other referrals are alive.
    builders = [
        Builder(session, "own", here, "Өзіміздікі"),
        Builder(session, "next", here, NEXT_DOOR),
        Builder(session, "far", there, FAR),
    ]
    for builder in builders:
        builder.refer()
    later = NOW + dt.timedelta(days=30)
    expiry.expire_referrals(session, rule_sets.get("sitcen_2019"), [here.id, there.id], later)
    session.expire_all()
    sides = [builder.build() for builder in builders]
    accounts = {}
    for role in Role:
        if role in (Role.SYSTEM, Role.PARENT):
            continue
        accounts[str(role)] = make.account(role, **_ties(role, builders[0].garden, here)).id
    parent = session.get_one(Person, sides[0].rows[Person][0])
    accounts[str(Role.PARENT)] = make.account(Role.PARENT, parent).id
    iins = {side.name: _iins(session, side) for side in sides}
    return Neighbours(*sides, accounts=accounts, iins=iins)


def _ties(role: Role, garden: Kindergarten, place: Locality) -> dict[str, Any]:
    if role in (Role.HEAD, Role.METHODIST):
        return {"kindergarten_id": garden.id}
    if role in (Role.DEPARTMENT, Role.SUPPORT):
        return {"locality_id": place.id}
    if role is Role.REVIEWER:
        return {"locality_id": place.id, "review_queue": QueueType.SPECIAL}
    return {}


def _iins(session: Session, side: Side) -> tuple[str, str]:
    person = session.get_one(Person, side.rows[Person][0])
    child = session.get_one(Child, side.rows[Child][0])
    return str(person.iin), str(child.iin)
