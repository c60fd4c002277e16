"""The files themselves: nothing inline, no other host, nothing that is named but missing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import plotly.offline
import pytest

from tests.look.toy import APP, ROOT

TEMPLATES = sorted((APP / "templates").rglob("*.html"))
STYLES = sorted((APP / "static" / "css").glob("*.css"))
SCRIPTS = sorted((APP / "static" / "js").glob("*.js"))
MACROS = APP / "templates" / "public" / "macros"


def named(path: Path) -> str:
    return str(path.relative_to(APP))


def without_comments(template: str) -> str:
    return re.sub(r"\{#.*?#\}", "", template, flags=re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_template_has_nothing_inline_and_no_other_host(path: Path) -> None:
    text = without_comments(path.read_text())
    assert not re.search(r"\sstyle\s*=", text), "an inline style is refused by the policy"
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "an inline handler is refused by the policy"
    assert "javascript:" not in text
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", text)
    for attributes in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes, "a script stands in a file of its own"


@pytest.mark.parametrize("path", STYLES, ids=named)
def test_a_style_sheet_stays_here_and_takes_its_colours_from_the_tokens(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    assert "@import" not in text
    assert "//" not in text, "an address of another host"
    for target in re.findall(r"url\(\"?([^\")]+)", text):
        assert (path.parent / target).is_file(), target
    if path.name != "tokens.css":
        assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgba?\(", text), "colours are written in tokens.css alone"


def test_every_token_that_is_used_is_written_once_in_tokens() -> None:
    written = set(re.findall(r"(--[\w-]+)\s*:", (APP / "static/css/tokens.css").read_text()))
    files = STYLES + SCRIPTS
    used = {name for path in files for name in re.findall(r"var\((--[\w-]+)", path.read_text())} - {"--"}
    assert used <= written


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_calls_no_other_host_and_writes_no_markup(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"https?://", text)
    assert not re.search(r"innerHTML|outerHTML|document\.write|\beval\(|new Function", text)


def test_no_file_of_ours_is_longer_than_four_hundred_lines() -> None:
    long = [named(path) for path in TEMPLATES + STYLES + SCRIPTS if len(path.read_text().splitlines()) > 400]
    assert long == []


def drawn_icons() -> set[str]:
    return set(re.findall(r'^  "(\w+)": \'<', (MACROS / "icons.html").read_text(), flags=re.M))


def test_every_icon_that_is_used_is_drawn() -> None:
    text = "\n".join(path.read_text() for path in TEMPLATES)
    used = set(re.findall(r'icon\("(\w+)"', text))
    used |= set(re.findall(r'chip\([^)]*,\s*"(\w+)"\)\s*\}\}', text))
    kinds = re.search(r"KIND_ICON = \{(.*?)\}", (MACROS / "status.html").read_text())
    used |= set(re.findall(r': "(\w+)"', kinds[1]))
    assert {"clock", "check", "pin"} <= used
    assert used <= drawn_icons()


def test_every_static_file_that_a_template_names_exists() -> None:
    for path in TEMPLATES:
        text = path.read_text()
        for name in re.findall(r"url_for\('static', filename='([^']+)'\)", text):
            assert (APP / "static" / name).is_file(), f"{named(path)}: {name}"
        for folder, names in re.findall(r"\{% for (sheet|script) in \(([^)]*)\)", text):
            pattern = "css/{}.css" if folder == "sheet" else "js/{}.js"
            for name in re.findall(r'"([\w-]+)"', names):
                assert (APP / "static" / pattern.format(name)).is_file(), f"{named(path)}: {name}"


def test_plotly_js_is_the_version_that_plotly_for_python_writes_for() -> None:
    package = json.loads((ROOT / "package.json").read_text())["dependencies"]["plotly.js-basic-dist-min"]
    first_bytes = (APP / "static/vendor/plotly/plotly-basic.min.js").read_bytes()[:200].decode()
    assert f"v{package}" in first_bytes
    assert package.split(".")[0] == plotly.offline.get_plotlyjs_version().split(".")[0]


def test_the_npm_lock_names_no_registry() -> None:
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
    assert "://" not in (ROOT / "package-lock.json").read_text()
