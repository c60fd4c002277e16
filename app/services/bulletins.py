"""Acts on the bulletin: open, publish at the opening time, open to all, withdraw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Bulletin, Claim, Kindergarten, KindergartenGroup, PriorityAccess, Queue
from app.models.enums import (
    ApplicationStatus,
    BulletinStatus,
    ClaimStatus,
    GroupType,
    PlaceType,
    QueueType,
)
from app.queries.served_order import next_to_serve
from app.rules import lifecycle
from app.rules.ranking import Ratio
from app.rules.rule_sets import Allocation, RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, messages, places, record
from app.services.access import Actor
from app.services.applications import back_to_queue, lock_application
from app.services.regulation import deadline_of, rule_set_in_force, rules_here

_QUEUE_OF = {
    GroupType.REGULAR: QueueType.GENERAL,
    GroupType.SPECIAL: QueueType.SPECIAL,
    GroupType.SANATORIUM: QueueType.SANATORIUM,
}


def open_bulletin(
    session: Session,
    actor: Actor,
    group_id: int,
    places_on_offer: int,
    now: dt.datetime,
    place_type: PlaceType = PlaceType.FREE,
    publish_at: dt.datetime | None = None,
) -> Bulletin:
    """Offers free places of a group; they are published at the next opening time of the rule set.

    Raises RuleBroken: NO_PLACES when the group has fewer free ones, PLACES_MISSING for none,
    NO_BULLETINS where places are given otherwise, DATE_IN_PAST for an opening moment that has passed,
    PUBLICATION_PAUSED inside the yearly pause.
    """
    access.require(session, actor, "open_bulletin", KindergartenGroup, group_id)
    if places_on_offer < 1:
        raise RuleBroken("PLACES_MISSING")
    group = places.move_places(session, group_id, from_="free", to="published", count=places_on_offer)
    kindergarten = session.get_one(Kindergarten, group.kindergarten_id)
    rules = rule_set_in_force(session, kindergarten.locality_id, clock.local_date(now))
    if rules.allocation is not Allocation.BULLETIN:
        raise RuleBroken("NO_BULLETINS")
    bulletin = Bulletin(
        group_id=group.id,
        kindergarten_id=kindergarten.id,
        locality_id=kindergarten.locality_id,
        queue_type=_QUEUE_OF[group.group_type],
        group_type=group.group_type,
        birth_years=list(group.birth_years),
        language=group.language,
        place_type=place_type,
        places=places_on_offer,
        free=places_on_offer,
        status=BulletinStatus.SCHEDULED,
        rule_set=rules.code,
        opened_by_id=actor.user_id,
        opened_at=now,
        publish_at=_opening(rules, now, publish_at),
    )
    session.add(bulletin)
    session.flush()
    record.write_event(
        session,
        actor,
        now,
        "open_bulletin",
        bulletin,
        after=record.state(bulletin, "status", "places", "group_id", "publish_at", "birth_years", "language"),
    )
    return bulletin


def publish_if_due(session: Session, actor: Actor, bulletin_id: int, now: dt.datetime) -> bool:
    """Publishes a bulletin whose opening time has come. Returns whether it did; twice does nothing.

    The first children in served order of the matching queue, as many as there are free places, are
    notified and alone may claim until the window closes; nobody moves up inside the window.
    """
    bulletin = lock_bulletin(session, bulletin_id)
    if bulletin.status is not BulletinStatus.SCHEDULED or bulletin.publish_at > now:
        return False
    lifecycle.check("publish", bulletin.status)
    rules = rules_here(session, bulletin.rule_set, bulletin.locality_id, clock.local_date(now))
    first = _choose_first(session, bulletin, rules, now)
    bulletin.published_at = now
    if first:
        window = deadline_of(session, rules, "priority_choice", now)
        bulletin.priority_until = window.over_from
        bulletin.status = BulletinStatus.PRIORITY
        for application in first:
            messages.notify(session, now, application, "P1", date=window.last_day)
    else:
        bulletin.status = BulletinStatus.OPEN
        bulletin.open_to_all_at = now
    record.write_event(
        session,
        actor,
        now,
        "publish",
        bulletin,
        before={"status": BulletinStatus.SCHEDULED},
        after={**record.state(bulletin, "status", "priority_until"), "notified": [row.id for row in first]},
    )
    return True


def open_to_all_if_due(session: Session, actor: Actor, bulletin_id: int, now: dt.datetime) -> bool:
    """Closes the priority window: every matching child may claim now; those who did not keep their place."""
    bulletin = lock_bulletin(session, bulletin_id)
    if bulletin.status is not BulletinStatus.PRIORITY or bulletin.priority_until is None:
        return False
    if now < bulletin.priority_until:
        return False
    lifecycle.check("open_to_all", bulletin.status)
    bulletin.status = BulletinStatus.OPEN
    bulletin.open_to_all_at = now
    record.write_event(
        session,
        actor,
        now,
        "open_to_all",
        bulletin,
        before={"status": BulletinStatus.PRIORITY},
        after=record.state(bulletin, "status", "free"),
    )
    for application in _did_not_choose(session, bulletin):
        messages.notify(session, now, application, "P3")
    return True


def withdraw_bulletin(session: Session, actor: Actor, bulletin_id: int, reason: str, now: dt.datetime) -> Bulletin:
    """Takes the places off offer; waiting claims lapse and their children keep their place in line."""
    access.require(session, actor, "withdraw_bulletin", Bulletin, bulletin_id)
    if not reason.strip():
        raise RuleBroken("REASON_REQUIRED")
    claimed = _lock_claimants(session, bulletin_id)
    bulletin = lock_bulletin(session, bulletin_id)
    lifecycle.check("withdraw_bulletin", bulletin.status)
    claims = session.scalars(
        select(Claim).where(Claim.bulletin_id == bulletin_id, Claim.status == ClaimStatus.WAITING).order_by(Claim.id)
    ).all()
    if {claim.application_id for claim in claims} != claimed.keys():
        raise RuleBroken("STALE")
    before = record.state(bulletin, "status", "free")
    _lapse(session, actor, claims, claimed, now)
    unclaimed, bulletin.free = bulletin.free, 0
    bulletin.status = BulletinStatus.WITHDRAWN
    bulletin.withdraw_reason = reason.strip()
    bulletin.ended_at = now
    session.flush()
    if unclaimed:
        places.move_places(session, bulletin.group_id, from_="published", to="free", count=unclaimed)
    record.write_event(
        session,
        actor,
        now,
        "withdraw_bulletin",
        bulletin,
        reason=reason.strip(),
        before=before,
        after={**record.state(bulletin, "status", "free"), "lapsed": [claim.id for claim in claims]},
    )
    return bulletin


def lock_bulletin(session: Session, bulletin_id: int) -> Bulletin:
    """The bulletin, its row locked."""
    bulletin = session.scalars(
        select(Bulletin)
        .where(Bulletin.id == bulletin_id)
        .with_for_update(of=Bulletin)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if bulletin is None:
        raise access.OutOfReach("Bulletin")
    return bulletin


def next_opening(rules: RuleSet, now: dt.datetime) -> dt.datetime:
    """The next opening time of the rule set after `now`, outside its yearly pause."""
    opens_at = rules.bulletin_opens_at
    if opens_at is None:
        raise RuleBroken("NO_BULLETINS")
    local = clock.local(now)
    day = local.date() if local.time() < opens_at else local.date() + dt.timedelta(days=1)
    while rules.is_publication_paused(day):
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, opens_at, tzinfo=clock.ZONE).astimezone(dt.UTC)


def _opening(rules: RuleSet, now: dt.datetime, wanted: dt.datetime | None) -> dt.datetime:
    if wanted is None:
        return next_opening(rules, now)
    if wanted < now:
        raise RuleBroken("DATE_IN_PAST")
    if rules.is_publication_paused(clock.local_date(wanted)):
        raise RuleBroken("PUBLICATION_PAUSED")
    return wanted


def _choose_first(session: Session, bulletin: Bulletin, rules: RuleSet, now: dt.datetime) -> list[Application]:
    """The applications that get priority access, in served order; remembers where the cycle stands."""
    locked = session.scalars(
        select(Queue)
        .where(
            Queue.queue_type == bulletin.queue_type,
            Queue.locality_id == bulletin.locality_id,
            Queue.language == bulletin.language,
            Queue.birth_year.in_(bulletin.birth_years),
        )
        .order_by(Queue.id)  # the order in which app/services/standing.py locks them too
        .with_for_update()
    ).all()
    queues = sorted(locked, key=lambda queue: queue.birth_year or 0)
    if not queues:
        return []
    served = next_to_serve(
        session,
        [queue.id for queue in queues],
        bulletin.group_type,
        bulletin.free,
        rules.stream_ratio or Ratio(),
        queues[0].cycle_position,
    )
    # Several birth years on one bulletin are one line: they keep one place in the cycle (ADR 0006).
    for queue in queues:
        queue.cycle_position = served.next_cycle_position
    ids = [int(candidate.number) for candidate in served.order]
    for position, application_id in enumerate(ids, start=1):
        session.add(
            PriorityAccess(
                bulletin_id=bulletin.id, application_id=application_id, served_position=position, notified_at=now
            )
        )
    session.flush()
    found = {row.id: row for row in session.scalars(select(Application).where(Application.id.in_(ids)))}
    return [found[application_id] for application_id in ids]


def _did_not_choose(session: Session, bulletin: Bulletin) -> list[Application]:
    return list(
        session.scalars(
            select(Application)
            .join(PriorityAccess, PriorityAccess.application_id == Application.id)
            .where(PriorityAccess.bulletin_id == bulletin.id, Application.status == ApplicationStatus.QUEUED)
            .order_by(Application.id)
        )
    )


def _lock_claimants(session: Session, bulletin_id: int) -> dict[int, Application]:
    ids = session.scalars(
        select(Claim.application_id)
        .where(Claim.bulletin_id == bulletin_id, Claim.status == ClaimStatus.WAITING)
        .order_by(Claim.application_id)
    ).all()
    return {application_id: lock_application(session, application_id) for application_id in ids}


def _lapse(
    session: Session, actor: Actor, claims: Sequence[Claim], claimed: dict[int, Application], now: dt.datetime
) -> None:
    for claim in claims:
        application = claimed[claim.application_id]
        claim.status = ClaimStatus.LAPSED
        claim.decided_at = now
        claim.decided_by_id = actor.user_id
        back_to_queue(session, application)
        places.move_places(session, claim.group_id, from_="held", to="free")
        record.write_event(
            session,
            actor,
            now,
            "lapse_claim",
            claim,
            application=application,
            before={"application": ApplicationStatus.CLAIMED, "status": ClaimStatus.WAITING},
            after={"application": ApplicationStatus.QUEUED, "status": ClaimStatus.LAPSED},
        )
        messages.notify(session, now, application, "C3", kindergarten=claim.kindergarten.name)
