"""A rule set in words, made from the very values the rules decide by.

describe() gives sentences as msgids with their facts; tell() puts one into the reader's language with
the translators and date words of the edge. Where a number changes, the sentence changes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

from app.models.enums import LocalityLevel, QueueType
from app.rules.limits import Limit, MonthDay, YearlyDate
from app.rules.rule_sets import Necessity, RuleSet
from app.rules.sentences import ENGLISH, DateWords, Translate, TranslatePlural, english_plural, limit_text
from app.words import N_, Labelled

Fact = Limit | MonthDay | Labelled | Sequence[Labelled] | time | int | str


class Topic(Labelled):
    """What a sentence is about, in the order of a child's way."""

    OFFER = "offer", N_("How places are offered")
    ORDER = "order", N_("In which order children are served")
    PLACEMENT = "placement", N_("Referral and voucher")
    STOP_LIST = "stop_list", N_("Missed deadlines and the stop-list")
    CONTRACT = "contract", N_("Contract and documents")
    AGES = "ages", N_("Ages")
    YEAR = "year", N_("The year")
    SERVICE = "service", N_("Other time limits")


@dataclass(frozen=True)
class Sentence:
    """One sentence. `code`, `basis` and `by_clock` are those of the limit or yearly date it tells, if it tells one."""

    topic: Topic
    msgid: str
    facts: tuple[tuple[str, Fact], ...] = ()
    code: str | None = None
    basis: str | None = None
    by_clock: bool = True


_LIMITS: Final[dict[str, tuple[Topic, str]]] = {
    "priority_choice": (
        Topic.OFFER,
        N_(
            "Time to choose a place when the turn has come: {limit}. Then the place opens to all, and the turn is kept."
        ),
    ),
    "claim_activation": (Topic.OFFER, N_("Time for the kindergarten to answer a claim: {limit}.")),
    "waiting_list_offer": (
        Topic.OFFER,
        N_("Time to answer an offer from the waiting list: {limit}. Then the place is offered to the next child."),
    ),
    "benefit_check": (Topic.ORDER, N_("Time to check the documents of a benefit: {limit}.")),
    "certificate_validity": (Topic.ORDER, N_("How long a workplace certificate is valid: {limit}.")),
    "referral_validity": (Topic.PLACEMENT, N_("Time to hand in the documents with the referral: {limit}.")),
    "self_cancel": (Topic.PLACEMENT, N_("Time to give a referral back without a consequence: {limit}.")),
    "referral_extension": (Topic.PLACEMENT, N_("What an extension adds to the last day: {limit}.")),
    "voucher_confirm": (Topic.PLACEMENT, N_("Time to confirm a voucher: {limit}. Without an answer it is annulled.")),
    "voucher_enrol": (
        Topic.PLACEMENT,
        N_("Time to choose a kindergarten with the voucher and to conclude the contract: {limit}."),
    ),
    "voucher_extension": (Topic.PLACEMENT, N_("What an extension adds to the last day: {limit}.")),
    "stop_list": (
        Topic.STOP_LIST,
        N_("Length of the stop-list: {limit}. No referral is issued meanwhile; the submission time is kept."),
    ),
    "voucher_restore": (
        Topic.STOP_LIST,
        N_("Time to restore the application after an unanswered voucher: {limit}. Then it goes to the archive."),
    ),
    "contract_sign": (Topic.CONTRACT, N_("Time for the parent to sign the contract: {limit}.")),
    "contract_review": (Topic.CONTRACT, N_("Time for the kindergarten to check the documents: {limit}.")),
    "sms_code_resend": (Topic.SERVICE, N_("Time before a new SMS code can be asked for: {limit}.")),
    "sms_code_valid": (Topic.SERVICE, N_("How long an SMS code is valid: {limit}.")),
}
_DATES: Final[dict[str, tuple[Topic, str]]] = {
    "age_archive": (Topic.AGES, N_("Children who have reached the maximum age leave the queue every year on {date}.")),
    "interest_confirmation": (
        Topic.YEAR,
        N_("Last day of the yearly confirmation of interest: {date}. Without it the application goes to the archive."),
    ),
    "recategorisation": (Topic.YEAR, N_("Last day of the yearly update of categories: {date}.")),
}
#: A limit of a rule set that is not told of here yet is named by its code.
_SOME_LIMIT: Final = N_("Time limit “{code}”: {limit}.")
_SOME_DATE: Final = N_("Yearly date “{code}”: {date}.")


