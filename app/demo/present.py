"""The town's present: the acts of the last weeks, played through the services themselves in their own order of time."""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
import random
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from app.demo.papers import photo
from app.gateways.signatures import DevelopmentSigner, Signatory
from app.models import Application, Bulletin, Contract, Kindergarten, KindergartenGroup, Person, Referral
from app.models.enums import (
    DeclineReason,
    DischargeReason,
    DocumentKind,
    RefusalReason,
    Role,
)
from app.services import bulletins, claims, contract_decisions, contracts, documents, expiry, referrals
from app.services.access import SYSTEM, Actor
from app.services.regulation import end_of_day, rule_set_in_force
from app.services.uploads import Upload

Step = Callable[[dt.datetime], object]

_CANDIDATES = text(
    """
    SELECT a.id FROM queue q JOIN queue_entry e ON e.queue_id = q.id JOIN application a ON a.id = e.application_id
      JOIN child c ON c.id = a.child_id
      LEFT JOIN priority_access p ON p.bulletin_id = :bulletin AND p.application_id = a.id
     WHERE q.locality_id = :locality AND q.language = :language AND q.birth_year = ANY(:years)
       AND q.queue_type = :queue_type AND a.group_type = :group_type AND a.status = 'queued'
       AND a.submitted_at < :at AND c.birth_date < cast(:at AS date) - 760 AND a.id <> ALL(:reserved)
     ORDER BY p.served_position NULLS LAST, e.submitted_at LIMIT 6
    """
)
TERMS = {
    "parent_document": "012345678",
    "parent_address": "Күншуақ көшесі, 1",
    "parent_phone": "+77000000000",
    "birth_certificate": "00-1234567",
}


