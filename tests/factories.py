"""Rows for tests: small functions that fill in what a test does not care about. They flush, never commit."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from app.extensions import db
from app.models import (
    Account,
    Application,
    BenefitCategory,
    Bulletin,
    Child,
    Guardianship,
    Kindergarten,
    KindergartenGroup,
    Locality,
    Person,
    RuleSetAssignment,
)
from app.models.enums import (
    AgeGroup,
    GroupType,
    KindergartenKind,
    Language,
    LocalityLevel,
    Role,
    Sex,
    Stream,
)
from app.rules.iin import make_bin, make_iin
from app.services import applications, bulletins
from app.services.access import SYSTEM, Actor
from app.services.applications import Wish

_next = itertools.count(1)

#: A Thursday noon in the country, far from holidays.
NOON = dt.datetime(2026, 11, 12, 7, 0, tzinfo=dt.UTC)


def make(model: type[Any], **values: Any) -> Any:
    """Adds one row and flushes it."""
    row = model(**values)
    db.session.add(row)
    db.session.flush()
    return row


def iin(birth_date: dt.date, sex: Sex = Sex.FEMALE) -> str:
    """A synthetic IIN nobody else in the test has."""
    while True:
        number = make_iin(birth_date, sex, next(_next) % 10_000)
        if number is not None:
            return number


def locality(prefix: str | None = None, name: str = "Кентау", parent: Locality | None = None) -> Locality:
    prefix = prefix or f"61{next(_next) % 9000 + 1000:04d}"
    return make(
        Locality,
        code=prefix.ljust(9, "0"),
        prefix=prefix,
        level=LocalityLevel.DISTRICT,
        name_kk=f"{name} қ.",
        name_ru=f"г. {name}",
        parent=parent,
    )


def kindergarten(at: Locality | None = None, name: str = "№1 «Күншуақ»", **values: Any) -> Kindergarten:
    number = None
    while number is None:
        number = make_bin(2010, 5, next(_next))
    return make(
        Kindergarten,
        bin=number,
        name=name,
        locality=at or locality(),
        address="Абай к-сі, 1",
        **{"kind": KindergartenKind.STATE, "languages": ["kk"], **values},
    )


def group(at: Kindergarten | None = None, capacity: int = 25, **values: Any) -> KindergartenGroup:
    facts = {
        "name": "Балапан",
        "age_group": AgeGroup.MIDDLE,
        "birth_years": [2023],
        "language": Language.KK,
        "group_type": GroupType.REGULAR,
        "capacity": capacity,
        "free": capacity,
        **values,
    }
    return make(KindergartenGroup, kindergarten=at or kindergarten(), **facts)


def person(**values: Any) -> Person:
    born = values.pop("birth_date", dt.date(1992, 4, 10))
    facts = {
        "iin": iin(born),
        "surname": "Сынақова",
        "given_name": "Айгүл",
        "birth_date": born,
        "sex": Sex.FEMALE,
        "phone": f"+7700{next(_next) % 10_000_000:07d}",
        "address": "Абай к-сі, 2",
        **values,
    }
    return make(Person, **facts)


def child(guardian: Person | None = None, **values: Any) -> Child:
    born = values.pop("birth_date", dt.date(2023, 5, 20))
    facts = {
        "iin": iin(born),
        "surname": "Сынақова",
        "given_name": "Інжу",
        "birth_date": born,
        "sex": Sex.FEMALE,
        "created_at": NOON,
        **values,
    }
    row = make(Child, **facts)
    make(Guardianship, child=row, person=guardian or person(), created_at=NOON)
    return row


def account(role: Role, who: Person | None = None, password: str = "", **values: Any) -> Account:
    """An account with one role. Without a password nobody can log in with it."""
    from flask import current_app
    from werkzeug.security import generate_password_hash

    name = f"user{next(_next)}"
    row = Account(
        first_name=who.given_name if who else "Ada",
        last_name=who.surname if who else name,
        username=name,
        email=f"{name}@example.kz",
        active=True,
        person_id=who.id if who else None,
        password=generate_password_hash(password, method="scrypt:1024:8:1") if password else "!",
        **values,
    )
    row.roles = [current_app.extensions["kezek.office"].sm.find_role(str(role))]
    db.session.add(row)
    db.session.flush()
    return row


def parent_actor(who: Person, user_id: int | None = None) -> Actor:
    return Actor(roles=frozenset({Role.PARENT}), person_id=who.id, user_id=user_id)


def staff_actor(role: Role, at: Kindergarten | None = None, over: Locality | None = None, **values: Any) -> Actor:
    return Actor(
        roles=frozenset({role}),
        kindergarten_id=at.id if at else None,
        locality_prefix=over.prefix if over else None,
        **values,
    )


def application(
    at: Locality,
    guardian: Person | None = None,
    submitted_at: dt.datetime = NOON,
    of: Child | None = None,
    languages: tuple[Language, ...] = (Language.KK,),
    **wish: Any,
) -> Application:
    """An application filed by the parent through the act itself."""
    guardian = guardian or person()
    who = of or child(guardian)
    return applications.submit(
        db.session,
        parent_actor(guardian),
        guardian.id,
        Wish(child_id=who.id, locality_id=at.id, languages=languages, **wish),
        submitted_at,
    )


def open_bulletin(of: KindergartenGroup, places: int = 1, at: dt.datetime = NOON, publish: bool = True) -> Bulletin:
    """A bulletin opened by the head; published at once unless told not to (everybody may claim when nobody queues)."""
    actor = staff_actor(Role.HEAD, at=of.kindergarten)
    row = bulletins.open_bulletin(db.session, actor, of.id, places, at, publish_at=at)
    if publish:
        bulletins.publish_if_due(db.session, SYSTEM, row.id, at)
    return row


def benefit(stream: Stream = Stream.FIRST_PRIORITY, **values: Any) -> BenefitCategory:
    code = f"category_{next(_next)}"
    facts = {"code": code, "stream": stream, "name_kk": code, "name_ru": code, "name_en": code, **values}
    return make(BenefitCategory, **{"needs_document": True, "is_active": True, **facts})


def assign(rule_set: str, at: Locality, from_on: dt.date = dt.date(2015, 1, 1)) -> RuleSetAssignment:
    return make(RuleSetAssignment, rule_set=rule_set, locality=at, from_on=from_on)
