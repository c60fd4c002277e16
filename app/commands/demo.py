"""`flask demo`: the fictional town, its accounts and its clock. Refused anywhere but in the demo."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app import clock
from app.commands.explain import BadInput, ExplainGroup
from app.db import unit_of_work
from app.demo.guard import NotTheDemo, require_demo
from app.jobs.runner import run_now
from app.jobs.schedule import names

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


@demo.command("clock")
@click.option("--advance", help='how far: "3 working days", "1 calendar day", "2 hours"')
@click.option("--set", "moment", help='a local moment: "2026-12-01 17:59"')
@click.option("--reset", is_flag=True, help="back to the machine's time (rows written meanwhile keep their dates)")
@click.option("--run", is_flag=True, help="run every job at once instead of waiting for the scheduler")
def move_clock(advance: str | None, moment: str | None, reset: bool, run: bool) -> None:
    """Show or move the demo's time. It only goes forward, unless it is reset."""
    from app.demo import clock as demo_clock

    if sum(map(bool, (advance, moment, reset))) > 1:
        raise BadInput("give one of --advance, --set, --reset")
    with _in_the_demo():
        try:
            with unit_of_work() as session:
                if advance:
                    demo_clock.advance(session, advance)
                elif moment:
                    demo_clock.set_to(session, moment)
                elif reset:
                    demo_clock.reset(session)
        except demo_clock.ClockRefused as error:
            raise BadInput(str(error)) from error
        demo_clock.seen()
        click.echo(f"It is {clock.local(clock.now()):%A, %Y-%m-%d %H:%M} in the demo")
        for name in names() if run else ():
            click.echo(f"{name}: {json.dumps(run_now(name))}")
