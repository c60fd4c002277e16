"""What an individual (IIN) or business (BIN) identification number says about itself.

Structure and check digit: Government resolutions No. 565 of 11 June 2003 and No. 406 of 2007.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from app.models.enums import Sex
from app.words import N_, Labelled

TWELVE_DIGITS = re.compile(r"[0-9]{12}")
FIRST_WEIGHTS = tuple(range(1, 12))
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
#: Seventh digit → the first year of the century and the sex.
CENTURIES = {
    "1": (1800, Sex.MALE),
    "2": (1800, Sex.FEMALE),
    "3": (1900, Sex.MALE),
    "4": (1900, Sex.FEMALE),
    "5": (2000, Sex.MALE),
    "6": (2000, Sex.FEMALE),
}
#: Some foreigners: neither century nor sex is encoded.
FOREIGNER = "0"


class IinReason(Labelled):
    """Why a number cannot be an IIN (or a BIN)."""

    FORMAT = "format", N_("not 12 digits")
    CHECKSUM = "checksum", N_("the check digit does not match")
    NEVER_ISSUED = "never_issued", N_("numbers like this are never issued")
    BIRTH_DATE = "birth_date", N_("the first six digits are not a birth date")
    CENTURY = "century", N_("the seventh digit is not a century and sex")
    REGISTRATION_MONTH = "registration_month", N_("the first four digits are not a year and month")
    ORGANISATION_KIND = "organisation_kind", N_("the fifth and sixth digits are not a kind of organisation")


@dataclass(frozen=True)
class IinReading:
    """What an IIN encodes. A foreigner's number may hide the century, and with it the birth date, and the sex."""

    valid: bool
    reason: IinReason | None = None
    birth_date: date | None = None
    sex: Sex | None = None
    century: int | None = None


@dataclass(frozen=True)
class BinReading:
    """Whether a BIN is well formed, and why not."""

    valid: bool
    reason: IinReason | None = None


def read_iin(text: str, today: date | None = None) -> IinReading:
    """Read an IIN (surrounding blanks allowed). Given `today`, a birth after it is refused as well."""
    number = text.strip()
    reason = _number_reason(number)
    if reason is not None:
        return IinReading(False, reason)
    if number[6] == FOREIGNER:
        known = any(_date(century, number) for century in (1900, 2000))
        return IinReading(True) if known else IinReading(False, IinReason.BIRTH_DATE)
    if number[6] not in CENTURIES:
        return IinReading(False, IinReason.CENTURY)
    century, sex = CENTURIES[number[6]]
    birth_date = _date(century, number)
    if birth_date is None or (today is not None and birth_date > today):
        return IinReading(False, IinReason.BIRTH_DATE)
    return IinReading(True, None, birth_date, sex, century)


def read_bin(text: str) -> BinReading:
    """Read a BIN (surrounding blanks allowed): YYMM, kind 4-6, section 0-3, five digits, check digit."""
    number = text.strip()
    reason = _number_reason(number)
    if reason is None and not 1 <= int(number[2:4]) <= 12:
        reason = IinReason.REGISTRATION_MONTH
    if reason is None and (number[4] not in "456" or number[5] not in "0123"):
        reason = IinReason.ORGANISATION_KIND
    return BinReading(reason is None, reason)


def check_digit(first_eleven: str) -> int | None:
    """The twelfth digit of an IIN or BIN, None when numbers with these eleven are never issued."""
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        remainder = sum(int(digit) * weight for digit, weight in zip(first_eleven, weights, strict=True)) % 11
        if remainder < 10:
            return remainder
    return None


def make_iin(birth_date: date, sex: Sex, serial: int) -> str | None:
    """A synthetic IIN for the demo and for tests; None when a number with this serial (0-9999) is never issued.

    Raises ValueError for a serial or a century that an IIN cannot hold.
    """
    if not 0 <= serial <= 9999:
        raise ValueError(f"a serial has four digits: {serial}")
    meaning = (birth_date.year // 100 * 100, Sex(sex))
    digit = next((digit for digit, means in CENTURIES.items() if means == meaning), None)
    if digit is None:
        raise ValueError(f"no IIN for a birth in {birth_date.year}")
    return _completed(f"{birth_date:%y%m%d}{digit}{serial:04}")


def make_bin(year: int, month: int, serial: int) -> str | None:
    """A synthetic BIN of a resident organisation; None when a number with this serial (0-99999) is never issued."""
    if not (1 <= month <= 12 and 0 <= serial <= 99999):
        raise ValueError(f"no BIN for month {month}, serial {serial}")
    return _completed(f"{year % 100:02}{month:02}40{serial:05}")


def contradicts(iin: str, birth_date: date, sex: Sex | None = None) -> bool:
    """Whether a valid IIN says something else than the document: another birth date or another sex.

    A foreigner's IIN is compared by the digits it has. Raises ValueError for an invalid IIN.
    """
    reading = read_iin(iin)
    if not reading.valid:
        raise ValueError(f"not an IIN: {reading.reason}")
    if reading.birth_date is None:
        return iin.strip()[:6] != f"{birth_date:%y%m%d}"
    return reading.birth_date != birth_date or (sex is not None and reading.sex != sex)


def _number_reason(number: str) -> IinReason | None:
    if not TWELVE_DIGITS.fullmatch(number):
        return IinReason.FORMAT
    expected = check_digit(number[:11])
    if expected is None:
        return IinReason.NEVER_ISSUED
    return None if int(number[11]) == expected else IinReason.CHECKSUM


def _date(century: int, number: str) -> date | None:
    year, month, day = century + int(number[:2]), int(number[2:4]), int(number[4:6])
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day)


def _completed(first_eleven: str) -> str | None:
    digit = check_digit(first_eleven)
    return None if digit is None else f"{first_eleven}{digit}"
