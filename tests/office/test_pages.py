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
