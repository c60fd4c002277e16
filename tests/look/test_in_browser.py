"""In a real browser: widths, the policy, the clock, the opening, one press."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.look import toy

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, toy.make_toy(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(5)


@pytest.fixture
def complaints(page: Any) -> list[str]:
    """What the browser's console says: refusals of the policy, errors of scripts, missing files."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(request.url))
    return said


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_width_overflows_and_the_policy_is_kept(
    page: Any, address: str, complaints: list[str], width: int, scheme: str
) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2] if "://" in request.url else ""))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/style?lang=ru&wrong=1")
    page.wait_for_selector(".plot .main-svg")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert complaints == []
    assert hosts - {""} == {address.removeprefix("http://")}


def test_at_the_opening_the_button_turns_on_in_place(page: Any, address: str) -> None:
    page.goto(f"{address}/style?lang=en")
    closed = page.locator("[data-opens]")
    assert closed.get_attribute("aria-disabled") == "true"
    page.wait_for_selector("[data-opens]", state="detached", timeout=15_000)
    assert page.locator("button[aria-disabled]").count() == 0
    assert page.locator("time[data-clock]").inner_text() >= "18:00:00"
    assert page.locator("[data-until]").inner_text() == "00:00"


def test_the_clock_is_the_servers_whatever_the_device_says(page: Any, address: str) -> None:
    page.clock.install(time="2031-01-01T00:00:00Z")
    page.goto(f"{address}/style?lang=en")
    page.clock.run_for(2_000)
    assert page.locator("time[data-clock]").inner_text().startswith("17:59:5")


def test_two_presses_send_once(page: Any, address: str) -> None:
    toy.POSTS.clear()
    page.goto(f"{address}/once")
    with page.expect_navigation():
        page.evaluate(
            "const b = document.querySelector('form button'); b.click(); void setTimeout(() => b.click(), 200)"
        )
    assert toy.POSTS == ["one"]


def test_the_summary_of_errors_takes_the_focus(page: Any, address: str) -> None:
    page.goto(f"{address}/style?wrong=1&lang=en")
    assert page.evaluate("document.activeElement.className") == "errors"


def test_a_chosen_file_shows_its_name_and_a_too_large_one_is_named_before_it_is_sent(page: Any, address: str) -> None:
    page.goto(f"{address}/style?lang=en")
    page.set_input_files("#paper", {"name": "id.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2048})
    assert page.locator("#paper-size").inner_text() == "id.pdf (2 kB)"
    page.set_input_files("#paper", {"name": "id.pdf", "mimeType": "application/pdf", "buffer": b"x" * 5_300_000})
    assert "too large" in page.locator("#paper-size").inner_text()
    assert not page.evaluate("document.getElementById('paper').checkValidity()")


def test_a_bulk_act_of_the_office_needs_a_row_and_a_yes(page: Any, address: str) -> None:
    toy.POSTS.clear()
    page.goto(f"{address}/rows")
    many = page.locator("[data-needs-rows]")
    assert many.get_attribute("aria-disabled") == "true"
    many.click(force=True)
    page.locator("[data-check-all]").check()
    assert many.get_attribute("aria-disabled") is None
    page.once("dialog", lambda dialog: dialog.dismiss())
    many.click()
    assert toy.POSTS == []
    page.once("dialog", lambda dialog: dialog.accept())
    many.click()
    page.wait_for_load_state("networkidle")
    assert toy.POSTS == ["many ['7']"]


def test_a_form_that_was_not_confirmed_can_be_sent_later(page: Any, address: str) -> None:
    toy.POSTS.clear()
    page.goto(f"{address}/rows")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click("text=Ask")
    assert toy.POSTS == []
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("text=Ask")
    page.wait_for_load_state("networkidle")
    assert toy.POSTS == ["ask []"]
