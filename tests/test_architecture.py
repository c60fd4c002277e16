"""House law, executable. Each failure says which line breaks which rule, and why the rule exists."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("app", "charts", "embedded", "bench")
SOURCES = [
    *sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")),
    ROOT / "config.py",
    ROOT / "run.py",
]

#: A room may import the rooms named beside it (and its own). Everything else of ours is above it.
MAY_IMPORT: dict[str, set[str]] = {
    "words": set(),
    "catalogues": set(),
    "clock": set(),
    "db": {"extensions"},
    "extensions": {"db"},
    "models": {"words", "db", "models"},
    "rules": {"words", "models", "rules"},
    "eds": set(),
    "gateways": {"eds", "models", "rules", "extensions", "demo", "gateways", "words", "clock"},
    "queries": {"models", "rules", "queries", "words", "db", "services", "extensions", "clock", "i18n"},
    "services": {
        "models",
        "rules",
        "queries",
        "gateways",
        "services",
        "words",
        "db",
        "clock",
        "extensions",
        "i18n",
        "demo",
    },
}
EDGES = {"views", "api", "jobs", "commands", "security", "errors", "observation", "i18n", "demo", ""}
#: Reading across the border where it is the smaller evil, with the reason.
EXCEPTIONS = {
    ("app/gateways/signatures.py", "demo"): "asks the demo's guard before the development signer may sign",
    ("app/gateways/texting.py", "demo"): "asks the demo's guard before texts may be kept",
}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "app").with_suffix("").parts
    return "" if parts == ("__init__",) else parts[0]


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


APP = [path for path in SOURCES if path.is_relative_to(ROOT / "app")]


@pytest.mark.parametrize("path", APP, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_downwards(path):
    room = room_of(path)
    allowed = MAY_IMPORT.get(room)
    if allowed is None:
        assert room in EDGES, f"{room} is a new room: say in MAY_IMPORT what it may import"
        return
    for line, name in imports(tree_of(path)):
        parts = name.split(".")
        if parts[0] != "app" or len(parts) < 2:
            continue
        assert parts[1] in allowed | {room} or (
            not (ROOT / "app" / parts[1]).exists() and not (ROOT / "app" / f"{parts[1]}.py").exists()
        ), f"{path.relative_to(ROOT)}:{line} imports app.{parts[1]}, which lies above {room}"


@pytest.mark.parametrize(
    "path", [p for p in APP if room_of(p) == "rules"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_rules_are_pure(path):
    forbidden = ("flask", "sqlalchemy", "logging", "app.db", "app.clock", "app.extensions", "redis", "rq")
    for line, name in imports(tree_of(path)):
        assert not name.startswith(forbidden), f"{path.name}:{line}: a rule gets values and gives a verdict ({name})"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_db_commits(path):
    if path == ROOT / "app/db.py" or path.is_relative_to(ROOT / "bench"):
        return
    for line, name in calls(tree_of(path)):
        assert not f".{name}".endswith(".session.commit"), (
            f"{path.relative_to(ROOT)}:{line} commits: acts run inside unit_of_work(), which alone commits"
        )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_clock_asks_the_machine_for_the_time(path):
    if path == ROOT / "app/clock.py" or not path.is_relative_to(ROOT / "app"):
        return
    forbidden = {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "dt.datetime.now",
        "dt.date.today",
        "dt.datetime.utcnow",
        "dt.datetime.today",
        "time.time",
    }
    for line, name in calls(tree_of(path)):
        assert name not in forbidden, f"{path.relative_to(ROOT)}:{line} asks the machine; time is an argument"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_config_reads_the_environment(path):
    # The launchers build the environment of the programs they start.
    if path == ROOT / "config.py" or not path.is_relative_to(ROOT / "app"):
        return
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) not in {"os.environ", "os.getenv"}, (
                f"{path.relative_to(ROOT)}:{node.lineno} reads the environment; config.py alone does"
            )


@pytest.mark.parametrize("path", sorted((ROOT / "charts").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_charts_know_nobody(path):
    for line, name in imports(tree_of(path)):
        assert name.split(".")[0] not in {"app", "config", "embedded"}, f"{path.name}:{line} imports {name}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_error_is_swallowed(path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            silent = all(isinstance(part, ast.Pass) for part in node.body)
            assert not silent, f"{path.relative_to(ROOT)}:{node.lineno} swallows an error"


def test_no_circle_of_imports():
    graph: dict[str, set[str]] = {}
    known = {str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__") for path in APP}
    for path in APP:
        module = str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
        tree = tree_of(path)
        # Imports at the top: one inside a function is how the factory and the unit of work break a circle.
        top = ast.Module(
            body=[node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)], type_ignores=[]
        )
        graph[module] = {name for _, name in imports(top) if name in known and name != module}
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join([*way[way.index(module) :], module])
        if module in done:
            return
        for other in sorted(graph[module]):
            visit(other, (*way, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())


def test_files_stay_readable():
    long = {
        str(path.relative_to(ROOT)): count
        for path in SOURCES
        if (count := path.read_text(encoding="utf-8").count("\n")) > 420
    }
    assert not long, f"files over 400 lines: {long}"
