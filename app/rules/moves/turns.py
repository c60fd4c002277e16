"""Moves of those whose turn has come: told, choosing, missing the days of choice. Sources: guide 002; domain 1.9 B."""

from __future__ import annotations

from typing import Final

from app.models.enums import ApplicationStatus as A
from app.rules.moves._types import CLOCK, PARENT, Move, Subject
from app.words import N_

TURNS: Final[tuple[Move, ...]] = (
    Move(
        "notify_turn",
        Subject.APPLICATION,
        N_("Tell that the turn has come"),
        (A.QUEUED,),
        (A.NOTIFIED,),
        CLOCK,
        "guide 002 «Хабарлама жіберілді»; D2",
    ),
    # From the queue itself too: a place that nobody chose in time is open to every child of its birth years.
    Move(
        "choose_kindergarten",
        Subject.APPLICATION,
        N_("Choose the kindergarten and sign"),
        (A.NOTIFIED, A.QUEUED),
        (A.REFERRED,),
        PARENT,
        "guide 002 «Балабақшаны таңдау», «Қол қою және жіберу»",
        needs=("group", "signature"),
    ),
    Move(
        "lapse_turn",
        Subject.APPLICATION,
        N_("Open the place to all"),
        (A.NOTIFIED,),
        (A.QUEUED,),
        CLOCK,
        "guide 002; D2",
    ),
)
