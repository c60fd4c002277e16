"""`flask demo fill`: a believable, clearly fictional town on real localities.

The past is written in bulk, the last weeks are played through the services, and all of it is one
transaction: a fill that is interrupted leaves nothing behind. A second fill finds the mark and does nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app import clock
from app.db import unit_of_work
from app.demo import desks, vouchers
from app.demo.accounts import Accounts
from app.demo.bulk import Bulk
from app.demo.families import Families, TownChild
from app.demo.guard import require_demo
from app.demo.history import Author
from app.demo.placements import Placements
from app.demo.places import KENTAU, KENTAU_DISTRICT, Ground, build
from app.demo.population import Population
from app.demo.present import Stage
from app.demo.stories import Stories, official_of
from app.demo.turns import TurnStories, VillageFamily
from app.extensions import db
from app.gateways.signatures import development_signer
from app.jobs import sending
from app.models import Application, Child, Setting
from app.models.enums import Sex
from app.rules.rule_sets import RuleSet
from app.services.reference import seed_benefit_categories
from app.services.regulation import rule_set_in_force

SEED = 2026
MARK = "demo_town"
SAMPLES = 12
_LOCK = 7_345_002


@dataclass(frozen=True)
class Sample:
    """A newcomer whom only the register knows, with a child who fits a bulletin that is open now."""

    parent_iin: str
    parent_name: str
    phone: str
    child_iin: str
    child_name: str
    child_birth_year: int
    language: str


@dataclass(frozen=True)
class Filled:
    """What a fill has made; `new` is False when the town was there already."""

    new: bool
    children: int
    applications: int


def fill() -> Filled:
    """Fills the demo's database once. Raises NotTheDemo anywhere else."""
    require_demo()
    now = clock.now()
    with unit_of_work() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if session.get(Setting, MARK) is not None:
            return _count(session, new=False)
        samples = _build(session, now)
        facts = {"filled_at": now.isoformat(), "samples": [asdict(sample) for sample in samples]}
        session.add(Setting(key=MARK, value=json.dumps(facts, ensure_ascii=False)))
        done = _count(session, new=True)
    _send_letters(now)
    return done


def _send_letters(now: dt.datetime) -> None:
    """The letters of the last weeks leave now, and are shown as sent when they were written."""
    sending.send_messages(now)
    with unit_of_work() as session:
        session.execute(
            text(
                "UPDATE delivery d SET sent_at = m.created_at + interval '4 seconds' FROM message m "
                "WHERE m.id = d.message_id AND d.status = 'sent' AND d.sent_at = :now"
            ),
            {"now": now},
        )


def sample_identities() -> list[Sample]:
    """Identities with which a newcomer can register; those that were used already are left out."""
    mark = db.session.get(Setting, MARK)
    if mark is None:
        return []
    samples = [Sample(**facts) for facts in json.loads(mark.value)["samples"]]
    used = (
        set(db.session.scalars(text("SELECT iin FROM person UNION ALL SELECT iin FROM child")).all())
        if samples
        else set()
    )
    return [sample for sample in samples if not used & {sample.parent_iin, sample.child_iin}]


def _build(session: Session, now: dt.datetime) -> list[Sample]:
    rng = random.Random(SEED)
    signer = development_signer()
    seed_benefit_categories(session)
    ground = build(session, rng, clock.local_date(now))
    accounts = Accounts(session, now)
    staff = accounts.staff(ground)
    bulk = Bulk(session)
    families = Families(bulk, rng, now)
    author = Author(bulk, rng, now, _rules_by_locality(session, now))
    population = Population(session, author, Placements(author, signer), families, ground)
    family = DemoFamily(author, families, ground)
    village = VillageFamily(author, families, ground)
    samples = _samples(families, rng, now)
    newcomers = desks.newcomers(families, ground, now)
    for part in (population.attending, population.waiting, population.ended):
        part()
    kantagi = vouchers.village(session)
    kantagi_children = vouchers.newcomers(families, kantagi, now.year)
    population.settle(bulk)
    accounts.parents([*family.guardian_ids, *village.guardian_ids])
    stage = Stage(session, rng, now, signer)
    stage.know_heads({ground.kindergartens[0].id: staff["head"].id, **accounts.heads(ground)})
    stage.reserved = [family.queued, family.contracted]
    district = ground.localities[KENTAU_DISTRICT]
    desks.put_on(stage, newcomers, staff["reviewer"], district.prefix)
    Stories(stage, ground, official_of(district.prefix, staff["department"].id), family.contracted).put_on()
    TurnStories(stage, ground).put_on()
    vouchers.VoucherStories(stage, kantagi, kantagi_children).put_on()
    stage.play()
    return samples


class DemoFamily:
    """The family of the demo's two parents: one child waits in the queue, another has a contract to be signed."""

    def __init__(self, author: Author, families: Families, ground: Ground) -> None:
        family = families.family(ground.localities[KENTAU].id, "kk", guardians=2)
        self.guardian_ids = [person_id for person_id, _ in family.guardians]
        year = clock.local_date(author.now).year
        younger = families.child_of(family, dt.date(year - 3, 3, 14), Sex.FEMALE)
        older = families.child_of(family, dt.date(year - 4, 5, 2), Sex.MALE)
        self.queued = self._file(author, younger, 240)
        self.contracted = self._file(author, older, 700)

    def _file(self, author: Author, child: TownChild, days_ago: int) -> int:
        day = clock.local_date(author.now) - dt.timedelta(days=days_ago)
        return author.file(child, author.moment(day), ["kk"]).id


def _rules_by_locality(session: Session, now: dt.datetime) -> Callable[[int], RuleSet]:
    """The rule set of a locality, asked of the database once."""
    return cache(lambda locality_id: rule_set_in_force(session, locality_id, clock.local_date(now)))


def _samples(families: Families, rng: random.Random, now: dt.datetime) -> list[Sample]:
    samples = []
    for number in range(SAMPLES):
        tongue = "kk"
        sex = Sex.FEMALE if number % 2 == 0 else Sex.MALE
        parent = families.stranger(tongue, sex, dt.date(now.year - 24 - number, 1 + number % 12, 3 + number))
        born = dt.date(now.year - 4, 1 + number % 12, 10 + number)
        child = families.relative(parent, rng.choice(list(Sex)), born, tongue)
        families.register(parent, [])
        families.register(child, [parent.iin])
        samples.append(
            Sample(
                parent_iin=parent.iin,
                parent_name=f"{parent.surname} {parent.given_name}",
                phone=f"+770000001{number:02d}",
                child_iin=child.iin,
                child_name=f"{child.surname} {child.given_name}",
                child_birth_year=born.year,
                language=tongue,
            )
        )
    return samples


def _count(session: Session, new: bool) -> Filled:
    session.flush()
    children, applications = (
        session.scalar(select(func.count()).select_from(model)) or 0 for model in (Child, Application)
    )
    return Filled(new, children, applications)
