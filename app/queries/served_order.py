"""Who is served next: the heads of the streams of a line, and the order of a whole line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from app.models import Application, Child, QueueEntry
from app.models.enums import ApplicationStatus, GroupType, Stream
from app.rules.ranking import Candidate, Ratio, ServedOrder, served_order


def next_to_serve(
    session: Session,
    queue_ids: Sequence[int],
    group_type: GroupType,
    places: int,
    ratio: Ratio,
    cycle_position: int,
    born_by: dt.date | None = None,
) -> ServedOrder:
    """The first `places` candidates of the lines in served order; `number` is the application's id.

    Only those who can claim are served: an application whose claim or stop-list is alive is passed over
    without losing its place. At most `places` rows of each stream are read, however long the line is.
    `born_by` leaves out the children born later: too young to choose.
    """
    candidates: list[Candidate] = []
    is_old_enough = (
        true() if born_by is None else Application.child_id.in_(select(Child.id).where(Child.birth_date <= born_by))
    )
    for stream in Stream:
        rows = session.execute(
            select(QueueEntry.application_id, QueueEntry.submitted_at)
            .join(Application, Application.id == QueueEntry.application_id)
            .where(
                QueueEntry.queue_id.in_(queue_ids),
                QueueEntry.stream == stream,
                Application.status == ApplicationStatus.QUEUED,
                Application.group_type == group_type,
                is_old_enough,
            )
            .order_by(QueueEntry.submitted_at, QueueEntry.application_id)
            .limit(places)
        )
        candidates += [Candidate(str(row.application_id), stream, row.submitted_at) for row in rows]
    return served_order(candidates, ratio, cycle_position, places)
