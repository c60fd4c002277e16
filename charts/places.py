"""Places and who has them, by locality, kindergarten or group."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from charts.look import QUIET, SERIES, figure, lying_bars, marker, short_name

_LOOKS = {
    "enrolled": SERIES[0],
    "taken": SERIES[0],
    "held": SERIES[2],
    "published": SERIES[1],
    "free": QUIET,
}


def places_figure(rows: Sequence[tuple[str, Sequence[int]]], parts: Sequence[tuple[str, str]]) -> go.Figure:
    """Stacked bars whose parts add up to the capacity.

    rows: (name, numbers in the order of `parts`); parts: (one of enrolled, taken, held, published, free; its name).
    """
    names = [short_name(name) for name, _ in rows]
    traces = [
        go.Bar(
            orientation="h",
            name=label,
            y=names,
            x=[numbers[position] for _, numbers in rows],
            marker=marker(_LOOKS[part]),
            hovertemplate=f"%{{y}}<br>{label}: %{{x:,d}}<extra></extra>",
        )
        for position, (part, label) in enumerate(parts)
    ]
    return figure(traces, **lying_bars(len(rows), len(parts)))
