"""Mapping of a source's fields to ours: what each conversion makes, refuses and says, and what a mapping may be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.imports import refusals
from service.imports.mapping import MappedRow, Mapping
from service.imports.reading import open_rows
from service.imports.refusals import MappingRefused
from service.imports.rows import RawRow, ReadLimits
from service.imports.sources import load_mapping, parse_mapping, shipped_mappings
from service.imports.targets import POSTING
from tests.conftest import shared_folder
from tests.rules.import_samples import (
    GOOD,
    HEADER,
    LOOKUPS,
    a_listing,
    an_own_row,
    as_csv,
    as_workbook,
    save,
)

SHIPPED = {name: load_mapping(path) for name, path in shipped_mappings().items()}
SHANGHAI, TEMPLATE, OWN = SHIPPED["shanghai_postings"], SHIPPED["plain_template"], SHIPPED["own_json"]
SAMPLE = shipped_mappings()["shanghai_postings"].with_name("sample_postings.json")


def mapped(mapping: Mapping, values: dict[str, Any], *, typed: bool = True) -> MappedRow:
    return mapping.apply(RawRow(1, values, typed), LOOKUPS)


def listed(**changes: Any) -> MappedRow:
    return mapped(SHANGHAI, a_listing(**changes))


def template(**changes: Any) -> MappedRow:
    return mapped(TEMPLATE, dict(zip(HEADER, GOOD, strict=True)) | changes, typed=False)


def own(**changes: Any) -> MappedRow:
    return mapped(OWN, an_own_row(**changes))


def why(row: MappedRow) -> dict[str, str]:
    return {one.path: one.code for one in row.refusals}


def notes(row: MappedRow) -> set[tuple[str, str]]:
    return {(one.path, one.code) for one in row.notes}


class TestShanghai:
    def test_a_row_becomes_a_posting(self) -> None:
        """Every field of the source finds its place, in our units."""
        row = listed(latitude=31.223942, longitude=121.514702)
        assert row.refusals == ()
        assert row.source_id == "700001"
        assert row.fields == {
            "source_id": "700001",
            "title": "三和居火锅-河畔店-洗碗工-小时工",
            "employer_name": "三和居火锅",
            "occupation_text": "洗碗工",
            "trade": "dishwashing",
            "headcount": 2,
            "city_code": "310100",
            "district_code": "310104",
            "address": "上海市-徐汇区-漕河路18号",
            "lon": 121.514702,
            "lat": 31.223942,
            "datum": "gcj02",
            "pay": {"amount_fen": 2500, "unit": "hour"},
            "pay_tiers": [],
            "pay_memo": None,
            "settlement": None,
            "slots": [{"start": "11:00", "end": "14:00", "weekdays": None}],
            "weekdays": [0, 1, 2, 3, 4],
            "min_days_per_week": 3,
            "max_days_per_week": 5,
            "flexible_window": None,
            "min_minutes_per_day": 180,
            "min_months": 1,
            "min_age": None,
            "max_age": None,
            "posted_at": "2026-11-12T09:30:00+08:00",
        }

    @pytest.mark.parametrize(
        ("pay", "unit", "ours"),
        [
            (24.0, "元/时", (2400, "hour")),
            (180, "元/天", (18000, "day")),
            (5250.0, "元/月", (525000, "month")),
            (1.5, "元/单", (150, "order")),
            (120, "元/次", (12000, "shift")),
            (0.35, "元/件", (35, "piece")),
            (24.1, "元／小时", (2410, "hour")),
        ],
    )
    def test_pay_units(self, pay: float, unit: str, ours: tuple[int, str]) -> None:
        """Each unit of the source is one of ours, the amount exact in fen."""
        assert tuple(listed(pay=pay, pay_unit=unit).fields["pay"].values()) == ours

    def test_tiers_are_found_in_the_memo(self) -> None:
        """«超出40h的部分26元/小时» makes a tier from 2,400 minutes on, whatever the width of its digits."""
        memo = (
            "月工时40＞80小时：超出40h的部分26元/小时\n工时80以上：超出 ８０ｈ 的部分 28.5元/小时\n【40小时按照26结算】"
        )
        assert listed(pay_memo=memo).fields["pay_tiers"] == [
            {"from_minutes": 2400, "amount_fen": 2600},
            {"from_minutes": 4800, "amount_fen": 2850},
        ]

    def test_contradicting_tiers_are_left_out_and_noted(self) -> None:
        """Two amounts for the same hours prove nothing; the memo itself stays."""
        row = listed(pay_memo="超出40h的部分26元/小时，超出40h的部分27元/小时")
        assert row.fields["pay_tiers"] == []
        assert ("pay_tiers", "tiers_ambiguous") in notes(row)

    def test_slots_keep_nights_and_their_own_weekdays(self) -> None:
        """A slot across midnight stays one slot; weekdays inside a slot stay there."""
        slots = [{"start": "22:00", "end": "06:00"}, {"start": "5:00", "end": "14:00", "weekdays": [6, 0]}]
        assert listed(slots=slots, weekly=[]).fields["slots"] == [
            {"start": "22:00", "end": "06:00", "weekdays": None},
            {"start": "05:00", "end": "14:00", "weekdays": [0, 6]},
        ]

    def test_everything_that_may_be_absent_may_be_absent(self) -> None:
        """Nulls and missing keys are nothing said; headcount and city take their noted defaults."""
        row = listed(
            slots=None,
            weekly=None,
            flexible_window=None,
            min_hours_per_day=None,
            min_months=None,
            posted_at=None,
            district_code=None,
            headcount=None,
            city_code=None,
            address=None,
        )
        assert row.refusals == ()
        assert (row.fields["headcount"], row.fields["city_code"], row.fields["address"]) == (1, "310100", "河畔店")
        assert {("headcount", "default_taken"), ("point", "place_without_coordinates")} <= notes(row)
        assert (row.fields["slots"], row.fields["weekdays"]) == ([], None)

    def test_a_half_open_window_stays_half_open(self) -> None:
        """A window may name only its earliest start and latest end."""
        window = {"start_from": "05:00", "start_to": None, "end_from": "23:00", "end_to": None}
        assert listed(flexible_window=window).fields["flexible_window"] == window

    def test_several_weekly_patterns_become_one_week(self) -> None:
        """All their days, the least minimum, the sum of the maxima up to seven; and a note."""
        weekly = [
            {"weekdays": [0, 2], "min_days": 1, "max_days": 2},
            {"weekdays": [5, 6], "min_days": 2, "max_days": 6},
        ]
        row = listed(weekly=weekly)
        assert row.fields["weekdays"] == [0, 2, 5, 6]
        assert (row.fields["min_days_per_week"], row.fields["max_days_per_week"]) == (1, 7)
        assert ("weekdays", "groups_merged") in notes(row)

    def test_settlement_is_read_from_the_title(self) -> None:
        """«日结» in a title is a daily settlement; silence is silence."""
        assert listed(title="阿禾汉堡-新泾店-日结（重点门店）-小时工").fields["settlement"] == "daily"

    @pytest.mark.parametrize(
        ("title", "trade"),
        [
            ("肯德基-曹杨路540号101-102号-长期全职（兼职+）-全职", "fast_food_crew"),
            ("奥乐齐- 1011世茂-社会兼职-兼职", "shelf_stocking"),
            ("六姐-仓城路店-前厅服务员-小时工", "waiter"),
            ("某店-仓城路店-收银&煮菜-小时工", "cashier"),
            ("洗碗工", "dishwashing"),
        ],
    )
    def test_the_trade_is_the_jobs_word_or_the_brands(self, title: str, trade: str) -> None:
        """The job's own words decide, then the brand; a word in a shop's name never does."""
        assert listed(title=title).fields["trade"] == trade

    def test_all_reasons_of_a_row_are_answered(self) -> None:
        """Not the first reason but every one, with our field, the source's column and no value."""
        row = listed(
            title="星河传媒-外场-主播-兼职",
            pay="25",
            pay_unit="元/周",
            headcount=0,
            latitude=121.4,
            longitude=31.2,
            slots=[{"start": "10:00", "end": "24:00"}, {"start": "9", "end": None}, {"start": "08:00", "end": "08:00"}],
            weekly=[{"weekdays": [7], "min_days": True, "max_days": 2.0}],
            min_age=50,
            max_age=18,
            posted_at="yesterday",
            min_months=1.5,
        )
        assert why(row) == {
            "trade": "trade_unknown",
            "pay.amount_fen": "expected_number",
            "pay.unit": "word_unknown",
            "headcount": "out_of_range",
            "point": "coordinates_swapped",
            "slots.0.end": "time_invalid",
            "slots.1.start": "time_invalid",
            "slots.1.end": "missing",
            "slots.2.end": "end_not_after_start",
            "weekdays.0.0": "weekday_invalid",
            "min_days_per_week": "expected_number",
            "max_days_per_week": "expected_integer",
            "posted_at": "date_invalid",
            "min_months": "expected_integer",
            "max_age": "range_inverted",
        }
        assert row.fields == {}
        assert row.source_id == "700001"
        shown = json.dumps([dict(one.facts) for one in row.refusals], ensure_ascii=False)
        assert "yesterday" not in shown
        assert "121.4" not in shown

    def test_coordinates(self) -> None:
        """Half a point, a point abroad and (0, 0) are refused, each by name."""
        assert why(listed(latitude=31.2)) == {"point.lon": "incomplete"}
        assert why(listed(latitude=0, longitude=0)) == {"point": "coordinates_outside_china"}
        assert why(listed(latitude="31.2", longitude=121.4)) == {"point.lat": "expected_number"}

    @pytest.mark.parametrize("pay", [0, -1, 0.004, 24.005, 1e30, True, "24", [24]])
    def test_pay_that_is_none(self, pay: Any) -> None:
        """Nothing is rounded, nothing negative or absurd passes, text is no number in JSON."""
        assert set(why(listed(pay=pay))) == {"pay.amount_fen"}

    @pytest.mark.parametrize(
        "title", ["\u200b" * 10, "　　", "", "押\u200b金-店-洗碗-工", "a\u202eb-c-洗碗-d", None, 5, ["x"]]
    )
    def test_titles_that_are_none(self, title: Any) -> None:
        """Invisible, blank, reversed and other kinds of text are refused."""
        assert "title" in why(listed(title=title))

    def test_the_real_file_maps_whole(self) -> None:
        """All 25 rows of the shared sample become postings with a known trade."""
        path = shared_folder() / "data" / "shanghai_postings.json"
        if not path.exists():
            pytest.skip("the shared sample is not here; set LINGGONG_SHARED to its folder")
        rows = [SHANGHAI.apply(raw, LOOKUPS) for raw in open_rows(path, ReadLimits())]
        assert [row.refusals for row in rows] == [()] * 25
        assert len({row.source_id for row in rows}) == 25
        by_id = {row.source_id: row.fields for row in rows}
        assert by_id["523356"]["weekdays"] == [0, 1, 2, 3, 4]
        assert by_id["523622"]["pay"] == {"amount_fen": 525000, "unit": "month"}
        assert by_id["518736"]["pay_tiers"][1] == {"from_minutes": 4800, "amount_fen": 2800}
        assert by_id["523462"]["settlement"] == "daily"

    def test_the_bundled_sample_has_good_and_bad_rows(self) -> None:
        """Twelve rows pass, three give their reasons, the last repeats an id."""
        rows = [SHANGHAI.apply(raw, LOOKUPS) for raw in open_rows(SAMPLE, ReadLimits())]
        assert [row.number for row in rows if row.refusals] == [13, 14, 15]
        assert rows[15].source_id == rows[0].source_id


