"""What the search box of the office looks for: a number, an IIN or a surname, each through its index."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.models import Application, Child, Guardianship, Person
from app.models.mixins import search_key

IIN_LENGTH = 12
LARGEST_ID = 2**63
# The trigram index needs three letters; with fewer only the beginning of the name is compared.
SHORTEST_FRAGMENT = 3
MOST_CHILDREN = 2_000


def by_identity(model: type[Child] | type[Person], text: str) -> ColumnElement[bool]:
    """People by IIN (exactly), document number (exactly), or any part of the name, spelling folded."""
    if is_iin(text):
        return model.iin == text
    if any(char.isdigit() for char in text):
        return model.document_number == text.upper()
    return model.search_key.like(_pattern(search_key(text)), escape="\\")


def children_found(text: str) -> Any:
    """Ids of the children that `text` names, directly or by a guardian's IIN; at most 2 000."""
    found = select(Child.id).where(by_identity(Child, text))
    if is_iin(text):
        # Two questions: an OR of both could use neither index.
        wards = (
            select(Guardianship.child_id).join(Person, Person.id == Guardianship.person_id).where(Person.iin == text)
        )
        return found.union(wards)
    return found.limit(MOST_CHILDREN)


def applications(text: str) -> ColumnElement[bool]:
    """Applications by number, by the IIN of the child or a guardian, or by the child's name."""
    numbers: list[ColumnElement[bool]] = [Application.number == text.lstrip("#").strip().upper()]
    if text.isascii() and text.isdigit() and not is_iin(text) and int(text) < LARGEST_ID:
        numbers.append(Application.id == int(text))
    if any(char.isdigit() for char in text) and not is_iin(text):
        return or_(*numbers)
    return Application.child_id.in_(children_found(text))


def of_application(
    application_id: InstrumentedAttribute[Any], number: InstrumentedAttribute[Any] | None, text: str
) -> ColumnElement[bool]:
    """Rows that belong to an application: by their own number, or as the application is found."""
    found = application_id.in_(select(Application.id).where(applications(text)).limit(MOST_CHILDREN))
    return found if number is None else or_(number == text.strip().upper(), found)


def is_iin(text: str) -> bool:
    """Whether `text` is meant as an IIN: twelve digits."""
    return len(text) == IIN_LENGTH and text.isascii() and text.isdigit()


def _pattern(folded: str) -> str:
    escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%" if len(folded) < SHORTEST_FRAGMENT else f"%{escaped}%"
