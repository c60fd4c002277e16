"""FAB mounted under /office/; the REST interface stays under /api/v1."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, abort, redirect, request, session, url_for
from flask_appbuilder import AppBuilder, IndexView, expose
from flask_appbuilder.api import BaseApi
from flask_appbuilder.babel.views import LocaleView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import refresh
from flask_login import current_user
from werkzeug.wrappers import Response

from app.security import OFFICE
from app.views.fab.frame import office_frame


class OfficeIndexView(IndexView):
    """/office/: the desk for staff, the login page for everybody else."""

    index_template = "appbuilder/index.html"

    @expose("/")
    def index(self) -> Any:
        """Leads to the desk when one is named (`appbuilder.desk_endpoint`), else shows the menu."""
        if not current_user.is_authenticated:
            return redirect(self.appbuilder.get_url_for_login)
        if self.appbuilder.desk_endpoint:
            return redirect(url_for(self.appbuilder.desk_endpoint))
        return self.render_template(self.index_template)


class OfficeLocaleView(LocaleView):
    """The language switch: keeps the page one is on."""

    @expose("/<string:locale>")
    def index(self, locale: str) -> Response:
        """Remembers the language and returns to `next`. 404 for a language we do not speak."""
        if locale not in self.appbuilder.bm.languages:
            abort(404)
        session["locale"] = locale
        refresh()
        return redirect(get_safe_redirect(request.args.get("next") or self.appbuilder.get_url_for_index))


class OfficeAppBuilder(AppBuilder):
    """AppBuilder whose pages all lie under /office/. Make one per application, inside create_app:

    with app.app_context():
        appbuilder = OfficeAppBuilder(app, db.session, desk_endpoint="DeskView.today", locale_selector=…)
    """

    def __init__(
        self,
        app: Flask | None = None,
        session: Any = None,
        *,
        desk_endpoint: str | None = None,
        locale_selector: Callable[[], str | None] | None = None,
        menu_counts: Callable[[], dict[str, tuple[int, bool]]] | None = None,
        **kwargs: Any,
    ) -> None:
        self.desk_endpoint = desk_endpoint
        self.locale_selector = locale_selector
        self.menu_counts = menu_counts
        kwargs.setdefault("indexview", OfficeIndexView)
        kwargs.setdefault("update_perms", False)
        if "security_manager_class" not in kwargs:
            from app.security.manager import OfficeSecurityManager

            kwargs["security_manager_class"] = OfficeSecurityManager
        super().__init__(app, session, **kwargs)

    def init_app(self, app: Flask, session: Any) -> None:
        # Neither is used, and both are pages that nobody would look after.
        app.config.setdefault("FAB_ADD_MENU_API", False)
        app.config.setdefault("FAB_ADD_OPENAPI_VIEWS", False)
        # FAB's own selector ignores Accept-Language and writes a cookie for every anonymous visit: keep ours.
        ours = self.locale_selector or getattr(app.extensions.get("babel"), "locale_selector", None)
        super().init_app(app, session)
        if ours is not None:
            app.extensions["babel"].locale_selector = ours
        app.jinja_env.globals["office_frame"] = office_frame

    def _add_admin_views(self) -> None:
        self._indexview = self.add_view_no_menu(self.indexview)
        self.bm.locale_view = self.add_view_no_menu(OfficeLocaleView())
        self.sm.register_views()
        self.openapi_manager.register_views()
        self.menuapi_manager.register_views()

    def register_blueprint(self, baseview: Any, endpoint: str | None = None, static_folder: str | None = None) -> None:
        if not isinstance(baseview, BaseApi):
            base = baseview.route_base
            base = f"/{type(baseview).__name__.lower()}" if base is None else base
            if base != OFFICE and not base.startswith(f"{OFFICE}/"):
                baseview.route_base = OFFICE + base
        super().register_blueprint(baseview, endpoint=endpoint, static_folder=static_folder)
