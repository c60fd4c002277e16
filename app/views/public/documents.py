"""Files of the parents' site: taking one from a form, giving one back without trusting it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from flask import Response, abort, current_app, request
from werkzeug.datastructures import FileStorage

from app import clock
from app.db import unit_of_work
from app.gateways.file_store import FileMissing
from app.rules.verdict import RuleBroken
from app.services import documents
from app.services.uploads import Upload
from app.views.actor import current_actor
from app.views.public import bp
from app.views.public.entrance import parents_only


@bp.get("/documents/<int:document_id>")
@parents_only
def document(document_id: int) -> Any:
    """One of the reader's documents, as a download."""
    try:
        with unit_of_work() as session:
            found, content = documents.read(session, current_actor(), document_id, clock.now())
            content_type, file_name = found.content_type, found.file_name
    except FileMissing:
        # Whether the store lost the file or somebody altered it, the reader must not get other bytes.
        current_app.logger.error("the file of document %s is missing or altered", document_id)
        abort(404)
    return send_safely(content, content_type, file_name)


def send_safely(content: bytes, content_type: str, file_name: str) -> Response:
    """A download that no browser runs: attachment, no sniffing, sandboxed, never kept by a proxy."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "._- ") else "_" for char in file_name)
    answer = Response(content, content_type=content_type)
    answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name)}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def given_file(field: str) -> Upload:
    """The file of a form field. Raises RuleBroken("DOCUMENT_MISSING") when none was chosen."""
    given: FileStorage | None = request.files.get(field)
    if given is None or not given.filename:
        raise RuleBroken("DOCUMENT_MISSING")
    return Upload(given.filename, given.read())
