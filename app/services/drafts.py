"""The guided application while it is being written, and the moment it is sent.

One draft per applicant, kept in the database at every step (guide 000), so that it goes on on another
device. Sending is the act `applications.submit` plus the draft's files; a second click finds the
application that the first one made.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import clock
from app.gateways.file_store import files
from app.models import Application, ApplicationDraft, BenefitCategory, Person
from app.models.enums import CorrectionType, DocumentKind, GroupType, Language, QueueType, Stream
from app.models.mixins import clean_name
from app.rules.verdict import RuleBroken
from app.services import applications, documents, special_queues
from app.services.access import Actor, visible
from app.services.applications import LIVE, Wish
from app.services.special_queues import Conclusion
from app.services.uploads import Upload, accept

#: What a paper is called in the answers of a draft, and what it is when it is attached.
PAPERS = {"benefit": DocumentKind.BENEFIT_PROOF, "conclusion": DocumentKind.PMPK_CONCLUSION}
#: The applicant's own data without which an application cannot be sent (guide 003).
NEEDED_OF_APPLICANT = (("address", "parent_address"), ("phone", "parent_phone"))


def answers(session: Session, person_id: int) -> dict[str, Any]:
    """What the applicant has answered so far; empty when nothing is kept."""
    draft = session.scalars(select(ApplicationDraft).where(ApplicationDraft.person_id == person_id)).one_or_none()
    return dict(draft.answers) if draft else {}


def saved_at(session: Session, person_id: int) -> dt.datetime | None:
    """When the draft was last kept."""
    return session.scalar(select(ApplicationDraft.saved_at).where(ApplicationDraft.person_id == person_id))


def keep(session: Session, person_id: int, now: dt.datetime, **given: Any) -> dict[str, Any]:
    """Adds answers to the draft and returns all of them. Answers are plain JSON values; None takes one away."""
    draft = _locked(session, person_id, now)
    kept = {**draft.answers, **given}
    draft.answers = {key: value for key, value in kept.items() if value is not None}
    draft.saved_at = now
    return dict(draft.answers)


def keep_paper(
    session: Session, person_id: int, name: str, upload: Upload, issued_on: dt.date | None, now: dt.datetime
) -> dict[str, Any]:
    """Keeps a file of the draft. Raises RuleBroken FILE_*, DATE_IN_FUTURE."""
    if issued_on is not None and issued_on > clock.local_date(now):
        raise RuleBroken("DATE_IN_FUTURE")
    accepted = accept(upload, current_app.config["MAX_UPLOAD_BYTES"])
    paper = {
        "sha256": files().put(accepted.content),
        "file_name": clean_name(upload.file_name)[:150],
        "size": len(accepted.content),
    }
    return keep(session, person_id, now, **{f"{name}_paper": paper})


def forget(session: Session, person_id: int) -> None:
    """Throws the draft away."""
    draft = session.scalars(select(ApplicationDraft).where(ApplicationDraft.person_id == person_id)).one_or_none()
    if draft is not None:
        session.delete(draft)


def missing_of_applicant(person: Person) -> list[str]:
    """Codes of the applicant's data that are still missing (app/services/wording.py has their words)."""
    return [code for column, code in NEEDED_OF_APPLICANT if not getattr(person, column)]


def wish_of(given: dict[str, Any]) -> Wish:
    """The wish that the answers add up to. Raises RuleBroken STALE when the child or the locality is missing."""
    if "child_id" not in given or "locality_id" not in given:
        raise RuleBroken("STALE")
    return Wish(
        child_id=int(given["child_id"]),
        locality_id=int(given["locality_id"]),
        languages=[Language(code) for code in given.get("languages", [])],
        queue_type=QueueType(given.get("queue_type", QueueType.GENERAL)),
        group_type=GroupType(given.get("group_type", GroupType.REGULAR)),
        benefit_category_id=given.get("benefit_category_id"),
        correction_type=CorrectionType(given["correction_type"]) if given.get("correction_type") else None,
        wished_kindergarten_id=_wished(given),
    )


def check(session: Session, given: dict[str, Any], now: dt.datetime) -> None:
    """Whether the answers can be sent. Raises RuleBroken: LANGUAGES_MISSING, BENEFIT_UNKNOWN, MATCH_GROUP,
    DOCUMENT_MISSING, DATE_IN_FUTURE, REQUIRED (the date of issue), DOC_OUTDATED, STALE."""
    wish = wish_of(given)
    if not wish.languages:
        raise RuleBroken("LANGUAGES_MISSING")
    if str(wish.queue_type) != _queue_of(wish.group_type):
        raise RuleBroken("MATCH_GROUP")
    if wish.queue_type is not QueueType.GENERAL and "conclusion_paper" not in given:
        raise RuleBroken("DOCUMENT_MISSING", document=DocumentKind.PMPK_CONCLUSION)
    if wish.queue_type is not QueueType.GENERAL:
        special_queues.check_conclusion(_conclusion(given), clock.local_date(now))
    if wish.wished_kindergarten_id is not None:
        queue = (wish.locality_id, wish.queue_type, wish.correction_type)
        special_queues.check_wished(session, wish.wished_kindergarten_id, *queue)
    if wish.benefit_category_id is not None:
        _check_benefit(session, wish.benefit_category_id, given, clock.local_date(now))


