"""What is worth computing once per request. Kept with the request itself, never on a shared view object."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from flask import has_request_context, request

Value = TypeVar("Value")


def once_per_request(key: Hashable, make: Callable[[], Value]) -> Value:
    """The value of `make()`, computed at most once per request under `key`; outside a request computed anew.

    Lives in the WSGI environment and not in flask.g: an application context opened by a command or
    a test may outlive a request, and a remembered permission must not.
    """
    if not has_request_context():
        return make()
    remembered = request.environ.setdefault("kezek.memory", {})
    if key not in remembered:
        remembered[key] = make()
    return remembered[key]
