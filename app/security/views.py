"""The office's pages about accounts: login, own password, accounts, roles."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, make_response, redirect, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.actions import action
from flask_appbuilder.api import safe
from flask_appbuilder.security.api import SecurityApi
from flask_appbuilder.security.decorators import has_access, no_cache
from flask_appbuilder.security.forms import LoginForm_db, ResetPasswordForm
from flask_appbuilder.security.schemas import login_post
from flask_appbuilder.security.views import AuthDBView, ResetMyPasswordView, ResetPasswordView
from flask_appbuilder.validators import PasswordComplexityValidator
from flask_babel import lazy_gettext
from flask_jwt_extended import create_access_token, create_refresh_token
from flask_login import login_user, logout_user
from marshmallow import ValidationError
from sqlalchemy import ColumnElement, or_
from werkzeug.security import generate_password_hash
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Account
from app.rules.verdict import RuleBroken
from app.security.login_guard import TooManyAttempts
from app.security.role_field import RolesField, role_words
from app.services import record
from app.views.actor import current_actor
from app.views.fab.model_view import OfficeModelView

WAIT_SECONDS = 300
WRONG = lazy_gettext("The name or the password is not right. Try again.")
WAIT = lazy_gettext("Too many failed attempts. Try again in five minutes.")
OWN_ACCOUNT = lazy_gettext("You cannot take your own administrator role away.")
STAFF_ONLY = lazy_gettext("This entrance is for staff. Parents log in on the main page.")


def _hashed(password: str) -> str:
    return generate_password_hash(password, method=current_app.config.get("FAB_PASSWORD_HASH_METHOD", "scrypt"))


class OfficeLoginView(AuthDBView):
    """/office/login/ and /office/logout/."""

    title = lazy_gettext("Log in to the office")

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> Any:
        """The login form of staff; failures are counted (app/security/login_guard.py)."""
        if g.user is not None and g.user.is_authenticated and self.appbuilder.sm.grants().is_staff:
            return redirect(self._get_safe_next_url())
        form = LoginForm_db()
        if not form.validate_on_submit():
            return self._page(form)
        try:
            account = self.appbuilder.sm.auth_user_db(form.username.data, form.password.data)
        except TooManyAttempts:
            return self._refused(form, WAIT, 429)
        if account is None:
            return self._refused(form, WRONG, 401)
        if not self.appbuilder.sm.grants_of(account.id).is_staff:
            return self._refused(form, STAFF_ONLY, 403)
        login_user(account, remember=False)
        self.appbuilder.sm.guard.succeeded(form.username.data)
        return redirect(self._get_safe_next_url())

    @expose("/logout/", methods=["POST"])
    def logout(self) -> Response:
        """Ends the session. POST, so that another site's picture cannot log an official out."""
        account = self._get_authenticated_user()
        logout_user()
        if account is not None:
            self.appbuilder.sm.on_user_logout(account)
        return redirect(self.appbuilder.get_url_for_login)

    def _page(self, form: Any) -> str:
        return self.render_template(self.login_template, title=self.title, form=form)

    def _refused(self, form: Any, reason: Any, status: int) -> Response:
        flash(str(reason), "warning")
        answer = make_response(self._page(form), status)
        if status == 429:
            answer.headers["Retry-After"] = str(WAIT_SECONDS)
        return answer


class OfficeSecurityApi(SecurityApi):
    """Token login for staff, under the same guard as the page: FAB leaves it unlimited."""

    @expose("/login", methods=["POST"])
    @safe
    def login(self) -> Response:
        """JSON `username`, `password`, `provider` "db", `refresh` → tokens. 401 wrong, 403 no staff, 429 wait."""
        try:
            wanted = login_post.load(request.get_json(silent=True) or {})
            account = self.appbuilder.sm.auth_user_db(wanted["username"], wanted["password"])
        except ValidationError as error:
            return self.response_400(message=error.messages)
        except TooManyAttempts:
            answer = self.response(429, message=str(WAIT))
            answer.headers["Retry-After"] = str(WAIT_SECONDS)
            return answer
        if account is None:
            return self.response_401()
        if not self.appbuilder.sm.grants_of(account.id).is_staff:
            return self.response(403, message=str(STAFF_ONLY))
        tokens = {"access_token": create_access_token(identity=str(account.id), fresh=True)}
        if wanted.get("refresh"):
            tokens["refresh_token"] = create_refresh_token(identity=str(account.id))
        return self.response(200, **tokens)


class OwnPasswordView(ResetMyPasswordView):
    """Everybody's own password."""

    form_title = lazy_gettext("Change my password")


class PasswordResetView(ResetPasswordView):
    """An administrator gives an account a new password; 404 for an account that is not there."""

    form_title = lazy_gettext("Give a new password")

    def form_post(self, form: ResetPasswordForm) -> Any:
        accounts = self.appbuilder.sm.user_view
        account = accounts.datamodel.get(request.args.get("pk", ""), accounts.base_scope)
        if account is None:
            flash(lazy_gettext("There is no such record."), "danger")
            return redirect(self.appbuilder.get_url_for_index)
        with unit_of_work() as session:
            account = session.get_one(Account, account.id)
            account.password = _hashed(form.password.data)
            record.write_event(session, current_actor(), clock.now(), "reset_password", account)
        flash(str(self.message), "success")
        return redirect(url_for(f"{accounts.endpoint}.show", pk=account.id))


