"""The number in the queue: which place in the served order, and which among those with a benefit.

Where the queue is ordered by categories it is the lengths of the earlier categories and the rank in the own.

The served order alternates streams (app/rules/ranking.py), so a place in it follows from the rank
inside the own stream and the totals of the others. The totals stand beside the line; the rank is the
sum of the weeks before plus a count inside one week, both read from an index alone: the cost hardly
grows with the queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.models.enums import Language, Stream
from app.rules.ranking import Ratio, StreamTotals, served_position
from app.rules.rule_sets import RuleSet

# One row per line the application stands in. Read by the product and by bench/queue_number.py.
SQL = """
SELECT q.language, q.category_id, e.stream, q.cycle_position, q.out_of_turn, q.first_priority, q.general,
       (SELECT coalesce(sum(CASE e.stream WHEN 'general' THEN k.general
                                          WHEN 'first_priority' THEN k.first_priority
                                          ELSE k.out_of_turn END), 0)
          FROM queue_bucket k WHERE k.queue_id = e.queue_id AND k.week < e.week)
       + (SELECT count(*) FROM queue_entry w
           WHERE w.queue_id = e.queue_id AND w.stream = e.stream
             AND w.submitted_at >= to_timestamp(e.week::bigint * 604800)
             AND (w.submitted_at, w.application_id) <= (e.submitted_at, e.application_id)) AS rank
  FROM queue_entry e
  JOIN queue q ON q.id = e.queue_id
 WHERE e.application_id = :application_id
"""

# The lines of one locality by categories: how many stand before the own category, and in all.
BY_CATEGORY = """
SELECT coalesce(sum(o.out_of_turn + o.first_priority + o.general)
                FILTER (WHERE (c.position, c.id) < (m.position, m.id)), 0) AS before,
       coalesce(sum(o.out_of_turn + o.first_priority + o.general), 0) AS length
  FROM queue q
  JOIN priority_category m ON m.id = q.category_id
  JOIN queue o ON (o.queue_type, o.locality_id) = (q.queue_type, q.locality_id) AND o.category_id IS NOT NULL
  JOIN priority_category c ON c.id = o.category_id
 WHERE q.category_id = :category_id AND q.id = (
       SELECT e.queue_id FROM queue_entry e WHERE e.application_id = :application_id LIMIT 1)
"""


@dataclass(frozen=True)
class QueueNumber:
    """Where an application stands in one line.

    number: place in the order of being served, from 1. benefit_number: place among those with a
    benefit, 0 without one. length: how many stand in the line. category_id: of a line by categories, which
    has no language.
    """

    language: Language | None
    stream: Stream
    number: int
    benefit_number: int
    length: int
    category_id: int | None = None


def queue_numbers(session: Session, application_id: int, rules: RuleSet) -> list[QueueNumber]:
    """The numbers of an application in each of its lines; empty when it does not stand in any."""
    numbers = []
    for row in session.execute(text(SQL), {"application_id": application_id}):
        if row.category_id is not None:
            return [_in_category(session, application_id, row)]
        stream = Stream(row.stream)
        totals = StreamTotals(row.out_of_turn, row.first_priority, row.general)
        place = served_position(stream, int(row.rank), totals, rules.stream_ratio or Ratio(), row.cycle_position)
        length = totals.out_of_turn + totals.first_priority + totals.general
        numbers.append(QueueNumber(Language(row.language), stream, place, _among_benefits(stream, row), length))
    return sorted(numbers, key=lambda number: str(number.language))


def _among_benefits(stream: Stream, row: Row[Any]) -> int:
    if stream is Stream.GENERAL:
        return 0
    return int(row.rank) + (row.out_of_turn if stream is Stream.FIRST_PRIORITY else 0)


def _in_category(session: Session, application_id: int, row: Row[Any]) -> QueueNumber:
    found = session.execute(text(BY_CATEGORY), {"application_id": application_id, "category_id": row.category_id}).one()
    place = int(found.before) + int(row.rank)
    return QueueNumber(None, Stream(row.stream), place, 0, int(found.length), row.category_id)
