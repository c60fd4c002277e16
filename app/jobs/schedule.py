"""The schedule: one table of what runs by itself, when, and why. Times are the country's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from app.jobs import counting, reminders, sending, sweeps, turns, vouchers, year
from app.jobs.rows import Outcome
from app.jobs.times import Daily, Every, When


@dataclass(frozen=True)
class Job:
    """One row of the table. `run(now)` does what is due at `now` and counts it."""

    name: str
    run: Callable[[dt.datetime], Outcome]
    when: When
    why: str
    #: Seconds a run may last; after that it is ended, and after a little more it is taken for lost and done again.
    patience: int = 100


SCHEDULE: tuple[Job, ...] = (
    Job(
        "publish_bulletins",
        sweeps.publish_bulletins,
        Every(minutes=1),
        "places are on offer from the opening hour of the rule set (guide 003)",
    ),
    Job(
        "close_priority_windows",
        sweeps.close_priority_windows,
        Every(minutes=1),
        "after the first in line every matching child may claim (domain D2)",
    ),
    Job(
        "expire_referrals",
        sweeps.expire_referrals,
        Every(minutes=5),
        "a missed referral frees its place; stop-list, or the archive at the last strike (D5-D7)",
        patience=540,
    ),
    Job(
        "lapse_contracts",
        sweeps.lapse_contracts,
        Every(minutes=5),
        "a contract not signed in time counts as a missed referral (D12)",
        patience=540,
    ),
    # Before the notices, so that the heads that missed their turn are in line again.
    Job(
        "lapse_turns",
        turns.lapse_turns,
        Every(minutes=1),
        "a turn that was not used keeps its place in line and opens the place to all (guide 002; D2)",
    ),
    Job(
        "notify_turns",
        turns.notify_turns,
        Every(minutes=1),
        "the head of the queue is told as soon as a place is free (guide 002)",
    ),
    Job(
        "lapse_merges",
        turns.lapse_merges,
        Every(minutes=5),
        "a request to hand an application over that nobody answered ends (guide 002)",
    ),
    Job(
        "release_stop_list",
        sweeps.release_stop_list,
        Every(minutes=5),
        "after its last day the child is in line again; an unanswered voucher ends in the archive (D4, D6)",
        patience=540,
    ),
    Job(
        "issue_vouchers",
        vouchers.issue_vouchers,
        Daily(at=dt.time(10, 0)),
        "one round a day over each city and district while somebody waits and a place is free (domain 2)",
        patience=1800,
    ),
    Job(
        "recategorise",
        vouchers.recategorise,
        Daily(at=dt.time(2, 0)),
        "categories are determined anew on the rule set's day of the year, numbers change (D18)",
        patience=1800,
    ),
    Job(
        "annul_unanswered_vouchers",
        vouchers.annul_unanswered_vouchers,
        Every(minutes=5),
        "a voucher nobody answered is annulled, the application goes to the stop-list (guide 001; D3)",
        patience=540,
    ),
    Job(
        "expire_vouchers",
        vouchers.expire_vouchers,
        Every(minutes=5),
        "a child not enrolled in time loses the voucher; the place is free, the application archived (D10, D11)",
        patience=540,
    ),
    Job(
        "serve_waiting_lists",
        vouchers.serve_waiting_lists,
        Every(minutes=5),
        "a place that becomes free is offered to the first who waits for that kindergarten, for one day (D15)",
        patience=540,
    ),
    Job(
        "send_messages",
        sending.send_messages,
        Every(seconds=20),
        "the outbox leaves also when the nudge after the commit was lost",
        patience=300,
    ),
    Job(
        "archive_max_age",
        sweeps.archive_max_age,
        Daily(at=dt.time(1, 0)),
        "children of school age leave the queue from the rule set's day on (guide 000; D14)",
        patience=1800,
    ),
    Job(
        "write_reminders",
        reminders.write_reminders,
        Daily(at=dt.time(8, 0)),
        "a family is reminded on the last day of a deadline, and a month before the yearly confirmation (D17)",
        patience=1800,
    ),
    Job(
        "archive_uninterested",
        year.archive_uninterested,
        Daily(at=dt.time(1, 30)),
        "a place that nobody confirmed by the yearly date is given up, after a reminder (D17)",
        patience=1800,
    ),
    Job(
        "refresh_statistics",
        counting.refresh_statistics,
        Every(minutes=15),
        "statistics are read from counted rows; no page counts the queue itself",
        patience=300,
    ),
    Job("forget_codes", sweeps.forget_codes, Daily(at=dt.time(3, 0)), "one-time codes are not kept"),
    Job("forget_runs", sweeps.forget_runs, Daily(at=dt.time(3, 10)), "old runs and checks are not kept"),
    Job(
        "nightly_invariants",
        sweeps.nightly_invariants,
        Daily(at=dt.time(4, 0)),
        "what must always be true is looked at every night; a broken sentence shows in the office",
        patience=1800,
    ),
)

_BY_NAME = {job.name: job for job in SCHEDULE}


def names() -> tuple[str, ...]:
    return tuple(_BY_NAME)


def find(name: str) -> Job:
    """The job of that name. Raises KeyError for a name that is not in the table."""
    return _BY_NAME[name]
