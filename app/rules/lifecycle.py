"""The one table of moves: who may do what to which row in which state, and what comes of it.

Services refuse whatever is not in it; the office's buttons, the API, the permission tests and
docs/regulation.md are made from it. Sources: domain.md §1.9 (A–F) and the guides named there.
Its rows are in app/rules/moves/, by subject. TABLE holds them all; MOVES only those that somebody can
make today: a row may stand before its service does, and then says what it awaits.
"""

from __future__ import annotations

from typing import Final

from app.models.enums import Role
from app.rules.moves import applications, contracts, places, turns, vouchers
from app.rules.moves._types import Move, Subject
from app.rules.verdict import RuleBroken

__all__ = ["MOVES", "TABLE", "Move", "Subject", "check", "move", "moves_of"]

TABLE: Final[tuple[Move, ...]] = (
    *applications.APPLICATIONS,
    *turns.TURNS,
    *applications.GROUPS,
    *places.BULLETINS,
    *places.CLAIMS,
    *places.REFERRALS,
    *vouchers.VOUCHERS,
    *vouchers.WAITING_LIST,
    *places.STOP_LIST,
    *contracts.CONTRACTS,
)
MOVES: Final[tuple[Move, ...]] = tuple(row for row in TABLE if row.available)

_BY_VERB: Final = {row.verb: row for row in TABLE}


def move(verb: str) -> Move:
    """The row of `verb`. Raises KeyError for a verb that is not in the table."""
    return _BY_VERB[verb]


def check(verb: str, status: str, application_status: str | None = None) -> Move:
    """The move, if it may start in these states; else RuleBroken("STALE").

    A click on a state that is gone is nearly always a second tab or a double click, so the reader is
    told that the data changed, and nothing is silently ignored.
    """
    row = _BY_VERB[verb]
    if row.from_ and status not in row.from_:
        raise RuleBroken("STALE", verb=verb, status=str(status))
    if row.application and application_status is not None and application_status not in row.application[0]:
        raise RuleBroken("STALE", verb=verb, status=str(application_status))
    return row


def moves_of(subject: Subject, roles: frozenset[Role] | None = None, status: str | None = None) -> tuple[Move, ...]:
    """Moves on `subject` that can be made today, by one of `roles` and from `status` where these are given."""
    return tuple(
        row
        for row in MOVES
        if row.subject is subject and (roles is None or row.by & roles) and (status is None or status in row.from_)
    )
