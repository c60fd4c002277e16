"""From a voucher to a place: choice, change, the contract, the waiting list; places stay conserved."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from app.db import unit_of_work
from app.extensions import db
from app.gateways.signatures import Signatory, development_signer
from app.models import Contract, Enrolment, Kindergarten, KindergartenGroup, Person
from app.models.enums import (
    ApplicationStatus,
    ArchiveReason,
    ContractStatus,
    DischargeReason,
    KindergartenKind,
    RefusalReason,
    VoucherStatus,
    WaitingListStatus,
)
from app.rules import rule_sets
from app.services import contract_decisions, contracts, documents, voucher_places, vouchers, waiting_list
from app.services.access import SYSTEM, OutOfReach
from app.services.uploads import Upload
from tests import factories as make
from tests.samples import pdf
from tests.services.test_childs_way import TERMS
from tests.vouchers.conftest import ISSUED, act, at, broken
from tests.vouchers.test_answers import refusal, told


def contract_of(city, number=0):
    query = select(Contract).where(Contract.application_id == city.applications[number]).order_by(Contract.id.desc())
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def send(city, voucher_id, now=ISSUED):
    return act(voucher_places.send_voucher_contract, city.head, voucher_id, now).id


def sign_as_parent(city, contract_id, now=ISSUED, number=0):
    for required in rule_sets.get("voucher_2025").required_documents:
        act(documents.attach_to_contract, city.parent(number), contract_id, required.kind, Upload("a.pdf", pdf()), now)
    version = act(contracts.fill_in, city.parent(number), contract_id, TERMS, now)
    number_of, manifest = version.version, version.manifest
    iin = db.session.get_one(Person, city.people[number]).iin
    signature = development_signer().sign(manifest.encode(), Signatory(iin=iin))
    act(contracts.sign_as_parent, city.parent(number), contract_id, number_of, signature, now)


def sign_as_head(city, contract_id, now=ISSUED):
    manifest = contract_of(city).latest.manifest
    signature = development_signer().sign(manifest.encode(), Signatory(bin=city.garden_bin))
    return act(contract_decisions.sign_contract, city.head, contract_id, signature, now)


def enrolled(city):
    voucher_id = city.chosen()
    contract_id = send(city, voucher_id)
    sign_as_parent(city, contract_id)
    sign_as_head(city, contract_id)
    return voucher_id, contract_id


def test_choosing_holds_the_place_and_waits_for_the_contract(city):
    voucher = city.voucher(city.chosen())
    assert (voucher.status, voucher.group_id) == (VoucherStatus.ATTACHED, city.group)
    assert city.application().status is ApplicationStatus.KINDERGARTEN_CHOSEN
    assert city.tally() == (0, 1, 0)
    assert told(city)[-1] == "V9"
    assert broken(ISSUED) == set()


def test_the_whole_way_to_an_enrolled_child(city):
    voucher_id, contract_id = enrolled(city)
    contract = contract_of(city)
    assert (contract.id, contract.voucher_id, contract.referral_id) == (contract_id, voucher_id, None)
    assert city.voucher(voucher_id).status is VoucherStatus.IN_USE
    assert city.application().status is ApplicationStatus.ENROLLED
    assert city.tally() == (1, 0, 0)
    assert broken(ISSUED) == set()


def test_the_contract_is_to_be_signed_in_five_working_days(city):
    voucher_id = city.chosen()
    send(city, voucher_id, at("2025-02-07"))
    # Friday 7 February; counted: 10, 11, 12, 13, 14.
    assert contract_of(city).sign_by == dt.date(2025, 2, 14)
    assert refusal(voucher_places.send_voucher_contract, city.head, voucher_id, at("2025-02-07")) == "STALE"


def test_the_voucher_ends_a_contract_that_was_not_concluded(city):
    voucher_id = city.chosen()
    send(city, voucher_id, at("2025-02-13"))
    assert act(vouchers.expire_if_over, SYSTEM, voucher_id, at("2025-02-14", "00:00"))
    assert contract_of(city).status is ContractStatus.LAPSED
    assert city.application().archive_reason is ArchiveReason.VOUCHER_EXPIRED
    assert city.tally() == (0, 0, 1)
    assert broken(at("2025-02-14")) == set()


def test_the_head_cannot_sign_after_the_vouchers_last_day(city):
    voucher_id = city.chosen()
    contract_id = send(city, voucher_id)
    sign_as_parent(city, contract_id)
    manifest = contract_of(city).latest.manifest
    signature = development_signer().sign(manifest.encode(), Signatory(bin=city.garden_bin))
    late = at("2025-02-14", "00:00")
    assert refusal(contract_decisions.sign_contract, city.head, contract_id, signature, late) == "DEADLINE_PASSED"


def test_a_refusal_that_is_nobodys_fault_leaves_the_voucher(city):
    voucher_id = city.chosen()
    contract_id = send(city, voucher_id)
    sign_as_parent(city, contract_id)
    share = RefusalReason.UNVACCINATED_SHARE
    act(contract_decisions.refuse_contract, city.head, contract_id, share, "", ISSUED)
    assert city.application().status is ApplicationStatus.VOUCHER_CONFIRMED
    assert city.voucher(voucher_id).status is VoucherStatus.CONFIRMED
    assert city.tally() == (0, 0, 1)
    assert broken(ISSUED) == set()
    act(voucher_places.request_enrolment, city.parent(), voucher_id, city.group, ISSUED)
    send(city, voucher_id)
    assert contract_of(city).id != contract_id


def test_a_refusal_for_false_data_costs_the_voucher(city):
    voucher_id = city.chosen()
    contract_id = send(city, voucher_id)
    sign_as_parent(city, contract_id)
    act(contract_decisions.refuse_contract, city.head, contract_id, RefusalReason.FALSE_DATA, "", ISSUED)
    assert city.application().archive_reason is ArchiveReason.VOUCHER_EXPIRED
    assert city.voucher(voucher_id).status is VoucherStatus.ANNULLED
    assert city.tally() == (0, 0, 1)
    assert broken(ISSUED) == set()


def test_the_kindergarten_is_changed_within_the_voucher(city):
    voucher_id = city.chosen()
    other = city.another_group()
    assert refusal(voucher_places.change_kindergarten, city.parent(), voucher_id, city.group, ISSUED) == "SAME_GROUP"
    act(voucher_places.change_kindergarten, city.parent(), voucher_id, other, ISSUED)
    assert (city.tally(), city.tally(other)) == ((0, 0, 1), (0, 1, 0))
    assert broken(ISSUED) == set()
    with pytest.raises(OutOfReach):
        act(voucher_places.send_voucher_contract, city.head, voucher_id, ISSUED)


def test_a_voucher_in_use_opens_another_kindergarten_after_the_discharge(city):
    voucher_id, contract_id = enrolled(city)
    other = city.another_group()
    month_later = at("2025-03-03")
    change = (voucher_places.change_kindergarten, city.parent(), voucher_id, other, month_later)
    assert refusal(*change) == "CHILD_ENROLLED"
    act(contract_decisions.discharge, city.head, contract_id, DischargeReason.MOVED, "", month_later)
    act(*change)
    voucher = city.voucher(voucher_id)
    assert (voucher.status, voucher.enrol_by) == (VoucherStatus.ATTACHED, dt.date(2025, 3, 11))  # Monday 3, 10 is free
    assert city.application().status is ApplicationStatus.KINDERGARTEN_CHOSEN
    assert (city.tally(), city.tally(other)) == ((0, 0, 1), (0, 1, 0))
    assert broken(month_later) == set()
    assert db.session.scalars(select(Enrolment).where(Enrolment.discharged_on.is_(None))).all() == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"birth_years": [2021]}, "MATCH_YEAR"),
        ({"group_type": "special"}, "MATCH_GROUP"),
        ({"capacity": 1, "free": 0, "enrolled": 1}, "GROUP_FULL"),
    ],
)
def test_a_group_that_does_not_fit_is_refused(city, facts, code):
    voucher_id = city.confirmed()
    group_id = city.another_group(**facts)
    assert refusal(voucher_places.request_enrolment, city.parent(), voucher_id, group_id, ISSUED) == code
    assert city.application().status is ApplicationStatus.VOUCHER_CONFIRMED


def test_a_kindergarten_elsewhere_or_closed_is_refused(city):
    voucher_id = city.confirmed()
    with unit_of_work():
        far = make.group(make.kindergarten(make.locality("750000")), birth_years=[2022]).id
    request = voucher_places.request_enrolment
    assert refusal(request, city.parent(), voucher_id, far, ISSUED) == "MATCH_LOCALITY"
    with unit_of_work() as session:
        session.get_one(Kindergarten, city.garden).is_open = False
    assert refusal(request, city.parent(), voucher_id, city.group, ISSUED) == "NOT_IN_PROGRAMME"
    with unit_of_work() as session:
        garden = session.get_one(Kindergarten, city.garden)
        garden.is_open, garden.kind = True, KindergartenKind.PRIVATE
    act(request, city.parent(), voucher_id, city.group, ISSUED)


def fill_up(city):
    """Somebody else attends the only place, but two vouchers are out."""
    with unit_of_work() as session:
        group = session.get_one(KindergartenGroup, city.group)
        group.capacity, group.free = 2, 2
    city.file(at("2025-02-06", "16:17"))
    assert city.round() == 2
    ids = [city.voucher_of(number).id for number in (0, 1)]
    for number in (0, 1):
        act(vouchers.confirm_voucher, city.parent(number), ids[number], ISSUED)
    with unit_of_work() as session:
        group = session.get_one(KindergartenGroup, city.group)
        group.capacity, group.free = 0, 0
    return ids


def free_one(city):
    with unit_of_work() as session:
        group = session.get_one(KindergartenGroup, city.group)
        group.capacity, group.free = group.capacity + 1, group.free + 1


def test_nobody_waits_where_a_place_is_free(city):
    voucher_id = city.confirmed()
    join = waiting_list.join_waiting_list
    assert refusal(join, city.parent(), voucher_id, city.garden, ISSUED) == "PLACE_IS_FREE"
    with unit_of_work():
        empty = make.kindergarten(make.locality("750100")).id
    assert refusal(join, city.parent(), voucher_id, empty, ISSUED) == "NO_SUCH_GROUP"


def test_a_place_is_offered_one_by_one_for_a_day(city):
    first, second = fill_up(city)
    entries = [
        act(waiting_list.join_waiting_list, city.parent(number), voucher_id, city.garden, ISSUED).id
        for number, voucher_id in enumerate((first, second))
    ]
    again = (waiting_list.join_waiting_list, city.parent(), first, city.garden, ISSUED)
    assert refusal(*again) == "ALREADY_WAITING"
    assert not act(waiting_list.offer_next, SYSTEM, entries[0], ISSUED)  # nothing is free
    free_one(city)
    request = (voucher_places.request_enrolment, city.parent(1), second, city.group, ISSUED)
    assert refusal(*request) == "GROUP_FULL"  # the first one waits for it
    assert not act(waiting_list.offer_next, SYSTEM, entries[1], ISSUED)
    assert act(waiting_list.offer_next, SYSTEM, entries[0], ISSUED)
    entry = city.entry(entries[0])
    assert (entry.status, entry.answer_by) == (WaitingListStatus.OFFERED, dt.date(2025, 2, 7))
    assert city.tally() == (0, 1, 0)
    assert told(city)[-1] == "W1"
    assert broken(ISSUED) == set()
    late = at("2025-02-08", "00:00")
    assert refusal(waiting_list.accept_offer, city.parent(), entries[0], late) == "DEADLINE_PASSED"
    assert act(waiting_list.lapse_offer_if_over, SYSTEM, entries[0], late)
    assert told(city)[-1] == "W2"
    assert city.tally() == (0, 0, 1)
    assert act(waiting_list.offer_next, SYSTEM, entries[1], late)
    act(waiting_list.accept_offer, city.parent(1), entries[1], at("2025-02-09", "23:59:59"))
    assert city.application(1).status is ApplicationStatus.KINDERGARTEN_CHOSEN
    assert city.tally() == (0, 1, 0)
    assert broken(at("2025-02-09")) == set()


def test_leaving_frees_the_offered_place(city):
    first, _ = fill_up(city)
    entry_id = act(waiting_list.join_waiting_list, city.parent(), first, city.garden, ISSUED).id
    free_one(city)
    act(waiting_list.offer_next, SYSTEM, entry_id, ISSUED)
    act(waiting_list.leave_waiting_list, city.parent(), entry_id, ISSUED)
    assert city.entry(entry_id).status is WaitingListStatus.LEFT
    assert city.tally() == (0, 0, 1)
    assert refusal(waiting_list.accept_offer, city.parent(), entry_id, ISSUED) == "STALE"
    assert broken(ISSUED) == set()


def test_an_expired_voucher_leaves_the_waiting_list_and_its_offer(city):
    first, _ = fill_up(city)
    entry_id = act(waiting_list.join_waiting_list, city.parent(), first, city.garden, ISSUED).id
    free_one(city)
    act(waiting_list.offer_next, SYSTEM, entry_id, at("2025-02-13"))
    assert act(vouchers.expire_if_over, SYSTEM, first, at("2025-02-14", "00:00"))
    assert city.entry(entry_id).status is WaitingListStatus.LEFT
    assert city.tally() == (0, 0, 1)
    assert "no_late_voucher" not in broken(at("2025-02-14"))
