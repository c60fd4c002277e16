"""No published number speaks of one to nine people, and none can be worked out from the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.queries.anonymity import FEWEST, pooled

CELLS = some.dictionaries(some.integers(2015, 2030), some.integers(0, 60), max_size=12)


@given(CELLS)
def test_nothing_small_stands_alone(cells):
    assert not [key for key in pooled(cells).shown if 0 < cells[key] < FEWEST]


@given(CELLS)
def test_the_sum_is_kept_and_is_not_small_either(cells):
    pool = pooled(cells)
    together = sum(cells[key] for key in pool.together)
    assert set(pool.shown) | set(pool.together) == set(cells) or pool.too_few
    assert pool.too_few or sum(cells[key] for key in pool.shown) + together == sum(cells.values())
    assert pool.too_few or not 0 < together < FEWEST


@given(CELLS)
def test_a_sum_is_always_of_several(cells):
    """One cell alone behind "others" would be found as the total less the rest."""
    pool = pooled(cells)
    assert len(pool.together) != 1 or pool.too_few


@given(CELLS)
def test_nothing_is_hidden_without_need(cells):
    small = any(0 < count < FEWEST for count in cells.values())
    assert bool(pooled(cells).together) == small


@pytest.mark.parametrize(
    ("cells", "shown", "together", "too_few"),
    [
        ({2021: 40, 2022: 12}, (2021, 2022), (), False),
        ({2021: 40, 2022: 6, 2023: 5}, (2021,), (2022, 2023), False),
        ({2021: 40, 2022: 12, 2023: 3}, (2021,), (2022, 2023), False),
        ({2021: 40, 2023: 3}, (), (2021, 2023), False),
        ({2021: 4, 2022: 5}, (), (2021, 2022), True),
        ({2021: 0, 2022: 30}, (2021, 2022), (), False),
        ({}, (), (), False),
    ],
)
def test_examples(cells, shown, together, too_few):
    pool = pooled(cells)
    assert (pool.shown, pool.together, pool.too_few) == (shown, together, too_few)
