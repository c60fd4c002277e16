"""Standing in line: an application's entries in its queues and the counters beside them, by week and in all.

Where the queue is ordered by categories an application stands in the one line of its category, else in a
line for each of its languages. An application stands while it awaits a place (in the queue, its turn, or a
claim that is not decided); it leaves when a referral or a voucher is issued, and comes back with its own
submission moment.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.models import Application, Queue, QueueBucket, QueueEntry
from app.models.enums import ApplicationStatus, Language, Stream

STANDING = frozenset({ApplicationStatus.QUEUED, ApplicationStatus.NOTIFIED, ApplicationStatus.CLAIMED})

_WEEK = 7 * 24 * 60 * 60


def week_of(moment: dt.datetime) -> int:
    """Number of the week of `moment`, counted from 1970; the unit of the counters."""
    return int(moment.timestamp()) // _WEEK


def stand(session: Session, application: Application) -> None:
    """Puts the application into the line of its category or of each of its languages. Already standing: no change."""
    week = week_of(application.submitted_at)
    stream = stream_in_line(application)
    lines = [_queue_id(session, key) for key in _lines(application)]
    for queue_id in sorted(lines):  # always in this order: two families in the same two lines must not wait in a ring
        added = session.execute(
            insert(QueueEntry)
            .values(
                application_id=application.id,
                queue_id=queue_id,
                stream=stream,
                submitted_at=application.submitted_at,
                week=week,
            )
            .on_conflict_do_nothing()
            .returning(QueueEntry.queue_id)
        ).scalar()
        if added is not None:
            _count(session, queue_id, week, stream, +1)


def leave(session: Session, application: Application) -> None:
    """Takes the application out of every line it stands in."""
    gone = session.execute(
        delete(QueueEntry)
        .where(QueueEntry.application_id == application.id)
        .returning(QueueEntry.queue_id, QueueEntry.week, QueueEntry.stream)
    ).all()
    for entry in sorted(gone, key=lambda row: row.queue_id):
        _count(session, entry.queue_id, entry.week, entry.stream, -1)


def restand(session: Session, application: Application) -> None:
    """Leaves and stands again after the stream, the category or the languages changed."""
    leave(session, application)
    stand(session, application)


def stream_in_line(application: Application) -> Stream:
    """Inside a category the moment of submission alone decides; elsewhere the stream does first."""
    return application.stream if application.priority_category_id is None else Stream.GENERAL


def _lines(application: Application) -> list[dict[str, Any]]:
    """The keys of the lines the application belongs in, always in the same order."""
    where = {"queue_type": application.queue_type, "locality_id": application.locality_id}
    if application.priority_category_id is not None:
        return [{**where, "birth_year": None, "language": None, "category_id": application.priority_category_id}]
    return [
        {**where, "birth_year": application.birth_year, "language": Language(language), "category_id": None}
        for language in sorted(application.languages)
    ]


def _queue_id(session: Session, key: dict[str, Any]) -> int:
    session.execute(insert(Queue).values(**key, cycle_position=0).on_conflict_do_nothing())
    return session.scalars(select(Queue.id).filter_by(**key)).one()


def _count(session: Session, queue_id: int, week: int, stream: Stream, step: int) -> None:
    _count_week(session, queue_id, week, str(stream), step)
    session.execute(
        update(Queue)
        .where(Queue.id == queue_id)
        .values({str(stream): getattr(Queue, str(stream)) + step})
        .execution_options(synchronize_session=False)
    )


def _count_week(session: Session, queue_id: int, week: int, column: str, step: int) -> None:
    if step > 0:
        counter = insert(QueueBucket).values(
            queue_id=queue_id, week=week, **{name: int(name == column) for name in map(str, Stream)}
        )
        session.execute(
            counter.on_conflict_do_update(
                index_elements=[QueueBucket.queue_id, QueueBucket.week],
                set_={column: getattr(QueueBucket, column) + 1},
            )
        )
        return
    session.execute(
        update(QueueBucket)
        .where(QueueBucket.queue_id == queue_id, QueueBucket.week == week)
        .values({column: getattr(QueueBucket, column) - 1})
    )
