"""The demo's village under the rules of 2018."""

from __future__ import annotations

from sqlalchemy import select

from app import clock
from app.demo import town
from app.extensions import db
from app.jobs import turns as jobs
from app.models import Account, Application, Bulletin, Locality, SignedChoice, Turn
from app.models.enums import ApplicationStatus, BulletinStatus, TurnStatus
from app.services.invariants import INVARIANTS, check


def test_the_village_has_turns_of_every_kind_and_the_minute_leaves_it_in_order(running):
    town.fill()
    statuses = set(db.session.scalars(select(Turn.status).distinct()))
    assert statuses >= {TurnStatus.LIVE, TurnStatus.CHOSEN, TurnStatus.LAPSED}
    assert db.session.query(SignedChoice).count() == 2
    village = select(Locality.id).where(Locality.code == "612039100").scalar_subquery()
    opened = db.session.scalars(
        select(Bulletin.status).where(Bulletin.locality_id == village, Bulletin.rule_set == "indigo_2018")
    )
    assert BulletinStatus.OPEN in set(opened)
    parent = db.session.query(Account).filter_by(username="parent3").one()
    own = db.session.scalars(select(Application).where(Application.applicant_id == parent.person_id)).one()
    assert own.status is ApplicationStatus.NOTIFIED
    jobs.lapse_turns(clock.now())
    jobs.notify_turns(clock.now())
    db.session.rollback()
    assert {row.name for row in INVARIANTS if check(db.session, row, clock.now()).broken} == set()
