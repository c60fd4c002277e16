"""What a reader gets when something is refused or fails."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app import create_app
from app.extensions import db
from app.rules.verdict import RuleBroken
from app.services.access import Forbidden, OutOfReach


@pytest.fixture
def failing(database_url, redis_url):
    """The product with a few routes that fail in ways a real one could."""
    app = create_app(SQLALCHEMY_DATABASE_URI=database_url, REDIS_URL=redis_url, DEMO=True, TESTING=True)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken_database():
        db.session.execute(text("SELECT 1 / (SELECT 0 WHERE '820101300123' <> '')"))

    def refused():
        raise RuleBroken("EXTEND_USED")

    def raising(error):
        def view():
            raise error

        return view

    views = {
        "database": broken_database,
        "rule": refused,
        "reach": raising(OutOfReach("x")),
        "forbidden": raising(Forbidden("x")),
        "bug": raising(KeyError("820101300123")),
    }
    for name, view in views.items():
        app.add_url_rule(f"/fails/{name}", f"fails_{name}", view)
        app.add_url_rule(f"/api/v1/fails/{name}", f"api_fails_{name}", view)
    return app.test_client()


@pytest.mark.parametrize(
    ("name", "status"), [("database", 500), ("bug", 500), ("rule", 409), ("reach", 404), ("forbidden", 403)]
)
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_page_in_the_readers_language_and_never_a_trace(failing, name, status, language):
    answer = failing.get(f"/fails/{name}?lang={language}")
    assert answer.status_code == status
    assert f'lang="{language}"' in answer.text
    assert "Traceback" not in answer.text
    assert "820101300123" not in answer.text


@pytest.mark.parametrize(("name", "status", "code"), [("rule", 409, "EXTEND_USED"), ("database", 500, "SERVER")])
def test_the_api_answers_in_json(failing, name, status, code):
    answer = failing.get(f"/api/v1/fails/{name}")
    assert (answer.status_code, answer.json["error"]) == (status, code)


def test_a_failures_number_is_on_the_page_and_in_the_log_without_what_was_typed(failing, caplog):
    answer = failing.get("/fails/bug?lang=en")
    (line,) = [row.getMessage() for row in caplog.records if "failure" in row.getMessage()]
    assert line.split()[1] in answer.text
    assert "KeyError" in line
    assert "820101300123" not in line


def test_an_unknown_address_is_a_page_of_ours(failing):
    answer = failing.get("/no-such-page?lang=ru")
    assert answer.status_code == 404
    assert 'lang="ru"' in answer.text
