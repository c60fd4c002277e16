"""Sending a text to a phone or a mailbox. The demo's adapter keeps it for the outbox page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from flask import Flask, current_app

from app.models.enums import Channel

_KEY = "kezek.texting"


class SendingFailed(Exception):
    """The gateway did not take the text; it is tried again later."""


@dataclass(frozen=True)
class Text:
    """One rendered text on its way."""

    channel: Channel
    address: str
    subject: str
    body: str


class TextGateway(Protocol):
    #: Whether the sent text may be kept beside the delivery (the demo's outbox page shows it).
    keeps_text: bool

    def send(self, text: Text) -> None:
        """Hands the text over. Raises SendingFailed when the gateway did not take it."""


class DemoOutbox:
    """Sends nothing; the delivery row keeps the text, and the outbox page shows it."""

    keeps_text = True

    def send(self, text: Text) -> None:
        if not text.address:
            raise SendingFailed("no address")


class NotSetUp:
    """No gateway is configured: every delivery waits, visibly, until one is."""

    keeps_text = False

    def send(self, text: Text) -> None:
        raise SendingFailed("no SMS or e-mail gateway is set up")


def init_app(app: Flask) -> None:
    app.extensions[_KEY] = DemoOutbox() if app.config["DEMO"] else NotSetUp()


def gateway() -> TextGateway:
    """The gateway of this installation."""
    return current_app.extensions[_KEY]
