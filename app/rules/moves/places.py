"""Moves of bulletins, claims, referrals and the stop-list. Sources: guides 002, 003; domain 1.9 C, D, F."""

from __future__ import annotations

from typing import Final

from app.models.enums import ApplicationStatus as A
from app.models.enums import BulletinStatus as B
from app.models.enums import ClaimStatus as C
from app.models.enums import ReferralStatus as R
from app.models.enums import Role
from app.models.enums import StopListStatus as S
from app.rules.moves._types import CLOCK, DEPARTMENT, FILES, KINDERGARTEN, PARENT, Move, Subject, by
from app.words import N_

BULLETINS: Final[tuple[Move, ...]] = (
    Move(
        "open_bulletin",
        Subject.BULLETIN,
        N_("Publish free places"),
        (),
        (B.SCHEDULED,),
        by(Role.HEAD, Role.METHODIST, Role.DEPARTMENT),
        "guide 003 bulletin card",
        needs=("places",),
    ),
    Move(
        "publish",
        Subject.BULLETIN,
        N_("Publish at the opening time"),
        (B.SCHEDULED,),
        (B.PRIORITY, B.OPEN),
        CLOCK,
        "guide 003, all bulletins begin at 18:00",
    ),
    Move("open_to_all", Subject.BULLETIN, N_("Open to all"), (B.PRIORITY,), (B.OPEN,), CLOCK, "domain D2"),
    Move(
        "withdraw_bulletin",
        Subject.BULLETIN,
        N_("Withdraw the bulletin"),
        (B.SCHEDULED, B.PRIORITY, B.OPEN),
        (B.WITHDRAWN,),
        by(Role.HEAD, Role.DEPARTMENT),
        "domain 1.9 C",
        needs=("reason",),
        danger=True,
    ),
)

CLAIMS: Final[tuple[Move, ...]] = (
    Move(
        "claim",
        Subject.CLAIM,
        N_("Send a claim"),
        (),
        (C.WAITING,),
        FILES,
        "guide 003 «Өтініш жіберу»",
        application=((A.QUEUED,), (A.CLAIMED,)),
    ),
    Move(
        "cancel_claim",
        Subject.CLAIM,
        N_("Cancel the claim"),
        (C.WAITING,),
        (C.CANCELLED,),
        FILES,
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
        KINDERGARTEN,
        "guide 003 «Активтендіруді күту»",
        application=((A.CLAIMED,), (A.REFERRED,)),
    ),
    Move(
        "decline",
        Subject.CLAIM,
        N_("Decline"),
        (C.WAITING,),
        (C.DECLINED,),
        KINDERGARTEN,
        "domain 1.9 B",
        needs=("decline_reason", "note"),
        application=((A.CLAIMED,), (A.QUEUED,)),
        danger=True,
    ),
)

REFERRALS: Final[tuple[Move, ...]] = (
    Move(
        "extend",
        Subject.REFERRAL,
        N_("Extend the referral"),
        (R.ISSUED,),
        (R.EXTENDED,),
        FILES,
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
        FILES,
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
        DEPARTMENT,
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
        CLOCK,
        "guides 002, 003; D5–D7",
        application=((A.REFERRED,), (A.STOP_LISTED, A.ARCHIVED)),
    ),
)

STOP_LIST: Final[tuple[Move, ...]] = (
    Move(
        "release",
        Subject.STOP_LIST,
        N_("Release from the stop-list"),
        (S.ACTIVE,),
        (S.RELEASED,),
        DEPARTMENT,
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
        CLOCK,
        "guides 002, 003; D6",
        application=((A.STOP_LISTED,), (A.QUEUED,)),
    ),
    Move(
        "restore",
        Subject.STOP_LIST,
        N_("Restore the application (once)"),
        (S.ACTIVE,),
        (S.RESTORED,),
        PARENT,
        "explanations of the ministry on vouchers; D4",
        application=((A.STOP_LISTED,), (A.QUEUED,)),
    ),
    Move(
        "escalate_stop_list",
        Subject.STOP_LIST,
        N_("Archive after a stop-list that was not left"),
        (S.ACTIVE,),
        (S.ESCALATED,),
        CLOCK,
        "domain 1.9 F; D4",
        application=((A.STOP_LISTED,), (A.ARCHIVED,)),
    ),
)
