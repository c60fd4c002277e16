"""Vouchers: the rounds that issue them, the right itself, the waiting list of one kindergarten."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from flask_appbuilder import Model
from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import UtcDateTime, code_of
from app.models.enums import Financing, VoucherStatus, WaitingListStatus
from app.models.people import Account
from app.models.places import Kindergarten, KindergartenGroup, Locality
from app.models.queue import Application

UNUSED: Final = "status IN ('confirmed', 'attached', 'extended')"


class VoucherRound(Model):
    """One run over a city or over all localities of a district: what was free, what was issued, who was left out."""

    __tablename__ = "voucher_round"
    __table_args__ = (
        Index("ix_voucher_round_locality_id_run_at", "locality_id", "run_at"),
        CheckConstraint("issued BETWEEN 0 AND free_places", name="no_more_than_places"),
        CheckConstraint("scope IN ('city', 'district')", name="roundscope_known"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    rule_set: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(32))
    run_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    # Empty when the clock ran it.
    run_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    free_places: Mapped[int] = mapped_column(Integer)
    issued: Mapped[int] = mapped_column(Integer)
    # Codes of the localities where children wait and no place is free.
    skipped: Mapped[list[str]] = mapped_column(ARRAY(String(9)), default=list)

    locality: Mapped[Locality] = relationship(lazy="joined")
    run_by: Mapped[Account | None] = relationship()

    def __repr__(self) -> str:
        return f"{self.locality} · {self.run_at:%d.%m.%Y}"


class Voucher(Model):
    """The right to public money in any kindergarten of the programme (issued by the voucher rule set)."""

    __tablename__ = "voucher"
    __table_args__ = (
        Index(
            "uq_voucher_live_application",
            "application_id",
            unique=True,
            postgresql_where=text("status IN ('issued', 'confirmed', 'attached', 'extended')"),
        ),
        Index("ix_voucher_application_id", "application_id"),
        Index("ix_voucher_group_id", "group_id"),
        Index("ix_voucher_kindergarten_id", "kindergarten_id", "id"),
        Index("ix_voucher_locality_id_status", "locality_id", "status"),
        Index("ix_voucher_unanswered", "confirm_by", "id", postgresql_where=text("status = 'issued'")),
        Index("ix_voucher_unused", "enrol_by", "id", postgresql_where=text(UNUSED)),
        CheckConstraint(
            "status <> 'annulled' OR (ended_at IS NOT NULL AND end_reason IS NOT NULL)", name="annulled_has_reason"
        ),
        CheckConstraint(
            f"NOT ({UNUSED}) OR (enrol_by IS NOT NULL AND confirmed_at IS NOT NULL)", name="confirmed_has_deadline"
        ),
        CheckConstraint("status NOT IN ('attached', 'in_use') OR group_id IS NOT NULL", name="attached_has_group"),
        CheckConstraint("(group_id IS NULL) = (kindergarten_id IS NULL)", name="group_has_kindergarten"),
        CheckConstraint("status <> 'extended' OR extended_at IS NOT NULL", name="extended_has_moment"),
        CheckConstraint("status <> 'in_use' OR used_at IS NOT NULL", name="used_has_moment"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("voucher_round.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("kindergarten_group.id"))
    kindergarten_id: Mapped[int | None] = mapped_column(ForeignKey("kindergarten.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    status: Mapped[VoucherStatus] = mapped_column(code_of(VoucherStatus), default=VoucherStatus.ISSUED)
    financing: Mapped[Financing | None] = mapped_column(code_of(Financing))
    issued_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    confirm_by: Mapped[dt.date] = mapped_column(Date)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    enrol_by: Mapped[dt.date | None] = mapped_column(Date)
    attached_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    extended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # Of the deadline that runs now: of confirm_by, then of enrol_by.
    formula: Mapped[dict[str, Any]] = mapped_column(JSONB)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    # A VoucherEnd, or an official's words.
    end_reason: Mapped[str | None] = mapped_column(String(500))

    application: Mapped[Application] = relationship()
    group: Mapped[KindergartenGroup | None] = relationship()
    kindergarten: Mapped[Kindergarten | None] = relationship()
    locality: Mapped[Locality] = relationship()
    round: Mapped[VoucherRound | None] = relationship()

    def __repr__(self) -> str:
        return self.number


class WaitingListEntry(Model):
    """A child with a live voucher in the line for one kindergarten; an offered place is held until the last day."""

    __tablename__ = "waiting_list_entry"
    __table_args__ = (
        Index(
            "uq_waiting_list_entry_live",
            "application_id",
            unique=True,
            postgresql_where=text("status IN ('waiting', 'offered')"),
        ),
        Index(
            "ix_waiting_list_entry_line",
            "kindergarten_id",
            "joined_at",
            "id",
            postgresql_where=text("status = 'waiting'"),
        ),
        Index("ix_waiting_list_entry_due", "answer_by", "id", postgresql_where=text("status = 'offered'")),
        CheckConstraint(
            "status <> 'offered' OR (offered_at IS NOT NULL AND answer_by IS NOT NULL AND group_id IS NOT NULL)",
            name="offer_has_deadline",
        ),
        CheckConstraint("(status IN ('waiting', 'offered')) = (ended_at IS NULL)", name="ended_has_moment"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"))
    kindergarten_id: Mapped[int] = mapped_column(ForeignKey("kindergarten.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("kindergarten_group.id"))
    status: Mapped[WaitingListStatus] = mapped_column(code_of(WaitingListStatus), default=WaitingListStatus.WAITING)
    joined_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    offered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    answer_by: Mapped[dt.date | None] = mapped_column(Date)
    formula: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship()
    voucher: Mapped[Voucher] = relationship()
    kindergarten: Mapped[Kindergarten] = relationship()
    group: Mapped[KindergartenGroup | None] = relationship()

    def __repr__(self) -> str:
        return f"{self.application} → {self.kindergarten}"
