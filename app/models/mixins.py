"""Columns that several tables share."""

from __future__ import annotations

import datetime as dt
import unicodedata

from sqlalchemy import CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, validates

from app.db import code_of
from app.models.enums import Sex

# Latin letters and the schwa that people type for the Cyrillic ones (texts.md §6, "typing").
_LOOK_ALIKES = str.maketrans("ihaopcexəbkmty", "інаорсехәвкмту")
# Kazakh letters as people without a Kazakh keyboard type them.
_WITHOUT_KAZAKH = str.maketrans("қңғүұөәіһё", "кнгууоаихе")


def search_key(*words: str | None) -> str:
    """The words folded for search: case, look-alike letters and Kazakh letters made equal.

    In: parts of a name, None allowed. Out: one lower-case string, parts parted by one space.
    """
    text = unicodedata.normalize("NFC", " ".join(word for word in words if word)).casefold()
    return " ".join(text.translate(_LOOK_ALIKES).translate(_WITHOUT_KAZAKH).split())


def clean_name(text: str) -> str:
    """A name in composed Unicode with single spaces and without invisible characters."""
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(char for char in composed if unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cn"})
    return " ".join(visible.split())


class Identity:
    """Who a person or a child is, as the person register has it."""

    __tablename__: str

    iin: Mapped[str | None] = mapped_column(String(12), unique=True)
    document_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    surname: Mapped[str] = mapped_column(String(100))
    given_name: Mapped[str] = mapped_column(String(100))
    patronymic: Mapped[str | None] = mapped_column(String(100))
    birth_date: Mapped[dt.date] = mapped_column(Date)
    sex: Mapped[Sex | None] = mapped_column(code_of(Sex))
    search_key: Mapped[str] = mapped_column(String(320), default="")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[CheckConstraint | Index, ...]:
        return (
            CheckConstraint("iin IS NOT NULL OR document_number IS NOT NULL", name="iin_or_document"),
            Index(
                f"ix_{cls.__tablename__}_search_key",
                "search_key",
                postgresql_using="gin",
                postgresql_ops={"search_key": "gin_trgm_ops"},
            ),
        )

    @validates("surname", "given_name", "patronymic")
    def _clean(self, field: str, value: str | None) -> str | None:
        cleaned = clean_name(value) if value else None
        names = {name: getattr(self, name, None) for name in ("surname", "given_name", "patronymic")}
        names[field] = cleaned
        self.search_key = search_key(names["surname"], names["given_name"], names["patronymic"])
        return cleaned

    @property
    def full_name(self) -> str:
        """Surname, given name, patronymic, in this order (texts.md §6)."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """Initial of the given name and the surname, for lists."""
        return f"{self.given_name[:1]}. {self.surname}"

    def __repr__(self) -> str:
        return self.full_name
