"""Acts on the contract: send, fill and sign, return with marked documents, sign, refuse, lapse, discharge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import canonical_json
from app.gateways.signatures import Signatory, SignatureRefused, verifier
from app.models import Application, Contract, ContractVersion, Document, Enrolment, Person, Referral
from app.models.enums import (
    ApplicationStatus,
    ContractStatus,
    DischargeReason,
    DocumentKind,
    DocumentStatus,
    ReferralStatus,
    RefusalReason,
    StopListReason,
)
from app.rules import lifecycle
from app.rules.contract import REQUIRED_TERMS, missing_documents, refusal_is_a_miss
from app.rules.deadlines import to_json
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, messages, places, record
from app.services.access import Actor
from app.services.applications import back_to_queue, lock_application
from app.services.referrals import lock_referral, refuse_if_over
from app.services.regulation import deadline_of, end_of_day, rule_set_in_force
from app.services.stop_list import count_a_miss

TEMPLATE_VERSION = "2026-1"


@dataclass(frozen=True)
class Mark:
    """A document that the kindergarten found wrong, and what is wrong with it."""

    document_id: int
    reason: str


def send_contract(session: Session, actor: Actor, referral_id: int, now: dt.datetime) -> Contract:
    """The kindergarten sends the electronic contract, which answers the referral (guide 004).

    From then on the contract's own deadline runs. Raises DEADLINE_PASSED after the referral's last day.
    """
    access.require(session, actor, "send_contract", Referral, referral_id)
    referral, application = lock_referral(session, referral_id)
    _check_live_referral(referral, application, "send_contract", now)
    rules = _rules(session, application, now)
    sign_by = deadline_of(session, rules, "contract_sign", now)
    contract = _new_contract(session, referral, application, now)
    contract.status = ContractStatus.SENT
    contract.sign_by = sign_by.last_day
    contract.formula = to_json(sign_by)
    referral.contract_sent = True
    application.status = ApplicationStatus.CONTRACTING
    session.flush()
    _write(session, actor, now, "send_contract", contract, application, {"application": ApplicationStatus.REFERRED})
    messages.notify(session, now, application, "K1", kindergarten=contract.kindergarten.name, date=sign_by.last_day)
    return contract


def conclude_on_paper(session: Session, actor: Actor, referral_id: int, now: dt.datetime) -> Contract:
    """The papers were brought and the contract signed by hand; the head records it and enrols (guide 003).

    Only where the rule set does not ask for the parent's electronic signature.
    """
    access.require(session, actor, "conclude_on_paper", Referral, referral_id)
    referral, application = lock_referral(session, referral_id)
    _check_live_referral(referral, application, "conclude_on_paper", now)
    if _rules(session, application, now).parent_signs_contract:
        raise RuleBroken("ELECTRONIC_CONTRACT_NEEDED")
    contract = _new_contract(session, referral, application, now)
    contract.status = ContractStatus.SIGNED
    contract.signed_at = now
    session.flush()
    _enrol(session, contract, referral, application, now)
    _write(session, actor, now, "conclude_on_paper", contract, application, {"application": ApplicationStatus.REFERRED})
    _tell_enrolled(session, contract, application, now)
    return contract


def fill_in(
    session: Session, actor: Actor, contract_id: int, terms: Mapping[str, str], now: dt.datetime
) -> ContractVersion:
    """The parent's data and documents as they stand become a new version; former signatures are void.

    Raises TERMS_MISSING, DOCUMENTS_MISSING, DOCUMENTS_TO_CORRECT, DEADLINE_PASSED.
    """
    access.require(session, actor, "sign_as_parent", Contract, contract_id)
    contract, application = lock_contract(session, contract_id)
    lifecycle.check("sign_as_parent", contract.status, application.status)
    _refuse_if_over(contract, now)
    missing = [field for field in REQUIRED_TERMS if not str(terms.get(field, "")).strip()]
    if missing:
        raise RuleBroken("TERMS_MISSING", fields=missing)
    documents = current_documents(session, contract)
    _check_documents(documents, _rules(session, application, now))
    clean = {field: str(value).strip() for field, value in terms.items()}
    number = (contract.latest.version if contract.latest else 0) + 1
    version = ContractVersion(
        contract=contract,
        version=number,
        terms=clean,
        manifest=_manifest(contract, application, number, clean, documents),
        created_at=now,
    )
    session.add(version)
    session.flush()
    return version


def sign_as_parent(
    session: Session, actor: Actor, contract_id: int, version: int, signature: str, now: dt.datetime
) -> Contract:
    """The parent signs the version shown and sends it (guide 004; the IIN of the key must be the account's).

    Raises STALE when another version came in between, DEADLINE_PASSED, EDS_* for a bad signature.
    """
    access.require(session, actor, "sign_as_parent", Contract, contract_id)
    contract, application = lock_contract(session, contract_id)
    lifecycle.check("sign_as_parent", contract.status, application.status)
    _refuse_if_over(contract, now)
    latest = contract.latest
    if latest is None or latest.version != version:
        raise RuleBroken("STALE")
    person = session.get_one(Person, actor.person_id)
    _verify(latest, signature, Signatory(iin=person.iin), now)
    before = record.state(contract, "status", "sign_by")
    latest.parent_signature = signature
    latest.parent_signed_at = now
    review_by = deadline_of(session, _rules(session, application, now), "contract_review", now)
    contract.status = ContractStatus.PARENT_SIGNED
    contract.review_by = review_by.last_day
    contract.sign_by = None
    application.status = ApplicationStatus.CONTRACTING
    _write(session, actor, now, "sign_as_parent", contract, application, before)
    return contract


def return_contract(
    session: Session, actor: Actor, contract_id: int, marks: Sequence[Mark], note: str, now: dt.datetime
) -> Contract:
    """Back to the parent with the wrong documents marked; at most twice (guide 004; D13)."""
    access.require(session, actor, "return_contract", Contract, contract_id)
    contract, application = lock_contract(session, contract_id)
    lifecycle.check("return_contract", contract.status, application.status)
    rules = _rules(session, application, now)
    if contract.returns >= rules.contract_returns:
        raise RuleBroken("RETURNS_USED", n=rules.contract_returns)
    if not marks and not note.strip():
        raise RuleBroken("REASON_REQUIRED")
    before = record.state(contract, "status", "returns")
    _mark(session, contract, marks)
    sign_by = deadline_of(session, rules, "contract_sign", now)
    contract.status = ContractStatus.RETURNED
    contract.returns += 1
    contract.return_note = note.strip() or None
    contract.sign_by = sign_by.last_day
    contract.review_by = None
    contract.formula = to_json(sign_by)
    application.status = ApplicationStatus.REWORK
    _write(session, actor, now, "return_contract", contract, application, before)
    messages.notify(
        session,
        now,
        application,
        "K3",
        reason=note.strip() or marks[0].reason,
        date=sign_by.last_day,
        n=rules.contract_returns - contract.returns,
    )
    return contract


def sign_contract(session: Session, actor: Actor, contract_id: int, signature: str, now: dt.datetime) -> Contract:
    """The kindergarten signs the version the parent signed, and the child is enrolled (guide 004)."""
    access.require(session, actor, "sign_contract", Contract, contract_id)
    contract, application = lock_contract(session, contract_id)
    lifecycle.check("sign_contract", contract.status, application.status)
    latest = contract.latest
    if latest is None or latest.parent_signature is None or contract.referral_id is None:
        raise RuleBroken("STALE")
    _verify(latest, signature, Signatory(bin=contract.kindergarten.bin), now)
    before = record.state(contract, "status")
    latest.kindergarten_signature = signature
    latest.kindergarten_signed_at = now
    contract.status = ContractStatus.SIGNED
    contract.signed_at = now
    contract.review_by = None
    for document in current_documents(session, contract):
        document.status = DocumentStatus.ACCEPTED
    _enrol(session, contract, session.get_one(Referral, contract.referral_id), application, now)
    _write(session, actor, now, "sign_contract", contract, application, before)
    _tell_enrolled(session, contract, application, now)
    return contract


def refuse_contract(
    session: Session, actor: Actor, contract_id: int, refusal_reason: RefusalReason, note: str, now: dt.datetime
) -> Contract:
    """The kindergarten refuses; whether it counts as a miss depends on whose fault it is (domain 1.9 E)."""
    access.require(session, actor, "refuse_contract", Contract, contract_id)
    contract, application = lock_contract(session, contract_id)
    lifecycle.check("refuse_contract", contract.status, application.status)
    if refusal_reason is RefusalReason.OTHER and not note.strip():
        raise RuleBroken("REASON_REQUIRED")
    contract.refusal_reason = refusal_reason
    contract.note = note.strip() or None
    miss = StopListReason.CONTRACT_REFUSED if refusal_is_a_miss(refusal_reason) else None
    _end_unsigned(session, actor, contract, application, ContractStatus.REFUSED, "refuse_contract", miss, now)
    messages.notify(
        session,
        now,
        application,
        "K4",
        kindergarten=contract.kindergarten.name,
        reason=f"RefusalReason.{refusal_reason}",
    )
    return contract


def lapse_if_over(session: Session, actor: Actor, contract_id: int, now: dt.datetime) -> bool:
    """A contract not signed in time lapses as a missed referral does (D12). Returns whether it did."""
    contract, application = lock_contract(session, contract_id)
    if contract.status not in lifecycle.move("lapse_contract").from_ or contract.sign_by is None:
        return False
    if now < end_of_day(contract.sign_by):
        return False
    _end_unsigned(
        session,
        actor,
        contract,
        application,
        ContractStatus.LAPSED,
        "lapse_contract",
        StopListReason.CONTRACT_LAPSED,
        now,
    )
    messages.notify(session, now, application, "K5", reason=f"ApplicationStatus.{application.status}")
    return True


def discharge(
    session: Session, actor: Actor, contract_id: int, discharge_reason: DischargeReason, note: str, now: dt.datetime
) -> Contract:
    """The child leaves the kindergarten: the place is free again, the contract goes to the archive."""
    access.require(session, actor, "discharge", Contract, contract_id)
    contract, application = lock_contract(session, contract_id)
    lifecycle.check("discharge", contract.status)
    if discharge_reason is DischargeReason.OTHER and not note.strip():
        raise RuleBroken("REASON_REQUIRED")
    enrolment = session.scalars(
        select(Enrolment).where(Enrolment.contract_id == contract.id, Enrolment.discharged_on.is_(None))
    ).one()
    enrolment.discharged_on = clock.local_date(now)
    enrolment.discharge_reason = discharge_reason
    before = record.state(contract, "status")
    contract.status = ContractStatus.TERMINATED
    contract.ended_at = now
    contract.note = note.strip() or contract.note
    places.move_places(session, contract.group_id, from_="enrolled", to="free")
    record.write_event(
        session,
        actor,
        now,
        "discharge",
        contract,
        application=application,
        reason=discharge_reason,
        before=before,
        after=record.state(contract, "status"),
    )
    messages.notify(
        session,
        now,
        application,
        "K7",
        kindergarten=contract.kindergarten.name,
        date=enrolment.discharged_on,
        reason=f"DischargeReason.{discharge_reason}",
    )
    return contract


def lock_contract(session: Session, contract_id: int) -> tuple[Contract, Application]:
    """The contract and its application, both locked, the application first."""
    application_id = session.scalars(select(Contract.application_id).where(Contract.id == contract_id)).one()
    application = lock_application(session, application_id)
    contract = session.scalars(
        select(Contract).where(Contract.id == contract_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    return contract, application


def current_documents(session: Session, contract: Contract) -> list[Document]:
    """The documents of a contract that are in force: replaced ones left out, by kind."""
    return list(
        session.scalars(
            select(Document)
            .where(Document.contract_id == contract.id, Document.status != DocumentStatus.REPLACED)
            .order_by(Document.kind, Document.id)
        )
    )


def _rules(session: Session, application: Application, now: dt.datetime) -> RuleSet:
    return rule_set_in_force(session, application.locality_id, clock.local_date(now))


def _check_live_referral(referral: Referral, application: Application, verb: str, now: dt.datetime) -> None:
    lifecycle.check(verb, referral.status, application.status)
    if referral.status not in (ReferralStatus.ISSUED, ReferralStatus.EXTENDED) or referral.contract_sent:
        raise RuleBroken("STALE")
    refuse_if_over(referral, now)


def _new_contract(session: Session, referral: Referral, application: Application, now: dt.datetime) -> Contract:
    contract = Contract(
        number=f"K-{clock.local_date(now).year}-{referral.id:06d}",
        application_id=application.id,
        referral_id=referral.id,
        group_id=referral.group_id,
        kindergarten_id=referral.kindergarten_id,
        locality_id=referral.locality_id,
        sent_at=now,
        formula={},
        returns=0,
    )
    session.add(contract)
    return contract


def _refuse_if_over(contract: Contract, now: dt.datetime) -> None:
    if contract.sign_by is not None and now >= end_of_day(contract.sign_by):
        raise RuleBroken("DEADLINE_PASSED", date=contract.sign_by, next="stop_list")


def _check_documents(documents: Sequence[Document], rules: RuleSet) -> None:
    missing = missing_documents(rules, {document.kind for document in documents})
    if missing:
        raise RuleBroken("DOCUMENTS_MISSING", documents=[f"DocumentKind.{kind}" for kind in missing])
    marked = [document.kind for document in documents if document.status is DocumentStatus.MARKED]
    if marked:
        raise RuleBroken("DOCUMENTS_TO_CORRECT", documents=[f"DocumentKind.{kind}" for kind in marked])


def _manifest(
    contract: Contract, application: Application, version: int, terms: Mapping[str, str], documents: Sequence[Document]
) -> str:
    """What is signed: small and canonical, the files only by their hashes."""
    child = application.child
    return canonical_json(
        {
            "contract": contract.number,
            "version": version,
            "template": TEMPLATE_VERSION,
            "kindergarten": {"bin": contract.kindergarten.bin, "group": contract.group.name},
            "child": {"iin": child.iin or child.document_number, "name": child.full_name},
            "terms": dict(terms),
            "documents": [{"kind": DocumentKind(d.kind), "sha256": d.sha256} for d in documents],
        }
    )


def _verify(version: ContractVersion, signature: str, signatory: Signatory, now: dt.datetime) -> None:
    try:
        verifier().verify(version.manifest.encode(), signature, signatory, now)
    except SignatureRefused as refused:
        raise RuleBroken(refused.code) from refused


def _mark(session: Session, contract: Contract, marks: Sequence[Mark]) -> None:
    current = {document.id: document for document in current_documents(session, contract)}
    for mark in marks:
        document = current.get(mark.document_id)
        if document is None:
            raise RuleBroken("STALE")
        if not mark.reason.strip():
            raise RuleBroken("REASON_REQUIRED")
        document.status = DocumentStatus.MARKED
        document.mark_reason = mark.reason.strip()


def _enrol(
    session: Session, contract: Contract, referral: Referral, application: Application, now: dt.datetime
) -> None:
    referral.status = ReferralStatus.USED
    referral.ended_at = now
    application.status = ApplicationStatus.ENROLLED
    application.enrolled_at = now
    session.add(
        Enrolment(
            child_id=application.child_id,
            group_id=contract.group_id,
            kindergarten_id=contract.kindergarten_id,
            contract_id=contract.id,
            enrolled_on=clock.local_date(now),
        )
    )
    session.flush()
    places.move_places(session, contract.group_id, from_="held", to="enrolled")


def _tell_enrolled(session: Session, contract: Contract, application: Application, now: dt.datetime) -> None:
    messages.notify(
        session,
        now,
        application,
        "K6",
        kindergarten=contract.kindergarten.name,
        group=contract.group.name,
        date=clock.local_date(now),
    )


def _end_unsigned(
    session: Session,
    actor: Actor,
    contract: Contract,
    application: Application,
    status: ContractStatus,
    act: str,
    miss: StopListReason | None,
    now: dt.datetime,
) -> None:
    before = {"application": application.status, **record.state(contract, "status")}
    contract.status = status
    contract.ended_at = now
    contract.sign_by = contract.review_by = None
    if contract.referral_id is not None:
        referral = session.get_one(Referral, contract.referral_id)
        referral.status = ReferralStatus.EXPIRED
        referral.ended_at = now
    session.flush()
    if miss is None:
        back_to_queue(session, application)
    else:
        count_a_miss(session, application, _rules(session, application, now), miss, now)
    places.move_places(session, contract.group_id, from_="held", to="free")
    _write(session, actor, now, act, contract, application, before)


def _write(
    session: Session,
    actor: Actor,
    now: dt.datetime,
    act: str,
    contract: Contract,
    application: Application,
    before: dict[str, object],
) -> None:
    record.write_event(
        session,
        actor,
        now,
        act,
        contract,
        application=application,
        reason=contract.refusal_reason,
        before=before,
        after={"application": application.status, **record.state(contract, "status", "sign_by", "returns")},
    )
