"""One table: each verb of the lifecycle that an office person performs → the row it starts from, what must be
typed, and the one service that does it. Buttons, act pages, the API and permissions are all made from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.models import (
    Application,
    Bulletin,
    Child,
    Claim,
    Contract,
    KindergartenGroup,
    Locality,
    Referral,
    StopListEntry,
    Voucher,
    WaitingListEntry,
)
from app.models.enums import ApplicationStatus, ReferralStatus, Role, VoucherStatus
from app.rules import lifecycle
from app.rules.lifecycle import Move
from app.services import (
    applications,
    benefits,
    bulletins,
    claims,
    contract_decisions,
    contracts,
    documents,
    groups,
    referrals,
    stop_list,
    voucher_places,
    voucher_rounds,
    vouchers,
    waiting_list,
    year,
)
from app.services.access import STAFF, Actor

Data = dict[str, Any]
Call = Callable[[Session, Actor, int, Data, dt.datetime], Any]

# What a need of the lifecycle table asks for on the act page (app/views/office/act_fields.py).
FIELDS_OF_NEED: dict[str, tuple[str, ...]] = {
    "document": ("upload",),
    "places": ("places", "place_type", "publish_at"),
}


@dataclass(frozen=True)
class Act:
    """One verb as the office performs it.

    start: the model of the row the button stands on. call: what runs inside the unit of work.
    asks_also: fields beyond the needs of the lifecycle table. many: whether several rows may be done at once.
    """

    verb: str
    start: type[Any]
    call: Call
    asks_also: tuple[str, ...] = ()
    many: bool = True

    @property
    def move(self) -> Move:
        return lifecycle.move(self.verb)

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields of the form, in order."""
        needed = [field for need in self.move.needs for field in FIELDS_OF_NEED.get(need, (need,))]
        return (*self.asks_also, *needed)

    @property
    def roles(self) -> frozenset[Role]:
        """The office roles that may do it."""
        return self.move.by & STAFF

    def fits(self, row: Any, actor: Actor) -> bool:
        """Whether the act may start on `row` as it is now; the service looks again under its lock."""
        return _START[self.start](self, row, actor)


def _submit_document(session: Session, actor: Actor, row_id: int, data: Data, now: dt.datetime) -> Any:
    return documents.attach_to_application(
        session,
        actor,
        row_id,
        data["document_kind"],
        data["upload"],
        now,
        data.get("issued_on"),
        data.get("paper_number"),
        data.get("issuer"),
    )


def _change_benefit(session: Session, actor: Actor, row_id: int, data: Data, now: dt.datetime) -> Any:
    return benefits.change_benefit(
        session, actor, row_id, data["benefit_category"], data["upload"], data.get("issued_on"), now
    )


def _extend(session: Session, actor: Actor, row_id: int, data: Data, now: dt.datetime) -> Any:
    documents.attach_to_referral(session, actor, row_id, data["upload"], now)
    return referrals.extend(session, actor, row_id, now)


def _submit(session: Session, actor: Actor, row_id: int, data: Data, now: dt.datetime) -> Any:
    wish = applications.Wish(
        child_id=row_id,
        locality_id=data["locality"].id,
        languages=data["languages"],
        queue_type=data["queue_type"],
        group_type=data["group_type"],
        benefit_category_id=data["benefit_category"],
        correction_type=data["correction_type"],
    )
    return applications.submit(session, actor, data["applicant"], wish, now)


