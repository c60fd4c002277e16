"""What the source says about its own words: codes raised and messages sent, read with ast."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "app").rglob("*.py"))
MIGRATIONS = sorted((ROOT / "migrations/versions").glob("*.py"))
CODE = re.compile(r"[A-Z]+(?:_[A-Z]+)+|STALE|FORBIDDEN|REQUIRED|SERVER|OFFLINE")
TEMPLATE = re.compile(r"[A-Z]\d{1,2}")

#: Calls that write a message, and the place of the template among their arguments.
TELLING = {"notify": 3, "notify_person": 3, "send_to_phone": 4, "_tell_position": 4}


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def calls(path: Path) -> Iterator[ast.Call]:
    """Every call in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def texts_in(node: ast.AST) -> Iterator[str]:
    """Every text written inside `node`."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def refusals() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """(code, where, facts) of every refusal written in the source; facts is None when they are not all spelled out."""
    for path in SOURCES:
        for call in calls(path):
            if _name(call) not in ("RuleBroken", "SignatureRefused") or not call.args:
                continue
            given = frozenset(word.arg for word in call.keywords if word.arg)
            spelled = None if any(word.arg is None for word in call.keywords) else given
            for text in texts_in(call.args[0]):
                if CODE.fullmatch(text):
                    yield text, f"{path.relative_to(ROOT)}:{call.lineno}", spelled


def messages_told() -> Iterator[tuple[str, str, frozenset[str], bool]]:
    """(template, where, facts, about a child) of every message the services write."""
    for path in SOURCES:
        for call in calls(path):
            place = TELLING.get(_name(call))
            if place is None or len(call.args) <= place:
                continue
            given = frozenset(word.arg for word in call.keywords if word.arg)
            for text in texts_in(call.args[place]):
                if TEMPLATE.fullmatch(text):
                    about_child = _name(call) in ("notify", "_tell_position")
                    yield text, f"{path.relative_to(ROOT)}:{call.lineno}", given, about_child


def templates_in_sql() -> Iterator[tuple[str, str]]:
    """(template, where) of messages written by SQL: quoted ids in the statements."""
    for path in (ROOT / "app/services/expiry.py", *MIGRATIONS):
        for found in re.finditer(r"'([CR]\d{1,2})'", path.read_text(encoding="utf-8")):
            yield found.group(1), str(path.relative_to(ROOT))
