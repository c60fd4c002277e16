"""What officials set: days that are moved, and which rule set a locality lives under."""

from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, ForeignKey, Identity, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import UtcDateTime
from app.models.places import Locality


class HolidayOverride(Model):
    """A day that a decree made working or free against the calendar."""

    __tablename__ = "holiday_override"

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[dt.date] = mapped_column(Date, unique=True)
    is_working: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(String(200))

    def __repr__(self) -> str:
        return f"{self.on}"


class RuleSetAssignment(Model):
    """The rule set a locality (and everything below it) lives under from a date on."""

    __tablename__ = "rule_set_assignment"
    __table_args__ = (UniqueConstraint("locality_id", "from_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    rule_set: Mapped[str] = mapped_column(String(40))
    from_on: Mapped[dt.date] = mapped_column(Date)
    basis: Mapped[str | None] = mapped_column(String(300))

    locality: Mapped[Locality] = relationship(lazy="joined")

    def __repr__(self) -> str:
        return f"{self.locality} · {self.rule_set}"


class RuleOverride(Model):
    """One number of a rule set as a legal act sets it for a locality (and everything below it) from a date on.

    `key` and `value` are those of app/rules/overrides.py. A row is never changed: a later date replaces it.
    """

    __tablename__ = "rule_override"
    __table_args__ = (
        UniqueConstraint("locality_id", "rule_set", "key", "from_on"),
        CheckConstraint("btrim(legal_act) <> ''", name="legal_act_named"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    rule_set: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(80))
    value: Mapped[str] = mapped_column(String(40))
    from_on: Mapped[dt.date] = mapped_column(Date)
    legal_act: Mapped[str] = mapped_column(String(300))
    entered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)

    locality: Mapped[Locality] = relationship(lazy="joined")

    def __repr__(self) -> str:
        return f"{self.locality} · {self.key} = {self.value}"


class Reminder(Model):
    """That one deadline of one row was reminded of: a job that runs twice, or late, writes no second letter."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("template", "subject", "subject_id", "due_on"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    template: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[dt.date] = mapped_column(Date)
    written_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
