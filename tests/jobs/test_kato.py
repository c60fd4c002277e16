"""The import of the official classifier: clean names, hierarchy by masked prefix, idempotent, bad files refused."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import Locality
from app.models.enums import LocalityLevel

HEAD = "kato,kato_version,level,type_code,name_ru,name_kk\n"
ROWS = (
    "990000000,v,oblast,0,Облачная область,Бұлтты облысы\n"
    "991000000,v,district,3,Радужная\u00a0 Г.А.,Кемпірқосақ  Қ.Ә.\n"
    "991010000,v,sub_district,1,г.Радужный,Кемпірқосақ қ.\n"
    "991033000,v,sub_district,2,Росинский с.о.,Шық а.о.\n"
    "991033100,v,settlement,2,с.Росинка,Шық а.\n"
    "991200100,v,settlement,2,с.Туманное,Тұманды а.\n"
)


@pytest.fixture
def kato(running, tmp_path):
    def read(content):
        file = tmp_path / "kato.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return running.test_cli_runner().invoke(args=["kato", "import", str(file)])

    return read


def unit(code):
    db.session.rollback()
    return db.session.scalars(select(Locality).where(Locality.code == code)).one()


def test_names_levels_and_the_hierarchy(kato):
    done = kato(HEAD + ROWS)
    assert done.exit_code == 0, done.stderr
    assert "read 6, added 6, changed 0, unchanged 0" in done.stdout
    assert (unit("991000000").name_ru, unit("991000000").name_kk) == ("Радужная Г.А.", "Кемпірқосақ Қ.Ә.")
    assert [(unit(code).prefix, unit(code).level) for code in ("990000000", "991010000", "991033100")] == [
        ("99", LocalityLevel.REGION),
        ("991010", LocalityLevel.SETTLEMENT),  # a town, although the classifier has it at the level of rural districts
        ("991033100", LocalityLevel.SETTLEMENT),
    ]
    parents = {code: unit(code).parent.code for code in ("991000000", "991010000", "991033100", "991200100")}
    assert parents == {
        "991000000": "990000000",
        "991010000": "991000000",
        "991033100": "991033000",
        "991200100": "990000000",  # nothing nearer exists
    }


def test_the_same_file_again_changes_nothing_and_a_new_name_is_taken(kato):
    kato(HEAD + ROWS)
    before = unit("991033100").id
    assert "added 0, changed 0, unchanged 6" in kato("\ufeff" + HEAD + ROWS).stdout
    assert "added 0, changed 1, unchanged 5" in kato(HEAD + ROWS.replace("Росинка", "Капелька")).stdout
    assert (unit("991033100").id, unit("991033100").name_ru) == (before, "с. Капелька")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        ("", "columns are missing"),
        ("a,b\n1,2\n", "columns are missing"),
        (HEAD, "no rows"),
        (HEAD + "12,v,oblast,0,а,б\n", "not a KATO code"),
        (HEAD + "990000000,v,planet,0,а,б\n", "unknown level"),
        (HEAD + "991000000,v,oblast,0,а,б\n", "no code of the level"),
        (HEAD + "990000000,v,oblast,0,,б\n", "needs a name"),
        (HEAD + ROWS + ROWS.splitlines()[0] + "\n", "twice"),
        (HEAD + "991033100,v,settlement,2,с.Росинка,Шық а.\n", "no region above it"),
    ],
)
def test_a_bad_file_is_refused_whole_in_one_line(kato, content, complaint):
    done = kato(content)
    assert done.exit_code == 2
    assert complaint in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Locality)) == 0


def test_a_file_that_is_not_there(running):
    done = running.test_cli_runner().invoke(args=["kato", "import", "/nowhere/kato.csv"])
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr


def test_a_whole_country_takes_seconds(kato):
    """As many units as the official file has, in made-up order."""
    rows = [f"{region:02d}0000000,v,oblast,0,о{region},о{region}" for region in range(10, 30)]
    for region in range(10, 30):
        rows += [f"{region}{d:02d}00000,v,district,2,р{d},р{d}" for d in range(10, 20)]
        rows += [
            f"{region}{d:02d}{s:03d}00,v,sub_district,2,с{s},с{s}" for d in range(10, 20) for s in range(10, 90, 10)
        ]
    rows += [
        f"{region}{d:02d}{s:03d}{n:02d},v,settlement,2,а{n},а{n}"
        for region in range(10, 30)
        for d in range(10, 20)
        for s in range(10, 90, 10)
        for n in range(1, 10)
    ]
    done = kato(HEAD + "\n".join(reversed(rows)) + "\n")
    assert done.exit_code == 0, done.stderr
    assert f"added {len(rows)}" in done.stdout
    db.session.rollback()
    orphans = select(func.count()).select_from(Locality).where(Locality.parent_id.is_(None))
    assert db.session.scalar(orphans) == 20
