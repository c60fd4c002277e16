"""The number in the queue: which place in the served order, and which among those with a benefit.

The served order alternates streams (app/rules/ranking.py), so a place in it follows from the rank
inside the own stream and the totals of the others. Both come from the weekly counters plus a count
inside one week: the cost does not grow with the queue.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models.enums import Language, Stream
from app.rules.ranking import Ratio, StreamTotals, served_position
from app.rules.rule_sets import RuleSet

# One row per line the application stands in. Read by the product and by bench/queue_number.py.
SQL = """
SELECT q.language, e.stream, q.cycle_position,
       b.out_of_turn, b.first_priority, b.general,
       CASE e.stream WHEN 'out_of_turn' THEN b.out_of_turn_before
                     WHEN 'first_priority' THEN b.first_priority_before
                     ELSE b.general_before END
       + (SELECT count(*) FROM queue_entry w
           WHERE w.queue_id = e.queue_id AND w.stream = e.stream
             AND w.submitted_at >= to_timestamp(e.week::bigint * 604800)
             AND (w.submitted_at, w.application_id) <= (e.submitted_at, e.application_id)) AS rank,
       CASE WHEN e.stream = 'first_priority' THEN b.out_of_turn ELSE 0 END AS benefit_ahead
  FROM queue_entry e
  JOIN queue q ON q.id = e.queue_id
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(k.out_of_turn), 0) AS out_of_turn,
              coalesce(sum(k.first_priority), 0) AS first_priority,
              coalesce(sum(k.general), 0) AS general,
              coalesce(sum(k.out_of_turn) FILTER (WHERE k.week < e.week), 0) AS out_of_turn_before,
              coalesce(sum(k.first_priority) FILTER (WHERE k.week < e.week), 0) AS first_priority_before,
              coalesce(sum(k.general) FILTER (WHERE k.week < e.week), 0) AS general_before
         FROM queue_bucket k WHERE k.queue_id = e.queue_id) b
 WHERE e.application_id = :application_id
 ORDER BY q.language
"""


@dataclass(frozen=True)
class QueueNumber:
    """Where an application stands in one line.

    number: place in the order of being served, from 1. benefit_number: place among those with a
    benefit, 0 without one. length: how many stand in the line.
    """

    language: Language
    stream: Stream
    number: int
    benefit_number: int
    length: int


def queue_numbers(session: Session, application_id: int, rules: RuleSet) -> list[QueueNumber]:
    """The numbers of an application in each of its lines; empty when it does not stand in any."""
    numbers = []
    for row in session.execute(text(SQL), {"application_id": application_id}):
        stream = Stream(row.stream)
        totals = StreamTotals(int(row.out_of_turn), int(row.first_priority), int(row.general))
        place = served_position(stream, int(row.rank), totals, rules.stream_ratio or Ratio(), row.cycle_position)
        benefit = 0 if stream is Stream.GENERAL else int(row.rank) + int(row.benefit_ahead)
        length = totals.out_of_turn + totals.first_priority + totals.general
        numbers.append(QueueNumber(Language(row.language), stream, place, benefit, length))
    return numbers
