"""What happened and who was told: events, messages, deliveries. Read only."""

from __future__ import annotations

import json

from flask import current_app
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement

from app.models import Delivery, Event, Message
from app.models.enums import Role
from app.queries import office_lists
from app.rules import lifecycle
from app.views.office.subject_view import OfficeView
from app.words import N_

# What is recorded without being a move of the lifecycle.
OTHER_ACTS = {
    "open_file": N_("A child's file was opened"),
    "added": N_("A record was added"),
    "changed": N_("A record was changed"),
    "deleted": N_("A record was deleted"),
    "reset_password": N_("A new password was given"),
    "add_child": N_("A child was added"),
    "attach": N_("A document was attached"),
    "issue_referral": N_("The referral was issued"),
    "lapse_claim": N_("The claim lapsed: the place was withdrawn"),
}
ROLES = {str(role): role.msgid for role in Role}


def act_words(act: str) -> str:
    """An act of the record in words; its code where nobody has named it yet."""
    moves = {move.verb: move.label for move in lifecycle.TABLE}
    return gettext(moves.get(act) or OTHER_ACTS.get(act) or act)


def role_words(role: str) -> str:
    """A role by the name it is stored under, in the reader's language."""
    return gettext(ROLES.get(role, role))


def subject_words(table: str) -> str:
    """What kind of row an event speaks of: the name its own office page has for one."""
    for view in current_app.extensions["kezek.office"].baseviews:
        if isinstance(view, OfficeView) and view.datamodel.obj.__tablename__ == table:
            return str(view.record_name)
    return table


def facts_in_line(text: str) -> str:
    """An event's before or after as "name: value" pairs."""
    facts = json.loads(text or "{}")
    return "; ".join(f"{name}: {value}" for name, value in facts.items()) or "–"


def mask_address(address: str | None) -> str:
    """A phone number or e-mail address as a list may show it."""
    if not address:
        return "–"
    name, at, host = address.partition("@")
    if at:
        return f"{name[:2]}•••@{host}"
    return f"{address[:5]}•••{address[-2:]}"


class EventView(OfficeView):
    """The audit log: every act, who, when, why, before and after."""

    datamodel = SQLAInterface(Event)
    route_base = "/events"
    record_name, records_name = _("Event"), _("Audit log")
    list_columns = ["at", "act", "subject", "subject_id", "actor_role", "actor_user_id", "reason"]
    show_columns = [*list_columns, "application_id", "kindergarten_id", "before", "after"]
    search_columns = ["act", "subject", "subject_id", "application_id", "actor_user_id"]
    order_columns = ["id"]
    formatters_columns = {
        "act": act_words,
        "subject": subject_words,
        "actor_role": role_words,
        "before": facts_in_line,
        "after": facts_in_line,
    }

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        if text.isascii() and text.isdigit() and not office_lists.is_iin(text):
            return Event.application_id == int(text)
        return Event.child_id.in_(office_lists.children_found(text))


class DeliveryView(OfficeView):
    """The outbox: what is on its way, what arrived, what did not and why."""

    datamodel = SQLAInterface(Delivery)
    route_base = "/deliveries"
    record_name, records_name = _("Delivery"), _("Deliveries")
    list_columns = ["id", "channel", "address", "status", "tries", "next_try_at", "sent_at", "failure"]
    show_columns = [*list_columns, "language"]
    label_columns = {"language": _("Language of messages"), "message": _("Message")}
    search_columns = ["channel", "status"]
    order_columns = ["id"]
    formatters_columns = {"address": mask_address}
    export_columns = ["id", "channel", "status", "tries", "next_try_at", "sent_at", "failure"]


class MessageView(OfficeView):
    """Notifications; their texts are made when they are shown or sent, in the reader's language."""

    datamodel = SQLAInterface(Message)
    route_base = "/messages"
    record_name, records_name = _("Message"), _("Messages")
    related_views = [DeliveryView]
    list_columns = ["created_at", "person", "template", "application_id", "read_at"]
    show_columns = list_columns
    search_columns = ["template", "application_id"]
    order_columns = ["id"]

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        return office_lists.of_application(Message.application_id, None, text)
