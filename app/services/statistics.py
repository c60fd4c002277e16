"""Counting anew what the statistics show: a few statements over whole tables, seldom, so that no page does it.

Every count is made for a locality with everything below it, for each kindergarten and for the whole
country (both columns empty). Quantiles do not add up, so each scope has its own.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from app import clock
from app.models import DeadlineSummary, PlacesSummary, QueueSummary, Setting, WaitingSummary

AS_OF = "statistics_as_of"
MONTHS_SHOWN = 24
DAYS_OF_DEADLINES = 365

# Everything above a locality begins its code: one row for each unit on the way up, and one for the country.
_ABOVE = """
CREATE TEMPORARY TABLE above ON COMMIT DROP AS
SELECT l.id AS leaf, a.id AS unit
  FROM locality l
 CROSS JOIN LATERAL generate_series(1, length(l.prefix)) AS digits
  JOIN locality a ON a.prefix = left(l.prefix, digits)
 UNION ALL SELECT id, NULL FROM locality
"""

_QUEUE = """
WITH counted AS (
    SELECT locality_id, queue_type, birth_year,
           count(*) FILTER (WHERE status IN ('queued', 'notified', 'claimed')) AS waiting,
           count(*) FILTER (WHERE status = 'docs_review') AS under_review,
           count(*) FILTER (WHERE status = 'stop_listed') AS stop_listed
      FROM application
     WHERE status IN ('queued', 'notified', 'claimed', 'docs_review', 'stop_listed')
     GROUP BY locality_id, queue_type, birth_year
)
INSERT INTO queue_summary (locality_id, queue_type, birth_year, waiting, under_review, stop_listed)
SELECT above.unit, queue_type, birth_year, sum(waiting), sum(under_review), sum(stop_listed)
  FROM counted JOIN above ON above.leaf = counted.locality_id
 GROUP BY above.unit, queue_type, birth_year
"""

_PLACES = """
WITH counted AS (
    SELECT k.id AS kindergarten_id, k.locality_id, sum(g.capacity) AS capacity, sum(g.enrolled) AS enrolled,
           sum(g.held) AS held, sum(g.published) AS published, sum(g.free) AS free
      FROM kindergarten k JOIN kindergarten_group g ON g.kindergarten_id = k.id
     WHERE k.is_open
     GROUP BY k.id
)
INSERT INTO places_summary
       (locality_id, kindergarten_id, kindergartens, capacity, enrolled, held, published, free)
SELECT above.unit, NULL, count(*), sum(capacity), sum(enrolled), sum(held), sum(published), sum(free)
  FROM counted JOIN above ON above.leaf = counted.locality_id
 GROUP BY above.unit
 UNION ALL
SELECT NULL, kindergarten_id, 1, capacity, enrolled, held, published, free FROM counted
"""

# A child enrolled through a contract counts for its kindergarten too; the locality is the queue's own.
_WAITING = """
WITH waited AS (
    SELECT a.id, a.locality_id, date_trunc('month', a.enrolled_at AT TIME ZONE :zone)::date AS month,
           extract(epoch FROM a.enrolled_at - a.submitted_at) / 86400 AS days
      FROM application a
     WHERE a.enrolled_at >= :waiting_from AND a.enrolled_at >= a.submitted_at
), scoped AS (
    SELECT above.unit AS locality_id, NULL::integer AS kindergarten_id, month, days
      FROM waited JOIN above ON above.leaf = waited.locality_id
     UNION ALL
    SELECT NULL, c.kindergarten_id, month, days
      FROM waited JOIN contract c ON c.application_id = waited.id AND c.status IN ('signed', 'terminated')
)
INSERT INTO waiting_summary (locality_id, kindergarten_id, month, enrolled, median_days, p90_days)
SELECT locality_id, kindergarten_id, month, count(*),
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY days)),
       round(percentile_cont(0.9) WITHIN GROUP (ORDER BY days))
  FROM scoped GROUP BY locality_id, kindergarten_id, month
