"""Parse, ask permission, call one service, show."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Puts the office under /office/ and the parents' site at the root."""
    from app.views import office, public

    office.init_app(app)
    public.init_app(app)
