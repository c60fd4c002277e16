"""The command line: `flask explain`, `flask jobs`, `flask demo`, `flask kato`, `flask docs`, `flask init`."""

from __future__ import annotations

from flask import Flask

from app.commands.explain import explain


def init_app(app: Flask) -> None:
    """Registers every group."""
    app.cli.add_command(explain)
