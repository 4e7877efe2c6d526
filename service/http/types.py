"""Field types of the API: strict numbers, aware times, clean text, codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError, ValidationError

from service.identity_numbers import PhoneRefused, parse_phone
from service.text import TextRefused, clean_line, clean_paragraph, clean_person_name, fold_digits
from service.worktime import rfc3339, shown_times

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
FIRST_DAY = date(1900, 1, 1)  # people were born and laws made before EARLIEST
LONGEST_SAID = 24  # digits with blanks between them
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_WHOLE = re.compile(r"[0-9]{1,9}")
_DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,20})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


class In(BaseModel):
    """What comes in: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, str_max_length=20_000)


class Out(BaseModel):
    """What goes out: read from rows and views by attribute."""

    model_config = ConfigDict(from_attributes=True)


def refusal(code: str, **facts: Any) -> PydanticCustomError:
    """A validation error that carries one of our codes."""
    return PydanticCustomError(code, code, facts)


def _needed(value: Any) -> Any:
    if value is None:
        raise refusal("field_missing")
    return value


NEEDED = BeforeValidator(_needed)
"""A field that may be left out of a patch, and may not be cleared."""


def missing_inside(model: str, field: str) -> ValidationError:
    """For a check over a whole object: a field of it that is needed (given the others) and was not sent."""
    return ValidationError.from_exception_data(model, [{"type": "missing", "loc": (field,), "input": None}])


def _whole(value: Any) -> Any:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise PydanticCustomError("int_parsing", "digits")
    return value


