"""Notifications and the log."""

from __future__ import annotations

import html

import pytest
from sqlalchemy import select

from app.models import Event, Message
from app.queries import inbox
from app.queries.inbox import act_words
from tests import factories


@pytest.fixture
def told(town, session):
    """A family with two notifications: accepted, turn has come."""
    family, row = town.family(), town.bulletin(1)
    return family, row


@pytest.mark.parametrize(("lang", "words"), [("kk", "Кезек келді"), ("ru", "Очередь подошла"), ("en", "our turn")])
def test_notifications_speak_the_readers_language(told, log_in, lang, words):
    family, _ = told
    page = html.unescape(log_in(family.account, lang).get("/inbox").text)
    assert words in page
    assert "Інжу" in page


def test_opening_marks_as_read_and_leads_on(told, log_in, session):
    family, _ = told
    client = log_in(family.account)
    message = session.scalar(select(Message).where(Message.template == "P1"))
    page = client.get(f"/inbox/{message.id}").text
    assert f"/bulletins?application={family.id}" in page
    session.expire_all()
    assert message.read_at is not None
    others = session.scalars(select(Message).where(Message.id != message.id)).all()
    assert others
    assert all(row.read_at is None for row in others)


def test_all_at_once(told, log_in, session):
    family, _ = told
    client = log_in(family.account)
    assert 'action="/inbox/read"' in client.get("/inbox").text
    assert client.post("/inbox/read").status_code == 303
    session.expire_all()
    assert session.scalars(select(Message).where(Message.read_at.is_(None))).all() == []
    assert 'action="/inbox/read"' not in client.get("/inbox").text


def test_the_neighbours_notification_is_not_there(told, town, log_in, session):
    message = session.scalar(select(Message))
    neighbour = town.family()
    client = log_in(neighbour.account)
    assert client.get(f"/inbox/{message.id}").status_code == 404
    client.post("/inbox/read")
    session.expire_all()
    assert message.read_at is None, "reading everything reads only one's own"


def test_pages_hold_every_notification_once(told, log_in, session, monkeypatch):
    family, _ = told
    monkeypatch.setattr(inbox, "PAGE", 3)
    for _ in range(8):
        factories.make(
            Message, person_id=family.person.id, template="R7", facts={"child": "Інжу"}, created_at=factories.NOON
        )
    client, url, seen = log_in(family.account), "/inbox", []
    for _ in range(6):
        page = client.get(url).text
        seen += [row.id for row in session.scalars(select(Message)) if f'href="/inbox/{row.id}"' in page]
        link = page.partition('rel="next" href="')[2].partition('"')[0]
        if not link:
            break
        url = html.unescape(link)
    assert sorted(seen) == sorted(session.scalars(select(Message.id)))


def test_the_log_holds_own_acts_alone(told, town, log_in):
    family, row = told
    client = log_in(family.account, "ru")
    client.post(f"/bulletins/{row.id}/claim", data={"application": family.id})
    page = html.unescape(client.get("/inbox/log").text)
    cell = f">{family.application.number}</td>"
    assert cell in page
    assert cell not in log_in(town.family().account).get("/inbox/log").text


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 40])
def test_a_broken_page_key_begins_anew(told, log_in, before):
    family, _ = told
    assert log_in(family.account).get(f"/inbox?before={before}").status_code == 200


def test_acts_of_a_parent_have_words(told, session):
    acts = set(session.scalars(select(Event.act)))
    assert acts
    assert all(act_words(act) != "An action in the account" for act in acts)
