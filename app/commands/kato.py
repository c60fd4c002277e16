"""`flask kato`: the official classifier of localities."""

from __future__ import annotations

from pathlib import Path

import click

from app.commands.explain import BadInput, ExplainGroup
from app.db import unit_of_work
from app.services.imports import BadFile, import_kato, read_kato

kato = ExplainGroup("kato", help="Localities by the official classifier (KATO).")


@kato.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_file(file: Path) -> None:
    """Import FILE, a CSV with the columns kato, kato_version, level, type_code, name_ru, name_kk."""
    try:
        units = read_kato(file.read_bytes())
        with unit_of_work() as session:
            done = import_kato(session, units)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    except BadFile as error:
        raise BadInput(f"{file}: {error}") from error
    click.echo(f"read {done.read}, added {done.added}, changed {done.changed}, unchanged {done.same}")
