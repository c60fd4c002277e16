"""`flask explain`: answers, and one clear line for a question that cannot be answered."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner, Result

from app.commands.explain import explain
from app.models.enums import Sex
from app.rules import rule_sets
from app.rules.iin import make_iin


def ask(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(explain, arguments, input=stdin)


def refused(*arguments: str, stdin: str | bytes | None = None) -> str:
    """The one line on stderr of a refused question."""
    result = ask(*arguments, stdin=stdin)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize(
    "moment",
    [
        "2025-02-06 16:46",
        "2025-02-06T16:46:03",
        "2025-02-06 16:46:03.153600",
        "2025-02-06T11:46:03Z",
        "2025-02-06 16:46+05:00",
        "2025-02-06 16:46:03 +0500",
        " 2025-02-06t16:46+05 ",
        "2025-02-06",
    ],
)
def test_a_deadline_is_told_with_its_sum(moment):
    told = json.loads(ask("deadline", "sitcen_2019", "priority_choice", moment).stdout)
    assert told["deadline"] == "2025-02-11T23:59:59+05:00"
    assert told["last_day"] == "2025-02-11"
    assert told["unit"] == "working_days"
    assert "8–9 February (weekend)" in told["formula"]


def test_hours_are_told_to_the_second():
    told = json.loads(ask("deadline", "sitcen_2019", "self_cancel", "2025-02-06 16:46:05").stdout)
    assert told["deadline"] == "2025-02-07T16:46:05+05:00"
    assert told["unit"] == "hours"


def test_overrides_move_days():
    overrides = ["--override", "2025-02-07=off", "--override", "2025-02-08=working"]
    told = json.loads(ask("deadline", "sitcen_2019", "priority_choice", "2025-02-06 16:46", *overrides).stdout)
    assert told["counted"] == ["2025-02-08", "2025-02-10", "2025-02-11"]


@pytest.mark.parametrize("code", rule_sets.codes())
def test_the_limits_of_a_rule_set_are_listed(code):
    told = json.loads(ask("deadline", "--list", code).stdout)
    assert {limit["code"]: limit["amount"] for limit in told["limits"]} == {
        limit.code: limit.amount for limit in rule_sets.get(code).limits
    }
    assert all(
        limit["unit"] and limit["basis"] and limit["decided_by_clock"] in (True, False) for limit in told["limits"]
    )
    assert {(yearly["code"], yearly["month"], yearly["day"]) for yearly in told["yearly_dates"]} == {
        (yearly.code, yearly.on.month, yearly.on.day) for yearly in rule_sets.get(code).yearly_dates
    }


@pytest.mark.parametrize("code", rule_sets.codes())
def test_every_limit_and_date_of_a_rule_set_is_explained(code):
    rules = rule_sets.get(code)
    for limit in (*rules.limit_codes(), *rules.date_codes()):
        told = json.loads(ask("deadline", code, limit, "2026-03-19 10:00").stdout)
        assert (told["limit"], told["start"]) == (limit, "2026-03-19T10:00:00+05:00")
        assert told["deadline"] > told["start"]
        assert told["basis"]


def test_the_voucher_of_the_guide():
    told = json.loads(ask("deadline", "voucher_2025", "voucher_confirm", "2025-02-06 16:46").stdout)
    assert told["deadline"] == "2025-02-10T23:59:59+05:00"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-09-30 12:00", "2026-10-01"),
        ("2026-10-01 23:59:59", "2026-10-01"),  # the day itself is still in time
        ("2026-10-02", "2027-10-01"),
        ("2026-10-01T19:00:00Z", "2027-10-01"),  # already 2 October in Almaty
    ],
)
def test_a_yearly_date_is_told_by_its_next_coming(moment, day):
    told = json.loads(ask("deadline", "sitcen_2019", "interest_confirmation", moment).stdout)
    assert told["deadline"] == f"{day}T23:59:59+05:00"
    assert told["last_day"] == day
    assert told["formula"].startswith("Every year: 1 October. The next: ")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere", "stop_list", "2025-02-06 16:46"], "known: indigo_2018, sitcen_2019, smartnation_2020"),
        (["voucher_2025", "interest_confirmation", "2025-02-06"], "known: sms_code_resend"),
        (["voucher_2025", "stop_list", "2025-02-06"], "age_archive, recategorisation"),
        (["indigo_2018", "voucher_confirm", "2025-02-06"], "known: sms_code_resend"),
        (["sitcen_2019", "age_archive", "yesterday"], "not a moment: 'yesterday'"),
        (["sitcen_2019", "age_archive", "2025-02-06", "--override", "soon=off"], "not an override"),
        (["sitcen_2019", "nothing", "2025-02-06 16:46"], "known: sms_code_resend"),
        (["sitcen_2019", "stop_list", "yesterday"], "not a moment: 'yesterday'"),
        (["sitcen_2019", "stop_list", "2025-02-30 10:00"], "not a moment"),
        (["sitcen_2019", "stop_list", "2025-02-06 25:00"], "not a moment"),
        (["sitcen_2019", "stop_list", "06.02.2025 16:46"], "not a moment"),
        (["sitcen_2019", "stop_list", "2025-02-06 16:46+99:00"], "not a moment"),
        (["sitcen_2019", "stop_list", ""], "not a moment"),
        (["sitcen_2019", "stop_list", "2025-02-06\n16:46"], "not a moment"),
        (["sitcen_2019", "stop_list", "2101-01-01 10:00"], "2101 is outside"),
        (["sitcen_2019", "stop_list", "2100-12-30 10:00"], "2101 is outside"),
        (["sitcen_2019", "stop_list", "0001-01-01 10:00"], "outside"),
        (["sitcen_2019", "stop_list", "2025-02-06 16:46", "--override", "soon=off"], "not an override"),
        (["sitcen_2019", "stop_list", "2025-02-06 16:46", "--override", "2025-02-30=off"], "not an override"),
        (
            [
                "sitcen_2019",
                "stop_list",
                "2025-02-06",
                "--override",
                "2025-02-07=off",
                "--override",
                "2025-02-07=working",
            ],
            "twice",
        ),
        (["sitcen_2019", "stop_list"], "a limit and a moment"),
        (["sitcen_2019", "stop_list", "--list"], "alone"),
        (["sitcen_2019", "stop_list", "2025-02-06", "16:46"], "unexpected"),
        (["sitcen_2019", "--loud"], "--loud"),
        ([], "RULE_SET"),
    ],
)
def test_a_deadline_question_that_makes_no_sense(arguments, complaint):
    assert complaint in refused("deadline", *arguments)


QUEUE = """\
stream,имя,submitted_at,number
general,Ә,2026-01-01 10:00:00.000002,9
general,"б, в",2026-01-01 10:00:00.000001,10

