"""How many children the town has, and in which part of the way each of them is."""

from __future__ import annotations

import datetime as dt
import random

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import clock
from app.demo.bulk import Bulk
from app.demo.families import Families
from app.demo.history import Author
from app.demo.placements import Placements
from app.demo.places import KARNAK, KENTAU, TURKISTAN, Ground
from app.models import BenefitCategory, Kindergarten, KindergartenGroup
from app.models.enums import ArchiveReason, GroupType, Language, Stream

#: How many wait in each place.
WAITING = {KENTAU: 1150, KARNAK: 110, TURKISTAN: 640}
ARCHIVED = 320
#: Age by the end of the year → share of those who wait.
_AGES = ((2, 40), (3, 28), (4, 17), (5, 11), (6, 4))
#: Places that stay open in the kindergartens where the present is played (app/demo/stories.py), and elsewhere.
_STAGE, _FREE = {0: 18, 1: 10, 2: 10, 3: 10, 14: 5, 16: 6, 17: 6, 18: 6}, 3

# The three tables of the line, from the applications that stand: what app/services/standing.py writes one by one.
_STAND = (
    """
    INSERT INTO queue (queue_type, locality_id, birth_year, language, cycle_position)
    SELECT DISTINCT a.queue_type, a.locality_id, a.birth_year, l.language, 0
      FROM application a CROSS JOIN LATERAL unnest(a.languages) AS l (language)
     WHERE a.status IN ('queued', 'notified', 'claimed')
        ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO queue_entry (application_id, queue_id, stream, submitted_at, week)
    SELECT a.id, q.id, a.stream, a.submitted_at, floor(extract(epoch FROM a.submitted_at) / 604800)
      FROM application a CROSS JOIN LATERAL unnest(a.languages) AS l (language)
      JOIN queue q ON (q.queue_type, q.locality_id, q.birth_year, q.language)
                    = (a.queue_type, a.locality_id, a.birth_year, l.language)
     WHERE a.status IN ('queued', 'notified', 'claimed')
        ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO queue_bucket (queue_id, week, out_of_turn, first_priority, general)
    SELECT queue_id, week, count(*) FILTER (WHERE stream = 'out_of_turn'),
           count(*) FILTER (WHERE stream = 'first_priority'), count(*) FILTER (WHERE stream = 'general')
      FROM queue_entry GROUP BY queue_id, week
        ON CONFLICT DO NOTHING
    """,
    """
    UPDATE queue q SET out_of_turn = n.out_of_turn, first_priority = n.first_priority, general = n.general
      FROM (SELECT queue_id, sum(out_of_turn) AS out_of_turn, sum(first_priority) AS first_priority,
                   sum(general) AS general FROM queue_bucket GROUP BY queue_id) n
     WHERE n.queue_id = q.id
    """,
)
_ATTEND = """
UPDATE kindergarten_group g SET enrolled = n.children, free = g.capacity - n.children
  FROM (SELECT group_id, count(*) AS children FROM enrolment WHERE discharged_on IS NULL GROUP BY group_id) n
 WHERE n.group_id = g.id
"""
_ANALYSED = "application, child, guardianship, person, queue_entry, queue_bucket, event, register_entry, enrolment"


