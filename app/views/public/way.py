"""An application in words: what state it is in, what happens next and until when, the four steps, its history."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext

from app import clock
from app.models.enums import ApplicationStatus as A
from app.models.enums import ArchiveReason, ClaimStatus, ContractStatus, Language, ReferralStatus
from app.queries.my_applications import Change, Journey
from app.queries.turns import gives_turns
from app.rules.rule_sets import RuleSet
from app.services.regulation import end_of_day
from app.services.wording import one_stop
from app.views.dates import limit_words, long_date, long_moment, stored_deadline
from app.views.public import voucher_way
from app.views.public.contract_pages import if_unsigned
from app.views.public.next_step import Next
from app.words import N_

#: Chip of an application: the kind of the macro `chip`, and its icon when it is another.
LOOK: dict[A, tuple[str, str | None]] = {
    A.DRAFT: ("", None),
    A.DOCS_REVIEW: ("soon", None),
    A.QUEUED: ("info", "clock"),
    A.NOTIFIED: ("soon", None),
    A.CLAIMED: ("info", "clock"),
    A.REFERRED: ("info", None),
    A.VOUCHER_ISSUED: ("soon", None),
    A.VOUCHER_CONFIRMED: ("info", None),
    A.KINDERGARTEN_CHOSEN: ("info", None),
    A.CONTRACTING: ("soon", None),
    A.REWORK: ("bad", None),
    A.STOP_LISTED: ("bad", None),
    A.ENROLLED: ("ok", None),
    A.ARCHIVED: ("", None),
}
_STEPS = (N_("Queue"), N_("Claim"), N_("Referral"), N_("Result"))
_STEPS_OF_TURN = (N_("Queue"), N_("Choice of a kindergarten"), N_("Referral"), N_("Result"))
#: At which of the four steps each state stands.
_AT = {
    A.DRAFT: 0,
    A.DOCS_REVIEW: 0,
    A.QUEUED: 0,
    A.NOTIFIED: 1,
    A.STOP_LISTED: 0,
    A.CLAIMED: 1,
    A.REFERRED: 2,
    A.CONTRACTING: 3,
    A.REWORK: 3,
    A.VOUCHER_ISSUED: 1,
    A.VOUCHER_CONFIRMED: 1,
    A.KINDERGARTEN_CHOSEN: 2,
}
#: What an act was, for the history; buttons name what it will be (app/rules/lifecycle.py).
_DONE = {
    "submit": N_("The application was sent"),
    "submit_document": N_("A document was attached"),
    "attach": N_("A document was attached"),
    "confirm_documents": N_("The documents were confirmed"),
    "refuse_documents": N_("The documents were not confirmed"),
    "withdraw": N_("The application was withdrawn"),
    "confirm_interest": N_("The interest in a place was confirmed"),
    "archive_max_age": N_("The application was archived: maximum age"),
    "archive_uninterested": N_("The application was archived: interest not confirmed"),
    "claim": N_("A claim was sent"),
    "cancel_claim": N_("The claim was cancelled"),
    "activate": N_("The claim was activated"),
    "decline": N_("The claim was declined"),
    "lapse_claim": N_("The claim lapsed: the place was withdrawn"),
    "change_benefit": N_("The benefit was changed"),
    "ask_to_merge": N_("The other parent asked for the application"),
    "merge_application": N_("The application was handed over to the other parent"),
    "refuse_to_merge": N_("The application was not handed over"),
    "take_merge_back": N_("The request for the application was taken back"),
    "lapse_merge": N_("The request for the application was not answered"),
    "notify_turn": N_("It was told that the turn has come"),
    "choose_kindergarten": N_("A kindergarten was chosen and the choice signed"),
    "lapse_turn": N_("The turn was not used; the place is open to all"),
    "issue_referral": N_("The referral was issued"),
    "extend": N_("The referral was extended"),
    "give_back": N_("The referral was given back"),
    "annul_referral": N_("The referral was annulled"),
    "expire_referral": N_("The referral expired"),
    "release": N_("Released from the stop-list"),
    "release_in_time": N_("The stop-list ended"),
    "recategorise": N_("The priority category was determined anew"),
    "issue_voucher": N_("The voucher was issued"),
    "confirm_voucher": N_("The interest in the voucher was confirmed"),
    "refuse_voucher": N_("The voucher was refused"),
    "annul_voucher": N_("The voucher was annulled: no answer"),
    "revoke_voucher": N_("The voucher was annulled by the department"),
    "extend_voucher": N_("The voucher was extended"),
    "expire_voucher": N_("The voucher expired"),
    "request_enrolment": N_("A kindergarten was chosen"),
    "change_kindergarten": N_("Another kindergarten was chosen"),
    "restore": N_("The application was restored by the applicant"),
    "escalate_stop_list": N_("The application was not restored in time"),
    "join_waiting_list": N_("The waiting list was joined"),
    "leave_waiting_list": N_("The waiting list was left"),
    "offer_waiting_place": N_("A place of the waiting list was offered"),
    "accept_offer": N_("The offered place was accepted"),
    "lapse_offer": N_("The offer of a place was not answered"),
    "send_voucher_contract": N_("The contract was sent to the parent"),
    "send_contract": N_("The contract was sent to the parent"),
    "conclude_on_paper": N_("The contract was concluded on paper, the child was enrolled"),
    "fill_in": N_("The contract was filled in"),
    "sign_as_parent": N_("The parent signed the contract"),
    "return_contract": N_("The contract was returned for correction"),
    "sign_contract": N_("The kindergarten signed the contract, the child was enrolled"),
    "refuse_contract": N_("The kindergarten refused the contract"),
    "lapse_contract": N_("The contract was not signed in time"),
    "discharge": N_("The child was discharged"),
}


def chip(status: A) -> tuple[str, str, str | None]:
    """Kind, words and icon of a status."""
    kind, shape = LOOK[status]
    return kind, gettext(status.msgid), shape


def steps(journey: Journey, rules: RuleSet) -> list[dict[str, Any]]:
    """The four steps of the tracker (guide 003): what is done, where the application stands, what is awaited."""
    if journey.by_voucher:
        return voucher_way.steps(journey)
    status = journey.application.status
    texts = _step_texts(journey)
    if status is A.ENROLLED:
        states = ["done"] * 4
    elif status is A.ARCHIVED:
        reached = 3 if journey.contract else 2 if journey.referral else 1 if journey.claim or journey.turn else 0
        states = ["done"] * reached + ["stopped"] + ["next"] * (3 - reached)
    else:
        at = _AT[status]
        states = ["done"] * at + ["stopped" if status is A.STOP_LISTED else "now"] + ["next"] * (3 - at)
    chosen = journey.turn is not None or (gives_turns(rules) and journey.claim is None)
    return [
        {"title": gettext(title), "state": state, "text": text if state != "next" else None}
        for title, state, text in zip(_STEPS_OF_TURN if chosen else _STEPS, states, texts, strict=True)
    ]


def what_next(journey: Journey, rules: RuleSet) -> Next:
    """What happens now, what to do and until when."""
    by_voucher = voucher_way.what_next(journey, rules) if journey.by_voucher else None
    found = by_voucher or _NEXT[journey.application.status](journey, rules)
    return replace(found, words=one_stop(found.words))


def change_words(change: Change) -> str:
    """One line of the history in words."""
    return gettext(_DONE.get(change.act, N_("The application was changed")))


def language_name(code: str) -> str:
    """A language of instruction in words."""
    return gettext(Language(code).msgid)


def _step_texts(journey: Journey) -> list[str | None]:
    claim, referral, contract = journey.claim, journey.referral, journey.contract
    chosen = f"{claim.kindergarten.name}. {gettext(ClaimStatus(claim.status).msgid)}." if claim else None
    if journey.turn is not None:
        chosen = f"{gettext(journey.turn.status.msgid)}. {_last_day(journey.turn.choose_by)}"
    texts = (
        gettext("Submitted: %(moment)s.", moment=long_moment(journey.application.submitted_at)),
        chosen,
        gettext(
            "%(status)s. Last day: %(date)s.", status=_label(ReferralStatus, referral), date=long_date(referral.use_by)
        )
        if referral
        else None,
        f"{contract.kindergarten.name}. {_label(ContractStatus, contract)}." if contract else None,
    )
    return [text and one_stop(text) for text in texts]


def _last_day(day: dt.date) -> str:
    return gettext("Last day: %(date)s.", date=long_date(day))


def _label(kind: Any, row: Any) -> str:
    return gettext(kind(row.status).msgid)


def _review(journey: Journey, rules: RuleSet) -> Next:
    limit = limit_words(rules.limit("benefit_check"))
    day = journey.application.check_by
    words = gettext("A specialist is checking the documents, within %(limit)s. You need do nothing.", limit=limit)
    if day is not None:
        words += " " + gettext("Last day of the check: %(date)s.", date=long_date(day))
    return Next(words)


def _queued(journey: Journey, rules: RuleSet) -> Next:
    if gives_turns(rules):
        words = gettext(
            "Wait for your turn: you will be told by message, and then have %(limit)s to choose a kindergarten.",
            limit=limit_words(rules.limit("priority_choice")),
        )
        return Next(
            words, url_for("public.choose", application_id=journey.application.id), gettext("What can be chosen")
        )
    url = url_for("public.bulletins", application=journey.application.id)
    words = gettext("Look for free places in the bulletins and send a claim when one fits.")
    return Next(words, url, gettext("See the bulletins"))


def _notified(journey: Journey, rules: RuleSet) -> Next:
    turn = journey.turn
    url = url_for("public.choose", application_id=journey.application.id)
    words, link = (
        gettext("Your turn has come. Choose a kindergarten and sign the choice."),
        gettext("Choose a kindergarten"),
    )
    if turn is None:
        return Next(words, url, link)
    return Next(
        words,
        url,
        link,
        gettext("Choose a kindergarten"),
        _end(turn.choose_by),
        stored_deadline(turn.formula),
        gettext("the place opens to all children of the year; you keep your place in the queue."),
    )


def _claimed(journey: Journey, rules: RuleSet) -> Next:
    claim = journey.claim
    limit = limit_words(rules.limit("claim_activation")) if "claim_activation" in rules.limit_codes() else ""
    words = gettext(
        "The place is held for you. The kindergarten must activate the claim within %(limit)s; please wait.",
        limit=limit,
    )
    if claim is None:
        return Next(words)
    words += " " + gettext("Last day: %(date)s.", date=long_date(claim.activate_by))
    return Next(words, url_for("public.claim", claim_id=claim.id), gettext("Open the claim"))


def _referred(journey: Journey, rules: RuleSet) -> Next:
    referral = journey.referral
    if referral is None:
        return Next(gettext("The referral is being prepared."))
    return Next(
        gettext(
            "Take the referral, both identity documents and the medical certificate to the kindergarten: %(name)s.",
            name=referral.kindergarten.name,
        ),
        url_for("public.referral", referral_id=referral.id),
        gettext("Open the referral"),
        gettext("Hand in the documents"),
        _end(referral.use_by),
        stored_deadline(referral.formula),
        gettext("the application goes to the stop-list for %(limit)s.", limit=limit_words(rules.limit("stop_list"))),
    )


def _contracting(journey: Journey, rules: RuleSet) -> Next:
    contract = journey.contract
    if contract is None:
        return Next(gettext("The kindergarten is preparing the contract."))
    url, link = url_for("public.contract", contract_id=contract.id), gettext("Open the contract")
    if contract.status is ContractStatus.PARENT_SIGNED or contract.sign_by is None:
        return Next(gettext("You have signed; the kindergarten is checking the documents."), url, link)
    rework = contract.status is ContractStatus.RETURNED
    return Next(
        gettext("Replace the marked documents and sign again.")
        if rework
        else gettext("Fill in the contract and sign it."),
        url,
        link,
        gettext("Correct and sign") if rework else gettext("Sign the contract"),
        _end(contract.sign_by),
        stored_deadline(contract.formula),
        if_unsigned(contract, rules)
        if journey.by_voucher
        else gettext("the place goes to another child and the application to the stop-list."),
    )


def _stop_listed(journey: Journey, rules: RuleSet) -> Next:
    entry = journey.stop_entry
    words = gettext("No referral is issued until the last day of the stop-list. Your submission time is kept.")
    if entry is None:
        return Next(words)
    return Next(
        words, what=gettext("In the stop-list"), ends=_end(entry.until_day), deadline=stored_deadline(entry.formula)
    )


def _enrolled(journey: Journey, rules: RuleSet) -> Next:
    row = journey.enrolment
    if row is None:
        return Next(gettext("The child was enrolled."))
    return Next(
        gettext(
            "The child is enrolled: %(kindergarten)s, group %(group)s.",
            kindergarten=row.kindergarten.name,
            group=row.group.name,
        )
    )


def _archived(journey: Journey, rules: RuleSet) -> Next:
    reason = journey.application.archive_reason
    words = gettext("The application is no longer in the queue.")
    if reason is not None:
        words += " " + gettext("Reason: %(reason)s.", reason=gettext(ArchiveReason(reason).msgid))
    return Next(words, url_for("public.apply"), gettext("Apply again"))


def _elsewhere(journey: Journey, rules: RuleSet) -> Next:
    return Next(gettext("Follow the notifications; there is nothing to do on this page now."))


_NEXT = {
    **dict.fromkeys(A, _elsewhere),
    A.DOCS_REVIEW: _review,
    A.QUEUED: _queued,
    A.NOTIFIED: _notified,
    A.CLAIMED: _claimed,
    A.REFERRED: _referred,
    A.CONTRACTING: _contracting,
    A.REWORK: _contracting,
    A.STOP_LISTED: _stop_listed,
    A.ENROLLED: _enrolled,
    A.ARCHIVED: _archived,
}


def _end(day: dt.date) -> dt.datetime:
    """The last minute of `day` in the country's time, as a ticket shows it."""
    return clock.local(end_of_day(day) - dt.timedelta(minutes=1))
