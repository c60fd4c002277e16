"""What happened and who was told: events, messages and their deliveries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import UtcDateTime, code_of
from app.models.enums import Channel, DeliveryStatus
from app.models.people import Person


class Event(Model):
    """One act: who, what, when, why, before and after. Append-only; a trigger refuses anything else.

    `before` and `after` are canonical JSON (app/db.py) without personal data, kept as text so that a
    hash over their bytes stays valid.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_subject_subject_id", "subject", "subject_id"),
        Index("ix_event_application_id", "application_id", "id"),
        Index("ix_event_child_id", "child_id", "id"),
        Index("ix_event_kindergarten_id", "kindergarten_id", "id"),
        Index("ix_event_locality_id", "locality_id", "id"),
        Index("ix_event_actor_user_id", "actor_user_id", "id"),
        # The check of documents leaves its deadline in the event alone; statistics read it there.
        Index(
            "ix_event_documents_checked",
            "at",
            postgresql_where=text("act IN ('confirm_documents', 'refuse_documents')"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    act: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    actor_user_id: Mapped[int | None] = mapped_column(Integer)
    actor_role: Mapped[str] = mapped_column(String(40))
    application_id: Mapped[int | None] = mapped_column(BigInteger)
    child_id: Mapped[int | None] = mapped_column(Integer)
    kindergarten_id: Mapped[int | None] = mapped_column(Integer)
    locality_id: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(String(500))
    before: Mapped[str] = mapped_column(Text, default="{}")
    after: Mapped[str] = mapped_column(Text, default="{}")

    def __repr__(self) -> str:
        return f"{self.act} {self.subject} {self.subject_id}"


class Message(Model):
    """One notification to one person: the inbox row. Its text is made in the reader's language from
    `template` and `facts` when it is shown or sent (app/services/templates.py)."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_person_id", "person_id", "id"),
        Index("ix_message_application_id", "application_id"),
        Index("ix_message_unread", "person_id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    template: Mapped[str] = mapped_column(String(10))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person | None] = relationship()
    deliveries: Mapped[list[Delivery]] = relationship(back_populates="message")


class Delivery(Model):
    """The outbox: one message on its way through one channel. Losing the broker loses no row of it."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "channel"),
        Index("ix_delivery_due", "next_try_at", "id", postgresql_where=text("status = 'pending'")),
        Index("ix_delivery_failed", "id", postgresql_where=text("status = 'failed'")),
        CheckConstraint("status IN ('pending', 'failed') OR sent_at IS NOT NULL", name="sent_has_moment"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    channel: Mapped[Channel] = mapped_column(code_of(Channel))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="kk")
    status: Mapped[DeliveryStatus] = mapped_column(code_of(DeliveryStatus), default=DeliveryStatus.PENDING)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    failure: Mapped[str | None] = mapped_column(String(300))
    # Set by the demo gateway alone, so that its outbox page can show what a phone would.
    demo_text: Mapped[str | None] = mapped_column(Text)

    message: Mapped[Message] = relationship(back_populates="deliveries")
