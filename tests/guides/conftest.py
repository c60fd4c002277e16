"""The town of a guide, under its rules and in its language, and the clock in the test's hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app import clock
from tests.factories import NOON
from tests.guides import steps


@pytest.fixture
def hand(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The product's time. All walks come from one address; the limits of a place have tests of their own."""

    class Hand:
        at: dt.datetime = NOON

    monkeypatch.setattr(app.extensions["kezek.office"].sm.limiter, "enabled", False)
    clock.use_source(lambda: Hand.at)
    yield Hand
    clock.use_source(None)


@pytest.fixture
def build(app: Any, clean: None, hand: Any) -> Callable[..., steps.Town]:
    """`build("sitcen_2019", "kk", group={...}, kind=...)`."""
    return lambda rule_set, language, **more: steps.build(app, hand, rule_set, language, **more)
