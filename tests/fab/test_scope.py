"""A keeper and the neighbour's rows: every road ends in 404, and nothing changes (defects A and C)."""

from __future__ import annotations

import pytest

from tests.fab.toy import House, Room, RoomState

OWN, FOREIGN = 1, 4


def state_of(toy, number: int) -> RoomState:
    from app.extensions import db

    with toy.app_context():
        return db.session.get(Room, number).state


def test_list_holds_own_rows_alone(as_user):
    page = as_user("keeper1").get("/office/roomview/list/").text
    assert "room 3" in page
    assert "room 4" not in page


@pytest.mark.parametrize("road", ["show", "edit"])
def test_page_of_a_foreign_row_is_not_there(as_user, road):
    client = as_user("keeper1")
    assert client.get(f"/office/roomview/{road}/{OWN}").status_code == 200
    assert client.get(f"/office/roomview/{road}/{FOREIGN}").status_code == 404


@pytest.mark.parametrize("key", ["0", "abc", "99999999999999999999", "-1", "1%00"])
def test_impossible_keys_are_not_there(as_user, key):
    assert as_user("keeper1").get(f"/office/roomview/show/{key}").status_code == 404


def test_edit_and_delete_of_a_foreign_row_change_nothing(as_user, toy):
    from app.extensions import db

    client = as_user("keeper1")
    data = {"name": "stolen", "house": "1"}
    assert client.post(f"/office/roomview/edit/{FOREIGN}", data=data).status_code == 404
    assert client.post(f"/office/roomview/delete/{FOREIGN}").status_code == 404
    assert client.post(f"/office/roomview/delete/{OWN}").status_code == 302
    with toy.app_context():
        assert db.session.get(Room, FOREIGN).name == f"room {FOREIGN}"
        assert db.session.get(Room, OWN) is None


def test_single_action_stops_at_the_scope(as_user, toy):
    client = as_user("keeper1")
    assert client.post(f"/office/roomview/action/open/{FOREIGN}").status_code == 404
    assert state_of(toy, FOREIGN) is RoomState.WAITING
    answer = client.post(f"/office/roomview/action/open/{OWN}")
    assert answer.location == "/office/roomview/list/"
    assert state_of(toy, OWN) is RoomState.ACTIVATED


def test_bulk_action_with_one_foreign_row_does_nothing_at_all(as_user, toy):
    client = as_user("keeper1")
    mixed = {"action": "open", "rowid": [str(OWN), str(FOREIGN)]}
    assert client.post("/office/roomview/action_post", data=mixed).status_code == 404
    assert state_of(toy, OWN) is RoomState.WAITING
    assert client.post("/office/roomview/action_post", data={"action": "open", "rowid": ["1", "2"]}).status_code == 302
    assert state_of(toy, 2) is RoomState.ACTIVATED


def test_actions_are_known_posted_and_bounded(as_user):
    client = as_user("keeper1")
    assert client.get(f"/office/roomview/action/open/{OWN}").status_code == 405
    assert client.post(f"/office/roomview/action/nothing/{OWN}").status_code == 404
    assert client.post("/office/roomview/action_post", data={"action": "single", "rowid": "1"}).status_code == 404
    none = client.post("/office/roomview/action_post", data={"action": "open"}, follow_redirects=True)
    assert "Select at least one row." in none.text
    many = {"action": "open", "rowid": [str(number) for number in range(501)]}
    assert client.post("/office/roomview/action_post", data=many).status_code == 400


def test_after_an_action_the_reader_is_back_on_the_same_list(as_user):
    client = as_user("keeper1")
    client.get("/office/houseview/list/")
    client.get("/office/roomview/list/?q=room")
    assert client.post("/office/roomview/action/open/1").location == "/office/roomview/list/?q=room"


def test_form_refuses_a_foreign_relation(as_user, toy):
    from app.extensions import db

    client = as_user("keeper1")
    page = client.post("/office/roomview/add", data={"name": "smuggled", "house": "2"})
    assert "Choose a value from the list." in page.text
    assert 'value="smuggled"' in page.text
    assert client.post("/office/roomview/add", data={"name": "no house", "house": ""}).status_code == 200
    assert client.post("/office/roomview/add", data={"name": "honest", "house": "1"}).status_code == 302
    with toy.app_context():
        names = {name for (name,) in db.session.query(Room.name).filter(Room.id > 100)}
    assert names == {"honest"}


