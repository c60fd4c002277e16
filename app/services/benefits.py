"""Changing the benefit of an application that stands in the queue (guide 002 «Изменить льготность»)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, BenefitCategory, Document
from app.models.enums import ApplicationStatus, BenefitCheck, DocumentKind, DocumentStatus, QueueType, Stream
from app.queries.queue_number import queue_numbers
from app.rules import lifecycle
from app.rules.eligibility import check_certificate
from app.rules.rule_sets import RuleSet
from app.rules.verdict import RuleBroken
from app.services import access, categories, documents, messages, record, standing
from app.services.access import Actor
from app.services.applications import lock_application
from app.services.regulation import deadline_of, rule_set_in_force
from app.services.uploads import Upload


def change_benefit(
    session: Session,
    actor: Actor,
    application_id: int,
    category_id: int | None,
    upload: Upload | None,
    issued_on: dt.date | None,
    now: dt.datetime,
) -> Application:
    """Gives an application another benefit, or none; the moment of submission is kept.

    A benefit that needs a document goes to the desk first, and the application with it; the place in line is
    counted anew when the desk has answered. Raises RuleBroken: STALE, BENEFIT_UNKNOWN, BENEFIT_SAME,
    DOCUMENT_MISSING, REQUIRED, DATE_IN_FUTURE, DOC_OUTDATED, FILE_*.
    """
    access.require(session, actor, "change_benefit", Application, application_id)
    application = lock_application(session, application_id)
    lifecycle.check("change_benefit", application.status)
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    category = _category(session, application, category_id)
    before = record.state(application, "status", "stream", "benefit_check", "benefit_category_id")
    if category is not None and category.needs_document:
        _check_paper(category, rules, upload, issued_on, now)
        _send_to_the_desk(session, application, category, rules, now)
    else:
        _apply(session, application, category, rules, now)
    record.write_event(
        session,
        actor,
        now,
        "change_benefit",
        application,
        application=application,
        before=before,
        after=record.state(application, "status", "stream", "benefit_check", "benefit_category_id"),
    )
    if application.status is ApplicationStatus.DOCS_REVIEW:
        _replace_paper(session, actor, application, upload, issued_on, now)
        messages.notify(session, now, application, "Q2")
    else:
        _tell_number(session, application, rules, now)
    return application


def _category(session: Session, application: Application, category_id: int | None) -> BenefitCategory | None:
    """The benefit asked for, None for none."""
    if application.queue_type is not QueueType.GENERAL:
        raise RuleBroken("BENEFIT_UNKNOWN")
    found = session.get(BenefitCategory, category_id) if category_id is not None else None
    if category_id is not None and (found is None or not found.is_active):
        raise RuleBroken("BENEFIT_UNKNOWN")
    wanted = None if found is None or found.stream is Stream.GENERAL else found
    same = application.benefit_category_id == (wanted.id if wanted else None)
    if same and application.benefit_check is not BenefitCheck.REFUSED:
        raise RuleBroken("BENEFIT_SAME")
    return wanted


def _check_paper(
    category: BenefitCategory, rules: RuleSet, upload: Upload | None, issued_on: dt.date | None, now: dt.datetime
) -> None:
    if upload is None:
        raise RuleBroken("DOCUMENT_MISSING", document=f"DocumentKind.{DocumentKind.BENEFIT_PROOF}")
    if category.document_valid_days is not None:
        check_certificate(issued_on, clock.local_date(now), rules, category.document_valid_days)


def _send_to_the_desk(
    session: Session, application: Application, category: BenefitCategory, rules: RuleSet, now: dt.datetime
) -> None:
    standing.leave(session, application)
    application.benefit_category = category
    application.benefit_check = BenefitCheck.PENDING
    application.stream = Stream.GENERAL
    application.status = ApplicationStatus.DOCS_REVIEW
    application.check_by = deadline_of(session, rules, "benefit_check", now).last_day
    session.flush()


def _apply(
    session: Session, application: Application, category: BenefitCategory | None, rules: RuleSet, now: dt.datetime
) -> None:
    application.benefit_category = category
    application.benefit_check = BenefitCheck.CONFIRMED if category else BenefitCheck.NONE
    application.stream = category.stream if category else Stream.GENERAL
    application.status = ApplicationStatus.QUEUED
    application.check_by = None
    categories.assign(session, application, rules, clock.local_date(now))
    session.flush()
    standing.restand(session, application)


def _replace_paper(
    session: Session,
    actor: Actor,
    application: Application,
    upload: Upload | None,
    issued_on: dt.date | None,
    now: dt.datetime,
) -> None:
    former = select(Document).where(
        Document.application_id == application.id,
        Document.kind == DocumentKind.BENEFIT_PROOF,
        Document.status != DocumentStatus.REPLACED,
    )
    for document in session.scalars(former):
        document.status = DocumentStatus.REPLACED
    if upload is not None:
        documents.attach_to_application(
            session, actor, application.id, DocumentKind.BENEFIT_PROOF, upload, now, issued_on=issued_on
        )


def _tell_number(session: Session, application: Application, rules: RuleSet, now: dt.datetime) -> None:
    numbers = queue_numbers(session, application.id, rules)
    if numbers:
        messages.notify(session, now, application, "Q8", number=min(place.number for place in numbers))
