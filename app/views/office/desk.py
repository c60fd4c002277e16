"""/office/desk/: what waits for me – overdue, today, this week – with one verb for each row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date
from flask import url_for
from flask_appbuilder import expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.i18n import language
from app.models import Bulletin
from app.models.enums import BulletinStatus, Role
from app.queries import desk
from app.queries.desk import Tally, Work
from app.queries.invariants import latest_answers
from app.services.access import Actor, visible
from app.services.regulation import rule_set_in_force
from app.views.actor import current_actor
from app.views.base import once_per_request
from app.views.office.acts import BY_VERB

NO_COUNT: dict[str, tuple[int, bool]] = {}


@dataclass(frozen=True)
class KindWords:
    """How one kind of work is shown: its name, icon, page of a row, the act its verb starts (None: look), the entry of
    the rail that counts it, and the words of the button where the act's own are too long."""

    name: Any
    icon: str
    page: str
    verb: str | None = None
    menu: str | None = None
    button: Any = None


KINDS: dict[str, KindWords] = {
    "claim": KindWords(_("Activation of a claim"), "check", "ClaimView", "activate", "Claims"),
    "check": KindWords(_("Check of documents"), "paper", "ApplicationView", None, "Applications"),
    "contract": KindWords(_("Check of a contract"), "sign", "ContractView", None, "Contracts"),
    "referral": KindWords(_("Contract for a referral"), "paper", "ReferralView", "send_contract", "Referrals"),
    "free_places": KindWords(
        _("Publication of places"), "arrow", "GroupView", "open_bulletin", "Groups", _("Publish places")
    ),
    "undelivered": KindWords(_("Call"), "phone", "DeliveryView", None, "Deliveries"),
    "invariant": KindWords(_("Broken invariant"), "warning", "InvariantCheckView"),
}


@dataclass(frozen=True)
class DeskRow:
    """A row as the template shows it. `bulk` is the verb its box is ticked for, None where only one goes at a time."""

    kind: KindWords
    title: str
    why: str
    due: str
    url: str
    verb: str
    row_id: int
    bulk: str | None


class DeskView(BaseView):
    """The first page after logging in."""

    route_base = "/desk"
    default_view = "today"
    title = _("Desk")

    @expose("/today")
    @has_access
    def today(self) -> str:
        """The reader's work by deadline."""
        actor, now = current_actor(), clock.now()
        groups = desk.grouped(desk.work(db.session, actor, now), clock.local_date(now))
        rows = {name: [self._row(one, actor, now) for one in found] for name, found in groups.items()}
        return self.render_template(
            "office/desk.html",
            title=gettext("Today"),
            today=long_day(clock.local_date(now)),
            groups=[
                ("overdue", gettext("Overdue"), "late", rows["overdue"]),
                ("today", gettext("Today"), "soon", rows["today"]),
                ("week", gettext("This week"), "", rows["week"]),
            ],
            bulk={name: bulk_verbs(found) for name, found in rows.items()},
            sums=total(desk_tallies()),
            opening=next_opening(actor),
            answers=latest_answers(db.session),
            may_publish=self._may("open_bulletin", "GroupView"),
            may_board=self._may("can_board", "BoardView"),
        )

    def _may(self, permission: str, view: str) -> bool:
        return self.appbuilder.sm.has_access(permission, view)

    def _row(self, one: Work, actor: Actor, now: dt.datetime) -> DeskRow:
        words = KINDS[one.kind]
        verb = self._verb(one, actor, now)
        if verb is not None:
            url = url_for("ActView.act", verb=verb, rows=one.row_id, back="desk")
        elif one.kind == "invariant":
            url = url_for("InvariantCheckView.list")
        else:
            url = url_for(f"{words.page}.show", pk=one.row_id)
        return DeskRow(
            kind=words,
            title=title_of(one),
            why=why(one),
            due=due_words(one.due, clock.local_date(now)),
            url=url,
            verb=str(words.button or gettext(BY_VERB[verb].move.label)) if verb else gettext("Open"),
            row_id=one.row_id,
            bulk=verb if verb and BY_VERB[verb].many else None,
        )

    def _verb(self, one: Work, actor: Actor, now: dt.datetime) -> str | None:
        """The act behind the row's button, where the reader may do it."""
        verb = KINDS[one.kind].verb
        if one.kind == "referral" and Role.HEAD in actor.roles and not _signs_electronically(one.locality_id, now):
            verb = "conclude_on_paper"
        return verb if verb and self._may(verb, KINDS[one.kind].page) else None


