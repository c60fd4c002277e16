"""The crowd that comes too late for a bulletin: while it is a crowd, it is answered from memory.

A refusal with other places that fit costs some thirty statements' worth of work, which a few families are
given gladly and twenty thousand in one minute cannot be. So once a bulletin has been refused five times within
ten seconds, this process remembers for a second that it is filled and who holds its places, and answers everybody
else with one short page before session, permission and rules are looked at. Nothing is lost: a filled bulletin
never offers a place again, and whoever holds one is led on to it as always.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from flask import Response, current_app, request
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.i18n import select_locale
from app.models import Bulletin, Claim
from app.models.enums import BulletinStatus
from app.rules.verdict import RuleBroken
from app.services.reasons import explain
from app.views.public import bp

#: Refusals of one bulletin within this time, in one process, from which on they are a crowd.
CROWD, COUNTED_OVER = 5, dt.timedelta(seconds=10)
REMEMBERED = dt.timedelta(seconds=1)
MOST_BULLETINS = 1000


@dataclass
class _Memory:
    """What this process knows of one bulletin."""

    since: dt.datetime
    refused: int = 0
    filled_until: dt.datetime | None = None
    holders: frozenset[str] = frozenset()
    pages: dict[str, str] = field(default_factory=dict)


_memories: dict[int, _Memory] = {}


def refused_as_full(bulletin_id: int) -> None:
    """Counts one refusal; the fifth in ten seconds makes this process remember that the bulletin is filled."""
    now = clock.machine_now()
    memory = _memories.get(bulletin_id)
    if memory is None or now - memory.since > COUNTED_OVER:
        if len(_memories) >= MOST_BULLETINS:
            _memories.clear()
        memory = _memories[bulletin_id] = _Memory(since=now)
    memory.refused += 1
    if memory.refused >= CROWD:
        _look(bulletin_id, memory, now)


@bp.record_once
def _ask_first(state: Any) -> None:
    """Before CSRF and log-in are looked at: the answer is the same for everybody and changes nothing."""
    state.app.before_request_funcs.setdefault(None, []).insert(0, answer_from_memory)


def answer_from_memory() -> Response | None:
    """The short refusal while this process remembers the bulletin as filled; None leads on to the page itself."""
    if not _memories or request.method != "POST" or request.endpoint != "public.claim_place":
        return None
    bulletin_id = (request.view_args or {}).get("bulletin_id", 0)
    memory = _memories.get(bulletin_id)
    if memory is None or memory.filled_until is None:
        return None
    now = clock.machine_now()
    if now > memory.filled_until:
        _look(bulletin_id, memory, now)
    if memory.filled_until is None or request.form.get("application", "") in memory.holders:
        return None
    answer = Response(_page(memory, select_locale()), status=409, mimetype="text/html")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _look(bulletin_id: int, memory: _Memory, now: dt.datetime) -> None:
    """Asks the database whether the bulletin is filled still, and by whom."""
    status = db.session.scalar(select(Bulletin.status).where(Bulletin.id == bulletin_id))
    if status is not BulletinStatus.FILLED:
        _memories.pop(bulletin_id, None)
        memory.filled_until = None
        return
    holders = db.session.scalars(select(Claim.application_id).where(Claim.bulletin_id == bulletin_id))
    memory.holders = frozenset(map(str, holders))
    memory.filled_until = now + REMEMBERED


def _page(memory: _Memory, language: str) -> str:
    """Rendered once for each language, without the context processors: it must hold nothing of any one reader."""
    if language not in memory.pages:
        template = current_app.jinja_env.get_template("public/bulletins/taken.html")
        sentence = explain(RuleBroken("BULLETIN_FULL"))
        memory.pages[language] = template.render(lang=language, no_flashes=True, sentence=sentence)
    return memory.pages[language]
