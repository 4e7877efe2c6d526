"""Naming free text, on a small index whose every word is in sight."""

from __future__ import annotations

import string
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import InvalidInput
from matching.names import FLOOR, NameEntry, NameIndex, Wording

ENTRIES = (
    NameEntry("welder", "焊工", ("电焊工", "电焊", "氩弧焊"), code="6-18-02-04"),
    NameEntry("electrician", "电工", ("水电工", "水电", "布线"), code="6-31-01-03"),
    NameEntry("plumber", "管道工", ("修水管",), shared=("水电工",)),
    NameEntry("mover", "搬运工", ("搬家", "搬家师傅", "力工")),
    NameEntry("putty", "腻子工", ("刮腻子", "刮大白")),
    NameEntry("tiler", "贴砖工", ("贴瓷砖",)),
    NameEntry("forklift", "叉车工", ("开叉车", "叉车")),
    NameEntry("helper", "住家保姆", ("住家阿姨", "做饭")),
    NameEntry("operator", "操作工", ("开机器",)),
    NameEntry("mould", "注塑工", ("注塑",)),
    NameEntry("cleaner", "保洁员", ("保洁",)),
    NameEntry("crew", "快餐店员", hints=("肯德基",)),
    NameEntry("6-22-01-02", "汽车饰件制造工", rank=1),
)
WORDING = Wording(
    noise=("急招", "包吃住", "小时工", "夜班", "会", "也能", "我", "做过", "日结", "兼职"),
    heads=("工", "员", "师傅"),
    prefixes=("高级",),
    places=("公司", "店"),
    others=("租赁", "多少钱"),
    speech=("吗", "看到", "在"),
    negations=("不会", "没做过"),
    generic=("操作工",),
    everyday=("做饭",),
    life=("去", "了"),
    variants={"電": "电", "銲": "焊", "師": "师", "傅": "傅"},
)
INDEX = NameIndex(ENTRIES, WORDING)


def best(text: str) -> str | None:
    named = INDEX.name(text, 1)
    return named[0].entry.id if named else None


@pytest.mark.parametrize(
    ("text", "entry", "how"),
    [
        ("刮腻子", "putty", "exact"),
        ("電銲工", "welder", "exact"),
        ("ＣＨＡＣＨＥ 叉车", "forklift", "exact"),
        ("急招叉车工（夜班）包吃住", "forklift", "contained"),
        ("banyungong", "mover", "pinyin"),
        ("bān yùn gōng", "mover", "pinyin"),
        ("Shui Dian", "electrician", "pinyin"),
        ("banyungon", "mover", "pinyin"),
        ("电汗工", "welder", "similar"),
        ("汽车饰件制造", "6-22-01-02", "similar"),
        ("高级汽车饰件制作工", "6-22-01-02", "similar"),
        ("肯德基 小时工", "crew", "hint"),
    ],
)
def test_a_text_is_named_and_says_how(text: str, entry: str, how: str) -> None:
    """Words, variants, noise, pinyin, homophones, missing characters and brands."""
    named = INDEX.name(text)[0]
    assert (named.entry.id, named.how) == (entry, how)
    assert FLOOR <= named.confidence <= 1000


@pytest.mark.parametrize(
    "text",
    ["", "  ", "你好", "13800138000", "2026-11-21 8:00", "asdfgh", "hello world", "上海市徐汇区", "小时工 日结", "!!!",
     "工", "叉车租赁多少钱", "我在路上看到电工了吗", "李师傅", "中心小学", "😀"],
)  # fmt: skip
def test_a_text_that_is_no_trade_stays_unknown(text: str) -> None:
    """Greetings, figures, gibberish, addresses, bare conditions, offers of things, talk about somebody."""
    assert INDEX.name(text) == []
    assert INDEX.skills_in(text) == []


