"""Rounds of vouchers: order, places, localities left out."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.enums import Stream
from app.rules.ranking import Candidate, Ratio, served_by_category
from app.rules.rule_sets import RoundScope
from app.rules.vouchers import VoucherCandidate, in_order, issue_round

START = datetime(2025, 2, 6, 16, 16, 55, 153600, tzinfo=UTC)
CITY, DISTRICT = RoundScope.CITY, RoundScope.DISTRICT


def child(number: str, category: int, minute: int, locality: str = "city") -> VoucherCandidate:
    return VoucherCandidate(number, category, START + timedelta(minutes=minute), locality)


def numbers(result) -> str:
    return " ".join(one.number for one in result.order)


def test_the_category_decides_then_the_moment_then_the_number():
    line = [child("10", 2, 0), child("9", 2, 0), child("7", 1, 5), child("8", 2, -1)]
    assert numbers(issue_round(line, {"city": 9}, CITY)) == "7 8 9 10"
    assert numbers(issue_round(line, {"city": 2}, CITY)) == "7 8"


def test_the_microsecond_decides():
    earlier, later = child("2", 1, 0), VoucherCandidate("1", 1, START + timedelta(microseconds=1), "city")
    assert in_order([later, earlier]) == [earlier, later]


def test_a_city_is_one_pool_of_places():
    line = [child("1", 1, 0, "north"), child("2", 1, 1, "north"), child("3", 1, 2, "south")]
    result = issue_round(line, {"north": 0, "south": 2}, CITY)
    assert numbers(result) == "1 2"
    assert result.skipped == ()


def test_a_district_gives_each_locality_its_own_places_and_names_those_without():
    line = [
        child("1", 1, 0, "Ащысай"),
        child("2", 1, 1, "Байылдыр"),
        child("3", 1, 2, "Ащысай"),
        child("4", 2, 0, "Хантағы"),
        child("5", 1, 3, "Қарнақ"),
    ]
    result = issue_round(line, {"Ащысай": 1, "Байылдыр": 0, "Хантағы": 3}, DISTRICT)
    assert numbers(result) == "1 4"
    # Қарнақ is not among the localities with places at all; Ащысай had one and is not left out.
    assert result.skipped == ("Байылдыр", "Қарнақ")


def test_an_empty_round():
    assert issue_round([], {}, CITY).order == ()
    assert issue_round([], {"x": 3}, DISTRICT) == issue_round([], {}, DISTRICT)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="negative"):
        issue_round([], {"x": -1}, DISTRICT)
    with pytest.raises(ValueError, match="twice"):
        issue_round([child("1", 1, 0), child("1", 2, 0)], {"city": 2}, CITY)


PLACES = ("a", "b", "c", "d")
lines = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 9), st.sampled_from(PLACES)), max_size=40
).map(
    lambda rows: [child(str(n), category, minute, where) for n, (category, minute, where) in enumerate(rows)]
)  # fmt: skip
free = st.dictionaries(st.sampled_from(PLACES), st.integers(0, 8))
scopes = st.sampled_from(RoundScope)


@given(lines, free, scopes)
def test_never_more_vouchers_than_places(line, places, scope):
    result = issue_round(line, places, scope)
    assert len(result.order) <= sum(places.values())
    assert len(set(result.order)) == len(result.order)
    assert set(result.order) <= set(line)
    if scope is DISTRICT:
        given_out = Counter(one.locality for one in result.order)
        assert all(given_out[where] <= places.get(where, 0) for where in PLACES)


@given(lines, free, scopes)
def test_nobody_is_passed_over_by_someone_behind(line, places, scope):
    """In a city by nobody at all, in a district by nobody of the same locality."""
    result = issue_round(line, places, scope)
    assert list(result.order) == in_order(result.order)
    waiting = [one for one in line if one not in result.order]
    for left in waiting:
        ahead = [one for one in result.order if in_order([left, one])[0] is left]
        assert not [one for one in ahead if scope is CITY or one.locality == left.locality]


@given(lines, free, scopes)
def test_no_place_stays_empty_while_somebody_waits_for_it(line, places, scope):
    result = issue_round(line, places, scope)
    waiting = Counter(one.locality for one in line if one not in result.order)
    used = Counter(one.locality for one in result.order)
    if scope is CITY:
        assert not waiting or len(result.order) == sum(places.values())
    else:
        assert all(used[where] == places.get(where, 0) for where in waiting)
        assert set(result.skipped) == {where for where in waiting if not places.get(where)}


@given(lines, free, scopes, st.randoms(use_true_random=False))
def test_the_round_does_not_depend_on_how_the_rows_came(line, places, scope, chance: random.Random):
    shuffled, turned = list(line), dict(reversed(places.items()))
    chance.shuffle(shuffled)
    assert issue_round(shuffled, turned, scope) == issue_round(line, places, scope)


@given(lines)
def test_the_round_follows_the_ranking_by_category(line):
    """A category holds one stream, and then `flask explain ranking` and the round give one order."""
    ranked = [Candidate(one.number, Stream.GENERAL, one.submitted_at, one.category_position) for one in line]
    order = served_by_category(ranked, Ratio(1, 3)).order
    assert [one.number for one in order] == [one.number for one in issue_round(line, {"": 99}, CITY).order]