class TestTemplate:
    def test_a_dated_row_is_one_shift(self) -> None:
        """With a date, the hours make one shift with offset, and no pattern."""
        row = template()
        assert row.refusals == ()
        assert row.fields["dated"] == {"start": "2026-11-21T17:00:00+08:00", "end": "2026-11-21T22:30:00+08:00"}
        assert row.fields["slots"] == []
        assert (row.fields["district_code"], row.fields["meals"]) == ("310104", "one_meal")

    def test_a_night_ends_on_the_next_day(self) -> None:
        """An end before the start is the next morning, also over a month's end; an equal end is refused."""
        night = template(日期="2026年11月30日", 开始="22:00", 结束="06:00").fields["dated"]
        assert night == {"start": "2026-11-30T22:00:00+08:00", "end": "2026-12-01T06:00:00+08:00"}
        assert why(template(结束="17:00")) == {"dated.end": "end_not_after_start"}

    def test_a_row_without_date_is_a_pattern(self) -> None:
        """Without a date, the hours make a slot and the weekdays a week."""
        row = template(日期=None, 星期="周一至周五、周日")
        assert row.fields["dated"] is None
        assert row.fields["slots"] == [{"start": "17:00", "end": "22:30", "weekdays": None}]
        assert row.fields["weekdays"] == [0, 1, 2, 3, 4, 6]

    def test_cells_are_folded_then_checked(self) -> None:
        """Full-width digits, blanks and signs of money mean what they say."""
        row = template(人数="　２ ", 工资="１２．５元", 开始="１７：００", 单位="元／小时", 日期="2026/11/21")
        assert row.refusals == ()
        assert (row.fields["headcount"], row.fields["pay"]["amount_fen"]) == (2, 1250)

    @pytest.mark.parametrize(
        ("column", "value", "path", "code"),
        [
            ("人数", "1_0", "headcount", "expected_number"),
            ("人数", "3.0", "headcount", "expected_integer"),
            ("人数", "٣", "headcount", "expected_number"),
            ("人数", True, "headcount", "expected_number"),
            ("工资", "1,200", "pay.amount_fen", "expected_number"),
            ("工资", "1e3", "pay.amount_fen", "expected_number"),
            ("工资", "面议", "pay.amount_fen", "expected_number"),
            ("工资", "12.345", "pay.amount_fen", "money_precision"),
            ("日期", "2027-02-29", "dated.date", "date_invalid"),
            ("日期", "明天", "dated.date", "date_invalid"),
            ("开始", "25:00", "dated.start", "time_invalid"),
            ("结束", None, "dated.end", "missing"),
            ("区", "西湖区", "district_code", "region_unknown"),
            ("结算", "年结", "settlement", "word_unknown"),
            ("岗位", "宇航员", "trade", "trade_unknown"),
            ("地址", None, "address", "missing"),
            ("星期", "周八", "weekdays", "weekday_invalid"),
        ],
    )
    def test_a_wrong_cell_is_refused_by_column(self, column: str, value: Any, path: str, code: str) -> None:
        """The refusal names our field, its code and the sender's own column."""
        row = template(**{column: value})
        assert why(row) == {path: code}
        assert column in row.refusals[0].facts["column"]

    def test_unknown_columns_are_noted(self) -> None:
        """A column that nothing reads is told, not silently lost."""
        assert ("工资额", "column_ignored") in notes(template(工资额="1"))

    def test_a_row_without_id_is_known_by_its_content(self) -> None:
        """Equal rows get equal ids, different rows different ones; the sender is told."""
        first, same, other = template(外部编号=None), template(外部编号=""), template(外部编号=None, 人数=3)
        assert first.source_id == same.source_id != other.source_id
        assert ("source_id", "source_id_from_content") in notes(first)

    def test_csv_and_excel_give_the_same_rows(self, tmp_path: Path) -> None:
        """One table, saved twice: same fields, same fingerprint."""
        prints = set()
        for content in (as_csv([GOOD]).encode("gb18030"), as_workbook([GOOD])):
            raw = next(iter(open_rows(save(tmp_path, content), ReadLimits())))
            prints.add(TEMPLATE.apply(raw, LOOKUPS).fingerprint)
        assert len(prints) == 1

    def test_english_headers(self, tmp_path: Path) -> None:
        """The same columns may be named in English, in any order and case."""
        text = as_csv(
            [["hour", "25", "A-1", "洗碗工", "2", "漕河路18号", "17:00", "22:00", "mon,wed"]],
            ["Unit", "PAY", "external_id", "Trade", "headcount", "Address", "start", "end", "weekdays"],
        )
        row = TEMPLATE.apply(next(iter(open_rows(save(tmp_path, text), ReadLimits()))), LOOKUPS)
        assert row.refusals == ()
        assert row.fields["weekdays"] == [0, 2]


