"""What a reader sees when something is refused or fails: a plain page, or JSON for the API."""

from __future__ import annotations

import secrets
import traceback

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.i18n import select_locale
from app.rules.verdict import RuleBroken
from app.services.access import Forbidden, OutOfReach

Answer = tuple[str | Response, int]


def init_app(app: Flask) -> None:
    """Registers the answers. Which of them has a page of its own is app/templates/errors/."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, lambda error: _answer(400))
    app.register_error_handler(OutOfReach, lambda error: _answer(404))
    app.register_error_handler(Forbidden, lambda error: _answer(403))
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(Exception, _failure)


def _http(error: HTTPException) -> Answer | HTTPException:
    code = error.code or 500
    if code >= 500:
        return _failure(error)
    return _answer(code) if code >= 400 else error


def _rule_broken(error: RuleBroken) -> Answer:
    """A refusal nobody caught closer to its form: still a sentence, never a trace."""
    from app.services.reasons import explain

    return _answer(409, explain(error), error.code)


def _failure(error: Exception) -> Answer:
    trace = secrets.token_hex(4)
    # Where and of what class, never the text: a database's own words may quote the row of a person.
    where = "".join(traceback.format_tb(error.__traceback__))
    current_app.logger.error("failure %s at %s: %s\n%s", trace, request.endpoint, type(error).__name__, where)
    if request.path.startswith("/api/"):
        return jsonify(error="SERVER", message="", trace=trace), 500
    # Rendered without the context processors: what failed once would fail again in them.
    page = current_app.jinja_env.get_template("errors/500.html")
    return page.render(trace=trace, lang=select_locale(), no_flashes=True), 500


def _answer(code: int, sentence: str | None = None, reason: str | None = None) -> Answer:
    if request.path.startswith("/api/"):
        return jsonify(error=reason or code, message=sentence or ""), code
    page = code if code in (400, 403, 404, 413, 429) else 400
    return render_template(f"errors/{page}.html", reason=sentence), code
