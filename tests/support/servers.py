"""One embedded PostgreSQL and Valkey per test run, shared by its workers and started when the first test asks.

KEZEK_TEST_DATABASE_URL and KEZEK_TEST_REDIS_URL name servers to use instead; the database user must be allowed to
create databases.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from contextlib import suppress
from pathlib import Path

import pytest

from embedded import broker, postgres
from embedded.locks import claim
from embedded.places import Unavailable

PREFIX = "kezek-tests-"
ROOT_VARIABLE = "KEZEK_TEST_ROOT"  # handed from the controlling pytest to its xdist workers
HELD = pytest.StashKey[object]()


def make_test_root(parent: Path | None = None) -> Path:
    """A temporary folder that the servers' user may pass through; one in `parent` goes when that goes."""
    name = uuid.uuid4().hex[:8]
    root = parent / name if parent else Path(tempfile.gettempdir()) / f"{PREFIX}{name}"
    root.mkdir(mode=0o711)
    root.chmod(0o711)
    return root


def remove_test_root(root: Path) -> None:
    """Stop what runs in `root` and delete it."""
    with suppress(Unavailable):
        broker.stop(root)
    with suppress(Unavailable):
        postgres.stop(root)
    shutil.rmtree(root, ignore_errors=True)


def _remove_abandoned_roots() -> None:
    """Runs that were killed leave servers behind; a root whose lock nobody holds is such a one."""
    for root in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = root / "tests.lock"
        if not lock.exists() or lock.stat().st_uid != os.geteuid():
            continue
        held = claim(lock, "")
        if held is not None:
            with held:
                remove_test_root(root)


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    _remove_abandoned_roots()
    root = make_test_root()
    config.stash[HELD] = claim(root / "tests.lock", str(os.getpid()))
    os.environ[ROOT_VARIABLE] = str(root)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or HELD not in config.stash:
        return
    from tests.support.database import drop_databases

    root = run_root()
    drop_databases(root)
    remove_test_root(root)


def run_root() -> Path:
    """The folder of this test run."""
    return Path(os.environ[ROOT_VARIABLE])


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A server's URL, not yet a database for tests: see `database_url`."""
    given = os.environ.get("KEZEK_TEST_DATABASE_URL")
    return given or postgres.ensure_running(run_root(), durable=False)


@pytest.fixture(scope="session")
def redis_url(worker_id: str) -> str:
    """A broker's URL with a database number of this worker's own."""
    given = os.environ.get("KEZEK_TEST_REDIS_URL") or broker.ensure_running(run_root(), durable=False)
    number = 1 + int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 1
    return f"{given.split('?')[0]}?db={number}"
