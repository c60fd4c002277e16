"""Guide 001 step by step through the pages, in Russian: the answer, the choice, the waiting list, the refusals."""

from __future__ import annotations

import datetime as dt

import pytest

from app import clock
from app.db import unit_of_work
from app.models import Person, StopListEntry
from app.models.enums import ApplicationStatus, Role, VoucherStatus
from app.services import vouchers, waiting_list
from app.services.access import SYSTEM
from tests import factories as make
from tests.vouchers.conftest import ISSUED, act, at
from tests.vouchers.test_places import fill_up, free_one


@pytest.fixture
def hour(monkeypatch):
    """Sets the moment at which the pages are opened."""

    def set_to(moment):
        monkeypatch.setattr(clock, "_source", lambda: moment)

    set_to(ISSUED)
    return set_to


@pytest.fixture
def enter(app, city, hour):
    """A browser of the family of a number, reading Russian."""

    def give(number=0):
        with unit_of_work() as session:
            account = make.account(Role.PARENT, session.get_one(Person, city.people[number])).id
        client = app.test_client()
        with client.session_transaction() as browser:
            browser["_user_id"], browser["_fresh"] = str(account), True
        client.set_cookie("lang", "ru")
        return client

    return give


def test_the_walk_of_the_guide_to_the_awaited_contract(city, enter):
    family = enter()
    card = f"/applications/{city.applications[0]}"
    assert "Дети, 3 года" in family.get(card).text
    voucher_id = city.issued()
    shown = family.get(card).text
    assert "10 февраля" in shown
    assert f"/vouchers/{voucher_id}/answer" in shown
    asked = family.get(f"/vouchers/{voucher_id}/answer").text
    assert "Если вы нажмёте «Нет», ваше заявление будет архивировано" in asked
    answered = family.post(f"/vouchers/{voucher_id}/answer", data={"answer": "yes"})
    assert answered.status_code == 303
    page = family.get(answered.location).text
    assert "Выбрать детский сад" in page
    offers = family.get(f"/vouchers/{voucher_id}/kindergartens").text
    assert "Зачислиться" in offers
    choice = f"/vouchers/{voucher_id}/kindergartens/{city.garden}"
    assert "Балапан" in family.get(choice).text
    assert family.post(choice, data={}).status_code == 422
    chosen = family.post(choice, data={"group": city.group})
    assert chosen.status_code == 303
    page = family.get(chosen.location).text
    assert "Заявка на зачисление" in page
    for words in ("В архиве", "Ваучер используется", "Ждите договор от детского сада", "Вид финансирования"):
        assert words in page
    assert city.application().status is ApplicationStatus.KINDERGARTEN_CHOSEN


def test_no_is_warned_of_asked_twice_and_archives(city, enter):
    family = enter()
    voucher_id = city.issued()
    first = family.post(f"/vouchers/{voucher_id}/answer", data={"answer": "no"})
    assert first.status_code == 200
    assert city.voucher(voucher_id).status is VoucherStatus.ISSUED
    assert "будет перемещено в архив" in first.text
    family.post(f"/vouchers/{voucher_id}/answer", data={"answer": "no", "sure": "yes"})
    assert city.application().status is ApplicationStatus.ARCHIVED
    assert family.get(f"/vouchers/{voucher_id}").status_code == 200


def test_the_extension_shows_its_day_and_works_on_it(city, enter, hour):
    family = enter()
    voucher_id = city.confirmed()
    assert f"/vouchers/{voucher_id}/extend" not in family.get(f"/vouchers/{voucher_id}").text
    early = family.post(f"/vouchers/{voucher_id}/extend")
    assert early.status_code == 409
    hour(at("2025-02-13"))
    assert f"/vouchers/{voucher_id}/extend" in family.get(f"/vouchers/{voucher_id}").text
    assert family.post(f"/vouchers/{voucher_id}/extend").status_code == 303
    assert city.voucher(voucher_id).enrol_by == dt.date(2025, 2, 17)


def test_an_application_is_restored_from_its_page(city, enter, hour):
    family = enter()
    voucher_id = city.issued()
    act(vouchers.annul_if_unanswered, SYSTEM, voucher_id, at("2025-02-11"))
    hour(at("2025-02-12"))
    with unit_of_work() as session:
        entry_id = session.query(StopListEntry).one().id
    assert f"/stop-list/{entry_id}/restore" in family.get(f"/applications/{city.applications[0]}").text
    assert family.get(f"/stop-list/{entry_id}/restore").status_code == 200
    assert family.post(f"/stop-list/{entry_id}/restore").status_code == 303
    assert city.application().status is ApplicationStatus.QUEUED


def test_the_waiting_list_is_joined_offered_and_accepted(city, enter):
    first, _ = fill_up(city)
    family = enter()
    assert f"/vouchers/{first}/waiting-list/{city.garden}" in family.get(f"/vouchers/{first}/kindergartens").text
    family.post(f"/vouchers/{first}/waiting-list/{city.garden}")
    page = family.get("/waiting-list").text
    assert "Заявки на лист ожидания" in page
    from sqlalchemy import select

    from app.extensions import db
    from app.models import WaitingListEntry

    entry_id = db.session.scalars(select(WaitingListEntry.id)).one()
    free_one(city)
    act(waiting_list.offer_next, SYSTEM, entry_id, ISSUED)
    assert f"/waiting-list/{entry_id}/accept" in family.get("/waiting-list").text
    assert family.get(f"/waiting-list/{entry_id}/leave").status_code == 200
    assert family.post(f"/waiting-list/{entry_id}/accept").status_code == 303
    assert city.application().status is ApplicationStatus.KINDERGARTEN_CHOSEN
    assert family.get("/waiting-list").status_code == 200


def test_a_neighbour_finds_nothing(city, enter):
    voucher_id = city.confirmed()
    city.file(ISSUED)
    stranger = enter(1)
    for address in ("", "/answer", "/kindergartens", f"/kindergartens/{city.garden}"):
        assert stranger.get(f"/vouchers/{voucher_id}{address}").status_code == 404
    assert stranger.post(f"/vouchers/{voucher_id}/extend").status_code == 404
    assert stranger.post(f"/vouchers/{voucher_id}/waiting-list/{city.garden}").status_code == 404
    assert stranger.get("/vouchers").status_code == 200
