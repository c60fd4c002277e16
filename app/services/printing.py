"""Paper: sheets set by typst from templates in app/templates/typst/, with fonts that typst brings along."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno
import typst

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "typst"


def referral_pdf(sheet: Mapping[str, Any], verify_url: str) -> bytes:
    """The referral as a PDF. `sheet` holds its words (see the template), `verify_url` goes into the QR code."""
    return _pdf("referral.typ", {**sheet, "qr": _qr(verify_url), "url": verify_url})


def contract_pdf(sheet: Mapping[str, Any]) -> bytes:
    """The contract as a PDF: its facts, its documents and who has signed."""
    return _pdf("contract.typ", sheet)


def general_pdf(sheet: Mapping[str, Any]) -> bytes:
    """A general document of an application as a PDF: its facts and a list of papers."""
    return _pdf("general.typ", sheet)


def _pdf(template: str, sheet: Mapping[str, Any]) -> bytes:
    # Data go in as one JSON value and are never read as typst: a name cannot become a command.
    # Fonts of the machine are left out, so that a sheet looks the same everywhere.
    return typst.compile(
        _TEMPLATES / template,
        root=_TEMPLATES,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
    )


def _qr(address: str) -> str:
    drawing = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawing, kind="svg", border=2, xmldecl=False)
    return drawing.getvalue().decode()
