"""The queue: benefit categories, applications, their place in line and the stop-list."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import UtcDateTime, code_of
from app.models.categories import PriorityCategory
from app.models.enums import (
    ApplicationStatus,
    ArchiveReason,
    BenefitCheck,
    CorrectionType,
    FiledBy,
    GroupType,
    Language,
    QueueType,
    StopListReason,
    StopListStatus,
    Stream,
)
from app.models.people import Child, Person
from app.models.places import Kindergarten, Locality

LIVE = "status NOT IN ('draft', 'enrolled', 'archived')"


class BenefitCategory(Model):
    """A ground for being served earlier. A table, because the list differs by town and year."""

    __tablename__ = "benefit_category"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    stream: Mapped[Stream] = mapped_column(code_of(Stream))
    name_kk: Mapped[str] = mapped_column(String(300))
    name_ru: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    needs_document: Mapped[bool] = mapped_column(Boolean, default=True)
    document_valid_days: Mapped[int | None] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer, default=0)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)

    def name(self, language: str) -> str:
        """The name in kk, ru or en."""
        return {"kk": self.name_kk, "ru": self.name_ru}.get(language, self.name_en)

    def __repr__(self) -> str:
        return self.name_en


class Application(Model):
    """A child's application to a queue. Its status is the child's place on the whole way."""

    __tablename__ = "application"
    __table_args__ = (
        Index(
            "uq_application_live_child_queue",
            "child_id",
            "queue_type",
            unique=True,
            postgresql_where=text(LIVE),
        ),
        Index("ix_application_status_submitted_at", "status", "submitted_at", "id"),
        Index("ix_application_locality_id_submitted_at", "locality_id", "submitted_at", "id"),
        Index("ix_application_reviewed", "queue_type", "id", postgresql_where=text("queue_type <> 'general'")),
        Index("ix_application_applicant_id", "applicant_id"),
        Index("ix_application_child_id", "child_id"),
        CheckConstraint("(status = 'archived') = (archived_at IS NOT NULL)", name="archived_has_moment"),
        CheckConstraint("(status = 'archived') = (archive_reason IS NOT NULL)", name="archived_has_reason"),
        CheckConstraint("status <> 'enrolled' OR enrolled_at IS NOT NULL", name="enrolled_has_moment"),
        CheckConstraint("cardinality(languages) > 0", name="languages_given"),
        CheckConstraint("missed_referrals >= 0", name="missed_referrals_not_negative"),
        CheckConstraint("(benefit_category_id IS NULL) = (benefit_check = 'none')", name="benefit_has_check"),
        CheckConstraint("stream = 'general' OR benefit_check = 'confirmed'", name="stream_needs_confirmed_benefit"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("child.id"))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    queue_type: Mapped[QueueType] = mapped_column(code_of(QueueType), default=QueueType.GENERAL)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    birth_year: Mapped[int] = mapped_column(Integer)
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(2)))
    group_type: Mapped[GroupType] = mapped_column(code_of(GroupType), default=GroupType.REGULAR)
    correction_type: Mapped[CorrectionType | None] = mapped_column(code_of(CorrectionType))
    # Asked for in the special and sanatorium queues (guide 001); it binds nobody.
    wished_kindergarten_id: Mapped[int | None] = mapped_column(ForeignKey("kindergarten.id"))
    benefit_category_id: Mapped[int | None] = mapped_column(ForeignKey("benefit_category.id"), index=True)
    # Set under a rule set whose queue is ordered by categories (app/services/categories.py).
    priority_category_id: Mapped[int | None] = mapped_column(ForeignKey("priority_category.id"), index=True)
    benefit_check: Mapped[BenefitCheck] = mapped_column(code_of(BenefitCheck), default=BenefitCheck.NONE)
    check_by: Mapped[dt.date | None] = mapped_column(Date)
    stream: Mapped[Stream] = mapped_column(code_of(Stream), default=Stream.GENERAL)
    status: Mapped[ApplicationStatus] = mapped_column(code_of(ApplicationStatus))
    submitted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    interest_confirmed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    missed_referrals: Mapped[int] = mapped_column(Integer, default=0)
    enrolled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    archived_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    archive_reason: Mapped[ArchiveReason | None] = mapped_column(code_of(ArchiveReason))
    filed_by: Mapped[FiledBy] = mapped_column(code_of(FiledBy), default=FiledBy.APPLICANT)
    filed_by_user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))

    child: Mapped[Child] = relationship(lazy="joined")
    applicant: Mapped[Person] = relationship()
    locality: Mapped[Locality] = relationship(lazy="joined")
    benefit_category: Mapped[BenefitCategory | None] = relationship(lazy="joined")
    priority_category: Mapped[PriorityCategory | None] = relationship(lazy="joined")
    wished_kindergarten: Mapped[Kindergarten | None] = relationship()

    def __repr__(self) -> str:
        return self.number


class ApplicationDraft(Model):
    """What an applicant has typed into the guided application so far; nothing typed is lost."""

    __tablename__ = "application_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    saved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Queue(Model):
    """One line of children: a queue type, a locality, a birth year and a language; or, where the queue is ordered
    by categories, a queue type, a locality and a category.

    `cycle_position` is where the one-to-three alternation stands, remembered from run to run. How many
    stand in the line, by stream, is kept beside it: the sum of its weekly counters (app/services/standing.py).
    """

    __tablename__ = "queue"
    __table_args__ = (
        UniqueConstraint("queue_type", "locality_id", "birth_year", "language"),
        CheckConstraint("cycle_position >= 0", name="cycle_position_not_negative"),
        CheckConstraint("out_of_turn >= 0 AND first_priority >= 0 AND general >= 0", name="not_negative"),
        CheckConstraint(
            "num_nulls(birth_year, language) = CASE WHEN category_id IS NULL THEN 0 ELSE 2 END",
            name="one_kind_of_line",
        ),
        Index(
            "uq_queue_category",
            "locality_id",
            "queue_type",
            "category_id",
            unique=True,
            postgresql_where=text("category_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    queue_type: Mapped[QueueType] = mapped_column(code_of(QueueType))
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    birth_year: Mapped[int | None] = mapped_column(Integer)
    language: Mapped[Language | None] = mapped_column(code_of(Language))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("priority_category.id"))
    cycle_position: Mapped[int] = mapped_column(Integer, default=0)
    out_of_turn: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    first_priority: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    general: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))


class QueueEntry(Model):
    """An application standing in one line; it stands in a line for each of its languages.

    Written and removed only by app/services/standing.py, in the transaction of the act.
    """

    __tablename__ = "queue_entry"
    __table_args__ = (
        Index("ix_queue_entry_order", "queue_id", "stream", "submitted_at", "application_id"),
        {"info": {"autovacuum": "eager"}},
    )

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"), primary_key=True)
    stream: Mapped[Stream] = mapped_column(code_of(Stream))
    submitted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    week: Mapped[int] = mapped_column(Integer)


class QueueBucket(Model):
    """How many stand in a line from one week of submission, by stream.

    A number in the queue is the sum of the weeks before plus a count inside the week, so it costs the
    same in a queue of fifty and of fifty thousand (measured: bench/queue_number.py).
    """

    __tablename__ = "queue_bucket"
    __table_args__ = (
        # The counters lie in the key's index: a sum over a line's weeks reads one page, not one for each week.
        PrimaryKeyConstraint("queue_id", "week", postgresql_include=["out_of_turn", "first_priority", "general"]),
        CheckConstraint("out_of_turn >= 0 AND first_priority >= 0 AND general >= 0", name="not_negative"),
    )

    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"), primary_key=True)
    week: Mapped[int] = mapped_column(Integer, primary_key=True)
    out_of_turn: Mapped[int] = mapped_column(Integer, default=0)
    first_priority: Mapped[int] = mapped_column(Integer, default=0)
    general: Mapped[int] = mapped_column(Integer, default=0)


class StopListEntry(Model):
    """A pause after a missed referral: no referral until the last day, the submission moment is kept."""

    __tablename__ = "stop_list_entry"
    __table_args__ = (
        Index("uq_stop_list_entry_active", "application_id", unique=True, postgresql_where=text("status = 'active'")),
        Index("ix_stop_list_entry_due", "until_day", postgresql_where=text("status = 'active'")),
        CheckConstraint("(status = 'active') = (ended_at IS NULL)", name="ended_has_moment"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    reason: Mapped[StopListReason] = mapped_column(code_of(StopListReason))
    status: Mapped[StopListStatus] = mapped_column(code_of(StopListStatus), default=StopListStatus.ACTIVE)
    listed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    until_day: Mapped[dt.date] = mapped_column(Date)
    formula: Mapped[dict[str, Any]] = mapped_column(JSONB)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    application: Mapped[Application] = relationship()
