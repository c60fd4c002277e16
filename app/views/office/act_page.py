"""The one page of all acts: what will happen, to which rows, what must be typed – and then what became of each."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.rules.verdict import RuleBroken
from app.services.reasons import explain
from app.views.actor import current_actor
from app.views.base import chip
from app.views.fab.display import formatters
from app.views.office.act_fields import collected, form_for
from app.views.office.act_running import Outcome, run
from app.views.office.acts import BY_VERB, Act
from app.views.office.subject_view import LARGEST_BATCH

DESK = "desk"
REFUSED_OUTRIGHT = {"NOT_FOUND": 404, "FORBIDDEN": 403}


class ActView(BaseView):
    """/office/act/<verb>?rows=1,2: a GET shows, a POST does. Permission is that of the button."""

    route_base = "/act"
    default_view = "act"

    @expose("/<string:verb>", methods=["GET", "POST"])
    def act(self, verb: str) -> Any:
        """404 for an unknown verb or a row out of reach, 403 without the permission, 409 when refused."""
        act = BY_VERB.get(verb) or abort(404)
        view = self.view_of(act)
        self._require_permission(act, view)
        rows = self._rows(act, view)
        ready = [row for row in rows if act.fits(row, current_actor())]
        confirm = act.move.danger or len(ready) > 1
        form = form_for(act, ready, confirm=confirm) if ready else None
        if request.method == "GET" or form is None:
            status = 409 if request.method == "POST" else 200
            return self._page(act, view, rows, form, ready), status
        if not form.validate():
            return self._page(act, view, rows, form, ready), 422
        try:
            data = collected(form, ready)
        except RuleBroken as broken:
            return self._page(act, view, rows, form, ready, [_refused(rows[0], broken)]), 409
        late = [_refused(row, RuleBroken("STALE")) for row in rows if row not in ready]
        return self._after(act, view, ready, form, [*run(act, [row.id for row in ready], data), *late])

    def view_of(self, act: Act) -> Any:
        """The list view whose rows the act starts from."""
        views = (view for view in self.appbuilder.baseviews if getattr(view, "datamodel", None) is not None)
        return next(
            view for view in views if view.datamodel.obj is act.start and act.verb in getattr(view, "actions", {})
        )

    def _require_permission(self, act: Act, view: Any) -> None:
        if self.appbuilder.sm.has_access(act.verb, view.class_permission_name):
            return
        if current_user.is_authenticated:
            abort(403)
        abort(redirect(self.appbuilder.get_url_for_login_with(request.full_path)))

    def _rows(self, act: Act, view: Any) -> list[Any]:
        keys = list(dict.fromkeys(filter(None, ",".join(request.values.getlist("rows")).split(","))))
        if len(keys) > LARGEST_BATCH or (len(keys) > 1 and not act.many):
            abort(400)
        rows = view.datamodel.get_many(keys, view.base_scope)
        if not rows or len(rows) != len(keys):
            abort(404)
        return rows

    def _after(
        self, act: Act, view: Any, ready: list[Any], form: Any, outcomes: list[Outcome]
    ) -> Response | tuple[str, int]:
        if all(outcome.done for outcome in outcomes):
            label = gettext(act.move.label)
            flash(gettext("Done: %(act)s. Rows: %(count)s.", act=label, count=len(outcomes)), "success")
            return redirect(self._where_next(act, view, outcomes))
        refusals = {outcome.code for outcome in outcomes}
        status = (
            {"NOT_FOUND": 404, "FORBIDDEN": 403}.get(next(iter(refusals)) or "", 409) if len(outcomes) == 1 else 200
        )
        if len(outcomes) > 1:
            return self._results(act, view, outcomes), status
        rows = self._rows(act, view)
        return self._page(act, view, rows, form, ready, outcomes), status

    def _where_next(self, act: Act, view: Any, outcomes: list[Outcome]) -> str:
        if request.values.get("back") == DESK and self.appbuilder.desk_endpoint:
            return url_for(self.appbuilder.desk_endpoint)
        if len(outcomes) > 1:
            return view.own_list_url()
        if act.verb == "submit":
            return url_for("ApplicationView.show", pk=outcomes[0].result_id)
        return url_for(f"{view.endpoint}.show", pk=outcomes[0].row_id)

    def _page(
        self, act: Act, view: Any, rows: list[Any], form: Any, ready: list[Any], outcomes: list[Outcome] | None = None
    ) -> str:
        columns = act_columns(view)
        shown = formatters(columns, view.formatters_columns, view.masked_columns)
        waiting = {row.id for row in ready}
        return self.render_template(
            "office/act.html",
            title=gettext(act.move.label),
            act=act,
            view=view,
            form=form,
            columns=columns,
            rows=[
                (
                    row.id in waiting,
                    url_for(f"{view.endpoint}.show", pk=row.id),
                    [shown[c](view.datamodel._get_attr_value(row, c)) for c in columns],
                )
                for row in rows
            ],
            keys=",".join(str(row.id) for row in rows),
            outcomes=outcomes or [],
            stale=explain(RuleBroken("STALE")),
            cancel_url=self._cancel_url(view, rows),
            back=request.values.get("back", ""),
            state_chip=chip,
        )

    def _cancel_url(self, view: Any, rows: list[Any]) -> str:
        if request.values.get("back") == DESK and self.appbuilder.desk_endpoint:
            return url_for(self.appbuilder.desk_endpoint)
        return url_for(f"{view.endpoint}.show", pk=rows[0].id) if len(rows) == 1 else view.own_list_url()

    def _results(self, act: Act, view: Any, outcomes: list[Outcome]) -> str:
        found = view.datamodel.get_many([outcome.row_id for outcome in outcomes], view.base_scope)
        words = {row.id: view.lookup_text(row) for row in found}
        return self.render_template(
            "office/act_results.html",
            title=gettext(act.move.label),
            rows=[(words.get(outcome.row_id, outcome.row_id), outcome) for outcome in outcomes],
            list_url=view.own_list_url(),
        )


def act_columns(view: Any) -> list[str]:
    """The columns by which a row is known on the act page."""
    return view.list_columns[:6]


def _refused(row: Any, broken: RuleBroken) -> Outcome:
    return Outcome(row.id, broken.code, explain(broken))
