"""The rule sets. A new one is one file here and one line in ALL; codes are text, no migration is needed."""

from __future__ import annotations

from app.rules.limits import Limit, MonthDay, YearlyDate
from app.rules.rule_sets import indigo_2018, sitcen_2019, smartnation_2020, voucher_2025
from app.rules.rule_sets._types import (
    EVERY_YEAR,
    LIMITS_OF,
    REVIEWERS,
    Allocation,
    FinalExpiry,
    LeavesQueueOn,
    Necessity,
    NoRounds,
    Refusal,
    RequiredDocument,
    Reviewer,
    RoundScope,
    RuleSet,
    UnknownLimit,
    UnknownRuleSet,
)

__all__ = ["ALL", "EVERY_YEAR", "LIMITS_OF", "REVIEWERS", "Allocation", "FinalExpiry", "LeavesQueueOn", "Limit"]
__all__ += ["MonthDay", "Necessity", "NoRounds", "Refusal", "RequiredDocument", "Reviewer", "RoundScope", "RuleSet"]
__all__ += ["UnknownLimit", "UnknownRuleSet", "YearlyDate", "assignable", "codes", "get"]

ALL: tuple[RuleSet, ...] = (
    indigo_2018.RULES,
    sitcen_2019.RULES,
    smartnation_2020.RULES,
    voucher_2025.RULES,
)

#: Ways of offering places whose acts exist; a locality cannot be given a rule set of another way.
WORKING: frozenset[Allocation] = frozenset(Allocation)


def get(code: str) -> RuleSet:
    """The rule set of that code. Raises UnknownRuleSet, which lists the known ones."""
    for rule_set in ALL:
        if rule_set.code == code:
            return rule_set
    raise UnknownRuleSet(code, codes())


def codes() -> tuple[str, ...]:
    return tuple(rule_set.code for rule_set in ALL)


def assignable() -> tuple[str, ...]:
    """Codes of the rule sets a locality may be given today."""
    return tuple(rule_set.code for rule_set in ALL if rule_set.allocation in WORKING)
