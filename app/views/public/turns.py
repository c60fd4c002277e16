"""The choice of a kindergarten by those whose turn has come: why there is a button or not, the list, the signature."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import select

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.gateways.signatures import Signatory, development_signer
from app.models import Application, KindergartenGroup, Person, Referral, SignedChoice
from app.models.enums import ApplicationStatus
from app.queries.turns import Option, gives_turns
from app.rules import lifecycle
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import choices
from app.services.access import require_sight
from app.services.choices import Readiness
from app.services.reasons import explain
from app.services.regulation import end_of_day, rule_set_in_force
from app.views.actor import current_actor, current_person_id
from app.views.dates import counted, limit_words, long_date, stored_deadline
from app.views.public import bp
from app.views.public.entrance import parents_only
from app.views.public.fields import PublicForm


@bp.get("/applications/<int:application_id>/choose")
@parents_only
def choose(application_id: int) -> Any:
    """The kindergartens that can be chosen now, and the three conditions of the choice."""
    return _list_page(_own(application_id))


@bp.route("/applications/<int:application_id>/choose/<int(max=2147483647):group_id>", methods=["GET", "POST"])
@parents_only
def choose_group(application_id: int, group_id: int) -> Any:
    """One kindergarten once more, and the signature under its choice."""
    application, now = _own(application_id), clock.now()
    option = _option(choices.readiness(db.session, application, now), group_id)
    form = PublicForm()
    if not form.validate_on_submit():
        if option is None:
            return redirect(url_for("public.choose", application_id=application_id))
        return _sign_page(application, option, form)
    try:
        signature = _signature(application, group_id)
        with unit_of_work() as session:
            referral_id = choices.choose(session, current_actor(), application_id, group_id, signature, now).id
    except RuleBroken as refusal:
        made = _chosen_already(application_id, group_id)
        if made is None:
            return _refused(application_id, group_id, refusal, form)
        referral_id = made
    else:
        flash(
            gettext("The kindergarten is chosen, the referral is issued. The application has left the queue."),
            "success",
        )
    return redirect(url_for("public.referral", referral_id=referral_id), 303)


def conditions(ready: Readiness, application: Application, rules: RuleSet) -> list[tuple[bool, str]]:
    """The three conditions of the button, each with a sentence that explains what is lacking."""
    came = ready.turn is not None or any(option.bulletin_id for option in ready.options)
    by_age = gettext("The child is old enough to choose.")
    if ready.old_enough_on is not None:
        by_age = gettext(
            "The child is still too young. You can choose from: %(date)s.", date=long_date(ready.old_enough_on)
        )
    by_turn = gettext("Your turn has not come yet. You will be told by message when it does.")
    if came:
        by_turn = (
            gettext("Your turn has come.") if ready.turn else gettext("A place is open to all children of the year.")
        )
    elif application.status is ApplicationStatus.STOP_LISTED:
        by_turn = gettext("The application is in the stop-list. Try again later.")
    by_places = gettext("There are free places in kindergartens.")
    if not ready.options:
        by_places = gettext("There are no free places that can be chosen now. You keep your turn.")
    return [(ready.old_enough_on is None, by_age), (came, by_turn), (bool(ready.options), by_places)]


def choice_of(application: Application, rules: RuleSet, now: dt.datetime) -> dict[str, Any] | None:
    """What the card of an application says of the choice; None where there is none to make."""
    if not gives_turns(rules) or application.status not in lifecycle.move("choose_kindergarten").from_:
        return None
    ready = choices.readiness(db.session, application, now)
    return {"may": ready.may_choose, "conditions": conditions(ready, application, rules)}


def _own(application_id: int) -> Application:
    require_sight(db.session, current_actor(), Application, application_id)
    return db.session.get_one(Application, application_id)


def _option(ready: Readiness, group_id: int) -> Option | None:
    return next((option for option in ready.options if option.group.id == group_id), None)


def _signature(application: Application, group_id: int) -> str:
    """The signature over the choice. In the demo the development signer makes it; elsewhere the reader's own
    program does and sends it along."""
    if not current_app.config["DEMO"]:
        return request.form.get("signature", "")
    group = db.session.get(KindergartenGroup, group_id)
    if group is None:
        raise RuleBroken("STALE")
    person = db.session.get_one(Person, current_person_id())
    text = choices.manifest(application, group)
    return development_signer().sign(text.encode(), Signatory(iin=person.iin))


def _chosen_already(application_id: int, group_id: int) -> int | None:
    """The referral of this very choice: a double click, not an error."""
    return db.session.scalar(
        select(SignedChoice.referral_id)
        .join(Referral, Referral.id == SignedChoice.referral_id)
        .where(
            SignedChoice.application_id == application_id,
            SignedChoice.group_id == group_id,
            Referral.ended_at.is_(None),
        )
        .order_by(SignedChoice.id.desc())
        .limit(1)
    )


def _refused(application_id: int, group_id: int, refusal: RuleBroken, form: PublicForm) -> tuple[str, int]:
    application = _own(application_id)
    option = _option(choices.readiness(db.session, application, clock.now()), group_id)
    if option is None:
        return _list_page(application, explain(refusal)), 409
    return _sign_page(application, option, form, explain(refusal)), 409


def _list_page(application: Application, wrong: str | None = None) -> str:
    now = clock.now()
    rules = rule_set_in_force(db.session, application.locality_id, clock.local_date(now))
    ready = choices.readiness(db.session, application, now)
    return render_template(
        "public/turns/list.html",
        application=application,
        ready=ready,
        conditions=conditions(ready, application, rules),
        deadline=_deadline(ready, rules),
        stop_list=limit_words(rules.limit("stop_list")) if "stop_list" in rules.limit_codes() else None,
        referral=limit_words(rules.limit("referral_validity")) if "referral_validity" in rules.limit_codes() else None,
        wrong=wrong,
        now=clock.local(now),
    )


def _deadline(ready: Readiness, rules: RuleSet) -> dict[str, Any] | None:
    if ready.turn is None:
        return None
    stored = stored_deadline(ready.turn.formula)
    return {
        "ends": clock.local(end_of_day(ready.turn.choose_by) - dt.timedelta(minutes=1)),
        "counted": counted(stored) if stored else None,
        "limit": limit_words(rules.limit("priority_choice")) if "priority_choice" in rules.limit_codes() else "",
    }


def _sign_page(application: Application, option: Option, form: PublicForm, wrong: str | None = None) -> str:
    return render_template(
        "public/turns/sign.html",
        application=application,
        option=option,
        form=form,
        wrong=wrong,
        can_sign=current_app.config["DEMO"],
    )
