"""Adding, changing and deleting a row: one unit of work each, scoped relations, no database text on screen."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import lazy_gettext
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from werkzeug.wrappers import Response

from app.db import unit_of_work
from app.rules.verdict import RuleBroken
from app.services.reasons import explain
from app.views.fab.forms import view_named
from app.views.fab.interface import scope_of
from app.views.fab.mixin import ViewMixin

log = logging.getLogger(__name__)

UNSPOKEN = {"password"}
"""Columns that no event, message or digest may carry."""


class ScopedWriting(ViewMixin):
    """Mixin for OfficeModelView. Hooks, all inside the unit of work: pre_add, pre_update, pre_delete, on_change.

    A hook refuses by raising RuleBroken; its sentence is shown and nothing is saved.
    """

    added_message = lazy_gettext("Saved.")
    deleted_message = lazy_gettext("Deleted.")
    conflict_message = lazy_gettext("Not saved: the same record exists already, or another record depends on it.")
    failure_message = lazy_gettext("Not saved because of a failure on our side. Nothing was changed; try again.")

    def on_change(self, verb: str, item: Any, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        """Called inside the unit of work after each "added", "changed" (changed columns only) and "deleted";
        the place to write the event."""

    def _add(self) -> dict[str, Any] | None:
        form = self.add_form.refresh()
        given = self._given_relations()
        for name in given:
            if name in form:  # settled by the address; asking again could only contradict it
                del form[name]
        if request.method == "POST" and form.validate() and self._saved(lambda: self._insert(form, given)):
            return None
        return self._get_add_widget(form=form, exclude_cols=list(given))

    def _edit(self, pk: Any) -> dict[str, Any] | None:
        item = self._row_or_404(pk)
        form = self.edit_form.refresh(obj=item)
        form._id = self.datamodel.get_pk_value(item)  # lets FAB's Unique validator pass over the row itself
        if request.method == "POST":
            if form.validate() and self._saved(lambda: self._update(form, pk)):
                return None
        else:
            self.prefill_form(form, pk)
        item = self._row_or_404(pk)
        widgets = self._get_edit_widget(form=form, exclude_cols=[])
        widgets["edit"].template_args["row_seen"] = request.form.get("row_seen") or digest(item, self.edit_columns)
        return self._related_lists(item, widgets)

    @expose("/delete/<pk>", methods=["POST"])
    @has_access
    def delete(self, pk: str) -> Response:
        """Deletes one visible row. 404 for any other."""
        self._row_or_404(pk)
        self._saved(lambda: self._remove(pk), self.deleted_message)
        return redirect(self.own_list_url())

    def _insert(self, form: Any, given: dict[str, Any]) -> None:
        self.process_form(form, True)
        item = self.datamodel.obj()
        form.populate_obj(item)
        for name, row in given.items():
            setattr(item, name, row)
        self.pre_add(item)
        self.datamodel.add(item, commit=False)
        self.on_change("added", item, None, facts(item))

    def _update(self, form: Any, pk: Any) -> None:
        item = self._row_or_404(pk)
        # Look again under the lock: the row may have moved on while the form stood open.
        self.datamodel.session.refresh(item, with_for_update={"of": type(item)})
        if request.form.get("row_seen", "") not in ("", digest(item, self.edit_columns)):
            raise RuleBroken("STALE")
        before = facts(item)
        self.process_form(form, False)
        form.populate_obj(item)
        self.pre_update(item)
        self.datamodel.edit(item, commit=False)
        after = facts(item)
        changed = [name for name in after if after[name] != before.get(name)]
        self.on_change("changed", item, {n: before[n] for n in changed}, {n: after[n] for n in changed})

    def _remove(self, pk: Any) -> None:
        item = self._row_or_404(pk)
        self.pre_delete(item)
        before = facts(item)
        self.datamodel.delete(item, commit=False)
        self.on_change("deleted", item, before, None)

    def _saved(self, write: Callable[[], None], message: Any = None) -> bool:
        """Whether `write` was committed; if not, the reader is told why in words, never in SQL."""
        try:
            with unit_of_work():
                write()
        except RuleBroken as broken:
            flash(self.reason_of(broken), "danger")
        except IntegrityError as error:
            log.warning("write refused by constraint %s", constraint_of(error))
            flash(self.conflict_message, "danger")
        except SQLAlchemyError as error:
            log.error("write failed: %s %s", type(error).__name__, getattr(error.orig, "sqlstate", ""))  # type: ignore[attr-defined]
            flash(self.failure_message, "danger")
        else:
            flash(message or self.added_message, "success")
            return True
        return False

    def reason_of(self, broken: RuleBroken) -> str:
        """The refused rule's sentence in the reader's language."""
        return explain(broken)

    def _row_or_404(self, pk: Any) -> Any:
        item = self.datamodel.get(self._deserialize_pk_if_composite(pk), self._base_filters)
        return item if item is not None else abort(404)

    def _given_relations(self) -> dict[str, Any]:
        """Relations fixed by the address (the Add button of a related list), each visible to the reader or 404."""
        given = {}
        for name in request.args:
            spoken = re.fullmatch(r"_flt_0_(\w+)", name)
            if spoken and self.datamodel.is_relation_many_to_one(spoken[1]) and spoken[1] in self.add_columns:
                given[spoken[1]] = self._related_row(spoken[1], request.args[name]) or abort(404)
        return given

    def _related_row(self, column: str, key: Any) -> Any:
        if column in self.ajax_columns:
            view = view_named(self.ajax_columns[column])
            return view.datamodel.get(key, view.base_scope)
        related = self.datamodel.get_related_interface(column)
        return related.get(key, scope_of(related, self.scope_filter))


def facts(item: Any) -> dict[str, Any]:
    """The stored columns of `item` by name, for events."""
    names = [attribute.key for attribute in inspect(item).mapper.column_attrs]
    return {name: getattr(item, name) for name in names if name not in UNSPOKEN}


def digest(item: Any, columns: list[str]) -> str:
    """A short mark of what the form showed; another mark on return means that the row was changed meanwhile."""
    shown = [(name, getattr(item, name)) for name in sorted(columns) if name in inspect(item).mapper.column_attrs]
    shown += [
        (c.key, getattr(item, c.key))
        for r in inspect(item).mapper.relationships
        if r.key in columns
        for c in r.local_columns
        if c.key in inspect(item).mapper.column_attrs
    ]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def constraint_of(error: IntegrityError) -> str:
    """The name of the violated constraint; the database's own sentence would carry the person's data."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None) or "unknown"
