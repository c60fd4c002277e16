"""Guide 004 (2020, Kazakh): the electronic contract – data, documents, signature, return for correction, enrolment."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from app.jobs import sweeps
from app.models import Contract, ContractVersion
from app.models.enums import Role
from tests.guides import steps
from tests.guides.steps import Page, Town, Visitor, number_in, scan

BORN = dt.date(2023, 7, 20)
EVENING = dt.datetime(2026, 11, 12, 13, 0, tzinfo=dt.UTC)
#: The documents of the guide's screen; the last one only if there is one.
DOCUMENTS = {
    "child_photo": "Баланың фотосуреті",  # guide «Баланың суреті»
    "birth_certificate": "Туу туралы куәлік",
    "parent_id": "Ата-ананың бірінің жеке куәлігі",
    "health_passport": "Баланың денсаулық паспорты (026/у-3 нысаны)",
}
TERMS = {
    "parent_document": "012345678",
    "parent_address": "Абай к-сі, 2",
    "parent_phone": "+7 700 000 00 01",
    "birth_certificate": "1234567",
    "parent_workplace": "«Сынақ» ЖШС",
    "parent_position": "есепші",
}


@pytest.fixture
def town(build: Any) -> Town:
    return build("smartnation_2020", "kk", group={"capacity": 2, "birth_years": [2023], "name": "Балапан"})


@pytest.fixture
def family(town: Town) -> tuple[Visitor, str, int]:
    """A parent with a referral to whom the kindergarten has sent the contract: visitor, phone, application."""
    parent, who, application = steps.settle(town, child_born=BORN)
    town.officer(Role.HEAD).send("/office/act/open_bulletin", rows=str(town.group), places="1", place_type="free")
    town.at(EVENING)
    town.run(sweeps.publish_bulletins)
    bulletin = number_in(parent.open("/bulletins").link(r"/bulletins/\d+[^\"]*"), "bulletins")
    claim = parent.send(f"/bulletins/{bulletin}/claim", application=str(application))
    methodist = town.officer(Role.METHODIST)
    methodist.send("/office/act/activate", rows=str(number_in(claim.address, "claims")))
    referral = parent.open(f"/applications/{application}").link(r"/referrals/\d+")
    row = number_in(referral, "referrals")
    methodist.open(f"/office/referrals/show/{row}").offers("Шартты жіберу")
    methodist.send("/office/act/send_contract", rows=str(row))
    return parent, who.phone, application


def contract_of(parent: Visitor, application: int) -> str:
    return parent.open(f"/applications/{application}").link(r"/contracts/\d+")


def fill(parent: Visitor, contract: str) -> Page:
    for kind in DOCUMENTS:
        parent.send(f"{contract}/documents/{kind}", file=scan())
    return parent.send(f"{contract}/data", **TERMS)


def sign(parent: Visitor, contract: str) -> Page:
    shown = parent.open(f"{contract}/preview").offers("қол қою")
    return parent.send(f"{contract}/sign", version=shown.value("version"))


def give_back(town: Town, contract: str, what: str, why: str, status: int = 200) -> Page:
    """The officer marks one document as wrong."""
    head, row = town.officer(Role.HEAD), str(number_in(contract, "contracts"))
    page = head.open(f"/office/act/return_contract?rows={row}")
    mark = re.search(rf'for="(mark_\d+)"[^>]*>\s*{re.escape(what)}', page.html)
    assert mark, page.words
    return head.send("/office/act/return_contract", status, rows=row, **{mark[1]: why})


def test_the_contract_is_filled_in_signed_and_sent(town, family):
    parent, phone, application = family
    card = parent.open(f"/applications/{application}")
    # Guide «Шарт жасасуға».
    card.says("Шарт жасалуда", "3 жұмыс күні", "Соңғы күн: 17 қараша").offers("Шартты ашу")
    parent.open("/inbox").says("Шарт келді", "құжаттарды тіркеп, ЭЦҚ-мен қол қойыңыз", "2026 ж. 17 қараша")
    assert town.texts_to(phone)[-1] == "K1"
    parent.open("/contracts").says("Өңдеуде", "Қол қойылған", "Мұрағат", "Қол қоюыңыз күтілуде").offers("Шартты ашу")
    contract = contract_of(parent, application)
    page = parent.open(contract).says("Дұрыс деректерді көрсетіңіз", "балабақша шарт жасасудан бас тарта алады")
    page.says(*DOCUMENTS.values(), "ПМПК қорытындысы (бар болса)", "Қол қою мерзімі: 3 жұмыс күні")
    page.withholds("Келесі: деректеріңіз")
    assert set(TERMS) <= parent.open(f"{contract}/data").fields
    preview = fill(parent, contract)
    preview.says(*TERMS.values(), "Сынақова Інжу Сынаққызы", "20.07.2023", "Сынақова Айгүл Сынаққызы", "№1 «Күншуақ»")
    preview.offers("Түзету", "Шартты жүктеп алу").says("ЭЦҚ-дағы ЖСН аккаунттағы ЖСН-мен бірдей болуы тиіс")
    assert parent.download(f"{contract}/contract.pdf").startswith(b"%PDF")
    sign(parent, contract).says("Шартқа қол қойылып, жіберілді", "Тексерілуде", "Қазір әрекет қажет емес")
    assert town.rows(ContractVersion)[-1].parent_signature


def test_what_is_wrong_is_corrected_before_the_signature(town, family):
    parent, _, application = family
    contract = contract_of(parent, application)
    fill(parent, contract)
    changed = parent.send(f"{contract}/data", **{**TERMS, "parent_document": "987654321"})
    changed.says("987654321")
    parent.send(f"{contract}/sign", status=409, version="1")  # the version that was shown before
    sign(parent, contract).says("Тексерілуде")


def test_a_missing_paper_or_field_holds_the_signature_back(family):
    parent, _, application = family
    contract = contract_of(parent, application)
    parent.send(f"{contract}/data", status=409, **TERMS)
    for kind in DOCUMENTS:
        parent.send(f"{contract}/documents/{kind}", file=scan())
    parent.send(f"{contract}/data", status=422, **{**TERMS, "parent_document": ""})


def test_a_marked_document_comes_back_twice_at_most(town, family):
    parent, phone, application = family
    contract = contract_of(parent, application)
    fill(parent, contract)
    sign(parent, contract)
    for left in (1, 0):
        give_back(town, contract, "Туу туралы куәлік", "Артқы беті жоқ")
        # Guide «Қайта түзетуге».
        parent.open(f"/applications/{application}").says("Түзетуге қайтарылды").offers("Шартты ашу")
        parent.open("/inbox").says("Шарт түзетуге қайтарылды", "Артқы беті жоқ", f"Қалған мүмкіндік: {left}")
        assert town.texts_to(phone)[-1] == "K3"
        page = parent.open(contract).says("Түзету қажет", "Балабақша жазды: Артқы беті жоқ")
        # Guide: the wrong documents stand in a red frame; only this one does.
        assert len(re.findall(r'<li class="fix">', page.html)) == 1
        page.says("Түзетуге тағы 1 рет қайтарылуы мүмкін" if left else "қайтарылмайды")
        parent.send(f"{contract}/documents/birth_certificate", file=scan())
        parent.send(f"{contract}/data", **TERMS)
        sign(parent, contract)
    refused = give_back(town, contract, "Туу туралы куәлік", "Тағы да қате", 409)
    refused.withholds("Шартты ашу")
    assert town.rows(Contract)[0].returns == 2


def test_the_signed_contract_enrols_the_child_and_the_tabs_follow_it(town, family):
    parent, phone, application = family
    contract = contract_of(parent, application)
    fill(parent, contract)
    sign(parent, contract)
    head, row = town.officer(Role.HEAD), str(number_in(contract, "contracts"))
    page = head.open(f"/office/act/sign_contract?rows={row}")
    head.send("/office/act/sign_contract", rows=row, versions=page.value("versions"))
    # Guide: the status itself says that the child has been accepted.
    card = parent.open(f"/applications/{application}").says("Қабылданды", "Бала балабақшаға қабылданды: №1 «Күншуақ»")
    assert [state for _, state in card.steps] == ["done"] * 4
    assert town.texts_to(phone)[-1] == "K6"
    parent.open("/contracts").withholds("Шартты ашу")
    parent.open("/contracts?tab=signed").says("Қол қойылған", "Інжу").offers("Шартты ашу")
    head.send("/office/act/discharge", rows=row, discharge_reason="parent_request", confirmed="y")
    parent.open("/contracts?tab=signed").withholds("Шартты ашу")
    parent.open("/contracts?tab=archive").says("Тоқтатылған").offers("Шартты ашу")
    parent.open("/inbox").says("Бала балабақшадан шығарылды", "ата-ананың өтініші")


def test_an_unsigned_contract_lapses_after_three_working_days(town, family):
    parent, phone, application = family
    contract = contract_of(parent, application)
    fill(parent, contract)
    town.at(dt.datetime(2026, 11, 17, 19, 5, tzinfo=dt.UTC))
    parent.send(f"{contract}/sign", status=409, version="1")  # refused before the clock has run
    town.run(sweeps.lapse_contracts)
    parent.open(f"/applications/{application}").says("Стоп-тізімде")
    assert town.texts_to(phone)[-1] == "K5"
