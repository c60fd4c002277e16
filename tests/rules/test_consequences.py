"""What a miss, a silence and a refusal cost under each rule set, and what may still be done."""

from __future__ import annotations

from datetime import date

import pytest

from app.models.enums import ApplicationStatus as A
from app.models.enums import ArchiveReason, StopListReason
from app.rules import consequences, rule_sets
from app.rules.contract import check_return
from app.rules.verdict import RuleBroken

INDIGO, SITCEN, SMARTNATION, VOUCHER = rule_sets.ALL
BULLETIN_YEARS = pytest.mark.parametrize("rules", [INDIGO, SITCEN, SMARTNATION], ids=lambda rules: rules.code)
FRIDAY = date(2026, 11, 20)
BEFORE, AFTER = date(2026, 11, 19), date(2026, 11, 21)


def refusal_of(act, *arguments) -> str | None:
    try:
        act(*arguments)
    except RuleBroken as error:
        return error.code
    return None


@BULLETIN_YEARS
def test_a_missed_referral_costs_the_stop_list_and_the_second_the_place_in_line(rules):
    first, second = (consequences.of_missed_placement(rules, missed) for missed in (0, 1))
    assert (first.status, first.limit, first.archive_reason) == (A.STOP_LISTED, "stop_list", None)
    assert (second.status, second.archive_reason) == (A.ARCHIVED, ArchiveReason.NO_SHOW_TWICE)
    assert rules.limit(first.limit).amount == 10


def test_a_confirmed_voucher_that_is_not_used_costs_the_place_in_line():
    found = consequences.of_missed_placement(VOUCHER, 0)
    assert (found.status, found.archive_reason) == (A.ARCHIVED, ArchiveReason.VOUCHER_EXPIRED)


def test_silence_about_a_voucher_costs_the_stop_list_once():
    first, second = (consequences.of_unanswered_voucher(VOUCHER, restored) for restored in (0, 1))
    assert (first.status, first.limit) == (A.STOP_LISTED, "voucher_restore")
    assert VOUCHER.limit(first.limit).amount == 28
    assert (second.status, second.archive_reason) == (A.ARCHIVED, ArchiveReason.INACTIVE)


@BULLETIN_YEARS
def test_a_referral_given_back_in_time_costs_nothing(rules):
    assert consequences.of_refusal(rules) == consequences.BACK_IN_THE_QUEUE


def test_no_to_a_voucher_costs_the_place_in_line():
    found = consequences.of_refusal(VOUCHER)
    assert (found.status, found.archive_reason) == (A.ARCHIVED, ArchiveReason.REFUSED)


@pytest.mark.parametrize("reason", StopListReason)
def test_the_end_of_a_stop_list(reason):
    found = consequences.of_stop_list_over(reason)
    if reason is StopListReason.VOUCHER_UNANSWERED:
        assert (found.status, found.archive_reason) == (A.ARCHIVED, ArchiveReason.INACTIVE)
    else:
        assert found == consequences.BACK_IN_THE_QUEUE


@pytest.mark.parametrize(
    ("rules", "reason", "restored", "today", "code"),
    [
        (VOUCHER, StopListReason.VOUCHER_UNANSWERED, 0, BEFORE, None),
        (VOUCHER, StopListReason.VOUCHER_UNANSWERED, 0, FRIDAY, None),  # the last day is in time
        (VOUCHER, StopListReason.VOUCHER_UNANSWERED, 0, AFTER, "DEADLINE_PASSED"),
        (VOUCHER, StopListReason.VOUCHER_UNANSWERED, 1, BEFORE, "RESTORE_USED"),
        (VOUCHER, StopListReason.CONTRACT_REFUSED, 0, BEFORE, "RESTORE_NOT_ALLOWED"),
        (SITCEN, StopListReason.REFERRAL_EXPIRED, 0, BEFORE, "RESTORE_NOT_ALLOWED"),
    ],
)
def test_restoring_once_within_the_stop_list_of_a_voucher(rules, reason, restored, today, code):
    assert refusal_of(consequences.check_restore, rules, reason, restored, FRIDAY, today) == code


@pytest.mark.parametrize(
    ("rules", "extended", "today", "document", "code"),
    [
        (VOUCHER, 0, FRIDAY, False, None),  # offered on the last day, no document asked for
        (VOUCHER, 0, BEFORE, False, "EXTEND_TOO_EARLY"),
        (VOUCHER, 0, AFTER, False, "DEADLINE_PASSED"),
        (VOUCHER, 1, FRIDAY, False, "EXTEND_USED"),
        (SITCEN, 0, FRIDAY, True, None),
        (SITCEN, 0, FRIDAY, False, "DOCUMENT_MISSING"),
        (SITCEN, 0, BEFORE, True, "EXTEND_TOO_EARLY"),
        (SMARTNATION, 1, FRIDAY, True, "EXTEND_USED"),
        (INDIGO, 0, BEFORE, True, None),  # the guide of 2018 knows no last day
        (INDIGO, 0, BEFORE, False, "DOCUMENT_MISSING"),
        (INDIGO, 0, AFTER, True, "DEADLINE_PASSED"),
    ],
)
def test_an_extension(rules, extended, today, document, code):
    assert refusal_of(consequences.check_extension, rules, extended, FRIDAY, today, document) == code


@pytest.mark.parametrize(
    ("rules", "returned", "code"),
    [
        (SMARTNATION, 1, None),
        (SMARTNATION, 2, "RETURNS_USED"),
        (VOUCHER, 2, "RETURNS_USED"),
        (INDIGO, 0, "RETURNS_USED"),
    ],
)
def test_a_contract_is_returned_so_often_and_no_oftener(rules, returned, code):
    assert refusal_of(check_return, rules, returned) == code
