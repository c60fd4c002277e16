"""The embedded broker: private, durable, restartable after a crash, clear when it cannot run."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest
import redis

from embedded import accounts, broker
from embedded.places import Unavailable


def test_what_was_queued_survives_a_stop_and_a_start(root: Path) -> None:
    redis.Redis.from_url(broker.ensure_running(root)).rpush("queue", "letter")
    broker.stop(root)
    assert broker.url_if_running(root) is None
    assert redis.Redis.from_url(broker.ensure_running(root)).lpop("queue") == b"letter"


def test_kill_9_leaves_nothing_in_the_way(root: Path) -> None:
    client = redis.Redis.from_url(broker.ensure_running(root))
    client.rpush("queue", "letter")
    client.execute_command("WAITAOF", 1, 0, 3000)
    os.kill(client.info("server")["process_id"], signal.SIGKILL)
    assert redis.Redis.from_url(broker.ensure_running(root)).llen("queue") == 1


def test_a_second_start_leaves_the_running_broker_alone(root: Path) -> None:
    first = redis.Redis.from_url(broker.ensure_running(root)).info("server")["run_id"]
    assert redis.Redis.from_url(broker.ensure_running(root)).info("server")["run_id"] == first


def test_only_its_own_user_may_enter_and_no_network_port_is_open(root: Path) -> None:
    client = redis.Redis.from_url(broker.ensure_running(root))
    assert client.config_get("port") == {"port": "0"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    for folder in (root / "run", root / "broker"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == accounts.server_account().user


def test_a_failure_is_one_line_that_names_the_variable(root: Path) -> None:
    (root / "broker").write_text("a file where the folder should be")
    with pytest.raises(Unavailable) as failure:
        broker.ensure_running(root)
    assert "REDIS_URL=redis://" in str(failure.value)
    assert "\n" not in str(failure.value)
