"""Guide 003 walked to its end in a real browser, against the whole product as `make run` starts it:
register, child, application, bulletin, activation, referral, contract."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from app.rules import rule_sets
from app.rules.rule_sets import Necessity
from tests.browser import walk
from tests.samples import pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("number", "language"), [(0, "kk"), (1, "ru")])
def test_a_childs_whole_way(browser: Browser, product, number, language):
    who = walk.newcomers(product.output)[number]
    outbox = walk.log_in_office(browser, product.address, language, "admin")
    parent = walk.open_page(browser, product.address, language)

    walk.register(parent, who, outbox)
    walk.add_child(parent, who)
    application = walk.apply(parent, "кентау")

    parent.goto(f"/applications/{application}")
    expect(parent.locator(".bignum").first).to_have_text(re.compile(r"^\s*\d+"))
    expect(parent.locator(".track li").nth(0)).to_have_attribute("aria-current", "step")

    claim(parent, application)
    expect(parent.locator("main")).to_contain_text("№101")

    methodist = walk.log_in_office(browser, product.address, language, "methodist")
    activate(methodist, parent, application)

    parent.goto(f"/applications/{application}")
    expect(parent.locator(".track li").nth(2)).to_have_attribute("aria-current", "step")
    parent.locator("main a[href*='/referrals/']").first.click()
    with parent.expect_download() as download:
        parent.locator("main a[href$='referral.pdf']").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")

    send_contract(methodist)
    fill_and_sign(parent)
    head = walk.log_in_office(browser, product.address, language, "head")
    sign_as_kindergarten(head)

    parent.goto(f"/applications/{application}")
    expect(parent.locator(".track .done")).to_have_count(4)
    parent.goto("/inbox")
    assert parent.locator(".inbox li").count() >= 5


def claim(parent, application):
    """The bulletins that fit, one with free places in kindergarten №101, and the claim on it."""
    parent.goto(f"/bulletins?application={application}&access=me")
    row = parent.locator("main tr", has_text="№101").filter(
        has=parent.locator("form [type=submit]:not([aria-disabled])")
    )
    row.locator("[type=submit]").first.click()
    walk.submit(parent)
    expect(parent).to_have_url(re.compile(r"/claims/\d+"))


def act(page, verb):
    """Presses the verb on the row's page and confirms it."""
    page.locator(f"main button[formaction*='/action/{verb}/']").click()
    expect(page).to_have_url(re.compile(f"/office/act/{verb}"))
    page.locator("main form[method=post] [type=submit]").last.click()
    expect(page.locator(".alert-danger, .note.bad")).to_have_count(0)


def activate(methodist, parent, application):
    methodist.goto("/office/claims/list/")
    methodist.locator("main tbody tr").first.locator("a[href*='/show/']").first.click()
    act(methodist, "activate")


def send_contract(methodist):
    methodist.goto("/office/referrals/list/")
    methodist.locator("main tbody tr").first.locator("a[href*='/show/']").first.click()
    act(methodist, "send_contract")


def fill_and_sign(parent):
    parent.goto("/contracts")
    parent.locator("main a[href^='/contracts/']").last.click()
    contract = re.search(r"/contracts/\d+", parent.url).group()
    for required in rule_sets.get("smartnation_2020").required_documents:
        if required.necessity is not Necessity.REQUIRED:
            continue
        form = parent.locator(f"form#{required.kind}")
        form.locator("input[type=file]").set_input_files(
            {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": pdf()}
        )
        form.locator("[type=submit]").click()
        expect(parent.locator("main a[href^='/documents/']")).not_to_have_count(0)
    parent.goto(f"{contract}/data")
    for name, value in (("parent_document", "012345678"), ("birth_certificate", "11-22-33")):
        parent.fill(f"[name={name}]", value)
    walk.submit(parent, "[name=birth_certificate]")
    parent.locator("form[action$='/sign'] [type=submit]").click()
    expect(parent.locator("form[action$='/sign']")).to_have_count(0)


def sign_as_kindergarten(head):
    head.goto("/office/contracts/list/")
    head.locator("main tbody tr").first.locator("a[href*='/show/']").first.click()
    act(head, "sign_contract")
