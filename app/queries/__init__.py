"""Read-only rows for screens and dashboards, scoped in SQL."""
