"""A bulletin as one reader sees it: what fits the child, whether there is a button, and why not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_babel import gettext, lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.i18n import language
from app.models import Application, Bulletin
from app.models.enums import ApplicationStatus, BulletinStatus, Language
from app.queries import bulletins as rows
from app.rules.eligibility import MatchVerdict
from app.services import bulletins, claims
from app.services.access import SYSTEM, visible
from app.services.reasons import explain
from app.services.wording import one_stop
from app.views.actor import current_actor
from app.views.public import bp

#: Chip of a bulletin: the kind of the macro `chip`.
LOOK = {
    BulletinStatus.SCHEDULED: "soon",
    BulletinStatus.PRIORITY: "info",
    BulletinStatus.OPEN: "ok",
    BulletinStatus.FILLED: "",
    BulletinStatus.WITHDRAWN: "bad",
    BulletinStatus.CLOSED: "",
}
BY_TURN = lazy_gettext("Open by turn")
MINE = lazy_gettext("Available to me")


@dataclass(frozen=True)
class Row:
    """One bulletin as this reader sees it."""

    bulletin: Bulletin
    fit: Sequence[tuple[bool, str]]
    code: str | None
    sentence: str | None
    may_claim: bool
    opens_at: dt.datetime | None

    @property
    def chip(self) -> tuple[str, str]:
        """Kind and words; a priority bulletin is "mine" only for those who may claim in it."""
        status = self.bulletin.status
        if status is BulletinStatus.PRIORITY:
            return ("ok", str(MINE)) if self.may_claim else ("info", str(BY_TURN))
        return LOOK[status], gettext(status.msgid)


def own_applications(session: Session) -> list[Application]:
    """The reader's applications that are alive, those in the queue first; none for a stranger."""
    actor = current_actor()
    if actor.person_id is None:
        return []
    gone = (ApplicationStatus.DRAFT, ApplicationStatus.ENROLLED, ApplicationStatus.ARCHIVED)
    found = session.scalars(
        select(Application)
        .where(visible(actor, Application), Application.status.not_in(gone))
        .order_by(Application.id)
        .limit(20)
    ).unique()
    return sorted(found, key=lambda row: row.status is not ApplicationStatus.QUEUED)


def as_row(
    session: Session,
    found: Bulletin,
    application: Application | None,
    now: dt.datetime,
    has_priority: bool | None = None,
) -> Row:
    """The bulletin with the reasons for and against a claim of `application`."""
    if application is None:
        return Row(found, (), None, None, False, None)
    offer = claims.weigh(session, found, application, now, has_priority)
    code = offer.refusal.code if offer.refusal else None
    return Row(
        bulletin=found,
        fit=_fit(offer.verdict),
        code=code,
        sentence=explain(offer.refusal) if offer.refusal else None,
        may_claim=offer.refusal is None,
        opens_at=clock.local(found.publish_at) if code == "BULLETIN_NOT_OPEN" else None,
    )


def _fit(verdict: MatchVerdict) -> list[tuple[bool, str]]:
    found = [
        (verdict.year, gettext("birth year")),
        (verdict.language, gettext("language")),
        (verdict.locality, gettext("locality")),
    ]
    # The kind of group is named only where it stands in the way: nearly every group is a regular one.
    return found if verdict.group else [*found, (False, gettext("kind of group"))]


def bring_up_to_date(now: dt.datetime) -> None:
    """What the clock should have done a moment ago is done before anybody looks: 18:00:00 is 18:00:00."""
    publish, open_to_all = rows.due_ids(db.session, now)
    for bulletin_id in publish:
        with unit_of_work() as session:
            bulletins.publish_if_due(session, SYSTEM, bulletin_id, now)
    for bulletin_id in open_to_all:
        with unit_of_work() as session:
            bulletins.open_to_all_if_due(session, SYSTEM, bulletin_id, now)


def publish_now(bulletin_id: int, now: dt.datetime) -> None:
    """The same for one bulletin, at the price of one unlocked read when nothing is due."""
    seen = db.session.execute(
        select(Bulletin.status, Bulletin.publish_at, Bulletin.priority_until).where(Bulletin.id == bulletin_id)
    ).first()
    if seen is None:
        abort(404)
    if seen.status is BulletinStatus.SCHEDULED and seen.publish_at <= now:
        with unit_of_work() as session:
            bulletins.publish_if_due(session, SYSTEM, bulletin_id, now)
    elif seen.status is BulletinStatus.PRIORITY and seen.priority_until <= now:
        with unit_of_work() as session:
            bulletins.open_to_all_if_due(session, SYSTEM, bulletin_id, now)


def public_bulletin(session: Session, bulletin_id: int) -> Bulletin:
    """The bulletin, unless it is still a draft: 404."""
    found = session.get(Bulletin, bulletin_id)
    if found is None or found.status is BulletinStatus.DRAFT:
        abort(404)
    return found


@bp.app_template_filter("locality_name")
def locality_name(locality: Any) -> str:
    """The name of a locality in the reader's language."""
    return locality.name(language())


@bp.app_template_filter("language_names")
def language_names(codes: Sequence[str]) -> str:
    """Languages of instruction in words: "Kazakh, Russian"."""
    return ", ".join(gettext(Language(code).msgid) for code in codes)


bp.add_app_template_filter(one_stop, "one_stop")


@bp.app_template_filter("translated")
def translated(msgid: str) -> str:
    """A marked word of the models or rules in the reader's language."""
    return gettext(msgid)
