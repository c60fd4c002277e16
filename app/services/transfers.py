"""A child who attends one kindergarten and is enrolled in another: the former place ends with the new contract.

Possible where the rule set lets a child queue again once it attends (guide 002).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Contract, Enrolment
from app.models.enums import ContractStatus, DischargeReason
from app.services import messages, places, record
from app.services.access import SYSTEM


def end_former(session: Session, application: Application, group_id: int, now: dt.datetime) -> None:
    """Discharges the child from the group it attends, if any; both groups are locked in their order."""
    former = session.scalars(
        select(Enrolment)
        .where(Enrolment.child_id == application.child_id, Enrolment.discharged_on.is_(None))
        .with_for_update(of=Enrolment)
    ).one_or_none()
    if former is None:
        return
    for group in sorted({former.group_id, group_id}):
        places.lock_group(session, group)
    former.discharged_on = clock.local_date(now)
    former.discharge_reason = DischargeReason.PARENT_REQUEST
    session.flush()
    places.move_places(session, former.group_id, from_="enrolled", to="free")
    if former.contract_id is not None:
        _end_contract(session, session.get_one(Contract, former.contract_id), now)
    messages.notify(
        session,
        now,
        application,
        "K7",
        kindergarten=former.kindergarten.name,
        date=former.discharged_on,
        reason=f"DischargeReason.{DischargeReason.PARENT_REQUEST}",
    )


def _end_contract(session: Session, contract: Contract, now: dt.datetime) -> None:
    before = record.state(contract, "status")
    contract.status = ContractStatus.TERMINATED
    contract.ended_at = now
    record.write_event(
        session,
        SYSTEM,
        now,
        "discharge",
        contract,
        application=contract.application,
        reason=DischargeReason.PARENT_REQUEST,
        before=before,
        after=record.state(contract, "status"),
    )
