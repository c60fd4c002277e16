"""Vouchers, the rounds that issue them, the waiting lists of kindergartens, the priority categories."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement
from wtforms.validators import Length, NumberRange, Optional

from app.extensions import db
from app.models import PriorityCategory, Voucher, VoucherRound, WaitingListEntry
from app.models.enums import VoucherEnd
from app.queries import office_lists
from app.rules.rule_sets import RoundScope
from app.services import categories
from app.views.office.reference import rule_set_title
from app.views.office.subject_view import WRITES, OfficeView


def end_words(reason: str | None) -> str:
    """Why a voucher ended: a code in words, an official's words as they are."""
    if not reason:
        return ""
    return gettext(VoucherEnd(reason).msgid) if reason in set(VoucherEnd) else reason


def _scope_words(code: str) -> str:
    return gettext(RoundScope(code).msgid)


def _skipped(codes: list[str]) -> str:
    return ", ".join(codes or [])


class WaitingListView(OfficeView):
    """Who waits for a place of one kindergarten, and to whom a place is offered until when."""

    datamodel = SQLAInterface(WaitingListEntry)
    route_base = "/waiting-lists"
    record_name, records_name = _("Entry of a waiting list"), _("Waiting lists")
    list_columns = ["application", "application.child", "kindergarten", "status", "joined_at", "answer_by"]
    show_columns = [*list_columns, "voucher", "group", "offered_at", "ended_at"]
    search_columns = ["status", "kindergarten", "joined_at"]
    order_columns = ["answer_by"]
    ajax_columns = {"kindergarten": "KindergartenView"}

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.of_application(WaitingListEntry.application_id, None, text)


class VoucherView(OfficeView):
    """Vouchers: the contract starts from here once the parent has chosen the kindergarten."""

    datamodel = SQLAInterface(Voucher)
    route_base = "/vouchers"
    record_name, records_name = _("Voucher"), _("Vouchers")
    related_views = [WaitingListView]
    list_columns = ["number", "application", "application.child", "kindergarten", "status", "confirm_by", "enrol_by"]
    show_columns = [
        *list_columns,
        "group",
        "financing",
        "round",
        "issued_at",
        "confirmed_at",
        "attached_at",
        "extended_at",
        "used_at",
        "ended_at",
        "end_reason",
    ]
    search_columns = ["status", "kindergarten", "issued_at", "confirm_by", "enrol_by"]
    order_columns = ["number"]
    ajax_columns = {"kindergarten": "KindergartenView"}
    formatters_columns = {"end_reason": end_words}

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.of_application(Voucher.application_id, Voucher.number, text)


class VoucherRoundView(OfficeView):
    """Rounds: what was free, what was issued, which localities were left out. A round starts at its locality."""

    datamodel = SQLAInterface(VoucherRound)
    route_base = "/voucher-rounds"
    record_name, records_name = _("Voucher round"), _("Voucher rounds")
    related_views = [VoucherView]
    list_columns = ["locality", "run_at", "free_places", "issued", "scope"]
    show_columns = [*list_columns, "rule_set", "run_by", "skipped"]
    search_columns = ["locality", "run_at"]
    order_columns = ["id"]
    base_order = ("id", "desc")
    ajax_columns = {"locality": "LocalityView"}
    formatters_columns = {"scope": _scope_words, "rule_set": rule_set_title, "skipped": _skipped}


class PriorityCategoryView(OfficeView):
    """The order of a queue by categories. One that is no longer used is switched off, not deleted."""

    datamodel = SQLAInterface(PriorityCategory)
    route_base = "/priority-categories"
    record_name, records_name = _("Priority category"), _("Priority categories")
    base_permissions = WRITES
    list_columns = ["position", "name_kk", "name_ru", "source", "locality", "is_active"]
    show_columns = [*list_columns, "code", "name_en", "min_age", "max_age", "benefit_category", "parent"]
    edit_columns = [
        "position",
        "name_kk",
        "name_ru",
        "name_en",
        "source",
        "min_age",
        "max_age",
        "benefit_category",
        "parent",
        "is_active",
    ]
    add_columns = ["code", "locality", *edit_columns]
    search_columns = ["source", "is_active", "locality"]
    order_columns = ["position"]
    base_order = ("position", "asc")
    quick_search_columns = ["code", "name_kk", "name_ru"]
    ajax_columns = {
        "locality": "LocalityView",
        "benefit_category": "BenefitCategoryView",
        "parent": "PriorityCategoryView",
    }
    label_columns = {"position": _("Place in the order"), "parent": _("Only inside the category")}
    validators_columns = {
        "code": [Length(max=40)],
        "position": [NumberRange(min=1, max=100_000)],
        "min_age": [Optional(), NumberRange(min=0, max=8)],
        "max_age": [Optional(), NumberRange(min=0, max=8)],
    }

    def pre_add(self, item: PriorityCategory) -> None:
        categories.check_edit(db.session, item)

    def pre_update(self, item: PriorityCategory) -> None:
        categories.check_edit(db.session, item)
