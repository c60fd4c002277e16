"""What is counted equals what a plain query counts, at every level; two refreshes change nothing."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select, text

from app import clock
from app.extensions import db
from app.jobs import schedule
from app.models import (
    Claim,
    Contract,
    DeadlineSummary,
    Locality,
    PlacesSummary,
    QueueSummary,
    WaitingSummary,
)
from app.models.enums import ApplicationStatus, ClaimStatus, ContractStatus, ReferralStatus
from app.models.statistics import DeadlineKind
from app.queries.statistics import counted_at
from app.services import applications, claims
from app.services.access import SYSTEM
from tests import factories as make
from tests.factories import NOON
from tests.statistics.conftest import NOW, refresh

QUEUE = """
SELECT a.birth_year, count(*) FILTER (WHERE a.status IN ('queued', 'notified', 'claimed')),
       count(*) FILTER (WHERE a.status = 'docs_review'), count(*) FILTER (WHERE a.status = 'stop_listed')
  FROM application a JOIN locality l ON l.id = a.locality_id
 WHERE l.prefix LIKE :prefix AND a.queue_type = 'general'
   AND a.status IN ('queued', 'notified', 'claimed', 'docs_review', 'stop_listed')
 GROUP BY a.birth_year ORDER BY a.birth_year
"""
PLACES = """
SELECT count(DISTINCT k.id), sum(g.capacity), sum(g.enrolled), sum(g.held), sum(g.published), sum(g.free)
  FROM kindergarten_group g JOIN kindergarten k ON k.id = g.kindergarten_id JOIN locality l ON l.id = k.locality_id
 WHERE l.prefix LIKE :prefix
