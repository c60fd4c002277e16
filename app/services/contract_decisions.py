"""What the kindergarten and the clock decide about a contract: return, sign, refuse, lapse, discharge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.gateways.signatures import Signatory
from app.models import Application, Contract, Enrolment, Referral, Voucher
from app.models.enums import (
    ApplicationStatus,
    ContractStatus,
    DischargeReason,
    DocumentStatus,
    ReferralStatus,
    RefusalReason,
    StopListReason,
)
from app.rules import lifecycle
from app.rules.contract import refusal_is_a_miss
from app.rules.deadlines import to_json
from app.rules.verdict import RuleBroken
from app.services import access, messages, places, record
from app.services.access import Actor
from app.services.applications import back_to_queue
from app.services.contracts import (
    current_documents,
    enrol,
    lock_contract,
    right_of,
    rules_of,
    tell_enrolled,
    verify_signature,
    write_contract_event,
)
from app.services.regulation import deadline_of, end_of_day
from app.services.stop_list import count_a_miss
from app.services.voucher_holds import detach, refuse_if_over
from app.services.vouchers import lose_voucher


@dataclass(frozen=True)
class Mark:
    """A document that the kindergarten found wrong, and what is wrong with it."""

    document_id: int
    reason: str


def return_contract(
    session: Session, actor: Actor, contract_id: int, marks: Sequence[Mark], note: str, now: dt.datetime
) -> Contract:
    """Back to the parent with the wrong documents marked; at most twice (guide 004; D13)."""
    access.require(session, actor, "return_contract", Contract, contract_id)
    contract, application = lock_contract(session, contract_id)
    lifecycle.check("return_contract", contract.status, application.status)
    rules = rules_of(session, application, now)
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
    write_contract_event(session, actor, now, "return_contract", contract, application, before)
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
    right = right_of(session, contract)
    if latest is None or latest.parent_signature is None or right is None:
        raise RuleBroken("STALE")
    if isinstance(right, Voucher):
        refuse_if_over(right.enrol_by, now, "archive")
    verify_signature(latest, signature, Signatory(bin=contract.kindergarten.bin), now)
    before = record.state(contract, "status")
    latest.kindergarten_signature = signature
    latest.kindergarten_signed_at = now
    contract.status = ContractStatus.SIGNED
    contract.signed_at = now
    contract.review_by = None
    for document in current_documents(session, contract):
        document.status = DocumentStatus.ACCEPTED
    enrol(session, contract, right, application, now)
    write_contract_event(session, actor, now, "sign_contract", contract, application, before)
    tell_enrolled(session, contract, application, now)
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
    right = right_of(session, contract)
    if isinstance(right, Voucher):
        _end_with_voucher(session, right, application, miss, now)
    else:
        _end_with_referral(session, contract, right, application, miss, now)
    write_contract_event(session, actor, now, act, contract, application, before)


def _end_with_referral(
    session: Session,
    contract: Contract,
    referral: Referral | None,
    application: Application,
    miss: StopListReason | None,
    now: dt.datetime,
) -> None:
    if referral is not None:
        referral.status = ReferralStatus.EXPIRED
        referral.ended_at = now
    session.flush()
    if miss is None:
        back_to_queue(session, application)
    else:
        count_a_miss(session, application, rules_of(session, application, now), miss, now)
    places.move_places(session, contract.group_id, from_="held", to="free")


def _end_with_voucher(
    session: Session, voucher: Voucher, application: Application, miss: StopListReason | None, now: dt.datetime
) -> None:
    """Not the applicant's fault: another kindergarten may be chosen while the voucher lasts. Else it is lost."""
    session.flush()
    if miss is None:
        detach(session, voucher, application)
    else:
        lose_voucher(session, voucher, application, now)
