"""What our figures share: the sequence of colours with a pattern beside each, names that fit, room for bars."""

from __future__ import annotations

import textwrap
from typing import Any

import plotly.graph_objects as go

#: Series are told apart by pattern as well as by colour: a page must be readable in greyscale.
SERIES = (
    ("var(--c1)", ""),
    ("var(--c2)", "/"),
    ("var(--c3)", "x"),
    ("var(--c6)", "."),
    ("var(--c4)", "\\"),
    ("var(--c5)", "+"),
)
GOOD, BAD, QUIET = SERIES[0], SERIES[1], ("var(--line-strong)", ".")

#: The least height is that of the place the page keeps free for a figure (parts.css).
BAR_ROOM, LEAST_HEIGHT, LEGEND_ROOM = 34, 320, 72
NAME_WIDTH = 22


def figure(traces: list[Any], **layout: Any) -> go.Figure:
    """A figure without plotly's own template, which would weigh more than the data."""
    made = go.Figure(data=traces, layout=layout)
    made.layout.template = None
    return made


def marker(look: tuple[str, str]) -> dict[str, Any]:
    """Colour and pattern of a bar."""
    colour, shape = look
    return {"color": colour, "pattern": {"shape": shape, "fillmode": "overlay", "size": 6, "solidity": 0.25}}


def short_name(name: str) -> str:
    """A name in lines short enough for a phone; the table beside the figure has it whole."""
    lines = textwrap.wrap(name, NAME_WIDTH, break_long_words=False)
    return "<br>".join(lines[:2]) + (" …" if len(lines) > 2 else "")


def lying_bars(bars: int, series: int) -> dict[str, Any]:
    """Layout of horizontal bars, the first on top: long names stay readable, few bars stay thin."""
    legend = LEGEND_ROOM if series > 1 else 0
    return {
        "barmode": "stack",
        "showlegend": series > 1,
        "height": max(LEAST_HEIGHT, legend + BAR_ROOM * bars + 48),
        "bargap": 0.35 if bars > 4 else 0.55,
        "margin": {"l": 8, "r": 28, "t": 16, "b": 8},
        "legend": {"traceorder": "normal"},
        "xaxis": {
            "showgrid": True,
            "gridcolor": "var(--grid)",
            "rangemode": "tozero",
            "tickformat": ",d",
            "nticks": 4,
            "tickangle": 0,
        },
        "yaxis": {
            "autorange": "reversed",
            "showgrid": False,
            "zeroline": False,
            "type": "category",
            "ticklabelstandoff": 8,
        },
    }
