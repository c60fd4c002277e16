"""Actions of a list or a page, single and bulk, that cannot reach past the row scope (FAB's own ignore it)."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from app.views.fab.mixin import ViewMixin


class ScopedActions(ViewMixin):
    """Mixin for OfficeModelView: POST only, known names only, every row loaded through the base filters."""

    action_limit = 500
    """How many rows one bulk action may touch."""

    @expose("/action/<string:name>/<pk>", methods=["POST"])
    def action(self, name: str, pk: str) -> Response:
        """Runs the action `name` on one row. 404 for an unknown action or a row outside the scope."""
        chosen = self._permitted_action(name, wanted="single")
        return self._after(chosen.func(self._rows_for_action([pk])[0]))

    @expose("/action_post", methods=["POST"])
    def action_post(self) -> Response:
        """Runs the action named in the form on every ticked row; one row outside the scope refuses them all."""
        chosen = self._permitted_action(request.form.get("action", ""), wanted="multiple")
        keys = list(dict.fromkeys(request.form.getlist("rowid")))
        if not keys:
            flash(gettext("Select at least one row."), "warning")
            return redirect(self.own_list_url())
        if len(keys) > self.action_limit:
            abort(400)
        return self._after(chosen.func(self._rows_for_action(keys)))

    def act_row_missing(self) -> None:
        """What happens when a row is absent or foreign; both look the same from outside."""
        abort(404)

    def _permitted_action(self, name: str, wanted: str) -> Any:
        chosen = self.actions.get(name)
        if chosen is None or not getattr(chosen, wanted):
            abort(404)
        if self.appbuilder.sm.has_access(self.get_action_permission_name(name), self.class_permission_name):
            return chosen
        if current_user.is_authenticated:
            abort(403)
        return abort(redirect(self.appbuilder.get_url_for_login_with(self.own_list_url())))

    def _rows_for_action(self, keys: list[str]) -> list[Any]:
        rows = self.datamodel.get_many(keys, self._base_filters)
        if len(rows) != len(set(keys)):
            self.act_row_missing()
        return rows

    def _after(self, answer: Any) -> Response:
        return redirect(self.own_list_url()) if answer is None else answer
