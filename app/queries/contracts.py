"""A reader's contracts under the tabs of guide 004."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from app.models import Contract
from app.models.enums import ContractStatus
from app.words import N_, Labelled


class Tab(Labelled):
    IN_PROGRESS = "in_progress", N_("In progress")
    SIGNED = "signed", N_("Signed contracts")
    ARCHIVE = "archive", N_("Archive")


STATUSES: Final = {
    Tab.IN_PROGRESS: (ContractStatus.SENT, ContractStatus.PARENT_SIGNED, ContractStatus.RETURNED),
    Tab.SIGNED: (ContractStatus.SIGNED,),
    Tab.ARCHIVE: (ContractStatus.REFUSED, ContractStatus.LAPSED, ContractStatus.TERMINATED),
}


def contracts_of(session: Session, scope: ColumnElement[bool], tab: Tab) -> Sequence[Contract]:
    """The contracts within `scope` (app/services/access.py) under a tab, the latest first."""
    return session.scalars(
        select(Contract)
        .where(scope, Contract.status.in_(STATUSES[tab]))
        .options(joinedload(Contract.application), joinedload(Contract.kindergarten), joinedload(Contract.group))
        .order_by(Contract.id.desc())
        .limit(50)
    ).all()


def contract_counts(session: Session, scope: ColumnElement[bool]) -> dict[Tab, int]:
    """How many contracts within `scope` stand under each tab."""
    rows = session.execute(select(Contract.status, func.count()).where(scope).group_by(Contract.status)).all()
    found = {row[0]: row[1] for row in rows}
    return {tab: sum(found.get(status, 0) for status in statuses) for tab, statuses in STATUSES.items()}
