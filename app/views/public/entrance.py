"""The door of the pages that belong to a logged-in parent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import abort, redirect, request, url_for
from flask_login import current_user

from app.views.actor import current_person_id
from app.views.public import bp

P = ParamSpec("P")

#: The largest number a row can have; a larger one in an address is nobody's row, not a failure of the database.
LARGEST_ID = 2**63 - 1


@bp.url_value_preprocessor
def refuse_impossible_ids(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """404 for a number in the address that no row can have."""
    if any(isinstance(value, int) and value > LARGEST_ID for value in (values or {}).values()):
        abort(404)


def parents_only(view: Callable[P, Any]) -> Callable[P, Any]:
    """A stranger is led to the log-in page and back; an account without a person gets 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if not current_user.is_authenticated:
            return redirect(url_for("public.log_in", next=request.path if request.method == "GET" else None))
        current_person_id()
        return view(*args, **kwargs)

    return guarded
