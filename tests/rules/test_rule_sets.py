"""The rule sets: the contract they keep, what differs between them, and how they are found."""

from __future__ import annotations

import ast
import dataclasses
from datetime import date, time
from pathlib import Path

import pytest

from app.models.enums import DocumentKind, KindergartenKind, LocalityLevel, QueueType
from app.rules import rule_sets
from app.rules.limits import Limit, Unit, YearlyDate
from app.rules.rule_sets import (
    Allocation,
    FinalExpiry,
    LeavesQueueOn,
    MonthDay,
    Necessity,
    Refusal,
    Reviewer,
    RoundScope,
    RuleSet,
    UnknownLimit,
    UnknownRuleSet,
)
from app.rules.sentences import limit_text, limit_words

from .rule_set_contract import CLAUSES

INDIGO, SITCEN, SMARTNATION, VOUCHER = (
    rule_sets.get(code) for code in ("indigo_2018", "sitcen_2019", "smartnation_2020", "voucher_2025")
)


@pytest.mark.parametrize("rules", rule_sets.ALL, ids=lambda rules: rules.code)
@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.__name__)
def test_the_contract(clause, rules: RuleSet):
    clause(rules)


def test_the_four_generations_stand_in_the_order_of_their_years():
    assert rule_sets.codes() == ("indigo_2018", "sitcen_2019", "smartnation_2020", "voucher_2025")


def test_every_file_of_rules_is_registered():
    files = {path.stem for path in Path(rule_sets.__file__).parent.glob("*.py") if not path.stem.startswith("_")}
    assert files == set(rule_sets.codes())


def test_a_locality_is_given_only_rules_whose_way_works(monkeypatch):
    assert set(rule_sets.assignable()) >= {"sitcen_2019", "smartnation_2020"}
    assert all(rule_sets.get(code).allocation in rule_sets.WORKING for code in rule_sets.assignable())
    monkeypatch.setattr(rule_sets, "WORKING", frozenset({Allocation.VOUCHER}))
    assert rule_sets.assignable() == ("voucher_2025",)


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
    with pytest.raises(UnknownRuleSet, match="indigo_2018, sitcen_2019, smartnation_2020, voucher_2025") as refused:
        rule_sets.get("nowhere_1999")
    assert refused.value.known == rule_sets.codes()
    with pytest.raises(UnknownLimit, match=r"referral_validity.*age_archive, interest_confirmation"):
        SITCEN.limit("voucher_confirm")
    with pytest.raises(UnknownLimit, match="age_archive, recategorisation"):
        VOUCHER.yearly_date("interest_confirmation")


def test_what_an_official_leaves_undecided_is_not_decided_by_the_clock():
    for rules in rule_sets.ALL:
        undecided = {limit.code for limit in rules.limits if not limit.decided_by_clock}
        assert undecided == {"claim_activation", "benefit_check", "contract_review"} & set(rules.limit_codes())


# What is no limit, as the guides give it. Limits and dates: test_deadline_table.py.
DIFFERENCES = [
    ("allocation", Allocation.NOTIFY_THEN_OPEN, Allocation.BULLETIN, Allocation.BULLETIN, Allocation.VOUCHER),
    ("ordered_by_category", False, False, False, True),
    ("bulletin_opens_at", None, time(18, 0), time(18, 0), None),
    ("paused_in_promotion", True, True, True, False),
    ("final_expiry", *[FinalExpiry.STOP_LIST] * 3, FinalExpiry.ARCHIVE),
    ("refusal", *[Refusal.BACK_TO_QUEUE] * 3, Refusal.ARCHIVE),
    ("restores_allowed", 0, 0, 0, 1),
    ("extension_needs_documents", True, True, True, False),
    ("extension_on_last_day_only", False, True, True, True),
    ("extensions_allowed", 1, 1, 1, 1),
    ("min_age_months", 36, 24, 24, 24),
    ("max_age_years", 7, 7, 7, 7),
    (
        "leaves_queue_on",
        LeavesQueueOn.CHOICE,
        LeavesQueueOn.ENROLMENT,
        LeavesQueueOn.ENROLMENT,
        LeavesQueueOn.VOUCHER_CONFIRMED,
    ),
    ("parent_signs_contract", False, False, True, True),
    ("reapply_when_enrolled", True, False, False, False),
]


