"""POST /api/v1/<subject>/<id>/<verb>: the acts of the office for programs, through the same form and service."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_appbuilder.api import BaseApi, expose
from flask_babel import gettext
from flask_jwt_extended import verify_jwt_in_request
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from app.api.answers import SpokenErrors
from app.models import (
    Application,
    Bulletin,
    Child,
    Claim,
    Contract,
    KindergartenGroup,
    Locality,
    Referral,
    StopListEntry,
    Voucher,
    WaitingListEntry,
)
from app.rules.verdict import RuleBroken
from app.services.reasons import explain
from app.views.office.act_fields import MARK, collected, form_for
from app.views.office.act_running import Outcome, run_one
from app.views.office.acts import BY_VERB, Act

#: The name in the address of the rows an act starts from.
NAMES: dict[type[Any], str] = {
    Application: "application",
    Bulletin: "bulletin",
    Child: "child",
    Claim: "claim",
    Contract: "contract",
    KindergartenGroup: "group",
    Locality: "locality",
    Referral: "referral",
    StopListEntry: "stop_list",
    Voucher: "voucher",
    WaitingListEntry: "waiting_list",
}
STATUS_OF = {"NOT_FOUND": 404, "FORBIDDEN": 403, "FAILURE": 500}


class BadBody(ValueError):
    """The body is neither a form nor one JSON object."""


class ActsApi(SpokenErrors, BaseApi):
    """One route for all acts. Permission is that of the office's button, reach that of its list."""

    route_base = "/api/v1"
    base_permissions: list[str] = []
    openapi_spec_tag = "Kezek"

    @expose("/<string:subject>/<string:pk>/<string:verb>", methods=["POST"])
    def act(self, subject: str, pk: str, verb: str) -> Response:
        """Makes the move `verb` on one row. 404 unknown or out of reach, 403 not allowed, 409 refused, 422 bad body."""
        verify_jwt_in_request()
        act = BY_VERB.get(verb)
        if act is None or NAMES[act.start] != subject:
            return self.response(404, message=gettext("There is no such act."))
        view = next(view for view in self.appbuilder.baseviews if verb in (getattr(view, "actions", None) or {}))
        if not self.appbuilder.sm.has_access(verb, view.class_permission_name):
            return self.response(403, message=gettext("You may not do this."))
        rows = view.datamodel.get_many([pk], view.base_scope)
        if not rows:
            return self.response(404, message=gettext("There is no such record."))
        return self._done(act, rows)

    def _done(self, act: Act, rows: list[Any]) -> Response:
        try:
            form = form_for(act, rows, formdata=body_as_form(), meta={"csrf": False})
        except BadBody:
            return self.response(400, message=gettext("Send one JSON object."))
        if not form.validate():
            return self.response(422, message=gettext("Some fields are wrong."), fields=form.errors)
        try:
            data = collected(form, rows)
        except RuleBroken as broken:
            return self.response(409, error=broken.code, message=explain(broken))
        return self._answer(run_one(act, rows[0].id, data))

    def _answer(self, outcome: Outcome) -> Response:
        if outcome.done:
            return self.response(200, id=outcome.row_id, result_id=outcome.result_id)
        return self.response(STATUS_OF.get(outcome.code or "", 409), error=outcome.code, message=outcome.sentence)


def body_as_form() -> CombinedMultiDict[str, Any]:
    """The body, JSON or multipart, as form data. Raises BadBody."""
    if not request.is_json:
        return CombinedMultiDict([request.files, request.form])
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadBody
    pairs: MultiDict[str, Any] = MultiDict()
    for name, value in body.items():
        if name == "marks" and isinstance(value, list):
            for mark in value:
                pairs.add(*_mark(mark))
        elif isinstance(value, list):
            pairs.setlist(name, [str(each) for each in value])
        elif value is not None:
            pairs.add(name, str(value))
    return CombinedMultiDict([pairs])


def _mark(mark: Any) -> tuple[str, str]:
    """{"document": 7, "reason": "…"} as the page's form names it."""
    if not isinstance(mark, dict) or not {"document", "reason"} <= mark.keys():
        raise BadBody
    return f"{MARK}{mark['document']}", str(mark["reason"])
