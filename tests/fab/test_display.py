"""What a list shows: chips, local times, masked IINs; and what its file holds."""

from __future__ import annotations

import datetime as dt

import pytest

from app.views.fab.display import chip_kind, mask_iin
from app.views.fab.export import csv_line, harmless

LIST = "/office/roomview/list/"


def test_list_masks_the_iin_and_the_page_of_one_row_does_not(as_user):
    client = as_user("keeper1")
    assert "060413500123" not in client.get(LIST).text
    assert "0604•••••••3" in client.get(LIST).text
    assert "060413500123" in client.get("/office/roomview/show/1").text


def test_rest_list_masks_the_iin(toy, token_of):
    answer = toy.test_client().get("/api/v1/room/", headers=token_of("keeper1"))
    assert answer.json["result"][0]["iin"] == "0604•••••••3"


def test_states_are_chips_with_words_and_moments_are_local(as_user):
    page = as_user("keeper1").get(LIST).text
    assert 'class="chip soon"' in page
    assert "Awaiting activation</span>" in page
    assert "20.11.2026 18:00" in page  # 13:00 UTC


@pytest.mark.parametrize("cell", ["=1+1", "+77010000000", "-5", "@sum", "\t=1", "\r=1", " =1"])
def test_formulas_are_made_harmless(cell):
    assert harmless(cell) == f"'{cell}"
    assert harmless("House 1 = mine") == "House 1 = mine"


def test_file_has_labels_masks_and_local_times(as_user, toy):
    answer = as_user("keeper1").get("/office/roomview/export.csv?q=room+1")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Name;Iin;State")
    assert lines[1:] == ["room 1;0604•••••••3;Awaiting activation;House 1;20.11.2026 18:00;20.11.2026"]
    assert answer.headers["Content-Disposition"].endswith('.csv"')


def test_file_is_read_in_strides_to_the_limit(as_user, toy, statements, monkeypatch):
    from tests.fab.test_threads import view_of

    view = view_of(toy, "RoomView")
    monkeypatch.setattr(view, "export_stride", 2)
    monkeypatch.setattr(view, "export_limit", 5)
    client = as_user("chief")
    with statements() as seen:
        rows = client.get("/office/roomview/export.csv").text.splitlines()[1:]
    assert [row.split(";")[0] for row in rows] == [f"room {number}" for number in range(1, 6)]
    reads = [sql for sql in seen if "FROM toy_room" in sql]
    assert len(reads) == 3
    assert not any("OFFSET" in sql for sql in reads)


def test_export_needs_its_permission(as_user, toy):
    from app.extensions import db

    client = as_user("keeper1")
    with toy.app_context():
        sm = toy.extensions["appbuilder"].sm
        link = sm.find_permission_view_menu("can_export", "RoomView")
        sm.del_permission_role(sm.find_role("Kindergarten head"), link)
        db.session.remove()
    try:
        assert client.get("/office/roomview/export.csv").status_code == 403
        assert "export.csv" not in client.get(LIST).text
    finally:
        with toy.app_context():
            sm.add_permission_role(
                sm.find_role("Kindergarten head"), sm.find_permission_view_menu("can_export", "RoomView")
            )


def test_mask_and_chip_of_odd_values():
    assert mask_iin(None) == "–"
    assert mask_iin("12345") == "12345"
    assert chip_kind("activated") == "ok"
    assert chip_kind("draft") == ""
    assert csv_line(["a;b", 'c"d']) == '"a;b";"c""d"\r\n'
    assert dt.date(2026, 11, 20).isoformat() == "2026-11-20"


def test_every_word_of_fab_is_marked_for_our_catalogues():
    """An upgrade of FAB that brings new words fails here, not on an official's screen."""
    from pathlib import Path

    import flask_appbuilder
    from babel.messages.extract import extract_from_dir

    from app.views.fab.words import FAB_WORDS

    root = Path(flask_appbuilder.__file__).parent
    marks = {"_": None, "gettext": None, "__": None, "lazy_gettext": None, "lazy_formatter_gettext": None}
    found = extract_from_dir(root, [("**.py", "python"), ("**.html", "jinja2")], keywords=marks)
    words = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}
    assert words - {""} <= set(FAB_WORDS)
