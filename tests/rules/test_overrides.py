"""What an official may replace in a rule set, and what comes of it."""

from __future__ import annotations

import contextlib
import dataclasses
from datetime import UTC, date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.enums import DocumentKind
from app.rules import rule_sets
from app.rules.limits import MonthDay, Unit
from app.rules.overrides import (
    RuleOverride,
    Span,
    apply,
    check,
    current,
    from_text,
    in_force,
    keys_of,
    to_text,
)
from app.rules.rule_sets import Necessity, RuleSet
from app.rules.verdict import RuleBroken

from .rule_set_contract import CLAUSES

SITCEN, VOUCHER = rule_sets.get("sitcen_2019"), rule_sets.get("voucher_2025")
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
KEYS = [(rules, key) for rules in rule_sets.ALL for key in keys_of(rules)]


def override(key, value, from_on=MARCH, act="Order of the akimat No. 12"):
    return RuleOverride(key, value, from_on, act)


@pytest.mark.parametrize(("rules", "key"), KEYS, ids=lambda value: getattr(value, "code", value))
def test_what_stands_in_the_rule_sets_may_be_set_again_and_changes_only_its_basis(rules: RuleSet, key):
    value = current(rules, key)
    if value is None:  # a document that is not asked for
        return
    assert from_text(key, to_text(value)) == value
    same = apply(rules, [override(key, value)])
    assert current(same, key) == value
    for field in dataclasses.fields(RuleSet):
        if field.name not in ("limits", "yearly_dates"):
            assert getattr(same, field.name) == getattr(rules, field.name)


NEW_VALUES = [
    ("limits.referral_validity", Span(7, Unit.WORKING_DAYS), "7 working_days"),
    ("limits.stop_list", Span(28, Unit.CALENDAR_DAYS), "28 calendar_days"),
    ("limits.sms_code_valid", Span(90, Unit.SECONDS), "90 seconds"),
    ("limits.certificate_validity", Span(2, Unit.MONTHS), "2 months"),
    ("yearly_dates.interest_confirmation", MonthDay(11, 15), "11-15"),
    ("bulletin_opens_at", time(6, 57), "06:57"),
    ("strikes_to_remove", 3, "3"),
    ("contract_returns", 0, "0"),
    ("min_age_months", 18, "18"),
    ("max_age_years", 6, "6"),
    ("required_documents.medical_certificate", Necessity.OPTIONAL, "optional"),
    ("required_documents.vaccination_card", Necessity.REQUIRED, "required"),
]


@pytest.mark.parametrize(("key", "value", "text"), NEW_VALUES)
def test_a_number_is_replaced_in_a_copy(key, value, text):
    before = current(SITCEN, key)
    changed = apply(SITCEN, [override(key, value)])
    assert current(changed, key) == value
    assert current(SITCEN, key) == before
    assert (to_text(value), from_text(key, text)) == (text, value)
    others = [other for other in keys_of(SITCEN) if other != key]
    assert [current(changed, other) for other in others] == [current(SITCEN, other) for other in others]
    for clause in CLAUSES:
        clause(changed)


def test_the_legal_act_takes_the_place_of_the_source():
    changed = apply(SITCEN, [override("limits.stop_list", Span(5, Unit.WORKING_DAYS), act=" Order No. 7 ")])
    assert changed.limit("stop_list").basis == "Order No. 7"
    assert changed.limit("stop_list").decided_by_clock is SITCEN.limit("stop_list").decided_by_clock
    assert changed.limit("self_cancel") == SITCEN.limit("self_cancel")
    moved = apply(SITCEN, [override("yearly_dates.age_archive", MonthDay(9, 1))])
    assert moved.max_age_archive_on == MonthDay(9, 1)
    assert moved.yearly_date("age_archive").basis == "Order of the akimat No. 12"


def test_a_document_keeps_its_place_and_a_new_one_stands_last():
    changed = apply(SITCEN, [override("required_documents.parent_id", Necessity.IF_ANY)])
    assert [one.kind for one in changed.required_documents] == [one.kind for one in SITCEN.required_documents]
    added = apply(SITCEN, [override("required_documents.child_photo", Necessity.REQUIRED)])
    assert added.required_documents[:-1] == SITCEN.required_documents
    assert added.required_documents[-1].kind is DocumentKind.CHILD_PHOTO


def test_of_two_for_one_number_the_later_date_wins_whatever_the_order():
    two = [override("strikes_to_remove", 3, APRIL), override("strikes_to_remove", 1, MARCH)]
    assert apply(SITCEN, two).strikes_to_remove == 3
    assert apply(SITCEN, reversed(two)).strikes_to_remove == 3


def test_an_override_is_in_force_from_its_day():
    later = override("strikes_to_remove", 3, APRIL)
    assert in_force([later], date(2026, 3, 31)) == []
    assert in_force([later], APRIL) == [later]


