"""Contracts, their documents, and who attends."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_appbuilder import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload
from werkzeug.http import dump_options_header

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Child, Contract, Document, Enrolment
from app.queries import office_lists
from app.services import contracts, documents
from app.views.actor import current_actor
from app.views.office.subject_view import READ_ONLY, OfficeView


class DocumentView(OfficeView):
    """Uploaded documents. Opening one is recorded in the child's history."""

    datamodel = SQLAInterface(Document)
    route_base = "/documents"
    record_name, records_name = _("Document"), _("Documents")
    base_permissions = [*READ_ONLY, "can_file"]
    list_columns = ["application", "application.child", "kind", "file_name", "status", "uploaded_at"]
    show_columns = [*list_columns, "size", "issued_on", "mark_reason", "id"]
    label_columns = {"id": _("File")}
    search_columns = ["kind", "status"]
    order_columns = ["id"]
    list_eager = (joinedload(Document.application).joinedload(Application.child),)

    def __init__(self, **kwargs: object) -> None:
        self.formatters_columns = {"id": self._file_link}
        super().__init__(**kwargs)

    def _file_link(self, document_id: int) -> Markup:
        address = url_for(f"{self.endpoint}.file", pk=document_id)
        return Markup('<a href="{}">{}</a>').format(address, _("View the file"))

    @staticmethod
    def child_of(item: Document) -> Child:
        return item.application.child

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.of_application(Document.application_id, None, text)

    @expose("/file/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("file")
    def file(self, pk: int) -> Response:
        """The file itself, which no browser may run or show inside another page. 404 for a foreign document."""
        with unit_of_work() as session:
            document, content = documents.read(session, current_actor(), pk, clock.now())
            name, content_type = document.file_name, document.content_type
        answer = Response(content, mimetype=content_type)
        answer.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": name})
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        answer.headers["Cache-Control"] = "no-store"
        return answer


TERMS = {
    "parent_document": _("Identity document of the parent"),
    "parent_address": _("Address of the parent"),
    "parent_phone": _("Phone of the parent"),
    "parent_workplace": _("Workplace"),
    "parent_position": _("Position"),
    "birth_certificate": _("Birth certificate"),
}


class ContractView(OfficeView):
    """Contracts: checked, returned, signed, refused, ended – by acts. The page shows what is to be checked."""

    datamodel = SQLAInterface(Contract)
    show_template = "office/contract.html"
    route_base = "/contracts"
    record_name, records_name = _("Contract"), _("Contracts")
    list_columns = [
        "number",
        "application",
        "application.child",
        "kindergarten",
        "group",
        "status",
        "sent_at",
        "sign_by",
        "review_by",
    ]
    show_columns = [
        *list_columns,
        "application.child.birth_date",
        "returns",
        "return_note",
        "signed_at",
        "ended_at",
        "refusal_reason",
        "note",
    ]
    search_columns = ["status", "kindergarten", "sent_at", "sign_by", "review_by"]
    order_columns = ["number", "sign_by"]
    ajax_columns = {"kindergarten": "KindergartenView"}

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.of_application(Contract.application_id, Contract.number, text)

    @staticmethod
    def child_of(item: Contract) -> Child:
        return item.application.child

    def _show(self, pk: Any) -> dict[str, Any]:
        widgets = super()._show(pk)
        contract = self._row_or_404(pk)
        may_open = self.appbuilder.sm.has_access("can_file", "DocumentView")
        widgets["papers"] = [
            (document, url_for("DocumentView.file", pk=document.id) if may_open else None)
            for document in contracts.current_documents(db.session, contract)
        ]
        version = contract.latest
        widgets["terms"] = [(TERMS.get(name, name), value) for name, value in version.terms.items()] if version else []
        widgets["version"] = version
        return widgets


class EnrolmentView(OfficeView):
    """Who attends which group, and who has left."""

    datamodel = SQLAInterface(Enrolment)
    route_base = "/enrolments"
    record_name, records_name = _("Enrolment"), _("Enrolments")
    list_columns = ["child", "kindergarten", "group", "enrolled_on", "discharged_on", "discharge_reason"]
    show_columns = [*list_columns, "contract"]
    search_columns = ["kindergarten", "enrolled_on", "discharged_on"]
    order_columns = ["id"]
    ajax_columns = {"kindergarten": "KindergartenView"}

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return Enrolment.child_id.in_(office_lists.children_found(text))
