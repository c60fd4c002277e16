"""Addresses are known without a server, and differ between checkouts."""

from __future__ import annotations

from pathlib import Path

import pytest

import embedded
from embedded import broker, postgres
from embedded.places import PROJECT, default_root
from embedded.secret import kept_secret


def test_addresses_follow_the_data_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEZEK_DATA_ROOT", "/somewhere/else")
    found = embedded.addresses()
    assert found.database_url == "postgresql+psycopg://postgres@/kezek?host=/somewhere/else/run"
    assert found.redis_url == "unix:///somewhere/else/run/broker.sock?db=0"
    assert found.file_store == "/somewhere/else/files"


def test_addresses_are_those_of_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEZEK_DATA_ROOT", raising=False)
    found = embedded.addresses()
    assert (found.database_url, found.redis_url) == (postgres.address(), broker.address())
    assert found.file_store == str(PROJECT / "var" / "files")


def test_two_checkouts_never_share_data() -> None:
    assert default_root(Path("/srv/one")) != default_root(Path("/srv/two"))


def test_the_demo_keeps_its_secret_readable_by_its_owner_alone(tmp_path: Path) -> None:
    first = kept_secret(tmp_path)
    assert len(first) == 64
    assert kept_secret(tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0
