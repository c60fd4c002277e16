"""/office/filing/: a support operator files an application on behalf of a parent, marked as such."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, session, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Optional

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Child, Person
from app.rules.verdict import RuleBroken
from app.services.filing import find_family
from app.services.reasons import explain
from app.views.actor import current_actor
from app.views.office.act_fields import collected, form_for, stripped
from app.views.office.act_running import run_one
from app.views.office.acts import BY_VERB
from app.views.office.form_fields import FORM_CONTROL, is_iin

KEPT = "office_filing"
IIN_BOX = {**FORM_CONTROL, "inputmode": "numeric", "maxlength": 12, "autocomplete": "off"}


class FamilyForm(FlaskForm):
    """Whom the operator has in front of them."""

    applicant_iin = StringField(
        _("IIN of the parent"), [InputRequired(), is_iin], filters=[stripped], render_kw=IIN_BOX
    )
    child_iin = StringField(_("IIN of the child"), [InputRequired(), is_iin], filters=[stripped], render_kw=IIN_BOX)
    phone = StringField(
        _("Phone of the parent"),
        [Optional(), Length(max=20)],
        description=_("Messages go there. A number that was proved by a code stays."),
        filters=[stripped],
        render_kw={**FORM_CONTROL, "inputmode": "tel"},
    )


class FilingView(BaseView):
    """Two steps: who, then what. The register's word that the parent is the parent opens the second."""

    route_base = "/filing"
    default_view = "find"
    title = _("File on behalf of a parent")

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("find")
    def find(self) -> Any:
        """Finds the parent and the child by IIN; the register ties them."""
        form = FamilyForm()
        if form.validate_on_submit():
            try:
                return self._found(form)
            except RuleBroken as broken:
                flash(explain(broken), "danger")
                return self._page("office/filing_find.html", form=form), 409
        return self._page("office/filing_find.html", form=form), 422 if form.errors else 200

    @expose("/application", methods=["GET", "POST"])
    @has_access
    @permission_name("file_for")
    def file_for(self) -> Any:
        """The application of the family found before. Without one, back to the first step."""
        family = self._family()
        if family is None:
            return redirect(url_for("FilingView.find"))
        applicant, child = family
        act = BY_VERB["submit"]
        form = form_for(act, [child])
        if not form.is_submitted():
            form.applicant.data = applicant.id
        elif form.validate():
            outcome = run_one(act, child.id, collected(form, [child]))
            if outcome.done:
                session.pop(KEPT, None)
                flash(gettext("The application was filed on behalf of the parent."), "success")
                return redirect(url_for("ApplicationView.show", pk=outcome.result_id))
            flash(outcome.sentence, "danger")
            applicant, child = self._family() or abort(404)
            return self._page("office/filing_application.html", form=form, applicant=applicant, child=child), 409
        status = 422 if form.errors else 200
        return self._page("office/filing_application.html", form=form, applicant=applicant, child=child), status

    def _found(self, form: FamilyForm) -> Response:
        with unit_of_work() as work:
            family = find_family(
                work,
                current_actor(),
                form.applicant_iin.data,
                form.child_iin.data,
                form.phone.data or "",
                clock.now(),
            )
            kept = [family.applicant.id, family.child.id]
        session[KEPT] = kept
        return redirect(url_for("FilingView.file_for"))

    @staticmethod
    def _family() -> tuple[Person, Child] | None:
        """The family of the first step, kept in the signed session by row ids alone."""
        kept = session.get(KEPT)
        if not kept:
            return None
        applicant, child = db.session.get(Person, kept[0]), db.session.get(Child, kept[1])
        return (applicant, child) if applicant and child else None

    def _page(self, template: str, **facts: Any) -> str:
        return self.render_template(template, title=gettext("File on behalf of a parent"), **facts)
