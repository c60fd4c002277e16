"""Counted rows behind the statistics: few, written anew by app/services/statistics.py, read by every page.

A row belongs to a locality with everything below it, to one kindergarten, or (both empty) to the whole
country. A page reads some dozens of them, however many applications there are.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from flask_appbuilder import Model
from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, Integer
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from app.db import code_of
from app.models.enums import QueueType
from app.words import N_, Labelled


class DeadlineKind(Labelled):
    """Whose limit it was; the two first are the kindergarten's and the department's, the others the parents'."""

    CLAIM_ACTIVATION = "claim_activation", N_("Activation of a claim")
    DOCUMENT_CHECK = "document_check", N_("Check of documents")
    REFERRAL = "referral", N_("Use of a referral")
    CONTRACT = "contract", N_("Signing of a contract")


class _OfScope:
    """Counted for a locality with everything below it, or for a kindergarten."""

    #: What tells rows of one scope apart.
    _key: ClassVar[tuple[str, ...]] = ()

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)

    @declared_attr
    def locality_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("locality.id", ondelete="CASCADE"))

    @declared_attr
    def kindergarten_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("kindergarten.id", ondelete="CASCADE"))

    @declared_attr.directive
    def __table_args__(cls) -> tuple[CheckConstraint | Index, ...]:
        name = cls.__tablename__  # type: ignore[attr-defined]
        return (
            CheckConstraint("num_nonnulls(locality_id, kindergarten_id) <= 1", name="one_scope"),
            Index(
                f"uq_{name}_scope",
                "locality_id",
                "kindergarten_id",
                *cls._key,
                unique=True,
                postgresql_nulls_not_distinct=True,
            ),
            Index(f"ix_{name}_kindergarten_id", "kindergarten_id"),
        )


class QueueSummary(Model):
    """Children in one kind of queue, by year of birth. `waiting` counts those who await a place."""

    __tablename__ = "queue_summary"
    __table_args__ = (
        Index(
            "uq_queue_summary_scope",
            "locality_id",
            "queue_type",
            "birth_year",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("locality.id", ondelete="CASCADE"))
    queue_type: Mapped[QueueType] = mapped_column(code_of(QueueType))
    birth_year: Mapped[int] = mapped_column(Integer)
    waiting: Mapped[int] = mapped_column(Integer)
    under_review: Mapped[int] = mapped_column(Integer)
    stop_listed: Mapped[int] = mapped_column(Integer)


class PlacesSummary(_OfScope, Model):
    """The tally of places of all open kindergartens of a scope; it adds up as each group's own does."""

    __tablename__ = "places_summary"

    kindergartens: Mapped[int] = mapped_column(Integer)
    capacity: Mapped[int] = mapped_column(Integer)
    enrolled: Mapped[int] = mapped_column(Integer)
    held: Mapped[int] = mapped_column(Integer)
    published: Mapped[int] = mapped_column(Integer)
    free: Mapped[int] = mapped_column(Integer)

    @property
    def taken(self) -> int:
        """Places behind which there is a child: attending, or on the way from a claim to a contract."""
        return self.enrolled + self.held


class WaitingSummary(_OfScope, Model):
    """How long the children enrolled in one month had waited, from submission to enrolment."""

    __tablename__ = "waiting_summary"
    _key: ClassVar[tuple[str, ...]] = ("month",)

    month: Mapped[dt.date] = mapped_column(Date)
    enrolled: Mapped[int] = mapped_column(Integer)
    median_days: Mapped[int] = mapped_column(Integer)
    p90_days: Mapped[int] = mapped_column(Integer)


class DeadlineSummary(_OfScope, Model):
    """Deadlines of one kind whose last day was in the past year: kept, and missed."""

    __tablename__ = "deadline_summary"
    _key: ClassVar[tuple[str, ...]] = ("kind",)

    kind: Mapped[DeadlineKind] = mapped_column(code_of(DeadlineKind))
    met: Mapped[int] = mapped_column(Integer)
    missed: Mapped[int] = mapped_column(Integer)
