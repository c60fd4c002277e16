"""How often one address may ask: the limiter of an application, kept in the broker."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

LIMITS_KEY = "kezek-limits"


def make_limiter(app: Flask) -> Limiter:
    """The application's limiter on REDIS_URL; RATELIMIT_STORAGE_URI overrides it, RATELIMIT_ENABLED=False stops it.

    While the broker is away counting goes on in memory: losing it must neither open the doors nor shut them.
    """
    app.config["RATELIMIT_ENABLED"] = app.config.get("KEZEK_RATE_LIMITS", True)
    limiter = Limiter(
        key_func=get_remote_address,
        storage_uri=app.config.get("RATELIMIT_STORAGE_URI") or storage_uri(app.config.get("REDIS_URL", "")),
        strategy="moving-window",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
        key_prefix=LIMITS_KEY,
    )
    limiter.init_app(app)
    return limiter


def storage_uri(redis_url: str) -> str:
    """The broker's address as the limiter spells it; memory when there is none."""
    if redis_url.startswith("unix://"):
        return f"redis+{redis_url}"
    return redis_url or "memory://"
