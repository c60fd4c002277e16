"""Dates, moments and sums of deadlines in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from babel.dates import format_date, get_month_names
from flask_babel import gettext, ngettext

from app.i18n import language
from app.rules.deadlines import Deadline, formula, formula_text, from_json
from app.rules.limits import Limit
from app.rules.sentences import DateWords, limit_text
from app.services import wording


class ReaderDates(DateWords):
    """How dates read in the language of the request (app/services/wording.py has the same forms)."""

    def full(self, day: dt.date) -> str:
        return str(format_date(day, "d MMMM y" if language() == "en" else "long", locale=language()))

    def weekday_date(self, day: dt.date) -> str:
        return long_date(day)

    def month(self, day: dt.date) -> str:
        return str(get_month_names("wide", "format", locale=language())[day.month])

    def moment(self, at: dt.datetime) -> str:
        seconds = f":{at:%S}" if at.second else ""
        return wording.moment(at, language()) + seconds


def long_date(day: dt.date) -> str:
    """A day with its weekday: "Friday, 20 November 2026"."""
    return wording.long_date(day, language())


def long_moment(at: dt.datetime) -> str:
    """An aware moment in the country's time, with weekday, hours and minutes."""
    return wording.moment(at, language())


def limit_words(limit: Limit) -> str:
    """A limit in words: "5 working days"."""
    return limit_text(limit, ngettext)


def stored_deadline(facts: Mapping[str, Any]) -> Deadline | None:
    """The deadline that was stored beside a row, None where none was (a contract on paper)."""
    return from_json(facts) if facts else None


def counted(deadline: Deadline) -> str:
    """How a deadline was counted, in one line: day 0, counted days, skipped days and why, the last day."""
    return wording.one_stop(formula_text(formula(deadline), gettext, ngettext, ReaderDates()))
