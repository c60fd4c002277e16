"""The rules of many localities at once are those of each asked alone, and cost no more statements for more of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event

from app.extensions import db
from app.models import Locality, RuleOverride
from app.services.regulation import rule_set_in_force, rule_sets_in_force
from tests import factories as make

TODAY = dt.date(2026, 11, 20)
BEFORE, LATER = TODAY - dt.timedelta(days=30), TODAY + dt.timedelta(days=1)


@pytest.fixture
def tree(session: Any) -> dict[str, Locality]:
    """Two regions; in one a town with its own rule set and numbers, and a village below it."""
    region, other = make.locality(prefix="61"), make.locality(prefix="71")
    town = make.locality(prefix="6120", parent=region)
    village = make.locality(prefix="612030", parent=town)
    make.assign("sitcen_2019", region)
    make.assign("smartnation_2020", town, BEFORE)
    make.assign("sitcen_2019", town, LATER)
    for place, rule_set, days, since in (
        (region, "sitcen_2019", 7, BEFORE),
        (region, "smartnation_2020", 8, BEFORE),
        (town, "smartnation_2020", 9, BEFORE - dt.timedelta(days=1)),
        (village, "smartnation_2020", 4, LATER),
    ):
        make.make(
            RuleOverride,
            locality_id=place.id,
            rule_set=rule_set,
            key="limits.referral_validity",
            value=f"{days} working_days",
            from_on=since,
            legal_act="Қаулы № 1",
            entered_at=make.NOON,
        )
    session.commit()
    return {"region": region, "other": other, "town": town, "village": village}


def test_many_are_as_each_alone(tree):
    alone = {}
    for place in tree.values():
        db.session.rollback()  # nothing remembered from the question before
        alone[place.id] = rule_set_in_force(db.session, place.id, TODAY)
    db.session.rollback()
    assert rule_sets_in_force(db.session, alone, TODAY) == alone
    told = {name: (alone[p.id].code, alone[p.id].limit("referral_validity").amount) for name, p in tree.items()}
    assert told == {
        "region": ("sitcen_2019", 7),
        "other": ("sitcen_2019", 5),
        "town": ("smartnation_2020", 9),
        "village": ("smartnation_2020", 9),
    }


def test_more_localities_are_no_more_statements(tree):
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    ids = [place.id for place in tree.values()]
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        rule_sets_in_force(db.session, ids, TODAY)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) == 3
    assert rule_set_in_force(db.session, ids[0], TODAY).code == "sitcen_2019"
