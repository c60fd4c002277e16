"""Running one act on several rows: a unit of work per row, so that a refused row costs that row alone."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.db import unit_of_work
from app.rules.verdict import RuleBroken
from app.services.access import Forbidden, OutOfReach
from app.services.reasons import explain
from app.views.actor import current_actor
from app.views.office.acts import Act
from app.words import N_

log = logging.getLogger(__name__)

NOT_THERE = N_("There is no such record.")
NOT_YOURS = N_("This is decided at another desk.")
FAILED = N_("Not saved because of a failure on our side. Nothing was changed; try again.")


@dataclass(frozen=True)
class Outcome:
    """What became of one row. `code` is None when it was done; `sentence` says the rest in words.

    `result_id` is the id of the row the service gave back (a new application, a referral), when it has one.
    """

    row_id: int
    code: str | None
    sentence: str
    result_id: int | None = None

    @property
    def done(self) -> bool:
        return self.code is None


def run(act: Act, row_ids: list[int], data: dict[str, Any]) -> list[Outcome]:
    """The act on each row in turn; every row is wholly done or wholly refused."""
    return [run_one(act, row_id, data) for row_id in row_ids]


def run_one(act: Act, row_id: int, data: dict[str, Any]) -> Outcome:
    """The act on one row, in one unit of work."""
    try:
        with unit_of_work() as session:
            result = act.call(session, current_actor(), row_id, data, clock.now())
            result_id = result if isinstance(result, int) else getattr(result, "id", None)
        return Outcome(row_id, None, gettext("Done"), result_id)
    except RuleBroken as broken:
        return Outcome(row_id, broken.code, explain(broken))
    except OutOfReach:
        return Outcome(row_id, "NOT_FOUND", gettext(NOT_THERE))
    except Forbidden:
        return Outcome(row_id, "FORBIDDEN", gettext(NOT_YOURS))
    except SQLAlchemyError as error:
        # The class alone: a database's sentence may carry a person's data.
        log.error("act %s failed: %s", act.verb, type(error).__name__)
        return Outcome(row_id, "FAILURE", gettext(FAILED))
