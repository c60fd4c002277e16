"""The command line: `flask explain`, `flask jobs`, `flask demo`, `flask kato`, `flask docs`, `flask init`."""

from __future__ import annotations

from flask import Flask

from app.commands.demo import demo
from app.commands.docs import docs
from app.commands.eds import eds
from app.commands.explain import explain
from app.commands.init import create_admin, init
from app.commands.jobs import jobs
from app.commands.kato import kato


def init_app(app: Flask) -> None:
    """Registers every command."""
    for command in (explain, init, create_admin, kato, demo, jobs, docs, eds):
        app.cli.add_command(command)
