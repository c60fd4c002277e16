"""What officials set: days that are moved, and which rule set a locality lives under."""

from __future__ import annotations

import datetime as dt

from flask_appbuilder import Model
from sqlalchemy import Boolean, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

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
