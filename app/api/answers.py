"""Every refusal of the API is JSON with a code for programs and a sentence for people."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify
from flask_babel import gettext

CODES = {
    400: "BAD_REQUEST",
    401: "NO_TOKEN",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    409: "REFUSED",
    422: "INVALID",
    429: "TOO_MANY",
    500: "FAILURE",
}


class SpokenErrors:
    """Mixin for FAB APIs: adds `error` to every answer that is one."""

    def response(self, code: int, **kwargs: Any) -> Response:
        if code >= 400:
            kwargs.setdefault("error", CODES.get(code, str(code)))
        return super().response(code, **kwargs)  # type: ignore[misc]


def speak_json(jwt_manager: Any) -> None:
    """A missing, spoiled or old token is answered in the same form."""

    def refuse(*_: Any) -> tuple[Response, int]:
        sentence = gettext("A valid token is needed. Log in at /api/v1/security/login.")
        return jsonify(error=CODES[401], message=sentence), 401

    for hook in ("unauthorized_loader", "invalid_token_loader", "expired_token_loader", "user_lookup_error_loader"):
        getattr(jwt_manager, hook)(refuse)
