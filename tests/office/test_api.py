"""The REST interface: the same rows, permissions, services and refusals as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app import clock
from app.db import unit_of_work
from app.extensions import db
from app.models import Claim
from app.models.enums import ClaimStatus, Role
from app.services import claims
from app.services.access import Actor

FILER = Actor(roles=frozenset({Role.PARENT, Role.ADMIN}))


@pytest.fixture
def token(app: Any, town: Any) -> Callable[[Role], dict[str, str]]:
    """Headers of a call in the name of the role's account."""

    def give(role: Role | str) -> dict[str, str]:
        from flask_jwt_extended import create_access_token

        with app.app_context():
            value = create_access_token(identity=str(town.accounts[str(role)]), fresh=True)
        return {"Authorization": f"Bearer {value}", "Accept-Language": "en"}

    return give


@pytest.fixture
def claimed(app: Any, town: Any) -> dict[str, int]:
    """A claim in each of the two towns."""
    with app.app_context(), unit_of_work() as session:
        return {
            name: claims.claim(
                session, FILER, town.ids[f"{name}_bulletin"], town.ids[f"{name}_application"], clock.now()
            )
            for name in ("own", "foreign")
        }


@pytest.fixture
def api(app: Any) -> Any:
    return app.test_client()


READABLE = ["application", "bulletin", "claim", "referral", "contract", "stop_list", "group", "kindergarten"]


@pytest.mark.parametrize("subject", READABLE)
def test_every_subject_can_be_listed(api, token, claimed, subject):
    answer = api.get(f"/api/v1/{subject}/", headers=token(Role.AUDITOR))
    assert answer.status_code == 200, answer.text
    for row in answer.json["result"]:
        assert api.get(f"/api/v1/{subject}/{row['id']}", headers=token(Role.AUDITOR)).status_code == 200


def test_a_list_holds_the_own_rows_alone(api, token, claimed, town):
    rows = api.get("/api/v1/claim/", headers=token(Role.HEAD)).json["result"]
    assert [row["id"] for row in rows] == [claimed["own"]]
    assert rows[0]["status"] == "waiting"
    assert rows[0]["kindergarten"] == {"id": town.own_kindergarten}
    assert api.get(f"/api/v1/claim/{claimed['foreign']}", headers=token(Role.HEAD)).status_code == 404


def test_without_a_token_nothing(api, town, claimed):
    for answer in (api.get("/api/v1/claim/"), api.post(f"/api/v1/claim/{claimed['own']}/activate", json={})):
        assert answer.status_code == 401
        assert answer.json["error"] == "NO_TOKEN"


def test_an_act_is_done_once(api, token, claimed, app):
    address = f"/api/v1/claim/{claimed['own']}/activate"
    first = api.post(address, json={}, headers=token(Role.HEAD))
    assert first.status_code == 200, first.text
    assert first.json["result_id"]
    again = api.post(address, json={}, headers=token(Role.HEAD))
    assert (again.status_code, again.json["error"]) == (409, "STALE")
    assert "The data changed" in again.json["message"]


def test_an_act_needs_its_fields(api, token, claimed, app):
    address = f"/api/v1/claim/{claimed['own']}/decline"
    bare = api.post(address, json={}, headers=token(Role.HEAD))
    assert (bare.status_code, bare.json["error"]) == (422, "INVALID")
    assert "decline_reason" in bare.json["fields"]
    unknown = api.post(address, json={"decline_reason": "whim"}, headers=token(Role.HEAD))
    assert unknown.status_code == 422
    assert api.post(address, data="[1]", headers=token(Role.HEAD), content_type="application/json").status_code == 400
    assert api.post(address, json={"decline_reason": "no_group"}, headers=token(Role.HEAD)).status_code == 200
    with app.app_context():
        assert db.session.get_one(Claim, claimed["own"]).status is ClaimStatus.DECLINED


def test_who_may_not_is_told_so(api, token, claimed):
    body = {"decline_reason": "no_group"}
    address = f"/api/v1/claim/{claimed['own']}/decline"
    assert api.post(address, json=body, headers=token(Role.DEPARTMENT)).status_code == 403
    assert api.post(address, json=body, headers=token(Role.AUDITOR)).status_code == 403
    assert api.post(f"/api/v1/claim/{claimed['own']}/explode", headers=token(Role.HEAD)).status_code == 404
    assert api.post(f"/api/v1/bulletin/{claimed['own']}/activate", headers=token(Role.HEAD)).status_code == 404


def test_the_neighbours_row_is_404_and_stays(api, token, claimed, app):
    address = f"/api/v1/claim/{claimed['foreign']}/activate"
    assert api.post(address, json={}, headers=token(Role.HEAD)).status_code == 404
    with app.app_context():
        assert db.session.get_one(Claim, claimed["foreign"]).status is ClaimStatus.WAITING


def test_reading_an_application_is_recorded(api, token, town, app):
    from sqlalchemy import func, select

    from app.models import Event

    address = f"/api/v1/application/{town.own_application}"
    assert api.get(address, headers=token(Role.DEPARTMENT)).status_code == 200
    assert api.get(f"/api/v1/application/{town.foreign_application}", headers=token(Role.DEPARTMENT)).status_code == 404
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Event.act == "open_file")) == 1
