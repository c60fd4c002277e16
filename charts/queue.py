"""How many children wait, by locality and year of birth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from charts.look import SERIES, figure, lying_bars, marker, short_name


def queue_figure(rows: Sequence[tuple[str, Mapping[str, int]]], series: Sequence[str], hover: str) -> go.Figure:
    """Stacked bars, one for each locality.

    rows: (name, children by series); series: names in the order they are stacked, at most six;
    hover: the word for children. Raises ValueError for more series than can be told apart.
    """
    if len(series) > len(SERIES):
        raise ValueError(f"{len(series)} series cannot be told apart; put some together")
    names = [short_name(name) for name, _ in rows]
    traces = [
        go.Bar(
            orientation="h",
            name=part,
            y=names,
            x=[children.get(part, 0) for _, children in rows],
            marker=marker(look),
            hovertemplate=f"%{{y}}<br>{part}: %{{x:,d}} {hover}<extra></extra>",
        )
        for part, look in zip(series, SERIES, strict=False)
    ]
    return figure(traces, **lying_bars(len(rows), len(series)))