def send(session: Session, actor: Actor, person_id: int, child_id: int, now: dt.datetime) -> Application:
    """Sends the draft of the applicant and empties it.

    A second click, a second tab and the other guardian's click give the application that already stands.
    Raises RuleBroken: PROFILE_INCOMPLETE, what `check` and `applications.submit` raise.
    """
    draft = session.scalars(
        select(ApplicationDraft).where(ApplicationDraft.person_id == person_id).with_for_update()
    ).one_or_none()
    given = dict(draft.answers) if draft else {}
    if given.get("child_id") != child_id:
        already = standing_application(session, actor, child_id, None)
        if already is None:
            raise RuleBroken("STALE")
        return already
    missing = missing_of_applicant(session.get_one(Person, person_id))
    if missing:
        raise RuleBroken("PROFILE_INCOMPLETE", fields=missing)
    check(session, given, now)
    wish = wish_of(given)
    already = standing_application(session, actor, child_id, wish.queue_type)
    if already is not None:
        session.delete(draft)
        return already
    application = applications.submit(session, actor, person_id, wish, now)
    _attach(session, actor, application, given, now)
    session.delete(draft)
    return application


def standing_application(
    session: Session, actor: Actor, child_id: int, queue_type: QueueType | None
) -> Application | None:
    """The live application of one of the actor's children, None when there is none to be seen."""

    query = select(Application).where(
        Application.child_id == child_id, Application.status.in_(LIVE), visible(actor, Application)
    )
    if queue_type is not None:
        query = query.where(Application.queue_type == queue_type)
    return session.scalars(query.order_by(Application.id.desc()).limit(1)).one_or_none()


def attach_benefit_paper(
    session: Session, actor: Actor, application_id: int, upload: Upload, issued_on: dt.date | None, now: dt.datetime
) -> None:
    """A further document of a benefit for an application already sent. Raises RuleBroken FILE_*, DATE_IN_FUTURE."""
    documents.attach_to_application(
        session, actor, application_id, DocumentKind.BENEFIT_PROOF, upload, now, issued_on=issued_on
    )


def _attach(session: Session, actor: Actor, application: Application, given: dict[str, Any], now: dt.datetime) -> None:
    wanted = {
        "benefit": application.benefit_category is not None,
        "conclusion": str(application.queue_type) != "general",
    }
    for name, kind in PAPERS.items():
        paper = given.get(f"{name}_paper")
        if not paper or not wanted[name]:
            continue
        upload = Upload(paper["file_name"], files().get(paper["sha256"]))
        documents.attach_to_application(session, actor, application.id, kind, upload, now, **_stated(name, given))


def _wished(given: dict[str, Any]) -> int | None:
    """The wished kindergarten; in the general queue nobody is asked."""
    is_general = given.get("queue_type", QueueType.GENERAL) == QueueType.GENERAL
    return None if is_general else given.get("wished_kindergarten_id")


def _conclusion(given: dict[str, Any]) -> Conclusion:
    return Conclusion(**_stated("conclusion", given))


def _stated(paper: str, given: dict[str, Any]) -> dict[str, Any]:
    """What the applicant says stands on a paper: its date; of a conclusion its number and issuer too."""
    is_conclusion = paper == "conclusion"
    day = given.get("conclusion_issued_on" if is_conclusion else "issued_on")
    issued_on = dt.date.fromisoformat(day) if day else None
    if not is_conclusion:
        return {"issued_on": issued_on}
    number, issuer = given.get("conclusion_number", ""), given.get("conclusion_issuer", "")
    return {"number": number, "issuer": issuer, "issued_on": issued_on}


def _check_benefit(session: Session, category_id: int, given: dict[str, Any], today: dt.date) -> None:
    category = session.get(BenefitCategory, category_id)
    if category is None or not category.is_active:
        raise RuleBroken("BENEFIT_UNKNOWN")
    if category.stream is Stream.GENERAL or not category.needs_document:
        return
    if "benefit_paper" not in given:
        raise RuleBroken("DOCUMENT_MISSING", document=DocumentKind.BENEFIT_PROOF)
    issued_on = dt.date.fromisoformat(given["issued_on"]) if given.get("issued_on") else None
    if issued_on is not None and issued_on > today:
        raise RuleBroken("DATE_IN_FUTURE")
    valid = category.document_valid_days
    if valid is None:
        return
    if issued_on is None:
        raise RuleBroken("REQUIRED")
    if issued_on + dt.timedelta(days=valid) < today:
        raise RuleBroken("DOC_OUTDATED", n=valid)


def _queue_of(group_type: GroupType) -> str:
    return "general" if group_type is GroupType.REGULAR else str(group_type)


def _locked(session: Session, person_id: int, now: dt.datetime) -> ApplicationDraft:
    session.execute(
        insert(ApplicationDraft).values(person_id=person_id, answers={}, saved_at=now).on_conflict_do_nothing()
    )
    return session.scalars(
        select(ApplicationDraft).where(ApplicationDraft.person_id == person_id).with_for_update()
    ).one()
