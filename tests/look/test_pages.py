"""The parts as pages: what a screen reader meets, what a page shows without its context."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from tests.look.toy import make_toy

CODES = [400, 403, 404, 413, 429, 500]
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(HTMLParser):
    """Tags with their attributes, and whether every tag is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _, attrs in self.tags if attribute in attrs]


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return make_toy().test_client()


def page(client: FlaskClient, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200
    return Page(answer.text)


ADDRESSES = ["/style?lang=kk", "/style?lang=ru", "/style?lang=en", "/style?wrong=1", *(f"/errors/{n}" for n in CODES)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_markup_is_whole(client: FlaskClient, address: str) -> None:
    found = page(client, address)
    assert found.crossed == []
    assert found.open == []
    assert [name for name, times in Counter(found.values("id")).items() if times > 1] == []
    assert len([tag for tag, _ in found.tags if tag == "h1"]) == 1


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_reference_leads_somewhere(client: FlaskClient, address: str) -> None:
    found = page(client, address)
    ids = set(found.values("id"))
    for attribute in ("for", "aria-describedby", "aria-labelledby"):
        named = {name for value in found.values(attribute) for name in value.split()}
        assert named <= ids, attribute
    jumps = {value[1:] for value in found.values("href") if value.startswith("#") and len(value) > 1}
    assert jumps <= ids


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_rendered_page_has_nothing_inline(client: FlaskClient, address: str) -> None:
    found = page(client, address)
    assert found.values("style") == []
    assert [name for _, attrs in found.tags for name in attrs if name.startswith("on")] == []
    assert [value for value in found.values("src") + found.values("href") if "//" in value] == []


def test_the_page_says_its_language_and_keeps_the_others_one_click_away(client: FlaskClient) -> None:
    found = page(client, "/style?lang=ru")
    assert found.tags[0] == ("html", {"lang": "ru"})
    assert {"?lang=kk", "?lang=en"} <= set(found.values("href"))


def test_a_wrong_form_names_its_errors_on_top_and_at_the_fields(client: FlaskClient) -> None:
    text = client.get("/style?wrong=1&lang=en").text
    found = Page(text)
    assert "<title>Error:" in text
    assert {"#iin", "#role-0", "#consent"} <= set(found.values("href"))
    wrong = [attrs["id"] for _, attrs in found.tags if attrs.get("aria-invalid") == "true"]
    assert {"iin", "consent"} <= set(wrong)
    assert "<title>Error:" not in client.get("/style?lang=en").text


def test_a_deadline_that_has_passed_counts_nothing(client: FlaskClient) -> None:
    found = page(client, "/style")
    boxes = [attrs for _, attrs in found.tags if "data-deadline" in attrs]
    assert [("hidden" in attrs) for attrs in boxes] == [False, False, True]


@pytest.mark.parametrize("code", CODES)
def test_an_error_page_needs_neither_context_nor_person(client: FlaskClient, code: int) -> None:
    found = page(client, f"/bare/{code}")
    assert found.crossed == []
    assert found.tags[0][1]["lang"] == "ru"
    assert "time" not in [tag for tag, _ in found.tags]


def test_typed_text_is_shown_again_and_never_as_markup(client: FlaskClient) -> None:
    text = client.get("/style?wrong=1&iin=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in text
    assert 'value="&lt;script&gt;alert(1)&lt;/script&gt;"' in text
