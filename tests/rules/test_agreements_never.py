"""What no text of an agreement may say: deposits, fines, a second probation, insurance waived."""

from __future__ import annotations

import pytest

from service.agreements.data import all_templates, facts_file, template_of
from service.agreements.lifecycle import KINDS
from service.agreements.rules.wording import check_never, check_words
from service.errors import Refused
from service.guard import shipped
from tests.builders.agreements import GIVEN, NOW


@pytest.mark.parametrize(
    "words",
    ["入职交押金500元，离职退", "身份证原件由公司保管", "自愿放弃社保，工资里补", "三年内不得结婚", "生死自负"],
)
def test_added_words_take_back_no_term(words: str) -> None:
    """Deposit, papers, insurance, children, liability: refused under the fact, whatever the kind."""
    for kind in ("labour_contract", "service_note"):
        with pytest.raises(Refused) as refused:
            check_words(kind, {"/facts/rest": words}, shipped(), NOW.date(), "zh-CN")
        assert refused.value.code == "agreement_words"
        assert {each.pointer for each in refused.value.errors} == {"/facts/rest"}


def test_fines_and_costs_laid_on_the_worker_are_no_labour_contract() -> None:
    """Where the posting guard only holds back, a contract is refused; a note may have its rule of deductions."""
    for words in ("提前离职扣一个月工资", "服装费由乙方负担"):
        check_words("service_note", {"/facts/deductions": words}, shipped(), NOW.date(), "zh-CN")
        with pytest.raises(Refused):
            check_words("labour_contract", {"/facts/protection": words}, shipped(), NOW.date(), "zh-CN")
    for kind in KINDS:
        said = {f"/facts/{name}": GIVEN[name] for name in template_of(kind, NOW.date()).facts}
        check_words(kind, said, shipped(), NOW.date(), "zh-CN")


@pytest.mark.parametrize("words", ["试用期一个月", "前三天为试 用 期", "试用期内按八折", "见习期两周"])
def test_part_time_work_has_no_probation(words: str) -> None:
    """Article 70, in any fact; that there is none may be said, and other forms do not ask."""
    with pytest.raises(Refused) as refused:
        check_never("part_time", {"/facts/rest": words}, facts_file().never)
    assert (refused.value.code, refused.value.errors[0].pointer) == ("agreement_probation_part_time", "/facts/rest")
    for lawful in ("没有试用期", "双方不约定试用期", "无试用期，每周休两天", "试用新设备前先培训"):
        check_never("part_time", {"/facts/rest": lawful}, facts_file().never)


def test_a_contract_says_its_probation_in_one_place() -> None:
    """Its length beside the term of it is refused; what holds meanwhile may be said."""
    for words in ("试用期一个月", "见习期为 6 个月", "试用期：半年"):
        with pytest.raises(Refused) as refused:
            check_never("labour_contract", {"/facts/rest": words}, facts_file().never)
        assert refused.value.code == "agreement_probation_words"
    for words in ("试用期内同样发劳保用品", "试用期内提前三日通知", "试用期满以后每年体检一次"):
        check_never("labour_contract", {"/facts/protection": words}, facts_file().never)


WAIVED = [
    "不缴社保，折现发给乙方", "乙方自愿放弃社保", "乙方自愿放弃工伤保险", "社保折现", "已含社保", "工资已包含五险",
    "社会保险费由乙方自行承担", "单位不为乙方办理社会保险", "社保补贴随工资发放", "以现金补贴代替社会保险",
    "不予缴纳养老保险",
]  # fmt: skip
KEPT = [
    "不得放弃社保", "任何一方不得约定放弃社会保险", "社会保险个人缴费部分由乙方承担，从工资中代扣", "按月缴纳社保",
    "五险按本市规定缴纳", "工资条列明社会保险扣缴明细", "夜里不上班且社保照缴",
    "社会保险个人缴纳部分由甲方代扣", "甲方不缴社会保险的，乙方可以立即解除合同",
    "工资包括社会保险扣缴明细",
]  # fmt: skip


def test_social_insurance_is_not_waived_beside_its_term() -> None:
    """In any fact of a full-time contract; that of injury in part-time work and written agreements too. What the law
    itself says of it is not stopped."""
    never = facts_file().never
    for words in WAIVED:
        with pytest.raises(Refused) as refused:
            check_never("labour_contract", {"/facts/protection": words}, never)
        assert refused.value.code == "agreement_insurance_waived", words
    for words in KEPT:
        check_never("labour_contract", {"/facts/protection": words}, never)
    for kind in ("part_time", "written_agreement"):
        with pytest.raises(Refused):
            check_never(kind, {"/facts/rest": "乙方自愿放弃工伤保险"}, never)
    for row in all_templates():  # the words of the papers themselves
        told = {term.code: term.text for term in row.terms if term.code != "no_probation"}
        check_never(row.code, told, never)
