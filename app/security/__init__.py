"""Who gets in, how often one may try, and what a browser may load."""

from __future__ import annotations

from typing import Final

from flask import Flask

#: Where the back office lies; everything below it is for staff alone.
OFFICE: Final = "/office"


def init_app(app: Flask) -> None:
    """Puts the security headers on every answer; the security manager itself comes with OfficeAppBuilder."""
    from app.security.headers import init_headers

    init_headers(app)