@pytest.mark.parametrize(("field", "indigo", "sitcen", "smartnation", "voucher"), DIFFERENCES)
def test_the_rule_sets_differ_as_the_guides_do(field, indigo, sitcen, smartnation, voucher):
    assert [getattr(rules, field) for rules in rule_sets.ALL] == [indigo, sitcen, smartnation, voucher]


def test_numbers_of_applications_look_as_in_the_guides():
    assert INDIGO.format_number(2018, 24) == "УО.2018.000024.1"
    assert VOUCHER.format_number(2025, 257062) == "257062"


def test_only_private_kindergartens_under_state_order_are_chosen_in_2018():
    assert INDIGO.offered_kinds == (KindergartenKind.PRIVATE_STATE_ORDER,)
    assert set(VOUCHER.offered_kinds) == set(KindergartenKind)


def test_documents_before_the_contract_of_2025():
    asked = {one.kind: one.necessity for one in VOUCHER.required_documents}
    assert asked.pop(DocumentKind.PMPK_CONCLUSION) is Necessity.IF_ANY
    assert set(asked) == {
        DocumentKind.HEALTH_CERTIFICATE_027,
        DocumentKind.BIRTH_CERTIFICATE,
        DocumentKind.PARENT_ID,
        DocumentKind.HEALTH_PASSPORT_052,
        DocumentKind.VACCINATION_CARD,
    }
    assert set(asked.values()) == {Necessity.REQUIRED}


def test_a_city_is_one_round_and_a_district_one_round_over_its_localities():
    assert VOUCHER.round_scope(LocalityLevel.REGION) is RoundScope.CITY
    assert VOUCHER.round_scope(LocalityLevel.SETTLEMENT) is RoundScope.CITY
    assert VOUCHER.round_scope(LocalityLevel.DISTRICT) is RoundScope.DISTRICT
    assert VOUCHER.round_scope(LocalityLevel.RURAL_DISTRICT) is RoundScope.DISTRICT


def test_the_kind_of_queue_decides_who_reviews():
    for rules in rule_sets.ALL:
        assert rules.reviewer_of(QueueType.GENERAL) is Reviewer.DEPARTMENT
        assert rules.reviewer_of(QueueType.SPECIAL) is Reviewer.PMPK
        assert rules.reviewer_of(QueueType.SANATORIUM) is Reviewer.PHTHISIATRICIAN


def test_august_belongs_to_the_promotion_of_groups():
    days = [date(2026, 7, 31), date(2026, 8, 1), date(2026, 8, 31), date(2026, 9, 1)]
    for rules in rule_sets.ALL:
        assert [rules.is_promotion(day) for day in days] == [False, True, True, False]
    assert [SITCEN.is_publication_paused(day) for day in days] == [False, True, True, False]
    assert not any(VOUCHER.is_publication_paused(day) for day in days)
    assert SITCEN.publication_pause == (MonthDay(8, 1), MonthDay(8, 31))
    assert VOUCHER.publication_pause is None


def test_a_yearly_date_comes_every_year():
    by = YearlyDate("interest_confirmation", MonthDay(10, 1), "test")
    assert by.next_from(date(2026, 9, 30)) == date(2026, 10, 1)
    assert by.next_from(date(2026, 10, 1)) == date(2026, 10, 1)
    assert by.next_from(date(2026, 10, 2)) == date(2027, 10, 1)
    assert by.last_before(date(2026, 10, 1)) == date(2025, 10, 1)
    assert by.last_before(date(2026, 10, 2)) == date(2026, 10, 1)


def test_a_day_that_some_years_lack_is_refused():
    with pytest.raises(ValueError):
        MonthDay(2, 29)


@pytest.mark.parametrize("amount", [0, -3])
def test_a_limit_that_is_not_positive_is_refused(amount):
    with pytest.raises(ValueError, match="positive"):
        Limit("x", amount, Unit.HOURS, "test")


def test_changing_the_number_changes_the_words():
    referral = SITCEN.limit("referral_validity")
    assert limit_text(dataclasses.replace(referral, amount=7)) == "7 working days"
    assert limit_text(dataclasses.replace(referral, amount=1)) == "1 working day"
    assert limit_words(referral).n == referral.amount
