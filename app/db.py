"""The database edge: the unit of work, column types and names of constraints. The only file that commits."""

from __future__ import annotations

import datetime as dt
import enum
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import DateTime, Enum, TypeDecorator

from app.extensions import db

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# Set before any model is read: each of them takes its column types from here.
db.metadata.naming_convention = NAMING_CONVENTION


@contextmanager
def unit_of_work() -> Iterator[Any]:
    """One transaction: commits when the block ends, rolls everything back when it raises.

    The edge (view, API, job, command) opens exactly one per act; services never commit.
    Yields the session. Reads made before the block are thrown away first, so that what the act
    sees is one snapshot that begins with its own locks.
    """
    session = db.session
    session.rollback()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


class UtcDateTime(TypeDecorator[dt.datetime]):
    """`timestamptz` that accepts only aware moments and always gives them back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return None if value is None else value.astimezone(dt.UTC)


def code_of(kind: type[enum.StrEnum]) -> Enum:
    """Column type of a `Labelled` code: text guarded by a named CHECK, no database enum to migrate."""
    return Enum(
        kind,
        name=f"{kind.__name__.lower()}_known",
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def canonical_json(facts: Any) -> str:
    """`facts` as JSON with sorted keys and no spaces: the same facts always give the same bytes,
    so that a hash over an event stays valid."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")
