"""The annex names what exists: rule, act, job, refusal, letters and test of every deadline."""

from __future__ import annotations

import ast
import importlib

import pytest

from app.commands.regulation_annex import COUNTS, ROWS, value_of
from app.jobs import schedule
from app.rules import rule_sets
from app.services.reasons import SENTENCES
from app.services.templates import TEMPLATES
from config import ROOT

EACH = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}-{row.code}")


def test_every_deadline_of_the_regulation_has_its_row():
    assert {row.number for row in ROWS} == {f"D{n}" for n in range(1, 20)}
    known = {code for rules in rule_sets.ALL for code in (*rules.limit_codes(), *rules.date_codes())}
    # What the service asks of kindergartens stands in no regulation.
    assert {row.code for row in ROWS} == known - {"claim_activation", "contract_review"} | COUNTS


@EACH
def test_rule_and_act_exist_and_say_what_they_do(row):
    for name in (f"app.rules.{row.rule}", f"app.services.{row.act}"):
        parts = name.split(".")
        found = importlib.import_module(".".join(parts[:3]))
        for part in parts[3:]:
            found = getattr(found, part)
        assert callable(found)
        assert found.__doc__


@EACH
def test_job_refusal_and_letters_exist(row):
    assert row.job is None or row.job in schedule.names()
    assert row.refusal is None or row.refusal in SENTENCES
    assert row.reminder is None or row.reminder in TEMPLATES
    assert row.after is None or row.after in TEMPLATES
    # What is missing by the nature of the row is said.
    if None in (row.job, row.refusal, row.after) or (row.job and row.reminder is None and row.code != "sms_code_valid"):
        assert row.why or row.code == "sms_code_valid"


@EACH
def test_its_test_exists(row):
    path, _, name = row.test.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@EACH
def test_some_rule_set_has_a_value(row):
    assert {value_of(rules, row.code) for rules in rule_sets.ALL} != {"–"}
