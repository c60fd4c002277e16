"""The one table of moves: who may do what to which row in which state, and what comes of it.

Services refuse whatever is not in it; the office's buttons, the API, the permission tests and
docs/regulation.md are made from it. Sources: domain.md §1.9 (A–F) and the guides named there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.models.enums import (
    ApplicationStatus as A,
)
from app.models.enums import (
    BulletinStatus as B,
)
from app.models.enums import (
    ClaimStatus as C,
)
from app.models.enums import (
    ContractStatus as K,
)
from app.models.enums import (
    ReferralStatus as R,
)
from app.models.enums import (
    Role,
)
from app.models.enums import (
    StopListStatus as S,
)
from app.rules.verdict import RuleBroken
from app.words import N_, Labelled


class Subject(Labelled):
    """What a move is made on."""

    APPLICATION = "application", N_("Application")
    BULLETIN = "bulletin", N_("Bulletin")
    CLAIM = "claim", N_("Claim")
    REFERRAL = "referral", N_("Referral")
    CONTRACT = "contract", N_("Contract")
    STOP_LIST = "stop_list", N_("Stop-list entry")
    GROUP = "group", N_("Group")


@dataclass(frozen=True)
class Move:
    """One row of the table.

    from_: states of the subject it starts in (empty: the move creates the subject, or the subject has no states).
    to: states it may end in. application: (states before, states after) of the application it carries along.
    by: roles that may make it. needs: what must be given with it. danger: it takes something away.
    """

    verb: str
    subject: Subject
    label: str
    from_: tuple[str, ...]
    to: tuple[str, ...]
    by: frozenset[Role]
    basis: str
    needs: tuple[str, ...] = ()
    application: tuple[tuple[A, ...], tuple[A, ...]] | None = None
    danger: bool = False


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_KINDERGARTEN: Final = _by(Role.HEAD, Role.METHODIST)
_PARENT: Final = _by(Role.PARENT)
_FILES: Final = _by(Role.PARENT, Role.SUPPORT)
_DEPARTMENT: Final = _by(Role.DEPARTMENT)
_CHECKS: Final = _by(Role.DEPARTMENT, Role.REVIEWER)
_CLOCK: Final = _by(Role.SYSTEM)

MOVES: Final[tuple[Move, ...]] = (
    # -- the application ------------------------------------------------------------------------------
    Move(
        "submit",
        Subject.APPLICATION,
        N_("Send the application"),
        (),
        (A.QUEUED, A.DOCS_REVIEW),
        _FILES,
        "guide 003 «Өтініштер»; guide 000 steps 3–5",
    ),
    Move(
        "submit_document",
        Subject.APPLICATION,
        N_("Attach a document"),
        (A.DOCS_REVIEW, A.QUEUED),
        (A.DOCS_REVIEW, A.QUEUED),
        _FILES,
        "guide 000 step 5",
        needs=("document",),
    ),
    Move(
        "confirm_documents",
        Subject.APPLICATION,
        N_("Confirm the documents"),
        (A.DOCS_REVIEW,),
        (A.QUEUED,),
        _CHECKS,
        "domain 1.9 B; guide 001",
    ),
    Move(
        "refuse_documents",
        Subject.APPLICATION,
        N_("Do not confirm the documents"),
        (A.DOCS_REVIEW,),
        (A.QUEUED, A.ARCHIVED),
        _CHECKS,
        "domain 1.9 B; guide 001",
        needs=("reason",),
        danger=True,
    ),
    Move(
        "withdraw",
        Subject.APPLICATION,
        N_("Withdraw the application"),
        (A.QUEUED, A.DOCS_REVIEW, A.STOP_LISTED),
        (A.ARCHIVED,),
        _FILES,
        "guide 003 «Өтініштер мұрағаты»",
        danger=True,
    ),
    Move(
        "confirm_interest",
        Subject.APPLICATION,
        N_("Confirm interest in a place"),
        (A.QUEUED,),
        (A.QUEUED,),
        _FILES,
        "guide 003, column of the list; domain D17",
    ),
    Move(
        "archive_max_age",
        Subject.APPLICATION,
        N_("Archive at the maximum age"),
        (A.QUEUED, A.DOCS_REVIEW, A.STOP_LISTED),
        (A.ARCHIVED,),
        _CLOCK,
        "guide 000; domain D14",
    ),
    # -- the group ------------------------------------------------------------------------------------
    Move(
        "set_capacity",
        Subject.GROUP,
        N_("Change the number of places"),
        (),
        (),
        _by(Role.HEAD, Role.DEPARTMENT),
        "domain 1.9 C, place counter",
        needs=("capacity",),
    ),
    # -- the bulletin ---------------------------------------------------------------------------------
    Move(
        "open_bulletin",
        Subject.BULLETIN,
        N_("Publish free places"),
        (),
        (B.SCHEDULED,),
        _by(Role.HEAD, Role.METHODIST, Role.DEPARTMENT),
        "guide 003 bulletin card",
        needs=("places",),
    ),
    Move(
        "publish",
        Subject.BULLETIN,
        N_("Publish at the opening time"),
        (B.SCHEDULED,),
        (B.PRIORITY, B.OPEN),
        _CLOCK,
        "guide 003, all bulletins begin at 18:00",
    ),
    Move("open_to_all", Subject.BULLETIN, N_("Open to all"), (B.PRIORITY,), (B.OPEN,), _CLOCK, "domain D2"),
    Move(
        "withdraw_bulletin",
        Subject.BULLETIN,
        N_("Withdraw the bulletin"),
        (B.SCHEDULED, B.PRIORITY, B.OPEN),
        (B.WITHDRAWN,),
        _by(Role.HEAD, Role.DEPARTMENT),
        "domain 1.9 C",
        needs=("reason",),
        danger=True,
    ),
    # -- the claim ------------------------------------------------------------------------------------
    Move(
        "claim",
        Subject.CLAIM,
        N_("Send a claim"),
        (),
        (C.WAITING,),
        _FILES,
        "guide 003 «Өтініш жіберу»",
        application=((A.QUEUED,), (A.CLAIMED,)),
    ),
    Move(
        "cancel_claim",
        Subject.CLAIM,
        N_("Cancel the claim"),
        (C.WAITING,),
        (C.CANCELLED,),
        _FILES,
        "domain 1.9 B",
        application=((A.CLAIMED,), (A.QUEUED,)),
        danger=True,
    ),
    Move(
        "activate",
        Subject.CLAIM,
        N_("Activate"),
        (C.WAITING,),
        (C.ACTIVATED,),
        _KINDERGARTEN,
        "guide 003 «Активтендіруді күту»",
        application=((A.CLAIMED,), (A.REFERRED,)),
    ),
    Move(
        "decline",
        Subject.CLAIM,
        N_("Decline"),
        (C.WAITING,),
        (C.DECLINED,),
        _KINDERGARTEN,
        "domain 1.9 B",
        needs=("decline_reason", "note"),
        application=((A.CLAIMED,), (A.QUEUED,)),
        danger=True,
    ),
    # -- the referral ---------------------------------------------------------------------------------
    Move(
        "extend",
        Subject.REFERRAL,
        N_("Extend the referral"),
        (R.ISSUED,),
        (R.EXTENDED,),
        _FILES,
        "guide 003 «Жолдаманы ұзарту»; D8",
        needs=("document",),
        application=((A.REFERRED,), (A.REFERRED,)),
    ),
    Move(
        "give_back",
        Subject.REFERRAL,
        N_("Give the referral back"),
        (R.ISSUED, R.EXTENDED),
        (R.CANCELLED_BY_PARENT,),
        _FILES,
        "guide 002; D9",
        application=((A.REFERRED,), (A.QUEUED,)),
        danger=True,
    ),
    Move(
        "annul_referral",
        Subject.REFERRAL,
        N_("Annul the referral"),
        (R.ISSUED, R.EXTENDED),
        (R.CANCELLED_BY_DEPARTMENT,),
        _DEPARTMENT,
        "domain 1.9 D",
        needs=("reason",),
        application=((A.REFERRED,), (A.QUEUED,)),
        danger=True,
    ),
    Move(
        "expire_referral",
        Subject.REFERRAL,
        N_("Let the referral expire"),
        (R.ISSUED, R.EXTENDED),
        (R.EXPIRED,),
        _CLOCK,
        "guides 002, 003; D5–D7",
        application=((A.REFERRED,), (A.STOP_LISTED, A.ARCHIVED)),
    ),
    # -- the stop-list --------------------------------------------------------------------------------
    Move(
        "release",
        Subject.STOP_LIST,
        N_("Release from the stop-list"),
        (S.ACTIVE,),
        (S.RELEASED,),
        _DEPARTMENT,
        "domain 1.9 F",
        needs=("reason",),
        application=((A.STOP_LISTED,), (A.QUEUED,)),
    ),
    Move(
        "release_in_time",
        Subject.STOP_LIST,
        N_("Release after the last day"),
        (S.ACTIVE,),
        (S.RELEASED,),
        _CLOCK,
        "guides 002, 003; D6",
        application=((A.STOP_LISTED,), (A.QUEUED,)),
    ),
    # -- the contract ---------------------------------------------------------------------------------
    Move(
        "send_contract",
        Subject.CONTRACT,
        N_("Send the contract"),
        (),
        (K.SENT,),
        _KINDERGARTEN,
        "guide 004",
        application=((A.REFERRED,), (A.CONTRACTING,)),
    ),
    Move(
        "conclude_on_paper",
        Subject.CONTRACT,
        N_("Record the contract on paper and enrol"),
        (),
        (K.SIGNED,),
        _by(Role.HEAD),
        "guide 003 «Келісім шарт жасасу»",
        application=((A.REFERRED,), (A.ENROLLED,)),
    ),
    Move(
        "sign_as_parent",
        Subject.CONTRACT,
        N_("Sign and send"),
        (K.SENT, K.RETURNED),
        (K.PARENT_SIGNED,),
        _PARENT,
        "guide 004; D12",
        needs=("terms", "documents", "signature"),
        application=((A.CONTRACTING, A.REWORK), (A.CONTRACTING,)),
    ),
    Move(
        "return_contract",
        Subject.CONTRACT,
        N_("Return for correction"),
        (K.PARENT_SIGNED,),
        (K.RETURNED,),
        _KINDERGARTEN,
        "guide 004; D13",
        needs=("marks", "note"),
        application=((A.CONTRACTING,), (A.REWORK,)),
    ),
    Move(
        "sign_contract",
        Subject.CONTRACT,
        N_("Sign and enrol"),
        (K.PARENT_SIGNED,),
        (K.SIGNED,),
        _by(Role.HEAD),
        "guide 004",
        needs=("signature",),
        application=((A.CONTRACTING,), (A.ENROLLED,)),
    ),
    Move(
        "refuse_contract",
        Subject.CONTRACT,
        N_("Refuse the contract"),
        (K.PARENT_SIGNED,),
        (K.REFUSED,),
        _by(Role.HEAD),
        "domain 1.9 E",
        needs=("refusal_reason", "note"),
        application=((A.CONTRACTING,), (A.QUEUED, A.STOP_LISTED, A.ARCHIVED)),
        danger=True,
    ),
    Move(
        "lapse_contract",
        Subject.CONTRACT,
        N_("Let the contract lapse"),
        (K.SENT, K.RETURNED),
        (K.LAPSED,),
        _CLOCK,
        "guide 004; D12",
        application=((A.CONTRACTING, A.REWORK), (A.STOP_LISTED, A.ARCHIVED)),
    ),
    Move(
        "discharge",
        Subject.CONTRACT,
        N_("Discharge the child"),
        (K.SIGNED,),
        (K.TERMINATED,),
        _by(Role.HEAD),
        "guide 004 «Мұрағат»",
        needs=("discharge_reason", "note"),
        danger=True,
    ),
)

_BY_VERB: Final = {move.verb: move for move in MOVES}


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
    """Moves on `subject`, narrowed to those that one of `roles` may make and that start in `status`."""
    return tuple(
        row
        for row in MOVES
        if row.subject is subject and (roles is None or row.by & roles) and (status is None or status in row.from_)
    )
