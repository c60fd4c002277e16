"""Handing an application over, and changing its benefit: who may, until when, what stays."""

from __future__ import annotations

import datetime as dt

import pytest

from app.db import unit_of_work
from app.extensions import db
from app.jobs import turns as jobs
from app.models import Application, Guardianship, MergeRequest, Message
from app.models.enums import ApplicationStatus, BenefitCheck, GuardianKind, MergeStatus, Role, Stream
from app.queries.queue_number import queue_numbers
from app.rules import rule_sets
from app.rules.verdict import RuleBroken
from app.services import applications, benefits, merges
from app.services.access import Forbidden, OutOfReach
from app.services.uploads import Upload
from tests import factories as make
from tests.samples import pdf
from tests.turns.conftest import NOON, minute

DAY = dt.timedelta(days=1)
#: Five working days after Thursday end on the next Thursday.
LAST_SECOND = dt.datetime(2026, 11, 19, 18, 59, 59, tzinfo=dt.UTC)
OVER = dt.datetime(2026, 11, 19, 19, 0, tzinfo=dt.UTC)


def act(function, *arguments):
    with unit_of_work() as session:
        return function(session, *arguments)


def refused(code):
    return pytest.raises(RuleBroken, match=code)


@pytest.fixture
def family(town):
    """An application, the parent who filed it and the other parent."""
    application = town.family()
    with unit_of_work() as session:
        other = make.person(given_name="Сырым")
        child = session.get_one(Application, application).child
        make.make(
            Guardianship,
            child=child,
            person=other,
            kind=GuardianKind.PARENT,
            confirmed_by_register=True,
            created_at=NOON,
        )
        return application, town.parents[application], make.parent_actor(other)


def row(model, row_id):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(model, row_id)


# ── handing over ──


def test_the_other_parent_asks_and_with_consent_becomes_the_applicant(family):
    application, first, second = family
    before = row(Application, application).submitted_at
    request = act(merges.ask, second, application, NOON).id
    assert row(MergeRequest, request).answer_by == dt.date(2026, 11, 19)
    assert row(Application, application).applicant_id == first.person_id
    act(merges.agree, first, request, LAST_SECOND)
    found = row(Application, application)
    assert (found.applicant_id, found.submitted_at, found.status) == (
        second.person_id,
        before,
        ApplicationStatus.QUEUED,
    )
    letters = {(letter.template, letter.person_id) for letter in db.session.query(Message)}
    assert {("G5", first.person_id), ("G6", first.person_id), ("G6", second.person_id)} <= letters


def test_a_turn_goes_on_with_the_new_applicant(town, family):
    application, first, second = family
    minute()
    request = act(merges.ask, second, application, NOON).id
    act(merges.agree, first, request, NOON)
    town.parents[application] = second
    assert town.choose(application)


def test_without_consent_nothing_changes(family):
    application, first, second = family
    request = act(merges.ask, second, application, NOON).id
    act(merges.refuse, first, request, "", NOON)
    assert row(MergeRequest, request).status is MergeStatus.REFUSED
    assert row(Application, application).applicant_id == first.person_id
    with refused("STALE"):
        act(merges.agree, first, request, NOON)
    assert act(merges.ask, second, application, NOON).id != request


def test_silence_ends_the_request_at_the_click_and_by_the_clock(family):
    application, first, second = family
    request = act(merges.ask, second, application, NOON).id
    with refused("DEADLINE_PASSED"):
        act(merges.agree, first, request, OVER)
    assert jobs.lapse_merges(LAST_SECOND) == {"done": 0, "failed": 0}
    assert jobs.lapse_merges(OVER) == {"done": 1, "failed": 0}
    assert jobs.lapse_merges(OVER) == {"done": 0, "failed": 0}
    assert row(MergeRequest, request).status is MergeStatus.LAPSED
    assert row(Application, application).applicant_id == first.person_id


def test_only_the_one_who_is_asked_may_answer_and_only_the_asker_take_back(family):
    application, first, second = family
    request = act(merges.ask, second, application, NOON).id
    with pytest.raises(Forbidden):
        act(merges.agree, second, request, NOON)
    with pytest.raises(Forbidden):
        act(merges.take_back, first, request, NOON)
    act(merges.take_back, second, request, NOON)
    assert row(MergeRequest, request).status is MergeStatus.CANCELLED


