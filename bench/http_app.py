"""The product as it is served, with two pages of the bench beside it: plain words, and one SELECT."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from app import create_app
from app.extensions import db

HELLO, ONE_SELECT = "/bench/hello", "/bench/select"


def serve(database_url: str, redis_url: str, secret: str, files: str) -> Flask:
    """For gunicorn: bench.http_app:serve("…", …)."""
    app = create_app(
        DEMO=False,
        SECRET_KEY=secret,
        SQLALCHEMY_DATABASE_URI=database_url,
        REDIS_URL=redis_url,
        FILE_STORE=files,
    )

    @app.get(HELLO)
    def hello() -> str:
        return "hello"

    @app.get(ONE_SELECT)
    def one_select() -> str:
        row = db.session.execute(text("SELECT status, free FROM bulletin WHERE id = :id"), {"id": 1}).one()
        return f"{row.status} {row.free}"

    return app
