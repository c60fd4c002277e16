"""How the installation is doing: runs of its jobs, checks of its invariants. Read only."""

from __future__ import annotations

from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.models import InvariantCheck, JobRun
from app.services.invariants import sentence_of
from app.views.office.subject_view import OfficeView

LIST_ONLY = ["can_list"]


def outcome_in_line(outcome: dict[str, Any] | None) -> str:
    """What a run came to, as "name: number" pairs."""
    return "; ".join(f"{name}: {value}" for name, value in (outcome or {}).items()) or "–"


def sentence(name: str) -> str:
    """The sentence that a check asks about."""
    return gettext(sentence_of(name))


class JobRunView(OfficeView):
    """Runs of scheduled jobs; one that never finished stands out."""

    datamodel = SQLAInterface(JobRun)
    route_base = "/job-runs"
    record_name, records_name = _("Job run"), _("Job runs")
    base_permissions = LIST_ONLY
    scope_filter = None  # belongs to nobody; its key has two columns
    list_columns = ["name", "due_at", "enqueued_at", "finished_at", "outcome"]
    search_columns = ["name", "due_at"]
    order_columns = ["name"]
    base_order = ("due_at", "desc")
    formatters_columns = {"outcome": outcome_in_line}
    include_route_methods = {"list"}


class InvariantCheckView(OfficeView):
    """What the nightly sentences found; zero means that a sentence is true."""

    datamodel = SQLAInterface(InvariantCheck)
    route_base = "/invariants"
    record_name, records_name = _("Check"), _("Checks of invariants")
    list_columns = ["checked_at", "name", "broken"]
    show_columns = [*list_columns, "sample"]
    search_columns = ["name", "broken", "checked_at"]
    order_columns = ["checked_at"]
    base_order = ("checked_at", "desc")
    formatters_columns = {"name": sentence}
    label_columns = {"name": _("Sentence")}
