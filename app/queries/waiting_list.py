"""The waiting list of a kindergarten as its families see it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from app.models import Application, WaitingListEntry
from app.models.enums import WaitingListStatus

MOST = 50


def entries_of(session: Session, scope: ColumnElement[bool]) -> Sequence[WaitingListEntry]:
    """The entries in reach, those that live first, then the latest."""
    query = (
        select(WaitingListEntry)
        .where(scope)
        .options(
            joinedload(WaitingListEntry.application).joinedload(Application.child),
            joinedload(WaitingListEntry.kindergarten),
            joinedload(WaitingListEntry.group),
        )
        .order_by(WaitingListEntry.ended_at.is_not(None), WaitingListEntry.id.desc())
        .limit(MOST)
    )
    return session.scalars(query).unique().all()


def place_of(session: Session, entry: WaitingListEntry) -> int | None:
    """The place in the line among children of the same birth year; None for one who does not wait."""
    if entry.status is not WaitingListStatus.WAITING:
        return None
    before = (
        select(func.count())
        .select_from(WaitingListEntry)
        .join(Application, Application.id == WaitingListEntry.application_id)
        .where(
            WaitingListEntry.kindergarten_id == entry.kindergarten_id,
            WaitingListEntry.status == WaitingListStatus.WAITING,
            Application.birth_year == entry.application.birth_year,
            Application.group_type == entry.application.group_type,
            tuple_(WaitingListEntry.joined_at, WaitingListEntry.id) <= (entry.joined_at, entry.id),
        )
    )
    return session.scalar(before) or 1
