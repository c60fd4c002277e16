"""Acts on the contract up to the parent's signature: send, record on paper, fill in, sign.

What the kindergarten and the clock decide afterwards is in contract_decisions.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import canonical_json
from app.gateways.signatures import Signatory, SignatureRefused, verifier
from app.models import Application, Contract, ContractVersion, Document, Enrolment, Person, Referral, Voucher
from app.models.enums import (
    ApplicationStatus,
    ContractStatus,
    DocumentKind,
    DocumentStatus,
    ReferralStatus,
    VoucherStatus,
)
from app.rules import lifecycle
from app.rules.contract import REQUIRED_TERMS, missing_documents
from app.rules.deadlines import to_json
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, messages, places, record
from app.services.access import Actor
from app.services.applications import lock_application
from app.services.referrals import lock_referral, refuse_if_over
from app.services.regulation import deadline_of, end_of_day, rule_set_in_force
from app.services.transfers import end_former

TEMPLATE_VERSION = "2026-1"


def send_contract(session: Session, actor: Actor, referral_id: int, now: dt.datetime) -> Contract:
    """The kindergarten sends the electronic contract, which answers the referral (guide 004).

    From then on the contract's own deadline runs. Raises DEADLINE_PASSED after the referral's last day.
    """
    access.require(session, actor, "send_contract", Referral, referral_id)
    referral, application = lock_referral(session, referral_id)
    _check_live_referral(referral, application, "send_contract", now)
    rules = rules_of(session, application, now)
    sign_by = deadline_of(session, rules, "contract_sign", now)
    contract = _new_contract(session, referral, application, now)
    contract.status = ContractStatus.SENT
    contract.sign_by = sign_by.last_day
    contract.formula = to_json(sign_by)
    referral.contract_sent = True
    application.status = ApplicationStatus.CONTRACTING
    session.flush()
    write_contract_event(
        session, actor, now, "send_contract", contract, application, {"application": ApplicationStatus.REFERRED}
    )
    messages.notify(session, now, application, "K1", kindergarten=contract.kindergarten.name, date=sign_by.last_day)
    return contract


def conclude_on_paper(session: Session, actor: Actor, referral_id: int, now: dt.datetime) -> Contract:
    """The papers were brought and the contract signed by hand; the head records it and enrols (guide 003).

    Only where the rule set does not ask for the parent's electronic signature.
    """
    access.require(session, actor, "conclude_on_paper", Referral, referral_id)
    referral, application = lock_referral(session, referral_id)
    _check_live_referral(referral, application, "conclude_on_paper", now)
    if rules_of(session, application, now).parent_signs_contract:
        raise RuleBroken("ELECTRONIC_CONTRACT_NEEDED")
    contract = _new_contract(session, referral, application, now)
    contract.status = ContractStatus.SIGNED
    contract.signed_at = now
    session.flush()
    enrol(session, contract, referral, application, now)
    write_contract_event(
        session, actor, now, "conclude_on_paper", contract, application, {"application": ApplicationStatus.REFERRED}
    )
    tell_enrolled(session, contract, application, now)
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
    _check_documents(documents, rules_of(session, application, now))
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

    Raises STALE when another version or document came in between, DEADLINE_PASSED, EDS_* for a bad signature.
    """
    access.require(session, actor, "sign_as_parent", Contract, contract_id)
    contract, application = lock_contract(session, contract_id)
    lifecycle.check("sign_as_parent", contract.status, application.status)
    _refuse_if_over(contract, now)
    latest = contract.latest
    if latest is None or latest.version != version:
        raise RuleBroken("STALE")
    # A document replaced after the preview is not what was read: what is signed must be what is attached.
    if latest.manifest != _manifest(contract, application, version, latest.terms, current_documents(session, contract)):
        raise RuleBroken("STALE")
    person = session.get_one(Person, actor.person_id)
    verify_signature(latest, signature, Signatory(iin=person.iin), now)
    before = record.state(contract, "status", "sign_by")
    latest.parent_signature = signature
    latest.parent_signed_at = now
    review_by = deadline_of(session, rules_of(session, application, now), "contract_review", now)
    contract.status = ContractStatus.PARENT_SIGNED
    contract.review_by = review_by.last_day
    contract.sign_by = None
    application.status = ApplicationStatus.CONTRACTING
    write_contract_event(session, actor, now, "sign_as_parent", contract, application, before)
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


def rules_of(session: Session, application: Application, now: dt.datetime) -> RuleSet:
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


def verify_signature(version: ContractVersion, signature: str, signatory: Signatory, now: dt.datetime) -> None:
    try:
        verifier().verify(version.manifest.encode(), signature, signatory, now)
    except SignatureRefused as refused:
        raise RuleBroken(refused.code) from refused


def right_of(session: Session, contract: Contract) -> Referral | Voucher | None:
    """What the contract rests on: a referral or a voucher."""
    if contract.voucher_id is not None:
        return session.get_one(Voucher, contract.voucher_id)
    return session.get_one(Referral, contract.referral_id) if contract.referral_id is not None else None


def enrol(
    session: Session, contract: Contract, right: Referral | Voucher, application: Application, now: dt.datetime
) -> None:
    """The child is enrolled: the referral is used up, a voucher is in use from now on."""
    end_former(session, application, contract.group_id, now)
    if isinstance(right, Voucher):
        right.status = VoucherStatus.IN_USE
        right.used_at = now
    else:
        right.status = ReferralStatus.USED
        right.ended_at = now
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


def tell_enrolled(session: Session, contract: Contract, application: Application, now: dt.datetime) -> None:
    messages.notify(
        session,
        now,
        application,
        "K6",
        kindergarten=contract.kindergarten.name,
        group=contract.group.name,
        date=clock.local_date(now),
    )


def write_contract_event(
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