def _signs_electronically(locality_id: int | None, now: dt.datetime) -> bool:
    """Whether the parent signs the contract in the system there; one question per locality and request."""
    if locality_id is None:
        return False
    return once_per_request(
        ("parent signs", locality_id),
        lambda: rule_set_in_force(db.session, locality_id, clock.local_date(now)).parent_signs_contract,
    )


def title_of(one: Work) -> str:
    """Initial and surname with the birth year; a group's name; nothing for a sentence."""
    if one.surname:
        name = f"{(one.given_name or '')[:1]}. {one.surname}"
        return f"{name}, {one.number:.0f}" if one.number else name
    return one.about if one.kind == "free_places" else ""


def why(one: Work) -> str:
    """One line: why the row is here."""
    if one.kind == "free_places":
        free = int(one.number or 0)
        return ngettext("%(num)d free place may be published", "%(num)d free places may be published", free)
    if one.kind == "invariant":
        return f"{gettext(one.about)} ({one.number})"
    sentence = {
        "claim": gettext("Group: %(about)s. The place is held.", about=one.about),
        "check": gettext("Application %(about)s. Its documents wait for the check.", about=one.about),
        "contract": gettext("Contract %(about)s. The parent has signed.", about=one.about),
        "referral": gettext("Group: %(about)s. The referral is valid, there is no contract yet.", about=one.about),
        "undelivered": gettext("A message could not be delivered. %(about)s", about=one.about),
    }
    return sentence[one.kind].strip()


def due_words(day: dt.date | None, today: dt.date) -> str:
    """A last day as the desk says it: "today, until 23:59" or "13 Nov, Friday"."""
    if day is None:
        return ""
    if day == today:
        return gettext("today, until 23:59")
    return str(format_date(day, "d MMM, EEEE", locale=language()))


def long_day(day: dt.date) -> str:
    """Today in words for the heading."""
    return str(format_date(day, "d MMMM, EEEE", locale=language()))


def bulk_verbs(rows: list[DeskRow]) -> list[tuple[str, str]]:
    """The acts that several rows of one group could be ticked for."""
    verbs = [row.bulk for row in rows if row.bulk]
    return [(verb, gettext(BY_VERB[verb].move.label)) for verb in dict.fromkeys(verbs) if verbs.count(verb) > 1]


def next_opening(actor: Actor) -> tuple[dt.datetime, int] | None:
    """When the next bulletin of the reader's reach opens, and with how many places."""
    if not actor.roles & {Role.HEAD, Role.METHODIST, Role.DEPARTMENT}:
        return None
    row = db.session.execute(
        select(Bulletin.publish_at, Bulletin.places)
        .where(Bulletin.status == BulletinStatus.SCHEDULED, visible(actor, Bulletin))
        .order_by(Bulletin.publish_at)
        .limit(1)
    ).first()
    return (clock.local(row.publish_at), row.places) if row else None


def desk_tallies() -> dict[str, Tally]:
    """The reader's tallies, counted once per request: the rail and the desk show the same."""
    return once_per_request("desk tallies", lambda: desk.tallies(db.session, current_actor(), clock.now()))


def total(tallies: dict[str, Tally]) -> Tally:
    """The sum over all kinds."""
    return sum(tallies.values(), Tally())


def menu_counts() -> dict[str, tuple[int, bool]]:
    """Numbers beside the entries of the rail; red where something is overdue."""
    if not current_actor().is_staff:
        return NO_COUNT
    tallies = desk_tallies()
    counts = {KINDS[code].menu: (tally.total, tally.overdue > 0) for code, tally in tallies.items() if KINDS[code].menu}
    everything = total(tallies)
    return {"Desk": (everything.total, everything.overdue > 0), **counts}  # type: ignore[dict-item]
