"""The line as everybody may see it: order and application numbers, never who a child is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock
from app.models import Application, Locality, PriorityCategory, Queue, QueueBucket, QueueEntry
from app.models.enums import ApplicationStatus, Language, QueueType, Stream
from app.queries.queue_number import QueueNumber, queue_numbers
from app.rules.ranking import Ratio, StreamTotals, served_slots
from app.services.regulation import rule_set_in_force

PAGE: Final = 50


@dataclass(frozen=True)
class Standing:
    """One row of the public line. The number of the application is a pseudonym only its applicant knows."""

    position: int
    number: str
    stream: Stream
    submitted_at: dt.datetime
    status: ApplicationStatus


@dataclass(frozen=True)
class Line:
    """A page of one line. totals: how many stand in it, by stream."""

    rows: Sequence[Standing]
    first: int
    totals: StreamTotals

    @property
    def length(self) -> int:
        return self.totals.out_of_turn + self.totals.first_priority + self.totals.general


@dataclass(frozen=True)
class Found:
    """What a number answers: its lines, or why it stands in none."""

    status: ApplicationStatus
    numbers: Sequence[QueueNumber]


def localities_with_queues(session: Session) -> list[Locality]:
    """Localities somebody stands in line for, by name."""
    used = select(Queue.locality_id).distinct()
    return list(session.scalars(select(Locality).where(Locality.id.in_(used)).order_by(Locality.name_kk, Locality.id)))


def find_queue(
    session: Session, queue_type: QueueType, locality_id: int, birth_year: int, language: Language
) -> Queue | None:
    """The line of that kind; None when nobody has ever stood in it."""
    return session.scalars(
        select(Queue).filter_by(
            queue_type=queue_type, locality_id=locality_id, birth_year=birth_year, language=language
        )
    ).one_or_none()


@dataclass(frozen=True)
class CategoryLine:
    """One category of a queue ordered by them: how many stand in it and the numbers they have."""

    category: PriorityCategory
    length: int
    first: int

    @property
    def last(self) -> int:
        return self.first + self.length - 1


def category_lines(session: Session, queue_type: QueueType, locality_id: int) -> list[CategoryLine]:
    """The categories of a locality in which somebody stands, in the order of being served."""
    length = Queue.out_of_turn + Queue.first_priority + Queue.general
    rows = session.execute(
        select(PriorityCategory, length)
        .join(Queue, Queue.category_id == PriorityCategory.id)
        .where(Queue.queue_type == queue_type, Queue.locality_id == locality_id, length > 0)
        .order_by(PriorityCategory.position, PriorityCategory.id)
    ).all()
    lines, first = [], 1
    for category, count in rows:
        lines.append(CategoryLine(category, count, first))
        first += count
    return lines


def line_page(session: Session, queue: Queue, ratio: Ratio, first: int) -> Line:
    """`PAGE` rows of the served order from the place `first` (1-based).

    Which stream each place belongs to is arithmetic; the rows of a stream are then read by rank, with the
    weekly counters to reach it, so a late page costs what the first one does.
    """
    totals = stream_totals(session, queue.id)
    slots = list(islice(served_slots(totals, ratio, queue.cycle_position, first), PAGE))
    rows: dict[tuple[Stream, int], Standing] = {}
    for stream in Stream:
        ranks = [slot.rank for slot in slots if slot.stream is stream]
        if ranks:
            found = _ranked(session, queue.id, stream, ranks[0], len(ranks))
            rows |= {(stream, rank): row for rank, row in zip(ranks, found, strict=False)}
    ordered = [
        Standing(slot.position, row.number, row.stream, row.submitted_at, row.status)
        for slot in slots
        if (row := rows.get((slot.stream, slot.rank))) is not None
    ]
    return Line(ordered, first, totals)


def stream_totals(session: Session, queue_id: int) -> StreamTotals:
    """How many stand in a line, by stream."""
    row = session.execute(
        text(
            "SELECT coalesce(sum(out_of_turn), 0) AS o, coalesce(sum(first_priority), 0) AS f,"
            " coalesce(sum(general), 0) AS g FROM queue_bucket WHERE queue_id = :id"
        ),
        {"id": queue_id},
    ).one()
    return StreamTotals(int(row.o), int(row.f), int(row.g))


def check_number(session: Session, number: str, now: dt.datetime) -> Found | None:
    """Where the application of that number stands; None when there is none.

    A number that is not there is answered by the same queries, so the time of the answer tells nothing.
    """
    row = session.execute(
        select(Application.id, Application.locality_id, Application.status).where(Application.number == number)
    ).first()
    application_id, locality_id = (row.id, row.locality_id) if row else (0, 0)
    rules = rule_set_in_force(session, locality_id, clock.local_date(now))
    numbers = queue_numbers(session, application_id, rules)
    return Found(row.status, numbers) if row else None


def _ranked(session: Session, queue_id: int, stream: Stream, first_rank: int, count: int) -> list[Standing]:
    """`count` entries of a stream from a rank on, in the order of submission."""
    week, before = _week_of_rank(session, queue_id, stream, first_rank)
    rows = session.execute(
        select(Application.number, QueueEntry.submitted_at, Application.status)
        .join(Application, Application.id == QueueEntry.application_id)
        .where(QueueEntry.queue_id == queue_id, QueueEntry.stream == stream, QueueEntry.submitted_at >= week)
        .order_by(QueueEntry.submitted_at, QueueEntry.application_id)
        .offset(first_rank - 1 - before)
        .limit(count)
    ).all()
    return [Standing(0, row.number, stream, row.submitted_at, row.status) for row in rows]


def _week_of_rank(session: Session, queue_id: int, stream: Stream, rank: int) -> tuple[dt.datetime, int]:
    """The beginning of the week in which the rank stands, and how many stand before that week."""
    column = getattr(QueueBucket, stream.value)
    weeks = session.execute(
        select(QueueBucket.week, column).where(QueueBucket.queue_id == queue_id, column > 0).order_by(QueueBucket.week)
    ).all()
    before = 0
    for week, count in weeks:
        if before + count >= rank:
            return dt.datetime.fromtimestamp(week * 604_800, tz=dt.UTC), before
        before += count
    return dt.datetime.fromtimestamp(0, tz=dt.UTC), 0
