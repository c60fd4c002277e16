"""The catalogues are whole: nothing is missing, stale, half-translated or merely copied."""

from __future__ import annotations

import re
import shutil

import pytest

from app import catalogues
from app.catalogues import LANGUAGES, is_written

# What formats fill in: %(name)s, %d, {name}.
MARK = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")
#: A name or a number that is filled in bears no ending; ordinals are the one exception (2-қадам).
ENDING = re.compile(r"(?:\}|\)[sd])[-’']?[а-яёәғқңөұүһі]", re.IGNORECASE)
ORDINAL = re.compile(r"(?:\}|\)[sd])-(?:қадам|топ|күн|нұсқа)\b")
#: Words that the glossary rules out, and a last day that is not said to be inclusive.
AVOIDED = {
    "kk": re.compile(
        r"тоқтатым|қағида|келісімшарт|мекеме|сервис\b|\d\d:\d\d-[а-я]|(?:\{date\}|%\(date\)s) дейін|\bсіз\b",
        re.IGNORECASE,
    ),
    "ru": re.compile(r"путёвк|ДДО|заявк\w* (?:на|в) очеред|\bдо (?:\{date|%\(date)|\bеще\b|ребенок", re.IGNORECASE),
}
FORMS = {"kk": 2, "ru": 3}
LETTERS = re.compile(r"[^\W\d_]")
CYRILLIC = re.compile(r"[а-яёәғқңөұүһі]", re.IGNORECASE)
KAZAKH = re.compile(r"[әғқңөұүһі]", re.IGNORECASE)
#: Kazakh and Russian write these alike.
ALIKE = {"Bulletin", "Code", "Export (CSV)", "File", "Nauryz holiday", "Phone", "Profile", "Statistics", "Voucher"}
#: Patterns of dates, which have letters of their own.
PATTERN = re.compile(r"[EdMyHms',. :]+")


@pytest.fixture(scope="module")
def template():
    return catalogues.extract()


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(scope="module")
def entries(language):
    return [entry for entry in catalogues.read(language) if entry.id]


def key(entry):
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def strings(entry):
    return [entry.string] if isinstance(entry.string, str) else list(entry.string)


def test_entries_are_those_of_the_source(template, entries):
    wanted = {key(entry) for entry in template if entry.id}
    there = {key(entry) for entry in entries}
    assert not wanted - there, f"run make translations; not in the catalogue: {sorted(wanted - there)[:10]}"
    assert not there - wanted, f"run make translations; no longer in the source: {sorted(there - wanted)[:10]}"


def test_every_entry_is_written(entries):
    empty = [key(entry) for entry in entries if not is_written(entry)]
    assert not empty, f"{len(empty)} entries without words: {empty[:10]}"


def test_nothing_is_a_guess(entries):
    assert not [key(entry) for entry in entries if entry.fuzzy]


def test_plural_entries_have_every_form(language, entries):
    short = [key(e) for e in entries if not isinstance(e.id, str) and len(e.string) != FORMS[language]]
    assert not short


def test_what_is_filled_in_stays(entries):
    for entry in entries:
        ids = [entry.id] if isinstance(entry.id, str) else list(entry.id)
        allowed = {tuple(sorted(MARK.findall(text))) for text in ids}
        for string in filter(None, strings(entry)):
            # "one day" may leave the number out where the singular does.
            assert tuple(sorted(MARK.findall(string))) in allowed, f"{key(entry)!r} → {string!r}"


def test_kazakh_is_kazakh():
    russian = {key(entry): strings(entry) for entry in catalogues.read("ru") if entry.id}
    copied = [
        key(entry)
        for entry in catalogues.read("kk")
        if entry.id
        and strings(entry) == russian.get(key(entry))
        and CYRILLIC.search("".join(filter(None, strings(entry))))
        and key(entry) not in ALIKE
    ]
    assert not copied, f"the Kazakh entry repeats the Russian one: {copied}"


def test_words_are_not_left_in_english(language, entries):
    left = [
        key(entry)
        for entry in entries
        if strings(entry) == [key(entry)]
        and len(LETTERS.findall(key(entry))) > 12
        and not PATTERN.fullmatch(key(entry))
    ]
    assert not left


def test_house_style(entries):
    for entry in entries:
        for string in filter(None, strings(entry)):
            assert "!" not in string, f"no exclamation marks: {string!r}"
            assert not re.search(r"\b[А-ЯЁӘҒҚҢӨҰҮҺІ]{6,}\b", string), f"no words in capitals: {string!r}"
            if key(entry) == key(entry).strip():
                assert string == string.strip(), f"spaces around: {string!r}"


def test_words_are_those_of_the_glossary(language, entries):
    for entry in entries:
        for string in filter(None, strings(entry)):
            assert not ENDING.search(ORDINAL.sub("", string)), f"an ending on what is filled in: {string!r}"
            found = AVOIDED[language].search(string.replace("Сіз", ""))
            assert not found, f"{found and found.group()!r} in {string!r}; see docs/glossary.md"
            assert '"' not in string, f"quotation marks are « »: {string!r}"


def test_new_words_arrive_empty_and_old_ones_leave(tmp_path):
    for language in LANGUAGES:
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text('msgid "Gone with the wind"\nmsgstr "Кетті"\n', encoding="utf-8")
    empty = catalogues.update(tmp_path)
    kept = {key(entry) for entry in catalogues.read("kk", tmp_path) if entry.id}
    assert "Gone with the wind" not in kept
    assert empty["kk"] == len(kept) > 500


def test_compiled_files_follow_the_entries(tmp_path):
    for language in LANGUAGES:
        shutil.copytree(catalogues.FOLDER / language, tmp_path / language, ignore=shutil.ignore_patterns("*.mo"))
    catalogues.compile_stale(tmp_path)
    compiled = tmp_path / "kk/LC_MESSAGES/messages.mo"
    first = compiled.stat().st_mtime_ns
    assert "Кезекте".encode() in compiled.read_bytes()
    catalogues.compile_stale(tmp_path)
    assert compiled.stat().st_mtime_ns == first, "compiled again without need"
    source = tmp_path / "kk/LC_MESSAGES/messages.po"
    source.write_text(source.read_text(encoding="utf-8").replace("Кезекте", "Сапта"), encoding="utf-8")
    catalogues.compile_stale(tmp_path)
    assert "Сапта".encode() in compiled.read_bytes()
    assert not list(tmp_path.rglob("*.tmp"))
