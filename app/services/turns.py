"""Turns (rules of 2018): telling the head of a line, and what becomes of a turn that was not used.

A place is promised to as many children as there are places, no more (app/rules/turns.py). All acts on the
places of one locality go one after another: the lock of the locality is taken before every other lock.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Bulletin, KindergartenGroup, Queue, Turn
from app.models.enums import ApplicationStatus, BulletinStatus, GroupType, PlaceType, QueueType, TurnStatus
from app.queries.queue_number import queue_numbers
from app.queries.served_order import next_to_serve
from app.queries.turns import as_places, free_groups, gives_turns, promised
from app.rules import lifecycle
from app.rules.deadlines import to_json
from app.rules.ranking import ServedOrder
from app.rules.rule_sets import RuleSet
from app.rules.turns import born_by, leaves_room, room
from app.services import messages, places, record
from app.services.access import Actor
from app.services.applications import lock_application
from app.services.regulation import deadline_of, end_of_day, rule_set_in_force

_LOCK = 7_345_018


def lock_places(session: Session, locality_id: int) -> None:
    """Whoever gives out places of this locality by turn does it alone, until the end of the transaction."""
    session.execute(text("SELECT pg_advisory_xact_lock(:kind, :place)"), {"kind": _LOCK, "place": locality_id})


def notify_line(session: Session, actor: Actor, queue_id: int, now: dt.datetime) -> int:
    """Tells the heads of a line that their turn has come, one for each place that nobody was promised.

    Only children of the age of the rule set; nobody in the yearly pause. Returns how many were told.
    Source: guide 002 «Хабарлама жіберілді»; D2.
    """
    line = session.get_one(Queue, queue_id)
    rules = rule_set_in_force(session, line.locality_id, clock.local_date(now))
    if not gives_turns(rules) or rules.is_publication_paused(clock.local_date(now)):
        return 0
    lock_places(session, line.locality_id)
    count = _room(session, rules, line)
    if count == 0:
        return 0
    served = _lock_heads(session, rules, line, count, now)
    for candidate in served.order:
        _notify(session, actor, session.get_one(Application, int(candidate.number)), line, rules, now)
    line.cycle_position = served.next_cycle_position
    return len(served.order)


def lapse_if_over(session: Session, actor: Actor, turn_id: int, now: dt.datetime) -> bool:
    """Ends a turn after its last day: the child keeps its place in line, the place opens to its whole birth year.

    Nobody but the applicant is told (guide 002: no notices are sent of places open to free choice). Twice does nothing.
    """
    known = session.execute(select(Turn.locality_id, Turn.application_id).where(Turn.id == turn_id)).one()
    lock_places(session, known.locality_id)
    application = lock_application(session, known.application_id)
    turn = session.get_one(Turn, turn_id, populate_existing=True, with_for_update=True)
    if turn.status is not TurnStatus.LIVE or now < end_of_day(turn.choose_by):
        return False
    lifecycle.check("lapse_turn", application.status)
    end(turn, TurnStatus.LAPSED, now)
    application.status = ApplicationStatus.QUEUED
    session.flush()
    bulletin = _open_to_all(session, actor, turn, now)
    record.write_event(
        session,
        actor,
        now,
        "lapse_turn",
        application,
        application=application,
        before={"status": ApplicationStatus.NOTIFIED},
        after={"status": ApplicationStatus.QUEUED, "turn": turn.id, "bulletin": bulletin.id if bulletin else None},
    )
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    numbers = queue_numbers(session, application.id, rules)
    messages.notify(session, now, application, "P3", number=min(place.number for place in numbers))
    return True


def end(turn: Turn, status: TurnStatus, now: dt.datetime) -> None:
    """Sets the two columns that belong together when a turn ends."""
    turn.status = status
    turn.ended_at = now


def _room(session: Session, rules: RuleSet, line: Queue) -> int:
    if line.birth_year is None or line.language is None:
        return 0  # a line of a category: turns are told along lines of years and languages
    groups = free_groups(session, rules, line.locality_id, line.language)
    if not any(line.birth_year in group.birth_years for group in groups):
        return 0
    return room(line.birth_year, promised(session, line.locality_id, line.language), as_places(groups))


def _lock_heads(session: Session, rules: RuleSet, line: Queue, count: int, now: dt.datetime) -> ServedOrder:
    """The heads in served order, their rows locked; one who claimed a moment ago is looked past."""
    youngest = born_by(clock.local_date(now), rules.min_age_months)
    while True:
        served = next_to_serve(
            session, [line.id], GroupType.REGULAR, count, rules.stream_ratio, line.cycle_position, youngest
        )
        locked = [lock_application(session, number) for number in sorted(int(one.number) for one in served.order)]
        if all(application.status is ApplicationStatus.QUEUED for application in locked):
            return served


def _notify(
    session: Session, actor: Actor, application: Application, line: Queue, rules: RuleSet, now: dt.datetime
) -> None:
    lifecycle.check("notify_turn", application.status)
    window = deadline_of(session, rules, "priority_choice", now)
    turn = Turn(
        application_id=application.id,
        locality_id=line.locality_id,
        birth_year=line.birth_year,
        language=line.language,
        status=TurnStatus.LIVE,
        notified_at=now,
        choose_by=window.last_day,
        formula=to_json(window),
    )
    session.add(turn)
    application.status = ApplicationStatus.NOTIFIED
    session.flush()
    record.write_event(
        session,
        actor,
        now,
        "notify_turn",
        application,
        application=application,
        before={"status": ApplicationStatus.QUEUED},
        after={"status": ApplicationStatus.NOTIFIED, "turn": turn.id, **record.state(turn, "choose_by", "language")},
    )
    messages.notify(session, now, application, "P1", date=window.last_day)


def _open_to_all(session: Session, actor: Actor, turn: Turn, now: dt.datetime) -> Bulletin | None:
    """The place of a missed turn on offer to its birth year; None when the place has gone meanwhile."""
    rules = rule_set_in_force(session, turn.locality_id, clock.local_date(now))
    if not gives_turns(rules):
        return None
    groups = free_groups(session, rules, turn.locality_id, turn.language)
    others = promised(session, turn.locality_id, turn.language)
    given = [
        group
        for group in groups
        if turn.birth_year in group.birth_years and leaves_room(group.id, others, as_places(groups))
    ]
    if not given:
        return None
    # Where most places are, the choice of those whose turn lives is narrowed least.
    return _offer(session, actor, max(given, key=lambda group: (group.free, -group.id)), rules, now)


def _offer(session: Session, actor: Actor, group: KindergartenGroup, rules: RuleSet, now: dt.datetime) -> Bulletin:
    garden = group.kindergarten
    bulletin = Bulletin(
        group_id=group.id,
        kindergarten_id=garden.id,
        locality_id=garden.locality_id,
        queue_type=QueueType.GENERAL,
        group_type=group.group_type,
        birth_years=list(group.birth_years),
        language=group.language,
        place_type=PlaceType.FREE,
        places=1,
        free=1,
        status=BulletinStatus.OPEN,
        rule_set=rules.code,
        opened_at=now,
        publish_at=now,
        published_at=now,
        open_to_all_at=now,
    )
    session.add(bulletin)
    session.flush()
    places.move_places(session, group.id, from_="free", to="published")
    record.write_event(
        session,
        actor,
        now,
        "open_bulletin",
        bulletin,
        after=record.state(bulletin, "status", "places", "group_id", "publish_at", "birth_years", "language"),
    )
    return bulletin
