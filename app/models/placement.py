"""From a free place to a referral: bulletins, priority access, claims, referrals."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import UtcDateTime, code_of
from app.models.enums import (
    BulletinStatus,
    ClaimStatus,
    DeclineReason,
    GroupType,
    Language,
    PlaceType,
    QueueType,
    ReferralStatus,
)
from app.models.people import Account
from app.models.places import Kindergarten, KindergartenGroup, Locality
from app.models.queue import Application


class Bulletin(Model):
    """Free places of one group on offer. `free` counts those not yet claimed."""

    __tablename__ = "bulletin"
    __table_args__ = (
        CheckConstraint("free BETWEEN 0 AND places", name="free_within_places"),
        CheckConstraint("places > 0", name="places_given"),
        CheckConstraint("cardinality(birth_years) > 0", name="birth_years_given"),
        CheckConstraint("status NOT IN ('priority', 'open') OR free > 0", name="on_offer_has_places"),
        CheckConstraint("status NOT IN ('filled', 'withdrawn', 'closed') OR free = 0", name="ended_offers_nothing"),
        CheckConstraint("status <> 'priority' OR priority_until IS NOT NULL", name="priority_has_end"),
        CheckConstraint(
            "status IN ('draft', 'scheduled', 'withdrawn') OR published_at IS NOT NULL", name="published_has_moment"
        ),
        CheckConstraint("status <> 'withdrawn' OR withdraw_reason IS NOT NULL", name="withdrawn_has_reason"),
        Index("ix_bulletin_status_publish_at", "status", "publish_at"),
        Index("ix_bulletin_locality_id_status", "locality_id", "status", "publish_at"),
        Index("ix_bulletin_kindergarten_id", "kindergarten_id", "publish_at"),
        Index("ix_bulletin_priority_until", "priority_until", postgresql_where=text("status = 'priority'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("kindergarten_group.id"), index=True)
    kindergarten_id: Mapped[int] = mapped_column(ForeignKey("kindergarten.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    queue_type: Mapped[QueueType] = mapped_column(code_of(QueueType), default=QueueType.GENERAL)
    group_type: Mapped[GroupType] = mapped_column(code_of(GroupType), default=GroupType.REGULAR)
    birth_years: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    language: Mapped[Language] = mapped_column(code_of(Language))
    place_type: Mapped[PlaceType] = mapped_column(code_of(PlaceType), default=PlaceType.FREE)
    places: Mapped[int] = mapped_column(Integer)
    free: Mapped[int] = mapped_column(Integer)
    status: Mapped[BulletinStatus] = mapped_column(code_of(BulletinStatus))
    rule_set: Mapped[str] = mapped_column(String(40))
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    publish_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    priority_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    open_to_all_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    withdraw_reason: Mapped[str | None] = mapped_column(String(500))

    group: Mapped[KindergartenGroup] = relationship(lazy="joined")
    kindergarten: Mapped[Kindergarten] = relationship(lazy="joined")
    locality: Mapped[Locality] = relationship(lazy="joined")
    opened_by: Mapped[Account | None] = relationship()

    def __repr__(self) -> str:
        return f"{self.kindergarten} · {self.group}"


class PriorityAccess(Model):
    """A child who alone may claim until the window closes; chosen once, at publication."""

    __tablename__ = "priority_access"
    __table_args__ = (Index("ix_priority_access_application_id", "application_id"),)

    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    served_position: Mapped[int] = mapped_column(Integer)
    notified_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Claim(Model):
    """A parent's claim on a place of a bulletin; the place is held until the kindergarten decides."""

    __tablename__ = "claim"
    __table_args__ = (
        Index(
            "uq_claim_waiting_application", "application_id", unique=True, postgresql_where=text("status = 'waiting'")
        ),
        Index("ix_claim_bulletin_id", "bulletin_id"),
        Index("ix_claim_application_id", "application_id"),
        Index("ix_claim_kindergarten_id_claimed_at", "kindergarten_id", "claimed_at", "id"),
        Index("ix_claim_waiting_activate_by", "activate_by", postgresql_where=text("status = 'waiting'")),
        CheckConstraint("(status = 'waiting') = (decided_at IS NULL)", name="decided_has_moment"),
        CheckConstraint("status <> 'declined' OR decline_reason IS NOT NULL", name="declined_has_reason"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    bulletin_id: Mapped[int] = mapped_column(ForeignKey("bulletin.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("kindergarten_group.id"))
    kindergarten_id: Mapped[int] = mapped_column(ForeignKey("kindergarten.id"))
    status: Mapped[ClaimStatus] = mapped_column(code_of(ClaimStatus), default=ClaimStatus.WAITING)
    claimed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    activate_by: Mapped[dt.date] = mapped_column(Date)
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    decline_reason: Mapped[DeclineReason | None] = mapped_column(code_of(DeclineReason))
    note: Mapped[str | None] = mapped_column(String(500))

    bulletin: Mapped[Bulletin] = relationship()
    application: Mapped[Application] = relationship()
    group: Mapped[KindergartenGroup] = relationship()
    kindergarten: Mapped[Kindergarten] = relationship()

    def __repr__(self) -> str:
        return f"{self.application} → {self.group}"


class Referral(Model):
    """The right to conclude a contract with one kindergarten until the last day."""

    __tablename__ = "referral"
    __table_args__ = (
        Index(
            "uq_referral_live_application",
            "application_id",
            unique=True,
            postgresql_where=text("status IN ('issued', 'extended')"),
        ),
        Index("ix_referral_application_id", "application_id"),
        Index("ix_referral_group_id", "group_id"),
        Index("ix_referral_kindergarten_id_issued_at", "kindergarten_id", "issued_at", "id"),
        Index(
            "ix_referral_due",
            "use_by",
            "id",
            postgresql_where=text("status IN ('issued', 'extended') AND NOT contract_sent"),
        ),
        CheckConstraint("(status IN ('issued', 'extended')) = (ended_at IS NULL)", name="ended_has_moment"),
        CheckConstraint("status <> 'extended' OR extended_at IS NOT NULL", name="extended_has_moment"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("kindergarten_group.id"))
    kindergarten_id: Mapped[int] = mapped_column(ForeignKey("kindergarten.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    status: Mapped[ReferralStatus] = mapped_column(code_of(ReferralStatus), default=ReferralStatus.ISSUED)
    issued_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    use_by: Mapped[dt.date] = mapped_column(Date)
    cancel_until: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    formula: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # The kindergarten's contract answers the referral: from then on the contract's own deadline runs.
    contract_sent: Mapped[bool] = mapped_column(default=False)
    extended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(500))
    # Random, for the QR code on the printed referral: shows validity without personal data.
    check_code: Mapped[str] = mapped_column(String(32), unique=True)

    application: Mapped[Application] = relationship()
    group: Mapped[KindergartenGroup] = relationship()
    kindergarten: Mapped[Kindergarten] = relationship()

    def __repr__(self) -> str:
        return self.number
