"""Acts on the referral: issue, extend, give back, annul; what becomes of a missed one."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Claim, Document, KindergartenGroup, Referral
from app.models.enums import ApplicationStatus, DocumentKind, ReferralStatus
from app.rules import lifecycle
from app.rules.deadlines import Deadline, deadline, to_json
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, messages, places, record
from app.services.access import Actor
from app.services.applications import back_to_queue, lock_application
from app.services.regulation import deadline_of, end_of_day, rule_set_in_force, working_calendar

LIVE = (ReferralStatus.ISSUED, ReferralStatus.EXTENDED)


def issue(
    session: Session,
    actor: Actor,
    application: Application,
    place: Claim | KindergartenGroup,
    now: dt.datetime,
) -> Referral:
    """Issues the referral of an activated claim, or to a group that was chosen without one.

    The held place stays held for it. Its last day and the sum behind it are computed once, here, and stored.
    """
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    use_by = deadline_of(session, rules, "referral_validity", now)
    garden, claim = place.kindergarten, place if isinstance(place, Claim) else None
    referral = Referral(
        number=_number(session, claim, now),
        application_id=application.id,
        claim_id=claim.id if claim else None,
        group_id=claim.group_id if claim else place.id,
        kindergarten_id=garden.id,
        locality_id=application.locality_id,
        status=ReferralStatus.ISSUED,
        issued_at=now,
        use_by=use_by.last_day,
        cancel_until=deadline_of(session, rules, "self_cancel", now).at,
        formula=to_json(use_by),
        contract_sent=False,
        check_code=secrets.token_urlsafe(15),
    )
    session.add(referral)
    session.flush()
    record.write_event(
        session,
        actor,
        now,
        "issue_referral",
        referral,
        application=application,
        after=record.state(referral, "status", "use_by", "cancel_until", "group_id"),
    )
    messages.notify(
        session,
        now,
        application,
        "R1",
        kindergarten=garden.name,
        date=use_by.last_day,
        n=rules.limit("referral_validity").amount,
        m=rules.limit("stop_list").amount,
    )
    return referral


def _number(session: Session, claim: Claim | None, now: dt.datetime) -> str:
    """After the claim; without one after a draw from the referrals' own sequence, a letter keeping both apart."""
    year = clock.local_date(now).year
    if claim is not None:
        return f"R-{year}-{claim.id:06d}"
    drawn = session.scalar(text("SELECT nextval(pg_get_serial_sequence('referral', 'id'))"))
    return f"R-{year}-C{drawn:06d}"


def extension_of(session: Session, referral: Referral, rules: RuleSet) -> Deadline:
    """The deadline an extension would give, counted from the deadline it extends (D8)."""
    old_last_day = dt.datetime.combine(referral.use_by, dt.time.min, tzinfo=clock.ZONE)
    return deadline(rules.limit("referral_extension"), old_last_day, working_calendar(session))


def extend(session: Session, actor: Actor, referral_id: int, now: dt.datetime) -> Referral:
    """Extends the referral: once, on its last day, with a confirming document (guide 003; D8).

    The document must be attached already. Raises RuleBroken: EXTEND_TOO_EARLY, DEADLINE_PASSED,
    EXTEND_USED, DOCUMENT_MISSING.
    """
    access.require(session, actor, "extend", Referral, referral_id)
    referral, application = lock_referral(session, referral_id)
    if referral.status is ReferralStatus.EXTENDED:
        raise RuleBroken("EXTEND_USED")
    lifecycle.check("extend", referral.status, application.status)
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    _check_extension(session, referral, rules, now)
    before = record.state(referral, "status", "use_by")
    longer = extension_of(session, referral, rules)
    referral.status = ReferralStatus.EXTENDED
    referral.extended_at = now
    referral.use_by = longer.last_day
    referral.formula = to_json(longer)
    record.write_event(
        session,
        actor,
        now,
        "extend",
        referral,
        application=application,
        before=before,
        after=record.state(referral, "status", "use_by"),
    )
    messages.notify(session, now, application, "R3", date=longer.last_day)
    return referral


def give_back(session: Session, actor: Actor, referral_id: int, now: dt.datetime) -> Referral:
    """The parent gives the referral back within 24 hours; no strike, the place in line is kept (guide 002; D9)."""
    access.require(session, actor, "give_back", Referral, referral_id)
    referral, application = lock_referral(session, referral_id)
    lifecycle.check("give_back", referral.status, application.status)
    if now > referral.cancel_until:
        raise RuleBroken("GIVE_BACK_LATE")
    _end_to_queue(session, actor, referral, application, ReferralStatus.CANCELLED_BY_PARENT, "give_back", None, now)
    messages.notify(session, now, application, "R7")
    return referral


def annul_referral(session: Session, actor: Actor, referral_id: int, reason: str, now: dt.datetime) -> Referral:
    """The department annuls a referral with a reason; the child returns to the queue without a strike."""
    access.require(session, actor, "annul_referral", Referral, referral_id)
    if not reason.strip():
        raise RuleBroken("REASON_REQUIRED")
    referral, application = lock_referral(session, referral_id)
    lifecycle.check("annul_referral", referral.status, application.status)
    _end_to_queue(
        session,
        actor,
        referral,
        application,
        ReferralStatus.CANCELLED_BY_DEPARTMENT,
        "annul_referral",
        reason.strip(),
        now,
    )
    messages.notify(session, now, application, "R8", reason=reason.strip())
    return referral


def refuse_if_over(referral: Referral, now: dt.datetime) -> None:
    """Raises DEADLINE_PASSED after the last day, also when the sweep has not run yet."""
    if now >= end_of_day(referral.use_by):
        raise RuleBroken("DEADLINE_PASSED", date=referral.use_by, next="stop_list")


def lock_referral(session: Session, referral_id: int) -> tuple[Referral, Application]:
    """The referral and its application, both locked, the application first."""
    application_id = session.scalars(select(Referral.application_id).where(Referral.id == referral_id)).one()
    application = lock_application(session, application_id)
    referral = session.scalars(
        select(Referral).where(Referral.id == referral_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    return referral, application


def _check_extension(session: Session, referral: Referral, rules: RuleSet, now: dt.datetime) -> None:
    if referral.contract_sent:
        raise RuleBroken("STALE")
    refuse_if_over(referral, now)
    if rules.extension_on_last_day_only and clock.local_date(now) < referral.use_by:
        raise RuleBroken("EXTEND_TOO_EARLY", date=referral.use_by)
    if rules.extension_needs_documents:
        proof = session.scalar(
            select(Document.id).where(
                Document.referral_id == referral.id, Document.kind == DocumentKind.EXTENSION_PROOF
            )
        )
        if proof is None:
            raise RuleBroken("DOCUMENT_MISSING", document=f"DocumentKind.{DocumentKind.EXTENSION_PROOF}")


def _end_to_queue(
    session: Session,
    actor: Actor,
    referral: Referral,
    application: Application,
    status: ReferralStatus,
    act: str,
    reason: str | None,
    now: dt.datetime,
) -> None:
    before = {"application": application.status, "status": referral.status}
    referral.status = status
    referral.ended_at = now
    referral.end_reason = reason
    back_to_queue(session, application)
    places.move_places(session, referral.group_id, from_="held", to="free")
    record.write_event(
        session,
        actor,
        now,
        act,
        referral,
        application=application,
        reason=reason,
        before=before,
        after={"application": ApplicationStatus.QUEUED, "status": status},
    )
