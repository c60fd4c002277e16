"""The referral: its last day, the printed sheet, extension, giving back, and the public check of validity."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Contract, Referral
from app.models.enums import ReferralStatus
from app.rules.deadlines import Deadline
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import documents, referrals
from app.services.access import require_sight, visible
from app.services.printing import referral_pdf
from app.services.reasons import explain
from app.services.referrals import LIVE, extension_of
from app.services.regulation import rule_set_in_force
from app.views.actor import current_actor
from app.views.dates import counted, limit_words, long_date, long_moment, stored_deadline
from app.views.public import bp
from app.views.public.documents import given_file, send_safely
from app.views.public.entrance import parents_only

#: Chip of a referral: the kind of the macro `chip`.
LOOK = {
    ReferralStatus.ISSUED: "info",
    ReferralStatus.EXTENDED: "info",
    ReferralStatus.USED: "ok",
    ReferralStatus.EXPIRED: "bad",
    ReferralStatus.CANCELLED_BY_PARENT: "",
    ReferralStatus.CANCELLED_BY_DEPARTMENT: "bad",
}


@bp.get("/referrals", endpoint="referrals")
@parents_only
def referrals_list() -> str:
    """The reader's referrals, the latest first."""
    found = db.session.scalars(
        select(Referral).where(visible(current_actor(), Referral)).order_by(Referral.id.desc()).limit(50)
    ).all()
    return render_template("public/referrals/list.html", referrals=found, look=LOOK)


@bp.get("/referrals/<int:referral_id>")
@parents_only
def referral(referral_id: int) -> str:
    """The ticket: until when, how that was counted, what to do, what happens otherwise."""
    return _page(referral_id)


@bp.get("/referrals/<int:referral_id>/referral.pdf")
@parents_only
def referral_sheet(referral_id: int) -> Response:
    """The referral for printing, with a code that shows its validity."""
    found = _own(db.session, referral_id)
    if found.status not in LIVE:
        abort(404)
    deadline = stored_deadline(found.formula)
    content = referral_pdf(_sheet(found, deadline), _verify_url(found))
    return send_safely(content, "application/pdf", f"{found.number}.pdf")


@bp.post("/referrals/<int:referral_id>/extend")
@parents_only
def extend_referral(referral_id: int) -> Any:
    """Attaches the proof and extends, both or neither."""
    require_sight(db.session, current_actor(), Referral, referral_id)
    now = clock.now()
    try:
        with unit_of_work() as session:
            documents.attach_to_referral(session, current_actor(), referral_id, given_file("proof"), now)
            extended = referrals.extend(session, current_actor(), referral_id, now)
            last_day = extended.use_by
    except RuleBroken as refusal:
        return _page(referral_id, {"extend": explain(refusal)}), 409
    flash(gettext("The referral is extended. New last day: %(date)s", date=long_date(last_day)), "success")
    return redirect(url_for("public.referral", referral_id=referral_id), 303)


@bp.route("/referrals/<int:referral_id>/give-back", methods=["GET", "POST"])
@parents_only
def give_back(referral_id: int) -> Any:
    """Asks once more, then gives the referral back."""
    if request.method == "GET":
        found = _own(db.session, referral_id)
        if found.status not in LIVE or clock.now() > found.cancel_until:
            return redirect(url_for("public.referral", referral_id=referral_id))
        return render_template("public/referrals/give_back.html", referral=found)
    require_sight(db.session, current_actor(), Referral, referral_id)
    try:
        with unit_of_work() as session:
            referrals.give_back(session, current_actor(), referral_id, clock.now())
    except RuleBroken as refusal:
        return _page(referral_id, {"give_back": explain(refusal)}), 409
    flash(gettext("You gave the referral back. The place is released; you keep your place in the queue."), "success")
    return redirect(url_for("public.referral", referral_id=referral_id), 303)


