"""The toy office on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.fab.toy import PASSWORD, ToyBase, fill_toy, make_toy, refill_houses
from tests.support.database import connect, create_database, database_name


@pytest.fixture(scope="session")
def toy_database(postgres_url: str, worker_id: str) -> str:
    url = create_database(postgres_url, database_name(f"toy_{worker_id}"))
    with connect(url, autocommit=True) as connection:
        for extension in ("pg_trgm", "btree_gist"):
            connection.execute(psycopg.sql.SQL("CREATE EXTENSION {}").format(psycopg.sql.Identifier(extension)))
    return url


@pytest.fixture(scope="session")
def toy_session(toy_database: str, redis_url: str) -> Iterator[Flask]:
    from app.extensions import db

    app = make_toy(toy_database, redis_url)
    with app.app_context():
        db.metadata.create_all(db.engine)
        ToyBase.metadata.create_all(db.engine)
    fill_toy(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def toy(toy_session: Flask) -> Flask:
    """The toy office with its rooms in order."""
    from tests.fab.toy import RoomView

    refill_houses(toy_session)
    RoomView.changes.clear()
    return toy_session


@pytest.fixture
def toy_with_limits(toy_database: str, redis_url: str, toy: Flask) -> Flask:
    """A second application on the same data, with rate limits in force and CSRF demanded."""
    return make_toy(toy_database, redis_url, KEZEK_RATE_LIMITS=True, RATELIMIT_STORAGE_URI="memory://")


@pytest.fixture
def as_user(toy: Flask) -> Callable[[str], FlaskClient]:
    """A browser logged in as one of the toy's people."""

    def enter(username: str) -> FlaskClient:
        client = toy.test_client()
        answer = client.post("/office/login/", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return enter


@pytest.fixture
def token_of(toy: Flask) -> Callable[[str], dict[str, str]]:
    """Headers of a REST call in somebody's name."""

    def give(username: str) -> dict[str, str]:
        body = {"username": username, "password": PASSWORD, "provider": "db"}
        answer = toy.test_client().post("/api/v1/security/login", json=body)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json['access_token']}"}

    return give


@pytest.fixture
def statements(toy: Flask) -> Callable[[], Any]:
    """Records the SQL of a block: `with statements() as seen:`."""
    from app.extensions import db

    with toy.app_context():
        engine = db.engine

    @contextmanager
    def record() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return record
