"""What a browser may do with our pages."""

from __future__ import annotations

import secrets

from flask import Flask, Response, request

from app.views.fab.app_builder import OFFICE
from app.views.fab.memory import once_per_request

SHARED_RULES = (
    "default-src 'self'",
    "script-src 'self' 'nonce-{nonce}'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "form-action 'self'",
)
STRICT_STYLE = "style-src 'self'"
# Select2, which FAB ships, writes inline styles; scripts stay strict there too.
OFFICE_STYLE = "style-src 'self' 'unsafe-inline'"

FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


def csp_nonce() -> str:
    """The nonce of this answer's own scripts; also a Jinja global, which FAB's templates look for."""
    return once_per_request("csp nonce", lambda: secrets.token_urlsafe(16))


def init_headers(app: Flask) -> None:
    """Puts the headers on every answer and `csp_nonce` into every template."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    style = OFFICE_STYLE if request.path.startswith(f"{OFFICE}/") else STRICT_STYLE
    policy = "; ".join([*SHARED_RULES, style]).format(nonce=csp_nonce())
    response.headers.setdefault("Content-Security-Policy", policy)
    for name, value in FIXED_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.path.startswith(f"{OFFICE}/"):
        # Pages with children's data are not kept by shared computers.
        response.headers.setdefault("Cache-Control", "no-store")
    return response
