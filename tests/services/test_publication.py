"""Publication at the opening time, the priority window, and the one-to-three order remembered from run to run."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app.db import unit_of_work
from app.extensions import db
from app.models import Application, Bulletin, Message, PriorityAccess, Queue
from app.models.enums import BulletinStatus, Role, Stream
from app.rules import rule_sets
from app.rules.verdict import RuleBroken
from app.services import applications, bulletins, claims
from app.services.access import SYSTEM
from tests import factories as make

ALMATY = dt.timezone(dt.timedelta(hours=5))


def local(text: str) -> dt.datetime:
    """A moment written as on the wall in the country."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ALMATY).astimezone(dt.UTC)


@pytest.fixture
def queue(clean, app):
    """A locality, a group of 25 free places, and a queue written as streams, in the order of submission."""
    with app.app_context():
        with unit_of_work():
            place = make.locality()
            group = make.group(make.kindergarten(place), capacity=25)
            official = make.staff_actor(Role.DEPARTMENT, over=place)
            ids = {"place": place.id, "group": group.id, "official": official}

        def stand(streams: str) -> dict[str, int]:
            """`streams` is a word of o, f and g: who submitted in which stream, one minute apart."""
            named = {}
            kinds = {"o": Stream.OUT_OF_TURN, "f": Stream.FIRST_PRIORITY}
            for minute, letter in enumerate(streams):
                at = make.NOON + dt.timedelta(minutes=minute)
                with unit_of_work() as session:
                    here = session.get_one(make.Locality, ids["place"])
                    category = make.benefit(kinds[letter]).id if letter in kinds else None
                    row = make.application(here, submitted_at=at, benefit_category_id=category)
                    row_id = row.id
                if category is not None:
                    with unit_of_work() as session:
                        applications.confirm_documents(session, official, row_id, at)
                named[f"{letter}{minute + 1}"] = row_id
            return named

        yield ids, stand


def publish(ids, places, at="2026-11-12 18:00", years=None):
    with unit_of_work() as session:
        group = session.get_one(make.KindergartenGroup, ids["group"])
        if years:
            group.birth_years = years
        row = make.open_bulletin(group, places=places, at=local(at), publish=False)
        assert bulletins.publish_if_due(session, SYSTEM, row.id, local(at))
        return row.id


def notified(bulletin_id, named):
    rows = db.session.scalars(
        select(PriorityAccess.application_id)
        .where(PriorityAccess.bulletin_id == bulletin_id)
        .order_by(PriorityAccess.served_position)
    )
    names = {row_id: name for name, row_id in named.items()}
    return " ".join(names[row_id] for row_id in rows)


@pytest.mark.parametrize(
    ("opened", "published"),
    [
        ("2026-11-12 10:00", "2026-11-12 18:00"),  # Thursday morning → the same evening
        ("2026-11-12 17:59", "2026-11-12 18:00"),
        ("2026-11-12 18:00", "2026-11-13 18:00"),  # too late for today
        ("2026-07-31 19:00", "2026-09-01 18:00"),  # groups are promoted 1–31 August
    ],
)
def test_the_next_opening_time(opened, published):
    assert bulletins.next_opening(rule_sets.get("sitcen_2019"), local(opened)) == local(published)


@pytest.mark.parametrize(
    ("streams", "places", "first"),
    [
        ("gggg", 2, "g1 g2"),
        ("gggf", 2, "f4 g1"),
        ("ggggfo", 5, "o6 f5 g1 g2 g3"),
        ("ffgggggg", 6, "f1 g3 g4 g5 f2 g6"),
        ("ff", 5, "f1 f2"),
    ],
)
def test_the_first_in_served_order_are_notified_and_nobody_else(queue, streams, places, first):
    ids, stand = queue
    named = stand(streams)
    bulletin_id = publish(ids, places)
    assert notified(bulletin_id, named) == first
    told = db.session.scalars(select(Message.application_id).where(Message.template == "P1")).all()
    assert sorted(told) == sorted(named[name] for name in first.split())


