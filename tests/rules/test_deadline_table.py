"""The annex: every deadline of the regulation, D1 to D19, its value in each generation of the rules, the rule that
decides it and whether the clock does. An official can read and check this table."""

from __future__ import annotations

import importlib
from datetime import date, datetime

import pytest

from app.rules import rule_sets
from app.rules.deadlines import ZONE, deadline
from app.rules.limits import Limit
from app.rules.rule_sets import RuleSet, UnknownLimit
from app.rules.sentences import ENGLISH, limit_text
from app.rules.working_days import WorkingCalendar

from .test_working_days import named_day

CLOCK, OFFICIAL = True, False
#: Row, code, values in indigo_2018, sitcen_2019, smartnation_2020 and voucher_2025, the rule, who decides.
TABLE = [
    ("D1", "sms_code_resend", *["90 seconds"] * 4, "deadlines.deadline", CLOCK),
    ("D1", "sms_code_valid", *["5 minutes"] * 4, "deadlines.deadline", CLOCK),
    (
        "D2",
        "priority_choice",
        *("3 working days", "3 working days", "1 calendar day", None),
        "deadlines.deadline",
        CLOCK,
    ),
    ("D3", "voucher_confirm", None, None, None, "2 working days", "consequences.of_unanswered_voucher", CLOCK),
    ("D4", "voucher_restore", None, None, None, "28 calendar days", "consequences.check_restore", CLOCK),
    ("D5", "referral_validity", *["5 working days"] * 3, None, "consequences.of_missed_placement", CLOCK),
    ("D6", "stop_list", *["10 working days"] * 3, None, "consequences.of_stop_list_over", CLOCK),
    ("D7", "strikes_to_remove", 2, 2, 2, None, "consequences.of_missed_placement", CLOCK),
    ("D8", "referral_extension", *["30 calendar days"] * 3, None, "consequences.check_extension", CLOCK),
    ("D9", "self_cancel", *["24 hours"] * 3, None, "consequences.of_refusal", CLOCK),
    ("D10", "voucher_enrol", None, None, None, "5 working days", "consequences.of_missed_placement", CLOCK),
    ("D11", "voucher_extension", None, None, None, "2 working days", "consequences.check_extension", CLOCK),
    (
        "D12",
        "contract_sign",
        *(None, "3 working days", "3 working days", "5 working days"),
        "consequences.of_missed_placement",
        CLOCK,
    ),
    ("D13", "contract_returns", 0, 2, 2, 2, "contract.check_return", OFFICIAL),
    ("D14", "age_archive", *["8 January"] * 4, "eligibility.has_reached_max_age", CLOCK),
    ("D15", "waiting_list_offer", None, None, None, "1 calendar day", "deadlines.deadline", CLOCK),
    ("D16", "benefit_check", *["5 working days"] * 4, "deadlines.deadline", OFFICIAL),
    ("D17", "interest_confirmation", None, "1 October", "1 October", None, "eligibility.interest_is_lost", CLOCK),
    ("D18", "recategorisation", None, None, None, "30 June", "limits.YearlyDate.next_from", CLOCK),
    ("D19", "certificate_validity", *["1 month"] * 4, "eligibility.certificate_valid_until", CLOCK),
    # Not in the regulation: what the service asks of kindergartens.
    ("–", "claim_activation", None, "3 working days", "3 working days", None, "deadlines.deadline", OFFICIAL),
    (
        "–",
        "contract_review",
        *(None, "3 working days", "3 working days", "3 working days"),
        "deadlines.deadline",
        OFFICIAL,
    ),
]
ROWS = pytest.mark.parametrize(
    ("number", "code", "indigo", "sitcen", "smartnation", "voucher", "rule", "by_clock"), TABLE
)
COUNTS = {"strikes_to_remove", "contract_returns"}


def shown(rules: RuleSet, code: str) -> str | int | None:
    if code in COUNTS:
        return getattr(rules, code)
    if code in rules.date_codes():
        return ENGLISH.day_of_year(rules.yearly_date(code).on)
    try:
        return limit_text(rules.limit(code))
    except UnknownLimit:
        return None


@ROWS
def test_a_deadline_has_its_value_in_each_generation(
    number, code, indigo, sitcen, smartnation, voucher, rule, by_clock
):
    assert [shown(rules, code) for rules in rule_sets.ALL] == [indigo, sitcen, smartnation, voucher]


