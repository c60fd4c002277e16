"""OfficeSecurityManager: one query per request for permissions, staff alone in the office, slow guessing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, abort, current_app, g, request
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    Role,
    ViewMenu,
    assoc_group_role,
    assoc_permissionview_role,
    assoc_user_group,
    assoc_user_role,
)
from flask_babel import lazy_gettext
from flask_jwt_extended import current_user as token_user
from flask_limiter import Limiter
from flask_login import current_user
from sqlalchemy import select

from app.models import Account
from app.security import OFFICE
from app.security.limits import make_limiter
from app.security.login_guard import LoginGuard
from app.security.passwords import check_password
from app.security.views import (
    OfficeAccountView,
    OfficeLoginView,
    OfficeRoleView,
    OfficeSecurityApi,
    OwnPasswordView,
    PasswordResetView,
)
from app.services.access import STAFF
from app.views.fab.memory import once_per_request

OPEN_ENDPOINTS = frozenset({"OfficeLoginView.login", "OfficeLoginView.logout", "OfficeLocaleView.index"})
"""Office pages that answer a person who is not staff."""


@dataclass(frozen=True)
class Grants:
    """What one account may do: its role names and its (permission, view) pairs."""

    roles: frozenset[str]
    pairs: frozenset[tuple[str, str]]

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & {str(role) for role in STAFF})


class OfficeSecurityManager(SecurityManager):
    """FAB's security manager for the office. Role Public and anonymous callers have no permission, by code."""

    user_model = Account
    authdbview = OfficeLoginView
    userdbmodelview = OfficeAccountView
    rolemodelview = OfficeRoleView
    resetmypasswordview = OwnPasswordView
    resetpasswordview = PasswordResetView
    security_api = OfficeSecurityApi
    # FAB's charts load their scripts from another host.
    userstatschartview = None

    def __init__(self, appbuilder: Any) -> None:
        current_app.config.setdefault("FAB_PASSWORD_COMPLEXITY_ENABLED", True)
        current_app.config.setdefault("FAB_PASSWORD_COMPLEXITY_VALIDATOR", check_password)
        super().__init__(appbuilder)
        self.guard = LoginGuard(self.limiter)
        self.lm.login_view = f"{self.authdbview.__name__}.login"
        current_app.before_request(self.keep_office_to_staff)

    def create_limiter(self, app: Flask) -> Limiter:
        return make_limiter(app)

    def register_views(self) -> None:
        """Fewer pages than FAB: no registration, no own names to change, no raw permission tables."""
        self.appbuilder.add_api(self.security_api)
        self.appbuilder.add_view_no_menu(self.resetpasswordview())
        self.appbuilder.add_view_no_menu(self.resetmypasswordview())
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.user_view = self.appbuilder.add_view(
            self.userdbmodelview,
            "Users",
            label=lazy_gettext("Users"),
            category="Settings",
            category_label=lazy_gettext("Settings"),
        )
        self.appbuilder.add_view(self.rolemodelview, "Roles", label=lazy_gettext("Roles"), category="Settings")

    # ── permissions ──

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """Whether the caller holds the permission on the view: one query per request, none for strangers."""
        return (permission_name, view_name) in self.grants().pairs

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public: role Public exists because FAB asks for it, and stays empty."""
        return False

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        return {view for permission, view in self.grants().pairs if permission == "menu_access"}

    def grants(self) -> Grants:
        """The caller's grants. An anonymous answer is never remembered: FAB asks before and after it
        has verified a token, and the first answer would stick."""
        account_id = self._caller_id()
        if account_id is None:
            return Grants(frozenset(), frozenset())
        return once_per_request(("grants", account_id), lambda: self.grants_of(account_id))

    def grants_of(self, account_id: int) -> Grants:
        """The grants of an account, in one query."""
        direct = select(assoc_user_role.c.role_id).where(assoc_user_role.c.user_id == account_id)
        by_group = (
            select(assoc_group_role.c.role_id)
            .join(assoc_user_group, assoc_user_group.c.group_id == assoc_group_role.c.group_id)
            .where(assoc_user_group.c.user_id == account_id)
        )
        link = assoc_permissionview_role
        rows = self.session.execute(
            select(Role.name, Permission.name, ViewMenu.name)
            .outerjoin(link, link.c.role_id == Role.id)
            .outerjoin(PermissionView, PermissionView.id == link.c.permission_view_id)
            .outerjoin(Permission, Permission.id == PermissionView.permission_id)
            .outerjoin(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
            .where(Role.id.in_(direct.union(by_group)))
        ).all()
        return Grants(frozenset(r for r, _, _ in rows), frozenset((p, v) for _, p, v in rows if p is not None))

    @staticmethod
    def _caller_id() -> int | None:
        for caller in (current_user, token_user):
            if caller and caller.is_authenticated and caller.is_active:
                return caller.id
        return None

    def keep_office_to_staff(self) -> None:
        """A parent's session is worth nothing in the office: 403 with a page that says so."""
        if not request.path.startswith(f"{OFFICE}/") or request.endpoint in OPEN_ENDPOINTS:
            return
        if current_user.is_authenticated and not self.grants().is_staff:
            abort(403)

    # ── logging in ──

    def load_user_jwt(self, header: Any, claims: dict[str, Any]) -> Any:
        """The account behind a token; from here on it is also flask_login's current_user, which the row
        scope asks. Without this a token's rows would be those of whoever holds the session cookie, or none."""
        account = super().load_user_jwt(header, claims)
        if account is not None:
            g._login_user = account
        return account

    def auth_user_db(self, username: str, password: str) -> Any:
        """The staff account behind name and password, or None. Raises TooManyAttempts when it must wait."""
        self.guard.check(username)
        account = super().auth_user_db(username, password)
        if account is None:
            self.guard.failed(username)
        return account
