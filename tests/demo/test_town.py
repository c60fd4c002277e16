"""The fictional town: in order, believable in its states, filled once, only in the demo."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select, text
from werkzeug.security import check_password_hash

from app import clock
from app.db import unit_of_work
from app.demo import town
from app.demo.accounts import ACCOUNTS, PASSWORD
from app.demo.guard import NotTheDemo
from app.extensions import db
from app.gateways.person_register import register
from app.models import Account, Application, Bulletin, Child, Claim, Contract, Kindergarten, Locality, Person, Referral
from app.models.enums import ApplicationStatus, BulletinStatus, Language, Role
from app.rules.iin import read_bin, read_iin
from app.services import applications, claims
from app.services.access import Actor, actor_of
from app.services.applications import Wish
from app.services.invariants import INVARIANTS, check


@pytest.fixture
def filled(app, clean):
    with app.app_context():
        began = clock.machine_now()
        town.fill()
        app.extensions["test.fill_seconds"] = (clock.machine_now() - began).total_seconds()
        yield app
        db.session.remove()


def test_the_town_is_in_order_and_shows_every_state(filled):
    broken = {row.name: found.sample for row in INVARIANTS if (found := check(db.session, row, clock.now())).broken}
    assert broken == {}
    assert filled.extensions["test.fill_seconds"] < 60
    assert db.session.scalar(select(func.count()).select_from(Child)) > 3000
    shown = set(db.session.scalars(select(Application.status).distinct()))
    assert shown >= {
        *(ApplicationStatus.QUEUED, ApplicationStatus.DOCS_REVIEW, ApplicationStatus.CLAIMED),
        *(ApplicationStatus.REFERRED, ApplicationStatus.CONTRACTING, ApplicationStatus.STOP_LISTED),
        *(ApplicationStatus.ENROLLED, ApplicationStatus.ARCHIVED),
    }
    assert len(set(db.session.scalars(select(Claim.status).distinct()))) >= 4
    assert len(set(db.session.scalars(select(Referral.status).distinct()))) >= 5
    assert len(set(db.session.scalars(select(Contract.status).distinct()))) >= 5
    assert BulletinStatus.SCHEDULED in set(db.session.scalars(select(Bulletin.status).distinct()))
    numbers = [*db.session.scalars(select(Person.iin)), *db.session.scalars(select(Child.iin))]
    assert all(read_iin(number).valid for number in numbers)
    assert all(read_bin(number).valid for number in db.session.scalars(select(Kindergarten.bin)))
    for model in (Bulletin, Claim, Referral, Contract):
        assert db.session.scalar(select(func.count()).select_from(model)) > 20
    assert nothing_is_in_the_future()
    assert every_role_can_log_in()
    assert town.fill().new is False


def nothing_is_in_the_future():
    moments = (
        *(
            "SELECT max(at) FROM event",
            "SELECT max(submitted_at) FROM application",
            "SELECT max(sent_at) FROM delivery",
        ),
        *("SELECT max(claimed_at) FROM claim", "SELECT max(signed_at) FROM contract"),
    )
    return all(db.session.scalar(text(query)) <= clock.now() for query in moments)


def every_role_can_log_in():
    found = {row.username: row for row in db.session.scalars(select(Account))}
    assert {account.role for account in ACCOUNTS} == set(Role) - {Role.SYSTEM}
    for account in ACCOUNTS:
        assert check_password_hash(found[account.username].password, PASSWORD)
        assert account.role in actor_of(found[account.username]).roles
    return True


def test_a_newcomer_of_the_samples_fits_a_bulletin_that_is_open_now(filled):
    sample = town.sample_identities()[0]
    assert len(town.sample_identities()) == town.SAMPLES
    assert sample.parent_iin in register().find(sample.child_iin).parent_iins
    with unit_of_work() as session:
        person = Person(iin=sample.parent_iin, surname="Б", given_name="А", birth_date=dt.date(1995, 1, 1))
        known = register().find(sample.child_iin)
        child = Child(
            iin=known.iin,
            surname=known.surname,
            given_name=known.given_name,
            birth_date=known.birth_date,
            sex=known.sex,
            created_at=clock.now(),
        )
        session.add_all([person, child])
        session.flush()
        session.execute(
            text(
                "INSERT INTO guardianship (child_id, person_id, kind, confirmed_by_register, created_at) "
                "VALUES (:child, :person, 'parent', true, now())"
            ),
            {"child": child.id, "person": person.id},
        )
        kentau = session.scalars(select(Locality.id).where(Locality.code == "612010000")).one()
        parent = Actor(roles=frozenset({Role.PARENT}), person_id=person.id)
        wish = Wish(child.id, kentau, (Language(sample.language),))
        filed = applications.submit(session, parent, person.id, wish, clock.now())
        head = actor_of(session.scalars(select(Account).where(Account.username == "head")).one())
        on_offer = select(Bulletin).where(
            Bulletin.status == BulletinStatus.OPEN, Bulletin.kindergarten_id == head.kindergarten_id
        )
        fitting = [
            row for row in session.scalars(on_offer) if claims.weigh(session, row, filed, clock.now()).refusal is None
        ]
        assert fitting
        assert max(row.free for row in fitting) >= 3
        claim_id = claims.claim(session, parent, fitting[0].id, filed.id, clock.now())
        assert claims.activate(session, head, claim_id, clock.now()).use_by > clock.today()
    assert len(town.sample_identities()) == town.SAMPLES - 1


def test_the_town_is_refused_outside_the_demo(app, clean):
    with app.app_context():
        with unit_of_work() as session:
            session.execute(text("UPDATE setting SET value = 'production' WHERE key = 'installation'"))
        with pytest.raises(NotTheDemo):
            town.fill()
        done = app.test_cli_runner().invoke(args=["demo", "fill"])
        assert done.exit_code == 2
        assert len(done.stderr.strip().splitlines()) == 1
