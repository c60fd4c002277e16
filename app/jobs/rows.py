"""One unit of work per row: a bad row costs one row, and the run goes on."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from rq.timeouts import BaseTimeoutException
from sqlalchemy.exc import DBAPIError

from app.db import unit_of_work

log = logging.getLogger(__name__)

Outcome = dict[str, Any]


def each(job: str, ids: Iterable[int], act: Callable[[Any, int], object]) -> Outcome:
    """Does `act(session, id)` for every id in a unit of work of its own; counts what was done and what failed.

    An act that finds nothing left to do returns False and is not counted: another worker was faster.
    Raises when the database itself is gone, so that the run stays unfinished and is done again.
    """
    done = failed = 0
    for row_id in ids:
        try:
            with unit_of_work() as session:
                done += act(session, row_id) is not False
        except Exception as error:
            if ends_the_run(error):
                raise
            failed += 1
            log_failure(job, row_id, error)
    return {"done": done, "failed": failed}


def ends_the_run(error: BaseException) -> bool:
    """Whether no further row can be done now: the database is gone, or the run has lasted too long."""
    return isinstance(error, BaseTimeoutException) or (
        isinstance(error, DBAPIError) and bool(error.connection_invalidated)
    )


def log_failure(job: str, row: object, error: BaseException) -> None:
    """The kind of an error and where it arose; never its text, which may hold a person's data."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    log.error("job %s: row %s failed: %s at %s", job, row, type(error).__name__, where)
