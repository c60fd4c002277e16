"""The special queue of guide 001: its conclusion, its kindergartens, and the specialist who decides."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from sqlalchemy import select

from app import clock
from app.db import unit_of_work
from app.models import Application, Message
from app.models.enums import ApplicationStatus, ArchiveReason, CorrectionType, DocumentKind, GroupType, QueueType, Role
from app.rules.verdict import RuleBroken
from app.services import applications, documents, special_queues
from app.services.access import Forbidden, OutOfReach
from app.services.uploads import Upload
from tests import factories as make
from tests.samples import pdf

NOW = make.NOON  # Thursday 2026-11-12
TODAY = dt.date(2026, 11, 12)


@pytest.fixture
def place(session):
    at = make.locality()
    make.assign("sitcen_2019", at)
    return at


def special(place, correction=CorrectionType.SPEECH, **wish):
    return make.application(
        place, queue_type=QueueType.SPECIAL, group_type=GroupType.SPECIAL, correction_type=correction, **wish
    )


def attach(session, application, kind=DocumentKind.PMPK_CONCLUSION, **stated):
    parent = make.parent_actor(application.applicant)
    upload = Upload("paper.pdf", pdf())
    return documents.attach_to_application(session, parent, application.id, kind, upload, NOW, **stated)


def reviewer(place, queue=QueueType.SPECIAL):
    return make.staff_actor(Role.REVIEWER, over=place, review_queue=queue)


COMPLETE = {"number": "114", "issuer": "PMPK of the town", "issued_on": TODAY}


def test_confirmed_it_stands_by_its_first_submission(session, place):
    application = special(place)
    assert application.status is ApplicationStatus.DOCS_REVIEW
    attach(session, application, **COMPLETE)
    later = NOW + dt.timedelta(days=4)
    applications.confirm_documents(session, reviewer(place), application.id, later)
    assert (application.status, application.submitted_at) == (ApplicationStatus.QUEUED, NOW)
    assert session.scalars(select(Message.template).order_by(Message.id)).all() == ["Q2", "Q3"]


def test_refused_it_is_archived_with_the_reason_and_the_role(session, place):
    application = special(place)
    applications.refuse_documents(session, reviewer(place), application.id, "The conclusion is not signed.", NOW)
    assert application.archive_reason is ArchiveReason.REJECTED
    message = session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert message.template == "Q4"
    assert message.facts["reason"] == "The conclusion is not signed."


@pytest.mark.parametrize("second", ["confirm", "refuse"])
def test_of_two_reviewers_at_once_the_second_is_told_that_the_data_changed(session, place, second):
    application = special(place)
    attach(session, application, **COMPLETE)
    applications.confirm_documents(session, reviewer(place), application.id, NOW)
    decide = {
        "confirm": lambda: applications.confirm_documents(session, reviewer(place), application.id, NOW),
        "refuse": lambda: applications.refuse_documents(session, reviewer(place), application.id, "Not signed", NOW),
    }
    with pytest.raises(RuleBroken) as refused:
        decide[second]()
    assert refused.value.code == "STALE"
    assert application.status is ApplicationStatus.QUEUED


@pytest.mark.parametrize("left_out", ["number", "issuer", "issued_on"])
def test_a_conclusion_that_does_not_say_all_is_not_confirmed(session, place, left_out):
    application = special(place)
    attach(session, application, **{key: value for key, value in COMPLETE.items() if key != left_out})
    with pytest.raises(RuleBroken) as refused:
        applications.confirm_documents(session, reviewer(place), application.id, NOW)
    assert refused.value.code == "CONCLUSION_INCOMPLETE"
    assert application.status is ApplicationStatus.DOCS_REVIEW


def test_without_a_conclusion_nothing_is_confirmed(session, place):
    application = special(place)
    with pytest.raises(RuleBroken) as refused:
        applications.confirm_documents(session, reviewer(place), application.id, NOW)
    assert refused.value.code == "DOCUMENT_MISSING"


@pytest.mark.parametrize(
    ("issued_on", "code"),
    [
        (None, "REQUIRED"),
        (TODAY - dt.timedelta(days=31), "DOC_OUTDATED"),
        (TODAY - dt.timedelta(days=30), None),
        (TODAY, None),
    ],
)
def test_a_workplace_certificate_counts_on_the_day_it_is_handed_in(session, place, issued_on, code):
    """D19: valid for a month on that day; the department's own five working days do not make it too old."""
    application = make.application(place, benefit_category_id=make.benefit(document_valid_days=30).id)
    attach(session, application, DocumentKind.BENEFIT_PROOF, issued_on=issued_on)
    official, later = make.staff_actor(Role.DEPARTMENT, over=place), NOW + dt.timedelta(days=5)
    if code is None:
        applications.confirm_documents(session, official, application.id, later)
        assert application.status is ApplicationStatus.QUEUED
        return
    with pytest.raises(RuleBroken) as refused:
        applications.confirm_documents(session, official, application.id, later)
    assert refused.value.code == code


def test_each_queue_has_its_own_specialist(session, place):
    application = special(place)
    attach(session, application, **COMPLETE)
    with pytest.raises(OutOfReach):
        applications.confirm_documents(session, reviewer(place, QueueType.SANATORIUM), application.id, NOW)
    with pytest.raises(Forbidden):
        applications.confirm_documents(session, make.staff_actor(Role.DEPARTMENT, over=place), application.id, NOW)


def test_kindergartens_are_those_of_the_disorder(session, place):
    speech = make.kindergarten(place, correction_types=["speech"])
    hearing = make.kindergarten(place, correction_types=["hearing"])
    regular = make.kindergarten(place, correction_types=["speech"])
    far = make.kindergarten(correction_types=["speech"])
    for garden in (speech, hearing, far):
        make.group(garden, group_type=GroupType.SPECIAL)
    make.group(regular)
    found = special_queues.kindergartens_for(session, place.id, QueueType.SPECIAL, CorrectionType.SPEECH)
    assert found == [speech]
    assert special(place, wished_kindergarten_id=speech.id).wished_kindergarten is speech
    for other in (hearing, regular, far):
        with pytest.raises(RuleBroken) as refused:
            special(place, wished_kindergarten_id=other.id)
        assert refused.value.code == "KINDERGARTEN_UNSUITABLE"


def test_the_desk_shows_what_the_paper_says_and_both_answers(app, town, enter):
    with app.app_context(), unit_of_work() as session:
        from app.models import Locality

        application = special(session.get_one(Locality, town.own_locality))
        attach(session, application, **COMPLETE)
        number, surname = application.id, application.child.surname
    client = enter(Role.REVIEWER)
    page = html.unescape(client.get("/office/review/?lang=en").text)
    assert "114, PMPK of the town" in page
    assert surname in page
    assert "PMPK specialist" in page
    assert client.post("/office/act/confirm_documents", data={"rows": str(number)}).status_code == 302
    with app.app_context(), unit_of_work() as session:
        assert session.get_one(Application, number).status is ApplicationStatus.QUEUED
    assert surname not in html.unescape(client.get("/office/review/?lang=en").text)
    assert enter(Role.HEAD).get("/office/review/").status_code == 403
    assert clock.now()
