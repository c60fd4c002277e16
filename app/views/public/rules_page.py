"""The rules in words, made from the very values the product decides by."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import render_template
from flask_babel import format_date, gettext, lazy_gettext

from app import clock
from app.extensions import db
from app.i18n import language
from app.rules import rule_sets
from app.rules.rule_sets import RuleSet
from app.services.regulation import DEFAULT_RULE_SET, rule_set_in_force
from app.views.dates import limit_words
from app.views.public import bp
from app.views.public.surroundings import chosen_locality

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


@bp.get("/rules", endpoint="rules")
def rules_in_words() -> str:
    """Every rule set: limits, order, ages, documents."""
    today = clock.today()
    here = chosen_locality()
    in_force = rule_set_in_force(db.session, here.id, today) if here else rule_sets.get(DEFAULT_RULE_SET)
    ordered = sorted(rule_sets.ALL, key=lambda rules: rules.code != in_force.code)
    return render_template(
        "public/rules/rules.html",
        sets=[_in_words(rules, today) for rules in ordered],
        in_force=in_force.code,
        locality=here.name(language()) if here else None,
    )


def _in_words(rules: RuleSet, today: dt.date) -> dict[str, Any]:
    return {
        "code": rules.code,
        "title": gettext(rules.title),
        "basis": gettext(rules.basis),
        "limits": [
            (LIMIT_WORDS.get(limit.code, limit.code), limit_words(limit), gettext(limit.basis), limit.decided_by_clock)
            for limit in rules.limits
        ],
        "facts": [row for row in _facts(rules, today) if row[1]],
        "documents": [(gettext(one.kind.msgid), gettext(one.necessity.msgid)) for one in rules.required_documents],
        "ratio": rules.stream_ratio,
    }


def _facts(rules: RuleSet, today: dt.date) -> list[tuple[str, str]]:
    return [
        (gettext("Places are offered by"), gettext(rules.allocation.msgid)),
        (gettext("Bulletins open at"), f"{rules.bulletin_opens_at:%H:%M}" if rules.bulletin_opens_at else ""),
        (gettext("Bulletins are not published"), _pause(rules, today)),
        (gettext("Youngest age for a place, months"), str(rules.min_age_months)),
        (gettext("The application is archived in the year of the birthday"), str(rules.max_age_years)),
        (gettext("Day of that archiving"), _day(rules.max_age_archive_on.in_year(today.year))),
        (
            gettext("Interest is confirmed every year by"),
            _day(rules.interest_confirm_by.in_year(today.year)) if rules.interest_confirm_by else "",
        ),
        (gettext("Missed referrals before removal from the queue"), str(rules.strikes_to_remove or "")),
        (gettext("Extensions of one referral"), str(rules.extensions_allowed)),
        (gettext("Returns of one contract for correction"), str(rules.contract_returns)),
        (gettext("The application leaves the queue with"), gettext(rules.leaves_queue_on.msgid)),
        (
            gettext("The contract is signed"),
            gettext("electronically, by the parent and the kindergarten")
            if rules.parent_signs_contract
            else gettext("on paper, in the kindergarten"),
        ),
    ]


def _pause(rules: RuleSet, today: dt.date) -> str:
    if rules.publication_pause is None:
        return ""
    first, last = rules.publication_pause
    return f"{_day(first.in_year(today.year))} – {_day(last.in_year(today.year))}"


def _day(day: dt.date) -> str:
    """A day of every year: "1 October"."""
    return format_date(day, gettext("d MMMM"))
