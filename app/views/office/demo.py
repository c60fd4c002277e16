"""Pages that exist only in the demo: the outbox, where messages can be read, and the clock that can be moved."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from app import clock
from app.db import unit_of_work
from app.demo import clock as demo_clock
from app.demo.guard import NotTheDemo, require_demo
from app.extensions import db
from app.models import Delivery
from app.views.office.form_fields import FORM_CONTROL

NEWEST = 50


class StepForm(FlaskForm):
    """How far the clock is moved."""

    amount = IntegerField(
        _("How far"), [InputRequired(), NumberRange(min=1, max=400)], default=1, render_kw=FORM_CONTROL
    )
    unit = SelectField(
        _("Unit"),
        [InputRequired()],
        choices=[
            SelectChoice("working day", _("working days")),
            SelectChoice("calendar day", _("calendar days")),
            SelectChoice("hour", _("hours")),
            SelectChoice("minute", _("minutes")),
        ],
        render_kw=FORM_CONTROL,
    )


class OutboxView(BaseView):
    """/office/demo/outbox/; 404 in a real installation, whoever asks."""

    route_base = "/demo/outbox"
    default_view = "outbox"

    @expose("/")
    @has_access
    @permission_name("outbox")
    def outbox(self) -> str:
        """The newest deliveries with the text a phone would show."""
        _require_demo()
        before = request.args.get("before", type=int)
        rows = select(Delivery).where(Delivery.demo_text.is_not(None)).order_by(Delivery.id.desc()).limit(NEWEST + 1)
        found = db.session.scalars(rows if before is None else rows.where(Delivery.id < before)).all()
        return self.render_template(
            "office/outbox.html",
            title=gettext("Outbox of the demo"),
            rows=found[:NEWEST],
            older=found[NEWEST - 1].id if len(found) > NEWEST else None,
        )


class ClockView(BaseView):
    """/office/demo/clock/; 404 in a real installation, whoever asks."""

    route_base = "/demo/clock"
    default_view = "move"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("move")
    def move(self) -> Any:
        """Moves the demo's time forward; jobs that fall due run by themselves within seconds."""
        _require_demo()
        form = StepForm()
        if form.validate_on_submit():
            return self._advance(f"{form.amount.data} {form.unit.data}s")
        return self.render_template(
            "office/clock.html",
            title=gettext("Clock of the demo"),
            form=form,
            now=clock.local(clock.now()),
            machine=clock.local(clock.machine_now()),
        ), (422 if form.errors else 200)

    @staticmethod
    def _advance(step: str) -> Response:
        try:
            with unit_of_work() as session:
                demo_clock.advance(session, step)
        except demo_clock.ClockRefused:
            flash(gettext("The clock cannot be moved that far: the calendar of working days ends before."), "danger")
        else:
            demo_clock.seen()
            flash(gettext("The clock was moved. Deadlines that have passed take effect within a minute."), "success")
        return redirect(url_for("ClockView.move"))


def _require_demo() -> None:
    try:
        require_demo()
    except NotTheDemo:
        abort(404)


def is_demo() -> bool:
    """Whether the menu shows these pages."""
    return bool(current_app.config["DEMO"])
