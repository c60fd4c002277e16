"""The back office: generated lists and forms, and the acts of the lifecycle as buttons."""

from __future__ import annotations

from flask import Flask

from app.extensions import db


def init_app(app: Flask) -> None:
    """Builds the office inside the factory: a second application in one process gets its own."""
    from app.i18n import select_locale
    from app.views.base import OfficeAppBuilder

    with app.app_context():
        app.extensions["kezek.office"] = OfficeAppBuilder(app, db.session, locale_selector=select_locale)
