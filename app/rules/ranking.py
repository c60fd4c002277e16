"""In which order the children of one queue are served.

Everyone out of turn first; then the cycle: one first-priority, three general, again and again. An
empty stream yields its slot. Inside a stream the moment of submission decides, then the number. The
place in the cycle is remembered between runs, so several runs keep the ratio of one. Where a queue is
ordered by categories, a lower category is served whole before the next one begins.
Sources: explanations of the education departments to the service rules ("one to three"); the voucher
guide of 2025 and what kindergartens tell of the yearly update (categories).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app.models.enums import Stream


@dataclass(frozen=True)
class Ratio:
    """How many of each stream make one cycle. Raises ValueError unless both are positive."""

    first_priority: int = 1
    general: int = 3

    def __post_init__(self) -> None:
        if self.first_priority < 1 or self.general < 1:
            raise ValueError("both streams have at least one slot in the cycle")

    @property
    def cycle(self) -> int:
        return self.first_priority + self.general

    def stream_at(self, position: int) -> Stream:
        """Whose slot it is: first-priority slots open the cycle."""
        return Stream.FIRST_PRIORITY if position < self.first_priority else Stream.GENERAL


@dataclass(frozen=True)
class Candidate:
    """One application in a queue; `submitted_at` carries its zone, `category` is the place of its category."""

    number: str
    stream: Stream
    submitted_at: datetime
    category: int = 0


@dataclass(frozen=True)
class ServedOrder:
    """The order, and the position in the cycle to remember for the next run."""

    order: tuple[Candidate, ...]
    next_cycle_position: int


@dataclass(frozen=True)
class StreamTotals:
    """How many applications each stream of one queue holds."""

    out_of_turn: int = 0
    first_priority: int = 0
    general: int = 0


@dataclass(frozen=True)
class Slot:
    """One place of the served order: whose it is, without saying who stands there. Both count from 1."""

    position: int
    stream: Stream
    rank: int


def natural_key(number: str) -> tuple[tuple[str, int, str], ...]:
    """Sort key in which runs of digits compare as numbers: "9" before "10"; ties go by the text itself."""
    parts = re.findall(r"([^0-9]*)([0-9]*)", number)
    # A run without its zeros is compared by length, then by text: any length, no conversion.
    key = tuple((text, len(run.lstrip("0")), run.lstrip("0")) for text, run in parts)
    return (*key, ("", 0, number))


def served_order(
    candidates: Iterable[Candidate], ratio: Ratio, cycle_position: int = 0, places: int | None = None
) -> ServedOrder:
    """The first `places` of `candidates` (all by default) in served order.

    Raises ValueError for a position outside the cycle or a negative number of places.
    """
    _check_position(ratio, cycle_position)
    if places is not None and places < 0:
        raise ValueError("places cannot be negative")
    streams: dict[Stream, list[Candidate]] = {stream: [] for stream in Stream}
    for candidate in sorted(candidates, key=lambda one: (one.submitted_at, natural_key(one.number))):
        streams[candidate.stream].append(candidate)
    served = streams[Stream.OUT_OF_TURN][:places]
    position = cycle_position
    for candidate, after in _cycle(streams, ratio, cycle_position):
        if places is not None and len(served) >= places:
            break
        served.append(candidate)
        position = after
    return ServedOrder(tuple(served), position)


def served_by_category(
    candidates: Iterable[Candidate], ratio: Ratio, cycle_position: int = 0, places: int | None = None
) -> ServedOrder:
    """The first `places` of `candidates`, lower categories first; errors as in served_order.

    Inside a category the served order holds, and the cycle goes on from one category to the next.
    """
    _check_position(ratio, cycle_position)
    if places is not None and places < 0:
        raise ValueError("places cannot be negative")
    by_category: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        by_category.setdefault(candidate.category, []).append(candidate)
    served: list[Candidate] = []
    position = cycle_position
    for category in sorted(by_category):
        left = None if places is None else places - len(served)
        part = served_order(by_category[category], ratio, position, left)
        served += part.order
        position = part.next_cycle_position
    return ServedOrder(tuple(served), position)


def served_position(stream: Stream, rank: int, totals: StreamTotals, ratio: Ratio, cycle_position: int = 0) -> int:
    """The 1-based place in the served order of the `rank`-th (1-based) of a stream, without the list.

    Counts the slots of the other stream that come before in an endless cycle; more of them than the
    other stream has can never be served, hence the minimum. Raises ValueError for a rank outside the stream.
    """
    _check_position(ratio, cycle_position)
    if not 1 <= rank <= getattr(totals, stream.value):
        raise ValueError(f"rank {rank} is outside the stream {stream.value}")
    if stream is Stream.OUT_OF_TURN:
        return rank
    passed_first = min(cycle_position, ratio.first_priority)
    passed_general = cycle_position - passed_first
    if stream is Stream.GENERAL:
        whole_cycles = (rank + passed_general - 1) // ratio.general + 1
        others = min(totals.first_priority, whole_cycles * ratio.first_priority - passed_first)
    else:
        whole_cycles = (rank + passed_first - 1) // ratio.first_priority
        others = min(totals.general, whole_cycles * ratio.general - passed_general)
    return totals.out_of_turn + others + rank


def served_slots(totals: StreamTotals, ratio: Ratio, cycle_position: int = 0, first: int = 1) -> Iterator[Slot]:
    """The places of the served order from the place `first` on, without the list behind them.

    Raises ValueError for a position outside the cycle or a place before the first.
    """
    _check_position(ratio, cycle_position)
    if first < 1:
        raise ValueError(f"places count from 1, not {first}")
    for position in range(first, totals.out_of_turn + 1):
        yield Slot(position, Stream.OUT_OF_TURN, position)
    passed = max(first - 1 - totals.out_of_turn, 0)
    # A stream that is through leaves its slots to the other.
    priority = min(_priority_slots(ratio, cycle_position, passed), totals.first_priority)
    general = min(passed - priority, totals.general)
    priority = passed - general
    while priority < totals.first_priority or general < totals.general:
        stream = ratio.stream_at((cycle_position + priority + general) % ratio.cycle)
        if priority == totals.first_priority or (stream is Stream.GENERAL and general < totals.general):
            general += 1
            yield Slot(totals.out_of_turn + priority + general, Stream.GENERAL, general)
        else:
            priority += 1
            yield Slot(totals.out_of_turn + priority + general, Stream.FIRST_PRIORITY, priority)


def _priority_slots(ratio: Ratio, cycle_position: int, slots: int) -> int:
    """How many of the next `slots` slots of an endless cycle are first-priority ones."""
    whole, rest = divmod(slots, ratio.cycle)
    opened = ((cycle_position + slot) % ratio.cycle for slot in range(rest))
    return whole * ratio.first_priority + sum(ratio.stream_at(slot) is Stream.FIRST_PRIORITY for slot in opened)


def _cycle(streams: dict[Stream, list[Candidate]], ratio: Ratio, position: int) -> Iterator[tuple[Candidate, int]]:
    """Candidates of both cycle streams, each with the position that follows."""
    waiting = {stream: iter(streams[stream]) for stream in (Stream.FIRST_PRIORITY, Stream.GENERAL)}
    left = sum(len(streams[stream]) for stream in waiting)
    while left:
        candidate = next(waiting[ratio.stream_at(position)], None)
        position = (position + 1) % ratio.cycle
        if candidate is not None:
            left -= 1
            yield candidate, position


def _check_position(ratio: Ratio, cycle_position: int) -> None:
    if not 0 <= cycle_position < ratio.cycle:
        raise ValueError(f"the cycle position is 0 to {ratio.cycle - 1}, not {cycle_position}")
