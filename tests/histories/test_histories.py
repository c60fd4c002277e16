"""Whatever people do in whatever order, and however late the jobs run: what must hold, holds.

The suite runs two histories per rule set; KEZEK_HISTORIES=5000 in the environment runs thousands (nightly).
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter, defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.extensions import db
from app.models import Application, Claim, Contract, Enrolment, Event, Referral, StopListEntry
from app.models.enums import Role
from app.rules import lifecycle, rule_sets
from app.rules.rule_sets import Allocation
from app.services.access import STAFF
from app.services.invariants import INVARIANTS, check
from app.views.office.acts import BY_VERB
from tests.histories.world import World
from tests.support.database import empty

LENGTH = 45
HISTORIES = int(os.environ.get("KEZEK_HISTORIES") or "2")
#: Letters are written and nobody sends them here.
NOT_ASKED = {"no_late_message"}
#: The acts of the office's table make whole ways where places are offered by bulletins; a turn or a voucher is answered
#: by the parent's own acts, which tests/turns and tests/vouchers tell.
LIVED = [one.code for one in rule_sets.ALL if one.allocation is Allocation.BULLETIN]
ENDS = {
    "expire_referral": ("referral", "expired"),
    "lapse_contract": ("contract", "lapsed"),
    "release_in_time": ("stop_list_entry", "released"),
}


@pytest.fixture
def fresh(app, database_url):
    """Empties the database before each history."""
    with app.app_context():
        yield lambda: (db.session.remove(), empty(database_url))
        db.session.remove()


def lived(rules, seed, fresh, length=LENGTH):
    fresh()
    world = World(rules, random.Random(seed))
    world.begin()
    for _ in range(length):
        world.step()
    return world


@pytest.mark.parametrize("rules", LIVED)
def test_what_must_hold_holds(rules, fresh):
    tried: Counter[str] = Counter()

    @settings(max_examples=HISTORIES, database=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.integers(0, 2**32 - 1))
    def live(seed):
        world = lived(rules, seed, fresh)
        tried.update(world.done)
        check_invariants(world)
        check_moments(world)
        check_one_live_place()
        check_one_outcome()
        check_replay()

    live()
    # The histories are not empty: whole ways were gone.
    assert {"open_bulletin", "claim", "activate"} <= tried.keys(), tried
    if os.environ.get("KEZEK_HISTORIES"):
        print(rules, sorted(tried.items()))


def check_invariants(world):
    found = [check(db.session, one, world.now) for one in INVARIANTS if one.name not in NOT_ASKED]
    assert [(one.name, one.sample) for one in found if one.broken] == []


def check_moments(world):
    """Neither the stop-list nor anything else touches the moment of submission."""
    rows = db.session.execute(select(Application.id, Application.submitted_at)).all()
    assert {row.id: row.submitted_at for row in rows} == world.moments


def check_one_live_place():
    """A child holds one place at most: a waiting claim, a live referral, a contract without one, or an enrolment."""
    held = Counter()
    for model, live in ((Claim, ("waiting",)), (Referral, ("issued", "extended"))):
        rows = select(Application.child_id).join(model, model.application_id == Application.id)
        held.update(db.session.scalars(rows.where(model.status.in_(live))))
    held.update(db.session.scalars(select(Enrolment.child_id).where(Enrolment.discharged_on.is_(None))))
    assert [child for child, places in held.items() if places > 1] == []


def check_one_outcome():
    """What a job has decided, it has decided once, and the row says the same."""
    models = {"referral": Referral, "contract": Contract, "stop_list_entry": StopListEntry}
    for act, (subject, status) in ENDS.items():
        times = dict(
            db.session.execute(
                select(Event.subject_id, func.count())
                .where(Event.act == act, Event.subject == subject)
                .group_by(Event.subject_id)
            ).all()
        )
        assert set(times.values()) <= {1}, act
        model = models[subject]
        ended = {row.id: str(row.status) for row in db.session.scalars(select(model).where(model.id.in_(times)))}
        assert set(ended.values()) <= {status}, act
        if subject == "contract":  # an official releases too, and a contract that lapses takes its referral along
            assert set(times) == set(db.session.scalars(select(model.id).where(model.status == status)))


def check_replay():
    """Folding the events of an application gives, step by step, the state that the next one begins in, and the last."""
    states: dict[int, list[tuple[str, str | None, str | None]]] = defaultdict(list)
    for event in db.session.scalars(select(Event).where(Event.application_id.is_not(None)).order_by(Event.id)):
        key = "status" if event.subject == "application" else "application"
        before, after = json.loads(event.before).get(key), json.loads(event.after).get(key)
        if after is not None:
            states[event.application_id].append((event.act, before, after))
    for row in db.session.scalars(select(Application)):
        state = None
        for act, before, after in states[row.id]:
            assert before is None or state is None or before == state, (row.id, act, before, state)
            state = after
        assert state == str(row.status), row.id


def test_every_move_of_the_table_can_be_tried():
    """The histories take the acts from the office's table; what it lacks is the clock's, or the parent's own."""
    beyond = {move.verb for move in lifecycle.MOVES if move.verb not in BY_VERB and move.by & STAFF}
    assert beyond == set()
    parents = {m.verb for m in lifecycle.MOVES if m.by == frozenset({Role.PARENT}) and m.verb not in BY_VERB}
    assert "sign_as_parent" in parents
