"""General documents of an application (guide 002 «Жалпы құжаттар»): what was registered and received, as papers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, url_for
from flask_babel import gettext

from app import clock
from app.extensions import db
from app.i18n import language
from app.models.enums import ApplicationStatus
from app.queries import my_applications as rows
from app.queries.my_applications import Journey
from app.queries.queue_number import queue_numbers
from app.services.printing import general_pdf
from app.services.referrals import LIVE
from app.services.regulation import rule_set_in_force
from app.views.actor import current_actor
from app.views.dates import long_moment
from app.views.public import bp
from app.views.public.documents import send_safely
from app.views.public.entrance import parents_only
from app.words import N_

Facts = list[tuple[str, str]]
#: Code in the address → name of the paper, in the order of the guide.
NAMES = {
    "registration": N_("Notice of registration"),
    "receipt": N_("Notice of receipt of documents"),
    "register": N_("Entry of the child in the register book"),
    "card": N_("Card of the child"),
}


@bp.get("/applications/<int:application_id>/documents/<any(registration, receipt, register, card):kind>.pdf")
@parents_only
def general_document(application_id: int, kind: str) -> Response:
    """One of the papers, made anew from what is stored."""
    journey = rows.journey(db.session, current_actor(), application_id)
    if journey.application.status is ApplicationStatus.DRAFT:
        abort(404)
    found = journey.application
    sheet = {
        "title": gettext(NAMES[kind]),
        "number": found.number,
        "lang": language(),
        "facts": [[words, value] for words, value in _FACTS[kind](journey) if value],
        "papers_label": gettext("Papers received"),
        "papers": _papers(journey) if kind == "receipt" else [],
        "remark": gettext("This paper shows the state on the day it was made. The number in the queue changes."),
        "made": gettext("Made on %(moment)s", moment=long_moment(clock.now())),
    }
    return send_safely(general_pdf(sheet), "application/pdf", f"{found.number}-{kind}.pdf")


def documents_of(journey: Journey) -> list[tuple[str, Any, str]]:
    """The rows of the tab: name, moment, address; the referral while it is valid."""
    found = journey.application
    listed = [
        (
            gettext(name),
            found.submitted_at,
            url_for("public.general_document", application_id=found.id, kind=kind),
        )
        for kind, name in NAMES.items()
    ]
    referral = journey.referral
    if referral is not None and referral.status in LIVE:
        address = url_for("public.referral_sheet", referral_id=referral.id)
        listed.append((gettext("Referral to a kindergarten"), referral.issued_at, address))
    return listed


def _registration(journey: Journey) -> Facts:
    found = journey.application
    return [
        (gettext("Application number"), found.number),
        (gettext("Submitted"), long_moment(found.submitted_at)),
        (gettext("Applicant"), found.applicant.full_name),
        (gettext("Child"), found.child.full_name),
        (gettext("Locality"), found.locality.name(language())),
        (gettext("Benefit"), _benefit(journey)),
        *_numbers(journey),
    ]


def _receipt(journey: Journey) -> Facts:
    found = journey.application
    return [
        (gettext("Application number"), found.number),
        (gettext("Submitted"), long_moment(found.submitted_at)),
        (gettext("Applicant"), found.applicant.full_name),
        (gettext("Phone"), found.applicant.phone or ""),
        (gettext("Child"), found.child.full_name),
    ]


def _register(journey: Journey) -> Facts:
    found = journey.application
    return [
        (gettext("Application number"), found.number),
        (gettext("Child"), found.child.full_name),
        (gettext("Date of birth"), f"{found.child.birth_date:%d.%m.%Y}"),
        (gettext("Birth year"), str(found.birth_year)),
        (gettext("Kind of queue"), gettext(found.queue_type.msgid)),
        (gettext("Locality"), found.locality.name(language())),
        *_numbers(journey),
    ]


def _card(journey: Journey) -> Facts:
    found = journey.application
    child = found.child
    return [
        (gettext("Child"), child.full_name),
        (gettext("IIN or document number"), child.iin or child.document_number or ""),
        (gettext("Date of birth"), f"{child.birth_date:%d.%m.%Y}"),
        (gettext("Applicant"), found.applicant.full_name),
        (gettext("Address"), found.applicant.address or ""),
        (gettext("Application number"), found.number),
        (gettext("Benefit"), _benefit(journey)),
        (gettext("Current state"), gettext(found.status.msgid)),
        *_numbers(journey),
    ]


def _numbers(journey: Journey) -> Facts:
    """The number in the general line, and the one among those with a benefit (0 without one), of each language."""
    found = journey.application
    rules = rule_set_in_force(db.session, found.locality_id, clock.today())
    numbers = queue_numbers(db.session, found.id, rules)
    if not numbers:
        return []
    return [
        (gettext("Number in the queue"), ", ".join(str(one.number) for one in numbers)),
        (gettext("Number among those with a benefit"), ", ".join(str(one.benefit_number) for one in numbers)),
    ]


def _benefit(journey: Journey) -> str:
    category = journey.application.benefit_category
    return category.name(language()) if category else gettext("without a benefit")


def _papers(journey: Journey) -> list[str]:
    found = [gettext(one.kind.msgid) for one in rows.papers(db.session, journey.application.id)]
    return found or [gettext("No papers were attached.")]


_FACTS: dict[str, Callable[[Journey], Facts]] = {
    "registration": _registration,
    "receipt": _receipt,
    "register": _register,
    "card": _card,
}
