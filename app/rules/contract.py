"""What a contract needs before it can be signed, and what a refusal of it costs.

Sources: guide 004 (data, documents, two returns); the ministry's grounds of refusal (domain 1.9 E).
"""

from __future__ import annotations

from collections.abc import Collection

from app.models.enums import DocumentKind, RefusalReason
from app.rules.rule_sets import Necessity, RuleSet
from app.rules.verdict import RuleBroken

REQUIRED_TERMS = (
    "parent_document",
    "parent_address",
    "parent_phone",
    "birth_certificate",
)
OPTIONAL_TERMS = ("parent_workplace", "parent_position")

# Grounds that lie with the applicant; the others must not cost the child its place in line.
_APPLICANTS_FAULT = frozenset({RefusalReason.INCOMPLETE, RefusalReason.OUTDATED, RefusalReason.FALSE_DATA})


def missing_documents(rules: RuleSet, attached: Collection[DocumentKind]) -> list[DocumentKind]:
    """Kinds the rule set requires that are not among `attached`, in the order of the rule set."""
    return [
        required.kind
        for required in rules.required_documents
        if required.necessity is Necessity.REQUIRED and required.kind not in attached
    ]


def check_return(rules: RuleSet, returned_before: int) -> None:
    """Whether the kindergarten may return the contract once more (D13). Raises RuleBroken("RETURNS_USED").

    After the last return it has to sign or to refuse.
    """
    if returned_before >= rules.contract_returns:
        raise RuleBroken("RETURNS_USED", n=rules.contract_returns)


def refusal_is_a_miss(reason: RefusalReason) -> bool:
    """Whether a refusal on this ground counts as a missed referral."""
    return reason in _APPLICANTS_FAULT
