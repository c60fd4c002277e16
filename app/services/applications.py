"""Acts on the application: submit, check of documents, withdraw, confirm interest, leave at the maximum age."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, BenefitCategory, Child, Enrolment, Guardianship, Locality
from app.models.enums import (
    ApplicationStatus,
    ArchiveReason,
    BenefitCheck,
    CorrectionType,
    FiledBy,
    GroupType,
    Language,
    QueueType,
    Role,
    Stream,
)
from app.queries.queue_number import queue_numbers
from app.rules import lifecycle
from app.rules.eligibility import has_reached_max_age
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, categories, messages, record, special_queues, standing
from app.services.access import Actor
from app.services.regulation import deadline_of, rule_set_in_force

LIVE = frozenset(ApplicationStatus) - {
    ApplicationStatus.DRAFT,
    ApplicationStatus.ENROLLED,
    ApplicationStatus.ARCHIVED,
}


@dataclass(frozen=True)
class Wish:
    """What an applicant asks for."""

    child_id: int
    locality_id: int
    languages: Sequence[Language]
    queue_type: QueueType = QueueType.GENERAL
    group_type: GroupType = GroupType.REGULAR
    benefit_category_id: int | None = None
    correction_type: CorrectionType | None = None
    wished_kindergarten_id: int | None = None


def submit(session: Session, actor: Actor, applicant_id: int, wish: Wish, now: dt.datetime) -> Application:
    """Puts a child into the queue, or hands the application to the check of its documents.

    Source: guide 003 «Өтініштер», guide 000 steps 3–5. Raises RuleBroken: CHILD_IN_QUEUE,
    CHILD_ENROLLED, TOO_OLD, LANGUAGES_MISSING, BENEFIT_UNKNOWN; OutOfReach for somebody else's child.
    """
    access.permit(actor, "submit")
    _require_reach(session, actor, applicant_id, wish)
    child = session.scalars(select(Child).where(Child.id == wish.child_id).with_for_update()).one()
    rules = rule_set_in_force(session, wish.locality_id, clock.local_date(now))
    category = _category(session, wish)
    _check_wish(session, child, wish, rules, now)
    needs_check = wish.queue_type is not QueueType.GENERAL or (category is not None and category.needs_document)
    status = ApplicationStatus.DOCS_REVIEW if needs_check else ApplicationStatus.QUEUED
    application = _new_application(session, actor, applicant_id, wish, child, rules, status, now)
    _apply_benefit(application, category, needs_check)
    if needs_check:
        application.check_by = deadline_of(session, rules, "benefit_check", now).last_day
    categories.assign(session, application, rules, clock.local_date(now))
    session.add(application)
    session.flush()
    if not needs_check:
        standing.stand(session, application)
    record.write_event(
        session,
        actor,
        now,
        "submit",
        application,
        application=application,
        after=record.state(application, "status", "stream", "queue_type", "locality_id", "languages", "filed_by"),
    )
    _tell_position(session, now, application, rules, "Q2" if needs_check else "Q1")
    return application


def confirm_documents(session: Session, actor: Actor, application_id: int, now: dt.datetime) -> Application:
    """The documents are confirmed: the benefit counts, and the place in line is by the first submission."""
    access.require(session, actor, "confirm_documents", Application, application_id)
    application = lock_application(session, application_id)
    _require_right_desk(actor, application)
    lifecycle.check("confirm_documents", application.status)
    special_queues.require_papers(session, application, _rules(session, application, now))
    before = record.state(application, "status", "stream", "benefit_check", "check_by")
    category = application.benefit_category
    if category is not None:
        application.benefit_check = BenefitCheck.CONFIRMED
        application.stream = category.stream
    application.status = ApplicationStatus.QUEUED
    application.check_by = None
    categories.assign(session, application, _rules(session, application, now), clock.local_date(now))
    session.flush()
    standing.stand(session, application)
    record.write_event(
        session,
        actor,
        now,
        "confirm_documents",
        application,
        application=application,
        before=before,
        after=record.state(application, "status", "stream", "benefit_check"),
    )
    if category is not None:
        messages.notify(session, now, application, "Q6", category=category.code)
    _tell_position(session, now, application, _rules(session, application, now), "Q3")
    return application


def refuse_documents(session: Session, actor: Actor, application_id: int, reason: str, now: dt.datetime) -> Application:
    """The documents are not confirmed.

    In the general queue the benefit alone is lost and the submission moment kept (bilim.astana.kz 49453);
    in the special and sanatorium queues the application has no ground left and is archived (guide 001).
    """
    access.require(session, actor, "refuse_documents", Application, application_id)
    _require_reason(reason)
    application = lock_application(session, application_id)
    _require_right_desk(actor, application)
    lifecycle.check("refuse_documents", application.status)
    before = record.state(application, "status", "stream", "benefit_check", "check_by")
    application.check_by = None
    if application.benefit_category_id is not None:
        application.benefit_check = BenefitCheck.REFUSED
    if application.queue_type is QueueType.GENERAL:
        application.status = ApplicationStatus.QUEUED
        categories.assign(session, application, _rules(session, application, now), clock.local_date(now))
        session.flush()
        standing.stand(session, application)
    else:
        archive(application, ArchiveReason.REJECTED, now)
    record.write_event(
        session,
        actor,
        now,
        "refuse_documents",
        application,
        application=application,
        reason=reason,
        before=before,
        after=record.state(application, "status", "stream", "benefit_check"),
    )
    if application.status is ApplicationStatus.ARCHIVED:
        messages.notify(session, now, application, "Q4", reason=reason, role=special_queues.decided_by(application))
    else:
        _tell_position(session, now, application, _rules(session, application, now), "Q7", reason=reason)
    return application


def withdraw(session: Session, actor: Actor, application_id: int, now: dt.datetime) -> Application:
    """The applicant takes the application back; it stays in the archive (guide 003)."""
    access.require(session, actor, "withdraw", Application, application_id)
    application = lock_application(session, application_id)
    lifecycle.check("withdraw", application.status)
    end_application(session, actor, application, "withdraw", ArchiveReason.WITHDRAWN, now)
    messages.notify(session, now, application, "Q11")
    return application


def confirm_interest(session: Session, actor: Actor, application_id: int, now: dt.datetime) -> Application:
    """The yearly answer that the place is still wanted (guide 003, list column; D17)."""
    access.require(session, actor, "confirm_interest", Application, application_id)
    application = lock_application(session, application_id)
    lifecycle.check("confirm_interest", application.status)
    before = record.state(application, "interest_confirmed_at")
    application.interest_confirmed_at = now
    record.write_event(
        session,
        actor,
        now,
        "confirm_interest",
        application,
        application=application,
        before=before,
        after=record.state(application, "interest_confirmed_at"),
    )
    return application


def archive_max_age(session: Session, actor: Actor, application_id: int, now: dt.datetime) -> bool:
    """Archives an application whose child reaches the maximum age this year (guide 000; D14).

    Returns False when the child has not reached it or the application no longer waits.
    """
    application = lock_application(session, application_id)
    rules = _rules(session, application, now)
    if application.status not in lifecycle.move("archive_max_age").from_:
        return False
    year = clock.local_date(now).year
    if not has_reached_max_age(application.birth_year, year, rules):
        return False
    end_application(session, actor, application, "archive_max_age", ArchiveReason.MAX_AGE, now)
    messages.notify(session, now, application, "Q10", n=year - application.birth_year)
    return True


def lock_application(session: Session, application_id: int) -> Application:
    """The application, its row locked: the first lock of every act that concerns it."""
    application = session.scalars(
        select(Application)
        .where(Application.id == application_id)
        .with_for_update(of=Application)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if application is None:
        raise access.OutOfReach("Application")
    return application


def archive(application: Application, reason: ArchiveReason, now: dt.datetime) -> None:
    """Sets the three columns that belong together when an application ends."""
    application.status = ApplicationStatus.ARCHIVED
    application.archived_at = now
    application.archive_reason = reason


def back_to_queue(session: Session, application: Application) -> None:
    """The application awaits a place again, in line by its own submission moment."""
    application.status = ApplicationStatus.QUEUED
    session.flush()
    standing.stand(session, application)


def end_application(
    session: Session, actor: Actor, application: Application, act: str, reason: ArchiveReason, now: dt.datetime
) -> None:
    """Out of the line and into the archive, with the event of `act`."""
    before = record.state(application, "status")
    standing.leave(session, application)
    _end_stop_listing(session, application, now)
    end_turn(session, application, now)
    archive(application, reason, now)
    record.write_event(
        session,
        actor,
        now,
        act,
        application,
        application=application,
        before=before,
        after=record.state(application, "status", "archive_reason"),
    )


def _end_stop_listing(session: Session, application: Application, now: dt.datetime) -> None:
    session.execute(
        text(
            "UPDATE stop_list_entry SET status = 'escalated', ended_at = :now "
            "WHERE application_id = :id AND status = 'active'"
        ),
        {"id": application.id, "now": now},
    )


def end_turn(session: Session, application: Application, now: dt.datetime) -> None:
    """The turn of an application ends otherwise than by a choice; its place is offered to the next in line."""
    session.execute(
        text("UPDATE turn SET status = 'cancelled', ended_at = :now WHERE application_id = :id AND status = 'live'"),
        {"id": application.id, "now": now},
    )


def _category(session: Session, wish: Wish) -> BenefitCategory | None:
    if wish.benefit_category_id is None:
        return None
    category = session.get(BenefitCategory, wish.benefit_category_id)
    if category is None or not category.is_active:
        raise RuleBroken("BENEFIT_UNKNOWN")
    return None if category.stream is Stream.GENERAL else category


def _check_wish(session: Session, child: Child, wish: Wish, rules: RuleSet, now: dt.datetime) -> None:
    if not wish.languages:
        raise RuleBroken("LANGUAGES_MISSING")
    if has_reached_max_age(child.birth_year, clock.local_date(now).year, rules):
        raise RuleBroken("TOO_OLD")
    if child.birth_date > clock.local_date(now):
        raise RuleBroken("DATE_IN_FUTURE")
    if wish.wished_kindergarten_id is not None:
        special_queues.check_wished(
            session, wish.wished_kindergarten_id, wish.locality_id, wish.queue_type, wish.correction_type
        )
    live = session.scalar(
        select(Application.number).where(
            Application.child_id == child.id,
            Application.queue_type == wish.queue_type,
            Application.status.in_(LIVE),
        )
    )
    if live is not None:
        raise RuleBroken("CHILD_IN_QUEUE", number=live)
    enrolled = session.scalar(
        select(Enrolment.id).where(Enrolment.child_id == child.id, Enrolment.discharged_on.is_(None))
    )
    if enrolled is not None and not rules.reapply_when_enrolled:
        raise RuleBroken("CHILD_ENROLLED")


def _new_application(
    session: Session,
    actor: Actor,
    applicant_id: int,
    wish: Wish,
    child: Child,
    rules: RuleSet,
    status: ApplicationStatus,
    now: dt.datetime,
) -> Application:
    # Drawn before the row is written, because the number is made from it and must not be empty.
    sequence = session.scalar(text("SELECT nextval(pg_get_serial_sequence('application', 'id'))"))
    by_operator = Role.SUPPORT in actor.roles
    return Application(
        id=sequence,
        number=rules.format_number(clock.local_date(now).year, int(sequence)),
        child=child,
        applicant_id=applicant_id,
        queue_type=wish.queue_type,
        locality_id=wish.locality_id,
        birth_year=child.birth_year,
        languages=sorted({str(language) for language in wish.languages}),
        group_type=wish.group_type,
        correction_type=wish.correction_type,
        wished_kindergarten_id=wish.wished_kindergarten_id,
        status=status,
        stream=Stream.GENERAL,
        submitted_at=now,
        interest_confirmed_at=now,
        missed_referrals=0,
        filed_by=FiledBy.OPERATOR if by_operator else FiledBy.APPLICANT,
        filed_by_user_id=actor.user_id if by_operator else None,
    )


def _apply_benefit(application: Application, category: BenefitCategory | None, needs_check: bool) -> None:
    if category is None:
        application.benefit_check = BenefitCheck.NONE
        return
    application.benefit_category = category
    application.benefit_category_id = category.id
    application.benefit_check = BenefitCheck.PENDING if needs_check else BenefitCheck.CONFIRMED
    if not needs_check:
        application.stream = category.stream


def _require_reach(session: Session, actor: Actor, applicant_id: int, wish: Wish) -> None:
    """A parent files for an own child, an operator in the own locality; the applicant answers for the child."""
    if Role.PARENT in actor.roles:
        access.require_sight(session, actor, Child, wish.child_id)
    else:
        access.require_sight(session, actor, Locality, wish.locality_id)
    guardian = select(Guardianship.id).where(
        Guardianship.child_id == wish.child_id, Guardianship.person_id == applicant_id
    )
    if session.scalar(guardian) is None:
        raise access.OutOfReach("Child")


def is_right_desk(actor: Actor, application: Application) -> bool:
    """Benefits of the general queue are the department's to check; special queues their reviewer's."""
    wanted = Role.DEPARTMENT if application.queue_type is QueueType.GENERAL else Role.REVIEWER
    return wanted in actor.roles


def _require_right_desk(actor: Actor, application: Application) -> None:
    if not is_right_desk(actor, application):
        raise access.Forbidden("documents of this queue are checked elsewhere")


def _require_reason(reason: str) -> None:
    if not reason or not reason.strip():
        raise RuleBroken("REASON_REQUIRED")


def _rules(session: Session, application: Application, now: dt.datetime) -> RuleSet:
    return rule_set_in_force(session, application.locality_id, clock.local_date(now))


def _tell_position(
    session: Session, now: dt.datetime, application: Application, rules: RuleSet, template: str, **facts: object
) -> None:
    session.flush()
    numbers = queue_numbers(session, application.id, rules)
    if numbers:
        facts["number"] = min(place.number for place in numbers)
    messages.notify(session, now, application, template, **facts)
