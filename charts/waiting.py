"""How long children had waited, by the month in which they were enrolled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import plotly.graph_objects as go

from charts.look import SERIES, figure

_MARKS = (("circle", "solid"), ("diamond", "dash"))


def waiting_figure(
    months: Sequence[dt.date],
    median: Sequence[int | None],
    p90: Sequence[int | None],
    names: tuple[str, str],
    unit: str,
) -> go.Figure:
    """Two lines over months; a month without a number is a gap. Each line is named at its last point.

    names: of the median and of the ninetieth percentile; unit: the title of the axis.
    """
    days = [month.isoformat() for month in months]
    lines = zip((p90, median), reversed(names), (SERIES[1], SERIES[0]), reversed(_MARKS), strict=True)
    traces = [
        go.Scatter(
            x=days,
            y=list(values),
            name=name,
            mode="lines+markers+text",
            connectgaps=False,
            line={"color": colour, "dash": dash, "width": 3},
            marker={"color": colour, "symbol": symbol, "size": 8},
            text=_last_alone(values, name),
            textposition="top left",
            textfont={"color": colour},
            cliponaxis=False,
            hovertemplate=f"%{{x|%B %Y}}<br>{name}: %{{y:,d}}<extra></extra>",
        )
        for values, name, (colour, _), (symbol, dash) in lines
    ]
    return figure(
        traces,
        showlegend=False,
        height=320,
        margin={"l": 8, "r": 16, "t": 32, "b": 8},
        xaxis={"type": "date", "tickformat": "%b\n%Y", "nticks": 5, "tickangle": 0},
        yaxis={"title": {"text": unit}, "rangemode": "tozero", "tickformat": ",d"},
    )


def _last_alone(values: Sequence[int | None], name: str) -> list[str]:
    """`name` at the last point that has a number, nothing at the others."""
    last = max((position for position, value in enumerate(values) if value is not None), default=-1)
    return [name if position == last else "" for position in range(len(values))]
