"""Reading notifications: marking them as read. No act of the lifecycle, so no event."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models import Message


def mark_read(session: Session, person_id: int, now: dt.datetime, message_id: int | None = None) -> None:
    """Marks one message of the person as read, or all of them. What is read already keeps its moment."""
    change = update(Message).where(Message.person_id == person_id, Message.read_at.is_(None))
    if message_id is not None:
        change = change.where(Message.id == message_id)
    session.execute(change.values(read_at=now))
