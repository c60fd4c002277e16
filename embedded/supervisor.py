"""`make run`: the whole product in the foreground, from embedded servers to the first page, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from embedded import addresses, broker, postgres
from embedded.accounts import make_root, server_account
from embedded.children import Child, Program, start, stop_all
from embedded.locks import claim
from embedded.places import PROJECT, Places, Unavailable, places_of
from embedded.secret import kept_secret

DEFAULT_PORT = 8080
WELL_WITHIN = 60.0
SERVERS_LOOKED_AT_EVERY = 5.0
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy of the environment is not for us


class Stopped(Exception):
    """The operator asked to stop."""


class Failed(RuntimeError):
    """A step of the start failed; the text is one line for the operator."""


@dataclass(frozen=True)
class Plan:
    """What to run: steps one after the other, then children together; `accounts` prints the demo's accounts."""

    steps: tuple[Program, ...]
    children: tuple[Program, ...]
    accounts: Program | None = None


def flask(name: str, *words: str) -> Program:
    return Program(name, (sys.executable, "-m", "flask", "--app", "app:create_app", *words))


def product(port: int, demo: bool) -> Plan:
    """The product: migrate, permissions, the demo town; then web, worker and scheduler."""
    steps = [flask("The migration", "db", "upgrade"), flask("The permissions", "init")]
    if demo:
        steps.append(flask("The demo town", "demo", "fill"))
    # --reuse-port: without it one worker takes all keep-alive connections.
    web = (
        *(sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "8"),
        *("--reuse-port", "--no-control-socket", "--graceful-timeout", "5", "--bind", f"0.0.0.0:{port}"),
        *("--log-level", "warning", "app:create_app()"),
    )
    children = (
        Program("The web server", web),
        flask("The scheduler", "jobs", "scheduler"),
        flask("The worker", "jobs", "worker"),
    )
    return Plan(tuple(steps), children, flask("The accounts", "demo", "accounts") if demo else None)


def wants_demo(environment: Mapping[str, str]) -> bool:
    """As config.py decides: the demo unless a database of one's own is named or KEZEK_DEMO says otherwise."""
    default = "0" if environment.get("DATABASE_URL") else "1"
    return environment.get("KEZEK_DEMO", default).strip().lower() in {"1", "true", "yes", "on"}