"""

# Given back, annulled or withdrawn is neither kept nor missed. What is still running is not counted yet.
_DEADLINES = """
WITH ended AS (
    SELECT 'claim_activation' AS kind, k.locality_id, c.kindergarten_id,
           c.status IN ('activated', 'declined') AND (c.decided_at AT TIME ZONE :zone)::date <= c.activate_by AS met
      FROM claim c JOIN kindergarten k ON k.id = c.kindergarten_id
     WHERE c.activate_by >= :deadlines_from
       AND (c.status IN ('activated', 'declined') OR (c.status = 'waiting' AND c.activate_by < :today))
     UNION ALL
    SELECT 'referral', locality_id, kindergarten_id, contract_sent OR status = 'used'
      FROM referral
     WHERE use_by >= :deadlines_from
       AND (contract_sent OR status IN ('used', 'expired')
            OR (status IN ('issued', 'extended') AND use_by < :today))
     UNION ALL
    SELECT 'contract', locality_id, kindergarten_id,
           status IN ('parent_signed', 'signed', 'terminated', 'refused')
      FROM contract c
     WHERE coalesce(sign_by, (sent_at AT TIME ZONE :zone)::date) >= :deadlines_from
       -- A contract on paper is concluded at once and has no deadline.
       AND formula <> '{}'::jsonb
       AND (status IN ('parent_signed', 'signed', 'terminated', 'refused', 'lapsed')
            OR (status IN ('sent', 'returned') AND sign_by < :today))
     UNION ALL
    SELECT 'document_check', locality_id, NULL,
           (at AT TIME ZONE :zone)::date <= (before::jsonb ->> 'check_by')::date
      FROM event
     WHERE act IN ('confirm_documents', 'refuse_documents') AND at >= :deadlines_from_at
       AND before::jsonb ->> 'check_by' IS NOT NULL
     UNION ALL
    SELECT 'document_check', locality_id, NULL, false
      FROM application
     WHERE status = 'docs_review' AND check_by < :today
), scoped AS (
    SELECT above.unit AS locality_id, NULL::integer AS kindergarten_id, kind, met
      FROM ended JOIN above ON above.leaf = ended.locality_id
     UNION ALL
    SELECT NULL, kindergarten_id, kind, met FROM ended WHERE kindergarten_id IS NOT NULL
)
INSERT INTO deadline_summary (locality_id, kindergarten_id, kind, met, missed)
SELECT locality_id, kindergarten_id, kind, count(*) FILTER (WHERE met), count(*) FILTER (WHERE NOT met)
  FROM scoped GROUP BY locality_id, kindergarten_id, kind
"""

_COUNTS: dict[type[Any], str] = {
    QueueSummary: _QUEUE,
    PlacesSummary: _PLACES,
    WaitingSummary: _WAITING,
    DeadlineSummary: _DEADLINES,
}
_ONE_AT_A_TIME = """
LOCK TABLE queue_summary, places_summary, waiting_summary, deadline_summary IN SHARE ROW EXCLUSIVE MODE
"""


def refresh(session: Session, now: dt.datetime) -> dict[str, int]:
    """Counts everything anew as of `now`. Returns how many rows each summary has.

    Readers see the old counts until the commit; a second refresh at the same time waits for the first.
    """
    session.execute(text(_ONE_AT_A_TIME))
    session.execute(text(_ABOVE))
    session.execute(text("ANALYZE above"))
    values = _moments(now)
    written = {}
    for summary, count in _COUNTS.items():
        session.execute(delete(summary))
        asked = {name: value for name, value in values.items() if f":{name}" in count}
        counted: Any = session.execute(text(count), asked)
        written[summary.__tablename__] = int(counted.rowcount)
    session.execute(text("DROP TABLE above"))
    session.merge(Setting(key=AS_OF, value=now.isoformat()))
    return written


def _moments(now: dt.datetime) -> dict[str, object]:
    today = clock.local_date(now)
    months = today.year * 12 + today.month - MONTHS_SHOWN
    waiting_from = dt.datetime(months // 12, months % 12 + 1, 1, tzinfo=clock.ZONE)
    deadlines_from = today - dt.timedelta(days=DAYS_OF_DEADLINES)
    return {
        "today": today,
        "zone": str(clock.ZONE),
        "waiting_from": waiting_from,
        "deadlines_from": deadlines_from,
        "deadlines_from_at": dt.datetime.combine(deadlines_from, dt.time.min, tzinfo=clock.ZONE),
    }
