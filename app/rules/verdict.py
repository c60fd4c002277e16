"""The one way a rule says no."""

from __future__ import annotations

from typing import Any


class RuleBroken(Exception):
    """An act that the rules do not allow now.

    `code` names the rule (texts.md §5, translated by app/services/reasons.py), `facts` fill the
    placeholders of its sentence. Raised before anything is changed, so nothing is half-saved.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code
