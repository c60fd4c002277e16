"""RQ jobs: the schedule and the thin functions behind it. RQ only carries; the work is in the services."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Prepares the queue's connection."""
