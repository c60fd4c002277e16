"""Vouchers: the answer «Да» or «Нет», the choice of a kindergarten and a group, extension, change (guide 001)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import groupby
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Contract, Enrolment, Kindergarten, KindergartenGroup, StopListEntry, Voucher
from app.models.enums import ApplicationStatus, StopListStatus, VoucherStatus
from app.queries import my_applications
from app.queries.vouchers import open_groups, waiting_for
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import stop_list, voucher_places, vouchers
from app.services.access import require_sight, visible
from app.services.reasons import explain
from app.services.voucher_holds import UNUSED, rules_of
from app.views.actor import current_actor
from app.views.dates import counted, limit_words, long_date, stored_deadline
from app.views.public import bp, voucher_way
from app.views.public.entrance import parents_only

#: Chip of a voucher: the kind of the macro `chip`.
LOOK = {
    VoucherStatus.ISSUED: "soon",
    VoucherStatus.CONFIRMED: "info",
    VoucherStatus.ATTACHED: "info",
    VoucherStatus.EXTENDED: "soon",
    VoucherStatus.IN_USE: "ok",
    VoucherStatus.ANNULLED: "",
}
CHOOSING = (VoucherStatus.CONFIRMED, VoucherStatus.EXTENDED)


@bp.get("/vouchers", endpoint="vouchers")
@parents_only
def vouchers_list() -> str:
    """«Заявки на ваучер»: the vouchers of the reader's children, the latest first."""
    query = (
        select(Voucher)
        .where(visible(current_actor(), Voucher))
        .options(joinedload(Voucher.application).joinedload(Application.child), joinedload(Voucher.kindergarten))
        .order_by(Voucher.id.desc())
        .limit(50)
    )
    return render_template("public/vouchers/list.html", vouchers=db.session.scalars(query).unique().all(), look=LOOK)


@bp.get("/vouchers/<int:voucher_id>")
@parents_only
def voucher(voucher_id: int) -> str:
    """One voucher: its state, its last day, its five steps, what may be done with it."""
    return _page(voucher_id)


@bp.route("/vouchers/<int:voucher_id>/answer", methods=["GET", "POST"])
@parents_only
def answer_voucher(voucher_id: int) -> Any:
    """«Выбрать»: «Да» or «Нет»; what «Нет» costs is said before it is pressed."""
    found = _own(voucher_id)
    if request.method == "GET":
        if found.status is not VoucherStatus.ISSUED:
            return redirect(url_for("public.voucher", voucher_id=voucher_id))
        rules = rules_of(db.session, found, clock.now())
        return render_template(
            "public/vouchers/answer.html",
            voucher=found,
            ends=voucher_way.end_of(found.confirm_by),
            counted=_counted(found),
            to_enrol=limit_words(rules.limit("voucher_enrol")),
        )
    answers = {"yes": vouchers.confirm_voucher, "no": vouchers.refuse_voucher}
    act = answers.get(request.form.get("answer", "")) or abort(400)
    if request.form["answer"] == "no" and request.form.get("sure") != "yes":
        return render_template("public/vouchers/refuse.html", voucher=found)
    said = (
        gettext("You have confirmed your interest. Now choose a kindergarten.")
        if request.form["answer"] == "yes"
        else gettext("You refused the voucher. The application is in the archive.")
    )
    return _after(voucher_id, lambda s: act(s, current_actor(), voucher_id, clock.now()), said)


@bp.post("/vouchers/<int:voucher_id>/extend")
@parents_only
def extend_voucher(voucher_id: int) -> Any:
    """Two more working days, on the last day alone."""
    _own(voucher_id)
    said = gettext("The voucher is extended.")
    return _after(voucher_id, lambda s: vouchers.extend_voucher(s, current_actor(), voucher_id, clock.now()), said)


@bp.get("/vouchers/<int:voucher_id>/kindergartens")
@parents_only
def voucher_kindergartens(voucher_id: int) -> Any:
    """«Выбрать ДО»: the kindergartens that take the child, those with a free place first."""
    found = _own(voucher_id)
    if not _may_choose(db.session, found):
        return redirect(url_for("public.voucher", voucher_id=voucher_id))
    groups = open_groups(db.session, found.application, rules_of(db.session, found, clock.now()), _unit(found))
    offers = [_offer(garden, list(own)) for garden, own in groupby(groups, key=lambda group: group.kindergarten)]
    offers.sort(key=lambda offer: offer["free"] == 0)
    return render_template("public/vouchers/kindergartens.html", voucher=found, offers=offers)


@bp.route("/vouchers/<int:voucher_id>/kindergartens/<int(max=2147483647):kindergarten_id>", methods=["GET", "POST"])
@parents_only
def choose_voucher_group(voucher_id: int, kindergarten_id: int) -> Any:
    """«Зачислиться»: the child, the group, «Подтвердить»."""
    found = _own(voucher_id)
    if request.method == "GET":
        return _choice(found, kindergarten_id)
    group_id = request.form.get("group", "")
    if not (group_id.isascii() and group_id.isdigit() and len(group_id) < 10):
        return _choice(found, kindergarten_id, gettext("Choose a group.")), 422
    changes = found.group_id is not None
    act = voucher_places.change_kindergarten if changes else voucher_places.request_enrolment
    try:
        with unit_of_work() as session:
            act(session, current_actor(), voucher_id, int(group_id), clock.now())
    except RuleBroken as refusal:
        return _choice(_own(voucher_id), kindergarten_id, explain(refusal)), 409
    flash(gettext("The request of enrolment is sent. Wait for the kindergarten's contract."), "success")
    return redirect(url_for("public.voucher", voucher_id=voucher_id), 303)


