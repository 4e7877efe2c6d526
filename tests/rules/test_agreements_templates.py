"""Every mandatory term of every template, filled on plain values; what differs from the posting."""

from __future__ import annotations

import re

import pytest

from service.agreements.data import Template, all_templates, template_of
from service.agreements.lifecycle import KINDS
from service.agreements.rules import (
    differences,
    fill,
)
from service.agreements.rules.filling import blanks_of, filled
from service.errors import Refused
from tests.builders.agreements import GIVEN, NOW

# What the law and the five documents want in each kind, by the codes of the terms: domain model 11 and 12.
MUST: dict[str, set[str]] = {
    "cooperation": {
        "parties", "people", "work", "place", "term", "hours", "rest", "pay", "payment", "insurance", "living",
        "protection", "training", "injury", "damage", "sending_back", "early_end", "confidentiality", "disputes",
        "no_profit", "relation", "return_duty",
    },
    "lending_consent": {
        "parties", "change", "work", "term", "hours", "living", "pay", "insurance", "protection", "injury", "refuse",
        "return_duty", "no_charge", "disputes",
    },
    "part_time": {
        "employer", "worker", "term", "work", "hours", "rest", "pay", "pay_day", "insurance", "protection",
        "no_probation", "end", "disputes", "several", "no_charge",
    },
    "written_agreement": {
        "parties", "platform", "work", "tasks", "hours", "rest", "pay", "pay_day", "deductions", "quota", "protection",
        "insurance", "training", "algorithms", "appeals", "disputes", "term",
    },
    "service_note": {"parties", "work", "hours", "pay", "deductions", "equipment", "injury", "change", "disputes"},
    "labour_contract": {
        "employer", "worker", "term", "probation", "work", "hours", "rest", "pay", "pay_day", "insurance", "protection",
        "no_charge", "no_penalty", "change", "end", "copies", "disputes", "by_law",
    },
}  # fmt: skip
EVERY_TERM = [(row, term.code) for row in all_templates() for term in row.terms if term.mandatory]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_every_term_that_the_law_wants(kind: str) -> None:
    """By the lists of the domain model; each with names in both languages and the clause that wants it."""
    row = template_of(kind, NOW.date())
    assert set(row.mandatory) == MUST[kind]
    for term in row.terms:
        assert term.zh
        assert term.en
        assert term.source
        assert term.text.endswith("。")


@pytest.mark.parametrize("row", all_templates(), ids=lambda row: row.code)
def test_a_filled_template_has_every_term_and_fact(row: Template) -> None:
    """No blank is left; every fact stands in the terms, and the summary is short and from the same facts."""
    terms = fill(row.terms, GIVEN)
    words = "".join(term.text for term in terms)
    assert [term.code for term in terms] == [term.code for term in row.terms]
    assert "{" not in words
    assert all(GIVEN[name] in words for name in row.facts)
    lines = [filled(line, GIVEN) for line in row.summary]
    assert 5 <= len(lines) <= 9
    for line in lines:
        assert line is not None
        assert "{" not in line
        assert len(line) <= 80


@pytest.mark.parametrize(("row", "code"), EVERY_TERM, ids=[f"{row.code}-{code}" for row, code in EVERY_TERM])
def test_a_mandatory_term_without_its_facts_is_refused_by_its_code(row: Template, code: str) -> None:
    """Each fact of the term alone missing, empty or blank; a term without blanks cannot be left out."""
    blanks = blanks_of(row.term(code).text)
    for name in blanks:
        for facts in ({k: v for k, v in GIVEN.items() if k != name}, GIVEN | {name: ""}, GIVEN | {name: "  \n"}):
            with pytest.raises(Refused) as refused:
                fill(row.terms, facts)
            assert refused.value.code == "agreement_terms_missing"
            assert code in refused.value.facts["terms"]
            assert refused.value.facts["lacking"] == [name]
            assert {"zh": row.term(code).zh, "en": row.term(code).en} in refused.value.facts["words"]
    if not blanks:
        assert row.term(code).text in [term.text for term in fill(row.terms, GIVEN)]


def test_what_facts_say_is_never_a_blank_again() -> None:
    """A fact with braces stands as it was written."""
    row = template_of("service_note", NOW.date())
    terms = fill(row.terms, GIVEN | {"work_content": "{pay} {nothing}"})
    assert "{pay} {nothing}" in next(term.text for term in terms if term.code == "work")


def test_the_words_that_the_law_wants_are_there() -> None:
    """No probation, pay every 15 days, several employers; wages and injury with the lender; a right to say no."""
    part_time = "".join(term.text for term in fill(template_of("part_time", NOW.date()).terms, GIVEN))
    for words in ("不约定试用期", "法定最长十五天", "每家单位各自缴纳", "随时通知对方终止", "四小时", "二十四小时"):
        assert words in part_time
    consent = "".join(term.text for term in fill(template_of("lending_consent", NOW.date()).terms, GIVEN))
    for words in ("由原企业承担工伤保险责任", "由原企业在", "可以不同意借出", "撤回同意", "原企业接回员工", "继续有效"):
        assert words in consent
    cooperation = "".join(term.text for term in fill(template_of("cooperation", NOW.date()).terms, GIVEN))
    contract = "".join(term.text for term in fill(template_of("labour_contract", NOW.date()).terms, GIVEN))
    for words in (
        "固定期限，自2026年11月23日起至2028年11月22日止", "试用期 2 个月，试用期工资为约定工资的 80%", "只约定一次",
        "不低于甲方相同岗位最低档工资", "每日不超过八小时", "每周至少休息一日", "至少每月一次",
        "三十日内为乙方办理社会保险登记",
        "职业危害及防护", "不扣押乙方的居民身份证", "押金", "一个月内签订", "双方各执一份", "提前三日通知",
    ):  # fmt: skip
        assert words in contract
    for words in ("不以营利为目的", "劳动关系不变", "不是劳务派遣人员", "不超过该员工与甲方劳动合同剩余的期限"):
        assert words in cooperation


def test_terms_that_differ_are_told_before_and_after() -> None:
    """Only where what was said before is said otherwise; what was open before differs in nothing."""
    terms = template_of("service_note", NOW.date()).terms
    before = {"pay": "25 元/小时", "settlement": "日结", "work_place": "某路2号"}
    told = differences(terms, before, GIVEN | {"pay": "20 元/小时"})
    assert [each.code for each in told] == ["pay"]
    assert "25 元/小时" in told[0].before
    assert "20 元/小时" in told[0].after
    assert differences(terms, before, GIVEN) == ()


FIGURES = {"days": "3", "minutes": "30 分钟", "number": "91310000000000001A"}
FAULTS = re.compile(r"[一-鿿，。：；、] +[一-鿿，。：；、]|[。，；、：]{2}|[。，；][.,;]|([一-鿿]{2,})：\1|  ")


@pytest.mark.parametrize("row", all_templates(), ids=lambda row: row.code)
@pytest.mark.parametrize("said", ["按约定办理", "按约定办理。", "2026年12月1日", "In writing."])
def test_every_rendered_sentence_reads_as_one(row: Template, said: str) -> None:
    """No stray blank, no mark twice, no heading said again, also where a fact is a sentence with its own full stop."""
    facts = {name: FIGURES.get(name.rpartition("_")[2], said) for name in row.facts}
    facts |= {"headcount": "5", "worker_id_number": "310104199001011234"}
    lines = [term.text for term in fill(row.terms, facts)] + [str(filled(line, facts)) for line in row.summary]
    for line in (row.opening, *lines):
        assert not FAULTS.search(line), line
        assert line.endswith("。"), line
        assert "{" not in line
