"""The demo's outbox: the texts that phones and mailboxes would have received, newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.guard import require_demo
from app.models import Delivery
from app.models.enums import Channel


@dataclass(frozen=True)
class SentText:
    """One text as it was received."""

    id: int
    sent_at: dt.datetime
    channel: Channel
    address: str
    language: str
    text: str


def latest(session: Session, limit: int = 50, before_id: int | None = None, address: str = "") -> list[SentText]:
    """The last texts, older than `before_id`, to an address that contains `address`. Raises NotTheDemo."""
    require_demo()
    query = select(Delivery).where(Delivery.demo_text.is_not(None))
    if before_id is not None:
        query = query.where(Delivery.id < before_id)
    if address.strip():
        query = query.where(Delivery.address.contains(address.strip(), autoescape=True))
    rows = session.scalars(query.order_by(Delivery.id.desc()).limit(limit))
    return [
        SentText(row.id, row.sent_at, row.channel, row.address, row.language, row.demo_text)
        for row in rows
        if row.sent_at is not None and row.demo_text is not None
    ]
