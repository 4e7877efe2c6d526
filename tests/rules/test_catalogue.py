"""The reference data of our own making: complete, consistent, dated, and quick to load."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.codes import FUNDINGS, JOB_KINDS, PAY_UNITS, SETTLEMENTS, WORK_MODES
from service.guard import shipped
from service.guard.telling import HOLDS_BACK
from service.policies import DataRefused
from service.reference import catalogue
from service.reference.data.reader import entries
from service.reference.data.shapes import MinimumWage, Occupation, Region

TODAY = date(2026, 11, 20)
SHANGHAI = ["01", "04", "05", "06", "07", "09", "10", "12", "13", "14", "15", "16", "17", "18", "20", "51"]
NINGBO = ["03", "05", "06", "11", "12", "13", "25", "26", "81", "82"]
LIANYUNGANG = ["03", "06", "07", "22", "23", "24"]


def districts(prefix: str) -> set[str]:
    rows = catalogue.on(TODAY, catalogue.regions().values())
    return {row.code[4:] for row in rows if row.level == "county" and row.code.startswith(prefix)}


def test_every_file_is_sound_and_every_code_it_mentions_exists() -> None:
    """Occupations, industries, certificates, enums, regions and trades refer to each other without a gap."""
    catalogue.check()


def test_the_four_places_of_the_documents_have_all_their_districts_of_today() -> None:
    """Codes as of 2026; Qinghai with its two cities and six prefectures."""
    assert districts("3101") == set(SHANGHAI)
    assert districts("3302") == set(NINGBO)
    assert districts("3207") == set(LIANYUNGANG)
    cities = {code for code, row in catalogue.regions().items() if code[:2] == "63" and row.level == "city"}
    assert cities == {f"63{n}00" for n in ("01", "02", "22", "23", "25", "26", "27", "28")}
    assert len([c for c in catalogue.regions() if c.endswith("0000")]) == 34


def test_a_district_that_is_gone_is_known_but_not_in_use() -> None:
    """Old identity numbers carry it; it names its successor."""
    zhabei = catalogue.regions()["310108"]
    assert not zhabei.holds(TODAY)
    assert zhabei.replaced_by == "310106"


def test_centres_lie_near_their_city() -> None:
    """A district's centre is within two degrees of its city's: swapped or mistyped points would not be."""
    for row in catalogue.regions().values():
        city = catalogue.regions().get(row.code[:4] + "00")
        if row.level == "county" and city and row.code[:4] != "6328":
            assert abs(row.latitude - city.latitude) < 2, row.code
            assert abs(row.longitude - city.longitude) < 2.2, row.code


@pytest.mark.parametrize(
    ("region", "document"),
    [
        ("310115", "SH"),
        ("320703", "LYG"),
        ("330282", "NB"),
        ("632801", "QH"),
        ("510100", "NAT"),
        ("330100", "NAT"),
    ],
)
def test_a_place_knows_which_document_applies(region: str, document: str) -> None:
    """The local one where there is one, else the national one."""
    assert catalogue.jurisdiction_of(region).code == document


def test_the_zone_is_called_as_the_document_calls_it() -> None:
    """Lianyungang and Ningbo have words of their own."""
    zones = {code: row.zone_zh for code, row in catalogue.jurisdictions().items()}
    assert zones["LYG"] == "灵活就业信息发布专区"
    assert zones["NB"] == "灵活就业专区"
    assert zones["SH"] == zones["QH"] == zones["NAT"] == "灵活就业专区专栏"


def test_there_are_at_least_sixty_trades_with_words_and_pictograms_of_their_own() -> None:
    """Each has a pictogram that no other has, and three words or more."""
    trades = catalogue.trades()
    assert len(trades) >= 60
    assert len({trade.pictogram for trade in trades.values()}) == len(trades)
    assert all(len(trade.aliases) >= 3 for trade in trades.values())


@pytest.mark.parametrize(
    ("word", "trade"),
    [
        ("洗碗", "dishwashing"),
        ("杀牛蛙", "kitchen_help"),
        ("开荒 保洁", "after_build_cleaning"),
        ("骑手", "delivery_rider"),
        ("月嫂", "maternity_nurse"),
        ("摘枸杞", "goji_picking"),
        ("补网", "net_mending"),
        ("晚班补货", "shelf_stocking"),
        ("水电工", "electrician"),
        ("陪诊", "hospital_companion"),
        ("Dishwashing", "dishwashing"),
        ("ｄｉｓｈｗａｓｈｉｎｇ", "dishwashing"),
    ],
)
def test_popular_words_lead_to_their_trade(word: str, trade: str) -> None:
    """Full width, capitals and spaces make no difference."""
    assert catalogue.trade_words()[catalogue.fold(word)] == trade


def test_a_word_of_two_trades_names_its_owner_first() -> None:
    """«护工» is first the hospital's, then the old people's."""
    assert catalogue.trades_by_word("护工") == ("hospital_care", "elderly_care")
    assert catalogue.trades_by_word("没有这个词") == ()


def test_the_trades_of_the_example_postings_are_found_in_their_titles() -> None:
    """Dishwasher, waiter, cashier and cook's help, opener, restocker, sorter and packer."""
    titles = {"海梦一方店-洗碗工-小时工": "dishwashing", "百盛优客店-前厅服务员": "waiter"}
    titles |= {"1009 虹关-晚班补货": "shelf_stocking", "缤谷广场-分拣打包": "parcel_sorting"}
    titles |= {"南洋1931商场店-早班开档": "kitchen_help", "世博源店-后厨-小时工": "kitchen_help"}
    for title, trade in titles.items():
        found = [word for word in catalogue.trade_words() if word in catalogue.fold(title)]
        assert catalogue.trade_words()[max(found, key=len)] == trade, title


