"""Numbers and dates of the rules in words, translatable.

A screen that shows "5 working days" takes it from here, so a number changed in the rule set changes
the screen. The defaults speak English; the edge passes gettext, ngettext and its own DateWords.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from app.rules.limits import Limit, MonthDay, Unit

Translate = Callable[[str], str]
TranslatePlural = Callable[[str, str, int], str]

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class CountedWords:
    """A msgid, its plural and the number that chooses between them: ngettext(singular, plural, n)."""

    singular: str
    plural: str
    n: int


def ngettext(singular: str, plural: str) -> tuple[str, str]:
    """Mark a pair for the catalogues; it bears the name by which the extractor finds plural pairs."""
    return singular, plural


_LIMIT_WORDS = {
    Unit.SECONDS: ngettext("%(num)d second", "%(num)d seconds"),
    Unit.MINUTES: ngettext("%(num)d minute", "%(num)d minutes"),
    Unit.HOURS: ngettext("%(num)d hour", "%(num)d hours"),
    Unit.CALENDAR_DAYS: ngettext("%(num)d calendar day", "%(num)d calendar days"),
    Unit.WORKING_DAYS: ngettext("%(num)d working day", "%(num)d working days"),
    Unit.MONTHS: ngettext("%(num)d month", "%(num)d months"),
}


def limit_words(limit: Limit) -> CountedWords:
    """The plural msgid of a limit, e.g. ("%(num)d working day", "%(num)d working days", 5)."""
    singular, plural = _LIMIT_WORDS[limit.unit]
    return CountedWords(singular, plural, limit.amount)


def english_plural(singular: str, plural: str, n: int) -> str:
    """English ngettext: a format string with %(num)d filled in, as flask-babel's ngettext does."""
    return (singular if n == 1 else plural) % {"num": n}


def limit_text(limit: Limit, translate_plural: TranslatePlural = english_plural) -> str:
    """A limit in words: "5 working days"."""
    words = limit_words(limit)
    return translate_plural(words.singular, words.plural, words.n)


class DateWords:
    """How dates read. The edge passes a subclass for the reader's language."""

    def full(self, day: date) -> str:
        return f"{day.day} {self.month(day)} {day.year}"

    def weekday_date(self, day: date) -> str:
        return f"{WEEKDAYS[day.weekday()]} {self.full(day)}"

    def month(self, day: date) -> str:
        """The month as it stands after a day number."""
        return MONTHS[day.month - 1]

    def day_of_year(self, on: MonthDay) -> str:
        """A day of every year: "1 October"."""
        return f"{on.day} {self.month(on.in_year(2001))}"

    def moment(self, at: datetime) -> str:
        """A local moment; seconds only where they say something."""
        clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
        return f"{self.weekday_date(at.date())}, {clock}"


ENGLISH = DateWords()


def day_list(days: Sequence[date], words: DateWords = ENGLISH) -> str:
    """Single days, the month once: "20, 26, 27 March, 1 April"."""
    months = [list(of_month) for _, of_month in groupby(days, key=lambda day: (day.year, day.month))]
    return ", ".join(f"{', '.join(str(day.day) for day in month)} {words.month(month[0])}" for month in months)


def day_range(first: date, last: date, words: DateWords = ENGLISH) -> str:
    """Days in a row: "23 March", "21–23 March", "30 April – 2 May"."""
    if first == last:
        return f"{first.day} {words.month(first)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {words.month(last)}"
    return f"{first.day} {words.month(first)} – {last.day} {words.month(last)}"