class TestOwnJson:
    def test_our_own_fields_pass_through(self) -> None:
        """What we would write ourselves is read as it stands."""
        row = own(pay_tiers=[{"from_minutes": 2400, "amount_fen": 2600}])
        assert row.refusals == ()
        sent = an_own_row() | {"trade": "dishwashing"}
        assert {key: row.fields[key] for key in sent} == sent
        assert row.fields["pay_tiers"] == [{"from_minutes": 2400, "amount_fen": 2600}]

    def test_times_need_their_offset(self) -> None:
        """Naive, date-only and number times are refused; another offset is the same instant."""
        other = {"start": "2026-11-21T09:00:00Z", "end": "2026-11-21T22:30:00+08:00"}
        assert own(dated=other).fields["dated"]["start"] == "2026-11-21T17:00:00+08:00"
        naive = {"start": "2026-11-21T17:00:00", "end": 5}
        assert why(own(dated=naive)) == {"dated.start": "time_without_zone", "dated.end": "expected_text"}

    def test_unknown_keys_are_refused_at_every_depth(self) -> None:
        """A misspelt key is a mistake, on top and inside a slot."""
        slot = {"start": "08:00", "end": "09:00", "weekday": [1]}
        assert why(own(colour="red", slots=[slot])) == {"colour": "unknown_field", "slots.0.weekday": "unknown_field"}

    def test_a_point_needs_its_datum(self) -> None:
        """Nothing is assumed where a mapping declares no datum."""
        assert why(own(datum=None)) == {"point.datum": "datum_unknown"}
        assert own(datum="GCJ-02").fields["datum"] == "gcj02"

    def test_read_refusals_are_handed_on(self, tmp_path: Path) -> None:
        """A row that could not be read keeps the reader's reasons and is not mapped."""
        path = save(tmp_path, '[{"title": "\\u0000"}]')
        row = OWN.apply(next(iter(open_rows(path, ReadLimits()))), LOOKUPS)
        assert why(row) == {"title": "control_character"}


