"""The ground of the town: real localities, invented kindergartens and their groups."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.names import GROUPS, KINDERGARTENS, STREETS
from app.models import Kindergarten, KindergartenGroup, Locality, RuleSetAssignment
from app.models.enums import AgeGroup, CorrectionType, GroupType, KindergartenKind, Language
from app.rules.iin import make_bin
from app.services.imports import import_kato, read_kato

SUBSET = Path(__file__).with_name("kato_subset.csv")
#: Codes of the classifier: the town with the electronic contract, a village of it under the rules of 2018, the town
#: under the older rules.
KENTAU, KARNAK, TURKISTAN = "612010000", "612039100", "611010000"
KENTAU_DISTRICT, REGION = "612000000", "610000000"
#: How many kindergartens each has, and about where they lie.
_WHERE = {
    KENTAU: (14, 43.517, 68.505),
    KARNAK: (2, 43.423, 68.350),
    TURKISTAN: (8, 43.297, 68.252),
}
_AGES = {2: AgeGroup.JUNIOR, 3: AgeGroup.MIDDLE, 4: AgeGroup.SENIOR, 5: AgeGroup.PRESCHOOL}
#: Ages by the end of the year and language of the groups of a kindergarten, in turn.
_LAYOUTS: tuple[tuple[tuple[int, Language], ...], ...] = (
    ((2, Language.KK), (3, Language.KK), (4, Language.KK), (5, Language.KK), (4, Language.RU)),
    ((2, Language.KK), (3, Language.KK), (4, Language.KK), (5, Language.KK)),
    ((2, Language.RU), (3, Language.RU), (4, Language.RU), (5, Language.RU), (3, Language.KK)),
    ((2, Language.KK), (3, Language.KK), (3, Language.RU), (4, Language.KK), (5, Language.KK), (2, Language.RU)),
)
_KINDS = (KindergartenKind.STATE, KindergartenKind.STATE, KindergartenKind.PRIVATE_STATE_ORDER, KindergartenKind.STATE)


@dataclass(frozen=True)
class Ground:
    """Localities by code, and the kindergartens in the order in which they were built."""

    localities: dict[str, Locality]
    kindergartens: list[Kindergarten]

    def at(self, code: str) -> list[Kindergarten]:
        return [garden for garden in self.kindergartens if garden.locality.code == code]


def build(session: Session, rng: random.Random, today: dt.date) -> Ground:
    """Localities, rule-set assignments, kindergartens and empty groups."""
    import_kato(session, read_kato(SUBSET.read_bytes()))
    codes = (*_WHERE, KENTAU_DISTRICT, REGION)
    found = {row.code: row for row in session.scalars(select(Locality).where(Locality.code.in_(codes)))}
    _assign(session, found)
    gardens: list[Kindergarten] = []
    for code, (count, latitude, longitude) in _WHERE.items():
        for _ in range(count):
            gardens.append(_kindergarten(rng, len(gardens), found[code], (latitude, longitude), today.year))
    session.add_all(gardens)
    session.flush()
    return Ground(found, gardens)


def _assign(session: Session, localities: dict[str, Locality]) -> None:
    session.add_all(
        [
            RuleSetAssignment(
                locality=localities[REGION],
                rule_set="sitcen_2019",
                from_on=dt.date(2019, 6, 1),
                basis="Demo: decision of the region's education department",
            ),
            RuleSetAssignment(
                locality=localities[KENTAU_DISTRICT],
                rule_set="smartnation_2020",
                from_on=dt.date(2020, 2, 1),
                basis="Demo: decision of the town's education department",
            ),
        ]
    )


def _kindergarten(
    rng: random.Random, number: int, where: Locality, centre: tuple[float, float], year: int
) -> Kindergarten:
    layout = _LAYOUTS[number % len(_LAYOUTS)]
    garden = Kindergarten(
        bin=_bin(rng, number),
        name=f"№{101 + number} «{KINDERGARTENS[number]}»",
        kind=KindergartenKind.PRIVATE_STATE_ORDER if where.code == KARNAK else _KINDS[number % len(_KINDS)],
        locality=where,
        address=f"{rng.choice(STREETS)} көшесі, {rng.randint(1, 90)}",
        phones=[f"+7700000{number + 1:04d}"],
        languages=sorted({language.value for _, language in layout}),
        correction_types=[],
        latitude=round(centre[0] + rng.uniform(-0.02, 0.02), 6),
        longitude=round(centre[1] + rng.uniform(-0.025, 0.025), 6),
    )
    for position, (age, language) in enumerate(layout):
        # The first kindergarten is where a newcomer is led: room for more than one walk.
        capacity = 25 if number == 0 else rng.randint(15, 22)
        garden.groups.append(_group(f"{GROUPS[position]}", age, language, capacity, year))
    if number == 1:
        garden.correction_types = [CorrectionType.SPEECH.value]
        special = _group("Бал ара", 4, Language.KK, 12, year)
        special.group_type = GroupType.SPECIAL
        special.birth_years = [year - 4, year - 5]
        garden.groups.append(special)
    return garden


def _group(name: str, age: int, language: Language, capacity: int, year: int) -> KindergartenGroup:
    return KindergartenGroup(
        name=name,
        age_group=_AGES[age],
        birth_years=[year - age],
        language=language,
        group_type=GroupType.REGULAR,
        capacity=capacity,
        enrolled=0,
        held=0,
        published=0,
        free=capacity,
    )


def _bin(rng: random.Random, number: int) -> str:
    while True:
        made = make_bin(2012 + number % 8, rng.randint(1, 12), 90_000 + rng.randint(0, 9_999))
        if made is not None:
            return made
