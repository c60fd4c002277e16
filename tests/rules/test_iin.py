"""What an IIN or a BIN says. Every number here is made by the test."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.models.enums import Sex
from app.rules.iin import FIRST_WEIGHTS, IinReason, check_digit, contradicts, make_bin, make_iin, read_bin, read_iin

births = st.dates(date(1800, 1, 1), date(2099, 12, 31))
serials = st.integers(0, 9999)
eleven_digits = st.text("0123456789", min_size=11, max_size=11)


@given(births, st.sampled_from(Sex), serials)
def test_a_made_iin_reads_back(birth_date, sex, serial):
    iin = make_iin(birth_date, sex, serial)
    assume(iin is not None)
    reading = read_iin(f" {iin} ")
    assert (reading.valid, reading.birth_date, reading.sex) == (True, birth_date, sex)
    assert reading.century == birth_date.year // 100 * 100
    assert not contradicts(iin, birth_date, sex)


@given(eleven_digits, st.integers(1, 9))
def test_a_wrong_check_digit_is_always_found(first_eleven, error):
    expected = check_digit(first_eleven)
    assume(expected is not None)
    assert read_iin(f"{first_eleven}{(expected + error) % 10}").reason is IinReason.CHECKSUM


@given(eleven_digits, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_found_while_the_first_weights_decide(first_eleven, place, error):
    """The eleventh digit is left out: its first weight is 11, so the check digit does not depend on it."""
    digit = str((int(first_eleven[place]) + error) % 10)
    wrong = f"{first_eleven[:place]}{digit}{first_eleven[place + 1 :]}"
    assume(_first_remainder(first_eleven) < 10 and _first_remainder(wrong) < 10)
    assert check_digit(wrong) != check_digit(first_eleven)


@given(eleven_digits)
def test_the_check_digit_follows_the_published_sum(first_eleven):
    remainder = _first_remainder(first_eleven)
    if remainder == 10:
        second = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
        remainder = sum(int(d) * w for d, w in zip(first_eleven, second, strict=True)) % 11
    assert check_digit(first_eleven) == (None if remainder == 10 else remainder)


@pytest.mark.parametrize(
    "text",
    ["", "12345678901", "1234567890123", "12345678901a", "１２３４５６７８９０１２", "1234 5678901", "-12345678901"],
)
def test_what_is_not_twelve_digits_is_no_iin(text):
    assert read_iin(text).reason is IinReason.FORMAT


@pytest.mark.parametrize(
    ("first_seven", "reason"),
    [
        ("2113015", IinReason.BIRTH_DATE),
        ("2102295", IinReason.BIRTH_DATE),
        ("2100105", IinReason.BIRTH_DATE),
        ("0002293", IinReason.BIRTH_DATE),  # 1900 was not a leap year
        ("2113010", IinReason.BIRTH_DATE),
        ("2105017", IinReason.CENTURY),
        ("2105019", IinReason.CENTURY),
    ],
)
def test_a_date_or_century_that_does_not_exist_is_named(first_seven, reason):
    assert read_iin(completed(first_seven)).reason is reason


def test_a_leap_day_of_2000_exists():
    assert read_iin(completed("0002295")).birth_date == date(2000, 2, 29)


def test_numbers_that_are_never_issued_are_named():
    never = next(f"210501{n:05}" for n in range(50000, 60000) if check_digit(f"210501{n:05}") is None)
    assert read_iin(f"{never}0").reason is IinReason.NEVER_ISSUED
    assert make_iin(date(2021, 5, 1), Sex.MALE, int(never[7:])) is None


def test_a_foreigner_hides_century_and_sex():
    iin = completed("9002150")
    reading = read_iin(iin)
    assert (reading.valid, reading.birth_date, reading.sex, reading.century) == (True, None, None, None)
    assert not contradicts(iin, date(1990, 2, 15), Sex.MALE)
    assert contradicts(iin, date(1990, 2, 16), Sex.MALE)


def test_a_birth_in_the_future_is_refused_when_the_day_is_known():
    iin = next(filter(None, (make_iin(date(2030, 1, 2), Sex.FEMALE, serial) for serial in range(9))))
    assert read_iin(iin).valid
    assert read_iin(iin, today=date(2030, 1, 2)).valid
    assert read_iin(iin, today=date(2030, 1, 1)).reason is IinReason.BIRTH_DATE


def test_an_iin_contradicts_another_date_or_sex():
    iin = next(filter(None, (make_iin(date(2021, 5, 1), Sex.FEMALE, serial) for serial in range(9))))
    assert contradicts(iin, date(2021, 5, 2), Sex.FEMALE)
    assert contradicts(iin, date(2021, 5, 1), Sex.MALE)
    assert not contradicts(iin, date(2021, 5, 1))
    with pytest.raises(ValueError):
        contradicts("000000000001", date(2021, 5, 1))


@pytest.mark.parametrize(
    ("birth_date", "serial"), [(date(1799, 1, 1), 1), (date(2100, 1, 1), 1), (date(2021, 1, 1), 10000)]
)
def test_what_an_iin_cannot_hold_is_not_made(birth_date, serial):
    with pytest.raises(ValueError):
        make_iin(birth_date, Sex.MALE, serial)


@given(st.integers(2000, 2025), st.integers(1, 12), st.integers(0, 99999))
def test_a_made_bin_reads_back(year, month, serial):
    number = make_bin(year, month, serial)
    assume(number is not None)
    assert read_bin(number).valid
    assert read_bin(f"{number[:11]}{(int(number[11]) + 1) % 10}").reason is IinReason.CHECKSUM


@pytest.mark.parametrize(
    ("beginning", "reason"),
    [
        ("121340", IinReason.REGISTRATION_MONTH),
        ("121230", IinReason.ORGANISATION_KIND),
        ("121244", IinReason.ORGANISATION_KIND),
    ],
)
def test_what_is_wrong_with_a_bin_is_named(beginning, reason):
    assert read_bin(completed(beginning)).reason is reason


def completed(beginning: str) -> str:
    """A number that begins so and has a right check digit."""
    length = 11 - len(beginning)
    candidates = (f"{beginning}{serial:0{length}}" for serial in range(100))
    return next(f"{first}{check_digit(first)}" for first in candidates if check_digit(first) is not None)


def _first_remainder(first_eleven: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(first_eleven, FIRST_WEIGHTS, strict=True)) % 11
