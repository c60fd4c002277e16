"""A small application that shows the templates without the rest of the product."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, render_template, render_template_string, request
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import BooleanField, FileField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
NOW = dt.datetime(2026, 11, 12, 17, 59, 50, tzinfo=ZoneInfo("Asia/Almaty"))
SHORT = {"kk": "ҚАЗ", "ru": "РУС", "en": "ENG"}


class SampleForm(FlaskForm):
    """One field of every kind that the macro `field` knows."""

    iin = StringField("ЖСН", [DataRequired(), Length(12, 12)], description="12 цифр")
    role = RadioField(
        "Кім боласыз?", [DataRequired()], choices=[SelectChoice("m", "Анасы"), SelectChoice("f", "Әкесі")]
    )
    languages = SelectMultipleField("Оқыту тілі", choices=[SelectChoice("kk", "қазақша"), SelectChoice("ru", "орысша")])
    about = TextAreaField("Түсініктеме")
    attachment = FileField("Құжат")
    consent = BooleanField("Келісемін", [DataRequired()])


def chosen_language() -> str:
    """The language of the request: ?lang=kk|ru|en, Kazakh when it is not given."""
    return request.args.get("lang", "kk")


def common() -> dict:
    """What the public blueprint gives to every page, with invented values."""
    lang = chosen_language()
    return {
        "languages": [(code, short, f"?lang={code}", code == lang) for code, short in SHORT.items()],
        "nav": [("/", "Басты бет", True, 0), ("/inbox", "Хабарламалар", False, 2)],
        "server_now": NOW,
        "locality_name": "Кентау Қ.Ә.",
        "locality_url": "/locality",
        "unread_count": 2,
        "demo": True,
        "help_phone": "+7 700 000 00 00",
        "footer_links": [("Ашық деректер", [("/data", "CSV")])],
    }


def moments() -> dict:
    """The moments that the page of parts shows."""
    return {
        "opening_at": NOW + dt.timedelta(seconds=10),
        "tight_at": NOW + dt.timedelta(hours=6),
        "soon_at": NOW + dt.timedelta(days=5, hours=6),
        "calm_at": NOW + dt.timedelta(days=20),
        "over_at": NOW - dt.timedelta(days=3),
    }


def make_toy(translations: str = str(ROOT / "translations")) -> Flask:
    """An application with the product's templates and static files, and no database."""
    toy = Flask("look", template_folder=str(APP / "templates"), static_folder=str(APP / "static"))
    toy.config.update(
        SECRET_KEY="look", BABEL_DEFAULT_TIMEZONE="Asia/Almaty", BABEL_TRANSLATION_DIRECTORIES=translations
    )
    Babel(toy, locale_selector=chosen_language)
    CSRFProtect(toy)
    toy.jinja_env.globals["csp_nonce"] = lambda: "toy-nonce"
    toy.context_processor(common)
    toy.add_url_rule("/style", view_func=style)
    toy.add_url_rule("/errors/<int:code>", view_func=error)
    toy.add_url_rule("/bare/<int:code>", view_func=bare_error)
    toy.add_url_rule("/once", view_func=once, methods=["GET", "POST"])
    toy.add_url_rule("/rows", view_func=rows, methods=["GET", "POST"])
    toy.after_request(strict_policy)
    return toy


POSTS: list[str] = []


def once() -> str:
    """A form that is slow to answer; POSTS counts what arrived."""
    if request.method == "POST":
        POSTS.append(request.form["word"])
        time.sleep(0.5)
    return render_template_string(
        """{% extends "public/base.html" %}{% block content %}<form method="post" data-once>
        <input type="hidden" name="csrf_token" value="{{ csrf_token() }}"><button name="word" value="one">Send</button>
        </form>{% endblock %}"""
    )


def style() -> str:
    """The page of parts; ?wrong shows the form with errors."""
    form = SampleForm(request.args or None, meta={"csrf": False})
    if "wrong" in request.args:
        form.validate()
    month = [f"2026-{n:02d}-01" for n in range(2, 12)]
    trace = {"type": "scatter", "x": month, "y": [402, 398, 390, 380, 371, 350, 340, 322, 318, 312]}
    return render_template("public/style.html", form=form, figure={"data": [trace], "layout": {}}, **moments())


def rows() -> str:
    """A list of the office with a bulk act and an act of a row; POSTS keeps the acts that arrived."""
    if request.method == "POST":
        POSTS.append(f"{request.form.get('act', 'one')} {request.form.getlist('row')}")
    return render_template_string(
        """{% extends "public/base.html" %}{% block head %}
        <script src="/static/js/office.js" defer></script>{% endblock %}
        {% block content %}<form id="acts" method="post" data-once><input type="hidden" name="csrf_token"
        value="{{ csrf_token() }}"><button name="act" value="many" data-needs-rows
        data-confirm="Sure">Many</button></form>
        <input type="checkbox" data-check-all="acts"><input type="checkbox" form="acts" name="row" value="7">
        <form id="ask" method="post" data-once data-confirm="Sure"><input type="hidden" name="csrf_token"
        value="{{ csrf_token() }}"><button name="act" value="ask">Ask</button></form>
        {% endblock %}"""
    )


def error(code: int) -> str:
    """One of the error pages with the usual context."""
    return render_template(f"errors/{code}.html", trace="7F3A", max_mb=5, opens_at=NOW)


def bare_error(code: int) -> str:
    """The same without any context processor, as after a failure of the database."""
    return current_app.jinja_env.get_template(f"errors/{code}.html").render(trace="7F3A", lang="ru", no_flashes=True)


def strict_policy(response: Response) -> Response:
    """The policy of the parents' pages: a violation shows in the browser's console."""
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; script-src 'self' 'nonce-toy-nonce'; style-src 'self'; img-src 'self' data:"
    )
    return response
