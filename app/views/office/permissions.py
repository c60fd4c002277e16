"""One table: which role may read, write and do what on which page of the office. `flask init` writes it.

Acts come from the lifecycle table; here stand the generated pages. Which rows somebody reaches with a
permission is another question, answered by app/services/access.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_appbuilder.security.sqla.models import Permission, PermissionView, ViewMenu
from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy.orm import Session

from app.db import unit_of_work
from app.models.enums import Role
from app.views.office.acts import ACTS

Pair = tuple[str, str]

ADMIN, DEPARTMENT, REVIEWER = Role.ADMIN, Role.DEPARTMENT, Role.REVIEWER
HEAD, METHODIST, SUPPORT, AUDITOR = Role.HEAD, Role.METHODIST, Role.SUPPORT, Role.AUDITOR
KINDERGARTEN = (HEAD, METHODIST)
ALL_STAFF = (ADMIN, DEPARTMENT, REVIEWER, HEAD, METHODIST, SUPPORT, AUDITOR)
OVERSIGHT = (ADMIN, AUDITOR)
TOWN = (*OVERSIGHT, DEPARTMENT, SUPPORT)

READ, EXPORT, ADD, EDIT, DELETE = (
    ("can_list", "can_show"),
    ("can_export",),
    ("can_add",),
    ("can_edit",),
    ("can_delete",),
)

# view → who reads its lists and pages. An export is a reading in bulk: the same roles but for those below.
READERS: dict[str, tuple[Role, ...]] = {
    "ApplicationView": ALL_STAFF,
    "StopListView": TOWN,
    "BulletinView": (*TOWN, *KINDERGARTEN),
    "ClaimView": (*TOWN, *KINDERGARTEN),
    "ReferralView": (*TOWN, *KINDERGARTEN),
    "VoucherView": (*TOWN, *KINDERGARTEN),
    "VoucherRoundView": TOWN,
    "WaitingListView": (*TOWN, *KINDERGARTEN),
    "ContractView": (*TOWN, *KINDERGARTEN),
    "EnrolmentView": (*TOWN, *KINDERGARTEN),
    "DocumentView": (AUDITOR, DEPARTMENT, SUPPORT, REVIEWER, *KINDERGARTEN),
    "ChildView": ALL_STAFF,
    "PersonView": ALL_STAFF,
    "GuardianshipView": ALL_STAFF,
    "KindergartenView": (*TOWN, *KINDERGARTEN),
    "GroupView": (*TOWN, *KINDERGARTEN),
    "LocalityView": ALL_STAFF,
    "BenefitCategoryView": ALL_STAFF,
    "PriorityCategoryView": ALL_STAFF,
    "HolidayView": ALL_STAFF,
    "RuleSetAssignmentView": ALL_STAFF,
    "RuleOverrideView": ALL_STAFF,
    "MessageView": TOWN,
    "DeliveryView": TOWN,
    "EventView": (*OVERSIGHT, DEPARTMENT, *KINDERGARTEN),
    "JobRunView": OVERSIGHT,
    "InvariantCheckView": (*OVERSIGHT, DEPARTMENT),
    "OfficeAccountView": OVERSIGHT,
    "OfficeRoleView": OVERSIGHT,
}

# Reference lists that everybody may read stand in the menu of those who keep or oversee them alone.
MENU_FOR: dict[str, tuple[Role, ...]] = {
    "LocalityView": (*OVERSIGHT, DEPARTMENT),
    "BenefitCategoryView": (*OVERSIGHT, DEPARTMENT, REVIEWER),
    "PriorityCategoryView": (*OVERSIGHT, DEPARTMENT),
    "HolidayView": (*OVERSIGHT, DEPARTMENT, HEAD),
    "RuleSetAssignmentView": (*OVERSIGHT, DEPARTMENT),
    "RuleOverrideView": (*OVERSIGHT, DEPARTMENT),
    "RuleSetsView": (*OVERSIGHT, DEPARTMENT),
    "GuardianshipView": (*OVERSIGHT, DEPARTMENT),
    "VoucherView": (*TOWN, *KINDERGARTEN),
    "EnrolmentView": (*TOWN, HEAD),
}

NO_EXPORT: frozenset[Pair] = frozenset({("JobRunView", str(role)) for role in OVERSIGHT})

# (view, role) → what may be written through a form. Reference data that holds for everybody is the administrator's.
WRITERS: dict[tuple[str, Role], tuple[str, ...]] = {
    ("KindergartenView", ADMIN): ADD + EDIT,
    ("KindergartenView", DEPARTMENT): ADD + EDIT,
    ("GroupView", ADMIN): ADD + EDIT,
    ("GroupView", DEPARTMENT): ADD + EDIT,
    ("GroupView", HEAD): ADD + EDIT,
    ("GroupView", METHODIST): EDIT,
    ("ChildView", SUPPORT): EDIT,
    ("ChildView", ADMIN): ADD + EDIT,
    ("PersonView", SUPPORT): EDIT,
    ("PersonView", ADMIN): ADD + EDIT,
    ("GuardianshipView", ADMIN): ADD + EDIT,
    ("GuardianshipView", DEPARTMENT): ADD + EDIT,
    ("BenefitCategoryView", ADMIN): ADD + EDIT,
    ("PriorityCategoryView", ADMIN): ADD + EDIT,
    ("HolidayView", ADMIN): ADD + EDIT + DELETE,
    ("OfficeAccountView", ADMIN): ADD + EDIT + ("resetpasswords",),
    ("PasswordResetView", ADMIN): ("can_this_form_get", "can_this_form_post"),
}

# Pages that are neither lists nor forms of rows.
PAGES: dict[Pair, tuple[Role, ...]] = {
    ("can_today", "DeskView"): ALL_STAFF,
    ("can_board", "BoardView"): (*TOWN, *KINDERGARTEN),
    ("can_statistics", "StatisticsView"): ALL_STAFF,
    ("can_review", "ReviewView"): (*OVERSIGHT, DEPARTMENT, REVIEWER),
    ("can_rules", "RuleSetsView"): ALL_STAFF,
    ("can_decide", "RuleSetsView"): (ADMIN, DEPARTMENT),
    ("can_find", "FilingView"): (SUPPORT,),
    ("can_file_for", "FilingView"): (SUPPORT,),
    ("can_file", "DocumentView"): READERS["DocumentView"],
    ("can_outbox", "OutboxView"): ALL_STAFF,
    ("can_move", "ClockView"): tuple(role for role in ALL_STAFF if role is not AUDITOR),
    ("can_userinfo", "OfficeAccountView"): ALL_STAFF,
    ("can_this_form_get", "OwnPasswordView"): ALL_STAFF,
    ("can_this_form_post", "OwnPasswordView"): ALL_STAFF,
}


def wanted(builder: Any) -> dict[Role, set[Pair]]:
    """What each role holds, as (permission, view) pairs, menu entries included."""
    pairs: dict[Role, set[Pair]] = {role: set() for role in Role if role is not Role.SYSTEM}
    for view, roles in READERS.items():
        for role in roles:
            pairs[role] |= {(permission, view) for permission in READ}
            if (view, str(role)) not in NO_EXPORT:
                pairs[role] |= {(permission, view) for permission in EXPORT}
    for (view, role), permissions in WRITERS.items():
        pairs[role] |= {(permission, view) for permission in permissions}
    for pair, roles in PAGES.items():
        for role in roles:
            pairs[role].add(pair)
    for act, view in act_pairs(builder):
        for role in act.roles:
            pairs[role].add((act.verb, view))
    known = known_pairs(builder)
    return {role: held & known | menu_entries(builder, role, held) for role, held in pairs.items()}


def act_pairs(builder: Any) -> Iterable[tuple[Any, str]]:
    """Each act with the view whose button it is."""
    views = {view.datamodel.obj: view.class_permission_name for view in builder.baseviews if _is_model_view(view)}
    return [(act, views[act.start]) for act in ACTS]


def known_pairs(builder: Any) -> set[Pair]:
    """Every permission that some registered view asks for; a row of the tables beyond them is idle."""
    return {
        (permission, view.class_permission_name) for view in builder.baseviews for permission in view.base_permissions
    }


def menu_entries(builder: Any, role: Role, held: set[Pair]) -> set[Pair]:
    """The menu entries of those pages that `held` opens."""
    entries = set()
    for item in builder.menu.get_list():
        for leaf in item.childs or [item]:
            view = leaf.baseview
            if view is None or role not in MENU_FOR.get(view.class_permission_name, ALL_STAFF):
                continue
            opened = getattr(getattr(view, view.default_view), "_permission_name", view.default_view)
            if (f"can_{opened}", view.class_permission_name) in held:
                entries |= {("menu_access", item.name), ("menu_access", leaf.name)}
    return entries


def write_permissions(builder: Any) -> int:
    """Makes the stored roles hold exactly what the tables say. Opens its own unit of work; may be repeated.

    Out: the number of roles written. Roles that the office does not know are left alone, role Public is emptied.
    """
    roles = wanted(builder)
    with unit_of_work() as session:
        links = _links(session, set().union(*roles.values(), known_pairs(builder)))
        for role, held in roles.items():
            _role(session, str(role)).permissions = [links[pair] for pair in sorted(held)]
        _role(session, builder.sm.auth_role_public).permissions = []
    return len(roles)


def _links(session: Session, pairs: set[Pair]) -> dict[Pair, PermissionView]:
    """The stored pairs, the missing ones added."""
    permissions = {row.name: row for row in session.query(Permission)}
    views = {row.name: row for row in session.query(ViewMenu)}
    links = {(row.permission.name, row.view_menu.name): row for row in session.query(PermissionView)}
    for permission, view in sorted(pairs - links.keys()):
        if permission not in permissions:
            permissions[permission] = Permission(name=permission)
        if view not in views:
            views[view] = ViewMenu(name=view)
        link = PermissionView(permission=permissions[permission], view_menu=views[view])
        session.add(link)
        links[(permission, view)] = link
    session.flush()
    return links


def _role(session: Session, name: str) -> RoleRow:
    row = session.query(RoleRow).filter_by(name=name).one_or_none()
    if row is None:
        row = RoleRow(name=name)
        session.add(row)
    return row


def _is_model_view(view: Any) -> bool:
    from app.views.base import OfficeModelView

    return isinstance(view, OfficeModelView)
