"""The REST interface under /api/v1: reading for programs of the department, and the acts of the lifecycle.

A token comes from POST /api/v1/security/login. The rows, permissions and services are those of the office.
"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Registers the endpoints with the office's builder, so that one table grants pages and API alike."""
    from app.api.acts import ActsApi
    from app.api.answers import speak_json
    from app.api.subjects import READ_APIS

    builder = app.extensions["kezek.office"]
    with app.app_context():
        for api in READ_APIS:
            builder.add_api(api)
        builder.add_api(ActsApi)
    speak_json(builder.sm.jwt_manager)
