"""What a turn is given from: free places of the kindergartens on offer, turns that live, lines that wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import any_, func, select
from sqlalchemy.orm import Session, contains_eager

from app import clock
from app.models import Application, Bulletin, Kindergarten, KindergartenGroup, Queue, Turn
from app.models.enums import BulletinStatus, GroupType, Language, QueueType, TurnStatus
from app.rules.rule_sets import Allocation, RuleSet
from app.rules.turns import FreePlaces
from app.services.regulation import rule_set_in_force


@dataclass(frozen=True)
class Option:
    """A group that can be chosen; `bulletin_id` when its place is open to all, None when it is the turn's."""

    group: KindergartenGroup
    bulletin_id: int | None


def waiting_lines(session: Session, now: dt.datetime) -> list[int]:
    """Ids of the lines in which somebody waits and turns are given, the eldest children first."""
    waits = Queue.out_of_turn + Queue.first_priority + Queue.general > 0
    general = Queue.queue_type == QueueType.GENERAL
    localities = session.scalars(select(Queue.locality_id).where(general, waits).distinct()).all()
    today = clock.local_date(now)
    under = [one for one in localities if gives_turns(rule_set_in_force(session, one, today))]
    lines = select(Queue.id).where(general, waits, Queue.locality_id.in_(under))
    return list(session.scalars(lines.order_by(Queue.locality_id, Queue.birth_year, Queue.language)))


def gives_turns(rules: RuleSet) -> bool:
    """Whether places are offered to the head of the queue first, and then to all."""
    return rules.allocation is Allocation.NOTIFY_THEN_OPEN


def free_groups(session: Session, rules: RuleSet, locality_id: int, language: Language) -> list[KindergartenGroup]:
    """Regular groups of the locality with free places, in the kinds of kindergartens the rule set offers."""
    return list(
        session.scalars(
            select(KindergartenGroup)
            .join(Kindergarten, Kindergarten.id == KindergartenGroup.kindergarten_id)
            .where(
                Kindergarten.locality_id == locality_id,
                Kindergarten.is_open,
                Kindergarten.kind.in_(rules.offered_kinds),
                KindergartenGroup.group_type == GroupType.REGULAR,
                KindergartenGroup.language == language,
                KindergartenGroup.free > 0,
            )
            .order_by(Kindergarten.name, KindergartenGroup.id)
            .options(contains_eager(KindergartenGroup.kindergarten))
            .execution_options(populate_existing=True)
        )
    )


def as_places(groups: Sequence[KindergartenGroup]) -> list[FreePlaces]:
    """The groups as the rule sees them."""
    return [FreePlaces(group.id, frozenset(group.birth_years), group.free) for group in groups]


def promised(session: Session, locality_id: int, language: Language, but: int | None = None) -> dict[int, int]:
    """How many turns live in each birth year of the locality and language; `but` is a turn left out."""
    rows = session.execute(
        select(Turn.birth_year, func.count())
        .where(
            Turn.locality_id == locality_id,
            Turn.language == language,
            Turn.status == TurnStatus.LIVE,
            Turn.id != (but or 0),
        )
        .group_by(Turn.birth_year)
    ).all()
    return {year: count for year, count in rows}


def live_turn(session: Session, application_id: int) -> Turn | None:
    """The turn of an application that is open now."""
    return session.scalar(select(Turn).where(Turn.application_id == application_id, Turn.status == TurnStatus.LIVE))


def open_places(session: Session, application: Application) -> list[Bulletin]:
    """Places that nobody chose in time and that are open to every child of these birth years."""
    return list(
        session.scalars(
            select(Bulletin)
            .where(
                Bulletin.locality_id == application.locality_id,
                Bulletin.status == BulletinStatus.OPEN,
                Bulletin.language.in_(application.languages),
                any_(Bulletin.birth_years) == application.birth_year,
                Bulletin.group_type == application.group_type,
            )
            .order_by(Bulletin.id)
        ).unique()
    )
