"""Acts on the claim: send, cancel, activate (which issues the referral), decline."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Bulletin, Claim, Referral
from app.models.enums import (
    ApplicationStatus,
    BulletinStatus,
    ClaimStatus,
    DeclineReason,
    Language,
)
from app.rules import lifecycle
from app.rules.eligibility import MatchVerdict, is_old_enough, match
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, messages, places, record, standing
from app.services.access import Actor
from app.services.applications import back_to_queue, lock_application
from app.services.open_places import at_once, take
from app.services.referrals import issue
from app.services.regulation import deadline_of, rules_here

_CLAIM = text("SELECT outcome, claim_id FROM claim_place(:bulletin, :application, :now, :activate_by, :user, :role)")


@dataclass(frozen=True)
class Offer:
    """A bulletin as one application sees it: why there is, or is not, a button."""

    bulletin: Bulletin
    verdict: MatchVerdict
    refusal: RuleBroken | None


def weigh(
    session: Session, bulletin: Bulletin, application: Application, now: dt.datetime, has_priority: bool | None = None
) -> Offer:
    """Asks every rule that stands before a claim, changing nothing (guide 003, the button's rule).

    `has_priority` says whether the application is among the notified, when the caller knows already.
    """
    rules = rules_here(session, bulletin.rule_set, bulletin.locality_id, clock.local_date(now))
    verdict = _match(bulletin, application)
    try:
        check_waits(session, application, also_notified=at_once(rules))
        _check_match(bulletin, application, verdict)
        _check_age(application, rules, now)
        _check_access(session, bulletin, application, now, has_priority)
    except RuleBroken as refusal:
        return Offer(bulletin, verdict, refusal)
    return Offer(bulletin, verdict, None)


def claim(session: Session, actor: Actor, bulletin_id: int, application_id: int, now: dt.datetime) -> int:
    """Claims a place for an application. Returns the claim's id; the place is held from then on.

    Where nobody activates claims (rules of 2018) the referral is issued with it.
    Rules are asked on unlocked rows, so that the crowd of losers costs one read; then one statement
    locks, looks again, changes and writes event and messages (migration 0003).
    Raises RuleBroken: BULLETIN_FULL, BULLETIN_CLOSED, BULLETIN_NOT_OPEN, BULLETIN_PRIORITY, MATCH_*,
    TOO_YOUNG, CLAIM_EXISTS, IN_STOP_LIST, NOT_IN_QUEUE; OutOfReach for somebody else's application.
    """
    access.require(session, actor, "claim", Application, application_id)
    bulletin = session.get(Bulletin, bulletin_id)
    application = session.get_one(Application, application_id)
    if bulletin is None:
        raise access.OutOfReach("Bulletin")
    refusal = weigh(session, bulletin, application, now).refusal
    if refusal is not None:
        raise refusal
    rules = rules_here(session, bulletin.rule_set, bulletin.locality_id, clock.local_date(now))
    if at_once(rules):
        return int(take(session, actor, bulletin_id, application_id, now).claim_id or 0)
    values = {
        "bulletin": bulletin_id,
        "application": application_id,
        "now": now,
        "activate_by": deadline_of(session, rules, "claim_activation", now).last_day,
        "user": actor.user_id,
        "role": str(actor.role),
    }
    row = session.execute(_CLAIM, values).one()
    if row.outcome != "held":
        raise _refusal(row.outcome, bulletin)
    session.expire_all()
    return int(row.claim_id)


def cancel_claim(session: Session, actor: Actor, claim_id: int, now: dt.datetime) -> Claim:
    """The parent takes the claim back before the kindergarten has decided; the place in line is kept."""
    access.require(session, actor, "cancel_claim", Claim, claim_id)
    claim, application = _lock(session, claim_id)
    lifecycle.check("cancel_claim", claim.status, application.status)
    _end_unactivated(session, actor, claim, application, ClaimStatus.CANCELLED, "cancel_claim", now)
    return claim


def activate(session: Session, actor: Actor, claim_id: int, now: dt.datetime) -> Referral:
    """The kindergarten activates the claim; the referral is issued at once (guide 003, «Активтендіруді күту»)."""
    access.require(session, actor, "activate", Claim, claim_id)
    claim, application = _lock(session, claim_id)
    lifecycle.check("activate", claim.status, application.status)
    claim.status = ClaimStatus.ACTIVATED
    claim.decided_at = now
    claim.decided_by_id = actor.user_id
    application.status = ApplicationStatus.REFERRED
    standing.leave(session, application)
    record.write_event(
        session,
        actor,
        now,
        "activate",
        claim,
        application=application,
        before={"application": ApplicationStatus.CLAIMED, "status": ClaimStatus.WAITING},
        after={"application": ApplicationStatus.REFERRED, "status": ClaimStatus.ACTIVATED},
    )
    return issue(session, actor, application, claim, now)


def decline(
    session: Session, actor: Actor, claim_id: int, decline_reason: DeclineReason, note: str, now: dt.datetime
) -> Claim:
    """The kindergarten declines with a coded reason; the child keeps its place in line, the place is free."""
    access.require(session, actor, "decline", Claim, claim_id)
    if decline_reason is DeclineReason.OTHER and not note.strip():
        raise RuleBroken("REASON_REQUIRED")
    claim, application = _lock(session, claim_id)
    lifecycle.check("decline", claim.status, application.status)
    claim.decline_reason = decline_reason
    claim.note = note.strip() or None
    _end_unactivated(session, actor, claim, application, ClaimStatus.DECLINED, "decline", now)
    messages.notify(
        session, now, application, "C2", kindergarten=claim.kindergarten.name, reason=f"DeclineReason.{decline_reason}"
    )
    return claim


def _end_unactivated(
    session: Session,
    actor: Actor,
    claim: Claim,
    application: Application,
    status: ClaimStatus,
    act: str,
    now: dt.datetime,
) -> None:
    claim.status = status
    claim.decided_at = now
    claim.decided_by_id = actor.user_id
    back_to_queue(session, application)
    places.move_places(session, claim.group_id, from_="held", to="free")
    record.write_event(
        session,
        actor,
        now,
        act,
        claim,
        application=application,
        reason=claim.decline_reason,
        before={"application": ApplicationStatus.CLAIMED, "status": ClaimStatus.WAITING},
        after={"application": ApplicationStatus.QUEUED, "status": status},
    )


def _lock(session: Session, claim_id: int) -> tuple[Claim, Application]:
    application_id = session.scalars(select(Claim.application_id).where(Claim.id == claim_id)).one()
    application = lock_application(session, application_id)
    claim = session.scalars(
        select(Claim).where(Claim.id == claim_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    return claim, application


def _match(bulletin: Bulletin, application: Application) -> MatchVerdict:
    return match(
        child_birth_year=application.birth_year,
        application_languages=[Language(code) for code in application.languages],
        application_locality_id=application.locality_id,
        application_group_type=application.group_type,
        bulletin_birth_years=bulletin.birth_years,
        bulletin_language=bulletin.language,
        bulletin_locality_id=bulletin.locality_id,
        bulletin_group_type=bulletin.group_type,
    )


def check_waits(session: Session, application: Application, also_notified: bool = False) -> None:
    """Whether an application awaits a place now. Raises RuleBroken: IN_STOP_LIST, CLAIM_EXISTS, NOT_IN_QUEUE."""
    if application.status is ApplicationStatus.QUEUED:
        return
    if also_notified and application.status is ApplicationStatus.NOTIFIED:
        return
    if application.status is ApplicationStatus.STOP_LISTED:
        until = session.scalar(
            text("SELECT until_day FROM stop_list_entry WHERE application_id = :id AND status = 'active'"),
            {"id": application.id},
        )
        raise RuleBroken("IN_STOP_LIST", date=until)
    if application.status is ApplicationStatus.CLAIMED:
        name = session.scalar(
            text(
                "SELECT k.name FROM claim c JOIN kindergarten k ON k.id = c.kindergarten_id "
                "WHERE c.application_id = :id AND c.status = 'waiting'"
            ),
            {"id": application.id},
        )
        raise RuleBroken("CLAIM_EXISTS", kindergarten=name)
    raise RuleBroken("NOT_IN_QUEUE", status=application.status)


def _check_match(bulletin: Bulletin, application: Application, verdict: MatchVerdict) -> None:
    broken = verdict.first_broken
    if broken is not None:
        raise RuleBroken(
            broken,
            years=", ".join(map(str, bulletin.birth_years)),
            year=application.birth_year,
            language=bulletin.language,
            languages=list(application.languages),
            locality=bulletin.locality_id,
            locality2=application.locality_id,
        )


def _check_age(application: Application, rules: RuleSet, now: dt.datetime) -> None:
    born = application.child.birth_date
    if not is_old_enough(born, clock.local_date(now), rules):
        raise RuleBroken("TOO_YOUNG", date=_old_enough_on(born, rules.min_age_months))


def _old_enough_on(born: dt.date, months: int) -> dt.date:
    year, month = divmod(born.month - 1 + months, 12)
    # A child born on 29 February comes of age on 1 March of a common year.
    try:
        return born.replace(year=born.year + year, month=month + 1)
    except ValueError:
        return dt.date(born.year + year, month + 2, 1)


def _check_access(
    session: Session, bulletin: Bulletin, application: Application, now: dt.datetime, has_priority: bool | None
) -> None:
    if bulletin.status is BulletinStatus.OPEN:
        return
    if bulletin.status is BulletinStatus.PRIORITY:
        if bulletin.priority_until is None or now >= bulletin.priority_until:
            return
        if has_priority is None:
            has_priority = bool(
                session.scalar(
                    text("SELECT 1 FROM priority_access WHERE bulletin_id = :b AND application_id = :a"),
                    {"b": bulletin.id, "a": application.id},
                )
            )
        if not has_priority:
            raise RuleBroken("BULLETIN_PRIORITY", moment=bulletin.priority_until)
        return
    raise _refusal(
        {BulletinStatus.FILLED: "full", BulletinStatus.SCHEDULED: "not_open"}.get(bulletin.status, "closed"), bulletin
    )


def _refusal(outcome: str, bulletin: Bulletin) -> RuleBroken:
    """The answer to somebody who came too late, too early or twice."""
    if outcome == "not_open":
        return RuleBroken("BULLETIN_NOT_OPEN", moment=bulletin.publish_at)
    if outcome == "priority":
        return RuleBroken("BULLETIN_PRIORITY", moment=bulletin.priority_until)
    return RuleBroken(
        {"full": "BULLETIN_FULL", "claim_exists": "CLAIM_EXISTS", "not_queued": "NOT_IN_QUEUE"}.get(
            outcome, "BULLETIN_CLOSED"
        )
    )