first_priority,,2026-01-02T10:00:00+05:00,УО.3
out_of_turn,x,2026-01-03,4
"""
SERVED = """\
number,stream,имя,submitted_at
4,out_of_turn,x,2026-01-03
УО.3,first_priority,,2026-01-02T10:00:00+05:00
10,general,"б, в",2026-01-01 10:00:00.000001
9,general,Ә,2026-01-01 10:00:00.000002
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_queue_is_ranked(tmp_path, encoding, line_end):
    file = tmp_path / "кезек.csv"
    file.write_bytes(QUEUE.replace("\n", line_end).encode(encoding))
    assert ask("ranking", "sitcen_2019", str(file)).stdout == SERVED


@pytest.mark.parametrize("code", rule_sets.codes())
def test_every_rule_set_ranks_by_streams(code):
    assert ask("ranking", code, "-", stdin=QUEUE.encode()).stdout == SERVED


CATEGORIES = """\
number,category,stream,submitted_at
1,21,general,2026-01-01
2,3,general,2026-01-03
3,3,general,2026-01-02
4,3,first_priority,2026-01-09
5,20,out_of_turn,2026-01-01
"""


@pytest.mark.parametrize(
    ("code", "served"),
    [("voucher_2025", "4 3 2 5 1"), ("sitcen_2019", "5 4 1 3 2")],  # another rule set only carries the column along
)
def test_the_category_comes_first_where_the_rules_say_so(code, served):
    lines = ask("ranking", code, "-", stdin=CATEGORIES.encode()).stdout.splitlines()
    assert lines[0] == "number,category,stream,submitted_at"
    assert " ".join(line.split(",")[0] for line in lines[1:]) == served


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("number,stream,submitted_at,category\n1,general,2026-01-01,first\n", "line 2: the category is a whole number"),
        ("number,stream,submitted_at,category\n1,general,2026-01-01,\n", "line 2: the category is a whole number"),
        ("number,stream,submitted_at,category\n1,general,2026-01-01,1.5\n", "not '1.5'"),
        ("number,category,stream,submitted_at,category\n", "line 1: the column category is there twice"),
    ],
)
def test_a_category_that_makes_no_sense(content, complaint):
    assert complaint in refused("ranking", "voucher_2025", "-", stdin=content)


