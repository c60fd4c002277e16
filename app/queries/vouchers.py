"""What a round of vouchers would do, and the kindergartens a voucher opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, any_, func, select, text
from sqlalchemy.orm import Session, joinedload

from app import clock
from app.models import Application, Kindergarten, KindergartenGroup, Locality, Voucher, WaitingListEntry
from app.models.enums import GroupType, WaitingListStatus
from app.rules.rule_sets import RoundScope, RuleSet
from app.rules.vouchers import RoundResult, VoucherCandidate, issue_round

# Localities of the unit: below it, with places or a line, and not under a nearer assignment of their own.
_LOCALITIES = """
SELECT l.id, l.code FROM locality l JOIN locality u ON u.id = :unit
 WHERE l.prefix LIKE u.prefix || '%'
   AND (EXISTS (SELECT FROM kindergarten k WHERE k.locality_id = l.id)
        OR EXISTS (SELECT FROM queue q WHERE q.locality_id = l.id AND q.category_id IS NOT NULL))
   AND (SELECT s.locality_id FROM rule_set_assignment s JOIN locality n ON n.id = s.locality_id
         WHERE l.prefix LIKE n.prefix || '%' AND s.from_on <= :today
         ORDER BY length(n.prefix) DESC, s.from_on DESC LIMIT 1) = u.id
 ORDER BY l.code
"""
_FREE = """
SELECT k.locality_id, sum(g.free) AS places FROM kindergarten_group g JOIN kindergarten k ON k.id = g.kindergarten_id
 WHERE k.locality_id = ANY(:localities) AND k.is_open AND k.kind = ANY(:kinds) AND g.group_type = :group_type
 GROUP BY k.locality_id
"""
_PROMISED = """
SELECT v.locality_id, count(*) AS vouchers FROM voucher v JOIN application a ON a.id = v.application_id
 WHERE v.locality_id = ANY(:localities) AND v.status IN ('issued', 'confirmed', 'extended') AND v.group_id IS NULL
   AND a.group_type = :group_type
   AND NOT EXISTS (SELECT FROM waiting_list_entry w WHERE w.voucher_id = v.id AND w.status = 'offered')
 GROUP BY v.locality_id
"""
# Of each locality no more than can be served there, and one where nothing is free: the rule names it as left out.
_LINE = """
SELECT * FROM (
    SELECT a.id, c.position, e.submitted_at, q.locality_id,
           row_number() OVER (PARTITION BY q.locality_id ORDER BY c.position, e.submitted_at, a.id) AS place
      FROM queue_entry e JOIN queue q ON q.id = e.queue_id JOIN priority_category c ON c.id = q.category_id
      JOIN application a ON a.id = e.application_id JOIN child h ON h.id = a.child_id
     WHERE q.locality_id = ANY(:localities) AND a.status = 'queued' AND a.group_type = :group_type
       AND h.birth_date + make_interval(months => :min_months) <= :today AND a.birth_year > :too_old
) line WHERE place <= :most ORDER BY position, submitted_at, id
"""


@dataclass(frozen=True)
class Plan:
    """What a round would issue: application ids in order; free places counted; codes of localities left out."""

    scope: RoundScope
    free_places: int = 0
    order: tuple[int, ...] = ()
    skipped: tuple[str, ...] = ()
    localities: dict[int, str] = field(default_factory=dict)


def plan_of_round(session: Session, unit: Locality, rules: RuleSet, now: dt.datetime) -> Plan:
    """What a round over the unit would do now. Groups of each kind are a round of their own. Raises NoRounds."""
    scope = rules.round_scope(unit.level)
    today = clock.local_date(now)
    localities = {row.id: row.code for row in session.execute(text(_LOCALITIES), {"unit": unit.id, "today": today})}
    plan = Plan(scope, localities=localities)
    if not localities:
        return plan
    for kind in GroupType:
        free = _free_places(session, rules, localities, kind, scope)
        result = _round(session, rules, localities, kind, free, scope, today)
        plan = Plan(
            scope,
            plan.free_places + sum(free.values()),
            plan.order + tuple(int(one.number) for one in result.order),
            tuple(sorted({*plan.skipped, *result.skipped})),
            localities,
        )
    return plan


def units_in_force(session: Session, codes: Sequence[str], on: dt.date) -> list[int]:
    """Localities that are under one of these rule sets by an assignment of their own on a day."""
    query = text(
        "SELECT DISTINCT locality_id FROM rule_set_assignment s WHERE s.rule_set = ANY(:codes) AND s.from_on = ("
        "SELECT max(n.from_on) FROM rule_set_assignment n WHERE n.locality_id = s.locality_id AND n.from_on <= :on) "
        "ORDER BY locality_id"
    )
    return list(session.scalars(query, {"codes": list(codes), "on": on}))


def open_groups(
    session: Session,
    application: Application,
    rules: RuleSet,
    unit: Locality | None,
    kindergarten_id: int | None = None,
) -> list[KindergartenGroup]:
    """Groups of the programme that take the child by birth year and kind, with places or without, by kindergarten."""
    query = _suitable(application, rules, unit).options(joinedload(KindergartenGroup.kindergarten))
    if kindergarten_id is not None:
        query = query.where(KindergartenGroup.kindergarten_id == kindergarten_id)
    return list(session.scalars(query.order_by(Kindergarten.name, Kindergarten.id, KindergartenGroup.name)).unique())


def waiting_for(session: Session, group: KindergartenGroup, without: int | None = None) -> int:
    """How many of the kindergarten's waiting list could take a place of this group; `without` one application."""
    query = (
        select(func.count())
        .select_from(WaitingListEntry)
        .join(Application, Application.id == WaitingListEntry.application_id)
        .where(
            WaitingListEntry.kindergarten_id == group.kindergarten_id,
            WaitingListEntry.status == WaitingListStatus.WAITING,
            Application.birth_year.in_(group.birth_years),
            Application.group_type == group.group_type,
            Application.id != (without or 0),
        )
    )
    return session.scalar(query) or 0


