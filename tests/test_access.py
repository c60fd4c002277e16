"""The neighbour: every road of the office and the API, walked by every role towards a row that is not theirs.

The walk is made from the application's own list of routes. A route that it does not know how to walk fails
the test, so that nobody adds a road without asking where it leads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule

from app import clock
from app.api.acts import NAMES
from app.db import unit_of_work
from app.extensions import db
from app.models import Account, Document, Event, Guardianship, Kindergarten
from app.models.enums import Role
from app.rules import lifecycle
from app.services.access import STAFF
from app.views.office.acts import ACTS, BY_VERB
from tests.office import neighbours
from tests.office.neighbours import NOW, Neighbours

CONFINED = [Role.HEAD, Role.METHODIST, Role.DEPARTMENT, Role.SUPPORT, Role.REVIEWER]
REFUSED = {403, 404}
# Lists that belong to nobody: rules, calendars, checks of the installation itself.
FOR_ALL = {"OfficeRoleView", "JobRunView", "InvariantCheckView", "BenefitCategoryView", "HolidayView"}
FOR_ALL |= {"PriorityCategoryView", "LocalityView", "RuleSetAssignmentView", "RuleOverrideView"}
# Roads without rows: the door, the language, the own account, the demo's clock. Each has tests of its own.
WITHOUT_ROWS = {
    "OfficeIndexView.index": "leads to the desk",
    "OfficeLocaleView.index": "the language switch",
    "OfficeLoginView.login": "tests/fab/test_entrance.py",
    "OfficeLoginView.logout": "ends one's own session",
    "OfficeSecurityApi.login": "tests/fab/test_entrance.py",
    "OfficeSecurityApi.refresh": "needs a token of one's own",
    "OwnPasswordView.this_form_get": "one's own password",
    "OwnPasswordView.this_form_post": "one's own password",
    "OfficeAccountView.userinfo": "one's own account",
    "RuleSetsView.rules": "the regulation; tests/regulation/test_rules_page.py",
    "RuleSetsView.words": "the regulation; tests/regulation/test_rules_page.py",
    "RuleSetsView.assign": "who decides where: tests/regulation/test_rules_page.py",
    "RuleSetsView.change": "who decides where: tests/regulation/test_rules_page.py",
    "ClockView.move": "the demo's time; tests/office/test_demo.py",
    "OutboxView.outbox": "the demo's letters, for every newcomer; tests/office/test_demo.py",
}


@pytest.fixture
def neighbourhood(app: Any, clean: None, monkeypatch: pytest.MonkeyPatch) -> Neighbours:
    from app.demo.guard import stamp

    monkeypatch.setattr(clock, "_source", lambda: NOW)
    with app.app_context(), unit_of_work() as session:
        stamp()
        return neighbours.build(session)


@dataclass
class Walker:
    """One role on its way, and what it should not have met."""

    app: Any
    role: Role
    town: Neighbours
    findings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        from flask_jwt_extended import create_access_token

        self.account = self.town.accounts[str(self.role)]
        self.client: FlaskClient = self.app.test_client()
        with self.client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = str(self.account), True
        with self.app.app_context():
            token = create_access_token(identity=str(self.account), fresh=True)
        self.headers = {"Authorization": f"Bearer {token}"}
        self.foreign = self.town.foreign_to(self.role)
        self.markers = self.town.markers(self.role)

    def expect(self, met: bool, what: str) -> None:
        if not met:
            self.findings.append(what)

    def refused(self, method: str, address: str, **kwargs: Any) -> None:
        """The road ends in 404 (or 403 before it)."""
        answer = self.client.open(address, method=method, **kwargs)
        self.expect(answer.status_code in REFUSED, f"{method} {address} answered {answer.status_code}")

    def silent(self, address: str, ids: set[int] | None = None, **kwargs: Any) -> None:
        """The page may open, but holds no foreign row."""
        answer = self.client.get(address, **kwargs)
        body = answer.get_data(as_text=True)
        self.expect(answer.status_code in {200, 403}, f"GET {address} answered {answer.status_code}")
        for marker in self.markers:
            self.expect(marker not in body, f"GET {address} names {marker}")
        if ids is not None and answer.status_code == 200:
            shown = {int(number) for number in re.findall(r"/show/(\d+)", body)}
            self.expect(not shown & ids, f"GET {address} links foreign rows {sorted(shown & ids)}")


def view_of(app: Any, rule: Rule) -> Any:
    name = rule.endpoint.split(".")[0]
    return next(view for view in app.appbuilder.baseviews if type(view).__name__ == name)


def foreign_rows(walker: Walker, view: Any) -> list[int]:
    model = view.datamodel.obj
    if type(view).__name__ in FOR_ALL:
        return []
    if model is Account:
        return [number for number in walker.town.accounts.values() if number != walker.account][:2]
    return sorted(walker.foreign.get(model, ()))


def some(walker: Walker, view: Any) -> list[int]:
    """Enough foreign rows to try a road with; lists are compared with all of them."""
    return spread(foreign_rows(walker, view))


def spread(rows: list[int]) -> list[int]:
    """The first, the last and one between: of each kindergarten's rows at least one."""
    return sorted({rows[0], rows[len(rows) // 2], rows[-1]}) if rows else []


def base(rule: Rule) -> str:
    """The fixed part of a route's address."""
    return rule.rule.split("<")[0]


# ── the roads ──


def walk_list(walker: Walker, rule: Rule, view: Any) -> None:
    ids = set(foreign_rows(walker, view))
    walker.silent(rule.rule, ids)
    walker.silent(f"{rule.rule}?psize_{type(view).__name__}=100", ids)
    for marker in walker.markers:
        # The searched word comes back in the box; rows are known by their links then.
        answer = walker.client.get(f"{rule.rule}?q={marker}")
        found = {int(number) for number in re.findall(r"/show/(\d+)", answer.text)}
        walker.expect(not found & ids, f"{rule.rule}: the search finds {sorted(found & ids)}")


def walk_show(walker: Walker, rule: Rule, view: Any) -> None:
    for pk in some(walker, view):
        walker.refused("GET", f"{base(rule)}{pk}")


def walk_add(walker: Walker, rule: Rule, view: Any) -> None:
    for relation, ids in relations(walker, view, view.add_columns):
        for pk in ids:
            walker.refused("GET", f"{rule.rule}?_flt_0_{relation}={pk}")
            before = count(walker.app, view)
            walker.client.post(rule.rule, data={relation: pk, **anything(view.add_columns, relation)})
            walker.expect(count(walker.app, view) == before, f"{rule.rule} made a row under foreign {relation} {pk}")


def walk_edit(walker: Walker, rule: Rule, view: Any) -> None:
    for pk in some(walker, view):
        walker.refused("GET", f"{base(rule)}{pk}")
        walker.refused("POST", f"{base(rule)}{pk}", data=anything(view.edit_columns))


def walk_delete(walker: Walker, rule: Rule, view: Any) -> None:
    for pk in some(walker, view):
        walker.refused("POST", f"{base(rule)}{pk}")


def walk_action(walker: Walker, rule: Rule, view: Any) -> None:
    for name in view.actions:
        for pk in some(walker, view):
            walker.refused("POST", f"{base(rule)}{name}/{pk}")
    walker.refused("POST", f"{base(rule)}explode/1")


def walk_action_post(walker: Walker, rule: Rule, view: Any) -> None:
    own = [str(pk) for pk in walker.town.own.rows.get(view.datamodel.obj, [])[:1]]
    for name in view.actions:
        for pk in some(walker, view):
            walker.refused("POST", rule.rule, data={"action": name, "rowid": [*own, str(pk)]})


def walk_lookup(walker: Walker, rule: Rule, view: Any) -> None:
    ids = set(foreign_rows(walker, view))
    for question in ("", *(f"?term={marker}" for marker in walker.markers)):
        answer = walker.client.get(rule.rule + question)
        if answer.status_code == 200:
            found = {row["id"] for row in answer.json["results"]}
            walker.expect(not found & ids, f"{rule.rule}{question} offers {sorted(found & ids)}")
        else:
            walker.expect(answer.status_code == 403, f"{rule.rule} answered {answer.status_code}")


def walk_export(walker: Walker, rule: Rule, view: Any) -> None:
    walker.silent(rule.rule)


def walk_act_page(walker: Walker, rule: Rule, view: Any) -> None:
    for act in ACTS:
        own = walker.town.own.rows.get(act.start, [])[:1]
        for pk in spread(sorted(walker.foreign.get(act.start, ()))):
            address = f"/office/act/{act.verb}"
            walker.refused("GET", f"{address}?rows={pk}")
            walker.refused("POST", address, data={"rows": str(pk), **FILLED})
            if act.many and own:
                walker.refused("POST", address, data={"rows": f"{own[0]},{pk}", **FILLED})


def walk_act_api(walker: Walker, rule: Rule, view: Any) -> None:
    for act in ACTS:
        for pk in spread(sorted(walker.foreign.get(act.start, ()))):
            address = f"/api/v1/{NAMES[act.start]}/{pk}/{act.verb}"
            walker.refused("POST", address, json=FILLED, headers=walker.headers)


def walk_file(walker: Walker, rule: Rule, view: Any) -> None:
    for pk in spread(sorted(walker.foreign.get(Document, ()))):
        walker.refused("GET", f"{base(rule)}{pk}")


def walk_board(walker: Walker, rule: Rule, view: Any) -> None:
    walker.silent(rule.rule)
    for pk in sorted(walker.foreign.get(Kindergarten, ())):
        walker.refused("GET", f"{rule.rule}?kindergarten={pk}")


def walk_plain_page(walker: Walker, rule: Rule, view: Any) -> None:
    walker.silent(rule.rule)


def walk_chart(walker: Walker, rule: Rule, view: Any) -> None:
    for chart in ("queue", "places", "waiting", "deadlines"):
        answer = walker.client.get(rule.rule.replace("<string:chart>", chart))
        body = answer.get_data(as_text=True)
        for marker in walker.markers:
            walker.expect(marker not in body, f"{rule.rule} of {chart} names {marker}")


def walk_filing(walker: Walker, rule: Rule, view: Any) -> None:
    """An operator names a family by IIN; without the register's word nothing of it is shown."""
    applicant, child = walker.town.iins["far"]
    data = {"applicant_iin": applicant, "child_iin": child}
    answer = walker.client.post(rule.rule, data=data, follow_redirects=True)
    walker.expect(answer.status_code in {403, 409}, f"{rule.rule} answered {answer.status_code}")
    for marker in walker.markers:
        walker.expect(marker not in answer.text, f"{rule.rule} names {marker}")


def walk_second_step(walker: Walker, rule: Rule, view: Any) -> None:
    """Without the first step there is no family to file for."""
    answer = walker.client.get(rule.rule)
    led_back = answer.status_code == 302 and answer.location == "/office/filing/"
    walker.expect(led_back or answer.status_code == 403, f"{rule.rule} answered {answer.status_code}")


def walk_password(walker: Walker, rule: Rule, view: Any) -> None:
    for pk in walker.town.accounts.values():
        if pk != walker.account:
            form = {"password": "a new long password", "conf_password": "a new long password"}
            walker.refused("POST" if "post" in rule.endpoint else "GET", f"{rule.rule}?pk={pk}", data=form)


def walk_api_list(walker: Walker, rule: Rule, view: Any) -> None:
    ids = set(foreign_rows(walker, view))
    for question in ("", "?q=(page_size:100)"):
        answer = walker.client.get(rule.rule + question, headers=walker.headers)
        found = set(answer.json.get("ids", [])) if answer.status_code == 200 else set()
        walker.expect(answer.status_code in {200, 403}, f"{rule.rule} answered {answer.status_code}")
        walker.expect(not found & ids, f"{rule.rule} lists {sorted(found & ids)}")


def walk_api_get(walker: Walker, rule: Rule, view: Any) -> None:
    for pk in some(walker, view):
        walker.refused("GET", f"{base(rule)}{pk}", headers=walker.headers)


def walk_api_info(walker: Walker, rule: Rule, view: Any) -> None:
    walker.silent(rule.rule, headers=walker.headers)


Road = Callable[[Walker, Rule, Any], None]
ROADS: dict[str, Road] = {
    "list": walk_list,
    "show": walk_show,
    "add": walk_add,
    "edit": walk_edit,
    "delete": walk_delete,
    "action": walk_action,
    "action_post": walk_action_post,
    "lookup": walk_lookup,
    "export": walk_export,
    "file": walk_file,
    "ActView.act": walk_act_page,
    "ActsApi.act": walk_act_api,
    "BoardView.board": walk_board,
    "DeskView.today": walk_plain_page,
    "ReviewView.review": walk_plain_page,
    "StatisticsView.page": walk_plain_page,
    "StatisticsView.data": walk_chart,
    "FilingView.find": walk_filing,
    "FilingView.file_for": walk_second_step,
    "PasswordResetView.this_form_get": walk_password,
    "PasswordResetView.this_form_post": walk_password,
    "get_list": walk_api_list,
    "get": walk_api_get,
    "info": walk_api_info,
}
# What any act might ask for, so that a refusal is never only a missing field.
FILLED = {
    "confirmed": "y",
    "reason": "a reason",
    "note": "a note",
    "decline_reason": "no_group",
    "refusal_reason": "incomplete",
    "discharge_reason": "moved",
    "places": "1",
    "place_type": "free",
    "capacity": "50",
    "birth_years": "2023",
}


def roads(app: Any) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/office/", "/api/v1/")) and not rule.endpoint.endswith(".static"):
            yield rule


def road_of(rule: Rule) -> Road | None:
    return ROADS.get(rule.endpoint) or ROADS.get(rule.endpoint.split(".")[-1])


def relations(walker: Walker, view: Any, columns: list[str]) -> Iterator[tuple[str, list[int]]]:
    for column in columns:
        if view.datamodel.is_relation(column):
            yield column, sorted(walker.foreign.get(view.datamodel.get_related_model(column), ()))[:3]


def anything(columns: list[str], *leave_out: str) -> dict[str, str]:
    """Values that fit most fields, so that only the scope can refuse."""
    known = {"birth_years": "2023", "language": "kk", "age_group": "middle", "group_type": "regular", "kind": "parent"}
    return {name: known.get(name, "7") for name in columns if name not in leave_out}


def count(app: Any, view: Any) -> int:
    with app.app_context():
        return db.session.query(view.datamodel.obj).count()


def snapshot(app: Any) -> dict[str, str]:
    """One digest per table of everything but the audit log (which writes down who looked)."""
    with app.app_context():
        names = db.session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('event')")
        ).all()
        return {
            name: db.session.scalar(
                text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t")
            )
            for name in names
        }


def test_every_road_is_known(app):
    unknown = [rule for rule in roads(app) if road_of(rule) is None and rule.endpoint not in WITHOUT_ROWS]
    assert not unknown, "teach tests/test_access.py how to walk: " + ", ".join(
        f"{rule.endpoint} ({rule.rule})" for rule in unknown
    )


@pytest.mark.parametrize("role", CONFINED)
def test_no_road_leads_to_the_neighbour(app, neighbourhood, role):
    walker = Walker(app, role, neighbourhood)
    before = snapshot(app)
    for rule in roads(app):
        road = road_of(rule)
        if road is not None:
            road(walker, rule, view_of(app, rule))
    assert not walker.findings, "\n".join(walker.findings)
    changed = [name for name, digest in snapshot(app).items() if digest != before[name]]
    assert not changed, f"the walk changed {changed}"


@pytest.mark.parametrize("role", CONFINED)
def test_the_same_roads_lead_to_ones_own_rows(app, neighbourhood, role):
    """The scope is what stops the walk above: towards one's own rows the roads are open."""
    walker = Walker(app, role, neighbourhood)
    reached = 0
    for rule in roads(app):
        if not rule.endpoint.endswith(".show"):
            continue
        view = view_of(app, rule)
        if not may(app, walker.account, "can_show", view.class_permission_name):
            continue
        foreign = walker.foreign.get(view.datamodel.obj, set())
        for side in (neighbourhood.own, neighbourhood.next_door):
            for pk in side.rows.get(view.datamodel.obj, [])[:2]:
                if pk not in foreign and view.datamodel.obj not in NOT_SURE.get(role, ()):
                    status = walker.client.get(f"{base(rule)}{pk}").status_code
                    assert status == 200, f"{base(rule)}{pk} answered {status}"
                    reached += 1
    assert reached >= 2


# Kinds of which a role may open the list in general without a row of its own being sure to be in it.
NOT_SURE = {
    Role.HEAD: {Document, Event, Guardianship},
    Role.METHODIST: {Document, Event, Guardianship},
    Role.REVIEWER: {Document, Guardianship},
}


def may(app: Any, account: int, permission: str, view: str) -> bool:
    with app.app_context():
        return (permission, view) in app.appbuilder.sm.grants_of(account).pairs


@pytest.mark.parametrize("role", sorted(STAFF))
def test_an_act_belongs_to_the_roles_of_the_lifecycle_table(app, neighbourhood, role):
    """Each role × each verb: open to those the table names, 403 to all others, on the page and in the API."""
    walker = Walker(app, role, neighbourhood)
    for act in ACTS:
        pk = row_for(walker, act.start)
        address = f"/office/act/{act.verb}?rows={pk}"
        page = walker.client.get(address).status_code
        api = walker.client.post(f"/api/v1/{NAMES[act.start]}/{pk}/{act.verb}", headers=walker.headers, json={})
        if role in lifecycle.move(act.verb).by:
            assert page == 200, f"{address} answered {page}"
            assert api.status_code in {200, 409, 422} or api.json["error"] == "FORBIDDEN"
        else:
            assert (page, api.status_code) == (403, 403), address


def row_for(walker: Walker, model: type[Any]) -> int:
    """A row of one's own where there is one."""
    own = walker.town.own
    reached = [pk for pk in own.rows[model] if pk not in walker.foreign[model]]
    return (reached or own.rows[model])[0]


def test_every_office_move_of_the_table_has_an_act():
    office = {move.verb for move in lifecycle.MOVES if move.by & STAFF}
    assert office == set(BY_VERB)


def test_the_auditor_changes_nothing(app, neighbourhood):
    walker = Walker(app, Role.AUDITOR, neighbourhood)
    before = snapshot(app)
    own = neighbourhood.own.rows
    for rule in roads(app):
        if "POST" not in rule.methods or rule.endpoint in WITHOUT_ROWS:
            continue
        view = view_of(app, rule)
        model = getattr(getattr(view, "datamodel", None), "obj", None)
        for address in addresses(rule, view, own.get(model, [1])[0] if model else 1, own):
            answer = walker.client.post(address, data=FILLED, headers=walker.headers)
            assert answer.status_code in REFUSED | {302, 400, 422}, f"{address} answered {answer.status_code}"
    changed = [name for name, digest in snapshot(app).items() if digest != before[name]]
    assert not changed


def addresses(rule: Rule, view: Any, pk: int, own: dict[type[Any], list[int]]) -> list[str]:
    """The addresses of a route, filled with rows the reader sees."""
    if rule.endpoint == "ActView.act":
        return [f"/office/act/{act.verb}?rows={own[act.start][0]}" for act in ACTS]
    if rule.endpoint == "ActsApi.act":
        return [f"/api/v1/{NAMES[act.start]}/{own[act.start][0]}/{act.verb}" for act in ACTS]
    if rule.endpoint.endswith(".action"):
        return [f"{base(rule)}{name}/{pk}" for name in view.actions]
    return [f"{base(rule)}{pk}" if "<" in rule.rule else rule.rule]


def test_a_parent_is_kept_out_of_the_office(app, neighbourhood):
    walker = Walker(app, Role.PARENT, neighbourhood)
    for rule in roads(app):
        if rule.endpoint in {"OfficeLoginView.login", "OfficeLoginView.logout", "OfficeLocaleView.index"}:
            continue
        if rule.endpoint.startswith("OfficeSecurityApi."):
            continue
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        method = "GET" if "GET" in rule.methods else "POST"
        answer = walker.client.open(address, method=method, headers=walker.headers)
        assert answer.status_code in REFUSED, f"{method} {address} answered {answer.status_code}"


def test_a_stranger_finds_no_open_door(app, neighbourhood):
    client = app.test_client()
    for rule in roads(app):
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        method = "GET" if "GET" in rule.methods else "POST"
        if rule.endpoint in {"OfficeLoginView.login", "OfficeLocaleView.index"}:
            continue
        answer = client.open(address, method=method)
        shut = answer.status_code in {401, 403, 404, 400} or "/office/login/" in (answer.location or "")
        assert shut, f"{method} {address} answered {answer.status_code}"
