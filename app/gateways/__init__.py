"""The outside world behind small interfaces: person register, SMS and e-mail, signatures, files.

Each gateway module holds its interface, its adapters and one accessor; init_app chooses the adapter
from the settings. A demo adapter is chosen only in the demo.
"""

from __future__ import annotations

from flask import Flask

from app.gateways import file_store, person_register, signatures, texting


def init_app(app: Flask) -> None:
    """Chooses the adapters of this installation."""
    for gateway in (file_store, person_register, signatures, texting):
        gateway.init_app(app)
