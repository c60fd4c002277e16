"""Applications and the stop-list."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload

from app.models import Application, Child, StopListEntry
from app.models.enums import Language
from app.queries import office_lists
from app.views.office.contracts import ContractView, DocumentView
from app.views.office.form_fields import code_words
from app.views.office.placement import ClaimView
from app.views.office.referrals import ReferralView
from app.views.office.subject_view import OfficeView


class StopListView(OfficeView):
    """Who may not get a referral for now, until when and why."""

    datamodel = SQLAInterface(StopListEntry)
    route_base = "/stop-list"
    record_name, records_name = _("Stop-list entry"), _("Stop-list")
    list_columns = ["application", "application.child", "reason", "status", "listed_at", "until_day"]
    show_columns = [*list_columns, "ended_at"]
    search_columns = ["status", "reason", "until_day"]
    order_columns = ["until_day"]

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.of_application(StopListEntry.application_id, None, text)


class ApplicationView(OfficeView):
    """Applications. They are filed by their applicants or on /office/filing/ and change through acts alone."""

    datamodel = SQLAInterface(Application)
    route_base = "/applications"
    record_name, records_name = _("Application"), _("Applications")
    related_views = [ClaimView, ReferralView, ContractView, DocumentView, StopListView]
    list_columns = ["number", "child", "birth_year", "locality", "stream", "status", "submitted_at"]
    show_fieldsets = [
        (
            "",
            {
                "fields": [
                    "number",
                    "status",
                    "queue_type",
                    "group_type",
                    "correction_type",
                    "locality",
                    "languages",
                    "birth_year",
                    "submitted_at",
                    "filed_by",
                    "interest_confirmed_at",
                    "missed_referrals",
                    "archived_at",
                    "archive_reason",
                    "enrolled_at",
                ]
            },
        ),
        (_("Benefit"), {"fields": ["stream", "benefit_category", "benefit_check", "check_by"]}),
        (
            _("Child and applicant"),
            {
                "fields": [
                    "child",
                    "child.iin",
                    "child.birth_date",
                    "applicant",
                    "applicant.phone",
                    "applicant.address",
                ]
            },
        ),
    ]
    label_columns = {
        "child.birth_date": _("Date of birth"),
        "applicant.phone": _("Phone"),
        "applicant.address": _("Address"),
    }
    search_columns = ["status", "queue_type", "stream", "benefit_check", "birth_year", "locality", "submitted_at"]
    order_columns = ["id"]  # numbers are texts and would stand as 1, 10, 2
    ajax_columns = {"locality": "LocalityView"}
    formatters_columns = {"languages": code_words(Language)}
    list_eager = (joinedload(Application.child),)

    @staticmethod
    def child_of(item: Application) -> Child:
        return item.child

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.applications(text)

    def lookup_text(self, row: Application) -> str:
        return f"{row.number} · {row.child.full_name}, {row.birth_year}"
