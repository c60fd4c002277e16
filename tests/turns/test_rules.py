"""Who may be told: the age to the day, and promises that can all be kept, against the plain definition."""

from __future__ import annotations

import datetime as dt

from hypothesis import assume, given
from hypothesis import strategies as st

from app.rules.eligibility import full_age_months
from app.rules.turns import FreePlaces, born_by, fits, leaves_room, old_enough_on, room

YEARS = st.integers(2020, 2023)
PLACES = st.lists(
    st.builds(FreePlaces, st.integers(1, 99), st.frozensets(YEARS, min_size=1, max_size=3), st.integers(0, 3)),
    max_size=4,
    unique_by=lambda place: place.group_id,
)
PROMISED = st.dictionaries(YEARS, st.integers(0, 3), max_size=4)


@given(st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31)), st.integers(18, 48))
def test_born_by_is_the_last_birthday_that_is_old_enough(on, months):
    latest = born_by(on, months)
    assert full_age_months(latest, on) >= months
    assert full_age_months(latest + dt.timedelta(days=1), on) < months


@given(st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31)), st.integers(18, 48))
def test_the_first_day_of_choice_is_the_first(born, months):
    day = old_enough_on(born, months)
    assert full_age_months(born, day) >= months
    assert full_age_months(born, day - dt.timedelta(days=1)) < months


def seated(promised, places):
    """The plain definition: everybody is given a place, one after another, trying all ways."""
    waiting = [year for year, count in promised.items() for _ in range(count)]
    free = {place.group_id: place.free for place in places}

    def seat(left):
        if not left:
            return True
        for place in places:
            if left[0] in place.birth_years and free[place.group_id]:
                free[place.group_id] -= 1
                if seat(left[1:]):
                    return True
                free[place.group_id] += 1
        return False

    return seat(waiting)


@given(PROMISED, PLACES)
def test_promises_fit_exactly_when_everybody_finds_a_place(promised, places):
    assert fits(promised, places) is seated(promised, places)


@given(PROMISED, PLACES, YEARS)
def test_the_room_is_all_there_is_and_no_more(promised, places, year):
    assume(fits(promised, places))
    more = room(year, promised, places)
    told = {**promised, year: promised.get(year, 0) + more}
    assert fits(told, places)
    assert not fits({**told, year: told[year] + 1}, places)


def test_a_place_given_away_must_not_be_anothers_last():
    both, younger = FreePlaces(1, frozenset({2022, 2023}), 1), FreePlaces(2, frozenset({2023}), 1)
    assert not leaves_room(1, {2022: 1}, [both, younger])
    assert leaves_room(2, {2022: 1}, [both, younger])
