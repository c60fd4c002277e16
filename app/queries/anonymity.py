"""What may be published about groups of people: no number between one and nine, and none that can be worked out.

Small cells are added together instead of being left out, so that totals stay true. When what is added
together is still small, the next smallest cell joins it: otherwise the total would give it away.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

#: The smallest group of people that is shown by itself.
FEWEST = 10

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Pooled(Generic[K]):
    """`shown` stand alone; `together` are one sum. `too_few`: even the sum is under FEWEST and nothing is shown."""

    shown: tuple[K, ...]
    together: tuple[K, ...] = ()
    too_few: bool = False


def pooled(cells: Mapping[K, int], fewest: int = FEWEST) -> Pooled[K]:
    """Which cells may stand alone and which are added together. Order is kept; a cell of 0 hides nobody."""
    joined = {key for key, count in cells.items() if 0 < count < fewest}
    total = sum(cells[key] for key in joined)
    large = sorted((count, position, key) for position, (key, count) in enumerate(cells.items()) if count >= fewest)
    if 0 < total < fewest and large:
        joined.add(large[0][2])
        total += large[0][0]
    too_few = 0 < total < fewest
    return Pooled(
        shown=() if too_few else tuple(key for key in cells if key not in joined),
        together=tuple(key for key in cells if key in joined),
        too_few=too_few,
    )