MINIMAL = {
    "source": "a",
    "title": "t",
    "notice": "n",
    "weekday_zero": "monday",
    "timezone": "Asia/Shanghai",
    "fields": {
        "source_id": {"from": "id", "to": "text", "required": True},
        "trade": {"from": "job", "to": "trade"},
        "headcount": {"to": "constant", "value": 1},
        "pay.amount_fen": {"from": "pay", "to": "yuan_to_fen"},
        "pay.unit": {"from": "unit", "to": "word", "words": {"x": "hour"}},
    },
}


def _changed(path: str, value: Any) -> str:
    """The minimal mapping with one key set or (None) removed; slashes separate levels."""
    top = json.loads(json.dumps(MINIMAL))
    *way, last = path.split("/")
    inner = top
    for key in way:
        inner = inner[key]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return yaml.safe_dump(top, allow_unicode=True)


class TestMappingFiles:
    def test_sunday_as_day_zero(self) -> None:
        """A source that counts from Sunday is turned, not trusted."""
        text = _changed("fields/weekdays", {"from": "days", "to": "weekdays"}).replace("monday", "sunday")
        row = mapped(parse_mapping(text), {"id": "1", "job": "洗碗工", "pay": 1, "unit": "x", "days": [0, 1, 6]})
        assert row.fields["weekdays"] == [0, 5, 6]

    @pytest.mark.parametrize(
        ("path", "value", "code", "key"),
        [
            ("colour", "red", "mapping_unknown_key", "colour"),
            ("datum", "cgcs", "mapping_value_invalid", "datum"),
            ("timezone", "Mars/Base", "mapping_value_invalid", "timezone"),
            ("weekday_zero", 0, "mapping_value_invalid", "weekday_zero"),
            ("notice", None, "mapping_key_missing", "notice"),
            ("source", "Große Quelle", "mapping_value_invalid", "source"),
            ("fields/salary", {"from": "a", "to": "int"}, "mapping_unknown_target", "fields.salary"),
            ("fields/title", {"from": "a", "to": "eval"}, "mapping_unknown_transform", "fields.title.to"),
            ("fields/title", {"from": "a", "to": "int"}, "mapping_transform_unfit", "fields.title.to"),
            ("fields/title", {"from": "a"}, "mapping_key_missing", "fields.title.to"),
            ("fields/title", {"to": "text"}, "mapping_key_missing", "fields.title.from"),
            ("fields/title", {"from": "a", "to": "text", "upper": True}, "mapping_unknown_key", "fields.title.upper"),
            ("fields/title", {"from": "a", "to": "text", "max": "9"}, "mapping_value_invalid", "fields.title.max"),
            ("fields/title", {"from": [], "to": "text"}, "mapping_value_invalid", "fields.title.from"),
            ("fields/title", {"to": "constant", "value": 5}, "mapping_value_invalid", "fields.title.value"),
            (
                "fields/min_age",
                {"from": "a", "to": "int", "default": "x"},
                "mapping_value_invalid",
                "fields.min_age.default",
            ),
            ("fields/point", {"from": {"x": "a"}, "to": "point"}, "mapping_unknown_key", "fields.point.from.x"),
            ("fields/point", {"from": "a", "to": "point"}, "mapping_value_invalid", "fields.point.from"),
            ("fields/posted_at", {"from": "a", "to": "moment"}, "mapping_key_missing", "fields.posted_at.formats"),
            (
                "fields/pay_tiers",
                {"from": "a", "to": "tier_phrases", "phrases": ["(a+)+"]},
                "mapping_value_invalid",
                "fields.pay_tiers.phrases",
            ),
            ("fields/pay.unit/words", {"x": "year"}, "mapping_value_invalid", "fields.pay.unit.words.x"),
            ("fields/pay.unit", None, "mapping_key_missing", "fields.pay.unit"),
            ("fields/source_id/required", None, "mapping_key_missing", "fields.source_id.required"),
        ],
    )
    def test_a_wrong_mapping_is_refused_naming_the_key(self, path: str, value: Any, code: str, key: str) -> None:
        """Unknown keys, targets and conversions, wrong kinds and missing keys, each by its dotted path."""
        with pytest.raises(MappingRefused) as caught:
            parse_mapping(_changed(path, value))
        assert (caught.value.code, caught.value.facts["key"]) == (code, key)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[",
            "a: &a [1]\nb: *a\n",
            "source: a\nsource: b\n",
            "!!python/object:os.system {}",
            "x" * 300_000,
            "1: 2",
        ],
    )
    def test_what_is_no_mapping_at_all(self, text: str) -> None:
        """Broken YAML, aliases, twins, tags and size are refused before anything is looked at."""
        with pytest.raises(MappingRefused):
            parse_mapping(text)

    def test_every_target_is_used_by_a_shipped_mapping(self) -> None:
        """No field of ours is out of reach of the files that ship."""
        assert {rule.target for mapping in SHIPPED.values() for rule in mapping.rules} == set(POSTING)

    def test_phrases_stay_linear(self) -> None:
        """The longest text against a phrase takes no time worth naming."""
        assert listed(pay_memo="超出" + "9" * 1900).fields["pay_tiers"] == []


