"""The town of the office's tests, with its accounts."""

from tests.office.conftest import enter, town

__all__ = ["enter", "town"]
