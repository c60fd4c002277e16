"""What waits at the desk that checks documents: applications, their papers, their last day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.models import Application, Document
from app.models.enums import ApplicationStatus, DocumentKind, QueueType
from app.services.access import Actor, visible

PAGE = 50
_KINDS = (DocumentKind.PMPK_CONCLUSION, DocumentKind.BENEFIT_PROOF)


@dataclass(frozen=True)
class Awaiting:
    """One application under review with the papers it rests on, newest first."""

    application: Application
    papers: list[Document]


def awaiting_review(session: Session, actor: Actor, queue_types: tuple[QueueType, ...]) -> list[Awaiting]:
    """The applications of these queues that await the actor's word, the most urgent first."""
    rows = (
        session.scalars(
            select(Application)
            .options(joinedload(Application.wished_kindergarten))
            .where(
                Application.status == ApplicationStatus.DOCS_REVIEW,
                Application.queue_type.in_(queue_types),
                visible(actor, Application),
            )
            .order_by(Application.check_by, Application.submitted_at, Application.id)
            .limit(PAGE)
        )
        .unique()
        .all()
    )
    papers: dict[int, list[Document]] = defaultdict(list)
    wanted = Document.application_id.in_([row.id for row in rows])
    for paper in session.scalars(
        select(Document).where(wanted, Document.kind.in_(_KINDS), visible(actor, Document)).order_by(Document.id.desc())
    ):
        papers[paper.application_id].append(paper)
    return [Awaiting(row, papers[row.id]) for row in rows]
