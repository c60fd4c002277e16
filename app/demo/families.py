"""The people of the town: families with valid synthetic IINs, each also in the local person register."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from app.demo.bulk import Bulk
from app.demo.names import ENDINGS, GIVEN, SOFT, SURNAMES
from app.models.enums import GuardianKind, Language, Sex
from app.models.mixins import search_key
from app.rules.iin import make_iin

CONSENT = "2026-01"
_RUSSIAN_PATRONYMICS = {
    "Артём": "Артёмов",
    "Максим": "Максимов",
    "Матвей": "Матвеев",
    "Тимофей": "Тимофеев",
    "Роман": "Романов",
    "Егор": "Егоров",
    "Сергей": "Сергеев",
    "Андрей": "Андреев",
}


@dataclass(frozen=True)
class Named:
    """A person of the town as the register has them."""

    iin: str
    surname: str
    given_name: str
    patronymic: str | None
    birth_date: dt.date
    sex: Sex

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)

    def columns(self) -> dict[str, object]:
        """The columns that people, children and the register share."""
        return {
            "iin": self.iin,
            "surname": self.surname,
            "given_name": self.given_name,
            "patronymic": self.patronymic,
            "birth_date": self.birth_date,
            "sex": self.sex,
            "search_key": search_key(self.surname, self.given_name, self.patronymic),
        }


@dataclass
class Family:
    """Guardians of the same children."""

    tongue: str
    stem: str
    father_name: str
    locality_id: int
    guardians: list[tuple[int, Named]] = field(default_factory=list)
    children: int = 0


@dataclass(frozen=True)
class TownChild:
    """A child with what later rows need of it."""

    id: int
    named: Named
    applicant_id: int
    applicant: Named
    locality_id: int
    tongue: str


class Families:
    """Makes children, most of them with brothers and sisters in the same town."""

    def __init__(self, bulk: Bulk, rng: random.Random, now: dt.datetime) -> None:
        self._bulk, self._rng, self._now = bulk, rng, now
        self._open: dict[tuple[int, str], Family] = {}
        self._taken: set[str] = set()
        self._phones = iter(range(200, 10_000))

    def child(self, birth_year: int, locality_id: int, tongue: str) -> TownChild:
        """One more child born in that year, in a new family or one that has few children yet."""
        family = self._open.get((locality_id, tongue))
        if family is None or family.children >= self._rng.choice((1, 1, 2, 2, 3)):
            family = self._open[(locality_id, tongue)] = self.family(locality_id, tongue)
        return self.child_of(family, self._day_in(birth_year))

    def family(self, locality_id: int, tongue: str, guardians: int = 0) -> Family:
        """A new family: a mother, and in a good third of them the father as a second guardian."""
        father_name = self._rng.choice(sorted(_RUSSIAN_PATRONYMICS) if tongue == "ru" else GIVEN[("kk", "male")])
        family = Family(tongue, self._rng.choice(SURNAMES[tongue]), father_name, locality_id)
        born = self._now.year - self._rng.randint(23, 40)
        family.guardians.append(self._guardian(family, Sex.FEMALE, self._rng.choice(GIVEN[(tongue, "female")]), born))
        if guardians == 2 or (guardians == 0 and self._rng.random() < 0.35):
            family.guardians.append(self._guardian(family, Sex.MALE, father_name, born - self._rng.randint(0, 5)))
        return family

    def child_of(self, family: Family, born: dt.date, sex: Sex | None = None) -> TownChild:
        """A child of that family."""
        named = self._named(
            family, sex or self._rng.choice(list(Sex)), None, born, _patronymic(family.tongue, family.father_name)
        )
        created = dt.datetime.combine(born, dt.time(8), tzinfo=dt.UTC) + dt.timedelta(days=14)
        child_id = self._bulk.add("child", **named.columns(), created_at=min(created, self._now))
        for person_id, _ in family.guardians:
            self._bulk.add(
                "guardianship",
                child_id=child_id,
                person_id=person_id,
                kind=GuardianKind.PARENT,
                confirmed_by_register=True,
                created_at=min(created, self._now),
            )
        self.register(named, [guardian.iin for _, guardian in family.guardians])
        family.children += 1
        person_id, person = family.guardians[0]
        return TownChild(child_id, named, person_id, person, family.locality_id, family.tongue)

    def register(self, named: Named, parent_iins: list[str]) -> None:
        """An entry of the local person register."""
        self._bulk.add("register_entry", **named.columns(), parent_iins=parent_iins)

    def stranger(self, tongue: str, sex: Sex, birth_date: dt.date) -> Named:
        """Somebody whom the register alone knows: a newcomer to the service."""
        family = Family(tongue, self._rng.choice(SURNAMES[tongue]), "", 0)
        return self._named(family, sex, None, birth_date, None)

    def relative(self, of: Named, sex: Sex, birth_date: dt.date, tongue: str) -> Named:
        """A child of a stranger, with the surname in the form of its own sex."""
        stem = next(stem for stem in SURNAMES[tongue] if of.surname.startswith(stem))
        return self._named(Family(tongue, stem, "", 0), sex, None, birth_date, None)

    def _guardian(self, family: Family, sex: Sex, given_name: str, birth_year: int) -> tuple[int, Named]:
        named = self._named(family, sex, given_name, self._day_in(birth_year), None)
        registered = self._now - dt.timedelta(days=self._rng.randint(400, 800))
        person_id = self._bulk.add(
            "person",
            **named.columns(),
            phone=f"+7700000{next(self._phones):04d}",
            message_language=Language(family.tongue),
            locality_id=family.locality_id,
            consent_version=CONSENT,
            consented_at=registered,
        )
        self.register(named, [])
        return person_id, named

    def _named(self, family: Family, sex: Sex, given: str | None, born: dt.date, patronymic: str | None) -> Named:
        male = sex is Sex.MALE
        ending = SOFT.get(family.stem, ENDINGS[family.tongue])[0 if male else 1]
        if patronymic is not None:
            patronymic += {("kk", True): "ұлы", ("kk", False): "қызы", ("ru", True): "ич", ("ru", False): "на"}[
                (family.tongue, male)
            ]
        given = given or self._rng.choice(GIVEN[(family.tongue, sex.value)])
        return Named(self._iin(born, sex), family.stem + ending, given, patronymic, born, sex)

    def _iin(self, born: dt.date, sex: Sex) -> str:
        """A synthetic IIN: valid, and with a serial from the upper thousand."""
        while True:
            number = make_iin(born, sex, self._rng.randint(9000, 9999))
            if number is not None and number not in self._taken:
                self._taken.add(number)
                return number

    def _day_in(self, year: int) -> dt.date:
        return dt.date(year, 1, 1) + dt.timedelta(days=self._rng.randint(0, 364))


def _patronymic(tongue: str, father_name: str) -> str:
    return _RUSSIAN_PATRONYMICS[father_name] if tongue == "ru" else father_name