def test_it_is_asked_once_and_by_a_parent_whom_the_register_names(town, family):
    application, first, second = family
    act(merges.ask, second, application, NOON)
    with refused("MERGE_ASKED"):
        act(merges.ask, second, application, NOON)
    with refused("STALE"):
        act(merges.ask, first, application, NOON)
    with unit_of_work() as session:
        stranger = make.parent_actor(make.person())
        unnamed = make.person()
        child = session.get_one(Application, application).child
        make.make(Guardianship, child=child, person=unnamed, created_at=NOON)
        typed = make.parent_actor(unnamed)
    with pytest.raises(OutOfReach):
        act(merges.ask, stranger, application, NOON)
    with refused("NOT_GUARDIAN"):
        act(merges.ask, typed, application, NOON)


# ── the benefit ──


@pytest.fixture
def category(town):
    with unit_of_work():
        return make.benefit(Stream.FIRST_PRIORITY).id


def change(town, application, category, upload=None, issued_on=None, now=NOON):
    return act(benefits.change_benefit, town.parents[application], application, category, upload, issued_on, now)


def number(application):
    db.session.rollback()
    found = queue_numbers(db.session, application, rule_sets.get("indigo_2018"))
    return [(one.number, one.benefit_number) for one in found]


def test_a_new_benefit_goes_to_the_desk_and_counts_from_the_first_submission(town, category):
    first, second = town.family(NOON - DAY), town.family()
    before = row(Application, second).submitted_at
    change(town, second, category, Upload("a.pdf", pdf()))
    found = row(Application, second)
    assert (found.status, found.benefit_check) == (ApplicationStatus.DOCS_REVIEW, BenefitCheck.PENDING)
    assert (found.stream, found.check_by) == (Stream.GENERAL, dt.date(2026, 11, 19))
    assert number(second) == []
    act(applications.confirm_documents, town.official, second, NOON)
    assert row(Application, second).submitted_at == before
    assert (number(second), number(first)) == ([(1, 1)], [(2, 0)])


def test_a_benefit_that_is_not_confirmed_leaves_the_old_place(town, category):
    first, second = town.family(NOON - DAY), town.family()
    change(town, first, category, Upload("a.pdf", pdf()))
    act(applications.refuse_documents, town.official, first, "жарамсыз", NOON)
    assert (number(first), number(second)) == ([(1, 0)], [(2, 0)])


def test_giving_a_benefit_up_counts_at_once(town, category):
    first, second = town.family(NOON - DAY), town.family()
    change(town, second, category, Upload("a.pdf", pdf()))
    act(applications.confirm_documents, town.official, second, NOON)
    change(town, second, None)
    assert row(Application, second).benefit_check is BenefitCheck.NONE
    assert (number(first), number(second)) == ([(1, 0)], [(2, 0)])


def test_a_benefit_is_refused_with_the_reason(town, category):
    application = town.family()
    with refused("DOCUMENT_MISSING"):
        change(town, application, category)
    with refused("BENEFIT_SAME"):
        change(town, application, None)
    with refused("BENEFIT_UNKNOWN"):
        change(town, application, 999_999)
    with unit_of_work():
        dated = make.benefit(Stream.OUT_OF_TURN, document_valid_days=30).id
    paper = Upload("a.pdf", pdf())
    with refused("REQUIRED"):
        change(town, application, dated, paper)
    with refused("DOC_OUTDATED"):
        change(town, application, dated, paper, dt.date(2026, 10, 1))
    assert row(Application, application).status is ApplicationStatus.QUEUED


def test_a_benefit_is_not_changed_while_it_is_ones_turn(town, category):
    application = town.family()
    minute()
    with refused("STALE"):
        change(town, application, category, Upload("a.pdf", pdf()))


def test_support_changes_a_benefit_on_behalf(town, category):
    application = town.family()
    with unit_of_work() as session:
        from app.models import Locality

        operator = make.staff_actor(Role.SUPPORT, over=session.get_one(Locality, town.place))
    act(benefits.change_benefit, operator, application, category, Upload("a.pdf", pdf()), None, NOON)
    assert row(Application, application).status is ApplicationStatus.DOCS_REVIEW
