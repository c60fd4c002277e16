"""`flask eds`: electronic signatures in files. Needs no database.

Bad input gets one clear line on stderr and exit code 2; a signature that is not valid, exit code 1.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from app import clock
from app.commands.explain import BadInput, ExplainGroup
from app.eds import Malformed, Report, Revocation, TrustStore, Unusable, verify
from app.rules.deadlines import ZONE

MAX_FILE = 128 * 1024 * 1024
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?", re.ASCII)

eds = ExplainGroup("eds", help="Verify electronic signatures. Needs no database.")


@eds.command("verify", with_appcontext=False)
@click.argument("file")
@click.option("--data", metavar="FILE", help="What a detached signature is over.")
@click.option("--ca", metavar="DIR", help="Trusted authorities, PEM or DER. Without them nothing is trusted.")
@click.option("--crl", "lists", multiple=True, metavar="FILE", help="A list of revoked certificates.")
@click.option("--ocsp", "answers", multiple=True, metavar="FILE", help="An OCSP response.")
@click.option("--at", metavar="MOMENT", help="Judge at 2022-09-27T12:00:00+05:00, not at a time-stamp or now.")
@click.option("--require-revocation", is_flag=True, help="Refuse certificates that no list and no response is about.")
def verify_file(
    file: str,
    data: str | None,
    ca: str | None,
    lists: tuple[str, ...],
    answers: tuple[str, ...],
    at: str | None,
    require_revocation: bool,
) -> None:
    """Print as JSON who signed FILE and whether that holds. Exit code 0 when every signer is valid, 1 when not."""
    moment = None if at is None else _moment(at)
    trust = _trust(ca)
    revocation = _revocation(lists, answers, require_revocation)
    content = None if data is None else _bytes_of(data)
    try:
        report = verify(
            _bytes_of(file), data=content, trust=trust, revocation=revocation, at=moment, now=clock.machine_now()
        )
    except Unusable as error:
        raise BadInput(f"{file!r} is not a signed container: {error}") from error
    _print(report)
    sys.exit(0 if report.is_valid else 1)


def _print(report: Report) -> None:
    click.echo(json.dumps(report.facts(), ensure_ascii=False, indent=2))


def _moment(text: str) -> dt.datetime:
    """A moment with its zone, Asia/Almaty unless it says otherwise. Raises BadInput."""
    plain = text.strip().upper()
    try:
        if not _MOMENT.fullmatch(plain):
            raise ValueError(plain)
        moment = dt.datetime.fromisoformat(plain.replace(" ", "T", 1).replace(" ", ""))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
        return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput(f"not a moment: {text!r}; write it as 2022-09-27T12:00:00+05:00") from error


def _trust(folder: str | None) -> TrustStore:
    """The anchors in `folder`. A file that is no certificate is named and left out: it can only take trust away."""
    found: list[bytes] = []
    for path in _files_in(folder) if folder is not None else ():
        content = _bytes_of(str(path))
        try:
            TrustStore.read([content])
        except Malformed as error:
            click.echo(f"Warning: {str(path)!r} is not a certificate and is left out: {error}", err=True)
        else:
            found.append(content)
    if folder is not None and not found:
        click.echo(f"Warning: {folder!r} holds no certificate, so nothing is trusted", err=True)
    return TrustStore.read(found)


def _files_in(folder: str) -> list[Path]:
    path = Path(folder)
    try:
        if path.is_file():
            return [path]
        return sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
    except (OSError, ValueError) as error:
        raise BadInput(f"cannot read the folder {folder!r}") from error


def _revocation(lists: Iterable[str], answers: Iterable[str], required: bool) -> Revocation:
    """The evidence in the files. Raises BadInput, naming the file that is none."""
    found = Revocation()
    for path in lists:
        found = _with(found, path, "a list of revoked certificates", lists=[_bytes_of(path)])
    for path in answers:
        found = _with(found, path, "an OCSP response", answers=[_bytes_of(path)])
    return replace(found, required=required)


def _with(found: Revocation, path: str, kind: str, **content: list[bytes]) -> Revocation:
    try:
        more = Revocation.read(**content)
    except Malformed as error:
        raise BadInput(f"{path!r} is not {kind}: {error}") from error
    return replace(found, lists=found.lists + more.lists, answers=found.answers + more.answers)


def _bytes_of(path: str) -> bytes:
    """The content of a file. Raises BadInput for what cannot be read or is unreasonably large."""
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) and error.strerror else "not a file name"
        raise BadInput(f"cannot read {path!r}: {told}") from error
    if len(content) > MAX_FILE:
        raise BadInput(f"{path!r} is larger than {MAX_FILE} bytes")
    return content
