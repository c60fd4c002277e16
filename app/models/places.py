"""Where children go: localities, kindergartens, groups and the places in them."""

from __future__ import annotations

from decimal import Decimal

from flask_appbuilder import Model
from sqlalchemy import ARRAY, Boolean, CheckConstraint, ForeignKey, Index, Integer, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import code_of
from app.models.enums import AgeGroup, GroupType, KindergartenKind, Language, LocalityLevel


class Locality(Model):
    """One unit of the official classifier (KATO): region → district → rural district → settlement."""

    __tablename__ = "locality"
    __table_args__ = (
        Index("ix_locality_prefix", "prefix", postgresql_ops={"prefix": "text_pattern_ops"}),
        Index("ix_locality_parent_id", "parent_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(9), unique=True)
    # The significant digits of the code: everything below a unit begins with its prefix.
    prefix: Mapped[str] = mapped_column(String(9))
    level: Mapped[LocalityLevel] = mapped_column(code_of(LocalityLevel))
    name_kk: Mapped[str] = mapped_column(String(160))
    name_ru: Mapped[str] = mapped_column(String(160))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("locality.id"))

    parent: Mapped[Locality | None] = relationship(remote_side=[id])

    def name(self, language: str) -> str:
        """The name in kk or ru; English readers see the Russian one, as maps do."""
        return self.name_kk if language == "kk" else self.name_ru

    def __repr__(self) -> str:
        return self.name_kk


class Kindergarten(Model):
    __tablename__ = "kindergarten"
    __table_args__ = (Index("ix_kindergarten_locality_id", "locality_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bin: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[KindergartenKind] = mapped_column(code_of(KindergartenKind))
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    address: Mapped[str] = mapped_column(String(300))
    phones: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    languages: Mapped[list[str]] = mapped_column(ARRAY(String(2)), default=list)
    correction_types: Mapped[list[str]] = mapped_column(ARRAY(String(32)), default=list)
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(8, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    is_open: Mapped[bool] = mapped_column(Boolean, default=True)

    locality: Mapped[Locality] = relationship(lazy="joined")
    groups: Mapped[list[KindergartenGroup]] = relationship(back_populates="kindergarten")

    def __repr__(self) -> str:
        return self.name


class KindergartenGroup(Model):
    """A group of a kindergarten and the tally of its places (FAB keeps the bare word Group for itself).

    Each place is in exactly one of four states, and the database itself keeps the sum:
    enrolled (a child attends), held (a claim, referral or contract is alive), published (on offer in a
    bulletin), free (nobody's yet).
    """

    __tablename__ = "kindergarten_group"
    __table_args__ = (
        CheckConstraint("capacity = enrolled + held + published + free", name="places_conserved"),
        CheckConstraint("free BETWEEN 0 AND capacity", name="free_within_capacity"),
        CheckConstraint("enrolled >= 0 AND held >= 0 AND published >= 0", name="tally_not_negative"),
        CheckConstraint("cardinality(birth_years) > 0", name="birth_years_given"),
        Index("ix_kindergarten_group_kindergarten_id", "kindergarten_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kindergarten_id: Mapped[int] = mapped_column(ForeignKey("kindergarten.id"))
    name: Mapped[str] = mapped_column(String(100))
    age_group: Mapped[AgeGroup] = mapped_column(code_of(AgeGroup))
    birth_years: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    language: Mapped[Language] = mapped_column(code_of(Language))
    group_type: Mapped[GroupType] = mapped_column(code_of(GroupType), default=GroupType.REGULAR)
    capacity: Mapped[int] = mapped_column(Integer)
    enrolled: Mapped[int] = mapped_column(Integer, default=0)
    held: Mapped[int] = mapped_column(Integer, default=0)
    published: Mapped[int] = mapped_column(Integer, default=0)
    free: Mapped[int] = mapped_column(Integer, default=0)

    kindergarten: Mapped[Kindergarten] = relationship(back_populates="groups", lazy="joined")

    def __repr__(self) -> str:
        return self.name
