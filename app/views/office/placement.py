"""Bulletins and the claims on them."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, select

from app.models import Bulletin, Claim, Kindergarten
from app.queries import office_lists
from app.views.office.subject_view import OfficeView


class ClaimView(OfficeView):
    """Claims on bulletin places; the kindergarten activates or declines them."""

    datamodel = SQLAInterface(Claim)
    route_base = "/claims"
    record_name, records_name = _("Claim"), _("Claims")
    list_columns = ["application", "application.child", "kindergarten", "group", "status", "claimed_at", "activate_by"]
    show_columns = [
        *list_columns,
        "application.child.birth_date",
        "bulletin",
        "decided_at",
        "decline_reason",
        "note",
    ]
    search_columns = ["status", "kindergarten", "claimed_at", "activate_by", "decline_reason"]
    order_columns = ["claimed_at", "activate_by"]
    ajax_columns = {"kindergarten": "KindergartenView"}

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.of_application(Claim.application_id, None, text)


class BulletinView(OfficeView):
    """Free places on offer. They are opened from a group; opening and withdrawing are acts."""

    datamodel = SQLAInterface(Bulletin)
    route_base = "/bulletins"
    record_name, records_name = _("Bulletin"), _("Bulletins")
    related_views = [ClaimView]
    list_columns = [
        "kindergarten",
        "group",
        "birth_years",
        "language",
        "places",
        "free",
        "status",
        "publish_at",
    ]
    show_columns = [
        *list_columns,
        "locality",
        "group_type",
        "place_type",
        "rule_set",
        "opened_by",
        "opened_at",
        "published_at",
        "priority_until",
        "ended_at",
        "withdraw_reason",
    ]
    search_columns = ["status", "kindergarten", "locality", "language", "publish_at"]
    order_columns = ["publish_at"]
    ajax_columns = {"kindergarten": "KindergartenView", "locality": "LocalityView"}

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        names = select(Kindergarten.id).where(Kindergarten.name.icontains(text, autoescape=True))
        return Bulletin.kindergarten_id.in_(names)

    def lookup_text(self, row: Bulletin) -> str:
        years = ", ".join(map(str, row.birth_years))
        return f"{row.kindergarten} · {row.group}, {years} ({row.free}/{row.places})"