def test_several_skills_of_a_sentence_come_in_its_order_each_once() -> None:
    """Also those that a second entry shares; what is taken back is left out."""
    found = INDEX.skills_in("会刮腻子、贴瓷砖,也能开叉车,刮大白")
    assert [named.entry.id for named in found] == ["putty", "tiler", "forklift"]
    assert [named.entry.id for named in INDEX.skills_in("我会电焊,不会开叉车")] == ["welder"]
    assert [named.entry.id for named in INDEX.skills_in("住家阿姨会做饭")] == ["helper"]
    assert [named.entry.id for named in INDEX.skills_in("水电工")] == ["electrician", "plumber"]


def test_words_of_daily_life_name_a_skill_only_alone() -> None:
    """«做饭» is a skill, «我去做饭» is none."""
    assert best("会做饭") == "helper"
    assert best("我去做饭") is None
    assert best("楼下邻居今天晚上做饭真香") is None


def test_a_generic_word_gives_way_to_a_telling_one() -> None:
    """«注塑操作工» moulds; «操作工» alone operates."""
    assert best("注塑车间操作工") == "mould"
    assert best("操作工") == "operator"


def test_a_trade_word_before_a_place_is_the_name_of_a_firm() -> None:
    """«搬家公司» alone is no skill; a cleaner of such a firm is a cleaner."""
    assert best("搬家公司保洁员") == "cleaner"
    assert best("大众搬家公司") is None


def test_the_first_piece_that_names_a_trade_says_most() -> None:
    """What stands behind is a further wish."""
    assert [named.entry.id for named in INDEX.name("厂区保洁员 会开叉车")][:2] == ["cleaner", "forklift"]


def test_a_batch_answers_like_single_calls() -> None:
    """Same names, words and confidences."""
    texts = ["电汗工", "刮腻子", "", "高级汽车饰件制作工", "banyungong", "急招保洁", "叉车租赁"] * 3
    assert INDEX.names(texts, 3) == [INDEX.name(text, 3) for text in texts]


def test_k_and_floor_only_cut_the_list() -> None:
    """k = 0 gives nothing, a lower floor shows more, order stays."""
    whole = INDEX.name("电汗工", 10, floor=0)
    assert INDEX.name("电汗工", 0) == []
    assert INDEX.name("电汗工", 2, floor=0) == whole[:2]
    assert INDEX.name("电汗工", 10) == [named for named in whole if named.confidence >= FLOOR]


@pytest.mark.parametrize(
    ("entries", "code"),
    [((NameEntry("a", "x"), NameEntry("a", "y")), "duplicate_id"), ((NameEntry("a", ""),), "empty")],
)
def test_entries_without_a_meaning_are_refused(entries: tuple[NameEntry, ...], code: str) -> None:
    """An id twice, a name that is empty."""
    with pytest.raises(InvalidInput) as refusal:
        NameIndex(entries)
    assert refusal.value.code == code


def test_a_negative_k_is_refused_and_an_empty_index_knows_nothing() -> None:
    """As everywhere in the library."""
    with pytest.raises(InvalidInput):
        INDEX.name("电工", -1)
    assert NameIndex(()).name("电工") == []
    assert NameIndex(()).skills_in("电工") == []


@given(st.lists(st.text(max_size=30), max_size=4))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_any_text_is_answered_with_sound_confidences(texts: list[str]) -> None:
    """Never an error; confidences fall and stay in their range."""
    for named in INDEX.names(texts, 4):
        confidences = [each.confidence for each in named]
        assert all(FLOOR <= each <= 1000 for each in confidences)
        assert len({each.entry.id for each in named}) == len(named)


@given(st.text(alphabet=string.ascii_lowercase + " ", min_size=1, max_size=30))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_letters_are_named_only_when_they_are_nearly_a_word(text: str) -> None:
    """Random letters mean nothing."""
    for named in INDEX.name(text):
        assert named.how in ("pinyin", "exact", "contained")


def test_threads_may_ask_at_once() -> None:
    """The index never changes after it is built."""
    texts = ["电汗工", "急招叉车工包吃住", "banyungong", "你好"]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: INDEX.names(texts), range(16)))
    assert all(answer == answers[0] for answer in answers)
