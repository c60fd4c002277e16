"""Moves of the application and of the group: filing, checking, the yearly dates.

Sources: domain 1.9 B; guides 000–003.
"""

from __future__ import annotations

from typing import Final

from app.models.enums import ApplicationStatus as A
from app.models.enums import Role
from app.rules.moves._types import CHECKS, CLOCK, FILES, NO_SERVICE, PARENT, Move, Subject, by
from app.words import N_

APPLICATIONS: Final[tuple[Move, ...]] = (
    Move(
        "submit",
        Subject.APPLICATION,
        N_("Send the application"),
        (),
        (A.QUEUED, A.DOCS_REVIEW),
        FILES,
        "guide 003 «Өтініштер»; guide 000 steps 3–5",
    ),
    Move(
        "submit_document",
        Subject.APPLICATION,
        N_("Attach a document"),
        (A.DOCS_REVIEW, A.QUEUED),
        (A.DOCS_REVIEW, A.QUEUED),
        FILES,
        "guide 000 step 5",
        needs=("document",),
    ),
    Move(
        "confirm_documents",
        Subject.APPLICATION,
        N_("Confirm the documents"),
        (A.DOCS_REVIEW,),
        (A.QUEUED,),
        CHECKS,
        "domain 1.9 B; guide 001",
    ),
    Move(
        "refuse_documents",
        Subject.APPLICATION,
        N_("Do not confirm the documents"),
        (A.DOCS_REVIEW,),
        (A.QUEUED, A.ARCHIVED),
        CHECKS,
        "domain 1.9 B; guide 001",
        needs=("reason",),
        danger=True,
    ),
    Move(
        "withdraw",
        Subject.APPLICATION,
        N_("Withdraw the application"),
        (A.QUEUED, A.NOTIFIED, A.DOCS_REVIEW, A.STOP_LISTED),
        (A.ARCHIVED,),
        FILES,
        "guide 003 «Өтініштер мұрағаты»",
        danger=True,
    ),
    Move(
        "confirm_interest",
        Subject.APPLICATION,
        N_("Confirm interest in a place"),
        (A.QUEUED,),
        (A.QUEUED,),
        FILES,
        "guide 003, column of the list; domain D17",
    ),
    Move(
        "archive_max_age",
        Subject.APPLICATION,
        N_("Archive at the maximum age"),
        (A.QUEUED, A.NOTIFIED, A.DOCS_REVIEW, A.STOP_LISTED),
        (A.ARCHIVED,),
        CLOCK,
        "guide 000; domain D14",
    ),
    Move(
        "archive_uninterested",
        Subject.APPLICATION,
        N_("Archive without confirmed interest"),
        (A.QUEUED,),
        (A.ARCHIVED,),
        CLOCK,
        "guide 003, column of the list; domain D17",
    ),
    Move(
        "change_benefit",
        Subject.APPLICATION,
        N_("Change the benefit"),
        (A.QUEUED, A.DOCS_REVIEW),
        (A.QUEUED, A.DOCS_REVIEW),
        FILES,
        "guide 002 «Изменить льготность»",
        needs=("benefit_category", "document"),
    ),
    Move(
        "lapse_benefit",
        Subject.APPLICATION,
        N_("Let the benefit lapse with its certificate"),
        (A.QUEUED,),
        (A.QUEUED,),
        CLOCK,
        "domain D19",
        awaits=NO_SERVICE,
    ),
    Move(
        "recategorise",
        Subject.APPLICATION,
        N_("Put into the category of the new year"),
        (A.QUEUED,),
        (A.QUEUED,),
        CLOCK,
        "domain D18",
        awaits=NO_SERVICE,
    ),
    Move(
        "merge_application",
        Subject.APPLICATION,
        N_("Take the application over from the other parent"),
        (A.QUEUED, A.NOTIFIED, A.DOCS_REVIEW, A.STOP_LISTED),
        (A.QUEUED, A.NOTIFIED, A.DOCS_REVIEW, A.STOP_LISTED),
        PARENT,
        "guide 002 «Өтінішті ата-ананың ЖСН-ға біріктіру»",
    ),
)

GROUPS: Final[tuple[Move, ...]] = (
    Move(
        "set_capacity",
        Subject.GROUP,
        N_("Change the number of places"),
        (),
        (),
        by(Role.HEAD, Role.DEPARTMENT),
        "domain 1.9 C, place counter",
        needs=("capacity",),
    ),
    Move(
        "promote_group",
        Subject.GROUP,
        N_("Promote the group to the next age"),
        (),
        (),
        by(Role.HEAD, Role.DEPARTMENT),
        "domain 2, order No. 595: 1 to 31 August",
        needs=("birth_years",),
    ),
)