def test_a_brand_only_suggests_a_trade_and_no_hint_is_a_trade_word() -> None:
    """«肯德基» alone means fast-food crew; it never competes with a word that names a trade."""
    assert catalogue.trade_hints()["肯德基"] == "fast_food_crew"
    assert not set(catalogue.trade_hints()) & set(catalogue.trade_words())
    hints = [catalogue.fold(word) for trade in catalogue.trades().values() for word in trade.hints]
    assert len(hints) == len(set(hints)) == len(catalogue.trade_hints())


def test_food_work_asks_for_the_health_certificate() -> None:
    """食品安全法 art. 45: whoever touches food directly."""
    for code in ("dishwashing", "kitchen_help", "cook", "waiter", "noodle_chef", "seafood_processing"):
        assert "health_certificate" in catalogue.trades()[code].certificates
    assert catalogue.certificates()["health_certificate"].validity_months == 12


def test_a_trade_with_a_permit_from_eighteen_is_closed_to_minors() -> None:
    """Special work, special equipment, driving, guarding and crews; each names its basis."""
    adult = ("special_work", "special_equipment", "driving_licence", "security_guard", "fishing_crew")
    for trade in catalogue.trades().values():
        assert trade.adult_only == bool(trade.adult_basis)
        if any(code.startswith(adult) for code in trade.certificates):
            assert trade.adult_only, trade.code
    assert not catalogue.trades()["dishwashing"].adult_only


def test_posting_defaults_are_lawful_and_complete() -> None:
    """A part-time default keeps the settlement limit of fifteen days; breaks are shorter than shifts."""
    for trade in catalogue.trades().values():
        defaults = trade.defaults
        assert defaults.headcount >= 1
        assert 0 <= defaults.unpaid_break_minutes < defaults.shift_minutes <= 840
        if defaults.job_kind == "part_time":
            assert defaults.settlement != "monthly"
            assert defaults.shift_minutes <= 240, trade.code


def test_enums_and_policies_speak_of_the_same_codes() -> None:
    """Pay units, settlement cycles and modes of work have a label each, the first two a due rule and bounds each."""
    assert tuple(catalogue.enums()["pay_unit"]) == PAY_UNITS
    assert tuple(catalogue.enums()["settlement"]) == SETTLEMENTS
    assert tuple(catalogue.enums()["work_mode"]) == WORK_MODES
    assert tuple(catalogue.enums()["posting_funding"]) == FUNDINGS
    assert set(catalogue.enums()["job_kind"]) == {*JOB_KINDS, "shared_labour"}


def test_every_label_and_reason_is_there_in_both_languages() -> None:
    """No empty text, and at least the kinds that everything else leans on."""
    for values in (*catalogue.enums().values(), *catalogue.reasons().values()):
        assert values
        assert all(label.zh and label.en for label in values.values())
    asked = {"worker_decline", "worker_withdraw", "worker_cancel", "employer_cancel"}
    asked |= {"application_reject", "no_show_excuse", "posting_reject"}
    assert asked <= set(catalogue.reasons())


def test_every_rule_that_can_hold_a_posting_back_has_a_reason_to_reject_it() -> None:
    """By its code; an officer can always say which rule it was."""
    known = {code.partition("_")[0] for code in catalogue.reasons()["posting_reject"]}
    versions = [version for each in shipped().versions.values() for version in each]
    assert {version.code for version in versions if version.action in HOLDS_BACK} <= known


@pytest.mark.parametrize(
    ("region", "day", "hour_fen"),
    [
        ("310115", date(2025, 6, 30), 2400),
        ("310115", date(2025, 7, 1), 2500),
        ("330203", TODAY, 2400),
        ("330282", TODAY, 2200),
        ("320722", TODAY, 2200),
        ("630102", TODAY, 1800),
    ],
)
def test_the_minimum_wage_is_that_of_the_place_and_the_day(region: str, day: date, hour_fen: int) -> None:
    """A county's own row, else its city's, else its province's; the change counts from its first day."""
    row = catalogue.minimum_wage(region, day)
    assert row is not None
    assert row.hour_fen == hour_fen
    assert not row.verified


