from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import make_test_root, remove_test_root, run_root


@pytest.fixture
def root() -> Iterator[Path]:
    """A data root of the test's own; whatever runs in it is stopped afterwards."""
    made = make_test_root(run_root())
    yield made
    remove_test_root(made)
