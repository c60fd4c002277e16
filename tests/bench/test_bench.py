"""The bench measures what it says: its judgement, its data, and one quick run in which every result is right."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from bench.report import Goal, Report, ratios
from bench.town import queue_lengths
from embedded.places import PROJECT

AT_LEAST = Goal("G", "a ratio", 0.40)
AT_MOST = Goal("G", "a growth", 2.0, at_least=False)
SENTENCE = Goal("G", "a sentence", 1.0, exact=True)


@pytest.mark.parametrize(
    ("goal", "rounds", "verdict"),
    [
        (AT_LEAST, [0.41, 0.10, 0.42], "PASS"),  # the middle one counts
        (AT_LEAST, [0.37], "GATE"),
        (AT_LEAST, [0.35], "FAIL"),
        (AT_MOST, [1.9, 9.0, 1.8], "PASS"),
        (AT_MOST, [2.2], "GATE"),
        (AT_MOST, [2.3], "FAIL"),
        (SENTENCE, [1.0], "PASS"),
        (SENTENCE, [0.95], "FAIL"),  # nearly right is wrong
    ],
)
def test_a_goal_is_judged_by_the_middle_round(goal, rounds, verdict):
    report = Report(io.StringIO())
    report.add(goal, rounds)
    assert report.results[0].verdict == verdict
    assert bool(report.failed) == (verdict == "FAIL")
    assert bool(report.wrong) == (verdict == "FAIL" and goal.exact)


def test_ratios_are_taken_round_by_round():
    assert ratios([10, 30], [20, 20]) == [0.5, 1.5]


def test_queues_are_as_uneven_as_in_a_country():
    lengths = queue_lengths(1_000_000, 3176)
    assert sum(lengths) == 1_000_000
    assert 50_000 <= lengths[0] <= 65_000
    passed, of_the_child_in_the_middle = 0, 0
    for length in lengths:
        passed += length
        if passed >= 500_000:
            of_the_child_in_the_middle = length
            break
    assert 2_500 <= of_the_child_in_the_middle <= 4_000


@pytest.mark.slow
def test_a_quick_run_gets_every_result_right():
    """How fast it was does not matter here; a wrong number, an oversold place or a referral done twice does."""
    command = [sys.executable, "-m", "bench", "--rows", "5000", "--rounds", "1", "--seconds", "1", "--no-gate"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    summary = done.stdout.split("== Summary")[1]
    for goal in ("G1 ", "G1a", "G1b", "G1c", "G2a", "G2b", "G2c", "G4a", "G4b", "G4c", "G4d"):
        assert goal in summary, f"{goal} was not measured"
    correct = [line for line in summary.splitlines() if " G1  " in line or " G2a " in line or " G4d " in line]
    assert len(correct) == 4
    assert all(line.startswith("PASS") for line in correct), summary
