"""Kezek: the queue for kindergarten places."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def create_app(**overrides: Any) -> Flask:
    """The application, ready to serve. `overrides` replace single settings (tests).

    Raises config.ConfigError when the environment is not safe to start in. Asks the database nothing.
    """
    from app import api, commands, demo, errors, gateways, i18n, jobs, observation, security, views
    from app.extensions import csrf, db, migrate
    from config import ROOT, settings

    app = Flask(__name__)
    app.config.update(settings(**overrides))
    if app.config["TRUSTED_PROXIES"]:
        # Limits count by the reader's address, which only a proxy that we run may tell us.
        app.wsgi_app = ProxyFix(app.wsgi_app, *([app.config["TRUSTED_PROXIES"]] * 4))  # type: ignore[method-assign]
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    i18n.init_app(app)
    security.init_app(app)
    gateways.init_app(app)
    jobs.init_app(app)
    views.init_app(app)
    api.init_app(app)
    errors.init_app(app)
    observation.init_app(app)
    commands.init_app(app)
    demo.init_app(app)
    return app
