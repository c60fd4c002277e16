"""What keeps the demo's conveniences out of a real installation.

Two locks: the setting DEMO, and a stamp in the database itself, written once when it is initialised.
Pointing a demo process at a real database is refused, whatever the environment says.
"""

from __future__ import annotations

from flask import current_app
from sqlalchemy import text

from app.extensions import db

STAMP_KEY = "installation"
DEMO, PRODUCTION = "demo", "production"


class NotTheDemo(RuntimeError):
    """Something that exists only in the demo was asked for elsewhere."""


def stamp() -> str:
    """Marks a fresh database as the demo's or a real one; returns the stamp it bears from then on.

    Must be called inside a unit of work. Raises NotTheDemo when a demo process meets a real database.
    """
    wanted = DEMO if current_app.config["DEMO"] else PRODUCTION
    db.session.execute(
        text("INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT DO NOTHING"),
        {"key": STAMP_KEY, "value": wanted},
    )
    found = _read()
    if found != wanted:
        raise NotTheDemo(f"this database was initialised as {found}; it cannot be used as {wanted}")
    return found


def require_demo() -> None:
    """Raises NotTheDemo unless both the settings and the database say that this is the demo."""
    if not current_app.config["DEMO"]:
        raise NotTheDemo("this exists only in the demo")
    if _read() != DEMO:
        raise NotTheDemo("this database is not the demo's")


def _read() -> str | None:
    return db.session.execute(text("SELECT value FROM setting WHERE key = :key"), {"key": STAMP_KEY}).scalar()
