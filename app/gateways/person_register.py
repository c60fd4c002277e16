"""The person register: who an IIN belongs to, and whose children it names."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy import or_, select

from app.extensions import db
from app.models import RegisterEntry
from app.models.enums import Sex

_KEY = "kezek.person_register"


class RegisterUnavailable(Exception):
    """The register does not answer now; nothing the applicant typed may be lost because of it."""


@dataclass(frozen=True)
class RegisteredPerson:
    """What the register knows of one person."""

    iin: str | None
    document_number: str | None
    surname: str
    given_name: str
    patronymic: str | None
    birth_date: dt.date
    sex: Sex | None
    nationality: str | None
    parent_iins: tuple[str, ...]
    is_alive: bool


class PersonRegister(Protocol):
    def find(self, number: str) -> RegisteredPerson | None:
        """The person with that IIN or document number, None when there is none.

        Raises RegisterUnavailable when the register cannot be asked.
        """


class LocalRegister:
    """A copy of the register in the installation's own database, filled by import."""

    def find(self, number: str) -> RegisteredPerson | None:
        row = db.session.scalars(
            select(RegisterEntry).where(or_(RegisterEntry.iin == number, RegisterEntry.document_number == number))
        ).first()
        if row is None:
            return None
        return RegisteredPerson(
            iin=row.iin,
            document_number=row.document_number,
            surname=row.surname,
            given_name=row.given_name,
            patronymic=row.patronymic,
            birth_date=row.birth_date,
            sex=row.sex,
            nationality=row.nationality,
            parent_iins=tuple(row.parent_iins),
            is_alive=row.died_on is None,
        )


def init_app(app: Flask) -> None:
    app.extensions[_KEY] = LocalRegister()


def register() -> PersonRegister:
    """The person register of this installation."""
    return current_app.extensions[_KEY]
