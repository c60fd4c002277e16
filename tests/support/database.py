"""A migrated database per worker, emptied before each test. Commits are real: nothing is patched or rolled back."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy.engine import make_url

from embedded.locks import exclusive
from embedded.places import PROJECT
from tests.support.servers import run_root

# Roles and permissions are the program's own and the same for every test.
KEPT = {"alembic_version", "ab_permission", "ab_view_menu", "ab_permission_view", "ab_role", "ab_permission_view_role"}
SECRET = "a-key-for-tests-alone-0123456789"


def database_name(suffix: str) -> str:
    return f"{run_root().name.replace('-', '_')}_{suffix}"


def url_of(server: str, name: str) -> str:
    """The URL of database `name` on the server of URL `server`."""
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def connect(url: str, **options: Any) -> psycopg.Connection:
    """A connection of its own to the database of a SQLAlchemy URL."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, **options)


def drop_databases(root: Path) -> None:
    """Leave nothing on a server that is not ours."""
    given = os.environ.get("KEZEK_TEST_DATABASE_URL")
    if not given:
        return
    with connect(given, autocommit=True) as server:
        names = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [root.name.replace("-", "_")]
        ).fetchall()
        for (name,) in names:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def create_database(server_url: str, name: str, template: str = "template0") -> str:
    with connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    return url_of(server_url, name)


def flask_environment(database_url: str, redis_url: str, **more: str) -> dict[str, str]:
    """For programs of the product that a test starts."""
    values = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "KEZEK_DEMO": "1", "SECRET_KEY": SECRET}
    return {**os.environ, **values, "KEZEK_FILES": str(run_root() / "files"), **more}


def run_flask(environment: dict[str, str], *words: str) -> str:
    """Run a `flask` command of the product to its end; gives its output, fails the test when it fails."""
    command = [sys.executable, "-m", "flask", "--app", "app:create_app", *words]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(f"flask {' '.join(words)} ended with code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


@pytest.fixture(scope="session")
def template_database(postgres_url: str, redis_url: str) -> str:
    """Name of the migrated database that workers copy; the first worker to ask migrates it."""
    ready = run_root() / "template.ready"
    name = database_name("template")
    with exclusive(run_root() / "template.lock"):
        if not ready.exists():
            url = create_database(postgres_url, name)
            environment = flask_environment(url, redis_url)
            run_flask(environment, "db", "upgrade")
            run_flask(environment, "init")
            ready.touch()
    return name


@pytest.fixture(scope="session")
def database_url(postgres_url: str, template_database: str, worker_id: str) -> str:
    """This worker's own migrated database."""
    with exclusive(run_root() / "template.lock"):  # a database in use as a template takes one copy at a time
        url = create_database(postgres_url, database_name(worker_id), template_database)
    _keep_pristine(url)
    return url


@pytest.fixture
def new_database(postgres_url: str) -> Iterator[Callable[..., str]]:
    """Makes further databases, for tests of migrations: `new_database("name")` is empty,
    `new_database("name", template_database)` migrated. Dropped after the test."""
    made: list[str] = []

    def make(suffix: str, template: str = "template0") -> str:
        made.append(database_name(f"{os.getpid()}_{suffix}"))
        return create_database(postgres_url, made[-1], template)

    yield make
    with connect(postgres_url, autocommit=True) as server:
        for name in made:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _tables(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [name for (name,) in rows if name not in KEPT]


def _filled(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    if not tables:
        return []
    looks = [sql.SQL("EXISTS (SELECT FROM public.{})").format(sql.Identifier(name)) for name in tables]
    row = connection.execute(sql.SQL("SELECT {}").format(sql.SQL(", ").join(looks))).fetchone() or ()
    return [name for name, filled in zip(tables, row, strict=True) if filled]


def _keep_pristine(url: str) -> None:
    """Copies of what migrations and `flask init` put into tables, so that emptying can put it back."""
    with connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA pristine")
        for name in _filled(connection, _tables(connection)):
            table = sql.Identifier(name)
            connection.execute(sql.SQL("CREATE TABLE pristine.{} AS TABLE public.{}").format(table, table))


def empty(url: str) -> None:
    """Bring the database back to what migrations left. Triggers and foreign keys are off meanwhile: the event table
    refuses TRUNCATE otherwise."""
    with connect(url) as connection:
        connection.execute("SET lock_timeout = '10s'")
        connection.execute("SET session_replication_role = replica")
        filled = _filled(connection, _tables(connection))
        if filled:
            names = sql.SQL(", ").join(sql.Identifier("public", name) for name in filled)
            connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
        kept = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'pristine'").fetchall()
        for (name,) in kept:
            _put_back(connection, name)


def _put_back(connection: psycopg.Connection, name: str) -> None:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [name],
    ).fetchall()
    columns = sql.SQL(", ").join(sql.Identifier(column) for (column,) in rows)
    connection.execute(
        sql.SQL("INSERT INTO public.{0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM pristine.{0}").format(
            sql.Identifier(name), columns
        )
    )


@pytest.fixture(scope="session")
def app(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The application on this worker's database. Forms need no CSRF token here; `live_server` demands them."""
    from app import create_app

    return create_app(
        TESTING=True,
        DEMO=True,
        SECRET_KEY=SECRET,
        SQLALCHEMY_DATABASE_URI=database_url,
        REDIS_URL=redis_url,
        FILE_STORE=str(tmp_path_factory.mktemp("files")),
        WTF_CSRF_ENABLED=False,
    )


@pytest.fixture
def clean(database_url: str, redis_url: str) -> None:
    """An empty database (but for roles and permissions) and an empty broker."""
    empty(database_url)
    redis.Redis.from_url(redis_url).flushdb()


@pytest.fixture
def client(app: Any, clean: None) -> Any:
    """A browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def session(app: Any, clean: None) -> Iterator[Any]:
    """The application's session inside an application context; what a test commits is really committed."""
    from app.extensions import db

    with app.app_context():
        yield db.session
        db.session.remove()
