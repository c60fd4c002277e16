"""The contract, its versions and documents, and the child's enrolment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
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
from app.models.enums import ContractStatus, DischargeReason, DocumentKind, DocumentStatus, RefusalReason
from app.models.people import Child
from app.models.placement import Referral
from app.models.places import Kindergarten, KindergartenGroup
from app.models.queue import Application
from app.models.vouchers import Voucher


class Contract(Model):
    __tablename__ = "contract"
    __table_args__ = (
        Index(
            "uq_contract_live_application",
            "application_id",
            unique=True,
            postgresql_where=text("status IN ('sent', 'parent_signed', 'returned')"),
        ),
        Index("ix_contract_application_id", "application_id"),
        Index("ix_contract_kindergarten_id_sent_at", "kindergarten_id", "sent_at", "id"),
        Index("ix_contract_due", "sign_by", "id", postgresql_where=text("status IN ('sent', 'returned')")),
        Index("ix_contract_review", "review_by", "id", postgresql_where=text("status = 'parent_signed'")),
        CheckConstraint("status NOT IN ('sent', 'returned') OR sign_by IS NOT NULL", name="awaiting_has_deadline"),
        CheckConstraint("status <> 'parent_signed' OR review_by IS NOT NULL", name="review_has_deadline"),
        CheckConstraint("status NOT IN ('signed', 'terminated') OR signed_at IS NOT NULL", name="signed_has_moment"),
        CheckConstraint(
            "status NOT IN ('refused', 'lapsed', 'terminated') OR ended_at IS NOT NULL", name="ended_has_moment"
        ),
        CheckConstraint("status <> 'refused' OR refusal_reason IS NOT NULL", name="refused_has_reason"),
        CheckConstraint("returns >= 0", name="returns_not_negative"),
        CheckConstraint("referral_id IS NULL OR voucher_id IS NULL", name="one_right"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    voucher_id: Mapped[int | None] = mapped_column(ForeignKey("voucher.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("kindergarten_group.id"))
    kindergarten_id: Mapped[int] = mapped_column(ForeignKey("kindergarten.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    status: Mapped[ContractStatus] = mapped_column(code_of(ContractStatus), default=ContractStatus.SENT)
    sent_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    sign_by: Mapped[dt.date | None] = mapped_column(Date)
    review_by: Mapped[dt.date | None] = mapped_column(Date)
    formula: Mapped[dict[str, Any]] = mapped_column(JSONB)
    returns: Mapped[int] = mapped_column(Integer, default=0)
    return_note: Mapped[str | None] = mapped_column(String(500))
    signed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    refusal_reason: Mapped[RefusalReason | None] = mapped_column(code_of(RefusalReason))
    note: Mapped[str | None] = mapped_column(String(500))

    application: Mapped[Application] = relationship()
    referral: Mapped[Referral | None] = relationship()
    voucher: Mapped[Voucher | None] = relationship()
    group: Mapped[KindergartenGroup] = relationship()
    kindergarten: Mapped[Kindergarten] = relationship()
    versions: Mapped[list[ContractVersion]] = relationship(
        back_populates="contract", order_by="ContractVersion.version"
    )

    @property
    def latest(self) -> ContractVersion | None:
        """The version in force, None before the parent has filled anything in."""
        return self.versions[-1] if self.versions else None

    def __repr__(self) -> str:
        return self.number


class ContractVersion(Model):
    """What both parties sign: the terms and the hashes of the documents. A change makes a new version."""

    __tablename__ = "contract_version"
    __table_args__ = (UniqueConstraint("contract_id", "version"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"))
    version: Mapped[int] = mapped_column(Integer)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Canonical JSON; exactly these bytes are signed.
    manifest: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    parent_signature: Mapped[str | None] = mapped_column(Text)
    parent_signed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    kindergarten_signature: Mapped[str | None] = mapped_column(Text)
    kindergarten_signed_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    contract: Mapped[Contract] = relationship(back_populates="versions")


class Document(Model):
    """An uploaded file: what it proves and where its bytes are (content-addressed in the file store)."""

    __tablename__ = "document"
    __table_args__ = (
        Index("ix_document_application_id", "application_id"),
        Index("ix_document_contract_id", "contract_id"),
        Index("ix_document_referral_id", "referral_id"),
        CheckConstraint("status <> 'marked' OR mark_reason IS NOT NULL", name="marked_has_reason"),
        CheckConstraint("size > 0", name="not_empty"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(code_of(DocumentKind))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    referral_id: Mapped[int | None] = mapped_column(ForeignKey("referral.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(Integer)
    content_type: Mapped[str] = mapped_column(String(60))
    file_name: Mapped[str] = mapped_column(String(200))
    number: Mapped[str | None] = mapped_column(String(40))
    issuer: Mapped[str | None] = mapped_column(String(200))
    issued_on: Mapped[dt.date | None] = mapped_column(Date)
    status: Mapped[DocumentStatus] = mapped_column(code_of(DocumentStatus), default=DocumentStatus.UPLOADED)
    mark_reason: Mapped[str | None] = mapped_column(String(500))
    uploaded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    application: Mapped[Application] = relationship()

    def __repr__(self) -> str:
        return self.file_name


class Enrolment(Model):
    """A child attending a group. At most one at a time."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("uq_enrolment_current_child", "child_id", unique=True, postgresql_where=text("discharged_on IS NULL")),
        Index("ix_enrolment_group_id", "group_id"),
        Index("ix_enrolment_kindergarten_id", "kindergarten_id"),
        CheckConstraint("(discharged_on IS NULL) = (discharge_reason IS NULL)", name="discharge_has_reason"),
        CheckConstraint("discharged_on IS NULL OR discharged_on >= enrolled_on", name="discharged_after_enrolled"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("kindergarten_group.id"))
    kindergarten_id: Mapped[int] = mapped_column(ForeignKey("kindergarten.id"))
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"))
    enrolled_on: Mapped[dt.date] = mapped_column(Date)
    discharged_on: Mapped[dt.date | None] = mapped_column(Date)
    discharge_reason: Mapped[DischargeReason | None] = mapped_column(code_of(DischargeReason))

    child: Mapped[Child] = relationship()
    group: Mapped[KindergartenGroup] = relationship()
    kindergarten: Mapped[Kindergarten] = relationship()
    contract: Mapped[Contract | None] = relationship()

    def __repr__(self) -> str:
        return f"{self.child} – {self.group}"