class Population:
    """Fills the town with children."""

    def __init__(
        self, session: Session, author: Author, placements: Placements, families: Families, ground: Ground
    ) -> None:
        self._session, self._author, self._families, self._ground = session, author, families, ground
        self._placements = placements
        self._rng: random.Random = author.rng
        self._today = clock.local_date(author.now)
        self._benefits = list(session.scalars(select(BenefitCategory).order_by(BenefitCategory.position)))

    def attending(self) -> None:
        """Children who attend: most places of every group, taken in one or two intakes of the last two years."""
        for number, garden in enumerate(self._ground.kindergartens):
            for group in garden.groups:
                if group.group_type is GroupType.REGULAR:
                    self._fill_group(garden, group, _STAGE.get(number, _FREE))

    def _fill_group(self, garden: Kindergarten, group: KindergartenGroup, keep_free: int) -> None:
        taken = max(4, group.capacity - keep_free - self._rng.randint(0, 2))
        first = taken * 2 // 3
        for count, days_ago in ((first, self._rng.randint(300, 420)), (taken - first, self._rng.randint(60, 200))):
            children = [
                self._families.child(self._rng.choice(group.birth_years), garden.locality_id, _tongue(group.language))
                for _ in range(count)
            ]
            # Nobody is born after the bulletin that brought him in: the youngest came last.
            day = max(self._open_day(days_ago), *(child.named.birth_date + dt.timedelta(days=90) for child in children))
            self._placements.intake(garden, group, children, min(day, self._today - dt.timedelta(days=25)))

    def waiting(self) -> None:
        """Children in the queue, with and without a benefit."""
        for code, count in WAITING.items():
            locality_id = self._ground.localities[code].id
            for _ in range(count):
                age = self._rng.choices([age for age, _ in _AGES], [share for _, share in _AGES])[0]
                languages = self._rng.choices((["kk"], ["ru"], ["kk", "ru"]), (70, 17, 13))[0]
                tongue = "ru" if languages == ["ru"] else "kk"
                child = self._families.child(self._today.year - age, locality_id, tongue)
                submitted = self._submitted(child.named.birth_date, 730)
                interested = self._author.now - dt.timedelta(days=self._rng.randint(5, 300))
                self._author.file(
                    child,
                    submitted,
                    languages,
                    benefit=self._benefit(),
                    interest_confirmed_at=max(submitted, interested),
                )

    def ended(self) -> None:
        """Applications that are in the archive: withdrawn, or of children who have gone to school."""
        for _ in range(ARCHIVED):
            code = self._rng.choice((KENTAU, TURKISTAN))
            too_old = self._rng.random() < 0.4
            age = 7 if too_old else self._rng.randint(3, 6)
            child = self._families.child(self._today.year - age, self._ground.localities[code].id, "kk")
            submitted = self._submitted(child.named.birth_date, 720, at_least=330 if too_old else 60)
            ended = self._author.moment(self._today - dt.timedelta(days=self._rng.randint(2, 50)))
            if too_old:
                ended = max(submitted, self._author.moment(dt.date(self._today.year, 1, 8)))
            reason = ArchiveReason.MAX_AGE if too_old else ArchiveReason.WITHDRAWN
            self._author.archive(child, reason, submitted, min(ended, self._author.now))

    def settle(self, bulk: Bulk) -> None:
        """Writes everything, puts the waiting into their lines and counts the places."""
        bulk.write()
        for statement in (*_STAND, _ATTEND, f"ANALYZE {_ANALYSED}"):
            self._session.execute(text(statement))
        self._session.expire_all()

    def _submitted(self, born: dt.date, longest: int, at_least: int = 3) -> dt.datetime:
        earliest = max(born + dt.timedelta(days=10), self._today - dt.timedelta(days=longest))
        span = (self._today - dt.timedelta(days=at_least) - earliest).days
        return self._author.moment(earliest + dt.timedelta(days=self._rng.randint(0, max(span, 0))))

    def _open_day(self, days_ago: int) -> dt.date:
        """A day on which bulletins are published: not in the pause of August."""
        day = self._today - dt.timedelta(days=days_ago)
        return day.replace(month=7, day=20) if day.month == 8 else day

    def _benefit(self) -> BenefitCategory | None:
        chance = self._rng.random()
        if chance > 0.10:
            return None
        stream = Stream.OUT_OF_TURN if chance < 0.03 else Stream.FIRST_PRIORITY
        return self._rng.choice([category for category in self._benefits if category.stream is stream])


def _tongue(language: Language) -> str:
    return "ru" if language is Language.RU else "kk"
