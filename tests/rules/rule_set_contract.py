"""The contract every rule set keeps, registered or invented: one function, one clause."""

from __future__ import annotations

import dataclasses
import string

import pytest

from app.models.enums import LocalityLevel, QueueType
from app.rules.rule_sets import EVERY_YEAR, LIMITS_OF, Allocation, FinalExpiry, NoRounds, Refusal, RuleSet


def its_limits_are_positive_unique_and_say_where_they_come_from(rules: RuleSet) -> None:
    codes = (*rules.limit_codes(), *rules.date_codes())
    assert len(set(codes)) == len(codes)
    assert all(limit.amount > 0 and limit.basis.strip() for limit in rules.limits)
    assert all(yearly.basis.strip() for yearly in rules.yearly_dates)
    assert all(rules.limit(code).code == code for code in rules.limit_codes())
    assert all(rules.yearly_date(code).code == code for code in rules.date_codes())


def it_has_the_limits_its_way_of_allocating_needs(rules: RuleSet) -> None:
    assert set(rules.limit_codes()) >= LIMITS_OF[rules.allocation]
    assert set(rules.date_codes()) >= EVERY_YEAR


def it_says_what_it_is(rules: RuleSet) -> None:
    assert rules.code.isidentifier()
    assert rules.title.strip()
    assert rules.basis.strip()


def its_numbers_make_sense(rules: RuleSet) -> None:
    assert 0 < rules.min_age_months < rules.max_age_years * 12
    assert rules.contract_returns >= 0
    assert rules.extensions_allowed >= 0
    assert rules.strikes_to_remove is None or rules.strikes_to_remove > 0
    assert (rules.bulletin_opens_at is None) is (rules.allocation is not Allocation.BULLETIN)
    assert rules.promotion[0] <= rules.promotion[1]


def an_extension_that_is_allowed_has_a_length(rules: RuleSet) -> None:
    assert not rules.extensions_allowed or {"referral_extension", "voucher_extension"} & set(rules.limit_codes())


def who_is_restored_has_time_for_it(rules: RuleSet) -> None:
    assert (rules.restores_allowed > 0) is ("voucher_restore" in rules.limit_codes())


def the_stop_list_has_a_length_where_a_miss_leads_to_it(rules: RuleSet) -> None:
    assert (rules.final_expiry is FinalExpiry.STOP_LIST) is ("stop_list" in rules.limit_codes())
    assert rules.final_expiry is FinalExpiry.STOP_LIST or rules.strikes_to_remove is None


def what_can_be_given_back_has_time_for_it(rules: RuleSet) -> None:
    assert (rules.refusal is Refusal.BACK_TO_QUEUE) is ("self_cancel" in rules.limit_codes())


def vouchers_go_in_rounds_and_nothing_else_does(rules: RuleSet) -> None:
    if rules.allocation is Allocation.VOUCHER:
        assert {level for level, _ in rules.round_scopes} == set(LocalityLevel)
        assert [rules.round_scope(level) for level, _ in rules.round_scopes] == [of for _, of in rules.round_scopes]
    else:
        assert rules.round_scopes == ()
        with pytest.raises(NoRounds, match=rules.code):
            rules.round_scope(LocalityLevel.DISTRICT)


def every_queue_has_its_reviewer(rules: RuleSet) -> None:
    assert [queue_type for queue_type, _ in rules.reviewers] == list(QueueType)
    assert all(rules.reviewer_of(queue_type) is who for queue_type, who in rules.reviewers)


def some_kindergartens_are_offered_each_once(rules: RuleSet) -> None:
    assert rules.offered_kinds
    assert len(set(rules.offered_kinds)) == len(rules.offered_kinds)


def each_document_is_asked_for_once(rules: RuleSet) -> None:
    kinds = [document.kind for document in rules.required_documents]
    assert kinds
    assert len(set(kinds)) == len(kinds)


def its_application_number_takes_year_and_sequence_alone(rules: RuleSet) -> None:
    fields = {name for _, name, _, _ in string.Formatter().parse(rules.application_number) if name is not None}
    assert {"id"} <= fields <= {"year", "id"}
    assert rules.format_number(2026, 24) != rules.format_number(2026, 25)


def it_cannot_be_changed_in_passing(rules: RuleSet) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        rules.contract_returns = 9
    assert hash(rules) == hash(dataclasses.replace(rules))


CLAUSES = (
    its_limits_are_positive_unique_and_say_where_they_come_from,
    it_has_the_limits_its_way_of_allocating_needs,
    it_says_what_it_is,
    its_numbers_make_sense,
    an_extension_that_is_allowed_has_a_length,
    who_is_restored_has_time_for_it,
    the_stop_list_has_a_length_where_a_miss_leads_to_it,
    what_can_be_given_back_has_time_for_it,
    vouchers_go_in_rounds_and_nothing_else_does,
    every_queue_has_its_reviewer,
    some_kindergartens_are_offered_each_once,
    each_document_is_asked_for_once,
    its_application_number_takes_year_and_sequence_alone,
    it_cannot_be_changed_in_passing,
)
