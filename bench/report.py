"""Goals, what was measured against them, and an honest table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TextIO

#: A run passes a goal that it misses by a tenth: a shared machine is that noisy.
GATE = 0.9


@dataclass(frozen=True)
class Goal:
    """A number to reach. `at_least` False: it must not be exceeded. `exact`: no tenth is forgiven."""

    id: str
    words: str
    target: float
    at_least: bool = True
    exact: bool = False

    @property
    def gate(self) -> float:
        """The number below (above) which the run fails."""
        if self.exact:
            return self.target
        return self.target * GATE if self.at_least else self.target / GATE


@dataclass(frozen=True)
class Result:
    """What was measured: one value for each round, the middle one counts."""

    goal: Goal
    rounds: Sequence[float]
    notes: str = ""

    @property
    def value(self) -> float:
        return median(self.rounds)

    @property
    def passes(self) -> bool:
        return self.value >= self.goal.gate if self.goal.at_least else self.value <= self.goal.gate

    @property
    def reaches(self) -> bool:
        return self.value >= self.goal.target if self.goal.at_least else self.value <= self.goal.target

    @property
    def verdict(self) -> str:
        """PASS at the goal, GATE when it is within the tenth, FAIL below."""
        return "PASS" if self.reaches else "GATE" if self.passes else "FAIL"

    def line(self) -> str:
        sign = "≥" if self.goal.at_least else "≤"
        rounds = ", ".join(f"{value:.3g}" for value in self.rounds)
        return (
            f"{self.verdict:4}  {self.goal.id:5} {self.value:>8.3g}  {sign} {self.goal.target:<6g} {self.goal.words}"
            + (f"\n{'':22}rounds: {rounds}" + (f"; {self.notes}" if self.notes else ""))
        )


@dataclass
class Report:
    """Collects results and says them as they come."""

    out: TextIO
    results: list[Result] = field(default_factory=list)

    def say(self, words: str) -> None:
        print(words, file=self.out, flush=True)

    def heading(self, words: str) -> None:
        self.say(f"\n== {words}")

    def add(self, goal: Goal, rounds: Sequence[float], notes: str = "") -> None:
        result = Result(goal, rounds, notes)
        self.results.append(result)
        self.say(result.line())

    def true(self, id: str, words: str, holds: bool, notes: str = "") -> None:
        """A sentence that must hold."""
        self.add(Goal(id, words, 1.0, exact=True), [1.0 if holds else 0.0], notes)

    @property
    def failed(self) -> list[Result]:
        return [result for result in self.results if not result.passes]

    @property
    def wrong(self) -> list[Result]:
        """Sentences that do not hold; no slowness of a machine excuses these."""
        return [result for result in self.failed if result.goal.exact]


def rounds_of(times: int, measure: Callable[[], dict[str, float]]) -> dict[str, list[float]]:
    """`measure` repeated, its values gathered by name."""
    gathered: dict[str, list[float]] = {}
    for _ in range(times):
        for name, value in measure().items():
            gathered.setdefault(name, []).append(value)
    return gathered


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Round by round, so that what slows the machine for a while slows both."""
    return [a / b if b else 0.0 for a, b in zip(above, below, strict=True)]
