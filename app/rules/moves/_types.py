"""What a row of the table of moves is, and the groups of roles its rows name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.models.enums import ApplicationStatus, Role
from app.words import N_, Labelled


class Subject(Labelled):
    """What a move is made on."""

    APPLICATION = "application", N_("Application")
    BULLETIN = "bulletin", N_("Bulletin")
    CLAIM = "claim", N_("Claim")
    REFERRAL = "referral", N_("Referral")
    VOUCHER = "voucher", N_("Voucher")
    WAITING_LIST = "waiting_list", N_("Entry of a waiting list")
    CONTRACT = "contract", N_("Contract")
    STOP_LIST = "stop_list", N_("Stop-list entry")
    GROUP = "group", N_("Group")


@dataclass(frozen=True)
class Move:
    """One row of the table.

    from_: states of the subject it starts in (empty: the move creates the subject, or the subject has no states).
    to: states it may end in. application: (states before, states after) of the application it carries along.
    by: roles that may make it. needs: what must be given with it. danger: it takes something away.
    awaits: what is still missing before anybody can make it; None for a move that can be made.
    """

    verb: str
    subject: Subject
    label: str
    from_: tuple[str, ...]
    to: tuple[str, ...]
    by: frozenset[Role]
    basis: str
    needs: tuple[str, ...] = ()
    application: tuple[tuple[ApplicationStatus, ...], tuple[ApplicationStatus, ...]] | None = None
    danger: bool = False
    awaits: str | None = None

    @property
    def available(self) -> bool:
        """Whether somebody can make it: its service exists."""
        return self.awaits is None


def by(*roles: Role) -> frozenset[Role]:
    """The roles as a set."""
    return frozenset(roles)


KINDERGARTEN: Final = by(Role.HEAD, Role.METHODIST)
PARENT: Final = by(Role.PARENT)
FILES: Final = by(Role.PARENT, Role.SUPPORT)
DEPARTMENT: Final = by(Role.DEPARTMENT)
CHECKS: Final = by(Role.DEPARTMENT, Role.REVIEWER)
CLOCK: Final = by(Role.SYSTEM)

#: Why a row cannot be made yet. Whoever writes the service takes it out of the row.
NO_SERVICE: Final = "its service"
