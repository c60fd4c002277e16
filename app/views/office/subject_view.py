"""OfficeView: a generated page whose buttons come from the table of acts and whose writes leave events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from werkzeug.wrappers import Response

from app import clock
from app.db import unit_of_work
from app.models import Child
from app.services import record
from app.views.actor import current_actor
from app.views.base import OfficeModelView
from app.views.fab.interface import is_indexed
from app.views.fab.model_view import key_of
from app.views.office.acts import Act, acts_on
from app.views.office.labels import LABELS
from app.views.office.recording import RecordedChanges

LARGEST_BATCH = 100


class OfficeView(RecordedChanges, OfficeModelView):
    """What every view of the back office shares besides the hardened base.

    * buttons: one FAB action per act that starts on this model, named by its verb;
    * `child_of`: how to find the child whose file a page of this view shows; reading it is recorded;
    * lists are open to sorting by indexed columns alone (base class) and show at most 25 rows at first.
    """

    page_size = 25
    action_limit = LARGEST_BATCH
    child_of: Callable[[Any], Child] | None = None
    actions: dict[str, Any]
    label_columns: dict[str, Any]
    # Adding, changing and exporting are granted by role; deleting is nobody's: events point at the rows.
    base_permissions = ["can_list", "can_show", "can_export"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "datamodel" in cls.__dict__:
            for act in acts_on(cls.datamodel.obj):
                setattr(cls, f"start_{act.verb}", button(act))

    def __init__(self, **kwargs: Any) -> None:
        # FAB appends the names of actions to the list it finds; a class attribute would be shared.
        self.base_permissions = list(self.base_permissions)
        super().__init__(**kwargs)
        order = [act.verb for act in acts_on(self.datamodel.obj)]
        rank = {verb: place for place, verb in enumerate(order)}
        self.actions = dict(sorted(self.actions.items(), key=lambda item: rank.get(item[0], len(rank))))

    def _init_properties(self) -> None:
        self.label_columns = {**LABELS, **(self.label_columns or {})}
        # FAB would fill a form that nobody may open with every column, the lifecycle's among them.
        if "can_add" not in self.base_permissions:
            self.add_columns = [key_of(self)]
        if "can_edit" not in self.base_permissions:
            self.edit_columns = [key_of(self)]
        # Whatever a view wishes: a column without an index would sort a million rows in memory.
        wished = self.order_columns or self.list_columns
        self.order_columns = [c for c in wished if is_indexed(self.datamodel.obj, c)] or [key_of(self)]
        super()._init_properties()

    def _get_show_widget(self, pk: Any, item: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        widgets = super()._get_show_widget(pk, item, *args, **kwargs)
        actor = current_actor()
        fitting = {act.verb for act in acts_on(self.datamodel.obj) if act.fits(item, actor)}
        verbs = {act.verb for act in acts_on(self.datamodel.obj)}
        shown = {name: item for name, item in self.actions.items() if name in fitting or name not in verbs}
        widgets["show"].template_args.update(actions=shown, heading=self.lookup_text(item))
        return widgets

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """One visible row with its related lists. 404 for any other. A child's file opened is an event."""
        self.record_reading(pk, "show")
        return super().show(pk)

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """The form of one visible row. 404 for any other. A child's file opened is an event."""
        self.record_reading(pk, "edit")
        return super().edit(pk)

    def record_reading(self, pk: str, page: str) -> None:
        """One event per look at a child's file, in a unit of work of its own."""
        if self.child_of is None:
            return
        item = self._row_or_404(pk)
        with unit_of_work() as session:
            child = type(self).child_of(item)  # type: ignore[misc]
            name = f"{self.datamodel.obj.__tablename__} {item.id} {page}"
            record.file_opened(session, current_actor(), clock.now(), child, name)


def button(act: Act) -> Callable[[Any, Any], Response]:
    """The method behind one button: it leads to the act page and changes nothing itself."""

    def lead_to_act_page(self: OfficeView, chosen: Any) -> Response:
        rows = chosen if isinstance(chosen, list) else [chosen]
        return redirect(act_url(act.verb, [row.id for row in rows]))

    danger = "danger" if act.move.danger else None
    lead_to_act_page._action = (act.verb, act.move.label, None, danger, act.many, True)  # type: ignore[attr-defined]
    lead_to_act_page.__name__ = f"start_{act.verb}"
    return lead_to_act_page


def act_url(verb: str, row_ids: list[int]) -> str:
    """The act page of `verb` for these rows."""
    return url_for("ActView.act", verb=verb, rows=",".join(map(str, row_ids)))


READ_ONLY = ["can_list", "can_show", "can_export"]
WRITES = [*READ_ONLY, "can_add", "can_edit"]
