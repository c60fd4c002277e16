"""The back office: generated lists and forms, and the acts of the lifecycle as buttons."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Builds the office inside the factory."""
