"""Filters of office lists: the row scope, the search box, and FAB's own made safe for threads.

FAB keeps the reader's current filters on the shared view object, so two requests at once see each
other's rows; `PerRequestFilters` gives every request its own copy.
"""

from __future__ import annotations

import copy
from typing import Any

from flask import has_request_context
from flask_appbuilder.models.filters import BaseFilter, Filters
from flask_appbuilder.models.sqla import filters as fab
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Query

from app.services.access import visible
from app.views.actor import current_actor
from app.views.fab.memory import once_per_request


class PerRequestFilters:
    """Mixin for views and APIs: `_filters` is a fresh copy for each request."""

    @property
    def _filters(self) -> Filters | None:
        prototype = self.__dict__.get("_filters_prototype")
        if prototype is None or not has_request_context():
            return prototype
        return once_per_request(("filters", id(self)), lambda: _empty_copy(prototype))

    @_filters.setter
    def _filters(self, prototype: Filters | None) -> None:
        self.__dict__["_filters_prototype"] = prototype


def _empty_copy(prototype: Filters) -> Filters:
    fresh = copy.copy(prototype)
    fresh.clear_filters()
    return fresh


class ScopeFilter(BaseFilter):
    """Only the rows that the person at the screen may see (app/services/access.py, in SQL)."""

    name = lazy_gettext("Rows visible to me")
    arg_name = None

    @staticmethod
    def predicate(model: type) -> ColumnElement[bool]:
        """The condition for `model`; a test may put its own in a subclass."""
        return visible(current_actor(), model)

    def apply(self, query: Query[Any], value: Any) -> Query[Any]:
        return query.filter(type(self).predicate(self.model))


class ClauseFilter(BaseFilter):
    """A ready SQL condition, such as that of the search box."""

    name = lazy_gettext("Search")
    arg_name = None

    def apply(self, query: Query[Any], value: ColumnElement[bool]) -> Query[Any]:
        return query.filter(value)


class OfficeFilterConverter(fab.SQLAFilterConverter):
    """Which comparisons a column offers: few, and all of them understood by an official."""

    conversion_table = (
        ("is_relation_many_to_one", [fab.FilterRelationOneToManyEqual]),
        ("is_relation_one_to_one", [fab.FilterRelationOneToManyEqual]),
        ("is_relation_many_to_many", [fab.FilterRelationManyToManyEqual]),
        ("is_relation_one_to_many", [fab.FilterRelationManyToManyEqual]),
        ("is_enum", [fab.FilterEqual, fab.FilterNotEqual]),
        ("is_boolean", [fab.FilterEqual]),
        ("is_text", [fab.FilterContains, fab.FilterStartsWith, fab.FilterEqual]),
        ("is_string", [fab.FilterContains, fab.FilterStartsWith, fab.FilterEqual]),
        ("is_integer", [fab.FilterEqual, fab.FilterGreater, fab.FilterSmaller, fab.FilterIn]),
        ("is_numeric", [fab.FilterEqual, fab.FilterGreater, fab.FilterSmaller]),
        ("is_float", [fab.FilterEqual, fab.FilterGreater, fab.FilterSmaller]),
        ("is_date", [fab.FilterEqual, fab.FilterGreater, fab.FilterSmaller]),
        ("is_datetime", [fab.FilterGreater, fab.FilterSmaller]),
    )

    def convert(self, col_name: str) -> list[BaseFilter] | None:
        """The comparisons of a column; None for kinds that cannot be compared (lists, JSON).

        FAB says so in the log, once per column and start; it is meant, so there is nothing to say.
        """
        for is_kind, comparisons in self.conversion_table:
            if getattr(self.datamodel, is_kind)(col_name):
                return [comparison(col_name, self.datamodel) for comparison in comparisons]
        return None
