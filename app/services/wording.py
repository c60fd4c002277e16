"""Facts of a refusal or a message as the reader reads them: dates, codes, names and lists in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import gettext
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models import BenefitCategory, Locality, enums
from app.rules.rule_sets import Reviewer
from app.words import N_, Labelled

# What a stored key is called in a language; None when there is no such row any more.
Names = Callable[[str, Any, str], str | None]

_KINDS: Final = {
    name: kind
    for name, kind in vars(enums).items()
    if isinstance(kind, type) and issubclass(kind, Labelled) and kind is not Labelled
}

# Fields and next steps that rules name by a code of their own.
_CODES: Final[dict[str, str]] = {
    "parent_document": N_("identity document of the parent"),
    "parent_address": N_("address of the parent"),
    "parent_phone": N_("phone number of the parent"),
    "birth_certificate": N_("number of the birth certificate"),
    "stop_list": N_("the application goes to the stop-list"),
    "archive": N_("the application goes to the archive"),
    "next_child": N_("the place is offered to the next child"),
}


def stored_name(key: str, value: Any, language: str) -> str | None:
    """The name of a locality (by id) or of a benefit category (by code) as the database has it."""
    if key == "category":
        category = db.session.scalar(select(BenefitCategory).where(BenefitCategory.code == value))
        return category.name(language) if category else None
    locality = db.session.get(Locality, value)
    return locality.name(language) if locality else None


def in_words(facts: Mapping[str, Any], language: str, names: Names = stored_name) -> dict[str, str]:
    """`facts` ready to stand in a sentence in `language`, which must be the language in force.

    Empty facts and names that are gone are left out, so that a sentence without them is chosen.
    """
    words = {key: _word(key, value, language, names) for key, value in facts.items() if value not in (None, "", [])}
    return {key: word for key, word in words.items() if word}


def _word(key: str, value: Any, language: str, names: Names) -> str | None:
    if key in ("locality", "locality2", "category"):
        return names(key, value, language)
    if isinstance(value, list | tuple):
        return ", ".join(word for item in value if (word := _word(key, item, language, names)))
    if key in _BY_KEY:
        return _BY_KEY[key](value, language)
    if isinstance(value, str):
        return _text(value, language)
    return _by_type(value, language)


def _by_type(value: Any, language: str) -> str:
    if isinstance(value, dt.datetime):
        return moment(value, language)
    if isinstance(value, dt.date):
        return long_date(value, language)
    if isinstance(value, float):
        return str(format_decimal(value, locale=language))
    return str(value)


def _text(value: str, language: str) -> str:
    """A member of an enum or its "Kind.value" in words; any other text as it was written."""
    if isinstance(value, Labelled):
        return label(value, language)
    kind, _, code = value.partition(".")
    if kind in _KINDS and code in set(_KINDS[kind]):
        return label(_KINDS[kind](code), language)
    return value.strip()


def label(member: Labelled, language: str) -> str:
    """The label of a code as it stands inside a sentence."""
    text = gettext(member.msgid)
    is_name = language == "en" and isinstance(member, enums.Language)
    # "PMPK conclusion" keeps its capitals, "Photo of the child" does not begin a sentence here.
    return text if is_name or not text[1:2].islower() else text[0].lower() + text[1:]


def long_date(day: dt.date, language: str) -> str:
    """A date with its weekday: "Friday, 20 November 2026"."""
    # The order of day, month and year is a matter of language, so the pattern is translated like a word.
    return str(format_date(day, gettext("EEEE, d MMMM y"), locale=language))


def short_date(day: dt.date) -> str:
    """A date as an SMS has room for: "20.11.2026"."""
    return f"{day:%d.%m.%Y}"


def moment(at: dt.datetime, language: str) -> str:
    """A moment in the country's time: "Friday, 20 November 2026, 18:00"."""
    local = clock.local(at)
    return f"{long_date(local.date(), language)}, {local:%H:%M}"


def as_date(value: dt.date | str) -> dt.date:
    """The date of a fact, which a stored message keeps as ISO text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value


def as_moment(value: dt.datetime | str) -> dt.datetime:
    """The moment of a fact, which a stored message keeps as ISO text."""
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


def _language_name(value: str, language: str) -> str:
    return label(enums.Language(value), language)


def _role_name(value: str, language: str) -> str:
    """A role, or whose word it was on the documents of a queue."""
    return label(Reviewer(value) if value in set(Reviewer) else enums.Role(value), language)


def _code(value: str, language: str) -> str:
    return gettext(_CODES[value]) if value in _CODES else value


_BY_KEY: Final[dict[str, Callable[[Any, str], str]]] = {
    "date": lambda value, language: long_date(as_date(value), language),
    "moment": lambda value, language: moment(as_moment(value), language),
    "time": lambda value, language: f"{clock.local(as_moment(value)):%H:%M}",
    "language": _language_name,
    "languages": _language_name,
    "role": _role_name,
    "fields": _code,
    "next": _code,
}


def placeholders(text: str) -> frozenset[str]:
    """The names in braces that `text` must be given."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def choose(variants: tuple[str, ...], given: Mapping[str, str]) -> str:
    """The first of `variants` (msgids, the fullest first) that `given` can fill; the last when none can."""
    return next((text for text in variants if placeholders(text) <= given.keys()), variants[-1])


def fill(msgid: str, words: Mapping[str, str]) -> str:
    """`msgid` in the language in force, filled. A date that ends in a stop does not double the sentence's."""
    return one_stop(gettext(msgid).format(**words))


def one_stop(text: str) -> str:
    """The text with one full stop where a date that ends in a stop ("2026 г.") ends a sentence."""
    return re.sub(r"(?<!\.)\.\.(?!\.)", ".", text)
