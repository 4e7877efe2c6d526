"""Words of an agreement that take back what the law gives: refused at their place, as they were sent."""

from __future__ import annotations

from datetime import date

import pytest

from service.agreements.rules.wording import check_words
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
    ("injury_bearer", "乙方自己负责"), ("injury_bearer", "乙方自负"), ("injury_bearer", "由劳动者本人承担"),
    ("injury_bearer", "与甲方无关"), ("injury_bearer", "受伤自负，与本店无关"), ("injury_bearer", "责任自负"),
    ("injury_bearer", "双方不办理工伤，私了解决，各不追究"), ("injury_bearer", "无"),
    ("work_content", "打包，受伤自负，与本店无关"), ("rest", "单休，法定节假日不休"), ("rest", "全年无休"),
    ("rest", "每月休息一天"), ("pay_parts", "已含全部加班费"), ("protection", "劳保用品自备"),
    ("protection", "不提供劳动保护用品"), ("training", "不培训，直接上岗"), ("hazards", "有粉尘噪声，后果自负"),
]  # fmt: skip
ALLOWED = [
    ("injury_bearer", "由用工方负责"), ("injury_bearer", "由甲方承担，乙方故意的除外"),
    ("injury_bearer", "甲方负责送医，并申请工伤认定，乙方配合"), ("rest", "每周休息一天，法定节假日放假"),
    ("rest", "每班四小时，班中不休息"), ("rest", "法定节假日不休息的，另付三倍工资"), ("pay_parts", "时薪25元，含餐补"),
    ("protection", "发手套和围裙"), ("protection", "工作服由乙方自备，防护用品由甲方提供"),
    ("training", "上岗前半天，照付工资"),
    ("hazards", "无粉尘噪声"), ("hazards", "无"), ("cancel_rule", "提前一天说一声，与岗位无关的不扣钱"),
    ("deductions", "因不按时到岗造成的损失依法处理"),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["labour_contract", "part_time", "written_agreement"])
@pytest.mark.parametrize(("fact", "words"), REFUSED)
def test_what_the_law_gives_is_not_taken_back(kind: str, fact: str, words: str) -> None:
    """In every agreement of labour; what is quoted stands in what was sent. Who bears an injury is asked where the
    template asks it."""
    if words == "无" and kind != "written_agreement":
        return
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
def test_between_households_an_injury_is_not_thrown_on_who_works(kind: str) -> None:
    """No agreement frees anybody from answering for bodily harm (Civil Code, art. 506); labour law is not asked."""
    assert found(kind, "injury_bearer", "乙方自己负责")
    assert found(kind, "equipment", "手套自备") == ()
