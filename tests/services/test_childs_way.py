"""A child's whole way through the acts: queue → bulletin → claim → referral → contract → enrolment → discharge."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select, text

from app.db import unit_of_work
from app.extensions import db
from app.gateways.signatures import Signatory, development_signer
from app.models import Claim, Enrolment, Event, KindergartenGroup, Message, Referral, StopListEntry
from app.models.enums import (
    ApplicationStatus,
    ArchiveReason,
    BulletinStatus,
    ContractStatus,
    DeclineReason,
    DischargeReason,
    DocumentKind,
    ReferralStatus,
    Role,
)
from app.queries.queue_number import queue_numbers
from app.rules import rule_sets
from app.rules.verdict import RuleBroken
from app.services import (
    access,
    applications,
    bulletins,
    claims,
    contract_decisions,
    contracts,
    documents,
    expiry,
    referrals,
    stop_list,
)
from app.services.access import SYSTEM
from app.services.uploads import Upload
from tests import factories as make
from tests.samples import pdf

SITCEN = rule_sets.get("sitcen_2019")
TERMS = {
    "parent_document": "012345678",
    "parent_address": "Абай к-сі, 2",
    "parent_phone": "+77000000001",
    "birth_certificate": "11-22",
}


@pytest.fixture
def town(clean, app):
    """A head with one group of 3 places, a parent with a child in the queue, and one bulletin open to all."""
    with app.app_context(), unit_of_work() as session:
        from app.demo.guard import stamp

        stamp()
        place = make.locality()
        garden = make.kindergarten(place)
        group = make.group(garden, capacity=3)
        parent = make.person()
        bulletin = make.open_bulletin(group, places=2)
        application = make.application(place, parent)
        ids = {
            "place": place.id,
            "group": group.id,
            "bulletin": bulletin.id,
            "application": application.id,
            "head": make.staff_actor(Role.HEAD, at=garden),
            "official": make.staff_actor(Role.DEPARTMENT, over=place),
            "parent": make.parent_actor(parent),
            "garden_bin": garden.bin,
            "parent_iin": parent.iin,
        }
        session.flush()
    with app.app_context():
        yield ids


def act(function, *arguments):
    """One act in one unit of work, as an edge does it."""
    with unit_of_work() as session:
        return function(session, *arguments)


def tally(town):
    row = db.session.get_one(KindergartenGroup, town["group"], populate_existing=True)
    return {"enrolled": row.enrolled, "held": row.held, "published": row.published, "free": row.free}


def application_of(town):
    from app.models import Application

    return db.session.get_one(Application, town["application"], populate_existing=True)


def claimed(town, now=make.NOON):
    return act(claims.claim, town["parent"], town["bulletin"], town["application"], now)


def referred(town, now=make.NOON):
    claim_id = claimed(town, now)
    referral = act(claims.activate, town["head"], claim_id, now)
    return referral.id


def contracted(town, now=make.NOON):
    contract = act(contracts.send_contract, town["head"], referred(town, now), now)
    contract_id = contract.id
    for required in rule_sets.get("sitcen_2019").required_documents:
        act(documents.attach_to_contract, town["parent"], contract_id, required.kind, Upload("a.pdf", pdf()), now)
    return contract_id


def signed_by_parent(town, contract_id, now=make.NOON):
    version = act(contracts.fill_in, town["parent"], contract_id, TERMS, now)
    manifest, number = version.manifest, version.version
    signature = development_signer().sign(manifest.encode(), Signatory(iin=town["parent_iin"]))
    return act(contracts.sign_as_parent, town["parent"], contract_id, number, signature, now)


def sign_by_head(town, contract_id, now=make.NOON):
    manifest = db.session.get_one(contracts.Contract, contract_id).latest.manifest
    signature = development_signer().sign(manifest.encode(), Signatory(bin=town["garden_bin"]))
    return act(contract_decisions.sign_contract, town["head"], contract_id, signature, now)


def days(n):
    return make.NOON + dt.timedelta(days=n)


def test_submitting_gives_a_number_an_event_and_a_message(town):
    application = application_of(town)
    assert application.status is ApplicationStatus.QUEUED
    assert [place.number for place in queue_numbers(db.session, application.id, SITCEN)] == [1]
    message = db.session.scalars(select(Message).where(Message.application_id == application.id)).one()
    assert (message.template, message.facts["number"]) == ("Q1", 1)
    assert db.session.scalar(select(func.count()).where(Event.application_id == application.id)) == 1


def test_a_claim_holds_a_place_and_keeps_the_child_in_line(town):
    claim_id = claimed(town)
    assert application_of(town).status is ApplicationStatus.CLAIMED
    assert tally(town) == {"enrolled": 0, "held": 1, "published": 1, "free": 1}
    claim = db.session.get_one(Claim, claim_id)
    # Thursday 12 November + 3 working days = Tuesday 17 November.
    assert claim.activate_by == dt.date(2026, 11, 17)
    assert queue_numbers(db.session, town["application"], SITCEN)


def test_a_declined_claim_gives_the_place_back_and_the_turn_is_kept(town):
    submitted = application_of(town).submitted_at
    claim_id = claimed(town)
    act(claims.decline, town["head"], claim_id, DeclineReason.NO_GROUP, "", days(1))
    application = application_of(town)
    assert (application.status, application.submitted_at) == (ApplicationStatus.QUEUED, submitted)
    assert tally(town) == {"enrolled": 0, "held": 0, "published": 1, "free": 2}


def test_activation_issues_a_referral_with_its_last_day_and_sum(town):
    referral = db.session.get_one(Referral, referred(town))
    # Thursday 12 November + 5 working days = Thursday 19 November.
    assert referral.use_by == dt.date(2026, 11, 19)
    assert referral.cancel_until == make.NOON + dt.timedelta(hours=24)
    assert application_of(town).status is ApplicationStatus.REFERRED
    assert queue_numbers(db.session, town["application"], SITCEN) == []


def test_the_whole_way_to_an_enrolled_child_and_back_to_a_free_place(town):
    contract_id = contracted(town)
    signed_by_parent(town, contract_id)
    contract = sign_by_head(town, contract_id)
    assert contract.status is ContractStatus.SIGNED
    assert application_of(town).status is ApplicationStatus.ENROLLED
    assert tally(town) == {"enrolled": 1, "held": 0, "published": 1, "free": 1}
    act(contract_decisions.discharge, town["head"], contract_id, DischargeReason.MOVED, "", days(30))
    assert tally(town) == {"enrolled": 0, "held": 0, "published": 1, "free": 2}
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert enrolment.discharge_reason is DischargeReason.MOVED


def test_papers_on_paper_are_recorded_by_the_head(town):
    act(contracts.conclude_on_paper, town["head"], referred(town), days(1))
    assert application_of(town).status is ApplicationStatus.ENROLLED
    assert tally(town)["enrolled"] == 1


def test_a_contract_is_returned_twice_and_not_a_third_time(town):
    contract_id = contracted(town)
    for attempt in (1, 2):
        signed_by_parent(town, contract_id)
        wrong = contracts.current_documents(db.session, db.session.get_one(contracts.Contract, contract_id))[0]
        mark = contract_decisions.Mark(wrong.id, "the seal cannot be read")
        contract = act(contract_decisions.return_contract, town["head"], contract_id, [mark], "", make.NOON)
        assert (contract.returns, application_of(town).status) == (attempt, ApplicationStatus.REWORK)
        with pytest.raises(RuleBroken) as refused:
            act(contracts.fill_in, town["parent"], contract_id, TERMS, make.NOON)
        assert refused.value.code == "DOCUMENTS_TO_CORRECT"
        kind = DocumentKind(wrong.kind)
        act(documents.attach_to_contract, town["parent"], contract_id, kind, Upload("b.pdf", pdf()), make.NOON)
    signed_by_parent(town, contract_id)
    with pytest.raises(RuleBroken) as refused:
        act(contract_decisions.return_contract, town["head"], contract_id, [], "again", make.NOON)
    assert refused.value.code == "RETURNS_USED"


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (6, "EXTEND_TOO_EARLY"),  # Wednesday 18 November, the day before the last
        (8, "DEADLINE_PASSED"),  # Friday 20 November, the day after the last
    ],
)
def test_an_extension_only_on_the_last_day(town, day, code):
    referral_id = referred(town)
    act(documents.attach_to_referral, town["parent"], referral_id, Upload("proof.pdf", pdf()), days(1))
    with pytest.raises(RuleBroken) as refused:
        act(referrals.extend, town["parent"], referral_id, days(day))
    assert refused.value.code == code


def test_an_extension_needs_a_document_and_happens_once(town):
    referral_id = referred(town)
    with pytest.raises(RuleBroken) as refused:
        act(referrals.extend, town["parent"], referral_id, days(7))
    assert refused.value.code == "DOCUMENT_MISSING"
    act(documents.attach_to_referral, town["parent"], referral_id, Upload("proof.pdf", pdf()), days(7))
    referral = act(referrals.extend, town["parent"], referral_id, days(7))
    # Thursday 19 November + 30 calendar days = Saturday 19 December.
    assert (referral.status, referral.use_by) == (ReferralStatus.EXTENDED, dt.date(2026, 12, 19))
    with pytest.raises(RuleBroken) as refused:
        act(referrals.extend, town["parent"], referral_id, days(37))
    assert refused.value.code == "EXTEND_USED"


def test_a_referral_is_given_back_within_24_hours_without_a_strike(town):
    referral_id = referred(town)
    act(referrals.give_back, town["parent"], referral_id, make.NOON + dt.timedelta(hours=24))
    application = application_of(town)
    assert (application.status, application.missed_referrals) == (ApplicationStatus.QUEUED, 0)
    assert tally(town) == {"enrolled": 0, "held": 0, "published": 1, "free": 2}


def test_a_referral_is_not_given_back_later(town):
    referral_id = referred(town)
    with pytest.raises(RuleBroken) as refused:
        act(referrals.give_back, town["parent"], referral_id, make.NOON + dt.timedelta(hours=24, microseconds=1))
    assert refused.value.code == "GIVE_BACK_LATE"


def sweep(now):
    with unit_of_work() as session:
        due = expiry.rule_sets_with_due(session, now)
        return sum(expiry.expire_referrals(session, rules, places, now) for rules, places in due.items())


def test_a_missed_referral_means_the_stop_list_and_the_second_the_archive(town):
    submitted = application_of(town).submitted_at
    referred(town)
    assert sweep(days(7)) == 0, "the last day is not over"
    assert sweep(days(8)) == 1
    assert sweep(days(8)) == 0, "twice does nothing"
    application = application_of(town)
    assert (application.status, application.submitted_at) == (ApplicationStatus.STOP_LISTED, submitted)
    assert tally(town) == {"enrolled": 0, "held": 0, "published": 1, "free": 2}
    entry = db.session.scalars(select(StopListEntry)).one()
    # Friday 20 November + 10 working days = Friday 4 December.
    assert entry.until_day == dt.date(2026, 12, 4)
    assert not act(stop_list.release_if_over, SYSTEM, entry.id, days(22)), "4 December is the last day"
    assert act(stop_list.release_if_over, SYSTEM, entry.id, days(23))
    assert queue_numbers(db.session, town["application"], SITCEN)
    referred(town, days(23))
    assert sweep(days(40)) == 1
    application = application_of(town)
    assert (application.status, application.archive_reason) == (
        ApplicationStatus.ARCHIVED,
        ArchiveReason.NO_SHOW_TWICE,
    )


def test_a_stop_listed_child_cannot_claim(town):
    referred(town)
    sweep(days(8))
    with pytest.raises(RuleBroken) as refused:
        claimed(town, days(9))
    assert (refused.value.code, refused.value.facts["date"]) == ("IN_STOP_LIST", dt.date(2026, 12, 4))


def test_the_click_after_the_last_day_is_refused_before_the_sweep_has_run(town):
    referral_id = referred(town)
    with pytest.raises(RuleBroken) as refused:
        act(contracts.send_contract, town["head"], referral_id, days(8))
    assert refused.value.code == "DEADLINE_PASSED"


def test_a_contract_not_signed_in_time_lapses_like_a_missed_referral(town):
    contract_id = contracted(town)
    assert not act(contract_decisions.lapse_if_over, SYSTEM, contract_id, days(5))
    assert act(contract_decisions.lapse_if_over, SYSTEM, contract_id, days(6))
    assert application_of(town).status is ApplicationStatus.STOP_LISTED
    assert tally(town)["held"] == 0


def test_withdrawing_a_bulletin_lets_its_claims_lapse(town):
    claim_id = claimed(town)
    bulletin = act(bulletins.withdraw_bulletin, town["head"], town["bulletin"], "repairs", days(1))
    assert bulletin.status is BulletinStatus.WITHDRAWN
    assert str(db.session.get_one(Claim, claim_id, populate_existing=True).status) == "lapsed"
    assert application_of(town).status is ApplicationStatus.QUEUED
    assert tally(town) == {"enrolled": 0, "held": 0, "published": 0, "free": 3}


def test_somebody_elses_application_is_out_of_reach(town):
    with unit_of_work():
        stranger = make.parent_actor(make.person())
    with pytest.raises(access.OutOfReach):
        act(claims.claim, stranger, town["bulletin"], town["application"], make.NOON)
    with pytest.raises(access.OutOfReach):
        act(applications.withdraw, stranger, town["application"], make.NOON)


def test_a_neighbouring_head_cannot_activate(town):
    claim_id = claimed(town)
    with unit_of_work():
        neighbour = make.staff_actor(Role.HEAD, at=make.kindergarten())
    with pytest.raises(access.OutOfReach):
        act(claims.activate, neighbour, claim_id, make.NOON)


def test_events_cannot_be_changed_or_deleted(town):
    for statement in ("UPDATE event SET act = 'x'", "DELETE FROM event", "TRUNCATE event"):
        with pytest.raises(Exception, match="append-only"), unit_of_work() as session:
            session.execute(text(statement))
    assert db.session.scalar(select(func.count()).select_from(Event)) > 0
