"""Words of an agreement that take back what the law gives: refused at their place, as they were sent."""

from __future__ import annotations

from datetime import date

import pytest

from service.agreements.data import facts_file
from service.agreements.rules.wording import check_never, check_words
from service.errors import FieldError, Refused
from service.guard import shipped

DAY = date(2026, 11, 23)


def found(kind: str, fact: str, words: str) -> tuple[FieldError, ...]:
    """What stands against a fact of an agreement."""
    try:
        check_words(kind, {f"/facts/{fact}": words}, shipped(), DAY, "zh-CN")
    except Refused as refused:
        return refused.errors
    return ()


REFUSED = [
    ("work_content", "打包，受伤自负，与本店无关"), ("rest", "单休，法定节假日不休"), ("rest", "全年无休"),
    ("rest", "每月休息一天"), ("pay_parts", "已含全部加班费"), ("protection", "劳保用品自备"),
    ("protection", "不提供劳动保护用品"), ("training", "不培训，直接上岗"), ("hazards", "有粉尘噪声，后果自负"),
]  # fmt: skip
ALLOWED = [
    ("rest", "每周休息一天，法定节假日放假"),
    ("rest", "每班四小时，班中不休息"), ("rest", "法定节假日不休息的，另付三倍工资"), ("pay_parts", "时薪25元，含餐补"),
    ("protection", "发手套和围裙"), ("protection", "工作服由乙方自备，防护用品由甲方提供"),
    ("training", "上岗前半天，照付工资"),
    ("hazards", "无粉尘噪声"), ("hazards", "无"), ("cancel_rule", "提前一天说一声，与岗位无关的不扣钱"),
    ("deductions", "因不按时到岗造成的损失依法处理"),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["labour_contract", "part_time", "written_agreement"])
@pytest.mark.parametrize(("fact", "words"), REFUSED)
def test_what_the_law_gives_is_not_taken_back(kind: str, fact: str, words: str) -> None:
    """In every agreement of labour; what is quoted stands in what was sent."""
    errors = found(kind, fact, words)
    assert errors
    assert {each.pointer for each in errors} == {f"/facts/{fact}"}
    assert all(each.facts["words"] in words for each in errors if each.code == "guard_hit")


@pytest.mark.parametrize("kind", ["labour_contract", "part_time", "written_agreement", "service_note", "cooperation"])
@pytest.mark.parametrize(("fact", "words"), ALLOWED)
def test_honest_terms_stay(kind: str, fact: str, words: str) -> None:
    """What sounds like it and takes nothing back."""
    assert found(kind, fact, words) == ()


def test_a_labour_contract_says_rest_and_protection() -> None:
    """The law wants them said (art. 17); of four hours a week less is asked."""
    assert [each.code for each in found("labour_contract", "rest", "无")] == ["agreement_says_nothing"]
    assert [each.code for each in found("labour_contract", "protection", " / ")] == ["agreement_says_nothing"]
    assert found("part_time", "rest", "无") == ()


@pytest.mark.parametrize("kind", ["service_note", "cooperation"])
def test_a_service_between_equals_is_not_asked_by_labour_law(kind: str) -> None:
    """Who does a job on the own account brings the own gloves."""
    assert found(kind, "equipment", "手套自备") == ()


@pytest.mark.parametrize(
    "fact", ["rest", "protection", "refusal_rule", "appeal_channel", "algorithm_rules", "pay_floor"]
)
def test_a_written_agreement_says_what_it_must(fact: str) -> None:
    """Nothing is no term, in either language."""
    for words in ("无", "没有。", "none", "另行约定"):
        assert [each.code for each in found("written_agreement", fact, words)] == ["agreement_says_nothing"]


DENIED = [
    ("service_note", "deductions", "损坏照价赔偿从工钱里扣", "agreement_pay_withheld"),
    ("written_agreement", "deductions", "押一周工钱", "agreement_pay_withheld"),
    ("service_note", "cancel_rule", "中途不干不给钱", "agreement_pay_withheld"),
    ("written_agreement", "deductions", "迟到扣五十", "agreement_pay_withheld"),
    ("written_agreement", "quota", "不达标不付钱", "agreement_pay_withheld"),
    ("written_agreement", "refusal_rule", "不得拒绝", "agreement_denies"),
    ("written_agreement", "refusal_rule", "乙方不能拒单", "agreement_denies"),
    ("written_agreement", "appeal_channel", "不接受申诉", "agreement_denies"),
    ("written_agreement", "algorithm_rules", "不公开", "agreement_denies"),
    ("part_time", "protection", "职工自备", "agreement_denies"),
    ("labour_contract", "protection", "由乙方自行解决", "agreement_denies"),
    ("part_time", "rest", "服从公司安排", "agreement_denies"),
]
GRANTED = [
    ("service_note", "deductions", "没有扣款"), ("service_note", "deductions", "损坏物品的依法赔偿，不从工钱里扣"),
    ("written_agreement", "deductions", "超时未送达的，扣该单服务费，规则在平台公示"),
    ("written_agreement", "deductions", "不得押工资"), ("service_note", "cancel_rule", "中途不干的，做了多少结多少"),
    ("written_agreement", "quota", "不计件"), ("written_agreement", "refusal_rule", "可以拒单，平台不得因此少派单"),
    ("written_agreement", "refusal_rule", "前一天说一声，用工方不得拒绝"),
    ("written_agreement", "appeal_channel", "找店长申诉，三天内答复"),
    ("part_time", "rest", "每周休两天，服从安排的加班另付"),
    ("written_agreement", "algorithm_rules", "在首页公开，改动前七天告知"), ("part_time", "protection", "发手套和围裙"),
    ("part_time", "protection", "防护用品由甲方负责"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "fact", "words", "code"), DENIED)
def test_pay_is_not_withheld_and_no_right_denied(kind: str, fact: str, words: str, code: str) -> None:
    """Each at its place."""
    with pytest.raises(Refused) as refused:
        check_never(kind, {f"/facts/{fact}": words}, facts_file().never)
    assert [(each.code, each.pointer) for each in refused.value.errors] == [(code, f"/facts/{fact}")]


@pytest.mark.parametrize(("kind", "fact", "words"), GRANTED)
def test_what_grants_a_right_is_not_refused(kind: str, fact: str, words: str) -> None:
    """What sounds alike and gives."""
    check_never(kind, {f"/facts/{fact}": words}, facts_file().never)