@bp.get("/verify/<check_code>")
def verify(check_code: str) -> tuple[str, int]:
    """What the code on a printed referral says, to anybody: valid or not, for which kindergarten, until when."""
    found = None
    if len(check_code) <= 32 and check_code.isascii():
        found = db.session.scalar(select(Referral).where(Referral.check_code == check_code))
    valid = found is not None and found.status in LIVE and clock.today() <= found.use_by
    page = render_template("public/referrals/verify.html", referral=found, valid=valid, look=LOOK)
    return page, 200 if found else 404


def _own(session: Session, referral_id: int) -> Referral:
    require_sight(session, current_actor(), Referral, referral_id)
    return session.get_one(Referral, referral_id)


def _page(referral_id: int, wrong: dict[str, str] | None = None) -> str:
    """The ticket. `wrong`: sentences to show at the extension or at giving back."""
    session, now = db.session, clock.now()
    found = _own(session, referral_id)
    application = session.get_one(Application, found.application_id)
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    deadline = stored_deadline(found.formula)
    return render_template(
        "public/referrals/ticket.html",
        referral=found,
        application=application,
        rules=rules,
        deadline=deadline,
        deadline_at=clock.local(deadline.at) if deadline else None,
        counted=counted(deadline) if deadline else None,
        is_over=deadline.is_over(now) if deadline else False,
        live=found.status in LIVE,
        look=LOOK,
        extension=_extension(session, found, rules, now),
        give_back_until=long_moment(found.cancel_until) if now <= found.cancel_until else None,
        contract=_contract(session, found),
        stop_list=limit_words(rules.limit("stop_list")),
        wrong=wrong or {},
        now=clock.local(now),
    )


def _extension(session: Session, found: Referral, rules: RuleSet, now: dt.datetime) -> dict[str, Any] | None:
    """Whether the extension can be asked for now, when it opens, and until when it would last."""
    if found.status is not ReferralStatus.ISSUED or found.contract_sent:
        return None
    today = clock.local_date(now)
    if today > found.use_by:
        return None
    return {
        "open": today == found.use_by or not rules.extension_on_last_day_only,
        "opens_on": long_date(found.use_by),
        "new_last_day": long_date(extension_of(session, found, rules).last_day),
        "limit": limit_words(rules.limit("referral_extension")),
        "needs_document": rules.extension_needs_documents,
    }


def _contract(session: Session, found: Referral) -> Contract | None:
    return session.scalar(
        select(Contract).where(Contract.referral_id == found.id).order_by(Contract.id.desc()).limit(1)
    )


def _verify_url(found: Referral) -> str:
    """The address in the QR code: the installation's public one, or the one it is being read under."""
    base = current_app.config["PUBLIC_URL"].rstrip("/")
    path = url_for("public.verify", check_code=found.check_code)
    return base + path if base else url_for("public.verify", check_code=found.check_code, _external=True)


def _sheet(found: Referral, deadline: Deadline | None) -> dict[str, Any]:
    """The words of the printed sheet in the reader's language."""
    application = found.application
    child, kindergarten = application.child, found.kindergarten
    facts = [
        (gettext("Child"), child.full_name),
        (gettext("IIN or document number"), child.iin or child.document_number or ""),
        (gettext("Date of birth"), f"{child.birth_date:%d.%m.%Y}"),
        (gettext("Application"), application.number),
        (gettext("Kindergarten"), kindergarten.name),
        (gettext("Address"), kindergarten.address),
        (gettext("Phone"), ", ".join(kindergarten.phones)),
        (gettext("Group"), found.group.name),
        (gettext("Issued"), long_moment(found.issued_at)),
    ]
    return {
        "title": gettext("Referral to a kindergarten"),
        "number": found.number,
        "last_day_label": gettext("Last day"),
        "last_day": long_date(found.use_by),
        "facts": [[words, value] for words, value in facts if value],
        "todo": gettext(
            "To conclude the contract bring the referral, the identity documents of the applicant and the child "
            "and the medical certificate to the kindergarten."
        ),
        "counted": counted(deadline) if deadline else "",
        "check": gettext("Check the validity with the code: it shows no personal data."),
    }
