"""Taking an application over from the other parent (guide 002: merging it into one's own IIN).

One parent asks, the one who filed it agrees or not, in time; then the applicant changes and nothing else:
the child's place in line is by its own submission moment.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Guardianship, MergeRequest, Person
from app.models.enums import MergeStatus
from app.queries.turns import gives_turns
from app.rules import lifecycle
from app.rules.deadlines import deadline, to_json
from app.rules.limits import Limit, Unit
from app.rules.verdict import RuleBroken
from app.services import access, messages, record
from app.services.access import Actor
from app.services.applications import lock_application
from app.services.regulation import end_of_day, rule_set_in_force, working_calendar
from app.words import N_

#: How long the other parent may think it over; the guide that it refers to is not known.
ANSWER = Limit("merge_answer", 5, Unit.WORKING_DAYS, N_("decision of the service; the guides are silent"))


def may_ask(session: Session, actor: Actor, application: Application, now: dt.datetime) -> bool:
    """Whether a guardian may ask for the application: another has filed it, and the rules know the request."""
    rules = rule_set_in_force(session, application.locality_id, clock.local_date(now))
    return (
        gives_turns(rules)
        and application.applicant_id != actor.person_id
        and application.status in lifecycle.move("merge_application").from_
        and _is_confirmed(session, application, actor.person_id)
    )


def live_request(session: Session, application_id: int) -> MergeRequest | None:
    """The request that awaits its answer."""
    return session.scalar(
        select(MergeRequest).where(
            MergeRequest.application_id == application_id, MergeRequest.status == MergeStatus.ASKED
        )
    )


def ask(session: Session, actor: Actor, application_id: int, now: dt.datetime) -> MergeRequest:
    """One parent asks the applicant to hand the application over.

    Raises RuleBroken: STALE, MERGE_ASKED when a request awaits its answer, NOT_GUARDIAN when the register
    does not name the asker as the child's parent, MERGE_NOT_HERE where the rules do not know it.
    """
    access.require(session, actor, "merge_application", Application, application_id)
    application = lock_application(session, application_id)
    lifecycle.check("merge_application", application.status)
    if application.applicant_id == actor.person_id:
        raise RuleBroken("STALE")
    if not _is_confirmed(session, application, actor.person_id):
        raise RuleBroken("NOT_GUARDIAN")
    if not gives_turns(rule_set_in_force(session, application.locality_id, clock.local_date(now))):
        raise RuleBroken("MERGE_NOT_HERE")
    if live_request(session, application_id) is not None:
        raise RuleBroken("MERGE_ASKED")
    asker = session.get_one(Person, actor.person_id)
    answer_by = deadline(ANSWER, now, working_calendar(session))
    request = MergeRequest(
        application_id=application.id,
        asked_by_id=asker.id,
        asked_of_id=application.applicant_id,
        status=MergeStatus.ASKED,
        asked_at=now,
        answer_by=answer_by.last_day,
        formula=to_json(answer_by),
    )
    session.add(request)
    session.flush()
    _write(session, actor, now, "ask_to_merge", request, application, None)
    messages.notify_person(
        session,
        now,
        application.applicant,
        "G5",
        child=application.child.given_name,
        name=asker.full_name,
        date=request.answer_by,
    )
    return request


def agree(session: Session, actor: Actor, request_id: int, now: dt.datetime) -> Application:
    """The applicant hands the application over. Raises RuleBroken: STALE, DEADLINE_PASSED."""
    request, application = _lock(session, actor, request_id)
    _check_answer(request, application, actor.person_id, request.asked_of_id, now)
    before = {"status": request.status, "applicant_id": application.applicant_id}
    _end(request, MergeStatus.AGREED, now)
    application.applicant_id = request.asked_by_id
    session.flush()
    _write(session, actor, now, "merge_application", request, application, before)
    messages.notify(session, now, application, "G6", name=request.asked_by.full_name)
    return application


def refuse(session: Session, actor: Actor, request_id: int, reason: str, now: dt.datetime) -> MergeRequest:
    """The applicant keeps the application. Raises RuleBroken: STALE, DEADLINE_PASSED."""
    request, application = _lock(session, actor, request_id)
    _check_answer(request, application, actor.person_id, request.asked_of_id, now)
    before = record.state(request, "status")
    _end(request, MergeStatus.REFUSED, now)
    request.refusal = reason.strip()[:500] or None
    _write(session, actor, now, "refuse_to_merge", request, application, before)
    messages.notify_person(session, now, request.asked_by, "G7", child=application.child.given_name)
    return request


def take_back(session: Session, actor: Actor, request_id: int, now: dt.datetime) -> MergeRequest:
    """The asker no longer wants it. Raises RuleBroken: STALE."""
    request, application = _lock(session, actor, request_id)
    _check_answer(request, application, actor.person_id, request.asked_by_id, None)
    before = record.state(request, "status")
    _end(request, MergeStatus.CANCELLED, now)
    _write(session, actor, now, "take_merge_back", request, application, before)
    return request


def lapse_if_over(session: Session, actor: Actor, request_id: int, now: dt.datetime) -> bool:
    """Ends a request that nobody answered in time. Twice does nothing."""
    application_id = session.scalars(select(MergeRequest.application_id).where(MergeRequest.id == request_id)).one()
    application = lock_application(session, application_id)
    request = session.get_one(MergeRequest, request_id, populate_existing=True, with_for_update=True)
    if request.status is not MergeStatus.ASKED or now < end_of_day(request.answer_by):
        return False
    before = record.state(request, "status")
    _end(request, MergeStatus.LAPSED, now)
    _write(session, actor, now, "lapse_merge", request, application, before)
    messages.notify_person(session, now, request.asked_by, "G7", child=application.child.given_name)
    return True


def _lock(session: Session, actor: Actor, request_id: int) -> tuple[MergeRequest, Application]:
    access.require(session, actor, "merge_application", MergeRequest, request_id)
    application_id = session.scalars(select(MergeRequest.application_id).where(MergeRequest.id == request_id)).one()
    application = lock_application(session, application_id)
    return session.get_one(MergeRequest, request_id, populate_existing=True, with_for_update=True), application


def _check_answer(
    request: MergeRequest, application: Application, who: int | None, wanted: int, now: dt.datetime | None
) -> None:
    if who != wanted:
        raise access.Forbidden("the request is another's to answer")
    if request.status is not MergeStatus.ASKED:
        raise RuleBroken("STALE")
    if now is not None and now >= end_of_day(request.answer_by):
        raise RuleBroken("DEADLINE_PASSED", date=request.answer_by)
    if now is not None:
        lifecycle.check("merge_application", application.status)


def _is_confirmed(session: Session, application: Application, person_id: int | None) -> bool:
    return bool(
        session.scalar(
            select(Guardianship.confirmed_by_register).where(
                Guardianship.child_id == application.child_id, Guardianship.person_id == person_id
            )
        )
    )


def _end(request: MergeRequest, status: MergeStatus, now: dt.datetime) -> None:
    request.status = status
    request.ended_at = now


def _write(
    session: Session,
    actor: Actor,
    now: dt.datetime,
    act: str,
    request: MergeRequest,
    application: Application,
    before: dict[str, object] | None,
) -> None:
    record.write_event(
        session,
        actor,
        now,
        act,
        request,
        application=application,
        before=before,
        after={"status": request.status, "applicant_id": application.applicant_id},
    )
