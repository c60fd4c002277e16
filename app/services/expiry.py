"""The sweep of missed referrals: all effects of a batch in one statement.

The twin of five beats for a crowd: lock the rows (SKIP LOCKED, so that two sweepers never do a row
twice), look again (the same WHERE), ask the rule (strikes of the rule set), change, write. Measured
against the bare UPDATE in bench/deadline_sweep.py.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock
from app.db import canonical_json
from app.models import Referral
from app.models.enums import ReferralStatus
from app.rules.deadlines import to_json
from app.rules.rule_sets import RuleSet
from app.services.regulation import deadline_of, rule_sets_in_force

#: Small, so that a family whose row is in the batch does not wait long for it (measured: docs/performance.md).
BATCH = 500

SWEEP = """
WITH due AS (
    SELECT r.id, r.status, r.application_id, r.group_id, r.kindergarten_id, r.locality_id,
           a.child_id, c.given_name, a.missed_referrals + 1 AS missed,
           coalesce(a.missed_referrals + 1 >= :strikes, false) AS removed
      FROM referral r JOIN application a ON a.id = r.application_id JOIN child c ON c.id = a.child_id
     WHERE r.status IN ('issued', 'extended') AND NOT r.contract_sent AND r.use_by < :today
       AND r.locality_id = ANY(:localities) AND r.id <> ALL(cast(:left_out AS bigint[]))
     ORDER BY r.use_by, r.id
     LIMIT :batch
       FOR UPDATE OF a, r SKIP LOCKED
), ended AS (
    UPDATE referral r SET status = 'expired', ended_at = :now FROM due WHERE r.id = due.id
), moved AS (
    UPDATE application a
       SET status = CASE WHEN due.removed THEN 'archived' ELSE 'stop_listed' END,
           missed_referrals = due.missed,
           archived_at = CASE WHEN due.removed THEN cast(:now AS timestamptz) END,
           archive_reason = CASE WHEN due.removed THEN 'no_show_twice' END
      FROM due WHERE a.id = due.application_id
), freed AS (
    SELECT g.id, n.places FROM kindergarten_group g
      JOIN (SELECT group_id, count(*) AS places FROM due GROUP BY group_id) n ON n.group_id = g.id
     ORDER BY g.id FOR UPDATE OF g
), counted AS (
    UPDATE kindergarten_group g SET held = g.held - freed.places, free = g.free + freed.places
      FROM freed WHERE g.id = freed.id
), listed AS (
    INSERT INTO stop_list_entry (application_id, reason, status, listed_at, until_day, formula)
    SELECT application_id, 'referral_expired', 'active', :now, :until_day, cast(:formula AS jsonb)
      FROM due WHERE NOT removed
), told AS (
    INSERT INTO message (person_id, application_id, template, facts, created_at)
    SELECT g.person_id, due.application_id, CASE WHEN due.removed THEN 'R6' ELSE 'R5' END,
           jsonb_build_object('child', due.given_name, 'date', cast(:until_day AS text)), :now
      FROM due JOIN guardianship g ON g.child_id = due.child_id
    RETURNING id, person_id
), outbox AS (
    INSERT INTO delivery (message_id, channel, address, language, status, tries, next_try_at)
    SELECT told.id, way.channel, way.address, p.message_language, 'pending', 0, :now
      FROM told
      CROSS JOIN LATERAL (SELECT * FROM person WHERE person.id = told.person_id LIMIT 1) AS p
      CROSS JOIN LATERAL (VALUES ('sms', p.phone), ('email', p.email)) AS way (channel, address)
     WHERE way.address IS NOT NULL
), written AS (
    INSERT INTO event (at, act, subject, subject_id, actor_role, application_id, child_id, kindergarten_id,
                       locality_id, before, after)
    SELECT :now, 'expire_referral', 'referral', id, 'System', application_id, child_id, kindergarten_id, locality_id,
           format('{"application":"referred","status":"%s"}', status),
           format('{"application":"%s","missed_referrals":%s,"status":"expired"}',
                  CASE WHEN removed THEN 'archived' ELSE 'stop_listed' END, missed)
      FROM due
)
SELECT count(*) FROM due
"""


def rule_sets_with_due(session: Session, now: dt.datetime) -> dict[RuleSet, list[int]]:
    """The rule sets under which referrals are overdue now, each with its localities."""
    due: dict[RuleSet, list[int]] = defaultdict(list)
    today = clock.local_date(now)
    overdue = (
        Referral.status.in_((ReferralStatus.ISSUED, ReferralStatus.EXTENDED)),
        Referral.contract_sent.is_(False),
        Referral.use_by < today,
    )
    # The first in the order of the index alone: such a scan also clears away the entries that the last sweep
    # left dead, which the question below would visit again and again.
    if session.scalar(select(Referral.id).where(*overdue).order_by(Referral.use_by, Referral.id).limit(1)) is None:
        return {}
    localities = session.scalars(select(Referral.locality_id).where(*overdue).distinct()).all()
    for locality_id, rules in rule_sets_in_force(session, localities, today).items():
        due[rules].append(locality_id)
    return dict(due)


def expire_referrals(
    session: Session,
    rules: RuleSet,
    localities: list[int],
    now: dt.datetime,
    batch: int = BATCH,
    left_out: Sequence[int] = (),
) -> int:
    """One batch of overdue referrals of these localities: expired, stop-listed or archived, place freed, told.

    `left_out` are referrals that failed before and must not hold up the others. Returns how many; 0 when
    nothing (more) is due. The submission moment is never touched. Sources: D5–D7.
    """
    until = deadline_of(session, rules, "stop_list", now)
    values = {
        "today": clock.local_date(now),
        "now": now,
        "localities": localities,
        "strikes": rules.strikes_to_remove,
        "until_day": until.last_day,
        "formula": canonical_json(to_json(until)),
        "batch": batch,
        "left_out": list(left_out),
    }
    # Every table here is asked by key: with some hundred keys the planner would rather read all groups and people.
    session.execute(text("SET LOCAL enable_seqscan = off"))
    return int(session.execute(text(SWEEP), values).scalar_one())
