"""How long children had waited, by the month in which they were enrolled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import plotly.graph_objects as go

from charts.look import SERIES, figure

#: Colour, point and stroke of the median and of the ninetieth percentile.
_LOOKS = ((SERIES[0][0], "circle", "solid"), (SERIES[1][0], "diamond", "dash"))


def waiting_figure(
    months: Sequence[dt.date],
    median: Sequence[int | None],
    p90: Sequence[int | None],
    names: tuple[str, str],
    unit: str,
) -> go.Figure:
    """Two lines over months; a month without a number is a gap. Each line ends in its share of the children.

    names: of the median and of the ninetieth percentile, for the hover; unit: the title of the axis.
    """
    days = [month.isoformat() for month in months]
    # One above its point and one below: where the lines meet, their names do not.
    ends = (("90 %", "top right"), ("50 %", "bottom right"))
    lines = zip((p90, median), reversed(names), ends, reversed(_LOOKS), strict=True)
    traces = [
        go.Scatter(
            x=days,
            y=list(values),
            name=name,
            mode="lines+markers+text",
            connectgaps=False,
            line={"color": colour, "dash": dash, "width": 3},
            marker={"color": colour, "symbol": symbol, "size": 8},
            text=_last_alone(values, share),
            textposition=side,
            textfont={"color": colour},
            cliponaxis=False,
            hovertemplate=f"%{{x|%B %Y}}<br>{name}: %{{y:,d}}<extra></extra>",
        )
        for values, name, (share, side), (colour, symbol, dash) in lines
    ]
    return figure(
        traces,
        showlegend=False,
        height=320,
        margin={"l": 8, "r": 52, "t": 16, "b": 8},
        xaxis={"type": "date", "tickformat": "%b\n%Y", "nticks": 5, "tickangle": 0},
        yaxis={"title": {"text": unit}, "rangemode": "tozero", "tickformat": ",d"},
    )


def _last_alone(values: Sequence[int | None], words: str) -> list[str]:
    """`words` at the last point that has a number, nothing at the others."""
    last = max((position for position, value in enumerate(values) if value is not None), default=-1)
    return [words if position == last else "" for position in range(len(values))]
