"""What the year brings: groups move on to the next age, and places that nobody confirmed are given up."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models import Event, KindergartenGroup
from app.models.enums import AgeGroup, ArchiveReason
from app.rules import lifecycle
from app.rules.eligibility import interest_is_lost
from app.rules.verdict import RuleBroken
from app.services import access, messages, places, record, reminders
from app.services.access import Actor
from app.services.applications import end_application, lock_application
from app.services.regulation import end_of_day, rule_set_in_force

_AGES = tuple(AgeGroup)


def archive_uninterested(session: Session, actor: Actor, application_id: int, now: dt.datetime) -> bool:
    """Archives an application whose interest was not confirmed by the yearly date (guide 003; D17).

    Nobody is archived without having been reminded of that very date. Returns False when it was confirmed,
    when the application no longer waits, or when there was no reminder.
    """
    application = lock_application(session, application_id)
    if application.status not in lifecycle.move("archive_uninterested").from_:
        return False
    today = clock.local_date(now)
    rules = rule_set_in_force(session, application.locality_id, today)
    if not interest_is_lost(clock.local_date(application.interest_confirmed_at), today, rules):
        return False
    due = rules.yearly_date("interest_confirmation").last_before(today)
    if not reminders.was_reminded(session, "Q9", "application", application.id, due):
        return False
    end_application(session, actor, application, "archive_uninterested", ArchiveReason.UNINTERESTED, now)
    messages.notify(session, now, application, "Q12")
    return True


def promote_group(
    session: Session, actor: Actor, group_id: int, birth_years: list[int], now: dt.datetime
) -> KindergartenGroup:
    """The children of a group move on to the next age group; `birth_years` are those the group takes from now on.

    Source: domain 2, order No. 595: 1 to 31 August, when nothing is published. Raises RuleBroken:
    PROMOTION_CLOSED outside that time, PROMOTED_ALREADY a second time in a year, NO_NEXT_AGE for the oldest,
    PLACES_ON_OFFER while a bulletin offers places for the former age, YEARS_MISSING; OutOfReach, Forbidden.
    """
    access.require(session, actor, "promote_group", KindergartenGroup, group_id)
    group = places.lock_group(session, group_id)
    _check_promotion(session, group, birth_years, now)
    before = record.state(group, "age_group", "birth_years")
    group.age_group = _AGES[_AGES.index(group.age_group) + 1]
    group.birth_years = sorted(set(birth_years))
    session.flush()
    after = record.state(group, "age_group", "birth_years")
    record.write_event(session, actor, now, "promote_group", group, before=before, after=after)
    return group


def _check_promotion(session: Session, group: KindergartenGroup, birth_years: list[int], now: dt.datetime) -> None:
    today = clock.local_date(now)
    rules = rule_set_in_force(session, group.kindergarten.locality_id, today)
    if not rules.is_promotion(today):
        raise RuleBroken("PROMOTION_CLOSED", date=rules.promotion[0].in_year(today.year))
    if not birth_years:
        raise RuleBroken("YEARS_MISSING")
    if group.age_group is _AGES[-1]:
        raise RuleBroken("NO_NEXT_AGE")
    if group.published:
        raise RuleBroken("PLACES_ON_OFFER")
    first = rules.promotion[0].in_year(today.year) - dt.timedelta(days=1)
    promoted = select(Event.id).where(
        Event.act == "promote_group",
        Event.subject == "kindergarten_group",
        Event.subject_id == group.id,
        Event.at >= end_of_day(first),
    )
    if session.scalar(promoted.limit(1)) is not None:
        raise RuleBroken("PROMOTED_ALREADY")
