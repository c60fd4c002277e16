"""Lists on a million rows: bounded counts, pages and statements; nothing in the address can break them."""

from __future__ import annotations

import pytest
from flask_appbuilder.models.sqla.interface import SQLAInterface

from app.views.base import OfficeModelView
from tests.fab.test_threads import view_of
from tests.fab.toy import House, Room

LIST = "/office/roomview/list/"


@pytest.fixture
def many_rooms(toy):
    from app.db import unit_of_work

    with toy.app_context(), unit_of_work() as session:
        session.add_all(House(id=number, name=f"House {number}") for number in range(10, 40))
        session.flush()
        session.add_all(Room(id=1000 + n, name=f"crowd {n:03}", house_id=10 + n % 30) for n in range(150))


def test_count_is_capped_and_says_so(as_user, toy, many_rooms, monkeypatch, statements):
    monkeypatch.setattr(view_of(toy, "RoomView").datamodel, "count_cap", 100)
    client = as_user("chief")
    with statements() as seen:
        page = client.get(LIST).text
    assert "Rows: 100 or more" in page
    counts = [sql for sql in seen if "count(" in sql.lower()]
    assert len(counts) == 1
    assert "LIMIT" in counts[0]


def test_small_counts_are_exact(as_user):
    assert "Rows: 3<" in as_user("keeper1").get(LIST).text


def test_page_size_is_clamped(as_user, many_rooms):
    page = as_user("chief").get(f"{LIST}?psize_RoomView=100000").text
    assert page.count('data-l="Name"') == 100


def test_page_number_is_clamped_at_the_cap(as_user, toy, many_rooms, monkeypatch, statements):
    monkeypatch.setattr(view_of(toy, "RoomView").datamodel, "count_cap", 100)
    client = as_user("chief")
    with statements() as seen:
        assert client.get(f"{LIST}?page_RoomView=999999999").status_code == 200
    assert any("OFFSET" in sql for sql in seen)
    assert client.get(f"{LIST}?page_RoomView=3").text.count('data-l="Name"') == 25


def test_list_needs_as_many_statements_for_a_hundred_rows_as_for_three(as_user, many_rooms, statements):
    client, sizes = as_user("chief"), []
    client.get(LIST)
    for size in (3, 100):
        with statements() as seen:
            client.get(f"{LIST}?psize_RoomView={size}")
        sizes.append(len(seen))
    assert sizes[0] == sizes[1] <= 5, sizes


def test_permissions_cost_one_statement_a_request(as_user, statements):
    client = as_user("keeper1")
    with statements() as seen:
        client.get(LIST)
    assert len([sql for sql in seen if "ab_permission_view" in sql]) == 1


def test_rest_list_has_no_statement_per_row(toy, many_rooms, token_of, statements):
    client, token, sizes = toy.test_client(), token_of("chief"), []
    for size in (3, 90):
        with statements() as seen:
            assert len(client.get(f"/api/v1/room/?q=(page_size:{size})", headers=token).json["result"]) == size
        sizes.append(len(seen))
    assert sizes[0] == sizes[1], sizes


def test_rest_page_size_and_count_are_bounded(toy, many_rooms, token_of, monkeypatch):
    monkeypatch.setattr(view_of(toy, "RoomApi").datamodel, "count_cap", 120)
    answer = toy.test_client().get("/api/v1/room/?q=(page_size:1000)", headers=token_of("chief")).json
    assert len(answer["result"]) == 100
    assert (answer["count"], answer["count_capped"]) == (120, True)


@pytest.mark.parametrize(
    "nonsense",
    [
        "page_RoomView=abc",
        "page_RoomView=-5",
        "psize_RoomView=0",
        "psize_RoomView=x",
        "_oc_RoomView=house.name&_od_RoomView=asc",
        "_oc_RoomView=nothing&_od_RoomView=desc",
        "_flt_9_name=x",
        "_flt_0_nothing=1",
        "f_opened_on=tomorrow",
        "f_state=sleeping",
        "f_house=99999999999999999999",
        "f_name=%00",
        "q=%00%25_",
        "o_name=77&f_name=room",
    ],
)
def test_nonsense_in_the_address_breaks_nothing(as_user, nonsense):
    assert as_user("keeper1").get(f"{LIST}?{nonsense}").status_code == 200


@pytest.mark.parametrize(
    "nonsense",
    [
        "(filters:!((col:opened_on,opr:gt,value:tomorrow)))",
        "(filters:!((col:id,opr:eq,value:99999999999999999999)))",
        "(filters:!((col:house,opr:rel_o_m,value:1)))",
        "(order_column:iin,order_direction:asc)",
    ],
)
def test_nonsense_in_a_rest_question_is_refused_or_empty(toy, token_of, nonsense):
    answer = toy.test_client().get(f"/api/v1/room/?q={nonsense}", headers=token_of("keeper1"))
    assert answer.status_code in (200, 400)


def test_order_only_by_the_named_columns(as_user, statements):
    client = as_user("keeper1")
    with statements() as seen:
        client.get(f"{LIST}?_oc_RoomView=iin&_od_RoomView=asc")
    assert not any("ORDER BY toy_room.iin" in sql for sql in seen)
    page = client.get(f"{LIST}?_oc_RoomView=name&_od_RoomView=asc").text
    assert page.index("room 1") < page.index("room 3")


def test_search_box_and_filters(as_user):
    client = as_user("keeper1")

    def rows(question: str) -> set[int]:
        page = client.get(f"{LIST}?{question}").text
        return {number for number in range(1, 7) if f">room {number}<" in page}

    assert rows("q=OOM 2") == {2}
    assert rows("q=%25") == set()
    assert rows("f_name=room+3&o_name=2") == {3}
    assert rows("f_state=activated") == set()
    assert rows("f_state=waiting") == {1, 2, 3}
    assert rows("f_opened_on=2026-11-20") == {1, 2, 3}
    assert rows("f_house=1") == {1, 2, 3}


def test_related_table_never_stands_in_a_select(toy):
    class HungryView(OfficeModelView):
        datamodel = SQLAInterface(Room)
        add_columns = edit_columns = ["name", "house"]

    with pytest.raises(TypeError, match="ajax_columns"):
        HungryView()


def test_lookup_is_paged(as_user, many_rooms):
    client = as_user("chief")
    first = client.get("/office/houseview/lookup").json
    second = client.get("/office/houseview/lookup?page_lookup=1").json
    assert len(first["results"]) == 20
    assert first["pagination"]["more"] is True
    assert not {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}


def test_only_indexes_that_keep_order_allow_sorting():
    from app.models import Child, Kindergarten
    from app.views.fab.interface import is_indexed

    assert is_indexed(Child, "id")
    assert is_indexed(Child, "iin")
    assert is_indexed(Kindergarten, "locality_id")
    assert not is_indexed(Child, "search_key")  # trigrams
    assert not is_indexed(Child, "surname")
    assert not is_indexed(Child, "birth_year")
