"""Referrals."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement

from app.models import Referral
from app.queries import office_lists
from app.views.office.subject_view import OfficeView


class ReferralView(OfficeView):
    """Referrals: the contract starts from here, by sending it or by recording one made on paper."""

    datamodel = SQLAInterface(Referral)
    route_base = "/referrals"
    record_name, records_name = _("Referral"), _("Referrals")
    list_columns = [
        "number",
        "application",
        "application.child",
        "kindergarten",
        "group",
        "status",
        "contract_sent",
        "use_by",
    ]
    show_columns = [
        *list_columns,
        "application.child.birth_date",
        "issued_at",
        "cancel_until",
        "extended_at",
        "ended_at",
        "end_reason",
    ]
    search_columns = ["status", "kindergarten", "issued_at", "use_by", "contract_sent"]
    order_columns = ["number", "use_by"]
    ajax_columns = {"kindergarten": "KindergartenView"}

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.of_application(Referral.application_id, Referral.number, text)
