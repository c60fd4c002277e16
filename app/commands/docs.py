"""`flask docs`: the parts of docs/ that are made from the code."""

from __future__ import annotations

import sys

import click

from app.commands.explain import BadInput, ExplainGroup
from app.commands.regulation_tables import renewed
from config import ROOT

PAGE = ROOT / "docs" / "regulation.md"

docs = ExplainGroup("docs", help="The parts of docs/ that are made from the code.")


@docs.command("write", with_appcontext=False)
@click.option("--check", is_flag=True, help="write nothing; exit code 1 when a table is out of date")
def write(check: bool) -> None:
    """Write the tables of docs/regulation.md anew."""
    try:
        page = PAGE.read_text(encoding="utf-8")
        fresh = renewed(page)
    except (OSError, ValueError) as error:
        raise BadInput(f"{PAGE.name}: {error}") from error
    if check:
        if fresh != page:
            click.echo(f"{PAGE.name} is out of date; run: flask docs write", err=True)
            sys.exit(1)
        return
    PAGE.write_text(fresh, encoding="utf-8")
    click.echo(f"{PAGE.name}: {'unchanged' if fresh == page else 'written'}")