def _decimal(value: Any) -> Any:
    if isinstance(value, str) and not _DECIMAL.fullmatch(value):
        raise PydanticCustomError("float_parsing", "digits")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number in a query: ASCII digits and nothing else."""
Decimals = Annotated[float, BeforeValidator(_decimal)]
"""A number in a query as people write one: digits, a point, a minus."""


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise refusal("instant_needs_offset")
    else:
        try:
            moment = datetime.fromisoformat(value.upper())
            moment = moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise refusal("instant_impossible") from None
    if moment.tzinfo is None:
        raise refusal("instant_needs_offset")
    if not EARLIEST <= moment < LATEST:
        raise refusal("instant_out_of_range")
    return moment


def _day(value: Any) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        day = value
    elif not isinstance(value, str) or not _DAY.fullmatch(value):
        raise refusal("day_format")
    else:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise refusal("day_impossible") from None
    if not FIRST_DAY <= day < LATEST.date():
        raise refusal("instant_out_of_range")
    return day


def _month(value: Any) -> date:
    """2026-12, or any day of it."""
    by_month = isinstance(value, str) and _MONTH.fullmatch(value) is not None
    if by_month:
        value = f"{value}-01"
    elif isinstance(value, str) and not _DAY.fullmatch(value):
        raise refusal("month_format")
    try:
        return _day(value).replace(day=1)
    except PydanticCustomError as wrong:
        unreadable = ("day_format", "day_impossible") if by_month else ("day_format",)
        raise refusal("month_format") if wrong.type in unreadable else wrong from None


def _uuid(value: Any) -> UUID:
    if isinstance(value, UUID):
        return value
    if not isinstance(value, str) or len(value) != 36:
        raise refusal("identifier_format")
    try:
        return UUID(value)
    except ValueError:
        raise refusal("identifier_format") from None


def _text(clean: Any, most: int) -> Any:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise refusal("text_expected")
        try:
            made: str = clean(value, most)
        except TextRefused as wrong:
            raise refusal(wrong.code, most=most) from None
        return made

    return BeforeValidator(check)


def _phone(value: Any) -> str:
    if not isinstance(value, str):
        raise refusal("text_expected")
    try:
        return parse_phone(value)
    except PhoneRefused as wrong:
        raise refusal(wrong.code) from None


def _clock(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise refusal("time_of_day_format")
    return value


Id = Annotated[UUID, BeforeValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
Instant = Annotated[
    datetime,
    BeforeValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-21T08:00:00+08:00"]}),
]
Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-21T08:00:00+08:00"]}),
]
Facts = Annotated[dict[str, Any], PlainSerializer(shown_times, return_type=dict[str, Any], when_used="json")]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-21"]}),
]
Month = Annotated[
    date,
    BeforeValidator(_month),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$", "examples": ["2026-12"]}),
]
"""A calendar month, as its first day."""
TimeOfDay = Annotated[
    str,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["17:30"]}),
]
Phone = Annotated[
    str,
    BeforeValidator(_phone),
    WithJsonSchema({"type": "string", "examples": ["13800138000"], "maxLength": 32}),
]


def line(most: int, least: int = 1) -> Any:
    """One line of clean text of at most `most` code points."""
    schema = {"type": "string", "minLength": least, "maxLength": most}
    return Annotated[str, _text(clean_line, most), WithJsonSchema(schema)]


def paragraph(most: int, least: int = 1) -> Any:
    """Clean text with line breaks of at most `most` code points; `least` is told, and asked by whoever needs it."""
    return Annotated[
        str,
        _text(clean_paragraph, most),
        WithJsonSchema({"type": "string", "minLength": least, "maxLength": most}),
    ]


PersonName = Annotated[
    str, _text(clean_person_name, 60), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 60})
]


def _folded(value: Any) -> str:
    """Width folded, blanks and hyphens off: how people type what was read out to them."""
    if not isinstance(value, str):
        raise refusal("text_expected")
    try:
        return fold_digits(value)
    except TextRefused as wrong:
        raise refusal(wrong.code) from None


def digits(least: int, most: int, wrong: str) -> Any:
    """A secret of so many digits; anything else is refused by the code `wrong`."""

    def check(value: Any) -> str:
        folded = _folded(value)
        if not (least <= len(folded) <= most and folded.isdigit()):
            raise refusal(wrong)
        return folded

    schema = {"type": "string", "pattern": f"^[0-9]{{{least},{most}}}$", "examples": ["120345"]}
    return Annotated[str, BeforeValidator(check), WithJsonSchema(schema)]


def said_or_scanned(most: int) -> Any:
    """A code that is read out (digits, folded) or scanned (kept to the letter), as one line."""
    clean = _text(clean_line, most).func

    def check(value: Any) -> str:
        line_: str = clean(value)
        try:
            folded = fold_digits(line_) if len(line_) <= LONGEST_SAID else line_
        except TextRefused:
            return line_
        return folded if folded.isdigit() else line_

    return Annotated[str, BeforeValidator(check), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": most})]


OneTimeCode = digits(4, 8, "code_format")
CODE = r"^[a-z][a-z0-9_]{0,63}$"
Code = Annotated[str, StringConstraints(pattern=CODE)]
# A code of a list of reasons. The dotted spelling of the reference rows gets as far as the answer that names the codes.
ReasonCode = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.]{0,127}$"),
    Field(description="a code of its list, without the list's name before it: `other`, not `worker_decline.other`"),
]


def formed(pattern: str, example: str, fold: Callable[[str], str] = str) -> Any:
    """Text of a form that is no code; who writes it otherwise is shown an `example`. `fold` is done before."""
    asked = re.compile(pattern)

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise refusal("text_expected")
        folded = fold(value)
        if not asked.fullmatch(folded):
            raise refusal("text_unlike", example=example)
        return folded

    return Annotated[
        str, BeforeValidator(check), WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})
    ]


def listed(known: Sequence[str]) -> Any:
    """A code of a short list: what cannot be one is refused with the list; one that is not in it, by its feature."""

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise refusal("text_expected")
        if not re.fullmatch(CODE, value):
            raise refusal("code_unknown", expected=", ".join(known))
        return value

    return Annotated[str, BeforeValidator(check), WithJsonSchema({"type": "string", "pattern": CODE})]


RegionCode = formed(r"^[0-9]{6}$", "310104")
Sha256 = formed(
    r"^[0-9a-fA-F]{64}$", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", str.lower
)  # as people copy one, upper case too


def count(least: int, most: int) -> Any:
    """A whole number, sent as a JSON number."""
    return Annotated[int, Field(strict=True, ge=least, le=most)]


Flag = Annotated[bool, Field(strict=True)]
Degrees = Annotated[float, Field(allow_inf_nan=False)]
SEARCH_WINDOW = timedelta(days=62)
