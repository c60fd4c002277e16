"""The generation of 2018: turns to choose, signed choices, and requests to take an application over."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, Integer, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import UtcDateTime, code_of
from app.models.enums import Language, MergeStatus, TurnStatus
from app.models.people import Person
from app.models.placement import Referral
from app.models.places import KindergartenGroup, Locality
from app.models.queue import Application

_LIVE_TURN, _LIVE_REQUEST = text("status = 'live'"), text("status = 'asked'")


class Turn(Model):
    """The head of a line was told of a free place and alone may choose until the last day (guide 002)."""

    __tablename__ = "turn"
    __table_args__ = (
        Index("uq_turn_live_application", "application_id", unique=True, postgresql_where=_LIVE_TURN),
        Index("ix_turn_application_id", "application_id"),
        Index("ix_turn_line_live", "locality_id", "language", "birth_year", postgresql_where=_LIVE_TURN),
        Index("ix_turn_due", "choose_by", "id", postgresql_where=_LIVE_TURN),
        CheckConstraint("(status = 'live') = (ended_at IS NULL)", name="ended_has_moment"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    birth_year: Mapped[int] = mapped_column(Integer)
    language: Mapped[Language] = mapped_column(code_of(Language))
    status: Mapped[TurnStatus] = mapped_column(code_of(TurnStatus), default=TurnStatus.LIVE)
    notified_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    choose_by: Mapped[dt.date] = mapped_column(Date)
    formula: Mapped[dict[str, Any]] = mapped_column(JSONB)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship()
    locality: Mapped[Locality] = relationship()

    def __repr__(self) -> str:
        return f"{self.application} · {self.choose_by}"


class SignedChoice(Model):
    """What the applicant signed when choosing: the text and the signature, kept as they were given."""

    __tablename__ = "signed_choice"
    __table_args__ = (Index("ix_signed_choice_application_id", "application_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    turn_id: Mapped[int | None] = mapped_column(ForeignKey("turn.id"))
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("kindergarten_group.id"))
    manifest: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    referral: Mapped[Referral] = relationship()
    group: Mapped[KindergartenGroup] = relationship()


class MergeRequest(Model):
    """One parent asks the other, who filed it, to hand an application over (guide 002)."""

    __tablename__ = "merge_request"
    __table_args__ = (
        Index("uq_merge_request_live_application", "application_id", unique=True, postgresql_where=_LIVE_REQUEST),
        Index("ix_merge_request_application_id", "application_id"),
        Index("ix_merge_request_due", "answer_by", "id", postgresql_where=_LIVE_REQUEST),
        CheckConstraint("(status = 'asked') = (ended_at IS NULL)", name="ended_has_moment"),
        CheckConstraint("asked_by_id <> asked_of_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_of_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    status: Mapped[MergeStatus] = mapped_column(code_of(MergeStatus), default=MergeStatus.ASKED)
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    answer_by: Mapped[dt.date] = mapped_column(Date)
    formula: Mapped[dict[str, Any]] = mapped_column(JSONB)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    refusal: Mapped[str | None] = mapped_column(String(500))

    application: Mapped[Application] = relationship()
    asked_by: Mapped[Person] = relationship(foreign_keys=[asked_by_id])
    asked_of: Mapped[Person] = relationship(foreign_keys=[asked_of_id])

    def __repr__(self) -> str:
        return f"{self.application} · {self.answer_by}"
