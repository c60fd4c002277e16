"""The annex: every deadline of the regulation, from the rule to the letter after it.

One row per deadline: its limit, the rule that decides it, the act or job that carries it out, what a click after
the last day is answered with, the reminder before, the message after, and the test that holds it.
tests/regulation/test_annex.py follows every name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.rules import rule_sets
from app.rules.rule_sets import RuleSet, UnknownLimit
from app.rules.sentences import ENGLISH, limit_text

#: Numbers of the regulation that are counts, not times.
COUNTS = {"strikes_to_remove", "contract_returns"}


@dataclass(frozen=True)
class Row:
    """One deadline. A name that is None does not exist by the nature of the row; `why` says so."""

    number: str
    code: str
    rule: str
    act: str
    test: str
    job: str | None = None
    refusal: str | None = None
    reminder: str | None = None
    after: str | None = None
    why: str = ""


_WAY, _TURNS = "tests/services/test_childs_way.py", "tests/turns/test_turns.py"
_ANSWERS, _YEAR = "tests/vouchers/test_answers.py", "tests/regulation/test_year.py"
_ACCOUNTS, _SPECIAL = "tests/public_a/test_accounts.py", "tests/regulation/test_special_queues.py"
_PUBLICATION = "tests/services/test_publication.py"

ROWS: tuple[Row, ...] = (
    Row(
        "D1",
        "sms_code_resend",
        "deadlines.deadline",
        "accounts.send_again",
        f"{_ACCOUNTS}::test_after_ninety_seconds_a_new_code_replaces_the_old_one",
        refusal="CODE_TOO_MANY",
        after="A1",
        why="seconds on the screen; nothing happens by itself",
    ),
    Row(
        "D1",
        "sms_code_valid",
        "deadlines.deadline",
        "accounts.prove_phone",
        f"{_ACCOUNTS}::test_a_code_is_over_after_five_minutes",
        job="forget_codes",
        refusal="CODE_EXPIRED",
    ),
    Row(
        "D2",
        "priority_choice",
        "deadlines.deadline",
        "bulletins.open_to_all_if_due",
        f"{_PUBLICATION}::test_only_the_notified_may_claim_until_the_window_closes",
        job="close_priority_windows",
        refusal="BULLETIN_PRIORITY",
        reminder="P2",
        after="P3",
    ),
    Row(
        "D3",
        "voucher_confirm",
        "consequences.of_unanswered_voucher",
        "vouchers.annul_if_unanswered",
        f"{_ANSWERS}::test_silence_leads_to_the_stop_list_for_28_days",
        job="annul_unanswered_vouchers",
        refusal="DEADLINE_PASSED",
        reminder="V2",
        after="V3",
    ),
    Row(
        "D4",
        "voucher_restore",
        "consequences.check_restore",
        "stop_list.restore",
        f"{_ANSWERS}::test_the_parent_restores_once_by_the_first_moment",
        job="release_stop_list",
        refusal="DEADLINE_PASSED",
        after="S2",
        why="the message that opens the stop-list names the last day",
    ),
    Row(
        "D5",
        "referral_validity",
        "consequences.of_missed_placement",
        "expiry.expire_referrals",
        f"{_WAY}::test_the_click_after_the_last_day_is_refused_before_the_sweep_has_run",
        job="expire_referrals",
        refusal="DEADLINE_PASSED",
        reminder="R2",
        after="R5",
    ),
    Row(
        "D6",
        "stop_list",
        "consequences.of_stop_list_over",
        "stop_list.release_if_over",
        f"{_WAY}::test_a_stop_listed_child_cannot_claim",
        job="release_stop_list",
        refusal="IN_STOP_LIST",
        after="S1",
        why="it ends in the family's favour: nothing to remind of",
    ),
    Row(
        "D7",
        "strikes_to_remove",
        "consequences.of_missed_placement",
        "expiry.expire_referrals",
        f"{_WAY}::test_a_missed_referral_means_the_stop_list_and_the_second_the_archive",
        job="expire_referrals",
        after="R6",
        why="a count; reminded of with each referral",
    ),
    Row(
        "D8",
        "referral_extension",
        "consequences.check_extension",
        "referrals.extend",
        f"{_WAY}::test_an_extension_needs_a_document_and_happens_once",
        job="expire_referrals",
        refusal="EXTEND_USED",
        reminder="R9",
        after="R3",
    ),
    Row(
        "D9",
        "self_cancel",
        "consequences.of_refusal",
        "referrals.give_back",
        f"{_WAY}::test_a_referral_is_not_given_back_later",
        refusal="GIVE_BACK_LATE",
        after="R7",
        why="a right that ends by itself: no job, no letter",
    ),
    Row(
        "D10",
        "voucher_enrol",
        "consequences.of_missed_placement",
        "vouchers.expire_if_over",
        f"{_ANSWERS}::test_a_child_not_enrolled_in_time_loses_voucher_and_place",
        job="expire_vouchers",
        refusal="DEADLINE_PASSED",
        reminder="V6",
        after="V8",
    ),
    Row(
        "D11",
        "voucher_extension",
        "consequences.check_extension",
        "vouchers.extend_voucher",
        f"{_ANSWERS}::test_two_more_working_days_once",
        job="expire_vouchers",
        refusal="EXTEND_USED",
        reminder="V6",
        after="V7",
    ),
    Row(
        "D12",
        "contract_sign",
        "consequences.of_missed_placement",
        "contract_decisions.lapse_if_over",
        f"{_WAY}::test_a_contract_not_signed_in_time_lapses_like_a_missed_referral",
        job="lapse_contracts",
        refusal="DEADLINE_PASSED",
        reminder="K2",
        after="K5",
    ),
    Row(
        "D13",
        "contract_returns",
        "contract.check_return",
        "contract_decisions.return_contract",
        f"{_WAY}::test_a_contract_is_returned_twice_and_not_a_third_time",
        refusal="RETURNS_USED",
        after="K3",
        why="a count of an official's act: no job, no letter before",
    ),
    Row(
        "D14",
        "age_archive",
        "eligibility.has_reached_max_age",
        "applications.archive_max_age",
        "tests/jobs/test_sweeps.py::test_school_age_leaves_the_queue_on_the_day_of_the_rule_set",
        job="archive_max_age",
        refusal="TOO_OLD",
        after="Q10",
        why="nothing the family could do before: no reminder",
    ),
    Row(
        "D15",
        "waiting_list_offer",
        "deadlines.deadline",
        "waiting_list.lapse_offer_if_over",
        "tests/rules/test_deadline_table.py::test_when_a_deadline_ends",
        job="serve_waiting_lists",
        refusal="DEADLINE_PASSED",
        after="W2",
        why="the offer itself is the letter of its last day",
    ),
    Row(
        "D16",
        "benefit_check",
        "deadlines.deadline",
        "applications.refuse_documents",
        f"{_SPECIAL}::test_a_workplace_certificate_counts_on_the_day_it_is_handed_in",
        after="Q7",
        why="an official's limit: it surfaces on the desk, no job decides it",
    ),
    Row(
        "D17",
        "interest_confirmation",
        "eligibility.interest_is_lost",
        "year.archive_uninterested",
        f"{_YEAR}::test_interest_is_asked_once_then_given_up",
        job="archive_uninterested",
        refusal="STALE",
        reminder="Q9",
        after="Q12",
    ),
    Row(
        "D18",
        "recategorisation",
        "limits.YearlyDate.next_from",
        "categories.recategorise",
        "tests/rules/test_deadline_table.py::test_every_limit_comes_to_an_end_after_every_kind_of_day",
        job="recategorise",
        after="Q8",
        why="the office's own work: nothing for the family to answer or to be reminded of",
    ),
    Row(
        "D19",
        "certificate_validity",
        "eligibility.certificate_valid_until",
        "special_queues.require_papers",
        f"{_SPECIAL}::test_a_workplace_certificate_counts_on_the_day_it_is_handed_in",
        refusal="DOC_OUTDATED",
        why="asked on the day it is handed in alone; a confirmed benefit is not lost when it runs out",
    ),
)


def annex_table() -> list[list[str]]:
    """The rows of the annex for docs/regulation.md, heads first."""
    heads = ["no.", "limit", *(f"`{rules.code}`" for rules in rule_sets.ALL)]
    heads += ["rule", "act", "job", "refusal at the click", "reminder", "message after", "test", "remark"]
    return [heads, *(list(_cells(row)) for row in ROWS)]


def value_of(rules: RuleSet, code: str) -> str:
    """The value of a row in a rule set, "–" where the rule set does not know it."""
    if code in COUNTS:
        count = getattr(rules, code)
        return "–" if count is None else str(count)
    if code in rules.date_codes():
        return ENGLISH.day_of_year(rules.yearly_date(code).on)
    try:
        return limit_text(rules.limit(code))
    except UnknownLimit:
        return "–"


def _cells(row: Row) -> Iterable[str]:
    yield row.number
    yield f"`{row.code}`"
    yield from (value_of(rules, row.code) for rules in rule_sets.ALL)
    for name in (f"app.rules.{row.rule}", f"app.services.{row.act}", row.job, row.refusal, row.reminder, row.after):
        yield f"`{name}`" if name else "–"
    yield f"`{row.test}`"
    yield row.why or "–"
