"""What time itself does: each function finds what is due at `now` and does it. Twice or late changes nothing.

Every one asks the rows, not the hour at which it was called: after an outage one run catches up.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.jobs.rows import Outcome, each, ends_the_run, log_failure
from app.models import (
    Application,
    Bulletin,
    Contract,
    InvariantCheck,
    JobRun,
    PhoneCode,
    Referral,
    StopListEntry,
)
from app.models.enums import BulletinStatus, ContractStatus, ReferralStatus, StopListStatus
from app.rules import lifecycle
from app.rules.eligibility import has_reached_max_age
from app.rules.rule_sets import RuleSet
from app.services import applications, bulletins, contract_decisions, expiry, stop_list
from app.services.access import SYSTEM
from app.services.invariants import check_all
from app.services.regulation import rule_set_in_force

log = logging.getLogger(__name__)

#: How long used codes, finished runs and checks are kept.
CODES_KEPT, RUNS_KEPT, CHECKS_KEPT = dt.timedelta(days=1), dt.timedelta(days=7), dt.timedelta(days=90)


def publish_bulletins(now: dt.datetime) -> Outcome:
    """Bulletins whose opening time has come."""
    due = _ids(Bulletin, Bulletin.status == BulletinStatus.SCHEDULED, Bulletin.publish_at <= now)
    return each("publish_bulletins", due, lambda s, row: bulletins.publish_if_due(s, SYSTEM, row, now))


def close_priority_windows(now: dt.datetime) -> Outcome:
    """Bulletins whose priority window is over: open to all."""
    due = _ids(Bulletin, Bulletin.status == BulletinStatus.PRIORITY, Bulletin.priority_until <= now)
    return each("close_priority_windows", due, lambda s, row: bulletins.open_to_all_if_due(s, SYSTEM, row, now))


def lapse_contracts(now: dt.datetime) -> Outcome:
    """Contracts that were not signed by their last day."""
    awaited = Contract.status.in_((ContractStatus.SENT, ContractStatus.RETURNED))
    due = _ids(Contract, awaited, Contract.sign_by < clock.local_date(now))
    return each("lapse_contracts", due, lambda s, row: contract_decisions.lapse_if_over(s, SYSTEM, row, now))


def release_stop_list(now: dt.datetime) -> Outcome:
    """Children whose stop-list is over: back in line with their own submission moment."""
    due = _ids(
        StopListEntry, StopListEntry.status == StopListStatus.ACTIVE, StopListEntry.until_day < clock.local_date(now)
    )
    return each("release_stop_list", due, lambda s, row: stop_list.release_if_over(s, SYSTEM, row, now))


def expire_referrals(now: dt.datetime) -> Outcome:
    """Missed referrals, a batch per unit of work with all effects in one statement (app/services/expiry.py)."""
    outcome: Outcome = {"done": 0, "failed": 0}
    with unit_of_work() as session:
        due = expiry.rule_sets_with_due(session, now)
    for rules, localities in due.items():
        _expire(rules, localities, now, outcome)
    return outcome


def _expire(rules: RuleSet, localities: list[int], now: dt.datetime, outcome: Outcome) -> None:
    """Batches until nothing is due. One that fails is halved until the bad row stands alone and is left out."""
    batch = expiry.BATCH
    left_out: list[int] = []
    while True:
        try:
            with unit_of_work() as session:
                done = expiry.expire_referrals(session, rules, localities, now, batch, left_out)
        except Exception as error:
            if ends_the_run(error):
                raise
            if batch > 1:
                batch //= 2
                continue
            bad = _first_due(localities, now, left_out)
            log_failure("expire_referrals", bad, error)
            if bad is None:
                return
            left_out.append(bad)
            outcome["failed"] += 1
            batch = expiry.BATCH
            continue
        if not done:
            return
        outcome["done"] += done


def _first_due(localities: list[int], now: dt.datetime, left_out: list[int]) -> int | None:
    """The row that a batch of one would have taken."""
    db.session.rollback()
    return db.session.scalar(
        select(Referral.id)
        .where(
            Referral.status.in_((ReferralStatus.ISSUED, ReferralStatus.EXTENDED)),
            Referral.contract_sent.is_(False),
            Referral.use_by < clock.local_date(now),
            Referral.locality_id.in_(localities),
            Referral.id.not_in(left_out),
        )
        .order_by(Referral.use_by, Referral.id)
        .limit(1)
    )


def archive_max_age(now: dt.datetime) -> Outcome:
    """Children who reach the maximum age of their locality's rule set, from its day of the year on (D14).

    Runs daily: on every day but that one it finds nothing, or what an outage on that day has left.
    """
    today = clock.local_date(now)
    db.session.rollback()
    waits = Application.status.in_(lifecycle.move("archive_max_age").from_)
    lines = db.session.execute(
        select(Application.locality_id, Application.birth_year).where(waits).group_by("locality_id", "birth_year")
    ).all()
    gone = [
        (line.locality_id, line.birth_year)
        for line in lines
        if _has_left(line.birth_year, rule_set_in_force(db.session, line.locality_id, today), today)
    ]
    if not gone:
        return {"done": 0, "failed": 0}
    too_old = or_(*((Application.locality_id == where) & (Application.birth_year == year) for where, year in gone))
    due = _ids(Application, waits, too_old)
    return each("archive_max_age", due, lambda s, row: applications.archive_max_age(s, SYSTEM, row, now))


def _has_left(birth_year: int, rules: RuleSet, today: dt.date) -> bool:
    """Whether children of that year are to leave the queue by `today`: on the day of this year or of one before."""
    this_year = today.year if today >= rules.max_age_archive_on.in_year(today.year) else today.year - 1
    return has_reached_max_age(birth_year, this_year, rules)


def forget_codes(now: dt.datetime) -> Outcome:
    """One-time codes of phones that are over."""
    return _forget(delete(PhoneCode).where(PhoneCode.valid_until < now - CODES_KEPT))


def forget_runs(now: dt.datetime) -> Outcome:
    """Finished runs and checks that nobody will read any more."""
    runs = _forget(delete(JobRun).where(JobRun.due_at < now - RUNS_KEPT, JobRun.finished_at.is_not(None)))
    checks = _forget(delete(InvariantCheck).where(InvariantCheck.checked_at < now - CHECKS_KEPT))
    return {"done": runs["done"] + checks["done"], "failed": 0}


def nightly_invariants(now: dt.datetime) -> Outcome:
    """Asks every sentence of app/services/invariants.py and stores the answers."""
    with unit_of_work() as session:
        broken = {found.name: found.broken for found in check_all(session, now) if found.broken}
    for name, rows in broken.items():
        log.error("invariant %s is broken in %s rows", name, rows)
    return {"done": 1, "failed": 0, "broken": broken}


def _forget(statement: object) -> Outcome:
    with unit_of_work() as session:
        return {"done": session.execute(statement).rowcount, "failed": 0}


def _ids(model: type[Any], *conditions: ColumnElement[bool]) -> list[int]:
    """Ids of the rows that are due, oldest first. Every act locks its row and looks at it again."""
    db.session.rollback()
    return list(db.session.scalars(select(model.id).where(*conditions).order_by(model.id)))
