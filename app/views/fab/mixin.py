"""The base of mixins for FAB's views: nothing at run time, anything to the type checker, for FAB ships no types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    ViewMixin = Any
else:
    ViewMixin = object