def test_one_to_three_goes_on_where_the_last_run_stopped(queue):
    ids, stand = queue
    named = stand("fffgggggg")
    bulletin_id = publish(ids, 2)
    assert notified(bulletin_id, named) == "f1 g4"
    assert db.session.scalars(select(Queue.cycle_position)).all() == [2]
    for name in ("f1", "g4"):
        with unit_of_work() as session:
            row = session.get_one(Application, named[name])
            parent = make.parent_actor(row.applicant)
            claims.claim(session, parent, bulletin_id, row.id, local("2026-11-12 18:01"))
    # Two general places of the cycle are left before the next with a benefit.
    assert notified(publish(ids, 3, "2026-11-13 18:00"), named) == "g5 g6 f2"


def test_only_the_notified_may_claim_until_the_window_closes(queue):
    ids, stand = queue
    named = stand("gg")
    bulletin_id = publish(ids, 1)
    bulletin = db.session.get_one(Bulletin, bulletin_id)
    # Thursday 12 November 18:00 + 3 working days: until the end of Tuesday 17 November.
    assert bulletin.priority_until == local("2026-11-18 00:00")
    second = db.session.get_one(Application, named["g2"])
    parent = make.parent_actor(second.applicant)
    with pytest.raises(RuleBroken) as refused, unit_of_work() as session:
        claims.claim(session, parent, bulletin_id, named["g2"], local("2026-11-17 23:59:59"))
    assert refused.value.code == "BULLETIN_PRIORITY"
    # From midnight every matching child may, also when the job has not run yet.
    with unit_of_work() as session:
        claims.claim(session, parent, bulletin_id, named["g2"], local("2026-11-18 00:00"))


def test_closing_the_window_opens_the_rest_to_all_and_tells_who_kept_the_turn(queue):
    ids, stand = queue
    named = stand("gg")
    bulletin_id = publish(ids, 1)
    with unit_of_work() as session:
        assert not bulletins.open_to_all_if_due(session, SYSTEM, bulletin_id, local("2026-11-17 23:59:59"))
    with unit_of_work() as session:
        assert bulletins.open_to_all_if_due(session, SYSTEM, bulletin_id, local("2026-11-18 00:00"))
    assert db.session.get_one(Bulletin, bulletin_id).status is BulletinStatus.OPEN
    told = db.session.scalars(select(Message.application_id).where(Message.template == "P3")).all()
    assert told == [named["g1"]]


def test_without_a_matching_queue_the_bulletin_is_open_at_once(queue):
    ids, _ = queue
    assert db.session.get_one(Bulletin, publish(ids, 2)).status is BulletinStatus.OPEN


def test_a_child_with_a_waiting_claim_is_passed_over_and_keeps_its_turn(queue):
    ids, stand = queue
    named = stand("ggg")
    first = publish(ids, 1)
    with unit_of_work() as session:
        row = session.get_one(Application, named["g1"])
        claims.claim(session, make.parent_actor(row.applicant), first, row.id, local("2026-11-12 18:01"))
    assert notified(publish(ids, 1, "2026-11-13 18:00"), named) == "g2"


def test_several_birth_years_are_served_as_one_line(queue):
    ids, stand = queue
    named = stand("gg")
    with unit_of_work() as session:
        place = session.get_one(make.Locality, ids["place"])
        guardian = make.person()
        older = make.child(guardian, birth_date=dt.date(2022, 3, 1))
        row = make.application(place, guardian, of=older, submitted_at=make.NOON + dt.timedelta(seconds=30))
        named["older"] = row.id
    assert notified(publish(ids, 3, years=[2022, 2023]), named) == "g1 older g2"


def test_a_bulletin_cannot_offer_more_than_is_free(queue):
    ids, _ = queue
    with pytest.raises(RuleBroken) as refused, unit_of_work() as session:
        make.open_bulletin(session.get_one(make.KindergartenGroup, ids["group"]), places=26, publish=False)
    assert refused.value.code == "NO_PLACES"
