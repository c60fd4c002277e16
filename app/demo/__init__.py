"""What exists only in the demo: a fictional town, a clock that can be moved, a signer for newcomers."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Installs the demo's clock; does nothing in a real installation."""
