"""Verifying electronic signatures. Real EDS verification takes this interface's place in a later issue;
until then only the demo's development signer exists, and only in the demo."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import Protocol

from flask import Flask, current_app

from app.demo.guard import require_demo

_KEY = "kezek.signatures"


@dataclass(frozen=True)
class Signatory:
    """Whom a signature must belong to: a person by IIN, or an organisation by BIN."""

    iin: str | None = None
    bin: str | None = None


class SignatureRefused(Exception):
    """The signature does not hold; `code` is one of the EDS_* reasons (texts.md §5)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Verifier(Protocol):
    """Checks one detached signature."""

    def verify(self, signed: bytes, signature: str, expected: Signatory, at: dt.datetime) -> None:
        """Raises SignatureRefused unless `signature` is over `signed` and belongs to `expected`."""


class NoVerifier:
    """No signature service is set up: nothing can be signed, and the reader is told so."""

    def verify(self, signed: bytes, signature: str, expected: Signatory, at: dt.datetime) -> None:
        raise SignatureRefused("EDS_NOT_SET_UP")


class DevelopmentSigner:
    """Signs and verifies with the installation's own secret, so that the demo's walk can be walked.

    It proves that nothing was altered and for whom it was signed; it is no electronic signature by law.
    Every use asks the guard whether this installation is the demo.
    """

    def __init__(self, secret: str) -> None:
        self._secret = hashlib.sha256(b"development signer\x00" + secret.encode()).digest()

    def sign(self, signed: bytes, signatory: Signatory) -> str:
        """A signature over `signed` in the name of `signatory`. Raises NotTheDemo outside the demo."""
        require_demo()
        who = json.dumps(asdict(signatory), sort_keys=True)
        return base64.b64encode(json.dumps({"who": who, "mac": self._mac(signed, who)}).encode()).decode()

    def verify(self, signed: bytes, signature: str, expected: Signatory, at: dt.datetime) -> None:
        require_demo()
        try:
            parts = json.loads(base64.b64decode(signature, validate=True))
            who, mac = str(parts["who"]), str(parts["mac"])
            owner = Signatory(**json.loads(who))
        except (ValueError, KeyError, TypeError) as error:
            raise SignatureRefused("EDS_UNREADABLE") from error
        if not hmac.compare_digest(mac, self._mac(signed, who)):
            raise SignatureRefused("EDS_OTHER_DOCUMENT")
        if expected.iin is not None and owner.iin != expected.iin:
            raise SignatureRefused("EDS_IIN")
        if expected.bin is not None and owner.bin != expected.bin:
            raise SignatureRefused("EDS_BIN")

    def _mac(self, signed: bytes, who: str) -> str:
        return hmac.new(self._secret, who.encode() + b"\x00" + signed, hashlib.sha256).hexdigest()


def init_app(app: Flask) -> None:
    app.extensions[_KEY] = DevelopmentSigner(app.config["SECRET_KEY"]) if app.config["DEMO"] else NoVerifier()


def verifier() -> Verifier:
    """The verifier of this installation."""
    return current_app.extensions[_KEY]


def development_signer() -> DevelopmentSigner:
    """The demo's signer. Raises NotTheDemo anywhere else."""
    require_demo()
    signer = current_app.extensions[_KEY]
    assert isinstance(signer, DevelopmentSigner)  # noqa: S101 - the guard has just said so
    return signer
