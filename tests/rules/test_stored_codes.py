"""The database knows exactly the codes that the enums know: a new code needs a migration, and this says so."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import CheckConstraint, Enum

from app.models import Application
from tests.support.database import connect

METADATA = Application.metadata
STORED = sorted(
    (
        (table.name, column.name, column.type.name, frozenset(column.type.enums))
        for table in METADATA.tables.values()
        for column in table.columns
        if isinstance(column.type, Enum)
    ),
    key=lambda column: column[:2],
)


def test_codes_are_stored_in_many_columns():
    assert len(STORED) > 30


@pytest.mark.parametrize(
    ("table", "column", "check", "codes"), STORED, ids=lambda value: value if isinstance(value, str) else "codes"
)
def test_a_column_takes_the_codes_of_its_enum(database_url, table, column, check, codes):
    with connect(database_url) as connection:
        found = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [f"ck_{table}_{check}"]
        ).fetchone()
    assert found, f"{table}.{column} is not guarded"
    assert set(re.findall(r"'(\w+)'", found[0])) == codes, (
        f"{table}.{column}: the codes changed, a migration is missing"
    )


def test_every_check_of_the_models_stands_in_the_database_under_its_name(database_url):
    """A name that the convention prefixed twice would be found by no later migration."""
    wanted = set()
    for table in METADATA.tables.values():
        for check in table.constraints:
            # The convention writes its name into the model once a statement has been made from it.
            if isinstance(check, CheckConstraint) and check.name:
                wanted.add(f"ck_{table.name}_{str(check.name).removeprefix(f'ck_{table.name}_')}")
    with connect(database_url) as connection:
        there = {name for (name,) in connection.execute("SELECT conname FROM pg_constraint WHERE contype = 'c'")}
    assert wanted - there == set()
    assert not [name for name in there if "_ck_" in name]
