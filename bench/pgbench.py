"""Runs a script of statements in pgbench: the driver costs little, so that the ratio is the server's own."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.server import Server, pgbench_program


@dataclass(frozen=True)
class Load:
    """What a run of pgbench did. Latencies are in milliseconds, sorted, empty unless asked for."""

    per_second: float
    done: int
    failed: int
    latencies: tuple[float, ...] = ()

    def percentile(self, share: float) -> float:
        """The latency that `share` of the transactions stay under."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def run(
    server: Server,
    database: str,
    script: str,
    *,
    clients: int = 8,
    seconds: float | None = None,
    transactions: int | None = None,
    variables: dict[str, int] | None = None,
    latencies: bool = False,
) -> Load:
    """Runs `script` in `clients` connections with prepared statements, for a time or a number of transactions each.

    Raises RuntimeError when pgbench ends badly.
    """
    with tempfile.TemporaryDirectory(prefix="kezek-bench-script-") as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script)
        length = ["-T", str(max(1, round(seconds)))] if seconds is not None else ["-t", str(transactions)]
        command = [str(pgbench_program()), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2))]
        command += ["-h", server.sockets, "-U", "postgres", *length, "-f", str(file), "--random-seed=42"]
        for name, value in (variables or {}).items():
            command += ["-D", f"{name}={value}"]
        if latencies:
            command += ["-l", f"--log-prefix={folder}/log"]
        done = subprocess.run([*command, database], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pgbench: {done.stderr.strip()}")
        return _read(done.stdout, Path(folder) if latencies else None)


def _read(output: str, logs: Path | None) -> Load:
    found: dict[str, float] = {}
    for line in output.splitlines():
        for key, start in (("done", "number of transactions actually processed:"), ("failed", "number of failed")):
            if line.startswith(start):
                found[key] = float(line.split(":")[1].split()[0].split("/")[0])
        if line.startswith("tps ="):
            found["tps"] = float(line.split()[2])
    spent = sorted(
        int(line.split()[2]) / 1000
        for log in (logs.glob("log.*") if logs else ())
        for line in log.read_text().splitlines()
    )
    return Load(found["tps"], int(found["done"]), int(found.get("failed", 0)), tuple(spent))
