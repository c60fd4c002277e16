"""Which language a page is in: the reader's choice, then the account's, then what the browser asks for."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, request, session
from flask_babel import get_locale, get_translations
from flask_wtf import FlaskForm

from app import catalogues
from app.extensions import babel

LANGUAGES = ("kk", "ru", "en")
SHORT_LABELS = {"kk": "ҚАЗ", "ru": "РУС", "en": "ENG"}


def select_locale() -> str:
    """The language of this request. Writes no session, so an anonymous reader gets no cookie."""
    if not has_request_context():
        return "kk"
    asked = request.args.get("lang")
    if asked in LANGUAGES:
        return asked
    chosen = session.get("locale") or request.cookies.get("lang")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, default="kk") or "kk"


def language() -> str:
    """The two-letter code of the language in force (also inside force_locale)."""
    locale = get_locale()
    return locale.language if locale else "kk"


class FormWords:
    """Where forms find their words: our catalogues, because WTForms itself has no Kazakh."""

    def gettext(self, text: str) -> str:
        return str(get_translations().ugettext(text))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(get_translations().ungettext(singular, plural, n))


_FORM_WORDS = FormWords()


def _words_of(meta: Any, form: Any) -> FormWords:
    return _FORM_WORDS


def init_app(app: Flask) -> None:
    catalogues.compile_stale()
    # Set on FlaskForm itself: Flask-AppBuilder derives its forms from it, so a base class of ours would miss them.
    FlaskForm.Meta.get_translations = _words_of
    if "babel" not in app.extensions:
        babel.init_app(app, locale_selector=select_locale)
    app.jinja_env.globals["language"] = language
