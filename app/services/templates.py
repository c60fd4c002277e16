"""Every message Kezek sends: one row per event, with its SMS and its inbox and e-mail text.

An SMS carries the given name alone: no surname, kindergarten, diagnosis, benefit or link, and fits one
part (70 characters) in Kazakh and in Russian. Where a fact may be absent a second wording does without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import force_locale

from app.services.template_rows import ROWS, Template
from app.services.template_vouchers import VOUCHERS
from app.services.template_year import YEAR
from app.services.wording import Names, as_date, choose, fill, in_words, short_date, stored_name

__all__ = ["TEMPLATES", "Rendered", "render"]

TEMPLATES: Final[dict[str, Template]] = {**ROWS, **VOUCHERS, **YEAR}
CHILD_IN_SMS: Final = 12


@dataclass(frozen=True)
class Rendered:
    """A message in one language. `sms` is None for the inbox alone; `title` and `body` are empty for a code by SMS."""

    sms: str | None
    title: str
    body: str


def render(template: str, facts: Mapping[str, Any], language: str, names: Names = stored_name) -> Rendered:
    """The message `template` filled with `facts` in `language` (kk, ru, en), as SMS and as inbox and e-mail text.

    `facts` come from the message row: dates and moments as ISO text, codes as "Kind.value". Raises KeyError
    for a template that is not in the table or a fact that no wording can do without.
    """
    row = TEMPLATES[template]
    with force_locale(language):
        words = in_words(facts, language, names)
        return Rendered(
            sms=_filled(row.sms, _short(facts, words)) or None,
            title=fill(row.title, {}) if row.title else "",
            body=_filled(row.body, words),
        )


def _filled(variants: tuple[str, ...], words: Mapping[str, str]) -> str:
    return fill(choose(variants, words), words) if variants else ""


def _short(facts: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, str]:
    """The same facts as an SMS has room for."""
    short = dict(words)
    if facts.get("child"):
        short["child"] = str(facts["child"]).strip()[:CHILD_IN_SMS].rstrip()
    if facts.get("date"):
        short["date"] = short_date(as_date(facts["date"]))
    return short
