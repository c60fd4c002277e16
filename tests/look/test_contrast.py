"""The contrast of the tokens, by the formula of WCAG 2.2, in the light and the dark scheme."""

from __future__ import annotations

import re

import pytest

from tests.look.toy import APP

TEXT, EDGE = 4.5, 3.0
PAIRS = [
    ("--ink", "--surface", TEXT),
    ("--ink", "--paper", TEXT),
    ("--ink-2", "--surface", TEXT),
    ("--ink-2", "--paper", TEXT),
    ("--ink-2", "--sunken", TEXT),
    ("--brand", "--surface", TEXT),
    ("--brand", "--paper", TEXT),
    ("--brand", "--brand-tint", TEXT),
    ("--ink-on-brand", "--brand", TEXT),
    ("--ink-on-brand", "--brand-strong", TEXT),
    ("--on-gold", "--gold", TEXT),
    ("--on-gold", "--gold-strong", TEXT),
    ("--ok", "--ok-tint", TEXT),
    ("--ok", "--surface", TEXT),
    ("--soon", "--soon-tint", TEXT),
    ("--soon", "--surface", TEXT),
    ("--bad", "--bad-tint", TEXT),
    ("--bad", "--surface", TEXT),
    ("--off", "--off-tint", TEXT),
    ("--ink", "--gold-tint", TEXT),
    ("--ink", "--soon-tint", TEXT),
    ("--ink", "--bad-tint", TEXT),
    ("--band-ink", "--band", TEXT),
    ("--band-ink-2", "--band", TEXT),
    ("--band-ink", "--band-hover", TEXT),
    ("--line-strong", "--surface", EDGE),
    ("--bad-edge", "--surface", EDGE),
    *((f"--c{n}", "--surface", EDGE) for n in range(1, 7)),
]


def schemes() -> dict[str, dict[str, str]]:
    """The colours of both schemes; what the dark one does not say again is as in the light one."""
    light, dark = (APP / "static/css/tokens.css").read_text().split("@media (prefers-color-scheme: dark)")
    colours = [dict(re.findall(r"(--[\w-]+):\s*(#[0-9A-Fa-f]{6})", part)) for part in (light, dark)]
    return {"light": colours[0], "dark": {**colours[0], **colours[1]}}


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_known_extremes() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "floor"), PAIRS)
def test_what_stands_on_a_ground_can_be_read(scheme: str, ink: str, ground: str, floor: float) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[ink], colours[ground]) >= floor