"""


def units(session):
    """The country, and a locality of each level on the way down to a settlement with a queue and kindergartens."""
    way = [session.get_one(Locality, 102)]
    while way[0].parent is not None:
        way.insert(0, way[0].parent)
    assert [unit.level for unit in way] == ["region", "district", "settlement"]
    return [None, *way]


def of(model, unit):
    return model.locality_id.is_(None) if unit is None else model.locality_id == unit.id


def test_the_queue_equals_a_plain_count_at_every_level(country):
    for unit in units(country):
        plain = country.execute(text(QUEUE), {"prefix": f"{unit.prefix if unit else ''}%"}).all()
        counted = country.execute(
            select(QueueSummary.birth_year, QueueSummary.waiting, QueueSummary.under_review, QueueSummary.stop_listed)
            .where(of(QueueSummary, unit), QueueSummary.queue_type == "general")
            .order_by(QueueSummary.birth_year)
        ).all()
        assert [tuple(row) for row in counted] == [tuple(row) for row in plain]
        assert counted, unit


def test_places_equal_a_plain_sum_and_add_up(country):
    for unit in units(country):
        plain = country.execute(text(PLACES), {"prefix": f"{unit.prefix if unit else ''}%"}).one()
        row = country.scalars(
            select(PlacesSummary).where(of(PlacesSummary, unit), PlacesSummary.kindergarten_id.is_(None))
        ).one()
        assert (row.kindergartens, row.capacity, row.enrolled, row.held, row.published, row.free) == tuple(plain)
        assert row.capacity == row.enrolled + row.held + row.published + row.free


def test_each_kindergarten_has_its_own_tally(country):
    total = select(func.sum(PlacesSummary.capacity)).where(PlacesSummary.kindergarten_id.is_not(None))
    assert country.scalar(total) == country.scalar(text("SELECT sum(capacity) FROM kindergarten_group"))


def test_referrals_of_the_past_year_are_met_or_missed(country):
    plain = country.execute(
        text(
            "SELECT count(*) FILTER (WHERE contract_sent OR status = 'used'),"
            " count(*) FILTER (WHERE NOT contract_sent AND status <> 'used') FROM referral"
            " WHERE use_by >= :since AND (status IN ('used', 'expired') OR contract_sent OR use_by < :today)"
        ),
        {"since": clock.local_date(NOW) - dt.timedelta(days=365), "today": clock.local_date(NOW)},
    ).one()
    row = country.scalars(
        select(DeadlineSummary).where(
            DeadlineSummary.locality_id.is_(None),
            DeadlineSummary.kindergarten_id.is_(None),
            DeadlineSummary.kind == DeadlineKind.REFERRAL,
        )
    ).one()
    assert (row.met, row.missed) == tuple(plain)
    assert row.met > 0
    assert row.missed > 0


def test_counting_twice_or_at_once_leaves_one_count(country, app):
    before = country.scalar(select(func.sum(QueueSummary.waiting)))

    def count() -> None:
        with app.app_context():
            refresh()
            db.session.remove()

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert db.session.scalar(select(func.sum(QueueSummary.waiting))) == before


def test_the_moment_of_the_count_is_kept(country):
    assert counted_at(country) == NOW
    later = NOW + dt.timedelta(hours=1)
    outcome = schedule.find("refresh_statistics").run(later)
    assert outcome["done"] > 0
    assert counted_at(db.session) == later


# -- what counts as waiting, kept and missed ----------------------------------------------------------------


@pytest.fixture
def garden(session):
    """A kindergarten with one group, a district above it, and a family in the queue."""
    region = make.locality(prefix="61", name="Облыс")
    town = make.locality(prefix="6120", name="Кентау", parent=region)
    return make.kindergarten(town)


def deadline(kind, unit=None):
    refresh()
    row = db.session.scalars(
        select(DeadlineSummary).where(
            of(DeadlineSummary, unit), DeadlineSummary.kindergarten_id.is_(None), DeadlineSummary.kind == kind
        )
    ).one_or_none()
    return (row.met, row.missed) if row else (0, 0)


def claim_of(garden, status, activate_by, decided_at=None):
    group = make.group(garden, capacity=5)
    bulletin = make.open_bulletin(group, places=1)
    application = make.application(garden.locality)
    make.make(
        Claim,
        bulletin_id=bulletin.id,
        application_id=application.id,
        group_id=group.id,
        kindergarten_id=garden.id,
        status=status,
        claimed_at=NOON,
        activate_by=activate_by,
        decided_at=decided_at,
        decline_reason="other" if status is ClaimStatus.DECLINED else None,
    )


@pytest.mark.parametrize(
    ("status", "activate_by", "decided_on", "expected"),
    [
        (ClaimStatus.ACTIVATED, dt.date(2026, 11, 17), dt.date(2026, 11, 17), (1, 0)),
        (ClaimStatus.DECLINED, dt.date(2026, 11, 17), dt.date(2026, 11, 18), (0, 1)),
        (ClaimStatus.WAITING, dt.date(2026, 11, 19), None, (0, 1)),
        (ClaimStatus.WAITING, dt.date(2026, 11, 20), None, (0, 0)),  # the last day is not over
        (ClaimStatus.CANCELLED, dt.date(2026, 11, 17), dt.date(2026, 11, 16), (0, 0)),
        (ClaimStatus.ACTIVATED, dt.date(2025, 11, 1), dt.date(2025, 11, 1), (0, 0)),  # more than a year ago
    ],
)
def test_a_claim_is_kept_or_missed_by_its_last_day(garden, status, activate_by, decided_on, expected):
    # Eleven at night in the country, when in Greenwich it is the same day: the local date decides.
    decided = dt.datetime.combine(decided_on, dt.time(23), tzinfo=clock.ZONE) if decided_on else None
    claim_of(garden, status, activate_by, decided)
    assert deadline(DeadlineKind.CLAIM_ACTIVATION) == expected
    assert deadline(DeadlineKind.CLAIM_ACTIVATION, garden.locality) == expected


def contract_of(garden, status, **values):
    group = make.group(garden)
    application = make.application(garden.locality)
    facts = {
        "number": f"K-{application.id}",
        "application_id": application.id,
        "group_id": group.id,
        "kindergarten_id": garden.id,
        "locality_id": garden.locality_id,
        "status": status,
        "sent_at": NOON,
        "formula": {"limit": "contract_sign"},
        **values,
    }
    make.make(Contract, **facts)


@pytest.mark.parametrize(
    ("status", "values", "expected"),
    [
        (ContractStatus.SIGNED, {"signed_at": NOON}, (1, 0)),
        (ContractStatus.PARENT_SIGNED, {"review_by": dt.date(2026, 11, 25)}, (1, 0)),
        (ContractStatus.LAPSED, {"ended_at": NOON}, (0, 1)),
        (ContractStatus.SENT, {"sign_by": dt.date(2026, 11, 19)}, (0, 1)),
        (ContractStatus.SENT, {"sign_by": dt.date(2026, 11, 20)}, (0, 0)),
        (ContractStatus.SIGNED, {"signed_at": NOON, "formula": {}}, (0, 0)),  # on paper: no deadline
    ],
)
def test_a_contract_is_kept_or_missed(garden, status, values, expected):
    contract_of(garden, status, **values)
    assert deadline(DeadlineKind.CONTRACT) == expected


def test_a_check_of_documents_is_judged_by_the_deadline_it_had(garden):
    benefit = make.benefit()
    early, late, forgotten = (
        make.application(garden.locality, benefit_category_id=benefit.id, submitted_at=NOON) for _ in range(3)
    )
    last_day = early.check_by
    official = make.staff_actor(make.Role.DEPARTMENT, over=garden.locality)
    end_of_last_day = dt.datetime.combine(last_day, dt.time(23, 59), tzinfo=clock.ZONE)
    applications.confirm_documents(db.session, official, early.id, end_of_last_day)
    applications.refuse_documents(db.session, official, late.id, "no seal", end_of_last_day + dt.timedelta(hours=1))
    assert last_day < clock.local_date(NOW)
    assert forgotten.status is ApplicationStatus.DOCS_REVIEW
    assert deadline(DeadlineKind.DOCUMENT_CHECK) == (1, 2)


def test_a_cancelled_referral_is_neither(garden):
    group = make.group(garden)
    bulletin = make.open_bulletin(group, places=1)
    guardian = make.person()
    application = make.application(garden.locality, guardian)
    claim_id = claims.claim(db.session, make.parent_actor(guardian), bulletin.id, application.id, NOON)
    referral = claims.activate(db.session, make.staff_actor(make.Role.HEAD, at=garden), claim_id, NOON)
    assert deadline(DeadlineKind.REFERRAL) == (0, 1), "its last day, 19 November, is over"
    db.session.execute(text("UPDATE referral SET status = 'cancelled_by_parent', ended_at = now()"))
    db.session.commit()
    assert deadline(DeadlineKind.REFERRAL) == (0, 0)
    assert referral.status is ReferralStatus.CANCELLED_BY_PARENT


def test_waiting_runs_from_submission_to_enrolment(garden):
    for days in (10, 20, 90):
        application = make.application(garden.locality, submitted_at=NOON - dt.timedelta(days=days))
        application.status, application.enrolled_at = ApplicationStatus.ENROLLED, NOON
    refresh()
    rows = db.session.scalars(select(WaitingSummary).where(WaitingSummary.locality_id == garden.locality_id)).all()
    assert [(row.month, row.enrolled, row.median_days, row.p90_days) for row in rows] == [
        (dt.date(2026, 11, 1), 3, 20, 76)
    ]


def test_the_months_are_those_of_the_country(garden):
    """Half past eleven in the evening of 31 October in Greenwich is November in the country."""
    application = make.application(garden.locality, submitted_at=NOON - dt.timedelta(days=30))
    application.status = ApplicationStatus.ENROLLED
    application.enrolled_at = dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC)
    refresh()
    assert db.session.scalars(select(WaitingSummary.month).distinct()).all() == [dt.date(2026, 11, 1)]


def test_an_application_lost_between_two_counts_is_gone_from_the_second(garden):
    application = make.application(garden.locality)
    refresh()
    total = select(func.sum(QueueSummary.waiting)).where(QueueSummary.locality_id.is_(None))
    assert db.session.scalar(total) == 1
    applications.archive_max_age(db.session, SYSTEM, application.id, NOON.replace(year=2031))
    refresh()
    assert db.session.scalar(total) is None