def describe(rules: RuleSet) -> tuple[Sentence, ...]:
    """Everything a rule set says, by topic."""
    told = [sentence for part in _PARTS for sentence in part(rules)]
    order = list(Topic)
    return tuple(sorted(told, key=lambda sentence: order.index(sentence.topic)))


def sentence_of(rules: RuleSet, code: str) -> Sentence:
    """The sentence of one limit or yearly date. Raises UnknownLimit."""
    return _date(rules.yearly_date(code)) if code in rules.date_codes() else _limit(rules.limit(code))


def tell(
    sentence: Sentence,
    translate: Translate = lambda text: text,
    translate_plural: TranslatePlural = english_plural,
    words: DateWords = ENGLISH,
) -> str:
    """A sentence in the language of its translators."""
    facts = {name: _shown(fact, translate, translate_plural, words) for name, fact in sentence.facts}
    return translate(sentence.msgid).format(**facts)


def _shown(fact: Fact, translate: Translate, translate_plural: TranslatePlural, words: DateWords) -> str:
    if isinstance(fact, Limit):
        return limit_text(fact, translate_plural)
    if isinstance(fact, MonthDay):
        return words.day_of_year(fact)
    if isinstance(fact, Labelled):
        return _inside(translate(fact.msgid))
    if isinstance(fact, time):
        return f"{fact:%H:%M}"
    if isinstance(fact, str | int):
        return str(fact)
    return ", ".join(_inside(translate(one.msgid)) for one in fact)