def test_a_place_without_a_row_has_no_minimum_wage_rather_than_a_guess() -> None:
    """Chengdu is not in the table."""
    assert catalogue.minimum_wage("510100", TODAY) is None


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2026, 2, 14), True),
        (date(2026, 9, 20), True),
        (date(2025, 9, 28), True),
        (date(2026, 11, 20), True),
        (date(2031, 10, 1), True),
    ],
)
def test_offices_work_by_the_notice_and_else_by_the_weekday(day: date, worked: bool) -> None:
    """Holidays, make-up days, and a year that nobody has announced."""
    assert catalogue.is_working_day(day) is worked


def test_only_announced_years_count_as_covered() -> None:
    """2027 holds statutory days by the almanac and says that it is an estimate."""
    assert [year for year in range(2024, 2029) if catalogue.calendar_covers(year)] == [2025, 2026]
    assert all(day.estimated for day in catalogue.calendar().values() if day.day.year == 2027)


def test_each_year_has_its_thirteen_statutory_days() -> None:
    """The rules of 2024 give thirteen."""
    for year in (2025, 2026, 2027):
        days = [d for d in catalogue.calendar().values() if d.day.year == year and d.kind == "statutory"]
        assert len(days) == 13


def test_make_up_days_fall_on_weekends() -> None:
    """Nobody makes up for a holiday on a day that is worked anyway."""
    moved = [day for day, entry in catalogue.calendar().items() if entry.kind == "make_up_work"]
    assert moved
    assert all(day.weekday() >= 5 for day in moved)


def test_working_days_are_counted_over_a_holiday() -> None:
    """Two working days after 30 September 2026 is 9 October; pay due on a holiday moves before it."""
    assert catalogue.working_days_after(date(2026, 9, 30), 2) == date(2026, 10, 9)
    assert catalogue.working_day_until(date(2026, 10, 5)) == date(2026, 9, 30)


@settings(max_examples=50, derandomize=True)
@given(start=st.dates(date(2025, 1, 1), date(2028, 1, 1)), count=st.integers(1, 15))
def test_counting_working_days_finds_exactly_that_many(start: date, count: int) -> None:
    """Between the start, not counted, and the end lie `count` working days, the end being the last."""
    end = catalogue.working_days_after(start, count)
    span = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert sum(map(catalogue.is_working_day, span)) == count
    assert catalogue.is_working_day(end)


def test_the_fishing_moratorium_turns_at_noon() -> None:
    """Windows have hours, and the zone of Shanghai."""
    season = next(s for s in catalogue.seasons() if s.code == "fishing_moratorium_2026")
    assert season.starts.isoformat() == "2026-05-01T12:00:00+08:00"
    assert "fishing_crew" in season.free_trades


def test_dated_rows_give_history_for_the_tables() -> None:
    """Both Shanghai wages, and a code for each row."""
    rows = [row for row in catalogue.dated_rows("minimum_wage") if isinstance(row, MinimumWage)]
    assert [row.month_fen for row in rows if row.code == "310000"] == [269000, 274000]
    assert len(catalogue.dated_rows("trades")) == len(catalogue.trades())


def refused(name: str, shape: Any, row: dict[str, Any]) -> DataRefused:
    raw = copy.deepcopy(dict(catalogue.load(name)))
    raw["rows"] = [*raw["rows"], row]
    with pytest.raises(DataRefused) as refusal:
        entries(name, shape, raw)
    return refusal.value


def test_a_wrong_row_is_refused_with_file_and_key() -> None:
    """A code used twice, a code as a number, an unknown key, a missing name."""
    double = refused("regions", Region, {"code": "310101", "zh": "x", "en": "x", "at": [31.0, 121.0]})
    assert (double.file, double.key) == ("regions.yaml", "rows[310101]")
    number = refused("regions", Region, {"code": 310199, "zh": "x", "en": "x", "at": [31.0, 121.0]})
    assert number.key == "rows[310199].code"
    assert refused("occupations", Occupation, {"code": "9", "zh": "x", "en": "x", "nam": 1}).key.endswith("nam")
    assert refused("occupations", Occupation, {"code": "9", "zh": "x"}).key == "rows[9].en"


def test_a_trade_that_takes_another_trades_word_is_refused() -> None:
    """Unless it says that the word is shared."""
    raw = copy.deepcopy(dict(catalogue.load("trades")))
    raw["rows"][0]["aliases"].append("骑 手")
    with pytest.raises(DataRefused, match=r"trades\.yaml: rows\[delivery_rider\]\.aliases: 骑手 belongs"):
        catalogue.words_of(catalogue.trades_from(raw))


def test_an_unknown_file_is_refused_with_the_known_ones() -> None:
    """The refusal lists what there is."""
    with pytest.raises(DataRefused, match="known: regions"):
        catalogue.load("nothing")
