"""Every generated list, page and form answers, in every language, for those who may open it."""

from __future__ import annotations

import pytest

from app.models.enums import Role

LISTS = [
    "applications",
    "bulletins",
    "claims",
    "referrals",
    "vouchers",
    "contracts",
    "documents",
    "stop-list",
    "enrolments",
    "children",
    "guardians",
    "guardianships",
    "groups",
    "kindergartens",
    "localities",
    "benefit-categories",
    "holidays",
    "rule-sets",
    "rule-overrides",
    "messages",
    "deliveries",
    "events",
    "invariants",
    "job-runs",
    "users",
    "roles",
]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_list_opens(enter, name, language):
    answer = enter(Role.AUDITOR).get(f"/office/{name}/list/?lang={language}")
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{language}">' in answer.text


STAFF = [Role.ADMIN, Role.DEPARTMENT, Role.REVIEWER, Role.HEAD, Role.METHODIST, Role.SUPPORT, Role.AUDITOR]


@pytest.mark.parametrize("role", STAFF)
def test_the_desk_opens_for_everybody(enter, role):
    client = enter(role)
    assert client.get("/office/").location == "/office/desk/today"
    answer = client.get("/office/desk/today?lang=ru")
    assert answer.status_code == 200, answer.text


def test_a_parent_finds_no_office(enter):
    client = enter(Role.PARENT)
    assert client.get("/office/desk/today").status_code == 403
    assert client.get("/office/applications/list/").status_code == 403


def test_the_board_shows_the_own_kindergarten(enter, town):
    page = enter(Role.HEAD).get("/office/board/?lang=en").text
    assert page.count('class="s-p"') == 5
    assert page.count('class="s-f"') == 5
    assert "Publish 5 places" in page
    assert enter(Role.HEAD).get(f"/office/board/?kindergarten={town.foreign_kindergarten}").status_code == 404
    everything = enter(Role.AUDITOR).get("/office/board/").text
    assert "«own»" in everything
    assert "«foreign»" in everything


def test_the_forms_open(enter, town):
    admin = enter(Role.ADMIN)
    for name in ("kindergartens", "groups", "children", "guardians", "guardianships", "benefit-categories"):
        assert admin.get(f"/office/{name}/add").status_code == 200, name
    for name in ("holidays", "users"):
        assert admin.get(f"/office/{name}/add").status_code == 200, name
    for name, row in (("kindergartens", town.own_kindergarten), ("groups", town.own_group)):
        assert admin.get(f"/office/{name}/edit/{row}").status_code == 200, name
    for name, row in (("children", town.own_child), ("guardians", town.own_guardian)):
        assert admin.get(f"/office/{name}/edit/{row}").status_code == 200, name