def _inside(label: str) -> str:
    """A label as it stands inside a sentence: "PMPK conclusion" keeps its capitals, "Birth certificate" does not."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def _limit(limit: Limit) -> Sentence:
    topic, msgid = _LIMITS.get(limit.code, (Topic.SERVICE, _SOME_LIMIT))
    facts: tuple[tuple[str, Fact], ...] = (("code", _spoken(limit.code)), ("limit", limit))
    return Sentence(topic, msgid, facts, limit.code, limit.basis, limit.decided_by_clock)


def _date(yearly: YearlyDate) -> Sentence:
    topic, msgid = _DATES.get(yearly.code, (Topic.YEAR, _SOME_DATE))
    facts: tuple[tuple[str, Fact], ...] = (("code", _spoken(yearly.code)), ("date", yearly.on))
    return Sentence(topic, msgid, facts, yearly.code, yearly.basis, yearly.decided_by_clock)


def _spoken(code: str) -> str:
    return code.replace("_", " ")


def _limits(rules: RuleSet) -> Iterator[Sentence]:
    yield from map(_limit, rules.limits)
    yield from map(_date, rules.yearly_dates)


def _offer(rules: RuleSet) -> Iterator[Sentence]:
    yield Sentence(Topic.OFFER, N_("How a free place is given: {way}."), (("way", rules.allocation),))
    yield Sentence(Topic.OFFER, N_("Kindergartens that take part: {kinds}."), (("kinds", rules.offered_kinds),))
    if rules.bulletin_opens_at is not None:
        yield Sentence(Topic.OFFER, N_("Bulletins open at {hour}."), (("hour", rules.bulletin_opens_at),))
    if rules.round_scopes:
        yield Sentence(
            Topic.OFFER,
            N_("Vouchers are issued in rounds. In a city: {city}. In a district: {district}."),
            (
                ("city", rules.round_scope(LocalityLevel.SETTLEMENT)),
                ("district", rules.round_scope(LocalityLevel.DISTRICT)),
            ),
        )


def _order(rules: RuleSet) -> Iterator[Sentence]:
    if rules.ordered_by_category:
        yield Sentence(
            Topic.ORDER,
            N_("Categories are served one after another; inside a category the moment of submission decides."),
        )
    else:
        yield Sentence(
            Topic.ORDER,
            N_(
                "Children out of turn come first. Then, again and again: with first priority – {first}, on general "
                "grounds – {general}. Within a stream the moment of submission decides."
            ),
            (("first", rules.stream_ratio.first_priority), ("general", rules.stream_ratio.general)),
        )
    yield Sentence(Topic.ORDER, N_("The application leaves the queue with: {act}."), (("act", rules.leaves_queue_on),))
    yield Sentence(
        Topic.ORDER,
        N_(
            "Who checks documents: {general}; in the special queue – {special}; in the sanatorium queue – {sanatorium}."
        ),
        tuple((queue.value, rules.reviewer_of(queue)) for queue in QueueType),
    )


def _placement(rules: RuleSet) -> Iterator[Sentence]:
    yield Sentence(Topic.PLACEMENT, N_("If the place is not wanted: {effect}."), (("effect", rules.refusal),))
    if not rules.extensions_allowed:
        yield Sentence(Topic.PLACEMENT, N_("There are no extensions."))
        return
    yield Sentence(Topic.PLACEMENT, N_("Extensions allowed: {count}."), (("count", rules.extensions_allowed),))
    yield Sentence(
        Topic.PLACEMENT,
        N_("An extension is given only on the last day.")
        if rules.extension_on_last_day_only
        else N_("An extension is given on any day up to the last one."),
    )
    yield Sentence(
        Topic.PLACEMENT,
        N_("An extension needs a confirming document.")
        if rules.extension_needs_documents
        else N_("An extension needs no document."),
    )


def _misses(rules: RuleSet) -> Iterator[Sentence]:
    yield Sentence(
        Topic.STOP_LIST,
        N_("A referral, a voucher or a contract that was not used in time leads to: {end}."),
        (("end", rules.final_expiry),),
    )
    if rules.strikes_to_remove is not None:
        yield Sentence(
            Topic.STOP_LIST,
            N_("Misses after which the application leaves the queue: {count}."),
            (("count", rules.strikes_to_remove),),
        )
    if rules.restores_allowed:
        yield Sentence(
            Topic.STOP_LIST,
            N_("How often the applicant may restore the application: {count}."),
            (("count", rules.restores_allowed),),
        )


def _contract(rules: RuleSet) -> Iterator[Sentence]:
    yield Sentence(
        Topic.CONTRACT,
        N_("The contract is signed electronically, by the parent and the kindergarten.")
        if rules.parent_signs_contract
        else N_("The contract is concluded on paper, in the kindergarten."),
    )
    if rules.contract_returns:
        yield Sentence(
            Topic.CONTRACT,
            N_("How often a contract may be returned for correction: {count}."),
            (("count", rules.contract_returns),),
        )
    for necessity, msgid in _DOCUMENTS.items():
        kinds = tuple(one.kind for one in rules.required_documents if one.necessity is necessity)
        if kinds:
            yield Sentence(Topic.CONTRACT, msgid, (("documents", kinds),))


_DOCUMENTS: Final[dict[Necessity, str]] = {
    Necessity.REQUIRED: N_("Documents that must be attached: {documents}."),
    Necessity.IF_ANY: N_("Documents that are attached if they exist: {documents}."),
    Necessity.OPTIONAL: N_("Documents that may be attached: {documents}."),
}


def _ages(rules: RuleSet) -> Iterator[Sentence]:
    yield Sentence(
        Topic.AGES,
        N_("Minimum age on the day of choosing a place, in full months: {months}."),
        (("months", rules.min_age_months),),
    )
    yield Sentence(
        Topic.AGES,
        N_("Maximum age, by the end of the calendar year: {years}."),
        (("years", rules.max_age_years),),
    )


def _year(rules: RuleSet) -> Iterator[Sentence]:
    first, last = rules.promotion
    yield Sentence(
        Topic.YEAR,
        N_("Groups are promoted to the next age, and no places are published: {first} – {last}.")
        if rules.paused_in_promotion
        else N_("Groups are promoted to the next age: {first} – {last}."),
        (("first", first), ("last", last)),
    )


_PARTS: Final[tuple[Callable[[RuleSet], Iterator[Sentence]], ...]] = (
    *(_offer, _order, _placement, _misses),
    *(_contract, _ages, _year, _limits),
)
