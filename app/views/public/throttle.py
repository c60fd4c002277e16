"""How often one person or address may ask for something that costs money or tells something."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging

from flask import current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

log = logging.getLogger(__name__)

_spare = MovingWindowRateLimiter(MemoryStorage())


def allowed(name: str, window: str, key: str | None = None) -> bool:
    """Counts one request of `name` by `key` (the caller's address when not given) and says whether it may be answered.

    `window` is written as Flask-Limiter writes it, "10 per hour". While the broker is away, this process counts.
    """
    limiter: Limiter = current_app.extensions["kezek.office"].sm.limiter
    if not limiter.enabled:
        return True
    item, hashed = parse(window), _folded(key or get_remote_address())
    try:
        return bool(limiter.limiter.hit(item, name, hashed))
    except limiter.storage.base_exceptions:
        log.warning("broker away: requests are counted in this process alone")
        return _spare.hit(item, name, hashed)


def next_free(window: str, now: dt.datetime) -> dt.datetime:
    """The latest moment at which the window has passed, for the sentence that asks to wait."""
    return now + dt.timedelta(seconds=parse(window).get_expiry())


def _folded(key: str) -> str:
    # The storage learns neither phones nor IINs.
    return hashlib.sha256(f"{current_app.config['SECRET_KEY']}|{key}".encode()).hexdigest()[:24]
