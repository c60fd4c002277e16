"""Deadlines kept and missed, by kind."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from charts.look import BAD, GOOD, figure, lying_bars, marker, short_name


def deadlines_figure(rows: Sequence[tuple[str, int, int]], names: tuple[str, str], percent: bool = False) -> go.Figure:
    """Stacked bars, one for each kind of deadline.

    rows: (kind, kept, missed), as counts or as whole percent; names: of kept and missed.
    """
    kinds = [short_name(kind) for kind, *_ in rows]
    unit = " %" if percent else ""
    traces = [
        go.Bar(
            orientation="h",
            name=name,
            y=kinds,
            x=[row[position] for row in rows],
            marker=marker(look),
            hovertemplate=f"%{{y}}<br>{name}: %{{x:,d}}{unit}<extra></extra>",
        )
        for position, name, look in ((1, names[0], GOOD), (2, names[1], BAD))
    ]
    layout = lying_bars(len(rows), 2)
    if percent:
        layout["xaxis"] |= {"ticksuffix": " %", "range": [0, 100], "dtick": 25}
    return figure(traces, **layout)
