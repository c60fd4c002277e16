"""Whose turn it may be: who is old enough on a day, and how many of a line may be told of the free places.

A place of a group that takes children of several years belongs to several lines at once; it must not be
promised twice. Source: guide 002 (age in full years on the day of choosing, three days of choice of one place).
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True)
class FreePlaces:
    """Places of one group that are nobody's, and the birth years it takes."""

    group_id: int
    birth_years: frozenset[int]
    free: int


def born_by(on: dt.date, min_age_months: int) -> dt.date:
    """The latest date of birth that gives `min_age_months` full months of age on the day `on`.

    Agrees with app/rules/eligibility.full_age_months: on the last day of a month every day of birth of a
    longer month counts as reached.
    """
    years, month = divmod(on.year * 12 + on.month - 1 - min_age_months, 12)
    longest = calendar.monthrange(years, month + 1)[1]
    is_last = on.day == calendar.monthrange(on.year, on.month)[1]
    return dt.date(years, month + 1, longest if is_last else min(on.day, longest))


def old_enough_on(born: dt.date, min_age_months: int) -> dt.date:
    """The first day on which a child has `min_age_months` full months of age."""
    years, month = divmod(born.year * 12 + born.month - 1 + min_age_months, 12)
    return dt.date(years, month + 1, min(born.day, calendar.monthrange(years, month + 1)[1]))


def room(year: int, promised: Mapping[int, int], places: Sequence[FreePlaces]) -> int:
    """How many more children of `year` may be told, when `promised` children of each year await a place already.

    Every set of years must find as many places as it was promised, wherever they choose (Hall's condition).
    """
    others = sorted(other for other, count in promised.items() if count and other != year)
    sets = (frozenset((year, *chosen)) for size in range(len(others) + 1) for chosen in combinations(others, size))
    return max(0, min(_supply(years, places) - sum(promised.get(one, 0) for one in years) for years in sets))


def leaves_room(group_id: int, promised: Mapping[int, int], places: Sequence[FreePlaces]) -> bool:
    """Whether all who were promised a place still find one when the group gives one away."""
    return fits(promised, [_without_one(one) if one.group_id == group_id else one for one in places])


def fits(promised: Mapping[int, int], places: Sequence[FreePlaces]) -> bool:
    """Whether everybody who was promised a place finds one."""
    awaited = sorted(year for year, count in promised.items() if count)
    return all(
        _supply(frozenset(years), places) >= sum(promised[one] for one in years)
        for size in range(1, len(awaited) + 1)
        for years in combinations(awaited, size)
    )


def _without_one(place: FreePlaces) -> FreePlaces:
    return FreePlaces(place.group_id, place.birth_years, place.free - 1)


def _supply(years: frozenset[int], places: Iterable[FreePlaces]) -> int:
    return sum(one.free for one in places if one.birth_years & years)
