"""Moves of the voucher and of the waiting list of one kindergarten. Sources: guide 001; domain 1.9 B, D."""

from __future__ import annotations

from typing import Final

from app.models.enums import ApplicationStatus as A
from app.models.enums import ContractStatus as K
from app.models.enums import Role
from app.models.enums import VoucherStatus as V
from app.models.enums import WaitingListStatus as W
from app.rules.moves._types import CLOCK, DEPARTMENT, FILES, KINDERGARTEN, PARENT, Move, Subject, by
from app.words import N_

VOUCHERS: Final[tuple[Move, ...]] = (
    Move(
        "issue_voucher",
        Subject.VOUCHER,
        N_("Issue a voucher"),
        (),
        (V.ISSUED,),
        by(Role.SYSTEM, Role.DEPARTMENT),
        "guide 001 «Процесс получения ваучера»",
        application=((A.QUEUED,), (A.VOUCHER_ISSUED,)),
    ),
    Move(
        "confirm_voucher",
        Subject.VOUCHER,
        N_("Confirm the voucher"),
        (V.ISSUED,),
        (V.CONFIRMED,),
        FILES,
        "guide 001 «Да»; D3",
        application=((A.VOUCHER_ISSUED,), (A.VOUCHER_CONFIRMED,)),
    ),
    Move(
        "refuse_voucher",
        Subject.VOUCHER,
        N_("Refuse the voucher"),
        (V.ISSUED,),
        (V.ANNULLED,),
        PARENT,
        "guide 001 «Нет»",
        application=((A.VOUCHER_ISSUED,), (A.ARCHIVED,)),
        danger=True,
    ),
    Move(
        "annul_voucher",
        Subject.VOUCHER,
        N_("Annul the unanswered voucher"),
        (V.ISSUED,),
        (V.ANNULLED,),
        CLOCK,
        "guide 001; D3",
        application=((A.VOUCHER_ISSUED,), (A.STOP_LISTED, A.ARCHIVED)),
    ),
    Move(
        "revoke_voucher",
        Subject.VOUCHER,
        N_("Annul the voucher"),
        (V.ISSUED, V.CONFIRMED, V.ATTACHED, V.EXTENDED),
        (V.ANNULLED,),
        DEPARTMENT,
        "domain 1.9 D",
        needs=("reason",),
        application=((A.VOUCHER_ISSUED, A.VOUCHER_CONFIRMED, A.KINDERGARTEN_CHOSEN), (A.QUEUED,)),
        danger=True,
    ),
    Move(
        "request_enrolment",
        Subject.VOUCHER,
        N_("Request enrolment"),
        (V.CONFIRMED, V.EXTENDED),
        (V.ATTACHED, V.EXTENDED),
        FILES,
        "guide 001 «Зачислиться»",
        needs=("group",),
        application=((A.VOUCHER_CONFIRMED,), (A.KINDERGARTEN_CHOSEN,)),
    ),
    # With the voucher in use a child changes the kindergarten without a new place in the queue.
    Move(
        "change_kindergarten",
        Subject.VOUCHER,
        N_("Change the kindergarten"),
        (V.ATTACHED, V.EXTENDED, V.IN_USE),
        (V.ATTACHED, V.EXTENDED),
        FILES,
        "domain 1.9 D",
        needs=("group",),
        application=((A.KINDERGARTEN_CHOSEN, A.ENROLLED), (A.KINDERGARTEN_CHOSEN,)),
    ),
    Move(
        "send_voucher_contract",
        Subject.CONTRACT,
        N_("Send the contract"),
        (),
        (K.SENT,),
        KINDERGARTEN,
        "guide 001 «Ожидайте договор от ДО»",
        application=((A.KINDERGARTEN_CHOSEN,), (A.CONTRACTING,)),
    ),
    Move(
        "extend_voucher",
        Subject.VOUCHER,
        N_("Extend the voucher"),
        (V.CONFIRMED, V.ATTACHED),
        (V.EXTENDED,),
        FILES,
        "guide 001, on the 5th day; D11",
        application=(
            (A.VOUCHER_CONFIRMED, A.KINDERGARTEN_CHOSEN, A.CONTRACTING, A.REWORK),
            (A.VOUCHER_CONFIRMED, A.KINDERGARTEN_CHOSEN, A.CONTRACTING, A.REWORK),
        ),
    ),
    Move(
        "expire_voucher",
        Subject.VOUCHER,
        N_("Let the voucher expire"),
        (V.CONFIRMED, V.ATTACHED, V.EXTENDED),
        (V.ANNULLED,),
        CLOCK,
        "guide 001; D10, D11",
        application=((A.VOUCHER_CONFIRMED, A.KINDERGARTEN_CHOSEN, A.CONTRACTING, A.REWORK), (A.ARCHIVED,)),
    ),
)

WAITING_LIST: Final[tuple[Move, ...]] = (
    Move(
        "join_waiting_list",
        Subject.WAITING_LIST,
        N_("Join the waiting list"),
        (),
        (W.WAITING,),
        FILES,
        "guide 001 «Заявки на лист ожидания»; explanations of the ministry",
        needs=("kindergarten",),
        application=((A.VOUCHER_CONFIRMED,), (A.VOUCHER_CONFIRMED,)),
    ),
    Move(
        "leave_waiting_list",
        Subject.WAITING_LIST,
        N_("Leave the waiting list"),
        (W.WAITING, W.OFFERED),
        (W.LEFT,),
        FILES,
        "domain D15",
        danger=True,
    ),
    Move(
        "offer_waiting_place",
        Subject.WAITING_LIST,
        N_("Offer a place of the waiting list"),
        (W.WAITING,),
        (W.OFFERED,),
        CLOCK,
        "domain D15",
        application=((A.VOUCHER_CONFIRMED,), (A.VOUCHER_CONFIRMED,)),
    ),
    Move(
        "accept_offer",
        Subject.WAITING_LIST,
        N_("Accept the offered place"),
        (W.OFFERED,),
        (W.ACCEPTED,),
        FILES,
        "domain D15",
        application=((A.VOUCHER_CONFIRMED,), (A.KINDERGARTEN_CHOSEN,)),
    ),
    Move(
        "lapse_offer",
        Subject.WAITING_LIST,
        N_("Offer the place to the next child"),
        (W.OFFERED,),
        (W.LAPSED,),
        CLOCK,
        "domain D15",
        application=((A.VOUCHER_CONFIRMED,), (A.VOUCHER_CONFIRMED,)),
    ),
)
