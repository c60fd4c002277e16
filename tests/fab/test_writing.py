"""Writes: one unit of work each, reasons in words and never in SQL (defect E), stale forms refused."""

from __future__ import annotations

import logging
import re

import pytest

from tests.fab.toy import Room, RoomView

SECRET_NAME = "room 2"
GIVEAWAYS = ("INSERT", "UPDATE", "parameters", "psycopg", "uq_", "toy_room", "DETAIL")


def room(toy, number: int) -> Room:
    from app.extensions import db

    with toy.app_context():
        return db.session.get(Room, number)


@pytest.mark.parametrize("road", ["add", "edit/1"])
def test_a_database_refusal_shows_no_sql_and_keeps_the_typed_text(as_user, toy, caplog, road):
    client = as_user("keeper1")
    with caplog.at_level(logging.DEBUG):
        # House 2's room has the same name: FAB's Unique check would betray nothing else either.
        page = client.post(f"/office/roomview/{road}", data={"name": "x" * 51, "house": "1"})
    assert page.status_code == 200
    assert "x" * 51 in page.text
    assert not [word for word in GIVEAWAYS if word in page.text]


def test_a_constraint_race_shows_and_logs_no_sql(as_user, toy, caplog, monkeypatch):
    """The other row appears after the form was checked: only the database still sees the clash."""
    monkeypatch.setattr("flask_appbuilder.validators.Unique.__call__", lambda self, form, field: None)
    client = as_user("keeper1")
    with caplog.at_level(logging.DEBUG):
        page = client.post("/office/roomview/add", data={"name": "room 5", "house": "1"})
    assert "Not saved: the same record exists already" in page.text
    assert not [word for word in GIVEAWAYS if word in page.text]
    assert "toy_room_name_key" in caplog.text  # the constraint is named for the operator,
    assert "room 5" not in caplog.text  # the data are not


def test_rest_shows_no_sql_either(toy, token_of):
    answer = toy.test_client().post("/api/v1/room/", headers=token_of("keeper1"), json={"name": "room 5", "house": 1})
    assert answer.status_code == 422
    assert not [word for word in GIVEAWAYS if word in answer.text]


def test_a_broken_rule_is_told_in_words_and_saves_nothing(as_user, toy):
    page = as_user("keeper1").post("/office/roomview/edit/1", data={"name": "forbidden", "house": "1"})
    assert "sentence of NO_SUCH_NAME" in page.text
    assert room(toy, 1).name == "room 1"
    assert RoomView.changes == []


def test_each_write_reports_what_changed_inside_its_unit_of_work(as_user):
    client = as_user("keeper1")
    client.post("/office/roomview/edit/1", data={"name": "new name", "house": "1"})
    client.post("/office/roomview/delete/2")
    verbs = [(verb, number) for verb, number, _, _ in RoomView.changes]
    assert verbs == [("changed", 1), ("deleted", 2)]
    assert RoomView.changes[0][2:] == ({"name": "room 1"}, {"name": "new name"})
    assert RoomView.changes[1][2]["iin"] == "060413500123"


def test_a_form_that_stood_open_too_long_is_refused(as_user, toy):
    client = as_user("keeper1")
    seen = re.search(r'name="row_seen" value="(\w+)"', client.get("/office/roomview/edit/1").text)[1]
    first = {"name": "first tab", "house": "1", "row_seen": seen}
    assert client.post("/office/roomview/edit/1", data=first).status_code == 302
    late = client.post("/office/roomview/edit/1", data={**first, "name": "second tab"})
    assert "sentence of STALE" in late.text
    assert room(toy, 1).name == "first tab"


def test_delete_is_posted(as_user, toy):
    assert as_user("keeper1").get("/office/roomview/delete/1").status_code == 405
    assert room(toy, 1) is not None


def test_moments_and_dates_are_typed_in_local_form(as_user, toy):
    client = as_user("keeper1")
    assert 'value="2026-11-20"' in client.get("/office/roomview/edit/1").text
    client.post("/office/roomview/edit/1", data={"name": "room 1", "house": "1", "opened_on": "2026-12-01"})
    assert room(toy, 1).opened_on.isoformat() == "2026-12-01"
