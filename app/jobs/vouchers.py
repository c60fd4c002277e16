"""What time does to vouchers: rounds, answers that did not come, days that have run out, places that become free."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app import clock
from app.extensions import db
from app.jobs.rows import Outcome, each
from app.models import Voucher, WaitingListEntry
from app.models.enums import VoucherStatus, WaitingListStatus
from app.queries.vouchers import units_in_force
from app.rules import rule_sets
from app.rules.rule_sets import Allocation
from app.services import voucher_rounds, vouchers, waiting_list
from app.services.access import SYSTEM
from app.services.voucher_holds import UNUSED


def issue_vouchers(now: dt.datetime) -> Outcome:
    """A round in every city and district where vouchers are issued, somebody waits and a place is free."""
    db.session.rollback()
    codes = [rules.code for rules in rule_sets.ALL if rules.allocation is Allocation.VOUCHER]
    units = units_in_force(db.session, codes, clock.local_date(now))
    return each("issue_vouchers", units, lambda s, unit: voucher_rounds.issue_if_any(s, unit, now))


def annul_unanswered_vouchers(now: dt.datetime) -> Outcome:
    """Vouchers nobody answered by their last day."""
    due = _ids(Voucher, Voucher.status == VoucherStatus.ISSUED, Voucher.confirm_by < clock.local_date(now))
    return each("annul_unanswered_vouchers", due, lambda s, row: vouchers.annul_if_unanswered(s, SYSTEM, row, now))


def expire_vouchers(now: dt.datetime) -> Outcome:
    """Confirmed vouchers whose child was not enrolled by the last day."""
    due = _ids(Voucher, Voucher.status.in_(UNUSED), Voucher.enrol_by < clock.local_date(now))
    return each("expire_vouchers", due, lambda s, row: vouchers.expire_if_over(s, SYSTEM, row, now))


def serve_waiting_lists(now: dt.datetime) -> Outcome:
    """Offers that were not answered end; free places are offered to those who wait, the earliest first."""
    late = _ids(
        WaitingListEntry,
        WaitingListEntry.status == WaitingListStatus.OFFERED,
        WaitingListEntry.answer_by < clock.local_date(now),
    )
    ended = each("serve_waiting_lists", late, lambda s, row: waiting_list.lapse_offer_if_over(s, SYSTEM, row, now))
    waiting = _ids(WaitingListEntry, WaitingListEntry.status == WaitingListStatus.WAITING)
    offered = each("serve_waiting_lists", waiting, lambda s, row: waiting_list.offer_next(s, SYSTEM, row, now))
    return {key: ended[key] + offered[key] for key in ("done", "failed")}


def _ids(model: type[Voucher] | type[WaitingListEntry], *conditions: object) -> list[int]:
    """Ids of the rows that are due, oldest first. Every act locks its row and looks at it again."""
    db.session.rollback()
    order = model.joined_at if model is WaitingListEntry else model.id
    return list(db.session.scalars(select(model.id).where(*conditions).order_by(order, model.id)))