ACTS: tuple[Act, ...] = (
    Act(
        "submit",
        Child,
        _submit,
        asks_also=(
            "applicant",
            "locality",
            "languages",
            "queue_type",
            "group_type",
            "correction_type",
            "benefit_category",
        ),
        many=False,
    ),
    Act(
        "submit_document",
        Application,
        _submit_document,
        asks_also=("document_kind", "paper_number", "issuer", "issued_on"),
        many=False,
    ),
    Act("confirm_documents", Application, lambda s, a, i, d, now: applications.confirm_documents(s, a, i, now)),
    Act(
        "refuse_documents",
        Application,
        lambda s, a, i, d, now: applications.refuse_documents(s, a, i, d["reason"], now),
    ),
    Act("withdraw", Application, lambda s, a, i, d, now: applications.withdraw(s, a, i, now)),
    Act("change_benefit", Application, _change_benefit, asks_also=("issued_on",), many=False),
    Act("confirm_interest", Application, lambda s, a, i, d, now: applications.confirm_interest(s, a, i, now)),
    Act(
        "claim",
        Application,
        lambda s, a, i, d, now: claims.claim(s, a, d["bulletin"].id, i, now),
        asks_also=("bulletin",),
        many=False,
    ),
    Act(
        "set_capacity",
        KindergartenGroup,
        lambda s, a, i, d, now: groups.set_capacity(s, a, i, d["capacity"], now),
        many=False,
    ),
    Act(
        "promote_group",
        KindergartenGroup,
        lambda s, a, i, d, now: year.promote_group(s, a, i, d["birth_years"], now),
        many=False,
    ),
    Act(
        "open_bulletin",
        KindergartenGroup,
        lambda s, a, i, d, now: bulletins.open_bulletin(s, a, i, d["places"], now, d["place_type"], d["publish_at"]),
        many=False,
    ),
    Act(
        "withdraw_bulletin",
        Bulletin,
        lambda s, a, i, d, now: bulletins.withdraw_bulletin(s, a, i, d["reason"], now),
    ),
    Act("cancel_claim", Claim, lambda s, a, i, d, now: claims.cancel_claim(s, a, i, now)),
    Act("activate", Claim, lambda s, a, i, d, now: claims.activate(s, a, i, now)),
    Act("decline", Claim, lambda s, a, i, d, now: claims.decline(s, a, i, d["decline_reason"], d["note"], now)),
    Act("send_contract", Referral, lambda s, a, i, d, now: contracts.send_contract(s, a, i, now)),
    Act("conclude_on_paper", Referral, lambda s, a, i, d, now: contracts.conclude_on_paper(s, a, i, now)),
    Act("extend", Referral, _extend, many=False),
    Act("give_back", Referral, lambda s, a, i, d, now: referrals.give_back(s, a, i, now)),
    Act("annul_referral", Referral, lambda s, a, i, d, now: referrals.annul_referral(s, a, i, d["reason"], now)),
    Act(
        "issue_voucher",
        Locality,
        lambda s, a, i, d, now: voucher_rounds.issue_round(s, a, i, now),
        asks_also=("round",),
        many=False,
    ),
    Act("confirm_voucher", Voucher, lambda s, a, i, d, now: vouchers.confirm_voucher(s, a, i, now), many=False),
    Act("extend_voucher", Voucher, lambda s, a, i, d, now: vouchers.extend_voucher(s, a, i, now), many=False),
    Act(
        "request_enrolment",
        Voucher,
        lambda s, a, i, d, now: voucher_places.request_enrolment(s, a, i, d["group"].id, now),
        many=False,
    ),
    Act(
        "change_kindergarten",
        Voucher,
        lambda s, a, i, d, now: voucher_places.change_kindergarten(s, a, i, d["group"].id, now),
        many=False,
    ),
    Act(
        "join_waiting_list",
        Voucher,
        lambda s, a, i, d, now: waiting_list.join_waiting_list(s, a, i, d["kindergarten"].id, now),
        many=False,
    ),
    Act(
        "send_voucher_contract",
        Voucher,
        lambda s, a, i, d, now: voucher_places.send_voucher_contract(s, a, i, now),
    ),
    Act("revoke_voucher", Voucher, lambda s, a, i, d, now: vouchers.revoke_voucher(s, a, i, d["reason"], now)),
    Act("accept_offer", WaitingListEntry, lambda s, a, i, d, now: waiting_list.accept_offer(s, a, i, now), many=False),
    Act(
        "leave_waiting_list",
        WaitingListEntry,
        lambda s, a, i, d, now: waiting_list.leave_waiting_list(s, a, i, now),
        many=False,
    ),
    Act("release", StopListEntry, lambda s, a, i, d, now: stop_list.release(s, a, i, d["reason"], now)),
    Act(
        "sign_contract",
        Contract,
        lambda s, a, i, d, now: contract_decisions.sign_contract(s, a, i, d["signature"][i], now),
    ),
    Act(
        "return_contract",
        Contract,
        lambda s, a, i, d, now: contract_decisions.return_contract(s, a, i, d["marks"], d["note"], now),
        many=False,
    ),
    Act(
        "refuse_contract",
        Contract,
        lambda s, a, i, d, now: contract_decisions.refuse_contract(s, a, i, d["refusal_reason"], d["note"], now),
    ),
    Act(
        "discharge",
        Contract,
        lambda s, a, i, d, now: contract_decisions.discharge(s, a, i, d["discharge_reason"], d["note"], now),
    ),
)

BY_VERB = {act.verb: act for act in ACTS}


def acts_on(model: type[Any]) -> tuple[Act, ...]:
    """The acts whose button stands on rows of `model`, in the order of the table."""
    return tuple(act for act in ACTS if act.start is model)


# ── where an act may start ──


def _by_status(act: Act, row: Any, actor: Actor) -> bool:
    return row.status in act.move.from_


def _on_application(act: Act, row: Application, actor: Actor) -> bool:
    if act.verb == "claim":
        return row.status is ApplicationStatus.QUEUED
    if act.verb in ("confirm_documents", "refuse_documents") and not applications.is_right_desk(actor, row):
        return False
    return _by_status(act, row, actor)


def _on_referral(act: Act, row: Referral, actor: Actor) -> bool:
    if row.status not in (ReferralStatus.ISSUED, ReferralStatus.EXTENDED):
        return False
    if act.verb in ("send_contract", "conclude_on_paper"):
        return not row.contract_sent
    # A contract on its way carries the application along; the referral alone can no longer be undone.
    return row.status in act.move.from_ and not row.contract_sent


#: The states in which a voucher's application has to be for an act that the voucher's own state does not decide.
_VOUCHER_AT = {
    "join_waiting_list": (VoucherStatus.CONFIRMED, VoucherStatus.EXTENDED),
    "send_voucher_contract": (VoucherStatus.ATTACHED, VoucherStatus.EXTENDED),
}


def _on_voucher(act: Act, row: Voucher, actor: Actor) -> bool:
    carried = act.move.application
    if carried is not None and row.application.status not in carried[0]:
        return False
    return row.status in _VOUCHER_AT.get(act.verb, act.move.from_)


def _on_locality(act: Act, row: Locality, actor: Actor) -> bool:
    """A round starts where vouchers are issued, in the official's own part of the country."""
    return voucher_rounds.may_issue(db.session, actor, row, clock.now())


def _on_group(act: Act, row: KindergartenGroup, actor: Actor) -> bool:
    return act.verb != "open_bulletin" or row.free > 0


_START: dict[type[Any], Callable[[Act, Any, Actor], bool]] = {
    Application: _on_application,
    Bulletin: _by_status,
    Child: lambda act, row, actor: True,
    Claim: _by_status,
    Contract: _by_status,
    KindergartenGroup: _on_group,
    Locality: _on_locality,
    Referral: _on_referral,
    StopListEntry: _by_status,
    Voucher: _on_voucher,
    WaitingListEntry: _by_status,
}
