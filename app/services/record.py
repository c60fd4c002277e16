"""Writing down what happened: the event of an act, and the reading of a child's file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from app.db import canonical_json
from app.models import Application, Child, Event
from app.services.access import Actor

# Facts of a row that are worth keeping before and after an act; never a name, a number or an address.
_WITHOUT = {"search_key", "note", "return_note", "manifest", "terms", "formula"}


def state(row: Any, *fields: str) -> dict[str, Any]:
    """The named fields of `row` as plain facts for an event's before or after."""
    forbidden = _WITHOUT.intersection(fields)
    if forbidden:
        raise ValueError(f"not for the record: {sorted(forbidden)}")
    return {field: getattr(row, field) for field in fields}


def write_event(
    session: Session,
    actor: Actor,
    now: dt.datetime,
    act: str,
    subject: Any,
    *,
    application: Application | None = None,
    child_id: int | None = None,
    kindergarten_id: int | None = None,
    locality_id: int | None = None,
    reason: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> Event:
    """Appends one event. `subject` is the row acted on; it must have its id (flush first).

    The places it is filed under (application, child, kindergarten, locality) are taken from the
    application and the subject where they are not given.
    """
    event = Event(
        at=now,
        act=act,
        subject=subject.__tablename__,
        subject_id=subject.id,
        actor_user_id=actor.user_id,
        actor_role=str(actor.role),
        application_id=application.id if application else getattr(subject, "application_id", None),
        child_id=child_id or (application.child_id if application else getattr(subject, "child_id", None)),
        kindergarten_id=kindergarten_id or getattr(subject, "kindergarten_id", None),
        locality_id=locality_id or (application.locality_id if application else getattr(subject, "locality_id", None)),
        reason=reason,
        before=canonical_json(before or {}),
        after=canonical_json(after or {}),
    )
    session.add(event)
    return event


def file_opened(session: Session, actor: Actor, now: dt.datetime, child: Child, page: str) -> None:
    """Records that an office person opened a child's file (`page` names which view of it)."""
    write_event(
        session,
        actor,
        now,
        "open_file",
        child,
        child_id=child.id,
        kindergarten_id=actor.kindergarten_id,
        after={"page": page},
    )
