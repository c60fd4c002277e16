"""The outbox: sent once, tried again with pauses, given up visibly, codes forgotten."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import select, text

from app.db import unit_of_work
from app.extensions import db
from app.gateways import texting
from app.jobs import sending
from app.models import Delivery, Message
from app.services import messages
from tests import factories as make

NOW = make.NOON


class Phone:
    """A gateway that remembers what it was given, and refuses while told to."""

    keeps_text = True

    def __init__(self):
        self.sent, self.refuses, self.lock = [], False, threading.Lock()

    def send(self, text):
        if self.refuses:
            raise texting.SendingFailed("busy")
        with self.lock:
            self.sent.append(text)


@pytest.fixture
def phone(running):
    former = running.extensions[texting._KEY]
    running.extensions[texting._KEY] = gateway = Phone()
    yield gateway
    running.extensions[texting._KEY] = former


def write(count=1):
    with unit_of_work() as session:
        for number in range(count):
            messages.send_to_phone(session, NOW, f"+7700000{number:04d}", "kk", "A1", code="123456", n=5)


def deliveries():
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Delivery).order_by(Delivery.id)).all()


def test_a_text_leaves_once(phone):
    write(3)
    assert sending.send_messages(NOW)["done"] == 3
    assert sending.send_messages(NOW)["done"] == 0
    assert len(phone.sent) == 3
    assert all(row.status == "sent" and row.sent_at == NOW and "123456" in row.demo_text for row in deliveries())


def test_the_code_does_not_stay_in_the_database(phone):
    write()
    sending.send_messages(NOW)
    assert db.session.scalars(select(Message)).one().facts == {"n": 5}


def test_the_text_is_kept_only_where_the_gateway_may_keep_it(phone):
    phone.keeps_text = False
    write()
    sending.send_messages(NOW)
    assert deliveries()[0].demo_text is None


def test_a_refused_text_is_tried_again_after_a_pause_and_given_up_in_the_end(phone):
    phone.refuses = True
    write()
    now = NOW
    for tries, minutes in enumerate(sending.PAUSES, start=1):
        assert sending.send_messages(now) == {"done": 0, "failed": 1, "given_up": 0}
        assert sending.send_messages(now)["failed"] == 0  # not before the pause is over
        row = deliveries()[0]
        assert (row.tries, row.failure, row.next_try_at) == (tries, "busy", now + dt.timedelta(minutes=minutes))
        now = row.next_try_at
    assert sending.send_messages(now)["given_up"] == 1
    assert deliveries()[0].status == "failed"
    assert "code" not in db.session.scalars(select(Message)).one().facts


def test_a_text_that_succeeds_later_is_sent_once(phone):
    phone.refuses = True
    write()
    sending.send_messages(NOW)
    phone.refuses = False
    assert sending.send_messages(NOW + dt.timedelta(minutes=1))["done"] == 1
    assert (len(phone.sent), deliveries()[0].failure) == (1, None)


def test_a_text_that_cannot_be_written_does_not_stop_the_others(phone, caplog):
    write(2)
    with unit_of_work() as session:
        session.execute(text("UPDATE message SET template = 'none' WHERE id = (SELECT min(id) FROM message)"))
    assert sending.send_messages(NOW) == {"done": 1, "failed": 1, "given_up": 0}
    assert [row.status.value for row in deliveries()] == ["pending", "sent"]


def test_a_worker_killed_before_it_marked_repeats_one_text_and_no_more(phone, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    write(3)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "_mark_sent", die)
        with pytest.raises(Killed):
            sending.send_messages(NOW)
    assert len(phone.sent) == 1
    assert sending.send_messages(NOW)["done"] == 0  # the claimed ones rest until their pause is over
    assert sending.send_messages(NOW + dt.timedelta(minutes=1))["done"] == 3
    assert sorted(t.address for t in phone.sent) == sorted([*{t.address for t in phone.sent}, phone.sent[0].address])


def test_two_workers_at_once_send_each_text_once(phone, running):
    write(130)

    def work():
        with running.app_context():
            sending.send_messages(NOW)
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(phone.sent) == len({text.address for text in phone.sent}) == 130
