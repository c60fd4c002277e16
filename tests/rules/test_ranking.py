"""In which order children are served."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.enums import Stream
from app.rules.ranking import (
    Candidate,
    Ratio,
    StreamTotals,
    natural_key,
    served_by_category,
    served_order,
    served_position,
)

ONE_TO_THREE = Ratio(1, 3)
LETTERS = {"o": Stream.OUT_OF_TURN, "f": Stream.FIRST_PRIORITY, "g": Stream.GENERAL}
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("submitted", "position", "served"),
    [
        ("g1 g2 g3 g4 g5 g6 f1 f2 o1", 0, "o1 f1 g1 g2 g3 f2 g4 g5 g6"),
        ("f1 f2 f3", 0, "f1 f2 f3"),  # nobody general: their slots are skipped
        ("g1 g2 g3 g4 g5", 0, "g1 g2 g3 g4 g5"),
        ("o1 o2", 2, "o1 o2"),
        ("g1 g2 f1 g3 g4", 2, "g1 g2 f1 g3 g4"),  # the last run stopped after f g
        ("f1 f2 g1", 1, "g1 f1 f2"),
        ("f1 f2 g1 g2 g3 g4 g5 g6 g7", 3, "g1 f1 g2 g3 g4 f2 g5 g6 g7"),
        ("", 0, ""),
    ],
)
def test_out_of_turn_then_one_to_three(submitted, position, served):
    order = served_order(candidates(submitted), ONE_TO_THREE, position).order
    assert " ".join(candidate.number for candidate in order) == served


def test_the_next_run_continues_where_the_last_stopped():
    assert served_order(candidates("o1 f1 g1"), ONE_TO_THREE).next_cycle_position == 2
    assert served_order(candidates("o1"), ONE_TO_THREE, 3).next_cycle_position == 3
    assert served_order(candidates("f1 f2"), ONE_TO_THREE).next_cycle_position == 1
    assert served_order(candidates("f1 g1 g2 g3"), ONE_TO_THREE).next_cycle_position == 0
    assert served_order(candidates("f1 g1 g2 g3"), ONE_TO_THREE, places=3).next_cycle_position == 3


def test_equal_moments_go_by_number_as_people_read_numbers():
    numbers = ["УО.2018.000024.1", "10", "9", "УО.2018.000003.1", "1" * 5000, "009"]
    order = served_order([Candidate(number, Stream.GENERAL, START) for number in numbers], ONE_TO_THREE).order
    assert [candidate.number for candidate in order] == [
        "009", "9", "10", "1" * 5000, "УО.2018.000003.1", "УО.2018.000024.1",
    ]  # fmt: skip


def test_the_microsecond_decides():
    earlier = Candidate("2", Stream.GENERAL, START)
    later = Candidate("1", Stream.GENERAL, START + timedelta(microseconds=1))
    assert served_order([later, earlier], ONE_TO_THREE).order == (earlier, later)


@pytest.mark.parametrize("position", [-1, 4])
def test_a_position_outside_the_cycle_is_refused(position):
    with pytest.raises(ValueError):
        served_order([], ONE_TO_THREE, position)
    with pytest.raises(ValueError):
        served_position(Stream.GENERAL, 1, StreamTotals(general=1), ONE_TO_THREE, position)


@pytest.mark.parametrize("rank", [0, 4])
def test_a_rank_outside_the_stream_is_refused(rank):
    with pytest.raises(ValueError):
        served_position(Stream.GENERAL, rank, StreamTotals(general=3), ONE_TO_THREE)


@pytest.mark.parametrize("slots", [(0, 3), (1, 0), (-1, 3)])
def test_a_cycle_without_slots_is_refused(slots):
    with pytest.raises(ValueError):
        Ratio(*slots)


ratios = st.builds(Ratio, st.integers(1, 4), st.integers(1, 5))
queues = st.lists(
    st.tuples(st.sampled_from(Stream), st.integers(0, 20)), max_size=40
).map(
    lambda rows: [Candidate(str(n), stream, START + timedelta(seconds=s)) for n, (stream, s) in enumerate(rows)]
)  # fmt: skip


@given(queues, ratios, st.data())
def test_the_closed_form_gives_the_place_in_the_list(queue, ratio, data):
    position = data.draw(st.integers(0, ratio.cycle - 1))
    order = served_order(queue, ratio, position).order
    totals = StreamTotals(*(sum(one.stream is stream for one in queue) for stream in Stream))
    seen = dict.fromkeys(Stream, 0)
    for place, candidate in enumerate(order, start=1):
        seen[candidate.stream] += 1
        assert served_position(candidate.stream, seen[candidate.stream], totals, ratio, position) == place


@given(queues, ratios, st.lists(st.integers(0, 9), max_size=8), st.data())
def test_several_runs_serve_as_one(queue, ratio, runs, data):
    position = data.draw(st.integers(0, ratio.cycle - 1))
    at_once = served_order(queue, ratio, position)
    served, waiting = [], list(queue)
    for places in [*runs, len(queue)]:
        run = served_order(waiting, ratio, position, places)
        assert len(run.order) == min(places, len(waiting))
        served += run.order
        waiting = [one for one in waiting if one not in run.order]
        position = run.next_cycle_position
    assert (tuple(served), position) == (at_once.order, at_once.next_cycle_position)


@given(queues, ratios)
def test_everybody_is_served_once_and_nobody_is_passed_over_in_his_stream(queue, ratio):
    order = served_order(queue, ratio).order
    assert sorted(one.number for one in order) == sorted(one.number for one in queue)
    for stream in Stream:
        keys = [(one.submitted_at, natural_key(one.number)) for one in order if one.stream is stream]
        assert keys == sorted(keys)
    out_of_turn = sum(one.stream is Stream.OUT_OF_TURN for one in queue)
    assert all(one.stream is Stream.OUT_OF_TURN for one in order[:out_of_turn])


@given(queues, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_the_rows_came(queue, chance: random.Random):
    shuffled = list(queue)
    chance.shuffle(shuffled)
    assert served_order(shuffled, ONE_TO_THREE) == served_order(queue, ONE_TO_THREE)


categorised = st.lists(
    st.tuples(st.sampled_from(Stream), st.integers(0, 20), st.integers(1, 4)), max_size=40
).map(
    lambda rows: [Candidate(str(n), of, START + timedelta(seconds=s), c) for n, (of, s, c) in enumerate(rows)]
)  # fmt: skip


@given(categorised, ratios, st.data())
def test_a_category_is_served_whole_before_the_next(queue, ratio, data):
    position = data.draw(st.integers(0, ratio.cycle - 1))
    served = served_by_category(queue, ratio, position)
    assert sorted(one.number for one in served.order) == sorted(one.number for one in queue)
    assert [one.category for one in served.order] == sorted(one.category for one in queue)
    rest = served.order
    for category in sorted({one.category for one in queue}):
        part = served_order([one for one in queue if one.category == category], ratio, position)
        assert rest[: len(part.order)] == part.order
        rest, position = rest[len(part.order) :], part.next_cycle_position
    assert position == served.next_cycle_position


@given(categorised, ratios, st.integers(0, 45))
def test_so_many_places_serve_so_many_of_the_categories(queue, ratio, places):
    first = served_by_category(queue, ratio, places=places)
    assert first.order == served_by_category(queue, ratio).order[:places]
    # Without categories both orders are one.
    alike = [Candidate(one.number, one.stream, one.submitted_at) for one in queue]
    assert served_by_category(alike, ratio, places=places) == served_order(alike, ratio, places=places)


def test_an_impossible_position_or_number_of_places_is_refused():
    with pytest.raises(ValueError, match="0 to 3"):
        served_by_category([], ONE_TO_THREE, 4)
    with pytest.raises(ValueError, match="negative"):
        served_by_category([], ONE_TO_THREE, places=-1)


def candidates(text: str) -> list[Candidate]:
    """ "g1 f1": a general one, then a first-priority one, a minute apart."""
    return [
        Candidate(name, LETTERS[name[0]], START + timedelta(minutes=minute)) for minute, name in enumerate(text.split())
    ]
