"""The door of the pages that belong to a logged-in parent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import redirect, request, url_for
from flask_login import current_user

from app.views.actor import current_person_id

P = ParamSpec("P")


def parents_only(view: Callable[P, Any]) -> Callable[P, Any]:
    """A stranger is led to the log-in page and back; an account without a person gets 403."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if not current_user.is_authenticated:
            return redirect(url_for("public.log_in", next=request.path if request.method == "GET" else None))
        current_person_id()
        return view(*args, **kwargs)

    return guarded
