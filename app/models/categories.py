"""Priority categories of a queue that is ordered by them: a table, because the list differs by town and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder import Model
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import code_of
from app.models.enums import CategorySource
from app.models.places import Locality

if TYPE_CHECKING:
    from app.models.queue import BenefitCategory


class PriorityCategory(Model):
    """One category: who belongs to it, and at which place of the order it is served.

    A locality without a list of its own uses the list of the nearest unit above it, at last the country's
    (no locality). A category under a parent takes only those who belong to the parent as well.
    """

    __tablename__ = "priority_category"
    __table_args__ = (
        UniqueConstraint("position", "locality_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("(source = 'age') = (min_age IS NOT NULL AND max_age IS NOT NULL)", name="age_has_band"),
        CheckConstraint("min_age <= max_age", name="band_in_order"),
        CheckConstraint("(source = 'benefit') = (benefit_category_id IS NOT NULL)", name="benefit_named"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("locality.id"))
    position: Mapped[int] = mapped_column(Integer)
    name_kk: Mapped[str] = mapped_column(String(300))
    name_ru: Mapped[str] = mapped_column(String(300))
    name_en: Mapped[str] = mapped_column(String(300))
    source: Mapped[CategorySource] = mapped_column(code_of(CategorySource))
    # Both ends included; the age reached by the end of the calendar year.
    min_age: Mapped[int | None] = mapped_column(Integer)
    max_age: Mapped[int | None] = mapped_column(Integer)
    benefit_category_id: Mapped[int | None] = mapped_column(ForeignKey("benefit_category.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("priority_category.id"))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)

    locality: Mapped[Locality | None] = relationship()
    benefit_category: Mapped[BenefitCategory | None] = relationship()
    parent: Mapped[PriorityCategory | None] = relationship(remote_side=[id])

    def name(self, language: str) -> str:
        """The name in kk, ru or en."""
        return {"kk": self.name_kk, "ru": self.name_ru}.get(language, self.name_en)

    def __repr__(self) -> str:
        return self.name_en
