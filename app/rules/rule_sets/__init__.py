"""The rule sets. A new one is one file here and one line in ALL; codes are text, no migration is needed."""

from __future__ import annotations

from app.rules.rule_sets import sitcen_2019, smartnation_2020
from app.rules.rule_sets._types import (
    LIMITS_OF,
    Allocation,
    LeavesQueueOn,
    MonthDay,
    Necessity,
    RequiredDocument,
    RuleSet,
    UnknownLimit,
    UnknownRuleSet,
)

__all__ = ["ALL", "LIMITS_OF", "Allocation", "LeavesQueueOn", "MonthDay", "Necessity", "RequiredDocument"]
__all__ += ["RuleSet", "UnknownLimit", "UnknownRuleSet", "codes", "get"]

ALL: tuple[RuleSet, ...] = (
    sitcen_2019.RULES,
    smartnation_2020.RULES,
)


def get(code: str) -> RuleSet:
    """The rule set of that code. Raises UnknownRuleSet, which lists the known ones."""
    for rule_set in ALL:
        if rule_set.code == code:
            return rule_set
    raise UnknownRuleSet(code, codes())


def codes() -> tuple[str, ...]:
    return tuple(rule_set.code for rule_set in ALL)
