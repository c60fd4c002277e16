"""A crowd that comes too late gets a short answer from memory; whoever holds a place is led on as always."""

from __future__ import annotations

from typing import Any

import pytest
from flask import g
from sqlalchemy import event

from app import clock
from app.extensions import db
from app.models.enums import Role
from app.views.public import late_crowd
from tests import factories as make

SHORT = "You keep your place in the queue. New bulletins appear every day."


class Family:
    def __init__(self, place: Any) -> None:
        self.person = make.person()
        self.account = make.account(Role.PARENT, self.person)
        self.application = make.application(place, self.person)


@pytest.fixture
def scene(session: Any, client: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two families, one place, a way to click as either; all clicks fall into one moment, however slow the machine."""
    at = clock.machine_now()
    monkeypatch.setattr(clock, "machine_now", lambda: at)
    place = make.locality()
    group = make.group(make.kindergarten(place))
    early, late = Family(place), Family(place)
    bulletin = make.open_bulletin(group, 1, publish=False)
    bulletin.status, bulletin.published_at = "open", make.NOON
    session.commit()
    path, ids = f"/bulletins/{bulletin.id}/claim", {id(f): f.application.id for f in (early, late)}
    accounts = {id(f): str(f.account.id) for f in (early, late)}

    def click(family: Family) -> Any:
        for key in list(g):
            g.pop(key)
        with client.session_transaction() as browser:
            browser.clear()
            browser["_user_id"], browser["_fresh"] = accounts[id(family)], True
        client.set_cookie("lang", "en")
        return client.post(path, data={"application": ids[id(family)]})

    return click, early, late


def statements_of(act: Any) -> int:
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_few_are_shown_what_else_fits_and_a_crowd_gets_the_short_answer(scene):
    click, early, late = scene
    assert click(early).status_code == 303
    few = [click(late) for _ in range(late_crowd.CROWD)]
    assert {answer.status_code for answer in few} == {409}
    assert all(late.application.child.given_name in answer.text for answer in few), "the page of this very family"
    crowd = click(late)
    assert (crowd.status_code, SHORT in crowd.text) == (409, True)
    assert crowd.headers["Cache-Control"] == "no-store"


def test_the_short_answer_asks_the_database_nothing_and_tells_of_nobody(scene):
    click, early, late = scene
    click(early)
    for _ in range(late_crowd.CROWD):
        click(late)
    name = late.application.child.given_name
    answers: list[Any] = []
    assert statements_of(lambda: answers.append(click(late))) == 0
    assert name not in answers[0].text
    assert "csrf_token" not in answers[0].text


def test_whoever_holds_the_place_is_led_to_the_claim_in_the_crowd_too(scene):
    click, early, late = scene
    first = click(early).headers["Location"]
    for _ in range(late_crowd.CROWD + 1):
        click(late)
    again = click(early)
    assert (again.status_code, again.headers["Location"]) == (303, first)


def test_what_is_remembered_is_looked_at_again_after_a_second(scene, session, monkeypatch):
    click, early, late = scene
    click(early)
    for _ in range(late_crowd.CROWD):
        click(late)
    later = clock.machine_now() + 2 * late_crowd.REMEMBERED
    monkeypatch.setattr(clock, "machine_now", lambda: later)
    assert statements_of(lambda: click(late)) > 0
