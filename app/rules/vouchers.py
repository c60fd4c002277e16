"""One round of issuing vouchers: who gets one, and in which order.

A city is one round over all its free places. A district is one round over all its localities: a child
gets a voucher for a place where it is queued, and a locality without free places is left out. Lower
categories come first; inside a category the moment of submission decides, then the number.
Sources: amendment of 23 September 2025 to the voucher programme (rounds); what kindergartens tell of
the yearly update (categories); domain 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.rules.ranking import natural_key
from app.rules.rule_sets import RoundScope


@dataclass(frozen=True)
class VoucherCandidate:
    """One application in the round; `submitted_at` carries its zone, `locality` is where it is queued."""

    number: str
    category_position: int
    submitted_at: datetime
    locality: str


@dataclass(frozen=True)
class RoundResult:
    """Who gets a voucher, first to last, and the localities where children wait and no place is free."""

    order: tuple[VoucherCandidate, ...]
    skipped: tuple[str, ...]


def in_order(applicants: Iterable[VoucherCandidate]) -> list[VoucherCandidate]:
    """The applicants as they are served."""
    return sorted(applicants, key=_place)


def issue_round(
    applicants: Iterable[VoucherCandidate], free_places: Mapping[str, int], scope: RoundScope
) -> RoundResult:
    """One round over the unit whose localities have `free_places`.

    Raises ValueError for a negative number of places or an applicant who is there twice.
    """
    line = in_order(applicants)
    if any(count < 0 for count in free_places.values()):
        raise ValueError("free places cannot be negative")
    if len({one.number for one in line}) < len(line):
        raise ValueError("an applicant is in the round twice")
    if scope is RoundScope.CITY:
        return RoundResult(tuple(line[: sum(free_places.values())]), ())
    left = dict(free_places)
    served = []
    for applicant in line:
        if left.get(applicant.locality, 0) > 0:
            left[applicant.locality] -= 1
            served.append(applicant)
    without = {one.locality for one in line if not free_places.get(one.locality, 0)}
    return RoundResult(tuple(served), tuple(sorted(without)))


def _place(applicant: VoucherCandidate) -> tuple[Any, ...]:
    return (applicant.category_position, applicant.submitted_at, natural_key(applicant.number))
