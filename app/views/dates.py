"""Dates, moments and sums of deadlines in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from babel.dates import get_month_names
from flask_babel import format_date, format_datetime, get_locale, gettext, ngettext

from app import clock
from app.rules.deadlines import Deadline, formula, formula_text, from_json
from app.rules.limits import Limit
from app.rules.sentences import DateWords, limit_text


class ReaderDates(DateWords):
    """How dates read in the language of the request (texts.md §6)."""

    def full(self, day: dt.date) -> str:
        return format_date(day, gettext("d MMMM y"))

    def weekday_date(self, day: dt.date) -> str:
        return format_date(day, gettext("EEEE, d MMMM y"))

    def month(self, day: dt.date) -> str:
        return str(get_month_names("wide", "format", get_locale())[day.month])

    def moment(self, at: dt.datetime) -> str:
        pattern = gettext("EEEE, d MMMM y, HH:mm:ss") if at.second else gettext("EEEE, d MMMM y, HH:mm")
        return format_datetime(at, pattern)


def long_date(day: dt.date) -> str:
    """A day with its weekday: "Friday, 20 November 2026"."""
    return ReaderDates().weekday_date(day)


def long_moment(at: dt.datetime) -> str:
    """An aware moment in the country's time, with weekday, hours and minutes."""
    return format_datetime(clock.local(at), gettext("EEEE, d MMMM y, HH:mm"))


def limit_words(limit: Limit) -> str:
    """A limit in words: "5 working days"."""
    return limit_text(limit, ngettext)


def stored_deadline(facts: Mapping[str, Any]) -> Deadline | None:
    """The deadline that was stored beside a row, None where none was (a contract on paper)."""
    return from_json(facts) if facts else None


def counted(deadline: Deadline) -> str:
    """How a deadline was counted, in one line: day 0, counted days, skipped days and why, the last day."""
    return formula_text(formula(deadline), gettext, ngettext, ReaderDates())
