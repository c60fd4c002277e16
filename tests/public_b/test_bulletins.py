"""The list and the card of bulletins."""

from __future__ import annotations

import datetime as dt

from app.models import Bulletin
from app.models.enums import BulletinStatus, Language
from tests import factories
from tests.factories import NOON


def test_a_stranger_sees_the_list_and_no_button(town, log_in):
    town.bulletin(3)
    page = log_in(None, "en").get("/bulletins").text
    assert "№1 «Күншуақ»" in page
    assert "Available to all" in page
    assert "Send a claim" not in page


def test_a_parent_sees_the_button_only_where_everything_matches(town, log_in):
    family = town.family()
    fits = town.bulletin(1)
    other = factories.open_bulletin(factories.group(town.kindergarten, language=Language.RU), 1)
    page = log_in(family.account).get("/bulletins").text
    assert f'action="/bulletins/{fits.id}/claim"' in page
    assert f'action="/bulletins/{other.id}/claim"' not in page