def by_voucher(session: Session, person_id: int) -> bool:
    """Whether a child of the person goes the way of vouchers."""
    query = text(
        "SELECT EXISTS (SELECT FROM guardianship g JOIN application a ON a.child_id = g.child_id "
        "WHERE g.person_id = :person AND a.priority_category_id IS NOT NULL)"
    )
    return bool(session.scalar(query, {"person": person_id}))


def latest_voucher(session: Session, application_id: int) -> Voucher | None:
    """The newest voucher of an application."""
    query = select(Voucher).where(Voucher.application_id == application_id).order_by(Voucher.id.desc()).limit(1)
    return session.scalars(query).one_or_none()


def _suitable(application: Application, rules: RuleSet, unit: Locality | None) -> Select[Any]:
    query = (
        select(KindergartenGroup)
        .join(Kindergarten, Kindergarten.id == KindergartenGroup.kindergarten_id)
        .join(Locality, Locality.id == Kindergarten.locality_id)
        .where(
            Kindergarten.is_open,
            Kindergarten.kind.in_(rules.offered_kinds),
            any_(KindergartenGroup.birth_years) == application.birth_year,
            KindergartenGroup.group_type == application.group_type,
        )
    )
    if application.correction_type is not None:
        query = query.where(any_(Kindergarten.correction_types) == str(application.correction_type))
    return query if unit is None else query.where(Locality.prefix.startswith(unit.prefix, autoescape=True))


def _free_places(
    session: Session, rules: RuleSet, localities: dict[int, str], kind: GroupType, scope: RoundScope
) -> dict[str, int]:
    """Free places less the vouchers that are out and have no place yet: of the city as one, or by locality."""
    given = {"localities": list(localities), "group_type": str(kind)}
    kinds = [str(one) for one in rules.offered_kinds]
    found = session.execute(text(_FREE), {**given, "kinds": kinds})
    free = {localities[row.locality_id]: int(row.places) for row in found}
    for row in session.execute(text(_PROMISED), given):
        code = localities[row.locality_id]
        free[code] = free.get(code, 0) - row.vouchers
    if scope is RoundScope.CITY:
        return {"": max(sum(free.values()), 0)}
    return {code: max(count, 0) for code, count in free.items()}


def _round(
    session: Session,
    rules: RuleSet,
    localities: dict[int, str],
    kind: GroupType,
    free: dict[str, int],
    scope: RoundScope,
    today: dt.date,
) -> RoundResult:
    rows = session.execute(
        text(_LINE),
        {
            "localities": list(localities),
            "group_type": str(kind),
            "min_months": rules.min_age_months,
            "today": today,
            "too_old": today.year - rules.max_age_years,
            "most": max([*free.values(), 1]),
        },
    )
    line = [VoucherCandidate(str(row.id), row.position, row.submitted_at, localities[row.locality_id]) for row in rows]
    return issue_round(line, free, scope)
