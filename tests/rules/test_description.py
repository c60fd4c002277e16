"""The rules in words: everything is told, and a changed number changes what is told."""

from __future__ import annotations

import dataclasses
from datetime import time

import pytest

from app.models.enums import DocumentKind
from app.rules import rule_sets
from app.rules.description import Topic, describe, sentence_of, tell
from app.rules.limits import Limit, MonthDay, Unit, YearlyDate
from app.rules.overrides import Span, Value, apply, current, keys_of
from app.rules.ranking import Ratio
from app.rules.rule_sets import Allocation, FinalExpiry, Necessity, Refusal, RuleSet, UnknownLimit
from app.rules.sentences import DateWords

from .test_overrides import override

INDIGO, SITCEN, SMARTNATION, VOUCHER = rule_sets.ALL
EVERY = pytest.mark.parametrize("rules", rule_sets.ALL, ids=lambda rules: rules.code)


def told(rules: RuleSet) -> str:
    return "\n".join(tell(sentence) for sentence in describe(rules))


@EVERY
def test_every_limit_and_date_is_told_once_with_its_source(rules):
    of_limits = {sentence.code: sentence for sentence in describe(rules) if sentence.code}
    assert set(of_limits) == {*rules.limit_codes(), *rules.date_codes()}
    assert len([sentence for sentence in describe(rules) if sentence.code]) == len(of_limits)
    for one in (*rules.limits, *rules.yearly_dates):
        sentence = of_limits[one.code]
        assert (sentence.basis, sentence.by_clock) == (one.basis, one.decided_by_clock)
        assert sentence_of(rules, one.code) == sentence
        assert "“" not in tell(sentence), "a limit without words of its own"


@EVERY
def test_the_topics_follow_the_way_of_a_child_and_none_is_empty(rules):
    topics = [sentence.topic for sentence in describe(rules)]
    assert topics == sorted(topics, key=list(Topic).index)
    assert set(topics) == set(Topic)


@EVERY
def test_every_sentence_is_whole(rules):
    for line in told(rules).splitlines():
        assert line.endswith(".")
        assert "{" not in line
        assert "  " not in line
        assert ": ." not in line


@pytest.mark.parametrize(
    ("rules", "key"),
    [(rules, key) for rules in rule_sets.ALL for key in keys_of(rules)],
    ids=lambda value: getattr(value, "code", value),
)
def test_a_number_that_is_overridden_changes_the_words(rules, key):
    changed = apply(rules, [override(key, other_than(current(rules, key)))])
    assert told(changed) != told(rules)


def other_than(value: Value | None) -> Value:
    if isinstance(value, Span):
        return Span(value.amount + 1 if value.amount < 24 else value.amount - 1, value.unit)
    if isinstance(value, MonthDay):
        return MonthDay(11, 11)
    if isinstance(value, time):
        return time(9, 30)
    if isinstance(value, int):
        return value - 1 if value > 1 else value + 1
    return Necessity.OPTIONAL


@pytest.mark.parametrize(
    "change",
    [
        {"final_expiry": FinalExpiry.ARCHIVE},
        {"refusal": Refusal.ARCHIVE},
        {"restores_allowed": 2},
        {"extensions_allowed": 0},
        {"extension_on_last_day_only": False},
        {"extension_needs_documents": False},
        {"parent_signs_contract": True},
        {"ordered_by_category": True},
        {"stream_ratio": Ratio(2, 5)},
        {"allocation": Allocation.NOTIFY_THEN_OPEN},
        {"offered_kinds": INDIGO.offered_kinds},
        {"paused_in_promotion": False},
        {"promotion": (MonthDay(7, 1), MonthDay(8, 31))},
        {"leaves_queue_on": INDIGO.leaves_queue_on},
        {"round_scopes": VOUCHER.round_scopes},
        {"reviewers": tuple((queue, VOUCHER.reviewers[0][1]) for queue, _ in VOUCHER.reviewers)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_no_number_changes_the_words_too(change):
    assert told(dataclasses.replace(SITCEN, **change)) != told(SITCEN)


def test_the_words_of_the_guides():
    voucher = told(VOUCHER)
    assert "Time to confirm a voucher: 2 working days." in voucher
    assert "If the place is not wanted: the application goes to the archive." in voucher
    assert "Documents that are attached if they exist: PMPK conclusion." in voucher
    assert "Time to choose a place when the turn has come: 3 working days." in told(INDIGO)
    assert "Bulletins open at 18:00." in told(SITCEN)
    assert "Documents that must be attached: birth certificate, identity card of one parent" in told(SITCEN)


def test_a_limit_nobody_has_words_for_is_named_by_its_code():
    strange = dataclasses.replace(
        SITCEN,
        limits=(*SITCEN.limits, Limit("moon_phase", 3, Unit.CALENDAR_DAYS, "test")),
        yearly_dates=(*SITCEN.yearly_dates, YearlyDate("full_moon", MonthDay(3, 3), "test")),
    )
    assert "Time limit “moon phase”: 3 calendar days." in told(strange)
    assert "Yearly date “full moon”: 3 March." in told(strange)
    with pytest.raises(UnknownLimit):
        sentence_of(SITCEN, "moon_phase")


def test_every_word_goes_through_the_translators():
    class Loud(DateWords):
        def month(self, day):
            return super().month(day).upper()

    sentence = sentence_of(SITCEN, "interest_confirmation")
    assert tell(sentence, translate=lambda text: f"[{text}]", words=Loud()).startswith(
        "[Last day of the yearly confirmation of interest: 1 OCTOBER."
    )
    counted = tell(sentence_of(SITCEN, "stop_list"), translate_plural=lambda one, many, n: f"<{n}>")
    assert counted.startswith("Length of the stop-list: <10>.")
    documents = [one for one in describe(SITCEN) if one.facts and one.facts[0][0] == "documents"]
    spoken = tell(documents[0], translate=lambda text: text.replace(DocumentKind.PARENT_ID.msgid, "Жеке куәлік"))
    assert "birth certificate, жеке куәлік, medical certificate" in spoken
