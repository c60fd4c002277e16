"""The product as its own programs: a web server on the worker's database, and the whole of `make run`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from embedded.children import Program, die_with_parent, start
from embedded.places import PROJECT
from tests.support.database import flask_environment
from tests.support.servers import make_test_root, remove_test_root, run_root

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status_of(url: str) -> int | None:
    """The status code at `url`, None while nobody answers."""
    try:
        with DIRECT.open(url, timeout=3) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def wait_until_ended(running: subprocess.Popen[bytes], patience: float) -> int:
    """Ask a program to end and wait; its exit code. Killed, and the test failed, when it does not."""
    if running.poll() is None:
        running.send_signal(signal.SIGTERM)
    try:
        return running.wait(patience)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
        pytest.fail(f"{running.args} did not end within {patience} s")


@pytest.fixture(scope="session")
def live_server(database_url: str, redis_url: str, worker_id: str) -> Iterator[str]:
    """Address of the product's web server on the worker's database. Ask for `clean` too for an empty one."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8", "--bind"]
    command += [f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning", "app:create_app()"]
    log = run_root() / f"web-{worker_id}.log"
    with log.open("wb") as output:
        environment = flask_environment(database_url, redis_url)
        web = start(Program("The web server", command), PROJECT, environment, output)
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 30
    while status_of(f"{address}/healthz") is None:
        if web.poll() is not None or time.monotonic() > deadline:
            web.kill()
            pytest.fail(f"The web server did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)
    yield address
    wait_until_ended(web, 15)


@dataclass
class Product:
    """A running `run.py`."""

    address: str
    root: Path
    running: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        """What it has said so far, the demo accounts included."""
        return (self.root / "output").read_text(errors="replace")

    def wait_until_ready(self, patience: float = 150.0) -> None:
        deadline = time.monotonic() + patience
        while "Kezek is ready" not in self.output:
            if self.running.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The product did not start:\n{self.output}")
            time.sleep(0.1)


def start_product(root: Path, port: int, **more: str) -> Product:
    """`run.py` on data in `root`, without the servers that the tests' own environment may name."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environment = {**kept, "KEZEK_DATA_ROOT": str(root), "PORT": str(port), "PYTHONUNBUFFERED": "1", **more}
    with (root / "output").open("ab") as output:
        running = subprocess.Popen(
            [sys.executable, "run.py"],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent if sys.platform == "linux" else None,  # a killed test run leaves nothing
        )
    return Product(f"http://127.0.0.1:{port}", root, running)


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """The whole product as `make run` starts it, with the demo town, on data of its own."""
    root = make_test_root(run_root())
    started = start_product(root, free_port())
    try:
        started.wait_until_ready()
        yield started
    finally:
        wait_until_ended(started.running, 20)
        remove_test_root(root)
