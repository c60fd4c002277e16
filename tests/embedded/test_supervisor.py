"""The supervisor: starts in order, restarts what dies, stops everything it started."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embedded import broker, postgres, supervisor
from embedded.places import PROJECT
from tests.support.product import free_port, status_of, wait_until_ended

PROGRAMS = str(Path(__file__).with_name("programs.py"))

# A plan given as JSON, run by the real supervisor in a process of its own.
LAUNCHER = """
import json, os, sys
from embedded.children import Program
from embedded.places import places_of
from embedded.supervisor import Plan, Supervisor, environment_for
port, steps, children = json.loads(sys.argv[1])
named = lambda pairs: tuple(Program(name, (sys.executable, *words)) for name, *words in pairs)
where = places_of()
plan = Plan(named(steps), named(children))
sys.exit(Supervisor(plan, where, environment_for(where, os.environ, port), port).run())
"""


class Run:
    def __init__(self, root: Path, steps: list[list[str]], children: list[list[str]], port: int) -> None:
        self.log = root / "output"
        clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        with self.log.open("wb") as output:
            self.running = subprocess.Popen(
                [sys.executable, "-c", LAUNCHER, json.dumps([port, steps, children])],
                cwd=PROJECT,
                env={**clean, "KEZEK_DATA_ROOT": str(root)},
                stdout=output,
                stderr=output,
            )

    def said(self, text: str, patience: float = 20.0) -> bool:
        deadline = time.monotonic() + patience
        while text not in self.log.read_text():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


def nothing_runs(root: Path) -> bool:
    return postgres.url_if_running(root) is None and broker.url_if_running(root) is None


def programs_left(port: int) -> bool:
    return status_of(f"http://127.0.0.1:{port}/") is not None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_the_product_is_and_stops_all_of_it(root: Path, number: signal.Signals) -> None:
    port = free_port()
    run = Run(root, [], [["The web server", PROGRAMS, "web", str(port)]], port)
    assert run.said(f"Kezek is ready: http://localhost:{port}"), run.log.read_text()
    assert postgres.url_if_running(root)
    assert broker.url_if_running(root)
    began = time.monotonic()
    run.running.send_signal(number)
    assert run.running.wait(15) == 0
    assert time.monotonic() - began < 10
    assert nothing_runs(root)
    assert not programs_left(port)


def test_a_child_that_dies_is_started_again_after_a_pause(root: Path) -> None:
    run = Run(root, [], [["The worker", PROGRAMS, "die"]], free_port())
    assert run.said("The worker ended with code 3; starting it again in 2 s")
    assert run.said("starting it again in 4 s")
    assert wait_until_ended(run.running, 10) == 0


def test_a_child_that_ignores_the_request_is_forced(root: Path) -> None:
    run = Run(root, [], [["The worker", PROGRAMS, "ignore"]], free_port())
    assert run.said("deaf")
    began = time.monotonic()
    assert wait_until_ended(run.running, 12) == 0
    assert time.monotonic() - began < 10
    assert nothing_runs(root)


def test_stopped_in_the_middle_of_its_start_it_leaves_nothing(root: Path) -> None:
    run = Run(root, [["The migration", PROGRAMS, "ignore"]], [], free_port())
    assert run.said("deaf")
    assert wait_until_ended(run.running, 12) == 0
    assert nothing_runs(root)


def test_a_step_that_fails_ends_it_with_its_name(root: Path) -> None:
    run = Run(root, [["The migration", PROGRAMS, "die"]], [], free_port())
    assert run.running.wait(20) == 1
    assert "The migration failed with code 3" in run.log.read_text()
    assert nothing_runs(root)


def test_killed_outright_its_children_go_and_the_next_run_adopts_the_servers(root: Path) -> None:
    port = free_port()
    children = [["The web server", PROGRAMS, "web", str(port)]]
    run = Run(root, [], children, port)
    assert run.said("Kezek is ready")
    run.running.kill()
    run.running.wait()
    deadline = time.monotonic() + 5
    while programs_left(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert sys.platform != "linux" or not programs_left(port)
    again = Run(root, [], children, port)
    assert again.said("Kezek is ready")
    assert wait_until_ended(again.running, 12) == 0
    assert nothing_runs(root)


def run_main(root: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KEZEK_DATA_ROOT": str(root), **more}
    return subprocess.run(
        [sys.executable, "run.py"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_second_run_on_the_same_data_says_so(root: Path) -> None:
    from embedded.locks import claim

    with claim(root / "run.lock", "process 4711") or pytest.fail("the lock must be free"):
        second = run_main(root)
    assert second.returncode == 1
    assert second.stdout.startswith("Kezek is already running here (process 4711)")


def test_a_port_that_is_taken_is_named_before_anything_starts(root: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_main(root, PORT=str(port))
    assert done.returncode == 1
    assert done.stdout.startswith(f"Port {port} cannot be used")
    assert nothing_runs(root)


@pytest.mark.parametrize("port", ["0", "http", "70000", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(supervisor.Failed, match="PORT must be a number"):
        supervisor.wanted_port({"PORT": port})


@pytest.mark.parametrize(
    ("environment", "demo"),
    [
        ({}, True),
        ({"DATABASE_URL": "postgresql://db/kezek"}, False),
        ({"DATABASE_URL": "postgresql://db/kezek", "KEZEK_DEMO": "1"}, True),
        ({"KEZEK_DEMO": "0"}, False),
    ],
)
def test_the_demo_is_for_installations_without_a_database_of_their_own(environment: dict[str, str], demo: bool) -> None:
    assert supervisor.wants_demo(environment) is demo
    steps = [step.command[-1] for step in supervisor.product(8080, demo).steps]
    assert ("fill" in steps) is demo


def test_the_plan_shares_the_port_between_workers() -> None:
    plan = supervisor.product(9000, True)
    web = next(tuple(child.command) for child in plan.children if child.name == "The web server")
    assert "--reuse-port" in web
    assert "--no-control-socket" in web
    assert "0.0.0.0:9000" in web
