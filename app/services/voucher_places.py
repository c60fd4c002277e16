"""Acts with which a voucher becomes a place: choice of the kindergarten, change of it, the contract.

Source: guide 001 «Процесс зачисления в ДО»; domain 1.9 D.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Contract, Enrolment, KindergartenGroup, Voucher
from app.models.enums import ApplicationStatus, ContractStatus, VoucherStatus
from app.rules import lifecycle
from app.rules.deadlines import to_json
from app.rules.verdict import RuleBroken
from app.services import access, messages, places
from app.services.access import Actor
from app.services.applications import LIVE
from app.services.contracts import write_contract_event
from app.services.regulation import deadline_of
from app.services.voucher_holds import (
    attach,
    check_group,
    end_waiting,
    hold_place,
    lock_voucher,
    refuse_if_over,
    rules_of,
)
from app.services.vouchers import voucher_state, write_voucher_event


def request_enrolment(session: Session, actor: Actor, voucher_id: int, group_id: int, now: dt.datetime) -> Voucher:
    """«Зачислиться»: the parent chooses kindergarten and group; the place is held while the contract is awaited.

    Raises RuleBroken: STALE, DEADLINE_PASSED, GROUP_FULL, NOT_IN_PROGRAMME, TOO_YOUNG, MATCH_*.
    """
    access.require(session, actor, "request_enrolment", Voucher, voucher_id)
    voucher, application = lock_voucher(session, voucher_id)
    lifecycle.check("request_enrolment", voucher.status, application.status)
    refuse_if_over(voucher.enrol_by, now, "archive")
    before = voucher_state(voucher, application)
    group = _group(session, voucher, application, group_id, now)
    end_waiting(session, application, now)
    hold_place(session, voucher, application, group.id, now)
    write_voucher_event(session, actor, now, "request_enrolment", voucher, application, before)
    tell_chosen(session, now, voucher, application)
    return voucher


def change_kindergarten(session: Session, actor: Actor, voucher_id: int, group_id: int, now: dt.datetime) -> Voucher:
    """Another kindergarten within the same voucher: before the contract, or after the child was discharged.

    A voucher that was in use gets new days to enrol. Raises as request_enrolment does, and CHILD_ENROLLED while
    the child still attends, CHILD_IN_QUEUE when it has applied anew, SAME_GROUP.
    """
    access.require(session, actor, "change_kindergarten", Voucher, voucher_id)
    voucher, application = lock_voucher(session, voucher_id)
    lifecycle.check("change_kindergarten", voucher.status, application.status)
    before = voucher_state(voucher, application)
    if voucher.status is VoucherStatus.IN_USE:
        _use_again(session, voucher, application, now)
        group = _group(session, voucher, application, group_id, now)
        hold_place(session, voucher, application, group.id, now)
    else:
        refuse_if_over(voucher.enrol_by, now, "archive")
        _move_place(session, voucher, application, group_id, now)
    write_voucher_event(session, actor, now, "change_kindergarten", voucher, application, before)
    tell_chosen(session, now, voucher, application)
    return voucher


def send_voucher_contract(session: Session, actor: Actor, voucher_id: int, now: dt.datetime) -> Contract:
    """The kindergarten answers the choice with the electronic contract; the voucher's last day runs on (guide 001).

    Raises RuleBroken: STALE, DEADLINE_PASSED.
    """
    access.require(session, actor, "send_voucher_contract", Voucher, voucher_id)
    voucher, application = lock_voucher(session, voucher_id)
    lifecycle.check("send_voucher_contract", voucher.status, application.status)
    refuse_if_over(voucher.enrol_by, now, "archive")
    sign_by = deadline_of(session, rules_of(session, voucher, now), "contract_sign", now)
    contract = Contract(
        number=_contract_number(session, voucher, now),
        application_id=application.id,
        voucher_id=voucher.id,
        group_id=voucher.group_id,
        kindergarten_id=voucher.kindergarten_id,
        locality_id=voucher.locality_id,
        status=ContractStatus.SENT,
        sent_at=now,
        sign_by=sign_by.last_day,
        formula=to_json(sign_by),
        returns=0,
    )
    session.add(contract)
    application.status = ApplicationStatus.CONTRACTING
    session.flush()
    before: dict[str, object] = {"application": ApplicationStatus.KINDERGARTEN_CHOSEN}
    write_contract_event(session, actor, now, "send_voucher_contract", contract, application, before)
    messages.notify(session, now, application, "K1", kindergarten=contract.kindergarten.name, date=sign_by.last_day)
    return contract


def tell_chosen(session: Session, now: dt.datetime, voucher: Voucher, application: Application) -> None:
    """«Заявка на зачисление успешно подана»: wait for the kindergarten's contract."""
    if voucher.kindergarten is not None and voucher.group is not None:
        messages.notify(
            session, now, application, "V9", kindergarten=voucher.kindergarten.name, group=voucher.group.name
        )


def _group(
    session: Session, voucher: Voucher, application: Application, group_id: int, now: dt.datetime
) -> KindergartenGroup:
    group = session.get(KindergartenGroup, group_id)
    if group is None:
        raise access.OutOfReach("KindergartenGroup")
    check_group(voucher, application, group, rules_of(session, voucher, now), clock.local_date(now))
    return group


def _move_place(session: Session, voucher: Voucher, application: Application, group_id: int, now: dt.datetime) -> None:
    """From the held place to another; both groups are locked in id order."""
    old_id = voucher.group_id
    if old_id is None:
        raise RuleBroken("STALE")
    if old_id == group_id:
        raise RuleBroken("SAME_GROUP")
    group = _group(session, voucher, application, group_id, now)
    for each in sorted((old_id, group.id)):
        places.lock_group(session, each)
    hold_place(session, voucher, application, group.id, now)
    places.move_places(session, old_id, from_="held", to="free")
    attach(voucher, application, group, now)


def _use_again(session: Session, voucher: Voucher, application: Application, now: dt.datetime) -> None:
    attending = select(Enrolment.id).where(
        Enrolment.child_id == application.child_id, Enrolment.discharged_on.is_(None)
    )
    if session.scalar(attending) is not None:
        raise RuleBroken("CHILD_ENROLLED")
    anew = session.scalar(
        select(Application.number).where(
            Application.child_id == application.child_id,
            Application.queue_type == application.queue_type,
            Application.status.in_(LIVE),
        )
    )
    if anew is not None:
        raise RuleBroken("CHILD_IN_QUEUE", number=anew)
    enrol_by = deadline_of(session, rules_of(session, voucher, now), "voucher_enrol", now)
    voucher.status = VoucherStatus.ATTACHED
    voucher.extended_at = None
    voucher.enrol_by = enrol_by.last_day
    voucher.formula = to_json(enrol_by)


def _contract_number(session: Session, voucher: Voucher, now: dt.datetime) -> str:
    """A voucher may lead to several contracts, one after another."""
    before = session.scalar(select(func.count()).where(Contract.voucher_id == voucher.id)) or 0
    return f"K-{clock.local_date(now).year}-V{voucher.id:06d}" + (f"-{before + 1}" if before else "")
