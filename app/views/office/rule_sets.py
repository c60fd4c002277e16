"""/office/regulation/: the rule sets in words, which one a locality lives under, and single numbers set by a legal act.

Each decision is typed, shown back with what it touches, and only then confirmed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.i18n import language
from app.models import Locality, RuleOverride, RuleSetAssignment
from app.rules import overrides, rule_sets
from app.rules.rule_sets import Necessity, RuleSet
from app.rules.verdict import RuleBroken
from app.services import rule_changes
from app.services.access import Forbidden, OutOfReach, visible
from app.services.reasons import explain
from app.services.regulation import overrides_in_force
from app.views.actor import current_actor
from app.views.base import AjaxSelectField
from app.views.office.form_fields import FORM_CONTROL
from app.views.rule_words import in_words, key_words, replaced_words, rule_set_title, told, value_words

NEWEST = 30
TEXT = {**FORM_CONTROL, "rows": 2, "maxlength": 300}


def _assignable() -> list[SelectChoice]:
    return [SelectChoice(code, rule_set_title(code)) for code in rule_sets.assignable()]


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class DecisionForm(FlaskForm):
    """Where, from when and by which act."""

    locality = AjaxSelectField(_("Locality"), [InputRequired()], view_name="LocalityView")
    from_on = DateField(_("In force from"), [InputRequired()], render_kw=FORM_CONTROL)
    legal_act = TextAreaField(
        _("Legal act"),
        [InputRequired(), Length(max=300)],
        filters=[_stripped],
        description=_("Its name, number and date: readers of the rule see it as the source."),
        render_kw=TEXT,
    )


class AssignForm(DecisionForm):
    rule_set = SelectField(_("Rule set"), [InputRequired()], choices=_assignable, render_kw=FORM_CONTROL)


class RuleSetsView(BaseView):
    """Everybody in the office reads the rules; departments decide for their localities, the administrator for all."""

    route_base = "/regulation"
    default_view = "rules"
    title = _("Rules in force")

    @expose("/")
    @has_access
    @permission_name("rules")
    def rules(self) -> str:
        """Every rule set, the localities that live under it, and the numbers that were set."""
        return self.render_template(
            "office/rules.html",
            title=gettext("Rules in force"),
            sets=[(in_words(rules), gettext(rules.allocation.msgid), _assigned(rules)) for rules in rule_sets.ALL],
            assignable=rule_sets.assignable(),
            overrides=db.session.scalars(
                select(RuleOverride)
                .where(visible(current_actor(), RuleOverride))
                .order_by(RuleOverride.id.desc())
                .limit(NEWEST)
            ).all(),
            today=clock.today(),
            key_words=key_words,
            shown=_stored_words,
            may_decide=self._may_decide(),
        )

    @expose("/<string:code>")
    @has_access
    @permission_name("rules")
    def words(self, code: str) -> str:
        """One rule set in words; with `?locality=` as it stands there today. 404 for an unknown one."""
        rules = _known(code)
        place = db.session.get(Locality, request.args.get("locality", type=int) or 0)
        replaced = overrides_in_force(db.session, rules, place.id, clock.today()) if place else []
        here = overrides.apply(rules, replaced)
        return self.render_template(
            "office/rule_set.html",
            title=rule_set_title(code),
            one=in_words(here),
            told=told(here),
            place=place.name(language()) if place else None,
            replaced=replaced_words(replaced),
            numbers=[
                (key, key_words(key), value_words(overrides.current(here, key))) for key in overrides.keys_of(rules)
            ],
            may_decide=self._may_decide(),
        )

    @expose("/assign", methods=["GET", "POST"])
    @has_access
    @permission_name("decide")
    def assign(self) -> Any:
        """Gives a locality a rule set from a date on. 409 when a rule says no."""
        form = AssignForm()

        def check(place: Locality) -> None:
            basis, code = form.legal_act.data or "", form.rule_set.data
            rule_changes.check_assignment(db.session, place.id, code, form.from_on.data, basis, clock.now())

        def decide(session: Any, place: Locality) -> None:
            basis, code = form.legal_act.data or "", form.rule_set.data
            rule_changes.assign(session, current_actor(), place.id, code, form.from_on.data, basis, clock.now())

        sentence = _sentence(form, rule_set_title(form.rule_set.data or ""))
        return self._decision(gettext("Give a rule set"), form, check, decide, sentence, url_for("RuleSetsView.rules"))

    @expose("/<string:code>/change/<string:key>", methods=["GET", "POST"])
    @has_access
    @permission_name("decide")
    def change(self, code: str, key: str) -> Any:
        """Sets one number of a rule set for a locality. 404 for an unknown number, 409 when a rule says no."""
        rules = _known(code)
        if key not in overrides.keys_of(rules):
            abort(404)
        form = _change_form(rules, key)

        def check(place: Locality) -> None:
            given = (form.value.data, form.from_on.data, form.legal_act.data or "")
            rule_changes.check_override(db.session, place.id, code, key, *given, clock.now())

        def decide(session: Any, place: Locality) -> None:
            given = (form.value.data, form.from_on.data, form.legal_act.data or "")
            rule_changes.override(session, current_actor(), place.id, code, key, *given, clock.now())

        sentence = _sentence(form, f"{key_words(key)}: {_stored_words(key, form.value.data or '')}")
        back = url_for("RuleSetsView.words", code=code)
        return self._decision(key_words(key), form, check, decide, sentence, back)

    def _decision(
        self,
        title: str,
        form: Any,
        check: Callable[[Locality], None],
        decide: Callable[[Any, Locality], None],
        sentence: str,
        back: str,
    ) -> Any:
        """Typed → shown back with what it touches → confirmed."""
        if not form.validate_on_submit():
            return self._page(title, form, back), (422 if form.errors else 200)
        try:
            check(form.locality.data)
            if "confirmed" in request.form:
                return self._done(form.locality.data.id, decide)
        except RuleBroken as broken:
            return self._page(title, form, back, refusal=explain(broken)), 409
        touched = rule_changes.touched(db.session, form.locality.data.id)
        return self._page(title, form, back, preview=touched, sentence=sentence)

    @staticmethod
    def _done(locality_id: int, decide: Callable[[Any, Locality], None]) -> Response:
        try:
            with unit_of_work() as session:
                decide(session, session.get_one(Locality, locality_id))
        except Forbidden:
            abort(403)
        except OutOfReach:
            abort(404)
        flash(gettext("The decision is recorded. Deadlines that run already stay as they are."), "success")
        return redirect(url_for("RuleSetsView.rules"))

    def _page(self, title: str, form: Any, back: str, **more: Any) -> str:
        return self.render_template("office/rule_decision.html", title=title, form=form, back=back, **more)

    def _may_decide(self) -> bool:
        return bool(self.appbuilder.sm.has_access("can_decide", "RuleSetsView"))


def _known(code: str) -> RuleSet:
    return rule_sets.get(code) if code in rule_sets.codes() else abort(404)


def _assigned(rules: RuleSet) -> tuple[list[tuple[Locality, dt.date]], int]:
    """The newest localities that were given a rule set, and how many there are."""
    mine = RuleSetAssignment.rule_set == rules.code
    rows = db.session.scalars(select(RuleSetAssignment).where(mine).order_by(RuleSetAssignment.id.desc()).limit(5))
    count = db.session.scalar(select(func.count()).select_from(RuleSetAssignment).where(mine)) or 0
    return [(row.locality, row.from_on) for row in rows], count


def _change_form(rules: RuleSet, key: str) -> Any:
    """The form of one number: documents are chosen from a list, everything else is typed as it is stored."""
    current = overrides.current(rules, key)
    if key.startswith(f"{overrides.DOCUMENTS}."):
        value: Any = SelectField(
            _("New value"),
            [InputRequired()],
            choices=lambda: [SelectChoice(one.value, gettext(one.msgid)) for one in Necessity],
            default=str(current or Necessity.REQUIRED),
            render_kw=FORM_CONTROL,
        )
    else:
        value = StringField(
            _("New value"),
            [InputRequired(), Length(max=40)],
            filters=[_stripped],
            default=overrides.to_text(current) if current is not None else "",
            description=_how_written(current),
            render_kw=FORM_CONTROL,
        )
    return type("ChangeForm", (DecisionForm,), {"value": value})()


def _how_written(value: overrides.Value | None) -> Any:
    if isinstance(value, overrides.Span):
        return _("A number and a unit, for example: 7 working_days, 30 calendar_days, 24 hours.")
    if isinstance(value, dt.time):
        return _("An hour, for example: 18:00.")
    if isinstance(value, int):
        return _("A whole number.")
    return _("Month and day, for example: 10-01.")


def _stored_words(key: str, text: str) -> str:
    """A stored or typed value in words; as it was typed when it is none."""
    try:
        return value_words(overrides.from_text(key, text))
    except RuleBroken:
        return text


def _sentence(form: Any, what: str) -> str:
    place = form.locality.data.name(language()) if form.locality.data else ""
    return f"{place}. {what}"
