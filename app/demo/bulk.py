"""Many rows at once: gathered in Python, written by COPY. Every constraint and trigger still looks at each of them."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import canonical_json

#: Tables in an order in which every row finds what it refers to.
ORDER = (
    *("person", "child", "guardianship", "register_entry", "application", "bulletin", "claim", "referral"),
    *("contract", "contract_version", "enrolment", "event"),
)
_BLOCK = 2000


class Bulk:
    """Rows waiting to be written. Ids are drawn from the tables' own sequences, so that later rows fit in."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._ids: dict[str, Iterator[int]] = {}

    def add(self, table: str, **values: Any) -> int:
        """Keeps one row and returns the id it will have (a row may bring its own)."""
        row_id = values.pop("id", None) or self.next_id(table)
        self._rows.setdefault(table, []).append({"id": row_id, **values})
        return int(row_id)

    def event(self, at: dt.datetime, act: str, subject: str, subject_id: int, **values: Any) -> None:
        """Keeps the event of an act; `before` and `after` are given as facts."""
        facts = {key: canonical_json(values.pop(key, {})) for key in ("before", "after")}
        self._rows.setdefault("event", []).append(
            {"at": at, "act": act, "subject": subject, "subject_id": subject_id, **values, **facts}
        )

    def next_id(self, table: str) -> int:
        """An id of the table's sequence, drawn in blocks."""
        drawn = next(self._ids.get(table, iter(())), None)
        if drawn is None:
            found = self._session.scalars(
                text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)"),
                {"table": table, "count": _BLOCK},
            ).all()
            self._ids[table] = iter(found)
            drawn = next(self._ids[table])
        return int(drawn)

    def write(self) -> None:
        """Writes everything gathered so far; events in the order in which they happened."""
        self._rows.get("event", []).sort(key=lambda row: row["at"])
        connection = self._session.connection().connection.driver_connection
        assert connection is not None  # noqa: S101 - the session is inside a transaction
        with connection.cursor() as cursor:
            for table in ORDER:
                rows = self._rows.pop(table, [])
                columns = sorted({column for row in rows for column in row})
                if not rows:
                    continue
                with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row([_plain(row.get(column)) for column in columns])
        if self._rows:
            raise KeyError(f"no place in ORDER for {sorted(self._rows)}")


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dict):
        return canonical_json(value)
    return value
