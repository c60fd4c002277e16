"""The rules in words, made from the very values the product decides by."""

from __future__ import annotations

from flask import render_template

from app import clock
from app.extensions import db
from app.i18n import language
from app.rules import rule_sets
from app.services.regulation import DEFAULT_RULE_SET, overrides_in_force, rule_set_in_force
from app.views.public import bp
from app.views.public.surroundings import chosen_locality
from app.views.rule_words import LIMIT_WORDS, in_words, replaced_words

__all__ = ["LIMIT_WORDS", "rules_in_words"]


@bp.get("/rules", endpoint="rules")
def rules_in_words() -> str:
    """Every rule set: limits, order, ages, documents. The reader's comes first, with the numbers of the locality."""
    today = clock.today()
    here = chosen_locality()
    in_force = rule_set_in_force(db.session, here.id, today) if here else rule_sets.get(DEFAULT_RULE_SET)
    replaced = overrides_in_force(db.session, in_force, here.id, today) if here else []
    others = [rules for rules in rule_sets.ALL if rules.code != in_force.code]
    return render_template(
        "public/rules/rules.html",
        sets=[in_words(rules) for rules in (in_force, *others)],
        in_force=in_force.code,
        replaced=replaced_words(replaced),
        locality=here.name(language()) if here else None,
    )
