"""What officials set: benefit categories, days moved by decree, which rule set a locality lives under."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.models import BenefitCategory, HolidayOverride, RuleOverride, RuleSetAssignment
from app.views.office.subject_view import WRITES, OfficeView
from app.views.rule_words import key_words, rule_set_title


class BenefitCategoryView(OfficeView):
    """Grounds for being served earlier. One that is no longer used is switched off, not deleted."""

    datamodel = SQLAInterface(BenefitCategory)
    route_base = "/benefit-categories"
    record_name, records_name = _("Benefit category"), _("Benefit categories")
    base_permissions = WRITES
    list_columns = ["code", "name_kk", "name_ru", "stream", "needs_document", "document_valid_days", "is_active"]
    show_columns = [*list_columns, "name_en", "position"]
    edit_columns = [
        "name_kk",
        "name_ru",
        "name_en",
        "stream",
        "needs_document",
        "document_valid_days",
        "position",
        "is_active",
    ]
    add_columns = ["code", *edit_columns]
    search_columns = ["stream", "is_active", "needs_document"]
    order_columns = ["code"]
    quick_search_columns = ["code", "name_kk", "name_ru"]
    label_columns = {"position": _("Place in the list")}
    validators_columns = {
        "code": [Length(max=40)],
        "document_valid_days": [Optional(), NumberRange(min=1, max=3660)],
    }


class HolidayView(OfficeView):
    """Days that a decree made working or free; deadlines counted from then on follow them."""

    datamodel = SQLAInterface(HolidayOverride)
    route_base = "/holidays"
    record_name, records_name = _("Moved day"), _("Moved days")
    base_permissions = [*WRITES, "can_delete"]
    list_columns = ["on", "is_working", "reason"]
    show_columns = list_columns
    add_columns = edit_columns = list_columns
    search_columns = ["on", "is_working"]
    order_columns = ["on"]
    base_order = ("on", "desc")
    validators_columns = {"reason": [InputRequired(), Length(max=200)]}


class RuleSetAssignmentView(OfficeView):
    """Which rule set a locality, and everything below it, lives under from a date on; decided on the page of rules."""

    datamodel = SQLAInterface(RuleSetAssignment)
    route_base = "/rule-sets"
    record_name, records_name = _("Rule set of a locality"), _("Rule sets of localities")
    list_columns = ["locality", "rule_set", "from_on", "basis"]
    show_columns = list_columns
    search_columns = ["locality", "from_on"]
    order_columns = ["id"]
    ajax_columns = {"locality": "LocalityView"}
    formatters_columns = {"rule_set": rule_set_title}


class RuleOverrideView(OfficeView):
    """Numbers that a legal act set for a locality; decided on the page of rules."""

    datamodel = SQLAInterface(RuleOverride)
    route_base = "/rule-overrides"
    record_name, records_name = _("Number set for a locality"), _("Numbers set for localities")
    list_columns = ["locality", "rule_set", "key", "value", "from_on", "legal_act"]
    show_columns = [*list_columns, "entered_at"]
    search_columns = ["locality", "from_on"]
    order_columns = ["id"]
    ajax_columns = {"locality": "LocalityView"}
    formatters_columns = {"rule_set": rule_set_title, "key": key_words}
