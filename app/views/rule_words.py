"""A rule set in words, for parents and officials alike, made from the very values the product decides by."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import format_date, gettext, lazy_gettext, ngettext

from app.models.enums import DocumentKind
from app.rules import overrides, rule_sets
from app.rules.description import describe, tell
from app.rules.limits import Limit, MonthDay
from app.rules.rule_sets import Necessity, RuleSet
from app.views.dates import ReaderDates, limit_words

#: What each limit is for. A limit without words here is shown by its code, and a test fails.
LIMIT_WORDS = {
    "sms_code_resend": lazy_gettext("A new SMS code can be asked for after"),
    "sms_code_valid": lazy_gettext("An SMS code is valid for"),
    "priority_choice": lazy_gettext("Those whose turn has come choose a place within"),
    "claim_activation": lazy_gettext("The kindergarten answers a claim within"),
    "referral_validity": lazy_gettext("A referral is valid for"),
    "stop_list": lazy_gettext("After a missed referral the application is in the stop-list for"),
    "referral_extension": lazy_gettext("A referral is extended by"),
    "self_cancel": lazy_gettext("A referral can be given back within"),
    "contract_sign": lazy_gettext("The parent signs the contract within"),
    "contract_review": lazy_gettext("The kindergarten checks the documents within"),
    "benefit_check": lazy_gettext("The documents of a benefit are checked within"),
    "certificate_validity": lazy_gettext("A workplace certificate is valid for"),
    "voucher_confirm": lazy_gettext("A voucher is confirmed within"),
    "voucher_restore": lazy_gettext("After an unanswered voucher the application can be restored within"),
    "voucher_enrol": lazy_gettext("With a confirmed voucher the contract is concluded within"),
    "voucher_extension": lazy_gettext("A voucher is extended by"),
    "waiting_list_offer": lazy_gettext("An offer from the waiting list is answered within"),
}
#: What happens on each date of the year.
DATE_WORDS = {
    "age_archive": lazy_gettext("Children who reach the maximum age leave the queue on"),
    "interest_confirmation": lazy_gettext("Interest is confirmed every year by"),
    "recategorisation": lazy_gettext("Categories are set anew every year by"),
}
FIELD_WORDS = {
    "bulletin_opens_at": lazy_gettext("Bulletins open at"),
    "strikes_to_remove": lazy_gettext("Missed referrals before removal from the queue"),
    "contract_returns": lazy_gettext("Returns of one contract for correction"),
    "min_age_months": lazy_gettext("Youngest age for a place, months"),
    "max_age_years": lazy_gettext("The application is archived in the year of the birthday"),
}


def key_words(key: str) -> str:
    """What a key of app/rules/overrides.py is called."""
    part, _, name = key.partition(".")
    if part == overrides.DOCUMENTS:
        return gettext("Document of the contract: %(document)s", document=gettext(DocumentKind(name).msgid))
    words = {overrides.LIMITS: LIMIT_WORDS, overrides.DATES: DATE_WORDS}.get(part, FIELD_WORDS)
    spoken = (name or part).replace("_", " ")
    return str(words.get(name or part) or gettext("Time limit “%(name)s”", name=spoken))


def value_words(value: overrides.Value | None) -> str:
    """A value of app/rules/overrides.py as a reader says it: "5 working days", "1 October", "18:00"."""
    if value is None:
        return gettext("not asked for")
    if isinstance(value, overrides.Span):
        return limit_words(Limit("shown", value.amount, value.unit, ""))
    if isinstance(value, MonthDay):
        return day_words(value)
    if isinstance(value, Necessity):
        return gettext(value.msgid)
    return f"{value:%H:%M}" if isinstance(value, dt.time) else str(value)


def day_words(day: MonthDay) -> str:
    """A day of every year: "1 October"."""
    return str(format_date(day.in_year(2001), gettext("d MMMM")))


def rule_set_title(code: str) -> str:
    """The title of a rule set, or its bare code when it is gone."""
    return gettext(rule_sets.get(code).title) if code in rule_sets.codes() else code


def in_words(rules: RuleSet) -> dict[str, Any]:
    """The parts of a page about a rule set: limits, dates, other facts, documents, order."""
    return {
        "code": rules.code,
        "title": gettext(rules.title),
        "basis": gettext(rules.basis),
        "limits": [
            (key_words(f"limits.{one.code}"), limit_words(one), gettext(one.basis), one.decided_by_clock)
            for one in rules.limits
        ],
        "dates": [
            (key_words(f"yearly_dates.{one.code}"), day_words(one.on), gettext(one.basis)) for one in rules.yearly_dates
        ],
        "facts": [row for row in _facts(rules) if row[1]],
        "documents": [(gettext(one.kind.msgid), gettext(one.necessity.msgid)) for one in rules.required_documents],
        "ratio": rules.stream_ratio,
    }


def told(rules: RuleSet) -> list[tuple[str, list[str]]]:
    """The rule set in sentences, by subject, in the order of a child's way."""
    by_topic: dict[str, list[str]] = {}
    for sentence in describe(rules):
        words = tell(sentence, gettext, ngettext, ReaderDates())
        by_topic.setdefault(gettext(sentence.topic.msgid), []).append(words)
    return list(by_topic.items())


def replaced_words(found: list[overrides.RuleOverride]) -> list[dict[str, Any]]:
    """Replaced numbers as rows: what, how much, from when, by which act."""
    return [
        {"what": key_words(one.key), "value": value_words(one.value), "from_on": one.from_on, "act": one.legal_act}
        for one in found
    ]


def _facts(rules: RuleSet) -> list[tuple[str, str]]:
    return [
        (gettext("Places are offered by"), gettext(rules.allocation.msgid)),
        (key_words("bulletin_opens_at"), f"{rules.bulletin_opens_at:%H:%M}" if rules.bulletin_opens_at else ""),
        (gettext("Bulletins are not published"), _pause(rules)),
        (key_words("min_age_months"), str(rules.min_age_months)),
        (key_words("max_age_years"), str(rules.max_age_years)),
        (key_words("strikes_to_remove"), str(rules.strikes_to_remove or "")),
        (gettext("Extensions of one referral"), str(rules.extensions_allowed)),
        (key_words("contract_returns"), str(rules.contract_returns)),
        (gettext("The application leaves the queue with"), gettext(rules.leaves_queue_on.msgid)),
        (gettext("A place that is not used in time"), gettext(rules.final_expiry.msgid)),
        (gettext("A place that is refused"), gettext(rules.refusal.msgid)),
        (gettext("Self-restorations from the stop-list"), _times(rules.restores_allowed)),
        (
            gettext("The contract is signed"),
            gettext("electronically, by the parent and the kindergarten")
            if rules.parent_signs_contract
            else gettext("on paper, in the kindergarten"),
        ),
    ]


def _times(count: int) -> str:
    return ngettext("%(num)d time", "%(num)d times", count) if count else ""


def _pause(rules: RuleSet) -> str:
    if rules.publication_pause is None:
        return ""
    first, last = rules.publication_pause
    return f"{day_words(first)} – {day_words(last)}"
