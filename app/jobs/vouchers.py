"""What time does to vouchers: rounds, answers that did not come, days that have run out, places that become free."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app import clock
from app.extensions import db
from app.jobs.rows import Outcome, each
from app.models import Application, Voucher, WaitingListEntry
from app.models.enums import ApplicationStatus, VoucherStatus, WaitingListStatus
from app.queries.vouchers import units_in_force
from app.rules import rule_sets
from app.rules.rule_sets import Allocation, RuleSet
from app.services import categories, voucher_rounds, vouchers, waiting_list
from app.services.access import SYSTEM
from app.services.applications import lock_application
from app.services.regulation import rule_set_in_force
from app.services.voucher_holds import UNUSED

#: How long after its day the yearly update is still done.
CATCH_UP = dt.timedelta(days=7)


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


def recategorise(now: dt.datetime) -> Outcome:
    """The yearly update of categories: on the day of the rule set, or in the week after an outage on it (D18)."""
    today = clock.local_date(now)
    db.session.rollback()
    places = db.session.scalars(
        select(Application.locality_id).where(Application.priority_category_id.is_not(None)).distinct()
    ).all()
    due = {place: rules for place in places if (rules := _updated_on(place, today)) is not None}
    waiting = Application.status.in_((ApplicationStatus.QUEUED, ApplicationStatus.STOP_LISTED))
    query = select(Application.id).where(Application.locality_id.in_(due), waiting).order_by(Application.id)
    return each("recategorise", db.session.scalars(query).all(), lambda s, row: _recategorise(s, row, now))


def _updated_on(locality_id: int, today: dt.date) -> RuleSet | None:
    """The rules of a locality whose categories are to be determined anew today."""
    rules = rule_set_in_force(db.session, locality_id, today)
    if not rules.ordered_by_category or "recategorisation" not in rules.date_codes():
        return None
    day = rules.yearly_date("recategorisation").on.in_year(today.year)
    return rules if day <= today < day + CATCH_UP else None


def _recategorise(session: Session, application_id: int, now: dt.datetime) -> bool:
    application = lock_application(session, application_id)
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    return categories.recategorise(session, SYSTEM, application, rules, now)


def _ids(model: type[Voucher] | type[WaitingListEntry], *conditions: ColumnElement[bool]) -> list[int]:
    """Ids of the rows that are due, oldest first. Every act locks its row and looks at it again."""
    db.session.rollback()
    order = model.joined_at if model is WaitingListEntry else model.id
    return list(db.session.scalars(select(model.id).where(*conditions).order_by(order, model.id)))
