"""The list as a CSV file: the same scope, filters and masks as on screen, read in strides of the key."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Response, stream_with_context
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import inspect
from sqlalchemy.orm import Query

from app import clock
from app.views.fab.display import formatters, is_iin, mask_iin, plain
from app.views.fab.mixin import ViewMixin
from app.views.fab.searching import apply_search

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads Kazakh letters as Latin-1
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


class CsvExport(ViewMixin):
    """Mixin for OfficeModelView; needs the permission can_export on the view."""

    export_limit = 100_000
    export_stride = 1_000
    export_columns: list[str] | None = None
    """Columns of the file; the list's own when None."""

    @expose("/export.csv")
    @has_access
    @permission_name("export")
    def export(self) -> Response:
        """Streams the filtered list, at most `export_limit` rows."""
        apply_search(self, self._filters)
        filters = self._filters.get_joined_filters(self._base_filters)
        # Asked now: while the rows are streamed the request is over, and with it the reader's account.
        rows = filters.apply_all(self.datamodel.session.query(self.datamodel.obj)).options(*self.datamodel.eager)
        name = f"{type(self).__name__.removesuffix('View').lower()}-{clock.today().isoformat()}.csv"
        answer = Response(stream_with_context(self._csv(rows)), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _csv(self, rows: Query[Any]) -> Iterator[str]:
        columns = self.export_columns or self.list_columns
        own = formatters(columns, {}, self.masked_columns)
        yield BYTE_ORDER_MARK + csv_line([str(self.label_columns.get(c, c)) for c in columns])
        for row in self._strides(rows):
            values = [self.datamodel._get_attr_value(row, column) for column in columns]
            yield csv_line(
                [
                    mask_iin(value) if own[column] is mask_iin or is_iin(column) else plain(value)
                    for column, value in zip(columns, values, strict=True)
                ]
            )

    def _strides(self, found: Query[Any]) -> Iterator[Any]:
        """The rows by key, `export_stride` at a time: no OFFSET, no transaction held while the reader is slow."""
        session, key = self.datamodel.session, inspect(self.datamodel.obj).primary_key[0]
        last, left = None, self.export_limit
        while left > 0:
            query = found.with_session(session())
            query = query if last is None else query.filter(key > last)
            rows = query.order_by(key).limit(min(self.export_stride, left)).all()
            last, left = (self.datamodel.get_pk_value(rows[-1]), left - len(rows)) if rows else (None, 0)
            yield from rows
            for row in rows:
                session.expunge(row)
            session.rollback()


def csv_line(cells: list[str]) -> str:
    """One line with semicolons, as spreadsheets set to Kazakh or Russian expect."""
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow([harmless(cell) for cell in cells])
    return line.getvalue()


def harmless(cell: str) -> str:
    """`cell` so that a spreadsheet takes it as text and not as a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(DANGEROUS) else cell
