"""Ages, and the match of an application and a bulletin."""

from __future__ import annotations

from datetime import date

import pytest

from app.models.enums import GroupType, Language
from app.rules import rule_sets
from app.rules.eligibility import (
    age_by_calendar_year,
    certificate_valid_until,
    check_certificate,
    full_age_months,
    has_reached_max_age,
    interest_is_lost,
    is_old_enough,
    match,
)
from app.rules.verdict import RuleBroken

GUIDE_2020 = rule_sets.get("smartnation_2020")


def test_age_by_the_end_of_the_calendar_year():
    assert age_by_calendar_year(date(2016, 12, 31), 2019) == 3
    assert age_by_calendar_year(2016, 2019) == 3


@pytest.mark.parametrize(
    ("birth_date", "on", "months"),
    [
        ("2024-01-15", "2026-01-14", 23),
        ("2024-01-15", "2026-01-15", 24),
        ("2024-01-31", "2024-02-28", 0),
        ("2024-01-31", "2024-02-29", 1),  # February has no 31st: its last day completes the month
        ("2024-02-29", "2026-02-28", 24),
        ("2024-05-01", "2024-05-01", 0),
        ("2024-05-01", "2024-04-30", -1),
    ],
)
def test_full_months_of_age(birth_date, on, months):
    assert full_age_months(date.fromisoformat(birth_date), date.fromisoformat(on)) == months


def test_children_born_in_2013_leave_the_queue_in_2020():
    assert has_reached_max_age(2013, 2020, GUIDE_2020)
    assert not has_reached_max_age(2014, 2020, GUIDE_2020)
    assert has_reached_max_age(2010, 2020, GUIDE_2020)


def test_two_full_years_are_old_enough():
    assert is_old_enough(date(2018, 2, 18), date(2020, 2, 18), GUIDE_2020)
    assert not is_old_enough(date(2018, 2, 19), date(2020, 2, 18), GUIDE_2020)


def test_three_full_years_in_2018():
    indigo = rule_sets.get("indigo_2018")
    assert is_old_enough(date(2015, 7, 31), date(2018, 7, 31), indigo)
    assert not is_old_enough(date(2015, 8, 1), date(2018, 7, 31), indigo)


@pytest.mark.parametrize(
    ("confirmed", "today", "lost"),
    [
        ("2025-09-30", "2026-10-01", False),  # the day itself is in time
        ("2025-09-30", "2026-10-02", True),
        ("2025-10-01", "2026-10-02", True),  # that was the answer to the year before
        ("2025-10-02", "2026-10-02", False),
        ("2026-10-01", "2026-10-02", False),
        ("2025-10-02", "2027-10-01", False),
        ("2025-10-02", "2027-10-02", True),
    ],
)
def test_interest_is_confirmed_once_between_two_dates(confirmed, today, lost):
    assert interest_is_lost(date.fromisoformat(confirmed), date.fromisoformat(today), GUIDE_2020) is lost


def test_nobody_is_asked_for_interest_where_the_rules_do_not_know_it():
    assert not interest_is_lost(date(2010, 1, 1), date(2026, 1, 1), rule_sets.get("voucher_2025"))


def test_a_workplace_certificate_is_valid_for_a_month_or_as_its_category_says():
    assert certificate_valid_until(date(2026, 1, 31), GUIDE_2020) == date(2026, 2, 28)
    assert certificate_valid_until(date(2026, 2, 10), GUIDE_2020) == date(2026, 3, 10)
    assert certificate_valid_until(date(2026, 2, 10), GUIDE_2020, valid_days=90) == date(2026, 5, 11)


def test_a_certificate_counts_until_its_last_day():
    check_certificate(date(2026, 2, 10), date(2026, 3, 10), GUIDE_2020)


@pytest.mark.parametrize(
    ("issued_on", "today", "code"),
    [
        (date(2026, 2, 10), date(2026, 3, 11), "DOC_OUTDATED"),
        (date(2026, 2, 10), date(2026, 2, 9), "DATE_IN_FUTURE"),
        (None, date(2026, 2, 9), "REQUIRED"),
    ],
)
def test_a_certificate_that_does_not_count_says_why(issued_on, today, code):
    with pytest.raises(RuleBroken) as refused:
        check_certificate(issued_on, today, GUIDE_2020)
    assert refused.value.code == code


FITTING = {
    "child_birth_year": 2016,
    "application_languages": {Language.KK, Language.RU},
    "application_locality_id": 7,
    "application_group_type": GroupType.REGULAR,
    "bulletin_birth_years": {2015, 2016},
    "bulletin_language": Language.RU,
    "bulletin_locality_id": 7,
    "bulletin_group_type": GroupType.REGULAR,
}


@pytest.mark.parametrize(
    ("change", "first_broken"),
    [
        ({}, None),
        ({"child_birth_year": 2014}, "MATCH_YEAR"),
        ({"bulletin_language": Language.UZ}, "MATCH_LANGUAGE"),
        ({"bulletin_locality_id": 8}, "MATCH_LOCALITY"),
        ({"bulletin_group_type": GroupType.SPECIAL}, "MATCH_GROUP"),
        ({"bulletin_group_type": GroupType.SPECIAL, "child_birth_year": 2014}, "MATCH_YEAR"),
        ({"application_languages": set()}, "MATCH_LANGUAGE"),
        ({"bulletin_birth_years": set()}, "MATCH_YEAR"),
    ],
)
def test_a_claim_needs_year_language_locality_and_group(change, first_broken):
    verdict = match(**(FITTING | change))
    assert verdict.first_broken == first_broken
    assert verdict.all is (first_broken is None)


def test_each_condition_answers_for_itself():
    verdict = match(**(FITTING | {"bulletin_language": Language.UZ, "bulletin_locality_id": 8}))
    assert (verdict.year, verdict.language, verdict.locality, verdict.group) == (True, False, False, True)