class Stage:
    """Plays acts at moments of the past. A step may add later steps; steps after the present are left out."""

    def __init__(self, session: Session, rng: random.Random, now: dt.datetime, signer: DevelopmentSigner) -> None:
        self.session, self.rng, self.now, self.signer = session, rng, now, signer
        self.today = clock.local_date(now)
        self.reserved: list[int] = []
        self._heads: dict[int, int] = {}
        self._steps: list[tuple[dt.datetime, int, Step]] = []
        self._order = itertools.count()

    def at(self, moment: dt.datetime, step: Step) -> None:
        """Adds a step; one whose moment has not come is left for the people to do."""
        if moment <= self.now:
            heapq.heappush(self._steps, (moment, next(self._order), step))

    def play(self) -> None:
        """Plays all steps in order of time."""
        while self._steps:
            moment, _, step = heapq.heappop(self._steps)
            step(moment)
            self.session.flush()

    # ── who and when ──

    def know_heads(self, accounts: dict[int, int]) -> None:
        """Accounts of the heads, by kindergarten."""
        self._heads = accounts

    def head(self, kindergarten_id: int) -> Actor:
        return Actor(
            roles=frozenset({Role.HEAD}), user_id=self._heads.get(kindergarten_id), kindergarten_id=kindergarten_id
        )

    def parent(self, application: Application) -> Actor:
        return Actor(roles=frozenset({Role.PARENT}), person_id=application.applicant_id)

    def moment(self, days_ago: int, hour: int = 10) -> dt.datetime:
        """A moment in the working hours of a day of the past."""
        day = self.today - dt.timedelta(days=days_ago)
        local = dt.datetime.combine(day, dt.time(hour, self.rng.randint(0, 59)), tzinfo=clock.ZONE)
        return local.astimezone(dt.UTC)

    # ── bulletins ──

    def publish(self, garden: Kindergarten, group: KindergartenGroup, places: int, days_ago: int, then: Step) -> None:
        """A bulletin opened some days ago, published at the opening hour and opened to all when its window closed."""
        rules = rule_set_in_force(self.session, garden.locality_id, self.today)
        day = self.today - dt.timedelta(days=days_ago)
        if rules.is_publication_paused(day) or rules.bulletin_opens_at is None:
            return
        opening = dt.datetime.combine(day, rules.bulletin_opens_at, tzinfo=clock.ZONE).astimezone(dt.UTC)

        def open_it(moment: dt.datetime) -> None:
            offered = min(places, group.free)
            if not offered:
                return
            row = bulletins.open_bulletin(
                self.session, self.head(garden.id), group.id, offered, moment, publish_at=opening
            )
            self.at(opening, lambda at: self._publish(row, at, then))

        self.at(opening - dt.timedelta(hours=6), open_it)

    def _publish(self, bulletin: Bulletin, moment: dt.datetime, then: Step) -> None:
        bulletins.publish_if_due(self.session, SYSTEM, bulletin.id, moment)
        self.session.flush()
        if bulletin.priority_until is not None:
            self.at(
                bulletin.priority_until,
                lambda at: bulletins.open_to_all_if_due(self.session, SYSTEM, bulletin.id, at),
            )
        self.last_bulletin = bulletin
        then(moment)

    # ── one child's way ──

    def claim(
        self, bulletin: Bulletin, at: dt.datetime, then: Callable[[int, Application], None], who: int | None = None
    ) -> None:
        """A child of the queue that matches claims a place; nobody does when nobody may."""

        def claim_it(moment: dt.datetime) -> None:
            application = self._find(bulletin, moment) if who is None else self.session.get(Application, who)
            if application is None or claims.weigh(self.session, bulletin, application, moment).refusal is not None:
                return
            claim_id = claims.claim(self.session, self.parent(application), bulletin.id, application.id, moment)
            then(claim_id, application)

        self.at(at, claim_it)

    def _find(self, bulletin: Bulletin, moment: dt.datetime) -> Application | None:
        found = self.session.scalars(
            _CANDIDATES,
            {
                "bulletin": bulletin.id,
                "locality": bulletin.locality_id,
                "language": bulletin.language.value,
                "years": list(bulletin.birth_years),
                "queue_type": bulletin.queue_type.value,
                "group_type": bulletin.group_type.value,
                "at": moment,
                "reserved": self.reserved,
            },
        ).all()
        for application_id in found:
            application = self.session.get_one(Application, application_id)
            if claims.weigh(self.session, bulletin, application, moment).refusal is None:
                return application
        return None

    def activate(self, claim_id: int, garden_id: int, at: dt.datetime, then: Callable[[Referral], None]) -> None:
        self.at(at, lambda moment: then(claims.activate(self.session, self.head(garden_id), claim_id, moment)))

    def decline(self, claim_id: int, garden_id: int, at: dt.datetime) -> None:
        self.at(
            at,
            lambda moment: claims.decline(
                self.session, self.head(garden_id), claim_id, DeclineReason.NOT_REACHABLE, "", moment
            ),
        )

    def cancel(self, claim_id: int, application: Application, at: dt.datetime) -> None:
        self.at(at, lambda moment: claims.cancel_claim(self.session, self.parent(application), claim_id, moment))

    def expire(self, referral: Referral) -> None:
        """The sweep of the night after the last day, and the release when the stop-list is over."""

        def sweep(moment: dt.datetime) -> None:
            self.session.flush()
            for rules, localities in expiry.rule_sets_with_due(self.session, moment).items():
                expiry.expire_referrals(self.session, rules, localities, moment)
            self.session.expire_all()

        self.at(end_of_day(referral.use_by) + dt.timedelta(minutes=5), sweep)

    def give_back(self, referral: Referral, application: Application) -> None:
        self.at(
            referral.issued_at + dt.timedelta(hours=5),
            lambda at: referrals.give_back(self.session, self.parent(application), referral.id, at),
        )

    def annul(self, referral: Referral, official: Actor) -> None:
        self.at(
            referral.issued_at + dt.timedelta(hours=30),
            lambda at: referrals.annul_referral(self.session, official, referral.id, "Топ жөндеуге жабылды", at),
        )

    def extend(self, referral: Referral, application: Application) -> None:
        """Extended on its last day with a document, as the rules ask."""

        def extend_it(moment: dt.datetime) -> None:
            actor = self.parent(application)
            documents.attach_to_referral(self.session, actor, referral.id, paper("extension"), moment)
            referrals.extend(self.session, actor, referral.id, moment)

        last_day = dt.datetime.combine(referral.use_by, dt.time(11), tzinfo=clock.ZONE).astimezone(dt.UTC)
        self.at(last_day, extend_it)

    # ── contracts ──

    def send_contract(self, referral: Referral, at: dt.datetime, then: Callable[[Contract], None]) -> None:
        self.at(
            at,
            lambda moment: then(
                contracts.send_contract(self.session, self.head(referral.kindergarten_id), referral.id, moment)
            ),
        )

    def conclude_on_paper(self, referral: Referral, at: dt.datetime) -> None:
        self.at(
            at,
            lambda moment: contracts.conclude_on_paper(
                self.session, self.head(referral.kindergarten_id), referral.id, moment
            ),
        )

    def parent_signs(self, contract: Contract, application: Application, at: dt.datetime, then: Step) -> None:
        """The parent attaches every document, fills in the terms and signs."""

        def sign_it(moment: dt.datetime) -> None:
            actor = self.parent(application)
            rules = rule_set_in_force(self.session, application.locality_id, clock.local_date(moment))
            for needed in rules.required_documents:
                if needed.necessity.value == "required":
                    documents.attach_to_contract(
                        self.session, actor, contract.id, needed.kind, paper(needed.kind), moment
                    )
            version = contracts.fill_in(self.session, actor, contract.id, TERMS, moment)
            self.session.refresh(contract, ["versions"])
            owner = Signatory(iin=self.session.get_one(Person, actor.person_id).iin)
            signature = self.signer.sign(version.manifest.encode(), owner)
            contracts.sign_as_parent(self.session, actor, contract.id, version.version, signature, moment)
            then(moment)

        self.at(at, sign_it)

    def return_contract(self, contract: Contract, at: dt.datetime) -> None:
        def return_it(moment: dt.datetime) -> None:
            wrong = next(
                document
                for document in contracts.current_documents(self.session, contract)
                if document.kind is DocumentKind.HEALTH_PASSPORT
            )
            contract_decisions.return_contract(
                self.session,
                self.head(contract.kindergarten_id),
                contract.id,
                [contract_decisions.Mark(wrong.id, "Мөр анық көрінбейді, құжатты қайта суретке түсіріңіз")],
                "",
                moment,
            )

        self.at(at, return_it)

    def sign_contract(self, contract: Contract, at: dt.datetime, then: Step) -> None:
        def sign_it(moment: dt.datetime) -> None:
            version = contract.latest
            assert version is not None  # noqa: S101 - the parent has signed it
            owner = Signatory(bin=contract.kindergarten.bin)
            signature = self.signer.sign(version.manifest.encode(), owner)
            head = self.head(contract.kindergarten_id)
            contract_decisions.sign_contract(self.session, head, contract.id, signature, moment)
            then(moment)

        self.at(at, sign_it)

    def refuse(self, contract: Contract, at: dt.datetime) -> None:
        self.at(
            at,
            lambda moment: contract_decisions.refuse_contract(
                self.session,
                self.head(contract.kindergarten_id),
                contract.id,
                RefusalReason.OUTDATED,
                "",
                moment,
            ),
        )

    def lapse(self, contract: Contract) -> None:
        assert contract.sign_by is not None  # noqa: S101 - the contract has just been sent
        self.at(
            end_of_day(contract.sign_by) + dt.timedelta(minutes=6),
            lambda at: contract_decisions.lapse_if_over(self.session, SYSTEM, contract.id, at),
        )

    def discharge(self, contract: Contract, at: dt.datetime) -> None:
        self.at(
            at,
            lambda moment: contract_decisions.discharge(
                self.session, self.head(contract.kindergarten_id), contract.id, DischargeReason.MOVED, "", moment
            ),
        )


def paper(words: str) -> Upload:
    """A picture of a paper that says it is a sample."""
    return Upload(f"{words}.jpg", photo(str(words)))
