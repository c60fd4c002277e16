"""The special and the sanatorium queue: the conclusion they rest on, and the kindergartens that suit it.

Source: guide 001. A place there is given by a conclusion of specialists (PMPK, or a phthisiatrician for the
sanatorium queue), which names the type of disorder; kindergartens are shown by that type.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import any_, select
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Document, Kindergarten, KindergartenGroup, Locality
from app.models.enums import CorrectionType, DocumentKind, GroupType, QueueType
from app.rules.eligibility import check_certificate
from app.rules.rule_sets import REVIEWERS, RuleSet
from app.rules.verdict import RuleBroken

GROUP_OF = {
    QueueType.GENERAL: GroupType.REGULAR,
    QueueType.SPECIAL: GroupType.SPECIAL,
    QueueType.SANATORIUM: GroupType.SANATORIUM,
}


@dataclass(frozen=True)
class Conclusion:
    """What stands on the conclusion itself."""

    number: str
    issuer: str
    issued_on: dt.date | None


def check_conclusion(conclusion: Conclusion, today: dt.date) -> None:
    """Whether a conclusion says what it must. Raises RuleBroken: CONCLUSION_INCOMPLETE, DATE_IN_FUTURE."""
    if not (conclusion.number.strip() and conclusion.issuer.strip()) or conclusion.issued_on is None:
        raise RuleBroken("CONCLUSION_INCOMPLETE")
    if conclusion.issued_on > today:
        raise RuleBroken("DATE_IN_FUTURE")


def kindergartens_for(
    session: Session, locality_id: int, queue_type: QueueType, correction_type: CorrectionType | None
) -> list[Kindergarten]:
    """Open kindergartens of a locality with groups of that queue; of a special one those for the type of disorder."""
    prefix = session.scalar(select(Locality.prefix).where(Locality.id == locality_id)) or "?"
    fitting = select(KindergartenGroup.kindergarten_id).where(KindergartenGroup.group_type == GROUP_OF[queue_type])
    query = select(Kindergarten).where(
        Kindergarten.is_open,
        Kindergarten.locality_id.in_(select(Locality.id).where(Locality.prefix.startswith(prefix, autoescape=True))),
        Kindergarten.id.in_(fitting),
    )
    if correction_type is not None:
        query = query.where(any_(Kindergarten.correction_types) == str(correction_type))
    return list(session.scalars(query.order_by(Kindergarten.name, Kindergarten.id)))


def check_wished(
    session: Session,
    kindergarten_id: int,
    locality_id: int,
    queue_type: QueueType,
    correction_type: CorrectionType | None,
) -> None:
    """Whether the wished kindergarten is one of those that suit. Raises RuleBroken("KINDERGARTEN_UNSUITABLE")."""
    suiting = kindergartens_for(session, locality_id, queue_type, correction_type)
    if kindergarten_id not in {one.id for one in suiting}:
        raise RuleBroken("KINDERGARTEN_UNSUITABLE")


def require_papers(session: Session, application: Application, rules: RuleSet) -> None:
    """Whether what is about to be confirmed may be (guide 001; D19). Raises RuleBroken.

    DOCUMENT_MISSING and CONCLUSION_INCOMPLETE in the special queues; in the general one REQUIRED for a
    certificate without its date and DOC_OUTDATED for one that was too old on the day it was handed in.
    A certificate is asked on that day alone: the benefit once confirmed is not lost when it runs out.
    """
    if application.queue_type is not QueueType.GENERAL:
        paper = latest_paper(session, application, DocumentKind.PMPK_CONCLUSION)
        if paper is None:
            raise RuleBroken("DOCUMENT_MISSING", document=DocumentKind.PMPK_CONCLUSION)
        stated = Conclusion(paper.number or "", paper.issuer or "", paper.issued_on)
        check_conclusion(stated, clock.local_date(paper.uploaded_at))
        return
    category = application.benefit_category
    paper = latest_paper(session, application, DocumentKind.BENEFIT_PROOF)
    if category is not None and category.document_valid_days is not None and paper is not None:
        handed_in = clock.local_date(paper.uploaded_at)
        check_certificate(paper.issued_on, handed_in, rules, category.document_valid_days)


def latest_paper(session: Session, application: Application, kind: DocumentKind) -> Document | None:
    """The newest document of that kind that the application rests on."""
    return session.scalars(
        select(Document)
        .where(Document.application_id == application.id, Document.kind == kind)
        .order_by(Document.id.desc())
        .limit(1)
    ).one_or_none()


def decided_by(application: Application) -> str:
    """Whose word the documents of the application's queue need, as a message keeps it (guide 001)."""
    return str(dict(REVIEWERS)[application.queue_type])
