"""Steps that walks through the product share: what a person does on a page, found by the page's structure, so that
the same walk goes in every language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

PASSWORD = "kentau-қала-2026"
DEMO_PASSWORD = "kezek-demo-town"


@dataclass(frozen=True)
class Newcomer:
    """Somebody the register knows and Kezek does not yet."""

    phone: str
    iin: str
    child_iin: str


def newcomers(output: str) -> list[Newcomer]:
    """The identities that `make run` prints for walks like this."""
    return [Newcomer(*found) for found in re.findall(r"(\+7\d{10})\s+(\d{12})\s+(\d{12})", output)]


def open_page(browser: Browser, address: str, language: str, width: int = 360) -> Page:
    """A fresh visitor with a phone (or the width given) in `language`; fails on any script error or foreign request."""
    context = browser.new_context(
        base_url=address,
        locale={"kk": "kk-KZ", "ru": "ru-RU", "en": "en-GB"}[language],
        viewport={"width": width, "height": 780},
        timezone_id="Asia/Almaty",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("request", lambda request: _own(request.url, address))
    return page


def _own(url: str, address: str) -> None:
    assert url.startswith((address, "data:", "blob:")), f"a request left for another host: {url}"


def submit(page: Page, holding: str = "[type=submit]") -> None:
    """Presses the submit button of the form that holds the given field."""
    page.locator(f"main form:has({holding}) [type=submit]").last.click()


def read_code(page: Page, phone: str, office: Page) -> str:
    """The one-time code as the demo's outbox shows it."""
    for _ in range(60):
        office.goto("/office/demo/outbox/")
        row = office.locator("main tr, main li", has_text=phone).first
        found = re.search(r"\b(\d{6})\b", row.inner_text()) if row.count() else None
        if found:
            return found.group(1)
        office.wait_for_timeout(500)
    raise AssertionError("the code never reached the outbox")


def log_in_office(browser: Browser, address: str, language: str, name: str) -> Page:
    page = open_page(browser, address, language, width=1280)
    page.goto("/office/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", DEMO_PASSWORD)
    page.locator("form [type=submit]").last.click()
    expect(page.locator(".rail")).to_be_visible()
    return page


def register(page: Page, who: Newcomer, office: Page) -> None:
    """Guide 003, «Тіркелу»: phone and consent → code → data of the register → password."""
    page.goto("/register")
    page.fill("[name=phone]", who.phone)
    page.fill("[name=number]", who.iin)
    page.check("[name=consent]")
    submit(page, "[name=consent]")
    page.fill("[name=code]", read_code(page, who.phone, office))
    submit(page, "[name=code]")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=repeated]", PASSWORD)
    submit(page, "[name=repeated]")
    expect(page).to_have_url(re.compile("/applications"))


def add_child(page: Page, who: Newcomer) -> None:
    """Guide 003, «Балалар»: IIN → check → the register's data → save."""
    page.goto("/children/add")
    page.fill("[name=iin]", who.child_iin)
    page.check("[name=kind][value=parent]")
    submit(page, "[name=iin]")
    page.locator("main [name=save]").click()
    expect(page).to_have_url(re.compile("/children$"))


def apply(page: Page, locality: str) -> str:
    """The five steps of the application; returns its id."""
    page.goto("/apply")
    page.check("[name=policy]")
    page.check("[name=use_of_data]")
    submit(page, "[name=policy]")
    page.fill("[name=address]", "Абай к-сі, 5")
    submit(page, "[name=address]")
    page.locator("[name=child]").first.check()
    submit(page, "[name=child]")
    page.fill("main [name=q]", locality)
    page.locator("main form[method=get] [type=submit]").click()
    page.locator("main button[name=locality_id]").first.click()
    page.check("[name=languages][value=kk]")
    submit(page, "[name=languages]")
    page.locator("form[action='/apply/send'] [type=submit]").click()
    expect(page).to_have_url(re.compile(r"/applications/\d+/accepted"))
    return re.search(r"/applications/(\d+)/", page.url).group(1)
