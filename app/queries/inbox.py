"""A person's notifications and the log of what was done from their account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Application, Contract, Event, Message, Referral
from app.rules import lifecycle
from app.words import N_

PAGE = 30

# Acts that are no moves of the lifecycle, as the log names them.
_OTHER_ACTS: Final = {
    "attach": N_("A document was attached"),
    "issue_referral": N_("The referral was issued"),
    "lapse_claim": N_("The claim lapsed"),
    "register_account": N_("The account was opened"),
    "add_child": N_("A child was added"),
}
_SOME_ACT: Final = N_("An action in the account")


def message_page(session: Session, person_id: int, before: int | None) -> tuple[Sequence[Message], bool]:
    """One page of notifications, the latest first, and whether there are more. Keyset by number."""
    query = select(Message).where(Message.person_id == person_id).order_by(Message.id.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(Message.id < before)
    found = session.scalars(query).all()
    return found[:PAGE], len(found) > PAGE


def own_message(session: Session, person_id: int, message_id: int) -> Message | None:
    """The message, when it is this person's."""
    return session.scalar(select(Message).where(Message.id == message_id, Message.person_id == person_id))


def unread(session: Session, person_id: int) -> int:
    query = select(func.count()).select_from(Message).where(Message.person_id == person_id, Message.read_at.is_(None))
    return session.scalar(query) or 0


def event_page(session: Session, user_id: int, before: int | None) -> tuple[list[tuple[Event, str | None]], bool]:
    """One page of the account's own acts with the application's number, the latest first."""
    query = (
        select(Event, Application.number)
        .outerjoin(Application, Application.id == Event.application_id)
        .where(Event.actor_user_id == user_id)
        .order_by(Event.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(Event.id < before)
    found: list[tuple[Event, str | None]] = [(row[0], row[1]) for row in session.execute(query)]
    return found[:PAGE], len(found) > PAGE


def act_words(act: str) -> str:
    """What an act is called in the log (a msgid)."""
    try:
        return lifecycle.move(act).label
    except KeyError:
        return _OTHER_ACTS.get(act, _SOME_ACT)


def live_papers(session: Session, application_id: int) -> tuple[int | None, int | None]:
    """The latest referral and the latest contract of an application, for the links of a message."""
    referral = select(Referral.id).where(Referral.application_id == application_id).order_by(Referral.id.desc())
    contract = select(Contract.id).where(Contract.application_id == application_id).order_by(Contract.id.desc())
    return session.scalar(referral.limit(1)), session.scalar(contract.limit(1))