def test_a_queue_is_ranked_from_standard_input():
    assert ask("ranking", "sitcen_2019", "-", stdin=QUEUE.encode()).stdout == SERVED


def test_a_run_continues_in_the_cycle():
    served = ask("ranking", "sitcen_2019", "-", "--cycle-position", "1", stdin=QUEUE.encode()).stdout
    assert [line.split(",")[0] for line in served.splitlines()] == ["number", "4", "10", "9", "УО.3"]


def test_an_empty_queue_has_an_empty_order():
    assert (
        ask("ranking", "sitcen_2019", "-", stdin="number,stream,submitted_at\n").stdout
        == "number,stream,submitted_at\n"
    )


HEADER = "number,stream,submitted_at\n"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x00\x01\x02", "not a text file"),
        (b"\xff\xfen\x00u\x00", "not a text file"),
        ("number,stream\n1,general\n", "line 1: the column submitted_at is missing"),
        ("number,number,stream,submitted_at\n", "line 1: the column number is there twice"),
        (f"{HEADER}1,general,2026-01-01\n\n2,vip,2026-01-01\n", "line 4: unknown stream 'vip'; known: out_of_turn"),
        (f"{HEADER}1,general,soon\n", "line 2: not a moment: 'soon'"),
        (f"{HEADER}1,general,2226-01-01\n", "line 2: the year 2226"),
        (f"{HEADER},general,2026-01-01\n", "line 2: the number is empty"),
        (f"{HEADER}1,general\n", "line 2: 2 fields where the header has 3"),
        (f"{HEADER}1,general,2026-01-01,x\n", "line 2: 4 fields"),
        (
            f"{HEADER}1,general,2026-01-01\n2,general,2026-01-01\n1,general,2026-01-02\n",
            "line 4: the number '1' is on line 2",
        ),
        (f'{HEADER}1,general,"2026-01-01\n', "line 2: not CSV"),
        (f"{HEADER}1,general,{'9' * 200_000}\n", "line 2: not CSV"),
    ],
)
def test_a_queue_file_that_makes_no_sense(content, complaint):
    assert complaint in refused("ranking", "sitcen_2019", "-", stdin=content)


def test_a_queue_file_that_cannot_be_read(tmp_path):
    assert "No such file" in refused("ranking", "sitcen_2019", str(tmp_path / "none.csv"))
    assert "directory" in refused("ranking", "sitcen_2019", str(tmp_path))
    assert "known: indigo_2018" in refused("ranking", "nowhere", "-", stdin=HEADER)
    assert "0 to 3" in refused("ranking", "sitcen_2019", "-", "--cycle-position", "4", stdin=HEADER)
    assert "--cycle-position" in refused("ranking", "sitcen_2019", "-", "--cycle-position", "x", stdin=HEADER)


def test_an_iin_is_read():
    iin = next(filter(None, (make_iin(date(2021, 5, 1), Sex.FEMALE, serial) for serial in range(9))))
    assert json.loads(ask("iin", iin).stdout) == {
        "valid": True,
        "reason": None,
        "birth_date": "2021-05-01",
        "sex": "female",
    }


def test_an_invalid_iin_is_an_answer_too():
    result = ask("iin", "123456789012")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"valid": False, "reason": "checksum", "birth_date": None, "sex": None}


@pytest.mark.parametrize("number", ["", "12", "12345678901x", "1234567890123"])
def test_what_is_not_twelve_digits_is_no_question(number):
    assert "12 digits" in refused("iin", number)


@pytest.mark.parametrize("arguments", [["iin"], ["iin", "1", "2"], ["--loud"], ["weather"]])
def test_a_wrong_call_takes_one_line(arguments):
    refused(*arguments)
