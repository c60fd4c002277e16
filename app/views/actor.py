"""Who is acting in this request."""

from __future__ import annotations

from flask import abort, g
from flask_login import current_user

from app.services.access import Actor, actor_of

NOBODY = Actor(roles=frozenset())


def current_actor() -> Actor:
    """The actor behind the logged-in account, read once a request; NOBODY for an anonymous reader."""
    if not getattr(current_user, "is_authenticated", False):
        return NOBODY
    actor = g.get("kezek_actor")
    if actor is None or actor.user_id != current_user.id:
        actor = g.kezek_actor = actor_of(current_user)
    return actor


def current_person_id() -> int:
    """The person behind the parent's account; 403 for an account without one."""
    person_id = current_actor().person_id
    if person_id is None:
        abort(403)
    return person_id
