"""The latest answer to every sentence, for the office's desk."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import InvariantCheck
from app.services.invariants import sentence_of


@dataclass(frozen=True)
class Answer:
    """`sentence` is an English msgid; translate it where it is shown."""

    name: str
    sentence: str
    broken: int
    sample: list[int]


def latest_answers(session: Session) -> list[Answer]:
    """The answers of the last check, broken ones first; empty when nobody has asked yet."""
    newest = select(InvariantCheck.checked_at).order_by(InvariantCheck.checked_at.desc()).limit(1).scalar_subquery()
    rows = session.scalars(
        select(InvariantCheck)
        .where(InvariantCheck.checked_at == newest)
        .order_by(InvariantCheck.broken.desc(), InvariantCheck.id)
    )
    return [Answer(row.name, sentence_of(row.name), row.broken, list(row.sample)) for row in rows]


def broken_sentences(session: Session) -> list[Answer]:
    """The sentences that were not true when they were last asked."""
    return [answer for answer in latest_answers(session) if answer.broken]