@ROWS
def test_a_deadline_has_its_rule(number, code, indigo, sitcen, smartnation, voucher, rule, by_clock):
    module, _, name = rule.partition(".")
    found = importlib.import_module(f"app.rules.{module}")
    for part in name.split("."):
        found = getattr(found, part)
    assert callable(found)
    assert found.__doc__


@ROWS
def test_the_clock_or_an_official_decides(number, code, indigo, sitcen, smartnation, voucher, rule, by_clock):
    for rules in rule_sets.ALL:
        for one in (*rules.limits, *rules.yearly_dates):
            if one.code == code:
                assert one.decided_by_clock is by_clock


def test_every_row_of_the_regulation_is_here_and_every_limit():
    assert {number for number, *_ in TABLE} >= {f"D{n}" for n in range(1, 20)}
    known = {code for rules in rule_sets.ALL for code in (*rules.limit_codes(), *rules.date_codes())}
    assert known | COUNTS == {code for _, code, *_ in TABLE}


CASES = [
    # rule set, limit, the event (day 0), the last day
    ("voucher_2025", "voucher_confirm", "Thursday 2025-02-06 16:46", "Monday 2025-02-10"),  # the guide's own case
    ("voucher_2025", "voucher_confirm", "Thursday 2025-03-20 18:00", "Thursday 2025-03-27"),  # across Nauryz
    ("voucher_2025", "voucher_confirm", "Tuesday 2024-12-31 18:00", "Monday 2025-01-06"),  # the working Sunday counts
    ("voucher_2025", "voucher_confirm", "Saturday 2025-02-08 09:00", "Tuesday 2025-02-11"),  # issued on a weekend
    ("voucher_2025", "voucher_confirm", "Friday 2025-02-07 23:59:59", "Tuesday 2025-02-11"),
    ("voucher_2025", "voucher_confirm", "Saturday 2025-02-08 00:00:00", "Tuesday 2025-02-11"),
    ("voucher_2025", "voucher_restore", "Monday 2025-02-10 23:59:59", "Monday 2025-03-10"),
    ("voucher_2025", "voucher_enrol", "Monday 2025-02-10 10:00", "Monday 2025-02-17"),
    ("voucher_2025", "voucher_extension", "Monday 2025-02-17 12:00", "Wednesday 2025-02-19"),
    ("voucher_2025", "contract_sign", "Wednesday 2025-04-30 10:00", "Monday 2025-05-12"),  # the May holidays
    ("voucher_2025", "waiting_list_offer", "Friday 2026-05-01 09:00", "Saturday 2026-05-02"),
    ("indigo_2018", "priority_choice", "Tuesday 2018-07-31 17:29:09", "Friday 2018-08-03"),
    ("indigo_2018", "stop_list", "Tuesday 2018-08-07 23:59", "Wednesday 2018-08-22"),  # Kurban Ait on the 21st
    ("indigo_2018", "referral_validity", "Thursday 2018-08-23 10:00", "Wednesday 2018-08-29"),  # Saturday 25 is worked
    ("indigo_2018", "referral_extension", "Tuesday 2018-07-31 23:59:59", "Thursday 2018-08-30"),
    ("sitcen_2019", "referral_validity", "Wednesday 2019-06-26 18:00", "Wednesday 2019-07-03"),
    ("smartnation_2020", "priority_choice", "Friday 2020-02-28 18:00", "Saturday 2020-02-29"),
    ("smartnation_2020", "contract_sign", "Tuesday 2020-02-18 12:31:03", "Friday 2020-02-21"),
]


@pytest.mark.parametrize(("code", "limit", "event", "last_day"), CASES)
def test_when_a_deadline_ends(code, limit, event, last_day):
    found = deadline(rule_sets.get(code).limit(limit), moment(event), WorkingCalendar())
    assert found.last_day == named_day(last_day)
    assert found.at.astimezone(ZONE).strftime("%H:%M:%S") == "23:59:59"


@pytest.mark.parametrize("rules", rule_sets.ALL, ids=lambda rules: rules.code)
def test_every_limit_comes_to_an_end_after_every_kind_of_day(rules):
    for limit in rules.limits:
        assert isinstance(limit, Limit)
        for event in ("Friday 2026-03-20 23:59:59", "Saturday 2026-03-21 00:00:00", "Thursday 2026-12-31 18:00"):
            assert deadline(limit, moment(event), WorkingCalendar()).at > moment(event)
    for yearly in rules.yearly_dates:
        assert yearly.next_from(date(2026, 12, 31)).year in (2026, 2027)


def moment(text: str) -> datetime:
    weekday, day, clock = text.split()
    named_day(f"{weekday} {day}")
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZONE)