@pytest.mark.parametrize(
    ("key", "value", "low", "high"),
    [
        ("limits.referral_validity", Span(0, Unit.WORKING_DAYS), "1", "60"),
        ("limits.referral_validity", Span(61, Unit.WORKING_DAYS), "1", "60"),
        ("limits.referral_validity", Span(121, Unit.CALENDAR_DAYS), "1", "120"),
        ("limits.sms_code_resend", Span(5, Unit.SECONDS), "30", "600"),
        ("limits.self_cancel", Span(-24, Unit.HOURS), "1", "240"),
        ("bulletin_opens_at", time(3, 0), "06:00", "21:00"),
        ("bulletin_opens_at", time(21, 1), "06:00", "21:00"),
        ("strikes_to_remove", 0, "1", "10"),
        ("contract_returns", 6, "0", "5"),
        ("min_age_months", 11, "12", "48"),
        ("max_age_years", 18, "5", "8"),
    ],
)
def test_beyond_the_bounds(key, value, low, high):
    with pytest.raises(RuleBroken) as refused:
        check(key, value)
    assert refused.value.code == "OVERRIDE_OUT_OF_BOUNDS"
    assert refused.value.facts == {"key": key, "low": low, "high": high}
    with pytest.raises(RuleBroken):
        apply(SITCEN, [override(key, value)])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("limits.referral_validity", Span(5, Unit.HOURS)),  # stored as a last day
        ("limits.sms_code_valid", Span(1, Unit.WORKING_DAYS)),
        ("limits.self_cancel", Span(1, Unit.CALENDAR_DAYS)),
        ("limits.referral_validity", Span(True, Unit.WORKING_DAYS)),
        ("limits.referral_validity", 5),
        ("limits.referral_validity", None),
        ("yearly_dates.age_archive", "01-08"),
        ("required_documents.parent_id", "required"),
        ("bulletin_opens_at", "18:00"),
        ("bulletin_opens_at", time(18, 0, 30)),
        ("bulletin_opens_at", time(18, 0, tzinfo=UTC)),
        ("strikes_to_remove", True),
        ("strikes_to_remove", 2.0),
        ("strikes_to_remove", None),
        ("max_age_years", "7"),
    ],
)
def test_a_value_of_another_kind(key, value):
    with pytest.raises(RuleBroken) as refused:
        check(key, value)
    assert refused.value.code == "OVERRIDE_NOT_ALLOWED"


@pytest.mark.parametrize(
    "key",
    [
        *("", "limits", "limits.", "limits.nothing", "yearly_dates.nothing", "code", "stream_ratio", "__class__"),
        *("required_documents", "required_documents.benefit_proof", "limits.stop_list.amount", "strikes_to_remove.x"),
    ],
)
def test_an_unknown_key(key):
    for act in (lambda: check(key, 1), lambda: from_text(key, "1"), lambda: apply(SITCEN, [override(key, 1)])):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert refused.value.code in ("OVERRIDE_UNKNOWN", "OVERRIDE_NOT_ALLOWED")
    with pytest.raises(RuleBroken, match="OVERRIDE_UNKNOWN"):
        current(SITCEN, key)


@pytest.mark.parametrize(
    ("rules", "key", "value"),
    [
        (VOUCHER, "limits.stop_list", Span(5, Unit.WORKING_DAYS)),
        (VOUCHER, "strikes_to_remove", 2),
        (VOUCHER, "bulletin_opens_at", time(9, 0)),
        (SITCEN, "limits.voucher_confirm", Span(3, Unit.WORKING_DAYS)),
        (SITCEN, "yearly_dates.recategorisation", MonthDay(6, 1)),
    ],
)
def test_what_a_rule_set_does_not_know_cannot_be_set_in_it(rules, key, value):
    check(key, value)  # another rule set has it
    with pytest.raises(RuleBroken, match="OVERRIDE_UNKNOWN"):
        apply(rules, [override(key, value)])


def test_without_a_legal_act_nothing_is_overridden():
    with pytest.raises(RuleBroken, match="LEGAL_ACT_MISSING"):
        override("strikes_to_remove", 3, act="  ")


@pytest.mark.parametrize("code", ["OVERRIDE_OUT_OF_BOUNDS", "OVERRIDE_NOT_ALLOWED"])
def test_nothing_half_applied(code):
    wrong = Span(99, Unit.WORKING_DAYS) if code == "OVERRIDE_OUT_OF_BOUNDS" else 99
    with pytest.raises(RuleBroken, match=code):
        apply(SITCEN, [override("strikes_to_remove", 3), override("limits.stop_list", wrong)])
    assert SITCEN.strikes_to_remove == 2


@given(st.sampled_from([key for _, key in KEYS]), st.text(max_size=20))
def test_any_text_is_a_value_that_fits_or_is_refused(key, text):
    with contextlib.suppress(RuleBroken):
        assert from_text(key, to_text(from_text(key, text))) == from_text(key, text)
