"""The contract every rule set keeps, and the values the guides give."""

from __future__ import annotations

import ast
import dataclasses
import string
from datetime import date, time
from pathlib import Path

import pytest

from app.rules import rule_sets
from app.rules.limits import Limit, Unit
from app.rules.rule_sets import LIMITS_OF, Allocation, MonthDay, RuleSet, UnknownLimit, UnknownRuleSet
from app.rules.sentences import limit_text, limit_words

EVERY = pytest.mark.parametrize("rules", rule_sets.ALL, ids=lambda rules: rules.code)


@EVERY
def test_its_limits_are_positive_unique_and_say_where_they_come_from(rules: RuleSet):
    assert len(set(rules.limit_codes())) == len(rules.limits)
    assert all(limit.amount > 0 and limit.basis.strip() for limit in rules.limits)
    assert all(rules.limit(code).code == code for code in rules.limit_codes())


@EVERY
def test_it_has_the_limits_its_way_of_allocating_needs(rules: RuleSet):
    assert set(rules.limit_codes()) >= LIMITS_OF[rules.allocation]


@EVERY
def test_it_says_what_it_is(rules: RuleSet):
    assert rules.code.isidentifier()
    assert rules.title.strip()
    assert rules.basis.strip()
    assert Path(rule_sets.__file__).with_name(f"{rules.code}.py").is_file()


@EVERY
def test_its_numbers_make_sense(rules: RuleSet):
    assert 0 < rules.min_age_months < rules.max_age_years * 12
    assert rules.contract_returns >= 0
    assert rules.extensions_allowed >= 0
    assert rules.strikes_to_remove is None or rules.strikes_to_remove > 0
    assert (rules.stream_ratio is None) is (rules.allocation is Allocation.VOUCHER)
    assert (rules.bulletin_opens_at is None) is (rules.allocation is not Allocation.BULLETIN)
    assert rules.publication_pause is None or rules.publication_pause[0] <= rules.publication_pause[1]


@EVERY
def test_each_document_is_asked_for_once(rules: RuleSet):
    kinds = [document.kind for document in rules.required_documents]
    assert kinds
    assert len(set(kinds)) == len(kinds)


@EVERY
def test_its_application_number_takes_year_and_sequence_alone(rules: RuleSet):
    fields = {name for _, name, _, _ in string.Formatter().parse(rules.application_number) if name is not None}
    assert {"id"} <= fields <= {"year", "id"}
    assert rules.format_number(2026, 24) != rules.format_number(2026, 25)


@EVERY
def test_it_cannot_be_changed_in_passing(rules: RuleSet):
    with pytest.raises(dataclasses.FrozenInstanceError):
        rules.contract_returns = 9


def test_codes_are_unique():
    assert len(set(rule_sets.codes())) == len(rule_sets.ALL)


def test_every_file_of_rules_is_registered():
    files = {path.stem for path in Path(rule_sets.__file__).parent.glob("*.py") if not path.stem.startswith("_")}
    assert files == set(rule_sets.codes())


def test_no_rule_set_is_asked_for_its_code_elsewhere():
    """A difference between rule sets is a field of RuleSet, never `if rule_set.code == …`."""
    app = Path(rule_sets.__file__).parents[2]
    compared = [
        str(path.relative_to(app))
        for path in app.rglob("*.py")
        if "rule_sets" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and constant.value in rule_sets.codes()
    ]
    assert compared == []


def test_unknown_codes_name_the_known_ones():
    with pytest.raises(UnknownRuleSet, match="sitcen_2019, smartnation_2020") as refused:
        rule_sets.get("nowhere_1999")
    assert refused.value.known == rule_sets.codes()
    with pytest.raises(UnknownLimit, match="referral_validity"):
        rule_sets.get("sitcen_2019").limit("voucher_confirm")


GUIDES = [
    ("sms_code_resend", "90 seconds", "90 seconds"),
    ("sms_code_valid", "5 minutes", "5 minutes"),
    ("priority_choice", "3 working days", "1 calendar day"),
    ("claim_activation", "3 working days", "3 working days"),
    ("referral_validity", "5 working days", "5 working days"),
    ("stop_list", "10 working days", "10 working days"),
    ("referral_extension", "30 calendar days", "30 calendar days"),
    ("self_cancel", "24 hours", "24 hours"),
    ("contract_sign", "3 working days", "3 working days"),
    ("benefit_check", "5 working days", "5 working days"),
    ("contract_review", "3 working days", "3 working days"),
]


@pytest.mark.parametrize(("code", "sitcen", "smartnation"), GUIDES)
def test_limits_as_the_guides_give_them(code, sitcen, smartnation):
    assert limit_text(rule_sets.get("sitcen_2019").limit(code)) == sitcen
    assert limit_text(rule_sets.get("smartnation_2020").limit(code)) == smartnation


def test_what_an_official_leaves_undecided_is_not_decided_by_the_clock():
    for rules in rule_sets.ALL:
        undecided = {limit.code for limit in rules.limits if not limit.decided_by_clock}
        assert undecided == {"claim_activation", "benefit_check", "contract_review"} & set(rules.limit_codes())


@pytest.mark.parametrize("code", ["sitcen_2019", "smartnation_2020"])
def test_the_bulletin_years(code):
    rules = rule_sets.get(code)
    assert rules.bulletin_opens_at == time(18, 0)
    assert rules.max_age_archive_on.in_year(2020) == date(2020, 1, 8)
    paused = [day for day in (date(2026, 7, 31), date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 1))]
    assert [rules.is_publication_paused(day) for day in paused] == [False, True, True, False]


def test_a_day_that_some_years_lack_is_refused():
    with pytest.raises(ValueError):
        MonthDay(2, 29)


@pytest.mark.parametrize("amount", [0, -3])
def test_a_limit_that_is_not_positive_is_refused(amount):
    with pytest.raises(ValueError, match="positive"):
        Limit("x", amount, Unit.HOURS, "test")


def test_changing_the_number_changes_the_words():
    referral = rule_sets.get("sitcen_2019").limit("referral_validity")
    assert limit_text(dataclasses.replace(referral, amount=7)) == "7 working days"
    assert limit_text(dataclasses.replace(referral, amount=1)) == "1 working day"
    assert limit_words(referral).n == referral.amount
