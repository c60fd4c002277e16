"""The town's past: children who attend already, children who wait, applications that have ended."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app import clock
from app.demo.bulk import Bulk
from app.demo.families import TownChild
from app.models import BenefitCategory
from app.models.enums import (
    ApplicationStatus,
    ArchiveReason,
    BenefitCheck,
    GroupType,
    QueueType,
    Role,
    Stream,
)
from app.rules.rule_sets import RuleSet
from app.rules.working_days import WorkingCalendar

_CALENDAR = WorkingCalendar()


@dataclass(frozen=True)
class Filed:
    """An application of the past."""

    id: int
    child: TownChild


class Author:
    """Writes the rows and events that the acts would have written, for the whole past at once."""

    def __init__(
        self,
        bulk: Bulk,
        rng: random.Random,
        now: dt.datetime,
        rules_of: Callable[[int], RuleSet],
    ) -> None:
        self.bulk, self.rng, self.now, self.rules_of = bulk, rng, now, rules_of

    def moment(self, day: dt.date) -> dt.datetime:
        """A moment of that day while people are awake, to the microsecond."""
        start = dt.datetime.combine(day, dt.time(8), tzinfo=clock.ZONE).astimezone(dt.UTC)
        return start + dt.timedelta(microseconds=self.rng.randrange(13 * 3600 * 1_000_000))

    def file(
        self,
        child: TownChild,
        submitted_at: dt.datetime,
        languages: list[str],
        status: ApplicationStatus = ApplicationStatus.QUEUED,
        benefit: BenefitCategory | None = None,
        **values: Any,
    ) -> Filed:
        """An application and the events of its beginning. A benefit was confirmed some days later."""
        number = self.bulk.next_id("application")
        rules = self.rules_of(child.locality_id)
        confirmed = min(
            submitted_at + dt.timedelta(days=self.rng.randint(1, 4), minutes=self.rng.randint(1, 300)), self.now
        )
        self.bulk.add(
            "application",
            id=number,
            number=rules.format_number(submitted_at.year, number),
            child_id=child.id,
            applicant_id=child.applicant_id,
            locality_id=child.locality_id,
            birth_year=child.named.birth_date.year,
            languages=sorted(languages),
            status=status,
            submitted_at=submitted_at,
            benefit_category_id=benefit.id if benefit else None,
            benefit_check=BenefitCheck.CONFIRMED if benefit else BenefitCheck.NONE,
            stream=benefit.stream if benefit else Stream.GENERAL,
            **{
                "queue_type": QueueType.GENERAL,
                "group_type": GroupType.REGULAR,
                "interest_confirmed_at": submitted_at,
                "missed_referrals": 0,
                "filed_by": "applicant",
                **values,
            },
        )
        filed = Filed(number, child)
        first = ApplicationStatus.DOCS_REVIEW if benefit else ApplicationStatus.QUEUED
        self.event(filed, submitted_at, "submit", "application", number, Role.PARENT, after={"status": first})
        if benefit:
            after = {"status": ApplicationStatus.QUEUED, "stream": benefit.stream}
            self.event(
                filed, confirmed, "confirm_documents", "application", number, Role.DEPARTMENT, {"status": first}, after
            )
        return filed

    def event(
        self,
        filed: Filed,
        at: dt.datetime,
        act: str,
        subject: str,
        subject_id: int,
        role: Role,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        kindergarten_id: int | None = None,
    ) -> None:
        """The event of one act of the past."""
        self.bulk.event(
            at,
            act,
            subject,
            subject_id,
            actor_role=role,
            application_id=filed.id,
            child_id=filed.child.id,
            locality_id=filed.child.locality_id,
            kindergarten_id=kindergarten_id,
            before=before or {},
            after=after or {},
        )

    def archive(
        self, child: TownChild, reason: ArchiveReason, submitted_at: dt.datetime, ended_at: dt.datetime
    ) -> None:
        """An application that ended without a place."""
        filed = self.file(
            child,
            submitted_at,
            [child.tongue],
            ApplicationStatus.ARCHIVED,
            archived_at=ended_at,
            archive_reason=reason,
        )
        by_clock = reason is ArchiveReason.MAX_AGE
        self.event(
            filed,
            ended_at,
            "archive_max_age" if by_clock else "withdraw",
            "application",
            filed.id,
            Role.SYSTEM if by_clock else Role.PARENT,
            {"status": ApplicationStatus.QUEUED},
            {"status": ApplicationStatus.ARCHIVED, "archive_reason": reason},
        )
