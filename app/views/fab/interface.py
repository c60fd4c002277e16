"""How office views read the database: bounded counts, eager columns, keys that cannot break a query."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from flask_appbuilder.models.base import BaseInterface
from flask_appbuilder.models.filters import Filters
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import BigInteger, Integer, PrimaryKeyConstraint, UniqueConstraint, func, inspect, select
from sqlalchemy.orm import Query, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.views.fab.filters import OfficeFilterConverter


class OfficeInterface(SQLAInterface):
    """FAB's data model with a capped count and the list's relations loaded in the same breath."""

    count_cap = 10_000
    filter_converter_class = OfficeFilterConverter

    def __init__(self, model: type, session: Any = None, eager: Iterable[ORMOption] = ()) -> None:
        super().__init__(model, session)
        self.eager = tuple(eager)

    def query_count(self, query: Query[Any], filters: Filters | None = None, select_columns: Any = None) -> int:
        """How many rows match, counted no further than `count_cap` + 1: a full count of a million rows is slow."""
        matching = self._apply_inner_all(query, filters, aliases_mapping={})
        capped = matching.with_entities(*inspect(self.obj).primary_key).order_by(None).limit(self.count_cap + 1)
        return self.session.execute(select(func.count()).select_from(capped.subquery())).scalar_one()

    def apply_all(self, query: Query[Any], filters: Filters | None = None, *args: Any, **kwargs: Any) -> Query[Any]:
        found = super().apply_all(query, filters, *args, **kwargs)
        # The REST interface selects its columns itself; mixing both would load relations twice.
        chosen = kwargs.get("select_columns") or (len(args) > 4 and args[4])
        return found if chosen else found.options(*self.eager)

    def get(self, id: Any, filters: Filters | None = None, *args: Any, **kwargs: Any) -> Any:
        """The row with this key through `filters`, or None; also None for a key no row can have."""
        if not self.is_pk_composite() and not self._could_be_key(id):
            return None
        return super().get(id, filters, *args, **kwargs)

    def get_many(self, ids: Iterable[Any], filters: Filters) -> list[Any]:
        """The rows with these keys through `filters`, in the order asked for; the absent are left out."""
        key = inspect(self.obj).primary_key[0]
        wanted = [int(i) if isinstance(key.type, Integer) else i for i in ids if self._could_be_key(i)]
        query = filters.apply_all(self.session.query(self.obj)).filter(key.in_(wanted)).options(*self.eager)
        found = {self.get_pk_value(row): row for row in query}
        return [found[i] for i in dict.fromkeys(wanted) if i in found]

    def _could_be_key(self, value: Any) -> bool:
        kind = inspect(self.obj).primary_key[0].type
        if not isinstance(kind, Integer):
            return "\x00" not in str(value)
        text = str(value)
        return text.isascii() and text.isdigit() and int(text) < 2 ** (63 if isinstance(kind, BigInteger) else 31)

    def get_related_obj(self, col_name: str, value: Any) -> Any:
        return self.session.get(self.get_related_model(col_name), value)

    def add(self, item: Any, commit: bool = True) -> None:
        """Inserts inside the view's unit of work."""
        self._refuse_own_commit(commit)
        self.session.add(item)
        self.session.flush()

    def edit(self, item: Any, commit: bool = True) -> None:
        """Writes the changes inside the view's unit of work."""
        self._refuse_own_commit(commit)
        self.session.flush()

    def delete(self, item: Any, commit: bool = True) -> None:
        """Deletes inside the view's unit of work."""
        self._refuse_own_commit(commit)
        self.session.delete(item)
        self.session.flush()

    @staticmethod
    def _refuse_own_commit(commit: bool) -> None:
        if commit:
            raise RuntimeError("only app/db.py commits: write through the view, inside its unit of work")

    @staticmethod
    def _get_attr_value(item: Any, col: str) -> Any:
        # FAB turns an enum into its stored code; the screen needs the member, for its translated label.
        value = getattr(item, col, None) if "." not in col else None
        return value if isinstance(value, enum.Enum) else BaseInterface._get_attr_value(item, col)


def eager_options(model: type, columns: Iterable[str]) -> list[ORMOption]:
    """Loader options for every relation that `columns` ("group", "group.kindergarten.name") walk through."""
    options: dict[str, ORMOption] = {}
    for column in columns:
        path: list[str] = []
        option: Any = None
        mapper: Any = inspect(model)
        for name in column.split("."):
            relation = mapper.relationships.get(name)
            if relation is None:
                break
            path.append(name)
            load = (option or _Root()).selectinload if relation.uselist else (option or _Root()).joinedload
            option = load(getattr(mapper.class_, name))
            options[".".join(path)] = option
            mapper = relation.mapper
    return list(options.values())


class _Root:
    """Begins a chain of loader options."""

    joinedload = staticmethod(joinedload)
    selectinload = staticmethod(selectinload)


def scope_of(interface: SQLAInterface, scope_filter: type | None) -> Filters:
    """The base filters of `interface` that hold nothing but the row scope."""
    filters = interface.get_filters()
    if scope_filter is not None:
        key = inspect(interface.obj).primary_key[0].key
        filters.add_filter_list([[key, scope_filter, None]])
    return filters


def is_indexed(model: type, column: str) -> bool:
    """Whether sorting by `column` can use an index: a list of a million rows must not be sorted in memory."""
    if column not in inspect(model).columns:
        return False
    wanted: Any = inspect(model).columns[column]
    if wanted.primary_key or wanted.unique or wanted.index:
        return True
    table: Any = inspect(model).local_table
    keys = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint | PrimaryKeyConstraint)]
    orders = [index for index in table.indexes if _keeps_order(index)]
    leading = [next(iter(each.columns), None) for each in [*keys, *orders]]
    return any(first is not None and first.key == wanted.key for first in leading)


def _keeps_order(index: Any) -> bool:
    """A B-tree over the whole table; a trigram or a partial index cannot serve ORDER BY."""
    chosen = index.dialect_options["postgresql"]
    return chosen["using"] in (False, None, "", "btree") and chosen["where"] is None
