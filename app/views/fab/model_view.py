"""OfficeModelView: what every generated office page shares."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, jsonify, request, session, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.models.filters import Filters
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement
from sqlalchemy.exc import StatementError
from sqlalchemy.orm.interfaces import ORMOption

from app.views.fab.actions import ScopedActions
from app.views.fab.display import formatters
from app.views.fab.export import CsvExport
from app.views.fab.filters import PerRequestFilters, ScopeFilter
from app.views.fab.forms import own_field, search_field
from app.views.fab.interface import OfficeInterface, eager_options, is_indexed
from app.views.fab.searching import any_contains, apply_search, wish_for
from app.views.fab.writing import ScopedWriting

LONGEST_KEPT_ADDRESS = 1_000
LAST_LOOKUP_PAGE = 50


class OfficeModelView(PerRequestFilters, ScopedActions, ScopedWriting, CsvExport, ModelView):
    """A CRUD view whose list, page, forms, actions, lookup and export all keep to the reader's rows.

    Besides FAB's own attributes:

    * `record_name`, `records_name`: what one row and many are called (lazy, translated);
    * `scope_filter`: the row scope; None only for reference lists that belong to nobody;
    * `ajax_columns`: relation → class name of the related view, chosen by typing;
    * `small_relations`: relations whose whole table may stand in a select (a few dozen rows);
    * `quick_search_columns`: text columns the search box looks into; override `search_clause` for more;
    * `lookup_parent`: foreign key column by which a select that depends on another one narrows the lookup;
    * `list_eager`: loader options for what model methods touch; plain list columns are found by themselves;
    * `masked_columns`: columns shown as an IIN is (IIN columns are masked anyway).
    """

    # Declared by FAB without types.
    datamodel: Any
    base_filters: Any
    base_order: Any
    list_columns: Any
    search_columns: Any
    order_columns: Any
    list_title: Any
    show_title: Any
    add_title: Any
    edit_title: Any
    search_form_extra_fields: Any
    add_form_extra_fields: Any
    edit_form_extra_fields: Any
    add_form_query_rel_fields: Any
    edit_form_query_rel_fields: Any

    record_name: Any = ""
    records_name: Any = ""
    scope_filter: type[ScopeFilter] | None = ScopeFilter
    ajax_columns: dict[str, str] = {}
    small_relations: frozenset[str] = frozenset()
    quick_search_columns: list[str] = []
    list_eager: tuple[ORMOption, ...] = ()
    masked_columns: frozenset[str] = frozenset()
    max_page_size = 100
    lookup_size = 20
    lookup_parent: str | None = None
    # Serves any file of the upload folder by name, past every scope (FAB's own route).
    exclude_route_methods = frozenset({"download"})

    # ── setting up ──

    def _init_properties(self) -> None:
        model = self.datamodel.obj
        self.datamodel = OfficeInterface(model)
        if self.scope_filter is not None:
            key = self.datamodel.get_pk_name()
            self.base_filters = [[key, self.scope_filter, None], *(self.base_filters or [])]
        self.list_columns = self.list_columns or self.datamodel.get_user_columns_list()[:1]
        if self.search_columns is None:
            self.search_columns = [c for c in self.list_columns if c in self.datamodel.list_columns]
        if self.order_columns is None:
            self.order_columns = [c for c in self.list_columns if is_indexed(model, c)] or [key_of(self)]
        if self.base_order is None:
            self.base_order = (key_of(self), "desc")
        super()._init_properties()
        self.datamodel.eager = (*eager_options(model, [*self.list_columns, *self.show_columns]), *self.list_eager)

    def _init_titles(self) -> None:
        one = self.record_name or lazy_gettext(self._prettify_name(self.datamodel.model_name))
        self.list_title = self.list_title or self.records_name or one
        self.show_title = self.show_title or one
        self.add_title = self.add_title or lazy_gettext("%(record)s: new record", record=one)
        self.edit_title = self.edit_title or lazy_gettext("%(record)s: changes", record=one)
        self.title = self.list_title

    def _init_forms(self) -> None:
        self._refuse_large_selects()
        self.search_form_extra_fields = {
            **{
                c: search_field(self.datamodel, c, self.label_columns.get(c), self.ajax_columns.get(c))
                for c in self.search_columns
            },
            **(self.search_form_extra_fields or {}),
        }
        self.add_form_extra_fields = {**self._own_fields(self.add_columns), **self.add_form_extra_fields}
        self.edit_form_extra_fields = {**self._own_fields(self.edit_columns), **self.edit_form_extra_fields}
        scoped = {c: self._related_scope(c) for c in self.small_relations}
        self.add_form_query_rel_fields = {**scoped, **(self.add_form_query_rel_fields or {})}
        self.edit_form_query_rel_fields = {**scoped, **(self.edit_form_query_rel_fields or {})}
        super()._init_forms()

    def _own_fields(self, columns: list[str]) -> dict[str, Any]:
        fields = {
            column: own_field(
                self.datamodel,
                column,
                self.label_columns.get(column),
                self.description_columns.get(column, ""),
                self.validators_columns.get(column, []),
                self.ajax_columns.get(column),
            )
            for column in columns
        }
        return {column: field for column, field in fields.items() if field is not None}

    def _related_scope(self, column: str) -> list[list[Any]]:
        related = self.datamodel.get_related_interface(column)
        return [] if self.scope_filter is None else [[related.get_pk_name(), self.scope_filter, None]]

    def _refuse_large_selects(self) -> None:
        """A select box that loads a whole table makes a page of megabytes; better no start than that."""
        forms: list[tuple[list[str], Any]] = [(self.search_columns, {})]
        left_out = self._routes_left_out()
        forms += [(self.add_columns, self.add_form_extra_fields)] * ("add" not in left_out)
        forms += [(self.edit_columns, self.edit_form_extra_fields)] * ("edit" not in left_out)
        for columns, extra in forms:
            named = {*self.ajax_columns, *self.small_relations, *extra}
            loose = [c for c in columns if self.datamodel.is_relation(c) and c not in named]
            if loose:
                raise TypeError(f"{type(self).__name__}: name {loose} in ajax_columns or small_relations")

    def _routes_left_out(self) -> set[str]:
        if self.include_route_methods is not None:
            return {"add", "edit"} - set(self.include_route_methods)
        if self.base_permissions is not None:
            return {name for name in ("add", "edit") if f"can_{name}" not in self.base_permissions}
        return set(self.exclude_route_methods)

    # ── reading ──

    @property
    def base_scope(self) -> Filters:
        """The base filters: what a lookup or a select of another view may offer from here."""
        return self._base_filters

    def search_clause(self, text: str) -> ColumnElement[bool] | None:
        """The condition of the search box for `text`; None when this view has no search box."""
        return any_contains(self.datamodel.obj, self.quick_search_columns, text)

    @property
    def has_search_box(self) -> bool:
        """Whether the search box would look into anything."""
        return bool(self.quick_search_columns) or type(self).search_clause is not OfficeModelView.search_clause

    def _list(self, **kwargs: Any) -> dict[str, Any]:
        wish = wish_for(type(self).__name__)
        apply_search(self, self._filters)
        widgets = self._get_list_widget(
            filters=self._filters,
            order_column=wish.order_column,
            order_direction=wish.order_direction,
            page=wish.page,
            page_size=wish.page_size,
            **kwargs,
        )
        self._keep_own_address()
        form = self.search_form(formdata=request.args, prefix="f_", meta={"csrf": False})
        return self._get_search_widget(form=form, widgets=widgets)

    def _get_list_widget(
        self,
        filters: Filters,
        order_column: str = "",
        page: int | None = None,
        page_size: int | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        size = max(1, min(page_size or self.page_size, self.max_page_size))
        last = self.datamodel.count_cap // size
        column = order_column if order_column in self.order_columns else ""
        try:
            widgets = super()._get_list_widget(
                filters=filters, order_column=column, page=min(page or 0, last), page_size=size, **kwargs
            )
        except StatementError:  # a value the database cannot even compare with
            self.datamodel.session.rollback()
            abort(400)
        widgets["list"].template_args.update(
            formatters_columns=formatters(self.list_columns, self.formatters_columns, self.masked_columns),
            count_cap=self.datamodel.count_cap,
            view=self,
        )
        return widgets

    def _get_show_widget(self, pk: Any, item: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        widgets = super()._get_show_widget(pk, item, *args, **kwargs)
        # The page of one row shows the IIN in full; only lists hide it.
        full = {c: f for c, f in formatters(self.show_columns, self.formatters_columns).items()}
        widgets["show"].template_args.update(formatters_columns=_unmasked(full, self.formatters_columns), view=self)
        return widgets

    def _get_add_widget(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return self._with_way_back(super()._get_add_widget(*args, **kwargs), "add")

    def _get_edit_widget(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return self._with_way_back(super()._get_edit_widget(*args, **kwargs), "edit")

    def _with_way_back(self, widgets: dict[str, Any], name: str) -> dict[str, Any]:
        widgets[name].template_args["cancel_url"] = self.own_list_url()
        return widgets

    def _get_search_widget(self, form: Any = None, **kwargs: Any) -> dict[str, Any]:
        widgets = super()._get_search_widget(form=form, **kwargs)
        widgets["search"].template_args.update(
            view=self,
            quick=request.args.get("q", ""),
            can_export=self._may("can_export"),
        )
        return widgets

    def _show(self, pk: Any) -> dict[str, Any]:
        item = self._row_or_404(pk)
        return self._related_lists(item, self._get_show_widget(self.datamodel.get_pk_value(item), item))

    def _related_lists(self, item: Any, widgets: dict[str, Any]) -> dict[str, Any]:
        """The lists below a row, of those views that the reader may list at all."""
        widgets["related_views"] = []
        for view in self.permitted_related_views():
            wish = wish_for(type(view).__name__)
            widgets["related_views"].append(
                self._get_related_view_widget(
                    item,
                    view,
                    wish.order_column,
                    wish.order_direction,
                    page=wish.page,
                    page_size=wish.page_size,
                )
            )
        return widgets

    def permitted_related_views(self) -> list[Any]:
        """The related views whose list the reader may open."""
        sm = self.appbuilder.sm
        return [view for view in self._related_views if sm.has_access("can_list", view.class_permission_name)]

    @expose("/show/<pk>", methods=["GET"])
    @has_access
    def show(self, pk: str) -> str:
        """One visible row with its related lists. 404 for any other."""
        widgets = self._show(pk)
        return self.render_template(
            self.show_template,
            pk=pk,
            title=self.show_title,
            widgets=widgets,
            related_views=self.permitted_related_views(),
        )

    @expose("/edit/<pk>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str) -> Any:
        """The form of one visible row. 404 for any other."""
        widgets = self._edit(pk)
        if widgets is None:
            return self.post_edit_redirect()
        return self.render_template(
            self.edit_template,
            title=self.edit_title,
            widgets=widgets,
            related_views=self.permitted_related_views(),
        )

    @expose("/lookup")
    @has_access
    @permission_name("list")
    def lookup(self) -> Response:
        """Rows for a select of another form: `term`, `page_lookup` (from 0) and `parent` in, id and text out."""
        text = (request.args.get("term") or request.args.get("q") or "").strip()[:100].replace("\x00", "")
        page = min(wish_for("lookup").page or 0, LAST_LOOKUP_PAGE)
        query = self._base_filters.apply_all(self.datamodel.session.query(self.datamodel.obj))
        clause = self.search_clause(text) if text else None
        query = (query if clause is None else query.filter(clause)).options(*self.datamodel.eager)
        if self.lookup_parent and request.args.get("parent"):
            query = query.filter(getattr(self.datamodel.obj, self.lookup_parent) == request.args.get("parent", 0, int))
        key = getattr(self.datamodel.obj, key_of(self))
        size = self.lookup_size
        rows = query.order_by(key.desc()).offset(page * size).limit(size + 1).all()
        found = [{"id": self.datamodel.get_pk_value(row), "text": self.lookup_text(row)} for row in rows[:size]]
        return jsonify(results=found, pagination={"more": len(rows) > size})

    def lookup_text(self, row: Any) -> str:
        """How a row reads in a select."""
        return str(row)

    # ── where to go next ──

    def own_list_url(self) -> str:
        """This view's list as the reader last saw it; FAB's history steps back one page too far after an action."""
        kept = session.get("office_list")
        if isinstance(kept, list) and kept[0] == type(self).__name__:
            return kept[1]
        return url_for(f"{self.endpoint}.{self.default_view}")

    def _keep_own_address(self) -> None:
        address = request.full_path if request.args else request.path
        if len(address) <= LONGEST_KEPT_ADDRESS:
            session["office_list"] = [type(self).__name__, request.script_root + address]

    def get_redirect(self) -> str:
        return self.own_list_url()

    def update_redirect(self) -> None:
        """FAB keeps five addresses in the cookie for its back button; ours needs none."""

    def _may(self, permission: str) -> bool:
        return permission in self.base_permissions and self.appbuilder.sm.has_access(
            permission, self.class_permission_name
        )


def key_of(view: OfficeModelView) -> str:
    """The name of the view's primary key column."""
    name = view.datamodel.get_pk_name()
    return name if isinstance(name, str) else name[0]


def _unmasked(chosen: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    from app.views.fab.display import display, mask_iin

    return {c: display if f is mask_iin and c not in own else f for c, f in chosen.items()}
