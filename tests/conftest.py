"""What every test may ask for. The fixtures live in tests/support/, by subject."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["tests.support.servers", "tests.support.database", "tests.support.product", "tests.support.browser"]

# A shared machine is slow at times; a property that fails says so by its assertion, not by the clock.
settings.register_profile("kezek", deadline=None)
settings.load_profile("kezek")
