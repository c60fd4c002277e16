"""Every refusal has a sentence, and its facts read as words."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import pytest
from flask_babel import force_locale

from app.models.enums import ApplicationStatus, DocumentKind, Language
from app.rules.verdict import RuleBroken
from app.services import reasons, template_rows
from app.services.reasons import SENTENCES, explain
from app.services.template_vouchers import VOUCHERS
from app.services.template_year import YEAR
from app.services.templates import TEMPLATES
from app.services.wording import placeholders
from tests import factories as make
from tests.texts.sources import refusals

FRIDAY = dt.date(2026, 11, 20)
SIX_IN_THE_EVENING = dt.datetime(2026, 11, 20, 13, 0, tzinfo=dt.UTC)


def said(app, reader, code, /, **facts):
    with app.app_context(), force_locale(reader):
        return explain(RuleBroken(code, **facts), lambda kind, value, language: f"<{value}>")


def test_a_code_and_a_template_stand_in_one_table_alone():
    """The tables are joined, so a second row would hide the first without a word."""
    for module, joined in ((reasons, SENTENCES), (template_rows, template_rows.ROWS)):
        tables = [
            table for name, table in vars(module).items() if re.fullmatch(r"_[A-Z]+", name) and type(table) is dict
        ]
        keys = Counter(key for table in tables for key in table)
        assert set(keys) <= set(joined)
        assert not [key for key, count in keys.items() if count > 1]
    assert len(TEMPLATES) == len(template_rows.ROWS) + len(VOUCHERS) + len(YEAR)


def test_every_code_in_the_source_has_a_sentence():
    found = list(refusals())
    assert len(found) > 30
    missing = sorted({f"{code} ({where})" for code, where, _ in found if code not in SENTENCES})
    assert not missing


def test_every_refusal_gives_what_its_fullest_sentence_needs():
    """Or no facts at all: then the plain sentence is meant."""
    for code, where, facts in refusals():
        if not facts:
            continue
        needed = {placeholders(text) for text in SENTENCES[code]}
        assert any(need <= facts for need in needed if need) or needed == {frozenset()}, f"{code} at {where}"


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_the_last_sentence_needs_nothing(app, code):
    assert not placeholders(SENTENCES[code][-1])
    sentences = {said(app, language, code) for language in ("kk", "ru", "en")}
    assert len(sentences) == 3, f"{code} is not translated: {sentences}"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("kk", "Мерзім өтті. Соңғы күн: 2026 ж. 20 қараша, жұма. Келесі қадам: өтініш стоп-тізімге енгізіледі."),
        (
            "ru",
            "Срок прошёл. Последний день был: пятница, 20 ноября 2026 г. Дальше: заявление попадёт в стоп-лист.",
        ),
        (
            "en",
            "The time is over. The last day was: Friday, 20 November 2026. "
            "Next: the application goes to the stop-list.",
        ),
    ],
)
def test_a_date_has_its_weekday_and_a_step_its_words(app, language, sentence):
    assert said(app, language, "DEADLINE_PASSED", date=FRIDAY, next="stop_list") == sentence


def test_a_moment_is_in_the_countrys_time(app):
    text = said(app, "en", "BULLETIN_NOT_OPEN", moment=SIX_IN_THE_EVENING)
    assert text == "Claims are not taken yet. They open: Friday, 20 November 2026, 18:00."


def test_codes_become_words(app):
    kinds = [f"DocumentKind.{DocumentKind.CHILD_PHOTO}", f"DocumentKind.{DocumentKind.PMPK_CONCLUSION}"]
    assert said(app, "kk", "DOCUMENTS_MISSING", documents=kinds) == (
        "Жетіспейтін құжаттарды тіркеңіз: баланың фотосуреті, ПМПК қорытындысы."
    )
    assert said(app, "ru", "MATCH_LANGUAGE", language=Language.KK, languages=["ru", "en"]) == (
        "Не подходит язык обучения. В бюллетене: казахский. В заявлении: русский, английский."
    )
    assert said(app, "en", "NOT_IN_QUEUE", status=ApplicationStatus.ENROLLED).endswith("Its status: enrolled.")
    assert (
        said(app, "ru", "TERMS_MISSING", fields=["parent_phone"]) == "Заполните недостающее: номер телефона родителя."
    )


def test_an_empty_fact_chooses_the_sentence_without_it(app):
    assert "number" in said(app, "en", "CHILD_IN_QUEUE", number="7")
    assert said(app, "en", "CHILD_IN_QUEUE", number="") == (
        "The child is already in this queue. A new application is not needed."
    )


def test_localities_are_named_in_the_readers_language(session, app):
    here = make.locality(name="Кентау")
    with force_locale("kk"):
        text = explain(RuleBroken("MATCH_LOCALITY", locality=here.id, locality2=here.id))
    assert text.count(here.name_kk) == 2
    with force_locale("ru"):
        assert here.name_ru in explain(RuleBroken("MATCH_LOCALITY", locality=here.id, locality2=here.id))


def test_a_fact_is_never_taken_for_a_format(app):
    assert said(app, "en", "CLAIM_EXISTS", kindergarten="{code} %(x)s").endswith("first: {code} %(x)s.")


def test_an_unknown_code_is_found_by_tests_and_hidden_from_readers(app, monkeypatch):
    with pytest.raises(KeyError):
        said(app, "en", "NEVER_HEARD_OF")
    monkeypatch.setitem(app.config, "TESTING", False)
    assert said(app, "en", "NEVER_HEARD_OF") == "This cannot be done now. Reload the page and try again."
