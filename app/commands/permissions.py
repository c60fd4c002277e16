"""Who may open which office view: FAB's permission rows, written from the views themselves.

Rows are the second lock (app/services/access.py is about them); these are the first: which menus,
lists and buttons a role meets at all. Office views say it in `app.views.office.GRANTS`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_appbuilder.security.manager import BaseSecurityManager
from sqlalchemy import text

from app.db import unit_of_work
from app.extensions import db
from app.models.enums import Role
from app.services.access import STAFF

#: What reading alone needs; the auditor has it on every view and nothing more.
READING = frozenset({"can_list", "can_show", "can_read", "can_info", "can_get", "can_export", "menu_access"})
_LOCK = 7_345_001

_GRANT = text(
    """
    INSERT INTO ab_permission_view_role (permission_view_id, role_id)
    SELECT pv.id, r.id
      FROM ab_permission_view pv
      JOIN ab_permission p ON p.id = pv.permission_id
      JOIN ab_view_menu v ON v.id = pv.view_menu_id
      JOIN unnest(cast(:permissions AS text[]), cast(:views AS text[])) AS wanted (permission, view)
        ON wanted.permission = p.name AND wanted.view = v.name
     CROSS JOIN ab_role r
     WHERE r.name = :role
    ON CONFLICT DO NOTHING
    """
)
# What a role no longer has is taken away; roles that officials made for themselves are not touched.
_REVOKE = text(
    """
    DELETE FROM ab_permission_view_role l
     USING ab_role r, ab_permission_view pv, ab_permission p, ab_view_menu v
     WHERE r.id = l.role_id AND r.name = :role AND pv.id = l.permission_view_id
       AND p.id = pv.permission_id AND v.id = pv.view_menu_id
       AND NOT EXISTS (
           SELECT FROM unnest(cast(:permissions AS text[]), cast(:views AS text[])) AS wanted (permission, view)
            WHERE wanted.permission = p.name AND wanted.view = v.name)
    """
)


def write_permissions(appbuilder: Any) -> int:
    """Creates roles and permissions of every view; returns how many roles there are.

    Two at once wait for each other: FAB looks and inserts without a lock of its own.
    """
    with db.engine.connect() as keeper:
        keeper.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        try:
            BaseSecurityManager.create_db(appbuilder.sm)
            appbuilder.add_permissions(update_perms=True)
            for role in Role:
                if role is not Role.SYSTEM:
                    appbuilder.sm.add_role(str(role))
            with unit_of_work() as session:
                for role in STAFF - {Role.ADMIN}:
                    _set_grants(session, role, _wanted(session, role))
        finally:
            keeper.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
    return len(Role) - 1


def _wanted(session: Any, role: Role) -> set[tuple[str, str]]:
    from app.views import office

    granted: dict[Role, Iterable[tuple[str, str]]] = getattr(office, "GRANTS", {})
    if role in granted:
        return set(granted[role])
    if role is not Role.AUDITOR:
        return set()
    every = session.execute(
        text(
            "SELECT p.name, v.name FROM ab_permission_view pv JOIN ab_permission p ON p.id = pv.permission_id "
            "JOIN ab_view_menu v ON v.id = pv.view_menu_id"
        )
    )
    return {(permission, view) for permission, view in every if permission in READING}


def _set_grants(session: Any, role: Role, wanted: set[tuple[str, str]]) -> None:
    pairs = sorted(wanted)
    values = {"role": str(role), "permissions": [p for p, _ in pairs], "views": [v for _, v in pairs]}
    session.execute(_REVOKE, values)
    session.execute(_GRANT, values)
