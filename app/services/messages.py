"""Telling people: inbox rows and outbox rows, written in the same commit as the act.

RQ is only the transport (app/jobs/send_messages.py); a row that was written is sent, whatever happens
to the broker.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Application, Delivery, Guardianship, Message, Person
from app.models.enums import Channel

# Templates that are shown in the inbox alone (texts.md §4, "–" in the SMS column).
INBOX_ONLY = frozenset({"P4", "V9", "T1", "A3", "G3"})


def notify(session: Session, now: dt.datetime, application: Application, template: str, **facts: Any) -> list[Message]:
    """One message to every guardian of the application's child, in the inbox and by their channels.

    `facts` fill the template (app/services/templates.py): dates as ISO text, codes as their value.
    """
    people = session.scalars(
        select(Person)
        .join(Guardianship, Guardianship.person_id == Person.id)
        .where(Guardianship.child_id == application.child_id)
        .order_by(Person.id)
    ).all()
    filled = {"child": application.child.given_name, **{key: _plain(value) for key, value in facts.items()}}
    return [_write(session, now, person, template, filled, application.id) for person in people]


def notify_person(session: Session, now: dt.datetime, person: Person, template: str, **facts: Any) -> Message:
    """One message to one person about their account."""
    return _write(session, now, person, template, {key: _plain(value) for key, value in facts.items()}, None)


def send_to_phone(
    session: Session, now: dt.datetime, phone: str, language: str, template: str, **facts: Any
) -> Message:
    """An SMS to a number that has no account yet (a one-time code)."""
    message = Message(template=template, facts=facts, created_at=now)
    message.deliveries.append(Delivery(channel=Channel.SMS, address=phone, language=language, next_try_at=now))
    session.add(message)
    return message


def _write(
    session: Session, now: dt.datetime, person: Person, template: str, facts: dict[str, Any], application_id: int | None
) -> Message:
    message = Message(
        person_id=person.id, application_id=application_id, template=template, facts=facts, created_at=now
    )
    for channel, address in ((Channel.SMS, person.phone), (Channel.EMAIL, person.email)):
        if address and template not in INBOX_ONLY:
            message.deliveries.append(
                Delivery(channel=channel, address=address, language=str(person.message_language), next_try_at=now)
            )
    session.add(message)
    return message


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value
