"""docs/regulation.md is what the code says, and every name in it exists."""

from __future__ import annotations

import ast
import importlib

import pytest

from app.commands.docs import PAGE
from app.commands.regulation_tables import CLAUSES, renewed
from config import ROOT


def test_the_tables_are_fresh():
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "run: make docs"


def test_a_page_without_its_markers_is_refused():
    with pytest.raises(ValueError, match="markers"):
        renewed("# Regulation")


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda one: one.words[:50])
def test_every_function_and_test_that_is_named_exists(clause):
    parts = clause.function.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            found = getattr(found, name)
        assert callable(found)
        break
    path, _, name = clause.test.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
