"""The claim on a place: confirm page, the claim itself, its refusals in plain words, taking it back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Bulletin, Claim, Contract, Referral
from app.models.enums import ApplicationStatus, ClaimStatus
from app.queries import bulletins as rows
from app.rules.verdict import RuleBroken
from app.services import claims
from app.services.access import require_sight, visible
from app.services.reasons import explain
from app.views.actor import current_actor
from app.views.public import bp
from app.views.public.entrance import parents_only
from app.views.public.late_crowd import refused_as_full
from app.views.public.offers import as_row, public_bulletin, publish_now


@bp.route("/bulletins/<int(max=2147483647):bulletin_id>/claim", methods=["GET", "POST"])
@parents_only
def claim_place(bulletin_id: int) -> Any:
    """Confirm page of a claim, and the claim itself. A second click leads to the same claim."""
    now = clock.now()
    publish_now(bulletin_id, now)
    application_id = _application_id()
    if request.method == "GET":
        return _confirm(bulletin_id, application_id, now)
    actor = current_actor()  # before the unit of work, which would have the account read once more
    try:
        with unit_of_work() as session:
            claim_id = claims.claim(session, actor, bulletin_id, application_id, now)
    except RuleBroken as refusal:
        same = _claim_already_made(bulletin_id, application_id)
        if same is None:
            return _refused(bulletin_id, application_id, refusal, now)
        claim_id = same
    return redirect(url_for("public.claim", claim_id=claim_id), 303)


@bp.get("/claims/<int:claim_id>")
@parents_only
def claim(claim_id: int) -> str:
    """What became of a claim and what happens next."""
    session = db.session
    require_sight(session, current_actor(), Claim, claim_id)
    found = session.get_one(Claim, claim_id)
    referral = session.scalar(select(Referral).where(Referral.claim_id == claim_id))
    return render_template("public/bulletins/claim.html", claim=found, referral=referral, statuses=ClaimStatus)


@bp.route("/claims/<int:claim_id>/cancel", methods=["GET", "POST"])
@parents_only
def cancel_claim(claim_id: int) -> Any:
    """Asks once more, then takes a waiting claim back."""
    if request.method == "GET":
        require_sight(db.session, current_actor(), Claim, claim_id)
        return render_template("public/bulletins/cancel.html", claim=db.session.get_one(Claim, claim_id))
    try:
        with unit_of_work() as session:
            claims.cancel_claim(session, current_actor(), claim_id, clock.now())
    except RuleBroken as refusal:
        flash(explain(refusal), "danger")
    else:
        flash(gettext("The claim is cancelled. You keep your place in the queue."), "success")
    return redirect(url_for("public.claim", claim_id=claim_id), 303)


def _application_id() -> int:
    """The child chosen on the page before; back to the card when none was."""
    value = request.values.get("application", "")
    if not (value.isascii() and value.isdigit() and len(value) < 16):
        abort(404)
    return int(value)


def _confirm(bulletin_id: int, application_id: int, now: dt.datetime) -> Any:
    session = db.session
    require_sight(session, current_actor(), Application, application_id)
    same = _claim_already_made(bulletin_id, application_id)
    if same is not None:
        return redirect(url_for("public.claim", claim_id=same), 303)
    found = public_bulletin(session, bulletin_id)
    application = session.get_one(Application, application_id)
    row = as_row(session, found, application, now)
    if not row.may_claim and row.opens_at is None:
        return _refusal_page(session, found, application, row.sentence or "", row.code or "", now)
    return render_template(
        "public/bulletins/confirm.html", bulletin=found, application=application, row=row, now=clock.local(now)
    )


def _refused(bulletin_id: int, application_id: int, refusal: RuleBroken, now: dt.datetime) -> Any:
    session = db.session
    if refusal.code == "BULLETIN_FULL":
        refused_as_full(bulletin_id)
    found = public_bulletin(session, bulletin_id)
    application = session.get_one(Application, application_id)
    if refusal.code == "BULLETIN_NOT_OPEN":
        row = as_row(session, found, application, now)
        page = render_template(
            "public/bulletins/confirm.html",
            bulletin=found,
            application=application,
            row=row,
            early=explain(refusal),
            now=clock.local(now),
        )
        return page, 409
    return _refusal_page(session, found, application, explain(refusal), refusal.code, now)


def _refusal_page(
    session: Session, found: Bulletin, application: Application, sentence: str, code: str, now: dt.datetime
) -> tuple[str, int]:
    """Why not, and what to do next."""
    others = rows.others_that_match(session, application, found.id, now)
    return render_template(
        "public/bulletins/refused.html",
        bulletin=found,
        application=application,
        sentence=sentence,
        code=code,
        others=[as_row(session, other, application, now) for other in others],
        links=_way_on(session, application, code),
    ), 409


def _way_on(session: Session, application: Application, code: str) -> list[tuple[str, str]]:
    """Links to what stands in the way: the other claim, the referral, the contract."""
    if code not in ("CLAIM_EXISTS", "NOT_IN_QUEUE"):
        return []
    live_claim = select(Claim.id).where(Claim.application_id == application.id, Claim.status == ClaimStatus.WAITING)
    found = session.scalar(live_claim)
    if found is not None:
        return [(url_for("public.claim", claim_id=found), gettext("Open the claim"))]
    links = []
    referral_id = session.scalar(
        select(Referral.id).where(Referral.application_id == application.id).order_by(Referral.id.desc()).limit(1)
    )
    contract_id = session.scalar(
        select(Contract.id).where(Contract.application_id == application.id).order_by(Contract.id.desc()).limit(1)
    )
    if application.status is ApplicationStatus.REFERRED and referral_id:
        links.append((url_for("public.referral", referral_id=referral_id), gettext("Open the referral")))
    if application.status in (ApplicationStatus.CONTRACTING, ApplicationStatus.REWORK) and contract_id:
        links.append((url_for("public.contract", contract_id=contract_id), gettext("Open the contract")))
    return links


def _claim_already_made(bulletin_id: int, application_id: int) -> int | None:
    """The living claim of this very application on this very bulletin: a double click, not an error."""
    return db.session.scalar(
        select(Claim.id)
        .where(
            Claim.bulletin_id == bulletin_id,
            Claim.application_id == application_id,
            Claim.status.in_((ClaimStatus.WAITING, ClaimStatus.ACTIVATED)),
            visible(current_actor(), Claim),
        )
        .order_by(Claim.id.desc())
        .limit(1)
    )
