"""What exists only in the demo: a fictional town, a clock that can be moved, a signer for newcomers."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Installs the demo's clock; in a real installation time is the machine's."""
    from app.demo import clock

    if app.config["DEMO"]:
        clock.install(app)
    else:
        clock.uninstall()
