"""Figures are valid, small, and leave colours and fonts to the page."""

from __future__ import annotations

import datetime as dt
import json

import plotly.graph_objects as go
import pytest

from charts.deadlines import deadlines_figure
from charts.look import SERIES, short_name
from charts.places import places_figure
from charts.queue import queue_figure
from charts.waiting import waiting_figure

YEARS = ["2019", "2020", "2021", "2022", "2023", "2024"]
NAMES = [f"Түркістан облысы, {n}-аудан" for n in range(30)]
MONTHS = [dt.date(2024 + n // 12, n % 12 + 1, 1) for n in range(24)]
PARTS = [("enrolled", "қабылданған"), ("held", "сақталған"), ("published", "бюллетеньде"), ("free", "бос")]

LARGEST = {
    "queue": queue_figure([(name, dict.fromkeys(YEARS, 12_345)) for name in NAMES], YEARS, "бала"),
    "places": places_figure([(name, [12_345] * 4) for name in NAMES], PARTS),
    "waiting": waiting_figure(MONTHS, [123] * 24, [456] * 24, ("жартысы", "оннан тоғызы"), "күн"),
    "deadlines": deadlines_figure([(name, 1000, 10) for name in NAMES[:4]], ("мерзімінде", "кеш"), percent=False),
}


@pytest.mark.parametrize("name", LARGEST)
def test_a_figure_is_valid_and_small(name):
    figure = LARGEST[name]
    text = figure.to_json()
    assert len(text.encode()) <= 60_000
    # plotly checks every name and value again when it reads the figure back.
    again = go.Figure(json.loads(text))
    again.layout.template = None
    assert again.to_dict() == figure.to_dict()


@pytest.mark.parametrize("name", LARGEST)
def test_colours_are_tokens_and_the_template_stays_away(name):
    plain = json.loads(LARGEST[name].to_json())
    assert "template" not in plain["layout"]
    assert "font" not in plain["layout"]
    for trace in plain["data"]:
        assert trace["marker"]["color"].startswith("var(--")


def test_series_differ_by_more_than_colour():
    shapes = [trace.marker.pattern.shape for trace in LARGEST["queue"].data]
    assert len(set(shapes)) == len(shapes) == len(SERIES)
    assert len({trace.line.dash for trace in LARGEST["waiting"].data}) == 2
    assert len({trace.marker.symbol for trace in LARGEST["waiting"].data}) == 2


def test_bars_are_stacked_from_zero_and_the_first_is_on_top():
    layout = LARGEST["places"].layout
    assert (layout.barmode, layout.xaxis.rangemode, layout.yaxis.autorange) == ("stack", "tozero", "reversed")
    assert [trace.name for trace in LARGEST["places"].data] == [label for _, label in PARTS]


def test_values_stay_in_the_order_of_the_rows():
    figure = queue_figure([("A", {"2023": 7}), ("B", {"2022": 1, "2023": 2})], ["2022", "2023"], "children")
    assert [list(trace.x) for trace in figure.data] == [[0, 1], [7, 2]]
    assert [list(trace.y) for trace in figure.data] == [["A", "B"], ["A", "B"]]


def test_more_series_than_colours_are_refused():
    with pytest.raises(ValueError, match="cannot be told apart"):
        queue_figure([("A", {})], [*YEARS, "2025"], "children")


def test_a_month_without_a_number_is_a_gap():
    figure = waiting_figure(MONTHS[:3], [10, None, 30], [20, None, 60], ("half", "nine of ten"), "days")
    assert [list(trace.y) for trace in figure.data] == [[20, None, 60], [10, None, 30]]
    assert not any(trace.connectgaps for trace in figure.data)
    assert [list(trace.text) for trace in figure.data] == [["", "", "90 %"], ["", "", "50 %"]]


def test_shares_end_at_a_hundred():
    figure = deadlines_figure([("Referral", 97, 3)], ("in time", "late"), percent=True)
    assert list(figure.layout.xaxis.range) == [0, 100]
    assert figure.layout.xaxis.ticksuffix == " %"


@pytest.mark.parametrize(
    ("name", "lines"),
    [("Кентау қ.", 1), ("Ұзынағаш ауылдық округі, Жамбыл ауданы", 2), ("a " * 60, 2)],
)
def test_a_long_name_is_broken_into_two_lines_at_most(name, lines):
    assert short_name(name).count("<br>") == lines - 1
