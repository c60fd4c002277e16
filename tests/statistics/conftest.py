"""A country of made-up rows, counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from app.db import unit_of_work
from app.extensions import db
from app.services import statistics
from bench.town import fill
from tests.support.database import connect

TODAY = dt.date(2026, 11, 20)
NOW = dt.datetime(2026, 11, 20, 7, 0, tzinfo=dt.UTC)


@pytest.fixture
def country(clean: None, app: Any, database_url: str) -> Iterator[Any]:
    """2,000 children in the queues of one region, referrals behind and before them; everything counted."""
    with connect(database_url) as connection:
        fill(connection, 2000, TODAY)
    with app.app_context():
        refresh()
        yield db.session
        db.session.remove()


def refresh(now: dt.datetime = NOW) -> None:
    """Counts what the test has made so far."""
    db.session.commit()
    with unit_of_work() as session:
        statistics.refresh(session, now)
