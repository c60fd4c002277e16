"""Every generated write leaves an event in the same commit, without anybody's name in it."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

from app import clock
from app.extensions import db
from app.models import Kindergarten
from app.services import record
from app.views.actor import current_actor

Facts = dict[str, Any] | None


class RecordedChanges:
    """Mixin for OfficeModelView and OfficeModelRestApi: the event of each added, changed or deleted row.

    `is_personal`: the row holds somebody's data; then the event names the changed columns alone.
    """

    is_personal = False

    def on_change(self, verb: str, item: Any, before: Facts, after: Facts) -> None:
        record.write_event(
            db.session,
            current_actor(),
            clock.now(),
            verb,
            item,
            kindergarten_id=item.id if isinstance(item, Kindergarten) else None,
            before=self._recorded(before),
            after=self._recorded(after),
        )

    def _recorded(self, facts: Facts) -> dict[str, Any]:
        if not facts:
            return {}
        if self.is_personal:
            return {"columns": sorted(facts)}
        return {name: plain_fact(value) for name, value in facts.items()}


def plain_fact(value: Any) -> Any:
    """A column's value as canonical JSON can hold it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain_fact(each) for each in value]
    if value is None or isinstance(value, str | int | float | bool | dict | dt.date | dt.datetime):
        return value
    return str(value)
