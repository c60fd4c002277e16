"""The way of a voucher in words: the five steps of the guide of 2025 and what happens next."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import url_for
from flask_babel import gettext

from app import clock
from app.models import Voucher
from app.models.enums import ApplicationStatus as A
from app.models.enums import ArchiveReason, StopListReason, WaitingListStatus
from app.queries.my_applications import Journey
from app.rules.rule_sets import RuleSet
from app.services.regulation import end_of_day
from app.services.wording import one_stop
from app.views.dates import limit_words, stored_deadline
from app.views.public.next_step import Next
from app.words import N_

_STEPS = (N_("Queue"), N_("Voucher"), N_("Choice of the kindergarten"), N_("Funding"), N_("Enrolment"))
#: At which of the five steps each state stands.
_AT = {
    A.VOUCHER_ISSUED: 1,
    A.VOUCHER_CONFIRMED: 2,
    A.KINDERGARTEN_CHOSEN: 4,
    A.CONTRACTING: 4,
    A.REWORK: 4,
}


def steps(journey: Journey) -> list[dict[str, Any]]:
    """The five steps (guide 001): with the voucher confirmed the queue itself reads “In the archive”."""
    status = journey.application.status
    at = _AT.get(status, 0)
    if status is A.ENROLLED:
        states = ["done"] * 5
    elif status is A.ARCHIVED:
        reached = _reached(journey)
        states = ["done"] * reached + ["stopped"] + ["next"] * (4 - reached)
    else:
        states = ["done"] * at + ["stopped" if status is A.STOP_LISTED else "now"] + ["next"] * (4 - at)
    words = _words(journey)
    return [
        {"title": gettext(title), "state": state, "word": word if state != "next" else None, "text": None}
        for title, state, word in zip(_STEPS, states, words, strict=True)
    ]


def what_next(journey: Journey, rules: RuleSet) -> Next | None:
    """What happens now where the voucher decides it; None where the ordinary words hold."""
    found = _NEXT.get(journey.application.status)
    return found(journey, rules) if found else None


def voucher_url(voucher: Voucher) -> str:
    """The page of a voucher."""
    return url_for("public.voucher", voucher_id=voucher.id)


def _reached(journey: Journey) -> int:
    if journey.application.archive_reason is ArchiveReason.VOUCHER_EXPIRED:
        return 2 if journey.voucher is None or journey.voucher.group_id is None else 4
    return 0 if journey.voucher is None else 1


def _words(journey: Journey) -> list[str | None]:
    """The guide's words under each step; None where the state's own word says enough."""
    voucher, status = journey.voucher, journey.application.status
    if voucher is None or voucher.confirmed_at is None:
        return [None, gettext("Voucher assigned") if status is A.VOUCHER_ISSUED else None, None, None, None]
    garden = voucher.kindergarten
    waits = gettext("Wait for the kindergarten's contract")
    return [
        gettext("In the archive"),
        gettext("The voucher is in use"),
        gettext("Chosen: %(name)s", name=garden.name) if garden else None,
        gettext(voucher.financing.msgid) if voucher.financing and garden else None,
        waits if status is A.KINDERGARTEN_CHOSEN else None,
    ]


def _queued(journey: Journey, rules: RuleSet) -> Next:
    words = gettext("Vouchers are issued in the order of the queue. We will tell you when yours is issued.")
    return Next(words, url_for("public.kindergartens"), gettext("See the kindergartens"))


def _issued(journey: Journey, rules: RuleSet) -> Next | None:
    voucher = journey.voucher
    if voucher is None:
        return None
    return Next(
        gettext("A voucher is issued to the child. Say whether you are interested in it."),
        url_for("public.answer_voucher", voucher_id=voucher.id),
        gettext("Choose the answer"),
        gettext("Confirm your interest"),
        end_of(voucher.confirm_by),
        stored_deadline(voucher.formula),
        gettext("the voucher is annulled and the application goes to the stop-list."),
    )


def _confirmed(journey: Journey, rules: RuleSet) -> Next | None:
    voucher, waiting = journey.voucher, journey.waiting
    if voucher is None or voucher.enrol_by is None:
        return None
    words, link = gettext("Choose a kindergarten and a group."), gettext("Choose a kindergarten")
    url = url_for("public.voucher_kindergartens", voucher_id=voucher.id)
    if waiting is not None and waiting.status is WaitingListStatus.OFFERED:
        words, link = gettext("A place of the waiting list is offered to you."), gettext("Open the offer")
        url = url_for("public.waiting_list")
    return Next(
        words,
        url,
        link,
        gettext("Choose a kindergarten and conclude the contract"),
        end_of(voucher.enrol_by),
        stored_deadline(voucher.formula),
        gettext("the voucher is annulled and the application goes to the archive."),
    )


def _chosen(journey: Journey, rules: RuleSet) -> Next | None:
    voucher = journey.voucher
    if voucher is None or voucher.enrol_by is None:
        return None
    return Next(
        gettext("The place is held for you. The kindergarten looks at your application and sends the contract."),
        voucher_url(voucher),
        gettext("Open the voucher"),
        gettext("Wait for the kindergarten's contract"),
        end_of(voucher.enrol_by),
        stored_deadline(voucher.formula),
        gettext("the voucher is annulled and the application goes to the archive."),
    )


def _stop_listed(journey: Journey, rules: RuleSet) -> Next | None:
    entry = journey.stop_entry
    if entry is None or entry.reason is not StopListReason.VOUCHER_UNANSWERED:
        return None
    words = gettext(
        "The voucher was not answered in time. You can restore the application once, within %(limit)s.",
        limit=limit_words(rules.limit("voucher_restore")) if "voucher_restore" in rules.limit_codes() else "",
    )
    return Next(
        one_stop(words),
        url_for("public.restore", entry_id=entry.id),
        gettext("Restore the application"),
        gettext("Restore the application"),
        end_of(entry.until_day),
        stored_deadline(entry.formula),
        gettext("the application goes to the archive."),
    )


def end_of(day: dt.date) -> dt.datetime:
    """The last minute of `day` in the country's time, as a ticket shows it."""
    return clock.local(end_of_day(day) - dt.timedelta(minutes=1))


_NEXT = {
    A.QUEUED: _queued,
    A.VOUCHER_ISSUED: _issued,
    A.VOUCHER_CONFIRMED: _confirmed,
    A.KINDERGARTEN_CHOSEN: _chosen,
    A.STOP_LISTED: _stop_listed,
}
