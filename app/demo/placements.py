"""Places taken in the past: bulletin, claim, referral, contract and enrolment of every child who attends."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

from app import clock
from app.db import canonical_json
from app.demo.families import TownChild
from app.demo.history import Author, Filed
from app.gateways.signatures import DevelopmentSigner, Signatory
from app.models import Kindergarten, KindergartenGroup
from app.models.enums import (
    ApplicationStatus,
    BulletinStatus,
    ClaimStatus,
    ContractStatus,
    QueueType,
    ReferralStatus,
    Role,
)
from app.rules import rule_sets
from app.rules.deadlines import Deadline, deadline, to_json
from app.rules.rule_sets import RuleSet
from app.rules.working_days import WorkingCalendar
from app.services.contracts import TEMPLATE_VERSION

_CALENDAR = WorkingCalendar()


@dataclass(frozen=True)
class Way:
    """Where one application of the past led, and when each step was."""

    filed: Filed
    garden: Kindergarten
    group: KindergartenGroup
    bulletin_id: int
    rules: RuleSet
    at: dict[str, dt.datetime]

    def where(self) -> dict[str, int]:
        """The columns that claim, referral and contract share."""
        return {
            "application_id": self.filed.id,
            "group_id": self.group.id,
            "kindergarten_id": self.garden.id,
        }


class Placements:
    """Writes what the acts of one placement would have written."""

    def __init__(self, author: Author, signer: DevelopmentSigner) -> None:
        self._author, self._bulk, self._rng, self._signer = author, author.bulk, author.rng, signer

    def intake(self, garden: Kindergarten, group: KindergartenGroup, children: list[TownChild], on: dt.date) -> None:
        """Children who took the places of one bulletin, opened on a day of the past, and attend since."""
        opened = dt.datetime.combine(on, dt.time(18), tzinfo=clock.ZONE).astimezone(dt.UTC)
        rules = self._author.rules_of(garden.locality_id)
        bulletin_id = self._bulletin(garden, group, rules, len(children), opened)
        for child in children:
            at = self._steps(opened)
            earliest = child.named.birth_date + dt.timedelta(days=20)
            submitted = max(earliest, on - dt.timedelta(days=self._rng.randint(40, 420)))
            filed = self._author.file(
                child,
                self._author.moment(submitted),
                [str(group.language)],
                ApplicationStatus.ENROLLED,
                enrolled_at=at["signed"],
            )
            self._place(Way(filed, garden, group, bulletin_id, rules, at))

    def _bulletin(
        self, garden: Kindergarten, group: KindergartenGroup, rules: RuleSet, places: int, opened: dt.datetime
    ) -> int:
        typed_in = opened - dt.timedelta(hours=7)
        bulletin_id = self._bulk.add(
            "bulletin",
            group_id=group.id,
            kindergarten_id=garden.id,
            locality_id=garden.locality_id,
            queue_type=QueueType.GENERAL,
            group_type=group.group_type,
            birth_years=group.birth_years,
            language=group.language,
            place_type="free",
            places=places,
            free=0,
            status=BulletinStatus.FILLED,
            rule_set=rules.code,
            opened_at=typed_in,
            publish_at=opened,
            published_at=opened,
            open_to_all_at=opened,
            ended_at=opened + dt.timedelta(days=1),
        )
        self._bulk.event(
            typed_in,
            "open_bulletin",
            "bulletin",
            bulletin_id,
            actor_role=Role.HEAD,
            kindergarten_id=garden.id,
            locality_id=garden.locality_id,
            after={"status": BulletinStatus.SCHEDULED, "places": places, "group_id": group.id},
        )
        return bulletin_id

    def _steps(self, opened: dt.datetime) -> dict[str, dt.datetime]:
        """When each step of one placement happened: every other day from the opening."""
        day = clock.local_date(opened)
        names = ("claimed", "activated", "sent", "parent_signed", "signed")
        return {
            name: self._author.moment(day + dt.timedelta(days=1 + 2 * position)) for position, name in enumerate(names)
        }

    def _place(self, way: Way) -> None:
        contract_id = self._contract(way, self._referral(way, self._claim(way)))
        self._bulk.add(
            "enrolment",
            child_id=way.filed.child.id,
            group_id=way.group.id,
            kindergarten_id=way.garden.id,
            contract_id=contract_id,
            enrolled_on=clock.local_date(way.at["signed"]),
        )

    def _event(
        self, way: Way, step: str, act: str, subject: tuple[str, int], role: Role, after: dict[str, Any]
    ) -> None:
        self._author.event(way.filed, way.at[step], act, *subject, role, {}, after, way.garden.id)

    def _claim(self, way: Way) -> int:
        claim_id = self._bulk.add(
            "claim",
            **way.where(),
            bulletin_id=way.bulletin_id,
            status=ClaimStatus.ACTIVATED,
            claimed_at=way.at["claimed"],
            activate_by=_deadline(way.rules, "claim_activation", way.at["claimed"]).last_day,
            decided_at=way.at["activated"],
        )
        subject = ("claim", claim_id)
        held = {"application": "claimed", "bulletin_id": way.bulletin_id, "status": ClaimStatus.WAITING}
        self._event(way, "claimed", "claim", subject, Role.PARENT, held)
        done = {"application": ApplicationStatus.REFERRED, "status": ClaimStatus.ACTIVATED}
        self._event(way, "activated", "activate", subject, Role.METHODIST, done)
        return claim_id

    def _referral(self, way: Way, claim_id: int) -> int:
        issued = way.at["activated"]
        use_by = _deadline(way.rules, "referral_validity", issued)
        referral_id = self._bulk.add(
            "referral",
            **way.where(),
            number=f"R-{clock.local_date(issued).year}-{claim_id:06d}",
            claim_id=claim_id,
            locality_id=way.filed.child.locality_id,
            status=ReferralStatus.USED,
            issued_at=issued,
            use_by=use_by.last_day,
            cancel_until=issued + dt.timedelta(hours=24),
            formula=to_json(use_by),
            contract_sent=way.rules.parent_signs_contract,
            ended_at=way.at["signed"],
            check_code=secrets.token_urlsafe(15),
        )
        after = {"status": ReferralStatus.ISSUED, "use_by": use_by.last_day, "group_id": way.group.id}
        self._event(way, "activated", "issue_referral", ("referral", referral_id), Role.METHODIST, after)
        return referral_id

    def _contract(self, way: Way, referral_id: int) -> int:
        electronic = way.rules.parent_signs_contract
        sent = way.at["sent" if electronic else "signed"]
        number = f"K-{clock.local_date(sent).year}-{referral_id:06d}"
        contract_id = self._bulk.add(
            "contract",
            **way.where(),
            number=number,
            referral_id=referral_id,
            locality_id=way.filed.child.locality_id,
            status=ContractStatus.SIGNED,
            sent_at=sent,
            formula=to_json(_deadline(way.rules, "contract_sign", sent)) if electronic else {},
            returns=0,
            signed_at=way.at["signed"],
        )
        subject = ("contract", contract_id)
        done = {"application": ApplicationStatus.ENROLLED, "status": ContractStatus.SIGNED}
        if electronic:
            begun = {"application": ApplicationStatus.CONTRACTING, "status": ContractStatus.SENT}
            self._event(way, "sent", "send_contract", subject, Role.METHODIST, begun)
            self._version(way, contract_id, number)
        act = "sign_contract" if electronic else "conclude_on_paper"
        self._event(way, "signed", act, subject, Role.HEAD, done)
        return contract_id

    def _version(self, way: Way, contract_id: int, number: str) -> None:
        """What both parties signed, with the demo's signatures over exactly these bytes."""
        terms = {
            "parent_document": f"0{self._rng.randint(10_000_000, 99_999_999)}",
            "parent_address": "Күншуақ көшесі, 1",
            "parent_phone": "+77000000000",
            "birth_certificate": f"00-{self._rng.randint(1_000_000, 9_999_999)}",
        }
        child = way.filed.child
        manifest = canonical_json(
            {
                "contract": number,
                "version": 1,
                "template": TEMPLATE_VERSION,
                "kindergarten": {"bin": way.garden.bin, "group": way.group.name},
                "child": {"iin": child.named.iin, "name": child.named.full_name},
                "terms": terms,
                "documents": [],
            }
        )
        self._bulk.add(
            "contract_version",
            contract_id=contract_id,
            version=1,
            terms=terms,
            manifest=manifest,
            created_at=way.at["parent_signed"],
            parent_signature=self._signer.sign(manifest.encode(), Signatory(iin=child.applicant.iin)),
            parent_signed_at=way.at["parent_signed"],
            kindergarten_signature=self._signer.sign(manifest.encode(), Signatory(bin=way.garden.bin)),
            kindergarten_signed_at=way.at["signed"],
        )
        after = {"application": ApplicationStatus.CONTRACTING, "status": ContractStatus.PARENT_SIGNED}
        self._event(way, "parent_signed", "sign_as_parent", ("contract", contract_id), Role.PARENT, after)


def _deadline(rules: RuleSet, limit: str, start: dt.datetime) -> Deadline:
    """As the act would have computed it; the sum is made once for all who began in the same minute."""
    return _counted(rules.code, limit, start.replace(second=0, microsecond=0))


@cache
def _counted(code: str, limit: str, start: dt.datetime) -> Deadline:
    return deadline(rule_sets.get(code).limit(limit), start, _CALENDAR)
