"""Two readers at once (defect B): FAB keeps the filters of a request on the shared view, ours do not.

A barrier holds both requests between "filters set" and "rows asked", so the plain view fails every time
and the test of ours could fail too.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fab.toy import PASSWORD

ROUNDS = 8
LIST = "/office/{view}/list/?_flt_0_name=room%20{number}"
REST = "/api/v1/{view}/?q=(filters:!((col:name,opr:ct,value:'room%20{number}')))"


def meet(monkeypatch, instance, method: str) -> None:
    """Makes every call of the view's method wait for a second one."""
    barrier = threading.Barrier(2)
    original = getattr(instance, method)

    def wait_and_go(*args, **kwargs):
        barrier.wait(timeout=10)
        return original(*args, **kwargs)

    monkeypatch.setattr(instance, method, wait_and_go)


def wrong_answers(get) -> int:
    """How many of the answers to two different questions asked at once hold the other's row."""
    wrong = 0
    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            answers = list(pool.map(get, (1, 2)))
            wrong += sum(
                f"room {own}" not in text or f"room {other}" in text
                for own, other, text in ((1, 2, answers[0]), (2, 1, answers[1]))
            )
    return wrong


def view_of(toy, name: str):
    return next(view for view in toy.extensions["appbuilder"].baseviews if type(view).__name__ == name)


@pytest.mark.parametrize(("name", "spoiled"), [("PlainRoomView", True), ("RoomView", False)])
def test_lists_at_once(toy, monkeypatch, name, spoiled):
    def get(number: int) -> str:
        client = toy.test_client()
        client.post("/office/login/", data={"username": "chief", "password": PASSWORD})
        page = client.get(LIST.format(view=name.lower(), number=number)).text
        return page.split("<tbody")[-1]  # the rows; the search box repeats the question

    meet(monkeypatch, view_of(toy, name), "_get_list_widget")
    assert (wrong_answers(get) > 0) is spoiled


@pytest.mark.parametrize(
    ("name", "resource", "spoiled"), [("PlainRoomApi", "plainroom", True), ("RoomApi", "room", False)]
)
def test_rest_at_once(toy, monkeypatch, token_of, name, resource, spoiled):
    token = token_of("chief")
    api = view_of(toy, name)
    # Between clearing and adding a filter FAB's one list of filters belongs to whoever comes last.
    meet(monkeypatch, api, "_handle_order_args")
    broken = api._handle_filters_args

    def set_then_read(args):
        broken(args)
        api._handle_order_args({})
        return api._filters.get_joined_filters(api._base_filters)

    monkeypatch.setattr(api, "_handle_filters_args", set_then_read)

    def get(number: int) -> str:
        return toy.test_client().get(REST.format(view=resource, number=number), headers=token).text

    assert (wrong_answers(get) > 0) is spoiled
