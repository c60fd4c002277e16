"""Slows down the guessing of passwords without giving anyone a way to lock another person out for long.

Failures are counted, never successes, in short windows that end by themselves:

* per address: somebody trying many accounts from one place;
* per account, all addresses together: somebody trying one account from many places;
* a browser that has logged in to the account before carries a signed device mark and is counted on
  its own, so that its owner gets in while strangers are being refused.

Unknown account names are counted like known ones, so that the answer betrays nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass

from flask import Response, after_this_request, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

log = logging.getLogger(__name__)

DEVICE_COOKIE = "kezek_device"
DEVICE_DAYS = 180
ADDRESS_WINDOW = parse("30 per 10 minutes")
ACCOUNT_WINDOW = parse("8 per 5 minutes")
DEVICE_WINDOW = parse("8 per 5 minutes")

_spare = MovingWindowRateLimiter(MemoryStorage())


class TooManyAttempts(Exception):
    """This address, account or device has failed too often just now; the window ends by itself."""


@dataclass(frozen=True)
class LoginGuard:
    """Counts failed logins in the limiter's storage (the broker, or memory while the broker is away)."""

    limiter: Limiter

    def check(self, account_name: str) -> None:
        """Raises TooManyAttempts when another attempt must wait; call it before the password is looked at."""
        if not self.limiter.enabled:
            return
        if any(not self._ask("test", window, key) for window, key in self._windows(account_name)):
            raise TooManyAttempts

    def failed(self, account_name: str) -> None:
        """Counts one failure."""
        if self.limiter.enabled:
            for window, key in self._windows(account_name):
                self._ask("hit", window, key)

    def succeeded(self, account_name: str) -> None:
        """Marks this browser as one that knows the password; its mark goes out with the answer."""
        mark = _serializer().dumps([_folded(account_name), secrets.token_hex(8)])

        @after_this_request
        def send(response: Response) -> Response:
            response.set_cookie(
                DEVICE_COOKIE,
                mark,
                max_age=DEVICE_DAYS * 86_400,
                httponly=True,
                samesite="Lax",
                secure=current_app.config["SESSION_COOKIE_SECURE"],
            )
            return response

    def _ask(self, question: str, window: RateLimitItem, key: tuple[str, str]) -> bool:
        try:
            return getattr(self.limiter.limiter, question)(window, *key)
        except self.limiter.storage.base_exceptions:
            log.warning("broker away: failed logins are counted in this process alone")
            return getattr(_spare, question)(window, *key)

    def _windows(self, account_name: str) -> list[tuple[RateLimitItem, tuple[str, str]]]:
        folded = _folded(account_name)
        device = _device_of(folded)
        own = (DEVICE_WINDOW, ("login-device", device)) if device else (ACCOUNT_WINDOW, ("login-account", folded))
        return [own, (ADDRESS_WINDOW, ("login-address", get_remote_address()))]


def _device_of(folded_name: str) -> str | None:
    """The device's own mark when this browser has proved to know this account's password."""
    try:
        name, device = _serializer().loads(request.cookies.get(DEVICE_COOKIE, ""))
    except (BadSignature, ValueError, TypeError):
        return None
    return device if hmac.compare_digest(name, folded_name) else None


def _folded(account_name: str) -> str:
    """The account's name as a key: case makes no other account, and the storage learns no phone number."""
    salted = f"{current_app.config['SECRET_KEY']}|{account_name.strip().casefold()}"
    return hashlib.sha256(salted.encode()).hexdigest()[:24]


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="login-device")
