"""Reading identity numbers, credit codes and phone numbers, and what an age allows on a day.

Input is folded first (full-width digits, blanks, hyphens), then checked; refusals carry a code and never the
number. Numbers are checked leniently, because the common strict check turns real people away: whether the
county of the first six digits existed in the birth year is not asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from service.text import TextRefused, fold_digits

Kind = Literal["resident", "hmt_permit", "foreign_permanent"]

INTRODUCTION_AGE = 16  # 禁止使用童工规定 art. 2 and 7
ADULT_AGE = 18
OLDEST = 130  # a birth date before this many years is a typing error

# No division of GB/T 2260 begins with 19, so numbers made here cannot be anybody's.
SYNTHETIC_REGION = "190000"
MOBILE_DIGITS = 11  # of a mainland mobile, without the country code


class IdRefused(ValueError):
    """An identity number that cannot be right. `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CreditCodeRefused(IdRefused):
    """A unified social credit code that cannot be right."""


class PhoneRefused(IdRefused):
    """A phone number that cannot be dialled or not be texted."""


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A checked number of 18 characters, upper case; `region_prefix` may warn, never refuse."""

    number: str
    birth_date: date
    region_prefix: str
    kind: Kind

    def __repr__(self) -> str:
        return f"ResidentId(kind={self.kind!r})"  # a traceback or a log line must not carry the number


def parse_resident_id(s: str, today: date, *, foreign_enabled: bool = True) -> ResidentId:
    """The identity number written in `s`: resident card, 81/82/83 permit, or (9…) foreign permanent resident.

    Raises IdRefused: id_empty, id_length, id_old_form (15 digits: ask for the card of 18), id_format,
    id_check_digit, id_birth_date (not a day of the calendar, or over 130 years ago), id_birth_future (today
    or later), id_foreign_disabled. Source: GB 11643-1999.
    """
    number = _folded(s, "id", IdRefused)
    if len(number) == 15 and number.isdigit():
        raise IdRefused("id_old_form")
    if len(number) != 18:
        raise IdRefused("id_length")
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        raise IdRefused("id_format")
    if number[-1] != _id_check_digit(number[:-1]):
        raise IdRefused("id_check_digit")
    kind = _kind_of(number)
    if kind == "foreign_permanent" and not foreign_enabled:
        raise IdRefused("id_foreign_disabled")
    return ResidentId(number, _birth_date(number[6:14], today), number[:6], kind)


def require_same_birth(resident_id: ResidentId, typed: date) -> None:
    """The birth date that was typed is the one in the number. Raises IdRefused id_birth_mismatch."""
    if resident_id.birth_date != typed:
        raise IdRefused("id_birth_mismatch")


def _folded(s: str, what: str, refused: type[IdRefused]) -> str:
    try:
        return fold_digits(s).upper()
    except TextRefused as error:
        reason = {"text_empty": "empty", "text_too_long": "length"}.get(error.code, "format")
        raise refused(f"{what}_{reason}") from None


def _kind_of(number: str) -> Kind:
    if number[:2] in ("81", "82", "83"):
        return "hmt_permit"
    return "foreign_permanent" if number[0] == "9" else "resident"


def _birth_date(digits: str, today: date) -> date:
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise IdRefused("id_birth_date") from None
    if birth >= today:
        raise IdRefused("id_birth_future")
    if birth.year < today.year - OLDEST:
        raise IdRefused("id_birth_date")
    return birth


def _id_check_digit(first_seventeen: str) -> str:
    from stdnum.cn import ric  # only its check digit: its region table is too strict

    return str(ric.calc_check_digit(first_seventeen + "0"))


# Age. One rule everywhere: N full years are reached on the day AFTER the Nth birthday (the strict side, as
# courts count «周岁»); somebody born on 29 February has the birthday on the 28th of a common year, and so the
# full years on 1 March.


def birthday(birth_date: date, years: int) -> date:
    """The `years`-th birthday; 29 February falls on the 28th in a common year."""
    try:
        return birth_date.replace(year=birth_date.year + years)
    except ValueError:
        return date(birth_date.year + years, 2, 28)


def full_from(birth_date: date, years: int) -> date:
    """The first day on which somebody counts as having `years` full years."""
    return birthday(birth_date, years) + timedelta(days=1)


def introducible_from(birth_date: date) -> date:
    """The first day on which a person may be introduced to work: the day after the 16th birthday."""
    return full_from(birth_date, INTRODUCTION_AGE)


def adult_from(birth_date: date) -> date:
    """The first day on which the limits for 16 and 17 no longer bind: the day after the 18th birthday."""
    return full_from(birth_date, ADULT_AGE)


def may_be_introduced(birth_date: date | None, on: date) -> bool:
    """Whether work may be introduced on the day `on`; an unknown birth date is a no (INV-07)."""
    return birth_date is not None and on >= introducible_from(birth_date)


def age_on(birth_date: date, day: date) -> int:
    """Full years on `day`, by the rule above: never more than the calendar says, one less on the birthday."""
    years = day.year - birth_date.year
    return max(0, years if day >= full_from(birth_date, years) else years - 1)


def parse_credit_code(s: str) -> str:
    """The unified social credit code in `s`, 18 characters, upper case (GB 32100-2015).

    Raises CreditCodeRefused: credit_code_empty, credit_code_length, credit_code_format, credit_code_check.
    """
    from stdnum.cn import uscc
    from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

    code = _folded(s, "credit_code", CreditCodeRefused)
    try:
        return str(uscc.validate(code))
    except InvalidLength:
        raise CreditCodeRefused("credit_code_length") from None
    except InvalidChecksum:
        raise CreditCodeRefused("credit_code_check") from None
    except ValidationError:
        raise CreditCodeRefused("credit_code_format") from None


def parse_phone(s: str, *, mobile_only: bool = True, regions: frozenset[str] = frozenset({"CN"})) -> str:
    """The number in `s` as E.164 (+8613800138000); without a country code it is a mainland number.

    Raises PhoneRefused: phone_empty, phone_length, phone_format, phone_invalid, phone_foreign (outside
    `regions`, ISO 3166 letters), phone_not_mobile (cannot get a text message).
    """
    import phonenumbers

    digits = re.sub(r"[().]", "", _folded(s, "phone", PhoneRefused))
    if not re.fullmatch(r"\+?[0-9]{5,17}", digits):
        raise PhoneRefused("phone_format")
    if (mobile := re.fullmatch(r"(?:\+86|0086|86)?(1[3-9][0-9]*)", digits)) and len(mobile[1]) != MOBILE_DIGITS:
        raise PhoneRefused("phone_length")
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        raise PhoneRefused("phone_invalid") from None
    if not phonenumbers.is_valid_number(number):
        raise PhoneRefused("phone_invalid")
    if phonenumbers.region_code_for_number(number) not in regions:
        raise PhoneRefused("phone_foreign")
    if mobile_only and phonenumbers.number_type(number) not in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    ):
        raise PhoneRefused("phone_not_mobile")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def synthetic_resident_id(prefix6: str, birth: date, seq: int) -> str:
    """A number with a right check digit for tests and the demo; `prefix6` is SYNTHETIC_REGION unless a test
    needs a certain region. `seq` 0–999. Raises ValueError for anything else."""
    if not re.fullmatch(r"[1-9][0-9]{5}", prefix6) or not 0 <= seq <= 999:
        raise ValueError("synthetic_number_out_of_range")
    body = f"{prefix6}{birth:%Y%m%d}{seq:03d}"
    return body + _id_check_digit(body)


def synthetic_credit_code(seq: int) -> str:
    """A credit code with a right check character, of the region that does not exist; `seq` 0–9,999,999."""
    if not 0 <= seq <= 9_999_999:
        raise ValueError("synthetic_number_out_of_range")
    from stdnum.cn import uscc

    body = f"91{SYNTHETIC_REGION}MA{seq:07d}"
    return body + str(uscc.calc_check_digit(body))
