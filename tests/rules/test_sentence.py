"""One sentence becomes the fields of a draft posting; what was not said is named, never guessed silently."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.postings.sentence import DraftFields, Reading, SentenceRefused, read_sentence, trade_words
from service.postings.sentence.lexicon import Lexicon, flat, load_lexicon, read_number
from service.worktime import SHANGHAI, TimeRefused

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)  # a Friday
TRADES = {
    "洗碗": "dishwashing",
    "洗碗工": "dishwashing",
    "搬货": "loading",
    "卸货": "loading",
    "保洁": "cleaning",
    "保洁员": "cleaning",
    "搬家": "moving",
    "发传单": "leaflets",
    "服务员": "waiting",
    "送餐": "delivery",
    "刷墙": "painting",
    "贴瓷砖": "tiling",
    "摘茶": "picking",
    "保安": "guarding",
    "月嫂": "maternity",
    "分拣": "sorting",
    "钟点工": "housework",
}
EVERY_DAY = frozenset(range(1, 8))


def read(sentence: str, now: datetime = NOW) -> Reading:
    return read_sentence(sentence, now, TRADES)


def shown(fields: DraftFields) -> dict[str, Any]:
    """The fields that were filled; instants as "MM-DD HH:MM", dates as "MM-DD"."""
    found = {name: value for name, value in asdict(fields).items() if value is not None}
    for name, value in found.items():
        if isinstance(value, datetime):
            found[name] = value.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
        elif isinstance(value, date):
            found[name] = value.strftime("%m-%d")
    return found


def hours(starts_at: str, ends_at: str) -> dict[str, str]:
    return {
        "date": starts_at[:5],
        "start": starts_at[6:],
        "end": ends_at[6:],
        "starts_at": starts_at,
        "ends_at": ends_at,
    }


def pay(fen: int, unit: str, **more: Any) -> dict[str, Any]:
    return {"pay_fen": fen, "pay_unit": unit, **more}


def trade(word: str) -> dict[str, str]:
    return {"trade": TRADES[word], "trade_word": word}


# (sentence, every field that must be filled and no other, what was assumed)
WHOLE: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (
        "今晚5点到10点半洗碗两个25一小时管饭",
        hours("11-20 17:00", "11-20 22:30") | trade("洗碗") | pay(2500, "hour") | {"headcount": 2, "meals": True},
        (),
    ),
    (
        "今晚5点到10点半 洗碗 2个 25/h 管饭",
        hours("11-20 17:00", "11-20 22:30") | trade("洗碗") | pay(2500, "hour") | {"headcount": 2, "meals": True},
        (),
    ),
    (
        "明天上午9点到下午5点在徐家汇火锅店招服务员3名,时薪25,日结",
        hours("11-21 09:00", "11-21 17:00")
        | trade("服务员")
        | pay(2500, "hour")
        | {"headcount": 3, "settlement": "daily", "place": "徐家汇火锅店"},
        (),
    ),
    (
        "明早8点搬家要两人干4个小时200一天包吃",
        hours("11-21 08:00", "11-21 12:00")
        | trade("搬家")
        | pay(20000, "day")
        | {"headcount": 2, "meals": True, "duration_minutes": 240},
        (),
    ),
    (
        "周六下午2点到6点发传单五个人20一小时现结",
        hours("11-21 14:00", "11-21 18:00")
        | trade("发传单")
        | pay(2000, "hour")
        | {"headcount": 5, "settlement": "on_completion"},
        (),
    ),
    (
        "下周一9点到18点保洁员1名,200一天,包吃住",
        hours("11-23 09:00", "11-23 18:00")
        | trade("保洁员")
        | pay(20000, "day")
        | {"headcount": 1, "meals": True, "lodging": True},
        (),
    ),
    (
        "11月25号晚上10点到早上6点分拣十个人,22元/小时,车接车送",
        hours("11-25 22:00", "11-26 06:00") | trade("分拣") | pay(2200, "hour") | {"headcount": 10, "transport": True},
        (),
    ),
    (
        "今晚十点到明早六点保安一个二十五块一个小时",
        hours("11-20 22:00", "11-21 06:00") | trade("保安") | pay(2500, "hour") | {"headcount": 1},
        (),
    ),
    (
        "25号卸货仨,一天200包吃",
        {"date": "11-25", "headcount": 3, "meals": True} | trade("卸货") | pay(20000, "day"),
        (),
    ),
    ("搬货 80一趟 自带工具", trade("搬货") | pay(8000, "order") | {"own_tools": True}, ()),
    ("送餐1.5元一单,周结", trade("送餐") | pay(150, "order") | {"settlement": "weekly"}, ()),
    (
        "贴瓷砖75一平,工具自带,完工结",
        trade("贴瓷砖") | pay(7500, "piece", pay_piece="平") | {"own_tools": True, "settlement": "on_completion"},
        (),
    ),
    ("一口价500刷墙", trade("刷墙") | pay(50000, "fixed"), ()),
    (
        "月薪5250保安两名包吃住,月结",
        trade("保安")
        | pay(525000, "month")
        | {"headcount": 2, "meals": True, "lodging": True, "settlement": "monthly"},
        (),
    ),
    ("20-25一小时洗碗俩", trade("洗碗") | pay(2000, "hour", pay_max_fen=2500) | {"headcount": 2}, ()),
    ("20到25块一小时洗碗俩", trade("洗碗") | pay(2000, "hour", pay_max_fen=2500) | {"headcount": 2}, ()),
    (
        "8:00-17:00 分拣 10人 时薪20~22",
        hours("11-21 08:00", "11-21 17:00") | trade("分拣") | pay(2000, "hour", pay_max_fen=2200) | {"headcount": 10},
        ("date",),
    ),
    (
        "在人民路保洁公司搬货,明天下午1点半到5点,150块",
        hours("11-21 13:30", "11-21 17:00") | trade("搬货") | pay(15000, "shift") | {"place": "人民路保洁公司"},
        ("pay_unit",),
    ),
    (
        "在建国路88号SOHO做保洁,两个人,明天9:00-12:00,100元/人",
        hours("11-21 09:00", "11-21 12:00")
        | trade("保洁")
        | pay(10000, "shift")
        | {"headcount": 2, "place": "建国路88号SOHO"},
        (),
    ),
    (
        "洗碗 要3 每小时25元 今晚6点半到10点 地址:肇嘉浜路1000号",
        hours("11-20 18:30", "11-20 22:00")
        | trade("洗碗")
        | pay(2500, "hour")
        | {"headcount": 3, "place": "肇嘉浜路1000号"},
        (),
    ),
    (
        "周一到周五早上7点到9点钟点工一个,30一小时",
        {"weekdays": frozenset(range(1, 6)), "start": "07:00", "end": "09:00", "headcount": 1}
        | trade("钟点工")
        | pay(3000, "hour"),
        (),
    ),
    (
        "每天早上6点到8点半保洁,地点:南京东路100号,25/小时",
        {"weekdays": EVERY_DAY, "start": "06:00", "end": "08:30", "place": "南京东路100号"}
        | trade("保洁")
        | pay(2500, "hour"),
        (),
    ),
    (
        "周末摘茶,每天8小时,一天一百八",
        {"weekdays": frozenset({6, 7}), "duration_minutes": 480} | trade("摘茶") | pay(18000, "day"),
        ("weekdays",),
    ),
    (
        "周一、三、五下午2点到4点保洁",
        {"weekdays": frozenset({1, 3, 5}), "start": "14:00", "end": "16:00"} | trade("保洁"),
        ("weekdays",),
    ),
    (
        "周六周日9:00-18:00发传单",
        {"weekdays": frozenset({6, 7}), "start": "09:00", "end": "18:00"} | trade("发传单"),
        ("weekdays",),
    ),
    (
        "后天凌晨4点卸货3人,每人200,干3个小时",
        hours("11-22 04:00", "11-22 07:00")
        | trade("卸货")
        | pay(20000, "shift")
        | {"headcount": 3, "duration_minutes": 180},
        (),
    ),
    (
        "3-5人搬货 今天下午2点开始干两个小时 一人150",
        hours("11-20 14:00", "11-20 16:00")
        | trade("搬货")
        | pay(15000, "shift")
        | {"headcount": 3, "duration_minutes": 120},
        ("headcount",),
    ),
    (
        "人数:5 分拣 夜里11点到早上7点 时薪：25",
        hours("11-20 23:00", "11-21 07:00") | trade("分拣") | pay(2500, "hour") | {"headcount": 5},
        ("date",),
    ),
    (
        "１１月２５号　９：００－１８：００　搬货　３个人　２００／天",
        hours("11-25 09:00", "11-25 18:00") | trade("搬货") | pay(20000, "day") | {"headcount": 3},
        (),
    ),
    (
        "12月1日到12月3日 保洁 5人 8点到17点 180/天",
        hours("12-01 08:00", "12-01 17:00") | {"date_to": "12-03", "headcount": 5} | trade("保洁") | pay(18000, "day"),
        (),
    ),
    (
        "11月25到28号分拣 10名 8点到20点 日薪220",
        hours("11-25 08:00", "11-25 20:00") | {"date_to": "11-28", "headcount": 10} | trade("分拣") | pay(22000, "day"),
        (),
    ),
    (
        "干三天 明天开始 保洁 200/天",
        {"date": "11-21", "date_to": "11-23"} | trade("保洁") | pay(20000, "day"),
        (),
    ),
    ("招洗碗工两名,面议", trade("洗碗工") | {"headcount": 2, "pay_negotiable": True}, ()),
    ("急招月嫂", trade("月嫂"), ()),
    (
        "不管饭 不包住 洗碗25一小时 交通自理",
        trade("洗碗") | pay(2500, "hour") | {"meals": False, "lodging": False, "transport": False},
        (),
    ),
    ("周六一天200保洁2个", {"date": "11-21", "headcount": 2} | trade("保洁") | pay(20000, "day"), ()),
    ("干到晚上10点,洗碗", {"end": "22:00"} | trade("洗碗"), ()),
]


@pytest.mark.parametrize(("sentence", "fields", "assumed"), WHOLE, ids=[row[0] for row in WHOLE])
def test_a_sentence_fills_these_fields_and_no_others(
    sentence: str, fields: dict[str, Any], assumed: tuple[str, ...]
) -> None:
    reading = read(sentence)
    assert shown(reading.fields) == fields
    assert reading.assumed == assumed
    assert reading.leftovers == ()


# Hours, read at 10:00 on Friday 20 November unless said otherwise: start, end, assumed.
HOURS: list[tuple[str, str | None, str | None, set[str]]] = [
    ("5点到10点洗碗", "11-20 17:00", "11-20 22:00", {"date", "start"}),
    ("5-9点洗碗", "11-20 17:00", "11-20 21:00", {"date", "start"}),
    ("11点到2点洗碗", "11-20 11:00", "11-20 14:00", {"date", "start"}),
    ("9点到12点洗碗", "11-20 21:00", "11-21 00:00", {"date", "start"}),
    ("9点到18点洗碗", "11-21 09:00", "11-21 18:00", {"date"}),
    ("9到18点洗碗", "11-21 09:00", "11-21 18:00", {"date"}),
    ("明天2点到6点搬家", "11-21 14:00", "11-21 18:00", {"start"}),
    ("明天8点到下午5点", "11-21 08:00", "11-21 17:00", {"start"}),
    ("明天5点到晚上10点", "11-21 17:00", "11-21 22:00", {"start"}),
    ("明天10点到早上6点", "11-21 22:00", "11-22 06:00", {"start"}),
    ("明天9点到晚上9点半", "11-21 09:00", "11-21 21:30", {"start"}),
    ("今晚8:00-10:00洗碗", "11-20 20:00", "11-20 22:00", set()),
    ("明天8:00-12:00洗碗", "11-21 08:00", "11-21 12:00", set()),
    ("晚上10:00-06:00保安", "11-20 22:00", "11-21 06:00", {"date"}),
    ("晚上8点到12点", "11-20 20:00", "11-21 00:00", {"date"}),
    ("晚上8点到凌晨2点", "11-20 20:00", "11-21 02:00", {"date"}),
    ("晚上8点到次日凌晨2点", "11-20 20:00", "11-21 02:00", {"date"}),
    ("明晚10点到第二天早上6点", "11-21 22:00", "11-22 06:00", set()),
    ("晚上12点到6点保安", "11-21 00:00", "11-21 06:00", {"date"}),
    ("今晚一点到六点卸货", "11-21 01:00", "11-21 06:00", {"date"}),
    ("明天24:00到6:00", "11-22 00:00", "11-22 06:00", {"date"}),
    ("中午11点到2点", "11-20 11:00", "11-20 14:00", {"date"}),
    ("今天下午三点一刻到五点三刻", "11-20 15:15", "11-20 17:45", set()),
    ("今天下午三点二十到五点", "11-20 15:20", "11-20 17:00", set()),
    ("今天晚上洗碗5点到10点", "11-20 17:00", "11-20 22:00", set()),
    ("今晚洗碗5点到10点", "11-20 17:00", "11-20 22:00", set()),
    ("早上8点到9点半", "11-21 08:00", "11-21 09:30", {"date"}),
    ("今天早上8点到12点", "11-20 08:00", "11-20 12:00", {"start_is_past"}),
    ("明天14时至18时30分", "11-21 14:00", "11-21 18:30", set()),
    ("周六三点到五点搬货", "11-21 15:00", "11-21 17:00", {"start"}),
    ("周五下午3点到5点", "11-20 15:00", "11-20 17:00", {"date"}),
    ("本周三下午3点到5点", "11-18 15:00", "11-18 17:00", {"start_is_past"}),
    ("下周六上午9点到11点", "11-28 09:00", "11-28 11:00", set()),
    ("大后天下午2点到4点", "11-23 14:00", "11-23 16:00", set()),
    ("12月31号晚上10点到早上6点", "12-31 22:00", "01-01 06:00", set()),
    ("2028年2月29日上午9点到11点", "02-29 09:00", "02-29 11:00", set()),
    ("19号上午9点到11点", "12-19 09:00", "12-19 11:00", set()),
    ("31号上午9点到11点", "12-31 09:00", "12-31 11:00", set()),
    ("3月8号上午9点到11点", "03-08 09:00", "03-08 11:00", set()),
    ("11/25 9:00-11:00", "11-25 09:00", "11-25 11:00", set()),
    ("2026-11-25 9:00-11:00", "11-25 09:00", "11-25 11:00", set()),
    ("明早8点开始,一个半小时", "11-21 08:00", "11-21 09:30", set()),
    ("明早8点,半小时", "11-21 08:00", "11-21 08:30", set()),
    ("明早8点半上班", "11-21 08:30", None, set()),
    ("17:00-22:00一小时25洗碗", "11-20 17:00", "11-20 22:00", {"date"}),
    ("今晚5点到10点25一小时", "11-20 17:00", "11-20 22:00", set()),
    ("今晚5点到10点2个人", "11-20 17:00", "11-20 22:00", set()),
]


@pytest.mark.parametrize(("sentence", "start", "end", "assumed"), HOURS, ids=[row[0] for row in HOURS])
def test_hours_are_read_and_what_was_not_said_is_named(
    sentence: str, start: str | None, end: str | None, assumed: set[str]
) -> None:
    reading = read(sentence)
    found = shown(reading.fields)
    assert (found.get("starts_at"), found.get("ends_at")) == (start, end)
    assert set(reading.assumed) == assumed


def test_a_bare_hour_late_in_the_evening_is_the_next_afternoon() -> None:
    late = datetime(2026, 11, 20, 22, 30, tzinfo=SHANGHAI)
    reading = read("5点到9点洗碗", late)
    assert shown(reading.fields)["starts_at"] == "11-21 17:00"
    assert set(reading.assumed) == {"date", "start"}


PAYS: list[tuple[str, int | None, int | None, str | None]] = [
    ("25一小时", 2500, None, "hour"),
    ("25块一个小时", 2500, None, "hour"),
    ("25元/时", 2500, None, "hour"),
    ("25/h", 2500, None, "hour"),
    ("¥25/h", 2500, None, "hour"),
    ("工资:25一小时", 2500, None, "hour"),
    ("每小时二十五元", 2500, None, "hour"),
    ("一小时25", 2500, None, "hour"),
    ("小时工资25.5", 2550, None, "hour"),
    ("200一天", 20000, None, "day"),
    ("每天200", 20000, None, "day"),
    ("日薪两百五", 25000, None, "day"),
    ("两百五一天", 25000, None, "day"),
    ("一千二一天", 120000, None, "day"),
    ("洗碗2 一天200", 20000, None, "day"),
    ("一晚180", 18000, None, "shift"),
    ("200块钱", 20000, None, "shift"),
    ("¥200", 20000, None, "shift"),
    ("工资200", 20000, None, "shift"),
    ("80一趟", 8000, None, "order"),
    ("一块五一单", 150, None, "order"),
    ("三块一单", 300, None, "order"),
    ("2元一个", 200, None, "piece"),
    ("75一平方", 7500, None, "piece"),
    ("包干500", 50000, None, "fixed"),
    ("底薪3000", 300000, None, "month"),
    ("3000-4000元/月", 300000, 400000, "month"),
    ("时薪20到25", 2000, 2500, "hour"),
    ("30-20一小时", None, None, None),
    ("0元一小时", None, None, None),
    ("0.005元一件", None, None, None),
    ("99999999999元一小时", None, None, None),
    ("搬货100", None, None, None),
    ("200一天3个人", 20000, None, "day"),
    ("200块三个人", 20000, None, "shift"),
    ("200块二十个人", 20000, None, "shift"),
    ("一天8小时", None, None, None),
    ("一天8点开始", None, None, None),
]


@pytest.mark.parametrize(("sentence", "low", "high", "unit"), PAYS, ids=[row[0] for row in PAYS])
def test_pay_is_read_in_fen_with_its_unit(sentence: str, low: int | None, high: int | None, unit: str | None) -> None:
    fields = read(sentence).fields
    assert (fields.pay_fen, fields.pay_max_fen, fields.pay_unit) == (low, high, unit)
    assert ("pay" in read(sentence).missing) == (low is None)


@pytest.mark.parametrize(
    ("sentence", "people"),
    [
        ("洗碗两个", 2),
        ("两名洗碗工", 2),
        ("要俩洗碗的", 2),
        ("仨人搬货", 3),
        ("一个人", 1),
        ("十二位", 12),
        ("招3洗碗", 3),
        ("二十号人搬货", 20),
        ("干4个小时", None),
        ("招3个月", None),
        ("10号线", None),
        ("0个人", None),
        ("100000人", None),
        ("2.5个人", None),
        ("两个半小时", None),
    ],
)
def test_people_are_counted_and_hours_months_and_metro_lines_are_not(sentence: str, people: int | None) -> None:
    assert read(sentence).fields.headcount == people


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("日结", "daily"),
        ("当天结", "daily"),
        ("现结", "on_completion"),
        ("干完就结", "on_completion"),
        ("周结", "weekly"),
        ("半月结", "half_month"),
        ("月结", "monthly"),
        ("一单一结", "per_order"),
    ],
)
def test_settlement_words_become_codes(word: str, code: str) -> None:
    assert read(f"洗碗,{word}").fields.settlement == code


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("在徐家汇火锅店洗碗", "徐家汇火锅店"),
        ("地点：南京东路100号,洗碗", "南京东路100号"),
        ("在仓库搬货的活", "仓库"),
        ("今晚在漕河泾 洗碗", "漕河泾"),
        ("现在洗碗", None),
        ("在洗碗", None),
        ("洗碗", None),
    ],
)
def test_the_place_is_kept_as_it_was_written(sentence: str, place: str | None) -> None:
    assert read(sentence).fields.place == place


def test_several_trades_are_said_to_be_assumed() -> None:
    reading = read("保洁员和搬货")
    assert reading.fields.trade_word == "保洁员"
    assert reading.assumed == ("trade",)
    assert "搬货" in "".join(reading.leftovers)
    assert read("洗碗洗碗工").assumed == ()


def test_trade_words_are_the_longest_and_do_not_overlap() -> None:
    assert trade_words("洗碗工搬货", TRADES) == [(0, 3), (3, 5)]
    assert trade_words("没有", TRADES) == []
    assert trade_words("洗碗", {}) == []


def test_what_is_needed_and_not_said_is_missing() -> None:
    assert read("").missing == ("trade", "headcount", "start", "end", "place", "pay")
    assert read("今晚5点到10点半洗碗两个25一小时管饭").missing == ("place",)
    assert read("明天上午9点到下午5点在徐家汇火锅店招服务员3名,时薪25").missing == ()


def test_words_that_nobody_understood_are_handed_back() -> None:
    reading = read("今晚5点到10点,后厨帮忙,男女不限")
    assert reading.leftovers == ("后厨", "男女不限")
    assert read("2月30号保洁").leftovers == ("2月30号",)
    assert read("10号线徐家汇站洗碗2个").leftovers == ("10号线徐家汇站",)


def test_every_field_is_traced_to_its_words() -> None:
    sentence = "今晚５点到10点半洗碗两个25一小时管饭"
    reading = read(sentence)
    words = {span.field: span.text for span in reading.spans}
    assert words == {
        "date": "今晚",
        "hours": "５点到10点半",
        "trade": "洗碗",
        "headcount": "两个",
        "pay": "25一小时",
        "meals": "管饭",
    }
    for span in reading.spans:
        assert sentence[span.start : span.end] == span.text


def test_a_naive_moment_and_a_sentence_without_end_are_refused() -> None:
    with pytest.raises(TimeRefused, match="time_naive"):
        read("洗碗", datetime(2026, 11, 20, 10))
    with pytest.raises(SentenceRefused, match="sentence_too_long"):
        read("洗" * 501)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", Fraction(25, 2)),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("两百五", 250),
        ("一百八", 180),
        ("两百五十", 250),
        ("一千二", 1200),
        ("一万二", 12000),
        ("三万五千", 35000),
        ("二五", 25),
        ("二零二六", 2026),
        ("三五十", None),
    ],
)
def test_numbers_are_read_in_figures_and_in_chinese(text: str, value: Fraction | int | None) -> None:
    assert read_number(text, load_lexicon()) == value


def test_the_words_can_be_replaced_by_the_callers_own() -> None:
    own = Lexicon({**load_lexicon().words, "fillers": ["洗碗"]})
    assert read_sentence("洗碗", NOW, {}, own).leftovers == ()
    with pytest.raises(KeyError, match=r"days\.never"):
        own.at("days.never")


def _all_words(words: Any) -> list[str]:
    if isinstance(words, dict) and any(isinstance(value, dict) for value in words.values()):
        return [word for value in words.values() for word in _all_words(value)]
    return flat(words)


VOCABULARY = sorted(
    {word for section in load_lexicon().words.values() for word in _all_words(section)}
    | set(TRADES)
    | {"1", "25", "200", "0", "99", "9999", "5:30", "24:00", "，", " ", "\0", "٣", "😀"}
)


@settings(max_examples=250, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(VOCABULARY), max_size=25))
def test_no_mixture_of_its_words_breaks_the_reader(words: list[str]) -> None:
    sentence = "".join(words)[:500]
    reading = read(sentence)
    fields = reading.fields
    assert all(sentence[span.start : span.end] == span.text for span in reading.spans)
    taken = [position for span in reading.spans for position in range(span.start, span.end)]
    assert len(taken) == len(set(taken))
    assert fields.pay_fen is None or fields.pay_fen > 0
    assert fields.headcount is None or 1 <= fields.headcount <= 1000
    if fields.starts_at and fields.ends_at:
        assert fields.starts_at < fields.ends_at


@pytest.mark.parametrize("part", ["一", "1", "到", "1到", "周一", "在", "10点", "1.5", " ", "今晚", "两个"])
def test_a_long_repetitive_sentence_is_read_quickly(part: str) -> None:
    began = time.process_time()
    read((part * 500)[:500])
    assert time.process_time() - began < 10
