"""Moves of the contract. Sources: guides 003, 004; domain 1.9 E."""

from __future__ import annotations

from typing import Final

from app.models.enums import ApplicationStatus as A
from app.models.enums import ContractStatus as K
from app.models.enums import Role
from app.rules.moves._types import CLOCK, KINDERGARTEN, PARENT, Move, Subject, by
from app.words import N_

CONTRACTS: Final[tuple[Move, ...]] = (
    Move(
        "send_contract",
        Subject.CONTRACT,
        N_("Send the contract"),
        (),
        (K.SENT,),
        KINDERGARTEN,
        "guide 004",
        application=((A.REFERRED, A.KINDERGARTEN_CHOSEN), (A.CONTRACTING,)),
    ),
    Move(
        "conclude_on_paper",
        Subject.CONTRACT,
        N_("Record the contract on paper and enrol"),
        (),
        (K.SIGNED,),
        by(Role.HEAD),
        "guide 003 «Келісім шарт жасасу»",
        application=((A.REFERRED,), (A.ENROLLED,)),
    ),
    Move(
        "sign_as_parent",
        Subject.CONTRACT,
        N_("Sign and send"),
        (K.SENT, K.RETURNED),
        (K.PARENT_SIGNED,),
        PARENT,
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
        KINDERGARTEN,
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
        by(Role.HEAD),
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
        by(Role.HEAD),
        "domain 1.9 E",
        needs=("refusal_reason", "note"),
        # A voucher outlives a refusal that was not the applicant's fault.
        application=((A.CONTRACTING,), (A.QUEUED, A.VOUCHER_CONFIRMED, A.STOP_LISTED, A.ARCHIVED)),
        danger=True,
    ),
    Move(
        "lapse_contract",
        Subject.CONTRACT,
        N_("Let the contract lapse"),
        (K.SENT, K.RETURNED),
        (K.LAPSED,),
        CLOCK,
        "guide 004; D12",
        application=((A.CONTRACTING, A.REWORK), (A.STOP_LISTED, A.ARCHIVED)),
    ),
    Move(
        "discharge",
        Subject.CONTRACT,
        N_("Discharge the child"),
        (K.SIGNED,),
        (K.TERMINATED,),
        by(Role.HEAD),
        "guide 004 «Мұрағат»",
        needs=("discharge_reason", "note"),
        danger=True,
    ),
)
