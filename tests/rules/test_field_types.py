"""Field types of the API: codes that people type from hearing or paper are folded before they are looked at."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from service.access.schemas.sessions import ChallengeIn
from service.applications.schemas import HireIn
from service.attendance.schemas import CheckInIn
from service.http.types import Day, Month, OneTimeCode, RegionCode, formed, listed, said_or_scanned
from service.people.schemas import OwnPhoneIn

AS_TYPED = ("120345", "120 345", "１２０３４５", "１２０　３４５", "120-345", " 12 03 45 ")


@pytest.mark.parametrize("text", AS_TYPED)
@pytest.mark.parametrize(
    "shape", [ChallengeIn, OwnPhoneIn, HireIn, CheckInIn], ids=["sign-in", "new phone", "hire", "check-in"]
)
def test_a_code_may_be_typed_with_blanks_or_full_width(shape: type[BaseModel], text: str) -> None:
    """One-time codes, the word of a hire by sight and the code of a shift all read the same digits."""
    field = shape.model_fields["code"]
    read: Any = TypeAdapter(field.rebuild_annotation()).validate_python(text)
    assert read == "120345"


def test_a_scanned_code_is_kept_to_the_letter() -> None:
    """A card's code and a QR text hold hyphens and letters, which nothing may fold away."""
    scanned = TypeAdapter(said_or_scanned(200))
    for text in ("aB-9_x7Qw3", "LG1.01a1fb93-abb1-7d43-9728-0ae1ad6c56ea.00ff", "1234-5678-9012-3456-7890-1234-5678"):
        assert scanned.validate_python(text) == text


@pytest.mark.parametrize("text", ["12", "123456789", "12a456", "١٢٣٤٥٦", ""])
def test_what_is_no_code_is_refused(text: str) -> None:
    """Too short, too long, a letter, another script's digits."""
    with pytest.raises(ValidationError):
        TypeAdapter(OneTimeCode).validate_python(text)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2100-01-01", "9999-12-31"])
def test_a_day_that_nobody_means_is_refused(text: str) -> None:
    """Days are reckoned with; the ends of the calendar are no days that anybody works on, or was born."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Day).validate_python(text)
    assert refused.value.errors()[0]["type"] == "instant_out_of_range"
    assert TypeAdapter(Day).validate_python("1900-01-01").year == 1900


@pytest.mark.parametrize("text", ["2026-12", "2026-12-01", "2026-12-31"])
def test_a_month_is_said_as_a_month_or_by_a_day_of_it(text: str) -> None:
    """It is read as its first day."""
    assert TypeAdapter(Month).validate_python(text) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-12-00", "day_impossible"), ("2026-13", "month_format"), ("0999-01", "instant_out_of_range"),
        *((each, "month_format") for each in ("12", "2026/12", "2026-1", "December", "202612", "")),
    ],
)  # fmt: skip
def test_what_is_no_month_is_refused_with_its_own_code(text: str, code: str) -> None:
    """A reader is told how a month is written."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Month).validate_python(text)
    assert refused.value.errors()[0]["type"] == code


def test_what_is_no_code_shows_how_it_is_written() -> None:
    """A hash, a policy number, a region: an example is among the facts; a short list of codes names them all."""
    hashes = TypeAdapter(formed("^[0-9a-f]{4}$", "09af", str.lower))
    assert hashes.validate_python("09AF") == "09af"
    for adapter, text, code, facts in (
        (hashes, "09af0", "text_unlike", {"example": "09af"}),
        (TypeAdapter(RegionCode), "3101", "text_unlike", {"example": "310104"}),
        (TypeAdapter(listed(("meals", "lodging"))), "Meals", "code_unknown", {"expected": "meals, lodging"}),
    ):
        with pytest.raises(ValidationError) as refused:
            adapter.validate_python(text)
        error = refused.value.errors()[0]
        assert (error["type"], error["ctx"]) == (code, facts)
    assert TypeAdapter(listed(("meals", "lodging"))).validate_python("margin") == "margin"
