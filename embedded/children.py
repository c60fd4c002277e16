"""The programs that make up the running product: started, watched, started again, stopped in order."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # a program that ran this long has earned a quick restart again


@dataclass(frozen=True)
class Program:
    """A name for people and a command line."""

    name: str
    command: Sequence[str]


@dataclass
class Child:
    """One program kept alive."""

    program: Program
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    due_at: float = field(default=0.0)

    def keep_alive(self, folder: Path, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        """Start the program when it is due; when it died, say so and set the moment of its next start."""
        now = time.monotonic()
        if self.running is None:
            if now >= self.due_at:
                self.started_at = now
                self.running = start(self.program, folder, environment)
            return
        code = self.running.poll()
        if code is None:
            return
        self.running = None
        self.pause = 1.0 if now - self.started_at > STEADY_AFTER else min(self.pause * 2, LONGEST_PAUSE)
        self.due_at = now + self.pause
        say(f"{self.program.name} ended with code {code}; starting it again in {self.pause:.0f} s")


def start(
    program: Program, folder: Path, environment: Mapping[str, str], output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start `program` in a session of its own: Ctrl-C reaches the supervisor alone, which then stops in order.

    What it says goes to `output`, else to where the caller's own words go.
    """
    return subprocess.Popen(
        list(program.command),
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
        preexec_fn=die_with_parent if sys.platform == "linux" else None,
    )


def die_with_parent() -> None:
    """Ask Linux for SIGTERM when the supervisor dies without a chance to stop its children."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def stop_all(running: Sequence[subprocess.Popen[bytes]], patience: float = 6.0) -> None:
    """Ask each in turn to end, ask again half-way, then force.

    Asked twice, a worker drops the job it is at; every job is safe to repeat.
    """
    began = time.monotonic()
    for child in running:
        _signal(child, signal.SIGTERM)
    if _all_ended(running, began + patience / 2):
        return
    for child in running:
        _signal(child, signal.SIGTERM)
    if _all_ended(running, began + patience):
        return
    for child in running:
        _signal(child, signal.SIGKILL)
        child.wait()


def _all_ended(running: Sequence[subprocess.Popen[bytes]], deadline: float) -> bool:
    while any(child.poll() is None for child in running):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the child alone, so that it can end its own children in order; force takes its whole group."""
    if child.poll() is not None:
        return
    try:
        if number is signal.SIGKILL:
            os.killpg(child.pid, number)
        else:
            child.send_signal(number)
    except ProcessLookupError:
        return
