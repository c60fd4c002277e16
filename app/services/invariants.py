"""What must always be true, as sentences. Each comes with a query that finds the rows which break it.

Asked every night (and by `flask jobs run nightly_invariants`); the answers are stored, so that the
office shows them and a broken sentence has a history. The database's own constraints stop most of this
at the moment of writing; the sentences look at what no single row can know.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock
from app.models import InvariantCheck
from app.words import N_

_SAMPLE = 10
_LIVE_APPLICATION = "status NOT IN ('draft', 'enrolled', 'archived')"


@dataclass(frozen=True)
class Invariant:
    """A sentence, and the query of the ids that break it (one column `id`; :now, :today, :yesterday are given)."""

    name: str
    sentence: str
    broken: str


def _one_live(name: str, sentence: str, table: str, key: str, live: str) -> Invariant:
    return Invariant(
        name,
        sentence,
        f"SELECT min(id) AS id FROM {table} WHERE {live} GROUP BY {key} HAVING count(*) > 1",  # noqa: S608
    )


def _without(name: str, sentence: str, status: str, row: str) -> Invariant:
    """Applications in a status without the row that the status speaks of."""
    return Invariant(
        name,
        sentence,
        f"SELECT a.id FROM application a WHERE a.status IN ({status}) AND NOT EXISTS ({row})",  # noqa: S608
    )


def _overdue(name: str, sentence: str, table: str, condition: str) -> Invariant:
    return Invariant(name, sentence, f"SELECT id FROM {table} WHERE {condition}")  # noqa: S608


INVARIANTS: tuple[Invariant, ...] = (
    # -- places -----------------------------------------------------------------------------------------
    Invariant(
        "places_conserved",
        N_("In every group the places enrolled, held, published and free make its capacity."),
        "SELECT id FROM kindergarten_group WHERE capacity <> enrolled + held + published + free "
        "OR least(enrolled, held, published, free) < 0",
    ),
    Invariant(
        "published_is_on_offer",
        N_("The published places of a group are those its bulletins still offer."),
        "SELECT g.id FROM kindergarten_group g LEFT JOIN (SELECT group_id, sum(free) AS n FROM bulletin "
        "WHERE status IN ('scheduled', 'priority', 'open') GROUP BY group_id) b ON b.group_id = g.id "
        "WHERE g.published <> coalesce(b.n, 0)",
    ),
    Invariant(
        "held_has_a_holder",
        N_("Every held place of a group has a claim, a referral, a voucher, an offer or a contract that holds it."),
        "SELECT g.id FROM kindergarten_group g LEFT JOIN (SELECT group_id, count(*) AS n FROM ("
        "SELECT group_id FROM claim WHERE status = 'waiting' UNION ALL "
        "SELECT group_id FROM referral WHERE status IN ('issued', 'extended') UNION ALL "
        "SELECT group_id FROM voucher WHERE status IN ('attached', 'extended') AND group_id IS NOT NULL UNION ALL "
        "SELECT group_id FROM waiting_list_entry WHERE status = 'offered' UNION ALL "
        "SELECT group_id FROM contract WHERE status IN ('sent', 'parent_signed', 'returned') "
        "AND referral_id IS NULL AND voucher_id IS NULL"
        ") holder GROUP BY group_id) h ON h.group_id = g.id WHERE g.held <> coalesce(h.n, 0)",
    ),
    Invariant(
        "enrolled_is_attending",
        N_("The enrolled places of a group are those of the children who attend it."),
        "SELECT g.id FROM kindergarten_group g LEFT JOIN (SELECT group_id, count(*) AS n FROM enrolment "
        "WHERE discharged_on IS NULL GROUP BY group_id) e ON e.group_id = g.id WHERE g.enrolled <> coalesce(e.n, 0)",
    ),
    # -- at most one live thing of a kind ---------------------------------------------------------------
    _one_live(
        "one_live_application",
        N_("A child has at most one live application in a queue."),
        "application",
        "child_id, queue_type",
        _LIVE_APPLICATION,
    ),
    _one_live(
        "one_waiting_claim",
        N_("An application has at most one waiting claim."),
        "claim",
        "application_id",
        "status = 'waiting'",
    ),
    _one_live(
        "one_live_referral",
        N_("An application has at most one live referral."),
        "referral",
        "application_id",
        "status IN ('issued', 'extended')",
    ),
    _one_live(
        "one_live_voucher",
        N_("An application has at most one live voucher."),
        "voucher",
        "application_id",
        "status IN ('issued', 'confirmed', 'attached', 'extended')",
    ),
    _one_live(
        "one_waiting_list",
        N_("An application waits for at most one kindergarten."),
        "waiting_list_entry",
        "application_id",
        "status IN ('waiting', 'offered')",
    ),
    _one_live(
        "one_live_turn",
        N_("An application has at most one turn that is open."),
        "turn",
        "application_id",
        "status = 'live'",
    ),
    Invariant(
        "one_held_place_per_child",
        N_("No child holds two places at once."),
        "SELECT a.child_id AS id FROM (SELECT application_id FROM claim WHERE status = 'waiting' UNION ALL "
        "SELECT application_id FROM referral WHERE status IN ('issued', 'extended')) holder "
        "JOIN application a ON a.id = holder.application_id GROUP BY a.child_id HAVING count(*) > 1",
    ),
    _one_live(
        "one_live_contract",
        N_("An application has at most one contract in progress."),
        "contract",
        "application_id",
        "status IN ('sent', 'parent_signed', 'returned')",
    ),
    _one_live(
        "one_place_per_child",
        N_("A child attends at most one group."),
        "enrolment",
        "child_id",
        "discharged_on IS NULL",
    ),
    _one_live(
        "one_stop_list_entry",
        N_("An application stands on the stop-list at most once."),
        "stop_list_entry",
        "application_id",
        "status = 'active'",
    ),
    # -- the line ---------------------------------------------------------------------------------------
    Invariant(
        "standing_is_in_line",
        N_("An application that awaits a place stands in the line of each of its languages."),
        "SELECT DISTINCT a.id FROM application a CROSS JOIN LATERAL unnest(a.languages) AS l (language) "
        "LEFT JOIN queue q ON (q.queue_type, q.locality_id, q.birth_year, q.language) "
        "= (a.queue_type, a.locality_id, a.birth_year, l.language) "
        "LEFT JOIN queue_entry e ON e.queue_id = q.id AND e.application_id = a.id "
        "WHERE a.status IN ('queued', 'notified', 'claimed') AND a.priority_category_id IS NULL "
        "AND (e.application_id IS NULL "
        "OR (e.stream, e.submitted_at) IS DISTINCT FROM (a.stream, a.submitted_at))",
    ),
    Invariant(
        "standing_is_in_its_category",
        N_("An application of a queue by categories stands in the one line of its category."),
        "SELECT a.id FROM application a LEFT JOIN queue q ON (q.queue_type, q.locality_id, q.category_id) "
        "= (a.queue_type, a.locality_id, a.priority_category_id) "
        "LEFT JOIN queue_entry e ON e.queue_id = q.id AND e.application_id = a.id "
        "WHERE a.status IN ('queued', 'notified', 'claimed') AND a.priority_category_id IS NOT NULL "
        "AND (e.application_id IS NULL OR e.submitted_at <> a.submitted_at)",
    ),
    Invariant(
        "in_line_is_standing",
        N_("Whoever stands in a line awaits a place of exactly that line."),
        "SELECT e.application_id AS id FROM queue_entry e JOIN queue q ON q.id = e.queue_id "
        "JOIN application a ON a.id = e.application_id WHERE a.status NOT IN ('queued', 'notified', 'claimed') "
        "OR (q.queue_type, q.locality_id) <> (a.queue_type, a.locality_id) "
        "OR q.category_id IS DISTINCT FROM a.priority_category_id "
        "OR q.category_id IS NULL AND (q.birth_year <> a.birth_year OR NOT q.language = ANY(a.languages))",
    ),
    Invariant(
        "counters_are_entries",
        N_("The weekly counters of a line are the number of those who stand in it."),
        "SELECT coalesce(b.queue_id, e.queue_id) AS id FROM queue_bucket b FULL JOIN (SELECT queue_id, week, "
        "count(*) FILTER (WHERE stream = 'out_of_turn') AS out_of_turn, "
        "count(*) FILTER (WHERE stream = 'first_priority') AS first_priority, "
        "count(*) FILTER (WHERE stream = 'general') AS general FROM queue_entry GROUP BY queue_id, week) e "
        "ON (e.queue_id, e.week) = (b.queue_id, b.week) "
        "WHERE (coalesce(b.out_of_turn, 0), coalesce(b.first_priority, 0), coalesce(b.general, 0)) "
        "<> (coalesce(e.out_of_turn, 0), coalesce(e.first_priority, 0), coalesce(e.general, 0))",
    ),
    Invariant(
        "lengths_are_counters",
        N_("The length of a line is the sum of its weekly counters."),
        "SELECT q.id FROM queue q LEFT JOIN (SELECT queue_id, sum(out_of_turn) AS out_of_turn, "
        "sum(first_priority) AS first_priority, sum(general) AS general FROM queue_bucket GROUP BY queue_id) b "
        "ON b.queue_id = q.id WHERE (q.out_of_turn, q.first_priority, q.general) "
        "<> (coalesce(b.out_of_turn, 0), coalesce(b.first_priority, 0), coalesce(b.general, 0))",
    ),
    # -- a status has the row it speaks of --------------------------------------------------------------
    _without(
        "claimed_has_claim",
        N_("A claimed application has a waiting claim."),
        "'claimed'",
        "SELECT FROM claim c WHERE c.application_id = a.id AND c.status = 'waiting'",
    ),
    Invariant(
        "notified_has_turn",
        N_("An application is told that its turn has come exactly while a turn of it is open."),
        "SELECT a.id FROM application a LEFT JOIN turn t ON t.application_id = a.id AND t.status = 'live' "
        "WHERE (a.status = 'notified') <> (t.id IS NOT NULL)",
    ),
    _without(
        "referred_has_referral",
        N_("A referred application has a live referral."),
        "'referred'",
        "SELECT FROM referral r WHERE r.application_id = a.id AND r.status IN ('issued', 'extended') "
        "AND NOT r.contract_sent",
    ),
    _without(
        "voucher_issued_has_voucher",
        N_("An application with a voucher issued has a voucher that awaits its answer."),
        "'voucher_issued'",
        "SELECT FROM voucher v WHERE v.application_id = a.id AND v.status = 'issued'",
    ),
    _without(
        "voucher_confirmed_has_voucher",
        N_("An application with a voucher confirmed has a live voucher without a kindergarten."),
        "'voucher_confirmed'",
        "SELECT FROM voucher v WHERE v.application_id = a.id AND v.status IN ('confirmed', 'extended') "
        "AND v.group_id IS NULL",
    ),
    _without(
        "kindergarten_chosen_has_voucher",
        N_("An application with a kindergarten chosen has a live voucher with that kindergarten."),
        "'kindergarten_chosen'",
        "SELECT FROM voucher v WHERE v.application_id = a.id AND v.status IN ('attached', 'extended') "
        "AND v.group_id IS NOT NULL",
    ),
    _without(
        "contracting_has_contract",
        N_("An application with a contract in progress has that contract."),
        "'contracting', 'rework'",
        "SELECT FROM contract k WHERE k.application_id = a.id AND k.status = CASE a.status WHEN 'rework' "
        "THEN 'returned' ELSE k.status END AND k.status IN ('sent', 'parent_signed', 'returned')",
    ),
    _without(
        "enrolled_has_enrolment",
        N_("An enrolled application led to an enrolment."),
        "'enrolled'",
        "SELECT FROM enrolment e JOIN contract k ON k.id = e.contract_id WHERE k.application_id = a.id",
    ),
    _without(
        "review_has_a_last_day",
        N_("Documents under review have a last day for their check."),
        "'docs_review'",
        "SELECT WHERE a.check_by IS NOT NULL",
    ),
    Invariant(
        "stop_listed_is_on_the_list",
        N_("An application is stop-listed exactly while it has an active entry of the stop-list."),
        "SELECT a.id FROM application a LEFT JOIN stop_list_entry s ON s.application_id = a.id AND s.status = 'active' "
        "WHERE (a.status = 'stop_listed') <> (s.id IS NOT NULL)",
    ),
    Invariant(
        "holders_are_awaited",
        N_("Nobody holds a place whose application has gone on or ended."),
        "SELECT c.application_id AS id FROM claim c JOIN application a ON a.id = c.application_id "
        "WHERE c.status = 'waiting' AND a.status <> 'claimed' UNION ALL "
        "SELECT r.application_id FROM referral r JOIN application a ON a.id = r.application_id "
        "WHERE r.status IN ('issued', 'extended') AND a.status NOT IN ('referred', 'contracting', 'rework') UNION ALL "
        "SELECT v.application_id FROM voucher v JOIN application a ON a.id = v.application_id "
        "WHERE v.status IN ('issued', 'confirmed', 'attached', 'extended') AND a.status NOT IN ('voucher_issued', "
        "'voucher_confirmed', 'kindergarten_chosen', 'contracting', 'rework') UNION ALL "
        "SELECT w.application_id FROM waiting_list_entry w JOIN application a ON a.id = w.application_id "
        "WHERE w.status IN ('waiting', 'offered') AND a.status <> 'voucher_confirmed'",
    ),
    # -- time -------------------------------------------------------------------------------------------
    _overdue(
        "no_late_publication",
        N_("No bulletin waits for its publication longer than a day."),
        "bulletin",
        "status = 'scheduled' AND publish_at < :yesterday",
    ),
    _overdue(
        "no_late_window",
        N_("No priority window is open longer than a day after its end."),
        "bulletin",
        "status = 'priority' AND priority_until < :yesterday",
    ),
    _overdue(
        "no_late_turn",
        N_("No turn is open longer than a day after its last day."),
        "turn",
        "status = 'live' AND choose_by < cast(:today AS date) - 1",
    ),
    _overdue(
        "no_late_referral",
        N_("No referral lives longer than a day after its last day."),
        "referral",
        "status IN ('issued', 'extended') AND NOT contract_sent AND use_by < cast(:today AS date) - 1",
    ),
    _overdue(
        "no_late_answer",
        N_("No voucher awaits its answer longer than a day after its last day."),
        "voucher",
        "status = 'issued' AND confirm_by < cast(:today AS date) - 1",
    ),
    _overdue(
        "no_late_voucher",
        N_("No voucher lives longer than a day after its last day."),
        "voucher",
        "status IN ('confirmed', 'attached', 'extended') AND enrol_by < cast(:today AS date) - 1",
    ),
    _overdue(
        "no_late_offer",
        N_("No offer of a waiting list lives longer than a day after its last day."),
        "waiting_list_entry",
        "status = 'offered' AND answer_by < cast(:today AS date) - 1",
    ),
    _overdue(
        "no_late_contract",
        N_("No contract waits for the parent longer than a day after its last day."),
        "contract",
        "status IN ('sent', 'returned') AND sign_by < cast(:today AS date) - 1",
    ),
    _overdue(
        "no_late_stop_list",
        N_("Nobody is on the stop-list longer than a day after its last day."),
        "stop_list_entry",
        "status = 'active' AND until_day < cast(:today AS date) - 1",
    ),
    _overdue(
        "no_late_message",
        N_("No message waits in the outbox longer than a day."),
        "delivery",
        "status = 'pending' AND next_try_at < :yesterday",
    ),
    # -- the record -------------------------------------------------------------------------------------
    Invariant(
        "every_act_is_recorded",
        N_("Every application, bulletin, claim, referral, voucher and contract has the event that made it."),
        " UNION ALL ".join(
            f"SELECT t.id FROM {table} t WHERE NOT EXISTS (SELECT FROM event e "  # noqa: S608
            f"WHERE e.subject = '{table}' AND e.subject_id = t.id AND e.act IN ({acts}))"
            for table, acts in (
                ("application", "'submit'"),
                ("bulletin", "'open_bulletin'"),
                ("claim", "'claim'"),
                ("referral", "'issue_referral'"),
                ("voucher", "'issue_voucher'"),
                ("contract", "'send_contract', 'send_voucher_contract', 'conclude_on_paper'"),
            )
        ),
    ),
    Invariant(
        "record_ends_where_we_are",
        N_("The last recorded move of an application led to the status it has."),
        "SELECT a.id FROM application a CROSS JOIN LATERAL (SELECT CASE WHEN e.subject = 'application' "
        "THEN e.after::json ->> 'status' ELSE e.after::json ->> 'application' END AS status FROM event e "
        "WHERE e.application_id = a.id AND (e.after LIKE '%\"application\":%' "
        "OR (e.subject = 'application' AND e.after LIKE '%\"status\":%')) ORDER BY e.id DESC LIMIT 1) last "
        "WHERE last.status <> a.status",
    ),
)


@dataclass(frozen=True)
class Found:
    """What one sentence found: how many rows break it, and the first of them."""

    name: str
    sentence: str
    broken: int
    sample: list[int]


def check(session: Session, invariant: Invariant, now: dt.datetime) -> Found:
    """Asks one sentence, storing nothing."""
    values = {"now": now, "today": clock.local_date(now), "yesterday": now - dt.timedelta(days=1)}
    given = {key: value for key, value in values.items() if f":{key}" in invariant.broken}
    query = text(
        f"SELECT count(*) AS broken, (array_agg(id))[1:{_SAMPLE}] AS sample FROM ({invariant.broken}) found"  # noqa: S608
    )
    row: Any = session.execute(query, given).one()
    return Found(invariant.name, invariant.sentence, int(row.broken), list(row.sample or []))


def check_all(session: Session, now: dt.datetime) -> list[Found]:
    """Asks every sentence and stores the answers."""
    found = [check(session, invariant, now) for invariant in INVARIANTS]
    session.add_all(
        InvariantCheck(name=one.name, checked_at=now, broken=one.broken, sample=one.sample) for one in found
    )
    return found


def sentence_of(name: str) -> str:
    """The sentence (an English msgid) behind a stored name; the name itself for one that is no longer asked."""
    return next((invariant.sentence for invariant in INVARIANTS if invariant.name == name), name)
