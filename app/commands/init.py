"""`flask init` and `flask create-admin`: what every installation needs before its first page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_appbuilder.exceptions import PasswordComplexityValidationError
from sqlalchemy import select, text
from werkzeug.security import generate_password_hash

from app.commands.explain import BadInput
from app.db import unit_of_work
from app.demo.guard import NotTheDemo, stamp
from app.extensions import db
from app.models import Account
from app.models.enums import Role
from app.security.passwords import check_password
from app.services.categories import seed_priority_categories
from app.services.reference import seed_benefit_categories
from app.views.office.permissions import write_permissions

_LOCK = 7_345_001


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two hosts that start together write the permissions one after the other."""
    with db.engine.connect() as keeper:
        keeper.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        try:
            yield
        finally:
            keeper.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


@click.command("init")
@with_appcontext
def init() -> None:
    """Stamp the database, write roles, permissions and categories. May be repeated at any time."""
    try:
        with unit_of_work() as session:
            kind = stamp()
            added = seed_benefit_categories(session) + seed_priority_categories(session)
    except NotTheDemo as error:
        raise BadInput(str(error)) from error
    with _one_at_a_time():
        granted = write_permissions(current_app.extensions["kezek.office"])
    click.echo(f"installation: {kind}; categories added: {added}; permissions of {granted} roles written")


@click.command("create-admin")
@click.argument("username")
@click.option("--email", required=True, help="address of the administrator")
@click.password_option()
@with_appcontext
def create_admin(username: str, email: str, password: str) -> None:
    """Create an administrator named USERNAME."""
    try:
        check_password(password)
    except PasswordComplexityValidationError as error:
        raise BadInput(str(error)) from error
    with unit_of_work() as session:
        taken = session.scalar(select(Account.id).where((Account.username == username) | (Account.email == email)))
        if taken is not None:
            raise BadInput("an account with this name or address exists already")
        role = current_app.extensions["kezek.office"].sm.find_role(str(Role.ADMIN))
        if role is None:
            raise BadInput("roles are missing; run first: flask init")
        session.add(
            Account(
                username=username,
                first_name=username,
                last_name=str(Role.ADMIN),
                email=email,
                active=True,
                password=generate_password_hash(password),
                roles=[role],
            )
        )
    click.echo(f"administrator {username} created")
