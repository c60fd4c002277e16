"""Rows → Plotly figure. Imports nothing of ours: words arrive translated, colours are names of tokens.

A colour such as "var(--c1)" is read from the page's tokens by app/static/js/charts.js, which also sets font,
grid and paper, so that one figure serves the light and the dark scheme.
"""
