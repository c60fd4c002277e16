"""Notifications and the log of the account's own acts."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_babel import gettext

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.i18n import language
from app.models import Event, Message
from app.queries import inbox as rows
from app.queries.vouchers import latest_voucher
from app.services.reading import mark_read
from app.services.templates import TEMPLATES, render
from app.views.actor import current_actor, current_person_id
from app.views.public import bp
from app.views.public.entrance import parents_only

# Which page a notification leads to, by the first letter of its template (texts.md §4).
_TO_BULLETINS = ("P",)
_TO_REFERRAL = ("R",)
_TO_CONTRACT = ("K",)
_TO_VOUCHER = ("V",)
_TO_WAITING_LIST = ("W",)


@bp.get("/inbox", endpoint="inbox")
@parents_only
def inbox_list() -> str:
    """The reader's notifications, the latest first."""
    person_id = current_person_id()
    found, has_more = rows.message_page(db.session, person_id, _before())
    return render_template(
        "public/inbox/list.html",
        messages=[_in_list(message) for message in found if TEMPLATES[message.template].body],
        tabs=_tabs("inbox", rows.unread(db.session, person_id)),
        unread=rows.unread(db.session, person_id),
        next_url=url_for("public.inbox", before=found[-1].id) if has_more else None,
        first_url=url_for("public.inbox") if _before() else None,
    )


@bp.get("/inbox/<int:message_id>")
@parents_only
def message(message_id: int) -> str:
    """One notification; opening it marks it as read."""
    person_id = current_person_id()
    found = rows.own_message(db.session, person_id, message_id)
    if found is None or not TEMPLATES[found.template].body:
        abort(404)
    if found.read_at is None:
        with unit_of_work() as session:
            mark_read(session, person_id, clock.now(), message_id)
        db.session.refresh(found)
    return render_template("public/inbox/message.html", message=_shown(found), links=_links(found))


@bp.post("/inbox/read")
@parents_only
def read_all() -> Any:
    """Marks every notification as read."""
    with unit_of_work() as session:
        mark_read(session, current_person_id(), clock.now())
    return redirect(url_for("public.inbox"), 303)


@bp.get("/inbox/log")
@parents_only
def activity_log() -> str:
    """What was done from this account: when, what, with which application."""
    user_id = current_actor().user_id or 0
    found, has_more = rows.event_page(db.session, user_id, _before())
    return render_template(
        "public/inbox/log.html",
        events=[_logged(event, number) for event, number in found],
        tabs=_tabs("log", rows.unread(db.session, current_person_id())),
        next_url=url_for("public.activity_log", before=found[-1][0].id) if has_more else None,
        first_url=url_for("public.activity_log") if _before() else None,
    )


def _before() -> int | None:
    given = request.args.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def _shown(found: Message) -> dict[str, Any]:
    """A message in the reader's language, as the macro `inbox` takes it."""
    rendered = render(found.template, found.facts, language())
    return {
        "title": rendered.title,
        "text": rendered.body,
        "at": clock.local(found.created_at),
        "unread": found.read_at is None,
        "url": url_for("public.message", message_id=found.id),
    }


def _in_list(found: Message) -> dict[str, Any]:
    """The same where the title is the first sentence of a paragraph."""
    shown = _shown(found)
    return {**shown, "title": f"{shown['title'].rstrip('.')}."}


def _logged(event: Event, number: str | None) -> dict[str, Any]:
    return {"at": clock.local(event.at), "act": gettext(rows.act_words(event.act)), "number": number}


def _links(found: Message) -> list[tuple[str, str]]:
    """Where a notification leads on."""
    if found.application_id is None:
        return []
    links = []
    referral_id, contract_id = rows.live_papers(db.session, found.application_id)
    if found.template.startswith(_TO_BULLETINS):
        address = url_for("public.bulletins", application=found.application_id, access="me")
        links.append((address, gettext("See the free places")))
    if found.template.startswith(_TO_REFERRAL) and referral_id:
        links.append((url_for("public.referral", referral_id=referral_id), gettext("Open the referral")))
    if found.template.startswith(_TO_VOUCHER):
        voucher = latest_voucher(db.session, found.application_id)
        if voucher is not None:
            links.append((url_for("public.voucher", voucher_id=voucher.id), gettext("Open the voucher")))
    if found.template.startswith(_TO_WAITING_LIST):
        links.append((url_for("public.waiting_list"), gettext("Open the waiting list")))
    if found.template.startswith(_TO_CONTRACT) and contract_id:
        links.append((url_for("public.contract", contract_id=contract_id), gettext("Open the contract")))
    return links


def _tabs(current: str, unread: int) -> list[tuple[str, str, bool, int]]:
    return [
        (gettext("Inbox"), url_for("public.inbox"), current == "inbox", unread),
        (gettext("Activity log"), url_for("public.activity_log"), current == "log", 0),
    ]
