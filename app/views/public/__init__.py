"""The parents' site: plain pages that work without JavaScript.

Every module below adds its routes to `bp`; what every page of the site shows around its content is
app/views/public/surroundings.py.
"""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask

bp = Blueprint("public", __name__)

MODULES = (
    "surroundings",
    "home",
    "places",
    "accounts",
    "profile",
    "children",
    "wizard",
    "applications",
    "bulletins",
    "claims",
    "turns",
    "changes",
    "general_documents",
    "referrals",
    "vouchers",
    "waiting_list",
    "contracts",
    "documents",
    "inbox",
    "queue",
    "catalogue",
    "rules_page",
    "statistics",
)


def init_app(app: Flask) -> None:
    """Registers the pages."""
    for name in MODULES:
        import_module(f"{__name__}.{name}")
    app.register_blueprint(bp)