def test_relation_in_the_address_of_the_add_form_is_checked_too(as_user, toy):
    from app.extensions import db

    client = as_user("keeper1")
    assert client.get("/office/roomview/add?_flt_0_house=2").status_code == 404
    assert client.post("/office/roomview/add?_flt_0_house=1", data={"name": "given"}).status_code == 302
    with toy.app_context():
        assert db.session.query(Room).filter_by(name="given").one().house_id == 1


def test_lookup_offers_visible_rows_alone(as_user):
    found = as_user("keeper1").get("/office/houseview/lookup?term=house").json
    assert found == {"results": [{"id": 1, "text": "House 1"}], "pagination": {"more": False}}


def test_related_list_keeps_the_scope_and_asks_for_permission(as_user, toy):
    client = as_user("keeper1")
    page = client.get("/office/housewithroomsview/show/1").text
    assert "room 1" in page
    assert "room 4" not in page
    assert client.get("/office/housewithroomsview/show/2").status_code == 404


def test_export_keeps_the_scope(as_user):
    text = as_user("keeper1").get("/office/roomview/export.csv").text
    assert "room 3" in text
    assert "room 4" not in text


def test_rest_stops_at_the_scope(toy, token_of):
    client, token = toy.test_client(), token_of("keeper1")
    assert client.get(f"/api/v1/room/{OWN}", headers=token).status_code == 200
    assert client.get(f"/api/v1/room/{FOREIGN}", headers=token).status_code == 404
    assert client.put(f"/api/v1/room/{FOREIGN}", headers=token, json={"name": "stolen"}).status_code == 404
    assert client.delete(f"/api/v1/room/{FOREIGN}", headers=token).status_code == 404
    assert client.get("/api/v1/room/", headers=token).json["ids"] == [3, 2, 1]


def test_a_token_counts_more_than_a_session_of_somebody_else(as_user, token_of):
    answer = as_user("keeper2").get("/api/v1/room/", headers=token_of("keeper1"))
    assert answer.json["ids"] == [3, 2, 1]


def test_rest_refuses_a_foreign_key_of_the_neighbour(toy, token_of):
    from app.extensions import db

    client, token = toy.test_client(), token_of("keeper1")
    answer = client.post("/api/v1/room/", headers=token, json={"name": "smuggled", "house": 2})
    assert answer.status_code == 422
    assert "house" in answer.json["message"]
    assert client.put(f"/api/v1/room/{OWN}", headers=token, json={"house": 2}).status_code == 422
    assert client.post("/api/v1/room/", headers=token, json={"name": "honest", "house": 1}).status_code == 201
    assert client.put(f"/api/v1/room/{OWN}", headers=token, json={"name": "renamed"}).status_code == 200
    with toy.app_context():
        assert db.session.query(Room).filter_by(house_id=2).count() == 3
        assert db.session.get(Room, OWN).name == "renamed"


def test_rest_offers_only_visible_related_rows(toy, token_of):
    question = "/api/v1/room/_info?q=(keys:!(add_columns))"
    columns = toy.test_client().get(question, headers=token_of("keeper1")).json["add_columns"]
    house = next(column for column in columns if column["name"] == "house")
    assert [row["value"] for row in house["values"]] == ["House 1"]
    assert {column["description"] for column in columns} == {""}


def test_files_are_not_served_by_name(as_user):
    assert as_user("chief").get("/office/roomview/download/anything.pdf").status_code == 404


def test_the_scope_is_what_stops_the_keeper(as_user, toy):
    """The same roads are open to somebody who sees the row: it is the scope that closes them."""
    client = as_user("chief")
    assert client.get(f"/office/roomview/show/{FOREIGN}").status_code == 200
    assert client.post(f"/office/roomview/action/open/{FOREIGN}").status_code == 302
    assert state_of(toy, FOREIGN) is RoomState.ACTIVATED
    assert House.__tablename__ == "toy_house"
