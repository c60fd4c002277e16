"""What a voucher holds: its locks, its rules, the place it keeps and the line it waits in."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Contract, KindergartenGroup, Voucher, WaitingListEntry
from app.models.enums import (
    ApplicationStatus,
    ContractStatus,
    Financing,
    VoucherEnd,
    VoucherStatus,
    WaitingListStatus,
)
from app.queries.vouchers import waiting_for
from app.rules.eligibility import full_age_months, is_old_enough
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import places
from app.services.applications import lock_application
from app.services.regulation import end_of_day, rule_set_in_force, rules_here

UNUSED = (VoucherStatus.CONFIRMED, VoucherStatus.ATTACHED, VoucherStatus.EXTENDED)
WAITS = (WaitingListStatus.WAITING, WaitingListStatus.OFFERED)


def lock_voucher(session: Session, voucher_id: int) -> tuple[Voucher, Application]:
    """The voucher and its application, both locked, the application first."""
    application_id = session.scalars(select(Voucher.application_id).where(Voucher.id == voucher_id)).one()
    application = lock_application(session, application_id)
    voucher = session.scalars(
        select(Voucher)
        .where(Voucher.id == voucher_id)
        .with_for_update(of=Voucher)
        .execution_options(populate_existing=True)
    ).one()
    return voucher, application


def rules_of(session: Session, voucher: Voucher, now: dt.datetime) -> RuleSet:
    """The rule set the voucher was issued under, as it stands in its locality today."""
    today = clock.local_date(now)
    if voucher.round is None:
        return rule_set_in_force(session, voucher.locality_id, today)
    return rules_here(session, voucher.round.rule_set, voucher.locality_id, today)


def refuse_if_over(last_day: dt.date | None, now: dt.datetime, following: str) -> None:
    """Raises DEADLINE_PASSED after the last day, also when the sweep has not run yet."""
    if last_day is not None and now >= end_of_day(last_day):
        raise RuleBroken("DEADLINE_PASSED", date=last_day, next=following)


def hold_place(session: Session, voucher: Voucher, application: Application, group_id: int, now: dt.datetime) -> None:
    """Holds a place of the group for the voucher. Raises GROUP_FULL, also when those who wait come first."""
    group = places.lock_group(session, group_id)
    if group.free - waiting_for(session, group, application.id) < 1:
        raise RuleBroken("GROUP_FULL")
    places.move_places(session, group.id, from_="free", to="held")
    attach(voucher, application, group, now)


def attach(voucher: Voucher, application: Application, group: KindergartenGroup, now: dt.datetime) -> None:
    """Ties the voucher to a group whose place is held for it."""
    voucher.group, voucher.group_id = group, group.id
    voucher.kindergarten, voucher.kindergarten_id = group.kindergarten, group.kindergarten_id
    voucher.attached_at = now
    voucher.financing = voucher.financing or Financing.VOUCHER
    if voucher.status is not VoucherStatus.EXTENDED:
        voucher.status = VoucherStatus.ATTACHED
    application.status = ApplicationStatus.KINDERGARTEN_CHOSEN


def detach(session: Session, voucher: Voucher, application: Application) -> None:
    """Lets the held place go; the voucher goes on without a kindergarten."""
    group_id = voucher.group_id
    voucher.group = voucher.kindergarten = None
    voucher.group_id = voucher.kindergarten_id = None
    voucher.status = VoucherStatus.EXTENDED if voucher.extended_at else VoucherStatus.CONFIRMED
    application.status = ApplicationStatus.VOUCHER_CONFIRMED
    session.flush()
    if group_id is not None:
        places.move_places(session, group_id, from_="held", to="free")


def annul(
    session: Session, voucher: Voucher, application: Application, reason: VoucherEnd | str, now: dt.datetime
) -> None:
    """Ends a live voucher: place free, contract lapsed, waiting over. The application is the caller's to move."""
    holds = voucher.group_id is not None
    voucher.status = VoucherStatus.ANNULLED
    voucher.ended_at = now
    voucher.end_reason = str(reason)
    end_waiting(session, application, now)
    _lapse_contract(session, voucher, now)
    session.flush()
    if holds and voucher.group_id is not None:
        places.move_places(session, voucher.group_id, from_="held", to="free")


def end_waiting(session: Session, application: Application, now: dt.datetime) -> WaitingListEntry | None:
    """Takes the application off the waiting list it is on; a place offered to it is free again."""
    entry = session.scalars(
        select(WaitingListEntry)
        .where(WaitingListEntry.application_id == application.id, WaitingListEntry.status.in_(WAITS))
        .with_for_update()
    ).one_or_none()
    if entry is None:
        return None
    offered = entry.group_id if entry.status is WaitingListStatus.OFFERED else None
    entry.status = WaitingListStatus.LEFT
    entry.ended_at = now
    session.flush()
    if offered is not None:
        places.move_places(session, offered, from_="held", to="free")
    return entry


def check_group(
    voucher: Voucher, application: Application, group: KindergartenGroup, rules: RuleSet, on: dt.date
) -> None:
    """Whether the voucher opens this group to the child. Raises RuleBroken: MATCH_*, TOO_YOUNG, NOT_IN_PROGRAMME."""
    garden = group.kindergarten
    unit = voucher.round.locality if voucher.round else voucher.locality
    if not garden.is_open or garden.kind not in rules.offered_kinds:
        raise RuleBroken("NOT_IN_PROGRAMME")
    if not garden.locality.prefix.startswith(unit.prefix):
        raise RuleBroken("MATCH_LOCALITY", locality=garden.locality_id, locality2=unit.id)
    if application.birth_year not in group.birth_years:
        raise RuleBroken("MATCH_YEAR", years=group.birth_years, year=application.birth_year)
    special = application.correction_type
    if group.group_type is not application.group_type or (special and special not in garden.correction_types):
        raise RuleBroken("MATCH_GROUP")
    if not is_old_enough(application.child.birth_date, on, rules):
        raise RuleBroken("TOO_YOUNG", date=_old_enough_on(application.child.birth_date, on, rules))


def _old_enough_on(born: dt.date, on: dt.date, rules: RuleSet) -> dt.date:
    """The first day on which the child has the minimum age."""
    while full_age_months(born, on) < rules.min_age_months:
        on += dt.timedelta(days=1)
    return on


def _lapse_contract(session: Session, voucher: Voucher, now: dt.datetime) -> None:
    live = (ContractStatus.SENT, ContractStatus.PARENT_SIGNED, ContractStatus.RETURNED)
    contract = session.scalars(
        select(Contract)
        .where(Contract.voucher_id == voucher.id, Contract.status.in_(live))
        .with_for_update(of=Contract)
    ).one_or_none()
    if contract is not None:
        contract.status = ContractStatus.LAPSED
        contract.ended_at = now
        contract.sign_by = contract.review_by = None