@bp.route("/stop-list/<int(max=2147483647):entry_id>/restore", methods=["GET", "POST"])
@parents_only
def restore(entry_id: int) -> Any:
    """Asks, then takes the application off the stop-list of an unanswered voucher; once."""
    require_sight(db.session, current_actor(), StopListEntry, entry_id)
    entry = db.session.get_one(StopListEntry, entry_id)
    back = url_for("public.application", application_id=entry.application_id)
    if request.method == "GET":
        if entry.status is not StopListStatus.ACTIVE:
            return redirect(back)
        return render_template("public/vouchers/restore.html", entry=entry, last_day=long_date(entry.until_day))
    try:
        with unit_of_work() as session:
            stop_list.restore(session, current_actor(), entry_id, clock.now())
    except RuleBroken as refusal:
        flash(explain(refusal), "warning")
    else:
        flash(gettext("The application is back in the queue by its submission time."), "success")
    return redirect(back, 303)


def _after(voucher_id: int, act: Callable[[Session], object], said: str) -> Any:
    """Does the act and returns to the voucher; a refusal is said on its page."""
    try:
        with unit_of_work() as session:
            act(session)
    except RuleBroken as refusal:
        return _page(voucher_id, explain(refusal)), 409
    flash(said, "success")
    return redirect(url_for("public.voucher", voucher_id=voucher_id), 303)


def _own(voucher_id: int) -> Voucher:
    require_sight(db.session, current_actor(), Voucher, voucher_id)
    return db.session.get_one(Voucher, voucher_id)


def _unit(found: Voucher) -> Any:
    return found.round.locality if found.round else None


def _counted(found: Voucher) -> str | None:
    deadline = stored_deadline(found.formula)
    return counted(deadline) if deadline else None


def _page(voucher_id: int, wrong: str | None = None) -> str:
    session, now = db.session, clock.now()
    found = _own(voucher_id)
    journey = my_applications.journey(session, current_actor(), found.application_id)
    newest = journey.voucher is not None and journey.voucher.id == found.id
    rules = rules_of(session, found, now)
    live = found.status in (VoucherStatus.ISSUED, *UNUSED)
    last_day = found.confirm_by if found.status is VoucherStatus.ISSUED else found.enrol_by
    return render_template(
        "public/vouchers/voucher.html",
        voucher=found,
        application=found.application,
        look=LOOK,
        steps=voucher_way.steps(journey) if newest else [],
        next=voucher_way.what_next(journey, rules) if newest and live else None,
        ends=voucher_way.end_of(last_day) if live and last_day else None,
        counted=_counted(found) if live else None,
        extension=_extension(session, found, rules, now),
        contract=session.scalar(
            select(Contract).where(Contract.voucher_id == found.id).order_by(Contract.id.desc()).limit(1)
        ),
        may_choose=_may_choose(session, found),
        waiting=journey.waiting if newest else None,
        wrong=wrong,
    )


def _extension(session: Session, found: Voucher, rules: RuleSet, now: dt.datetime) -> dict[str, Any] | None:
    """Whether the extension can be asked for now, when it opens, and until when it would last."""
    if found.status not in UNUSED or found.extended_at is not None or found.enrol_by is None:
        return None
    today = clock.local_date(now)
    if today > found.enrol_by:
        return None
    return {
        "open": today == found.enrol_by or not rules.extension_on_last_day_only,
        "opens_on": long_date(found.enrol_by),
        "new_last_day": long_date(vouchers.extension_of(session, found, rules).last_day),
        "limit": limit_words(rules.limit("voucher_extension")),
    }


def _may_choose(session: Session, found: Voucher) -> bool:
    """Whether a kindergarten may be chosen or changed now."""
    status = found.application.status
    if status is ApplicationStatus.VOUCHER_CONFIRMED and found.status in CHOOSING:
        return True
    if status is ApplicationStatus.KINDERGARTEN_CHOSEN and found.status in UNUSED:
        return True
    if found.status is not VoucherStatus.IN_USE or status is not ApplicationStatus.ENROLLED:
        return False
    attends = select(Enrolment.id).where(
        Enrolment.child_id == found.application.child_id, Enrolment.discharged_on.is_(None)
    )
    return session.scalar(attends) is None


def _free(group: KindergartenGroup) -> int:
    """Places that may be chosen: those that nobody of the waiting list comes first for."""
    return max(group.free - waiting_for(db.session, group), 0)


def _offer(garden: Kindergarten, groups: list[KindergartenGroup]) -> dict[str, Any]:
    return {
        "kindergarten": garden,
        "free": sum(_free(group) for group in groups),
        "languages": sorted({str(group.language) for group in groups}),
    }


def _choice(found: Voucher, kindergarten_id: int, wrong: str | None = None) -> Any:
    if not _may_choose(db.session, found):
        return redirect(url_for("public.voucher", voucher_id=found.id))
    rules = rules_of(db.session, found, clock.now())
    groups = open_groups(db.session, found.application, rules, _unit(found), kindergarten_id)
    if not groups:
        abort(404)
    return render_template(
        "public/vouchers/group.html",
        voucher=found,
        kindergarten=groups[0].kindergarten,
        groups=[(group, _free(group)) for group in groups],
        wrong=wrong,
    )