class OfficeAccountView(OfficeModelView):
    """Accounts of staff and parents. Roles and ties decide what an account sees, so only Admin may edit them."""

    route_base = "/users"
    record_name = lazy_gettext("User")
    records_name = lazy_gettext("Users")
    label_columns = {
        "username": lazy_gettext("User name"),
        "first_name": lazy_gettext("Given name"),
        "last_name": lazy_gettext("Surname"),
        "email": lazy_gettext("E-mail"),
        "active": lazy_gettext("Active"),
        "roles": lazy_gettext("Roles"),
        "kindergarten": lazy_gettext("Kindergarten"),
        "locality": lazy_gettext("Locality"),
        "review_queue": lazy_gettext("Checks the queue"),
        "last_login": lazy_gettext("Last login"),
        "login_count": lazy_gettext("Logins"),
        "fail_login_count": lazy_gettext("Failed logins"),
        "password": lazy_gettext("Password"),
        "repeated": lazy_gettext("Password once more"),
    }
    list_columns = ["username", "last_name", "first_name", "roles", "kindergarten", "locality", "active"]
    show_columns = [*list_columns, "email", "review_queue", "last_login", "login_count", "fail_login_count"]
    search_columns = ["active", "kindergarten", "locality"]
    quick_search_columns = ["username", "last_name", "email"]
    order_columns = ["username"]
    edit_columns = [
        "username",
        "last_name",
        "first_name",
        "email",
        "active",
        "roles",
        "kindergarten",
        "locality",
        "review_queue",
    ]
    add_columns = [*edit_columns, "password", "repeated"]
    ajax_columns = {"kindergarten": "KindergartenView", "locality": "LocalityView"}
    formatters_columns = {"roles": role_words}
    _roles = RolesField(lazy_gettext("Roles"), validators=[InputRequired()])
    edit_form_extra_fields = {"roles": _roles}
    add_form_extra_fields = {
        "roles": _roles,
        "password": PasswordField(
            lazy_gettext("Password"),
            validators=[InputRequired(), PasswordComplexityValidator()],
            render_kw={"class": "form-control", "autocomplete": "new-password"},
        ),
        "repeated": PasswordField(
            lazy_gettext("Password once more"),
            validators=[InputRequired(), EqualTo("password", message=lazy_gettext("The two passwords differ."))],
            render_kw={"class": "form-control", "autocomplete": "new-password"},
        ),
    }
    # An account is never deleted: events point at it. It is made inactive.
    base_permissions = ["can_list", "can_show", "can_add", "can_edit", "can_export", "can_userinfo", "resetpasswords"]

    def on_change(self, verb: str, item: Any, before: Any, after: Any) -> None:
        """Who was given which rights, and over what; the person's own data stay out of the record."""
        rights = {
            "roles": sorted(role.name for role in item.roles),
            **record.state(item, "active", "kindergarten_id", "locality_id", "review_queue"),
        }
        changed = {"columns": sorted(before)} if before else {}
        record.write_event(db.session, current_actor(), clock.now(), verb, item, before=changed, after=rights)

    def pre_add(self, item: Any) -> None:
        item.password = _hashed(item.password)

    def pre_update(self, item: Any) -> None:
        """An administrator who takes the own role away could not give it back."""
        if item.id == g.user.id and not (item.active and any(role.name == "Admin" for role in item.roles)):
            raise RuleBroken("OWN_ACCOUNT")

    def reason_of(self, broken: RuleBroken) -> str:
        return str(OWN_ACCOUNT) if broken.code == "OWN_ACCOUNT" else super().reason_of(broken)

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        model = self.datamodel.obj
        found = super().search_clause(text)
        return or_(found, model.first_name.ilike(f"{text}%")) if found is not None else None

    @expose("/userinfo/")
    @has_access
    def userinfo(self) -> str:
        """Who I am and what I am tied to."""
        item = self.datamodel.get(g.user.id)
        widgets = self._get_show_widget(item.id, item)
        widgets["show"].template_args["actions"] = {}
        return self.render_template(self.show_template, title=lazy_gettext("My account"), widgets=widgets)

    @action("resetpasswords", lazy_gettext("Give a new password"), icon="fa-lock", multiple=False)
    def resetpasswords(self, item: Any) -> Response:
        """Leads to the form of the new password."""
        return redirect(url_for(f"{self.appbuilder.sm.resetpasswordview.__name__}.this_form_get", pk=item.id))


class OfficeRoleView(OfficeModelView):
    """Roles and what they permit; read only: rights come from the code, through `flask init`."""

    route_base = "/roles"
    scope_filter = None
    record_name = lazy_gettext("Role")
    records_name = lazy_gettext("Roles")
    label_columns = {"name": lazy_gettext("Name"), "permissions": lazy_gettext("Permissions")}
    list_columns = ["name"]
    show_columns = ["name", "permissions"]
    search_columns = ["name"]
    base_permissions = ["can_list", "can_show"]
