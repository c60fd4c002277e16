"""Taking a place that is open to all (rules of 2018): no kindergarten activates it, the referral comes at once."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Bulletin, Claim, Referral
from app.models.enums import ApplicationStatus, BulletinStatus, ClaimStatus
from app.rules.rule_sets import Allocation, RuleSet
from app.rules.verdict import RuleBroken
from app.services import places, record, standing
from app.services.access import Actor
from app.services.applications import end_turn, lock_application
from app.services.referrals import issue

WAITS = (ApplicationStatus.QUEUED, ApplicationStatus.NOTIFIED)


def at_once(rules: RuleSet) -> bool:
    """Whether a claim is the choice itself: nobody has to activate it."""
    return rules.allocation is Allocation.NOTIFY_THEN_OPEN


def take(session: Session, actor: Actor, bulletin_id: int, application_id: int, now: dt.datetime) -> Referral:
    """The claim and its referral in one act. A turn that is open elsewhere ends with it.

    The rules must have been asked already (claims.weigh). Raises RuleBroken: BULLETIN_FULL,
    BULLETIN_CLOSED, NOT_IN_QUEUE when somebody was faster.
    """
    application = lock_application(session, application_id)
    if application.status not in WAITS:
        raise RuleBroken("NOT_IN_QUEUE", status=application.status)
    bulletin = _lock(session, bulletin_id)
    before = application.status
    application.status = ApplicationStatus.REFERRED
    end_turn(session, application, now)
    session.flush()
    standing.leave(session, application)
    _give_one(bulletin, now)
    session.flush()
    places.move_places(session, bulletin.group_id, from_="published", to="held")
    claim = _claim(session, actor, bulletin, application, now)
    record.write_event(
        session,
        actor,
        now,
        "claim",
        claim,
        application=application,
        before={"application": before},
        after={"application": ApplicationStatus.REFERRED, "bulletin_id": bulletin.id, "status": ClaimStatus.ACTIVATED},
    )
    return issue(session, actor, application, claim, now)


def _lock(session: Session, bulletin_id: int) -> Bulletin:
    bulletin = session.scalars(
        select(Bulletin)
        .where(Bulletin.id == bulletin_id)
        .with_for_update(of=Bulletin)
        .execution_options(populate_existing=True)
    ).one()
    if bulletin.status is BulletinStatus.FILLED:
        raise RuleBroken("BULLETIN_FULL")
    if bulletin.status is not BulletinStatus.OPEN:
        raise RuleBroken("BULLETIN_CLOSED")
    return bulletin


def _give_one(bulletin: Bulletin, now: dt.datetime) -> None:
    bulletin.free -= 1
    if bulletin.free == 0:
        bulletin.status = BulletinStatus.FILLED
        bulletin.ended_at = now


def _claim(session: Session, actor: Actor, bulletin: Bulletin, application: Application, now: dt.datetime) -> Claim:
    claim = Claim(
        bulletin_id=bulletin.id,
        application_id=application.id,
        group_id=bulletin.group_id,
        kindergarten_id=bulletin.kindergarten_id,
        status=ClaimStatus.ACTIVATED,
        claimed_at=now,
        activate_by=clock.local_date(now),
        decided_at=now,
        decided_by_id=actor.user_id,
    )
    session.add(claim)
    session.flush()
    return claim
