"""Embedded PostgreSQL and Valkey for the demo and the tests, and the supervisor that runs the whole product."""

from __future__ import annotations

from dataclasses import dataclass

from embedded import broker, postgres
from embedded.places import PROJECT, Unavailable, default_root, places_of

__all__ = ["Addresses", "Unavailable", "addresses"]


@dataclass(frozen=True)
class Addresses:
    """Where the embedded servers of this checkout are found, and where its uploads lie."""

    database_url: str
    redis_url: str
    file_store: str


def addresses() -> Addresses:
    """What stands in for DATABASE_URL, REDIS_URL and KEZEK_FILES when they are unset.

    Follows from the project's path, the user and KEZEK_DATA_ROOT alone; starts nothing and never raises.
    """
    root = places_of().root
    files = (PROJECT / "var" if root == default_root() else root) / "files"
    return Addresses(postgres.address(), broker.address(), str(files))
