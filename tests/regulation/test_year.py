"""The year of the queue: groups move on in August, interest is asked for and given up in autumn, once each."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select

from app.jobs.reminders import write_reminders
from app.jobs.year import archive_uninterested
from app.models import Delivery, Event, Message, Reminder, Turn
from app.models.enums import AgeGroup, ApplicationStatus, ArchiveReason, Language, Role
from app.rules.verdict import RuleBroken
from app.services import applications, year
from app.services.access import SYSTEM, Forbidden, OutOfReach
from app.services.claims import activate, claim
from app.services.invariants import INVARIANTS, check
from tests import factories as make


def local(year_, month, day, hour=12):
    return dt.datetime(year_, month, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=5))).astimezone(dt.UTC)


def place_under(rule_set="sitcen_2019"):
    at = make.locality()
    make.assign(rule_set, at)
    return at


def told(session, template):
    return session.scalar(select(func.count()).select_from(Message).where(Message.template == template))


# ── interest ──


def test_interest_is_asked_once_then_given_up(session):
    """Submitted in May 2025; by 1 October 2026 nobody has answered. Asked on 1 September, archived on 2 October."""
    application = make.application(place_under(), submitted_at=local(2025, 5, 12))
    session.commit()
    assert write_reminders(local(2026, 8, 31))["done"] == 0
    assert write_reminders(local(2026, 9, 1))["done"] == 1
    assert write_reminders(local(2026, 9, 20))["done"] == 0
    assert told(session, "Q9") == 1
    assert archive_uninterested(local(2026, 10, 1, 23))["done"] == 0
    assert archive_uninterested(local(2026, 10, 2))["done"] == 1
    assert archive_uninterested(local(2026, 10, 2))["done"] == 0
    session.refresh(application)
    assert (application.status, application.archive_reason) == (ApplicationStatus.ARCHIVED, ArchiveReason.UNINTERESTED)
    assert told(session, "Q12") == 1
    broken = {one.name for one in INVARIANTS if check(session, one, local(2026, 10, 2)).broken}
    assert broken <= {"no_late_message"}  # nobody sent the letters of this test


def test_an_answer_keeps_the_place(session):
    application = make.application(place_under(), submitted_at=local(2025, 5, 12))
    parent = make.parent_actor(application.applicant)
    session.commit()
    write_reminders(local(2026, 9, 1))
    applications.confirm_interest(session, parent, application.id, local(2026, 9, 30))
    session.commit()
    assert archive_uninterested(local(2026, 10, 2))["done"] == 0
    assert write_reminders(local(2027, 9, 15))["done"] == 1


def test_nobody_is_archived_without_having_been_asked(session):
    make.application(place_under(), submitted_at=local(2025, 5, 12))
    session.commit()
    assert archive_uninterested(local(2026, 10, 2))["done"] == 0


@pytest.mark.parametrize(
    ("rule_set", "submitted"), [("voucher_2025", local(2025, 5, 12)), ("sitcen_2019", local(2026, 1, 5))]
)
def test_who_is_not_asked(session, rule_set, submitted):
    make.application(place_under(rule_set), submitted_at=submitted)
    session.commit()
    assert write_reminders(local(2026, 9, 15))["done"] == 0


# ── reminders of the last day ──


def test_the_last_day_of_a_referral_is_reminded_of_in_the_readers_language(session):
    """Issued on Thursday 12 November for five working days: the letter goes on Thursday 19 November, once."""
    place = place_under()
    garden = make.kindergarten(place)
    guardian = make.person(message_language=Language.RU)
    application = make.application(place, guardian)
    bulletin = make.open_bulletin(make.group(garden))
    claim_id = claim(session, make.parent_actor(guardian), bulletin.id, application.id, make.NOON)
    activate(session, make.staff_actor(Role.HEAD, at=garden), claim_id, make.NOON)
    session.commit()
    assert write_reminders(local(2026, 11, 18, 8))["done"] == 0
    assert write_reminders(local(2026, 11, 19, 8))["done"] == 1
    assert write_reminders(local(2026, 11, 19, 9))["done"] == 0
    message = session.scalars(select(Message).where(Message.template == "R2")).one()
    assert message.facts["date"] == "2026-11-19"
    assert session.scalars(select(Delivery.language).where(Delivery.message_id == message.id)).all() == ["ru"]
    assert session.scalars(select(Reminder.due_on)).all() == [dt.date(2026, 11, 19)]


# ── promotion ──


def head(group):
    return make.staff_actor(Role.HEAD, at=group.kindergarten)


def test_a_group_moves_on_in_august_once(session):
    group = make.group(make.kindergarten(place_under()))
    year.promote_group(session, head(group), group.id, [2023], local(2027, 8, 1, 0))
    assert (group.age_group, group.birth_years) == (AgeGroup.SENIOR, [2023])
    assert session.scalars(select(Event.act).where(Event.subject == "kindergarten_group")).all() == ["promote_group"]
    with pytest.raises(RuleBroken) as refused:
        year.promote_group(session, head(group), group.id, [2023], local(2027, 8, 31, 23))
    assert refused.value.code == "PROMOTED_ALREADY"
    year.promote_group(session, head(group), group.id, [2023], local(2028, 8, 5))
    assert group.age_group is AgeGroup.PRESCHOOL


@pytest.mark.parametrize(
    ("when", "years", "age", "code"),
    [
        (local(2027, 7, 31, 23), [2023], AgeGroup.MIDDLE, "PROMOTION_CLOSED"),
        (local(2027, 9, 1, 0), [2023], AgeGroup.MIDDLE, "PROMOTION_CLOSED"),
        (local(2027, 8, 10), [], AgeGroup.MIDDLE, "YEARS_MISSING"),
        (local(2027, 8, 10), [2021], AgeGroup.PRESCHOOL, "NO_NEXT_AGE"),
    ],
)
def test_what_cannot_be_promoted(session, when, years, age, code):
    group = make.group(make.kindergarten(place_under()), age_group=age)
    with pytest.raises(RuleBroken) as refused:
        year.promote_group(session, head(group), group.id, years, when)
    assert refused.value.code == code
    assert group.age_group is age


def test_a_group_on_offer_stays_what_its_bulletin_says(session):
    group = make.group(make.kindergarten(place_under()))
    make.open_bulletin(group)
    with pytest.raises(RuleBroken) as refused:
        year.promote_group(session, head(group), group.id, [2023], local(2027, 8, 10))
    assert refused.value.code == "PLACES_ON_OFFER"


def test_another_kindergartens_group_is_out_of_reach(session):
    group = make.group(make.kindergarten(place_under()))
    other = make.staff_actor(Role.HEAD, at=make.kindergarten())
    with pytest.raises(OutOfReach):
        year.promote_group(session, other, group.id, [2023], local(2027, 8, 10))
    with pytest.raises(Forbidden):
        year.promote_group(
            session, make.staff_actor(Role.METHODIST, at=group.kindergarten), group.id, [2023], local(2027, 8, 10)
        )
    assert SYSTEM.is_staff is False


def test_a_turn_to_choose_is_reminded_of_on_its_last_day(session):
    """Told on Thursday 12 November, three working days: the letter goes on Tuesday 17 November, once."""
    place = place_under("indigo_2018")
    application = make.application(place)
    turn = {"birth_year": 2023, "language": Language.KK, "notified_at": make.NOON, "formula": {}}
    make.make(Turn, application=application, locality=place, choose_by=dt.date(2026, 11, 17), **turn)
    session.commit()
    assert write_reminders(local(2026, 11, 16, 8))["done"] == 0
    assert write_reminders(local(2026, 11, 17, 8))["done"] == 1
    assert write_reminders(local(2026, 11, 17, 9))["done"] == 0
    assert told(session, "P2") == 1
