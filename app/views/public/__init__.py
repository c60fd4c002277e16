"""The parents' site: plain pages that work without JavaScript."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Registers the pages."""
