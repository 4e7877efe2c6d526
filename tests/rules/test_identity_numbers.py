"""Identity numbers, ages, credit codes and phones (invariants, section 7.4; INV-07; libraries, 1.2)."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.identity_numbers import (
    SYNTHETIC_REGION,
    CreditCodeRefused,
    IdRefused,
    PhoneRefused,
    adult_from,
    age_on,
    birthday,
    full_from,
    introducible_from,
    may_be_introduced,
    parse_credit_code,
    parse_phone,
    parse_resident_id,
    require_same_birth,
    synthetic_credit_code,
    synthetic_resident_id,
)

TODAY = date(2026, 11, 20)
fast = settings(max_examples=100, derandomize=True, deadline=None)


@pytest.mark.parametrize(
    ("number", "birth", "kind"),
    [
        ("110101201011190013", date(2010, 11, 19), "resident"),
        ("110101201011200015", date(2010, 11, 20), "resident"),
        ("110101201011210010", date(2010, 11, 21), "resident"),
        ("310101200802290013", date(2008, 2, 29), "resident"),
        ("33020019900101004X", date(1990, 1, 1), "resident"),
        ("110101199003077715", date(1990, 3, 7), "resident"),
        ("810000199003070015", date(1990, 3, 7), "hmt_permit"),
        ("820000199003070017", date(1990, 3, 7), "hmt_permit"),
        ("830000199003070019", date(1990, 3, 7), "hmt_permit"),
        ("911101199003070011", date(1990, 3, 7), "foreign_permanent"),
    ],
)
def test_numbers_of_real_kinds_are_read_with_their_birth_date(number: str, birth: date, kind: str) -> None:
    read = parse_resident_id(number, TODAY)
    assert (read.number, read.birth_date, read.kind) == (number, birth, kind)
    assert read.region_prefix == number[:6]


@pytest.mark.parametrize(
    "typed",
    ["33020019900101004x", " 330200 19900101 004X ", "３３０２００１９９００１０１００４Ｘ", "330200-19900101-004x"],
)
def test_case_width_blanks_and_hyphens_do_not_make_another_number(typed: str) -> None:
    assert parse_resident_id(typed, TODAY).number == "33020019900101004X"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("630100202602310013", "id_birth_date"),
        ("110101199003077719", "id_check_digit"),
        ("110101900307771", "id_old_form"),
        ("", "id_empty"),
        ("   ", "id_empty"),
        ("11010119900307771", "id_length"),
        ("1101011990030777155", "id_length"),
        ("1" * 5000, "id_length"),
        ("1101011990030777X5", "id_format"),
        ("ABCDEFGHIJKLMNOPQR", "id_format"),
        ("١١٠١٠١١٩٩٠٠٣٠٧٧٧١٥", "id_format"),
        ("110101199003077715\0", "id_format"),
        ("010101199003077715", "id_format"),
        (synthetic_resident_id("310101", date(2026, 11, 20), 1), "id_birth_future"),
        (synthetic_resident_id("310101", date(2099, 1, 1), 1), "id_birth_future"),
        (synthetic_resident_id("310101", date(1800, 1, 1), 1), "id_birth_date"),
    ],
)
def test_numbers_that_cannot_be_right_are_refused_with_their_code(typed: str, code: str) -> None:
    with pytest.raises(IdRefused) as refused:
        parse_resident_id(typed, TODAY)
    assert refused.value.code == code
    assert str(refused.value) == code  # never the number
    assert refused.value.__cause__ is None


def test_counties_that_did_not_exist_in_the_birth_year_turn_nobody_away() -> None:
    for region in ("310115", "310222", "130629"):
        number = synthetic_resident_id(region, date(1990, 5, 1), 7)
        assert parse_resident_id(number, TODAY).region_prefix == region


def test_foreign_permanent_residents_are_accepted_where_enabled() -> None:
    with pytest.raises(IdRefused, match="id_foreign_disabled"):
        parse_resident_id("911101199003070011", TODAY, foreign_enabled=False)


def test_a_typed_birth_date_must_be_the_one_in_the_number() -> None:
    read = parse_resident_id("110101199003077715", TODAY)
    require_same_birth(read, date(1990, 3, 7))
    with pytest.raises(IdRefused, match="id_birth_mismatch"):
        require_same_birth(read, date(1990, 7, 3))


def test_the_number_is_not_in_the_text_form_of_a_reading() -> None:
    assert "1990" not in repr(parse_resident_id("110101199003077715", TODAY))


@pytest.mark.parametrize(
    ("birth", "allowed"),
    [
        (date(2010, 11, 19), True),  # turned 16 yesterday
        (date(2010, 11, 20), False),  # the 16th birthday is today: from tomorrow
        (date(2010, 11, 21), False),  # 16 tomorrow
        (None, False),  # unknown is not eligible
    ],
)
def test_work_may_be_introduced_from_the_day_after_the_sixteenth_birthday(birth: date | None, allowed: bool) -> None:
    assert may_be_introduced(birth, TODAY) is allowed


def test_somebody_born_on_29_february_comes_of_age_on_1_march_of_a_common_year() -> None:
    born = date(2008, 2, 29)
    assert birthday(born, 18) == date(2026, 2, 28)
    assert adult_from(born) == date(2026, 3, 1)
    assert introducible_from(born) == date(2024, 3, 1)
    assert age_on(born, date(2026, 2, 28)) == 17
    assert age_on(born, date(2026, 3, 1)) == 18


def test_an_age_is_full_on_the_day_after_the_birthday() -> None:
    born = date(2010, 11, 20)
    assert age_on(born, date(2026, 11, 20)) == 15
    assert age_on(born, date(2026, 11, 21)) == 16
    assert age_on(born, date(2010, 11, 20)) == 0


@fast
@given(st.dates(date(1930, 1, 1), date(2020, 12, 31)), st.integers(0, 90))
def test_years_are_full_exactly_from_the_day_that_full_from_names(birth: date, years: int) -> None:
    first = full_from(birth, years)
    assert age_on(birth, first) == years
    assert age_on(birth, first - timedelta(days=1)) == max(0, years - 1)


@fast
@given(st.dates(date(1930, 1, 1), date(2026, 11, 19)), st.integers(0, 999))
def test_synthetic_numbers_are_read_back_with_their_birth_date(birth: date, seq: int) -> None:
    number = synthetic_resident_id(SYNTHETIC_REGION, birth, seq)
    assert parse_resident_id(number, TODAY).birth_date == birth
    assert parse_resident_id(number.lower(), TODAY).number == number


@fast
@given(st.dates(date(1930, 1, 1), date(2026, 11, 19)), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(birth: date, at: int, by: int) -> None:
    number = synthetic_resident_id("310101", birth, 5)
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    with pytest.raises(IdRefused):
        parse_resident_id(wrong, TODAY)


def test_synthetic_numbers_are_of_a_region_that_does_not_exist_and_within_bounds() -> None:
    assert SYNTHETIC_REGION.startswith("19")
    for prefix, seq in (("19000", 1), ("190000", 1000), ("190000", -1)):
        with pytest.raises(ValueError):
            synthetic_resident_id(prefix, date(1990, 1, 1), seq)
    with pytest.raises(ValueError):
        synthetic_credit_code(10_000_000)


def test_credit_codes_are_folded_and_checked() -> None:
    assert parse_credit_code(" ９１110000 6000-37341l ") == "91110000600037341L"
    for typed, code in [
        ("", "credit_code_empty"),
        ("9111000060003734", "credit_code_length"),
        ("91110000600037341M", "credit_code_check"),
        ("A1110000600037341L", "credit_code_format"),
        ("91110000O00037341L", "credit_code_format"),
        ("９１１１００００６０００３７３４１二", "credit_code_format"),
    ]:
        with pytest.raises(CreditCodeRefused) as refused:
            parse_credit_code(typed)
        assert refused.value.code == code


@fast
@given(st.integers(0, 9_999_999))
def test_synthetic_credit_codes_are_accepted(seq: int) -> None:
    code = synthetic_credit_code(seq)
    assert parse_credit_code(code) == code


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "＋８６１３８００１３８０００",
        "138００１３８０００",
        "008613800138000",
        "8613800138000",
        "(+86)138.0013.8000",
    ],
)
def test_a_mobile_number_is_kept_in_one_form_however_it_was_pasted(typed: str) -> None:
    assert parse_phone(typed) == "+8613800138000"


@pytest.mark.parametrize("typed", ["16212345678", "19912345678", "17012345678"])
def test_newer_mobile_ranges_are_accepted(typed: str) -> None:
    assert parse_phone(typed) == "+86" + typed


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "phone_empty"),
        ("1380013800", "phone_length"),
        ("138001380000", "phone_length"),
        ("12000000000", "phone_invalid"),
        ("١٣٨٠٠١٣٨٠٠٠", "phone_format"),
        ("1-800-FLOWERS", "phone_format"),
        ("+999123456789", "phone_invalid"),
        ("138\u200b00138000", "phone_format"),
        ("13800138000;ext=1", "phone_format"),
        ("1" * 65, "phone_length"),
        ("+852 9123 4567", "phone_foreign"),
        ("+1 212 555 2368", "phone_foreign"),
        ("021-62345678", "phone_not_mobile"),
    ],
)
def test_numbers_that_cannot_get_a_message_are_refused(typed: str, code: str) -> None:
    with pytest.raises(PhoneRefused) as refused:
        parse_phone(typed)
    assert refused.value.code == code


def test_landlines_and_other_regions_are_accepted_where_asked_for() -> None:
    assert parse_phone("021-62345678", mobile_only=False) == "+862162345678"
    assert parse_phone("+852 9123 4567", regions=frozenset({"CN", "HK"})) == "+85291234567"


def test_the_module_costs_no_number_library_until_a_number_is_read() -> None:
    code = "import sys, service.identity_numbers; sys.exit(any(m in sys.modules for m in ('phonenumbers', 'stdnum')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "text", ["1380013800", "138001380001", "+86 138 0013 800", "008613800138", "１３８００１３８００"]
)
def test_a_mobile_with_a_digit_missing_or_too_many_is_told_to_count(text: str) -> None:
    """A number that begins like a mobile and has not 11 digits is refused for its length, not as unheard of."""
    with pytest.raises(PhoneRefused) as refused:
        parse_phone(text)
    assert refused.value.code == "phone_length"
