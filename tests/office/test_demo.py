"""Pages of the demo: the outbox and the clock, and that they do not exist anywhere else."""

from __future__ import annotations

import datetime as dt

import pytest

from app import clock
from app.db import unit_of_work
from app.demo import clock as demo_clock
from app.models import Delivery, Message
from app.models.enums import Channel, DeliveryStatus, Role


@pytest.fixture
def letter(app, town):
    with app.app_context(), unit_of_work() as session:
        message = Message(template="Q1", facts={}, created_at=clock.now())
        message.deliveries.append(
            Delivery(
                channel=Channel.SMS,
                address="+77000000042",
                status=DeliveryStatus.SENT,
                next_try_at=clock.now(),
                sent_at=clock.now(),
                demo_text="Код Kezek: 123456",
            )
        )
        session.add(message)


def test_the_outbox_shows_what_a_phone_would(enter, letter):
    page = enter(Role.ADMIN).get("/office/demo/outbox/").text
    assert "Код Kezek: 123456" in page
    assert "+77000000042" in page


def test_the_clock_goes_forward_and_everybody_sees_it(enter, app, town):
    demo_clock.install(app)  # other tests make applications in this process; the last one made owns the clock
    before = clock.now()
    try:
        answer = enter(Role.ADMIN).post("/office/demo/clock/", data={"amount": 2, "unit": "hour"})
        assert answer.status_code == 302
        moved = clock.now() - before
        assert dt.timedelta(hours=2) <= moved < dt.timedelta(hours=2, minutes=5)
        page = enter(Role.HEAD).get("/office/demo/clock/")
        assert clock.local(clock.now()).strftime("%d.%m.%Y %H") in page.text
    finally:
        with app.app_context(), unit_of_work() as session:
            demo_clock.reset(session)
        demo_clock.seen()


def test_nonsense_moves_nothing(enter, town):
    for form in ({"amount": 0, "unit": "hour"}, {"amount": 2, "unit": "century"}, {}):
        assert enter(Role.ADMIN).post("/office/demo/clock/", data=form).status_code == 422


def test_the_auditor_may_look_but_not_move(enter, town):
    assert enter(Role.AUDITOR).post("/office/demo/clock/", data={"amount": 1, "unit": "hour"}).status_code == 403


def test_in_a_real_installation_they_are_not_there(enter, app, letter, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", False)
    for address in ("/office/demo/outbox/", "/office/demo/clock/"):
        assert enter(Role.ADMIN).get(address).status_code == 404
    assert "/office/demo/" not in enter(Role.ADMIN).get("/office/desk/today").text
