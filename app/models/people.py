"""People: adults, children, who answers for whom, and the local copy of the person register."""

from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User as FabUser
from sqlalchemy import ARRAY, Boolean, Date, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import UtcDateTime, code_of
from app.models.enums import GuardianKind, Language, QueueType
from app.models.mixins import Identity
from app.models.places import Kindergarten, Locality


class Person(Identity, Model):
    """An adult: an applicant, or staff."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    other_phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    address: Mapped[str | None] = mapped_column(String(300))
    workplace: Mapped[str | None] = mapped_column(String(200))
    position: Mapped[str | None] = mapped_column(String(100))
    message_language: Mapped[Language] = mapped_column(code_of(Language), default=Language.KK)
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("locality.id"))
    consent_version: Mapped[str | None] = mapped_column(String(20))
    consented_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    guardianships: Mapped[list[Guardianship]] = relationship(back_populates="person")


class Child(Identity, Model):
    __tablename__ = "child"

    id: Mapped[int] = mapped_column(primary_key=True)
    nationality: Mapped[str | None] = mapped_column(String(60))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    guardianships: Mapped[list[Guardianship]] = relationship(back_populates="child")

    @property
    def birth_year(self) -> int:
        return self.birth_date.year


class Guardianship(Model):
    """Who answers for a child; a child may have several guardians."""

    __tablename__ = "guardianship"
    __table_args__ = (
        UniqueConstraint("child_id", "person_id"),
        Index("ix_guardianship_person_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[GuardianKind] = mapped_column(code_of(GuardianKind), default=GuardianKind.PARENT)
    confirmed_by_register: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    child: Mapped[Child] = relationship(back_populates="guardianships")
    person: Mapped[Person] = relationship(back_populates="guardianships")

    def __repr__(self) -> str:
        return f"{self.person} – {self.child}"


class Account(FabUser):
    """An account of staff or of a parent, with what it is tied to (FAB's own class is called User)."""

    __tablename__ = "ab_user"
    __table_args__ = {"extend_existing": True}

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    kindergarten_id: Mapped[int | None] = mapped_column(ForeignKey("kindergarten.id"))
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("locality.id"))
    review_queue: Mapped[QueueType | None] = mapped_column(code_of(QueueType))

    person: Mapped[Person | None] = relationship()
    kindergarten: Mapped[Kindergarten | None] = relationship()
    locality: Mapped[Locality | None] = relationship()


class RegisterEntry(Identity, Model):
    """One row of the local person register (demo and regions without a line to the state's)."""

    __tablename__ = "register_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_iins: Mapped[list[str]] = mapped_column(ARRAY(String(12)), default=list, server_default=text("'{}'"))
    nationality: Mapped[str | None] = mapped_column(String(60))
    died_on: Mapped[dt.date | None] = mapped_column(Date)


class PhoneCode(Model):
    """A one-time code sent to a phone; only its hash is stored."""

    __tablename__ = "phone_code"
    __table_args__ = (Index("ix_phone_code_phone_sent_at", "phone", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Registration(Model):
    """A person on the way to an account or a new password. The browser holds `token` alone, never the IIN."""

    __tablename__ = "registration"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    phone: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40))
    consent_version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(2))
    begun_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    phone_proved_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
