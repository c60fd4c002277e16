"""`flask demo`: the fictional town, its accounts and its clock. Refused anywhere but in the demo."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.commands.explain import BadInput, ExplainGroup
from app.demo.guard import NotTheDemo, require_demo

demo = ExplainGroup("demo", help="The demo: a fictional town, its accounts and its clock.")


@contextmanager
def _in_the_demo() -> Iterator[None]:
    try:
        require_demo()
        yield
    except NotTheDemo as error:
        raise BadInput(str(error)) from error


@demo.command("fill")
def fill() -> None:
    """Fill the town; a town that is there already is left as it is."""
    from app.demo import town

    with _in_the_demo():
        began = time.monotonic()
        done = town.fill()
        words = "filled" if done.new else "was there already"
        click.echo(
            f"The town {words}: {done.children} children, {done.applications} applications "
            f"({time.monotonic() - began:.1f} s)"
        )


@demo.command("accounts")
def accounts() -> None:
    """Print the accounts, one per role, and identities with which a newcomer can register."""
    from app.demo import town
    from app.demo.accounts import ACCOUNTS, PASSWORD

    with _in_the_demo():
        samples = town.sample_identities()
    click.echo(f"Demo accounts, all with the password {PASSWORD}")
    for account in ACCOUNTS:
        click.echo(f"  {account.username:<11}{account.page:<10}{account.role.value:<24}{account.about}")
    click.echo("\nNewcomers whom only the register knows: register with phone and IIN, then add the child by IIN")
    click.echo(f"  {'phone':<14}{'IIN':<14}{'child IIN':<14}name, child (Kentau, Kazakh, any day of the demo)")
    for sample in samples[:4]:
        names = f"{sample.parent_name}, {sample.child_name} {sample.child_birth_year}"
        click.echo(f"  {sample.phone:<14}{sample.parent_iin:<14}{sample.child_iin:<14}{names}")
