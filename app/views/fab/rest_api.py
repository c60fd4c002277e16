"""OfficeModelRestApi: the REST interface with the same row scope as the pages, also for foreign keys."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_appbuilder import ModelRestApi
from flask_appbuilder.models.filters import Filters
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError, SQLAlchemyError, StatementError

from app.db import unit_of_work
from app.rules.verdict import RuleBroken
from app.services.reasons import explain
from app.views.fab.display import is_iin, mask_iin
from app.views.fab.filters import PerRequestFilters, ScopeFilter
from app.views.fab.interface import OfficeInterface, is_indexed, scope_of
from app.views.fab.writing import constraint_of, facts

log = logging.getLogger(__name__)


class OfficeModelRestApi(PerRequestFilters, ModelRestApi):
    """REST over visible rows. A foreign row answers 404, a foreign relation in the body 422.

    Hooks, inside the unit of work: pre_add, pre_update, pre_delete, on_change (as in OfficeModelView).
    """

    # Declared by FAB without types.
    datamodel: Any
    base_filters: Any
    base_order: Any
    list_columns: Any
    search_columns: Any
    order_columns: Any

    scope_filter: type[ScopeFilter] | None = ScopeFilter
    masked_columns: frozenset[str] = frozenset()

    def _init_properties(self) -> None:
        model = self.datamodel.obj
        self.datamodel = OfficeInterface(model)
        key = self.datamodel.get_pk_name()
        if self.scope_filter is not None:
            self.base_filters = [[key, self.scope_filter, None], *(self.base_filters or [])]
        if self.search_columns is None:
            self.search_columns = [c for c in self.list_columns or [] if c in self.datamodel.list_columns] or [key]
        if self.order_columns is None:
            self.order_columns = [c for c in self.list_columns or [] if is_indexed(model, c)] or [key]
        self.base_order = self.base_order or (key, "desc")
        super()._init_properties()

    def on_change(self, verb: str, item: Any, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        """Called inside the unit of work after each "added", "changed" and "deleted"; the place for the event."""

    # ── reading ──

    def get_list_headless(self, **kwargs: Any) -> Response:
        try:
            return super().get_list_headless(**kwargs)
        except (StatementError, ValueError):  # a filter value the column cannot hold
            self.datamodel.session.rollback()
            return self.response_400(message=gettext("The filter was not understood."))

    def pre_get_list(self, data: dict[str, Any]) -> None:
        """Tells a capped count apart and hides IINs, as in every list."""
        cap = self.datamodel.count_cap
        data["count_capped"] = data["count"] > cap
        data["count"] = min(data["count"], cap)
        for row in data["result"]:
            for column in row:
                if is_iin(column) or column in self.masked_columns:
                    row[column] = mask_iin(row[column])

    def _get_field_info(self, field: Any, filter_rel_field: Any, **kwargs: Any) -> dict[str, Any]:
        info = super()._get_field_info(field, filter_rel_field, **kwargs)
        # gettext("") answers with the header of the catalogue; an absent description is simply empty.
        info["description"] = info["description"] if self.description_columns.get(field.name) else ""
        return info

    def _get_list_related_field(self, field: Any, filter_rel_field: Any, **kwargs: Any) -> tuple[int, list[Any]]:
        if self.scope_filter is not None and self.datamodel.is_relation(field.name):
            key = self.datamodel.get_related_interface(field.name).get_pk_name()
            filter_rel_field = [*(filter_rel_field or []), [key, self.scope_filter, None]]
        return super()._get_list_related_field(field, filter_rel_field, **kwargs)

    # ── writing ──

    def post_headless(self) -> Response:
        if not request.is_json:
            return self.response_400(message="Request is not JSON")
        return self._written(self._insert)

    def put_headless(self, pk: Any) -> Response:
        if not request.is_json:
            return self.response_400(message="Request is not JSON")
        if self.datamodel.get(pk, self._base_filters) is None:
            return self.response_404()
        return self._written(lambda: self._update(pk))

    def delete_headless(self, pk: Any) -> Response:
        if self.datamodel.get(pk, self._base_filters) is None:
            return self.response_404()
        return self._written(lambda: self._remove(pk))

    def _insert(self) -> tuple[int, dict[str, Any]]:
        body = self._body(self.add_columns)
        with self.datamodel.session.no_autoflush:
            item = self.add_model_schema.load(body)
        self.pre_add(item)
        self.datamodel.add(item, commit=False)
        self.on_change("added", item, None, facts(item))
        result = self.add_model_schema.dump(item, many=False)
        return 201, {"result": result, "id": self.datamodel.get_pk_value(item)}

    def _update(self, pk: Any) -> tuple[int, dict[str, Any]]:
        item = self._locked(pk)
        before = facts(item)
        body = self._body(self.edit_columns)
        with self.datamodel.session.no_autoflush:
            item = self.edit_model_schema.load(self._merge_update_item(item, body), instance=item)
        self.pre_update(item)
        self.datamodel.edit(item, commit=False)
        after = facts(item)
        changed = [name for name in after if after[name] != before.get(name)]
        self.on_change("changed", item, {n: before[n] for n in changed}, {n: after[n] for n in changed})
        return 200, {"result": self.edit_model_schema.dump(item, many=False)}

    def _remove(self, pk: Any) -> tuple[int, dict[str, Any]]:
        item = self._locked(pk)
        self.pre_delete(item)
        before = facts(item)
        self.datamodel.delete(item, commit=False)
        self.on_change("deleted", item, before, None)
        return 200, {"message": "OK"}

    def _locked(self, pk: Any) -> Any:
        item = self.datamodel.get(pk, self._base_filters)
        if item is None:
            raise LookupError(pk)
        self.datamodel.session.refresh(item, with_for_update={"of": type(item)})
        return item

    def _written(self, write: Callable[[], tuple[int, dict[str, Any]]]) -> Response:
        """One unit of work, and an answer without a word of SQL."""
        try:
            with unit_of_work():
                code, answer = write()
            return self.response(code, **answer)
        except LookupError:
            return self.response_404()
        except ValidationError as error:
            return self.response_422(message=error.messages)
        except RuleBroken as broken:
            return self.response_422(message={broken.code: self.reason_of(broken)})
        except IntegrityError as error:
            log.warning("write refused by constraint %s", constraint_of(error))
            return self.response_422(
                message=gettext("Not saved: the same record exists already, or another record depends on it.")
            )
        except SQLAlchemyError as error:
            log.error("write failed: %s", type(error).__name__)
            return self.response_500(
                message=gettext("Not saved because of a failure on our side. Nothing was changed; try again.")
            )

    def reason_of(self, broken: RuleBroken) -> str:
        """The refused rule's sentence in the caller's language."""
        return explain(broken)

    def _body(self, columns: list[str]) -> dict[str, Any]:
        """The JSON body, after every relation in it was looked up within the caller's scope."""
        body = request.get_json()
        if not isinstance(body, dict):
            raise ValidationError(gettext("Send one JSON object."))
        given = {name: body[name] for name in columns if body.get(name) is not None}
        foreign = [name for name, value in given.items() if not self._relation_visible(name, value)]
        if foreign:
            raise ValidationError({name: [gettext("There is no such record.")] for name in foreign})
        return body

    def _relation_visible(self, column: str, value: Any) -> bool:
        relation = self._relation_behind(column)
        if relation is None:
            return True
        related = self.datamodel.get_related_interface(relation)
        scope: Filters = scope_of(related, self.scope_filter)
        keys = value if isinstance(value, list) else [value]
        return all(related.get(key, scope) is not None for key in keys)

    def _relation_behind(self, column: str) -> str | None:
        """The relation that `column` names, or whose foreign key it is."""
        if self.datamodel.is_relation(column):
            return column
        if not self.datamodel.is_fk(column):
            return None
        wanted = self.datamodel.list_columns[column]
        for name, prop in self.datamodel.list_properties.items():
            if self.datamodel.is_relation_many_to_one(name) and wanted in prop.local_columns:
                return name
        raise TypeError(f"{type(self).__name__}: {column} is a foreign key without a relation to check it by")