def wanted_port(environment: Mapping[str, str]) -> int:
    """PORT, else 8080. Raises Failed when it is no port or somebody listens on it already."""
    text = environment.get("PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Failed(f"PORT must be a number between 1 and 65535, not {text!r}")
    with socket.socket() as probe:
        # gunicorn shares its port (--reuse-port); without this look a second product would answer every other request.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", int(text)))  # noqa: S104 - the address the product listens on
            probe.listen(1)
        except OSError as error:
            raise Failed(
                f"Port {text} cannot be used ({error.strerror}). Choose another: make run PORT=8081"
            ) from error
    return int(text)


def say(line: str) -> None:
    """To the operator; a terminal that has gone must not keep us from stopping in order."""
    with suppress(OSError):
        print(line, flush=True)


class Supervisor:
    """Runs one plan in the foreground until it is asked to stop."""

    def __init__(self, plan: Plan, where: Places, environment: Mapping[str, str], port: int) -> None:
        self.plan, self.where, self.port = plan, where, port
        self.environment = dict(environment)
        self.children: list[Child] = []
        self.embedded: list[tuple[Callable[[Path], str], Callable[[Path], None]]] = []
        self.stop_asked = False

    def run(self) -> int:
        """Start everything, watch it, stop it again. The exit code: 0 when asked to stop, 1 when a step failed."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            self._start_servers()
            for step in self.plan.steps:
                self._complete(step)
            self.children = [Child(program) for program in self.plan.children]
            self._announce_when_well()
            self._watch()
        except Stopped:
            return 0
        except (Failed, Unavailable) as error:
            say(str(error))
            return 1
        finally:
            self._stop()
        return 0

    def _ask_to_stop(self, number: int, frame: object) -> None:
        """Only a note: the loops below look at it, so nothing is ever cut in the middle of starting."""
        self.stop_asked = True

    def _pause(self, seconds: float = 0.1) -> None:
        if self.stop_asked:
            raise Stopped
        time.sleep(seconds)

    def _start_servers(self) -> None:
        """The embedded servers for which the environment names none."""
        found = (
            ("DATABASE_URL", postgres.ensure_running, postgres.stop),
            ("REDIS_URL", broker.ensure_running, broker.stop),
        )
        for variable, ensure_running, stop in found:
            if self.environment.get(variable):
                continue
            self.embedded.append((ensure_running, stop))
            self.environment[variable] = ensure_running(self.where.root)
            self._pause(0)

    def _complete(self, step: Program) -> None:
        began = time.monotonic()
        running = start(step, PROJECT, self.environment)
        try:
            while running.poll() is None:
                self._pause(0.05)
        finally:
            stop_all([running])
        if running.returncode:
            raise Failed(f"{step.name} failed with code {running.returncode}; what it said is above")
        say(f"{step.name}: done in {time.monotonic() - began:.1f} s")

    def _keep_alive(self) -> None:
        for child in self.children:
            child.keep_alive(PROJECT, self.environment, say)
        self._pause()

    def _announce_when_well(self) -> None:
        """Wait until /healthz answers 200, then say where the product is; say so too when that takes too long."""
        began, told = time.monotonic(), False
        while (health := self._health()) != "200":
            self._keep_alive()
            if not told and time.monotonic() - began > WELL_WITHIN:
                told = True
                say(f"Not well yet: http://localhost:{self.port}/healthz says {health}")
        say("")
        if self.plan.accounts is not None:
            self._complete_quietly(self.plan.accounts)
        say(f"Kezek is ready: http://localhost:{self.port}   (Ctrl-C stops it)")

    def _complete_quietly(self, step: Program) -> None:
        running = start(step, PROJECT, self.environment)
        try:
            while running.poll() is None:
                self._keep_alive()
        finally:
            stop_all([running])
        if running.returncode:
            say(f"{step.name} could not be shown (code {running.returncode})")

    def _health(self) -> str:
        try:
            with DIRECT.open(f"http://127.0.0.1:{self.port}/healthz", timeout=3) as answer:
                return str(answer.status)
        except urllib.error.HTTPError as error:
            return f"{error.code} {error.read(300).decode(errors='replace')}".strip()
        except OSError as error:
            return str(error)

    def _watch(self) -> None:
        """Keep children and embedded servers alive until asked to stop."""
        look_at = time.monotonic() + SERVERS_LOOKED_AT_EVERY
        while True:
            self._keep_alive()
            if time.monotonic() > look_at:
                look_at = time.monotonic() + SERVERS_LOOKED_AT_EVERY
                self._revive_servers()

    def _revive_servers(self) -> None:
        for ensure_running, _stop in self.embedded:
            try:
                ensure_running(self.where.root)
            except Unavailable as error:
                say(str(error))

    def _stop(self) -> None:
        """Web, scheduler and worker first, then the broker, the database last."""
        if self.children or self.embedded:
            say("Stopping.")
        stop_all([child.running for child in self.children if child.running is not None])
        for _ensure_running, stop in reversed(self.embedded):
            try:
                stop(self.where.root)
            except Unavailable as error:
                say(str(error))


def environment_for(where: Places, given: Mapping[str, str], port: int) -> dict[str, str]:
    """What every child sees: the operator's environment and the demo's defaults."""
    demo = wants_demo(given)
    environment = {**given, "PORT": str(port), "KEZEK_DEMO": "1" if demo else "0", "PYTHONUNBUFFERED": "1"}
    if demo and not given.get("SECRET_KEY"):
        environment["SECRET_KEY"] = kept_secret(where.root)
    if not given.get("KEZEK_FILES"):
        environment["KEZEK_FILES"] = addresses().file_store
    return environment


def main() -> int:
    """The product with the operator's environment; the exit code."""
    where = places_of()
    try:
        make_root(where.root, server_account())
        lock = claim(where.root / "run.lock", f"process {os.getpid()}")
        if lock is None:
            holder = (where.root / "run.lock").read_text() or "another process"
            raise Failed(
                f"Kezek is already running here ({holder}); stop it first, with Ctrl-C or: kill {holder.split()[-1]}"
            )
        with lock:
            port = wanted_port(os.environ)
            say("Kezek is starting.")
            plan = product(port, wants_demo(os.environ))
            return Supervisor(plan, where, environment_for(where, os.environ, port), port).run()
    except (Failed, Unavailable, OSError, subprocess.SubprocessError) as error:
        say(str(error))
        return 1
