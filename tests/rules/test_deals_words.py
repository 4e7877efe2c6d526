"""The words of a deal: no margin and no sum of money hides in them, and a finding quotes only what was sent, once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.deals.rules.words import check_words
from service.errors import FieldError, Refused
from service.guard import shipped
from service.guard.sums import sums_in
from service.http.problems import problem_sentence

DAY = date(2026, 11, 23)
SAID = "共享用工"
LONG = "食堂洗碗、备菜，早上八点到岗，由缺工企业安排岗位和带班师傅，午间休息一小时，"


def found(words: str, pointer: str = "/work", language: str = "zh-CN") -> tuple[FieldError, ...]:
    """Everything that stands against the words in a field of a deal."""
    try:
        check_words({pointer: words}, SAID, shipped(), DAY, language)
    except Refused as refused:
        return refused.errors if refused.code == "deal_words" else (FieldError(pointer, refused.code),)
    return ()


@pytest.mark.parametrize(
    "margin",
    [
        "结算价按工资上浮", "另付辛苦费", "合作费另议",
        "好处费当面给", "按返点结算", "每月补贴出借单位", "款项汇入原企业",
        "另付management fee", "plus service fee", "commission另谈", "另加markup", "另付guanlifei", "另付 guan li fei",
        "管理费另计", "服务费月结", "Please note that a management fee of five percent is due each month.",
        "We pay the lender a commission for every worker that comes.", "The price has a markup on top of the wage.",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", LONG])
def test_a_margin_is_seen_wherever_it_stands(before: str, margin: str) -> None:
    """By its word, in pinyin and in English, also far from anything else."""
    for pointer in ("/work", "/injury_clause", "/clauses/damage"):
        errors = found(before + margin, pointer)
        assert errors, margin
        assert {each.pointer for each in errors} == {pointer}


@pytest.mark.parametrize(
    "words",
    [
        "协助管理人员清点货物", "清点数量、外包装装箱", "每天提货、留意温差", "在服务台接待顾客",
        "食堂洗碗、备菜", "饭点帮忙端菜", "穿上服装后上岗", "服务非常重要，管理非常规范",
        "双方不收管理费、服务费",
        "设备commissioning调试",
        "员工受伤由原企业申请工伤认定，缺工企业立即救治并承担一半补偿", "元旦前后搬30块砖，一块儿干活",
        "每天一元化管理", "负责一块区域的保洁", "搬运30箱货，每箱20公斤",
        "We wash dishes and the management is friendly.",
    ],
)  # fmt: skip
def test_ordinary_words_pass(words: str) -> None:
    """People who manage, a counter of service, bricks and new year are no margin and no money."""
    for pointer in ("/work", "/injury_clause", "/clauses/damage"):
        assert found(words, pointer) == ()


SUMS = [
    ("每人每天另付30元", "30元"), ("每人每天30块", "30块"), ("每天另付三十块钱", "三十块钱"),
    ("加班每小时 25.5 元", "25.5 元"),
    ("每人 30 yuan a day", "30 yuan"), ("another RMB 30 a day", "RMB 30"), ("每天￥３０", "￥３０"),
    ("每人两百元", "两百元"),
    ("保额50万元，另付每人每天30元", "30元"), ("保额30元每天", "30元"), ("保险保额每人每天30元", "30元"),
]  # fmt: skip


@pytest.mark.parametrize("pointer", ["/work", "/injury_clause", "/address", "/clauses/settlement", "/clauses/rest"])
@pytest.mark.parametrize(("words", "quoted"), SUMS)
def test_money_is_said_in_pay_and_costs(pointer: str, words: str, quoted: str) -> None:
    """An amount in the work, the injury clause, the address or any other clause has an own rule and sentence."""
    sums = [each for each in found(words, pointer) if each.code == "deal_sum"]
    assert [(each.pointer, each.facts["words"]) for each in sums] == [(pointer, quoted)]
    said = problem_sentence("deal_sum", "zh-CN", sums[0].facts)
    assert said.startswith(f"“{quoted}”")
    assert "pay_fen" in problem_sentence("deal_sum", "en", sums[0].facts)


@pytest.mark.parametrize(
    "words",
    [
        "缺工企业另买雇主责任险，每人保额50万元，事故由原企业申报", "意外险赔付限额 80 万元",
        "保险金80万元，由保险公司付给本人",
        "医疗赔付每人5万元", "每人50万元保额的意外险", "Accident insurance with an insured sum of RMB 500000.",
    ],
)  # fmt: skip
def test_what_an_insurance_pays_is_named(words: str) -> None:
    """A sum beside 保额, 赔付, 限额 or 保险金 belongs into an injury clause."""
    assert found(words, "/injury_clause") == ()


def test_damage_may_hold_figures() -> None:
    """Up to what damage a firm bears alone is a sum that no other field holds."""
    assert found("损失在500元以内的由缺工企业承担", "/clauses/damage") == ()


QUOTED = [
    "每人每天抽成10元",
    "管理费另计",
    "另付管理费两百，以派遣方式用工",
    "每月加价，差价归原企业",
    "挣差价，又挣差价",
]


@pytest.mark.parametrize("words", QUOTED)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_finding_quotes_what_was_sent_and_once(words: str, language: str) -> None:
    """The name of shared labour, with which the words are judged, stands in no quotation; its place is in what
    was sent; nothing is told twice."""
    errors = found(words, "/work", language)
    assert errors
    hits: list[Any] = [each.facts for each in errors if each.code == "guard_hit"]
    assert all(words[each["start"] : each["end"]] == each["words"] for each in hits)
    assert not any(SAID in problem_sentence("guard_hit", language, each).split("”")[0] for each in hits)
    told = [(each.code, problem_sentence(each.code, language, each.facts)) for each in errors]
    assert len(told) == len(set(told))


@given(st.text(alphabet="0123456789一二百万元块钱保额赔付每天，。 yuan￥RMB", max_size=40))
def test_sums_lie_inside_the_words(words: str) -> None:
    """Nothing raises, and every place is one of the words."""
    for start, end in sums_in(words):
        assert 0 <= start < end <= len(words)