class TestAnyValue:
    values = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=8)
        | st.sampled_from(["08:00", "24:00", "元/时", "2026-11-21", "洗碗工", "周一"]),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["start", "weekdays", "end"]), inner)
        ),
        max_leaves=6,
    )

    @settings(max_examples=150, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def test_no_value_anywhere_raises(self, data: st.DataObject) -> None:
        """Whatever a row holds, in whatever field, the answer is fields or documented codes."""
        for mapping, row, typed in (
            (SHANGHAI, a_listing(), True),
            (OWN, an_own_row(), True),
            (TEMPLATE, dict(zip(HEADER, GOOD, strict=True)), False),
        ):
            for key in data.draw(st.lists(st.sampled_from(sorted(row)), min_size=1, max_size=4)):
                row[key] = data.draw(self.values)
            found = mapping.apply(RawRow(1, row, typed), LOOKUPS)
            assert bool(found.fields) != bool(found.refusals)
            assert {one.code for one in found.refusals if not one.code.startswith("text_")} <= set(refusals.FIELD_CODES)
            assert {one.code for one in found.notes} <= set(refusals.NOTE_CODES)
            json.dumps(found.fields, allow_nan=False)


def test_every_documented_code_is_raised_somewhere_and_the_other_way_round() -> None:
    """The lists of codes are what the sources of the package use."""
    folder = Path(refusals.__file__).parent
    names = ("reading", "rows", "json_rows", "csv_rows", "workbook", "workbook_parts", "workbook_sheet", "workbook_xml")
    names += ("converting", "scalars", "money", "places", "times", "mapping", "sources")
    text = "\n".join((folder / f"{name}.py").read_text() for name in names)
    listed = {*refusals.FILE_CODES, *refusals.ROW_CODES, *refusals.FIELD_CODES, *refusals.NOTE_CODES}
    listed |= set(refusals.MAPPING_CODES)
    assert {code for code in listed if f'"{code}"' not in text} == {"duplicate_in_file"}
    first = r'(?:FileRefused|unfit|Broken|\.note|MappingRefused|BadNumber)\("([a-z_0-9]+)"'
    second = r'(?:FieldRefusal|Note|Reason)\([^,()]+, "([a-z_0-9]+)"'
    raised = {*re.findall(first, text), *re.findall(second, text)}
    assert len(raised) > 50
    assert raised <= listed
