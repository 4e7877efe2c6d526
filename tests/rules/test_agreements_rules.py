"""Agreements on plain values: the triage table, every mandatory term of every template, the hash, what signing asks."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import policies
from service.agreements.data import Template, all_templates, facts_file, template_of, triage
from service.agreements.lifecycle import AGREEMENT, KINDS
from service.agreements.reading import read_facts
from service.agreements.rules import (
    Difference,
    Party,
    canonical,
    check_shown,
    check_signer,
    differences,
    document_of,
    fill,
    hash_of,
    mask,
    picture_of,
)
from service.agreements.rules.filling import blanks_of, filled
from service.agreements.rules.labour import ContractTerm, Probation, check_probation, check_term, probation_most
from service.agreements.rules.lawful import Stretch, check_hours, check_lawful, contract_due
from service.agreements.rules.signing import PICTURE_BYTES
from service.agreements.rules.wording import check_never, check_words
from service.agreements.saying import said_cover, said_facts, said_hours
from service.errors import Conflict, Refused
from service.guard import shipped
from service.reference.catalogue import enums
from service.worktime import SHANGHAI, add_months
from tests.builders.agreements import CIVIL, GIVEN, INCOMPLETE, LABOUR, NOW, PIXEL
from tests.rules.walking import departures

MOVES: dict[str, dict[str, str]] = {
    "drawn": {
        "sign": "drawn", "complete": "signed", "decline": "declined", "supersede": "superseded", "void": "void",
    },
    "signed": {"supersede": "superseded", "void": "void"},
    "declined": {},
    "superseded": {},
    "void": {},
}  # fmt: skip
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
LIMITS = policies.at(NOW.date()).agreements
EVERY_TERM = [(row, term.code) for row in all_templates() for term in row.terms if term.mandatory]


def decided(answers: dict[str, bool], kind: str | None = "enterprise") -> Any:
    return triage().judge(answers, kind)


def test_every_move_of_an_agreement() -> None:
    """State × action: what is written here and nothing else."""
    assert departures(AGREEMENT, MOVES) == []


# -- triage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "result", "rule"),
    [
        (LABOUR, "labour_relation", "three_marks"),
        (LABOUR | {"may_refuse": True}, "labour_relation", "three_marks"),
        (LABOUR | {"may_refuse": True, "serves_others": True}, "labour_relation", "three_marks"),
        (
            LABOUR | {"may_refuse": True, "serves_others": True, "sets_times": False},
            "incomplete_relation", "free_hand",
        ),
        (LABOUR | {"rules_apply": False}, "incomplete_relation", "managed_in_part"),
        (LABOUR | {"managed": False}, "incomplete_relation", "managed_in_part"),
        (LABOUR | {"arranged_paid": False}, "incomplete_relation", "managed_in_part"),
        (INCOMPLETE, "incomplete_relation", "managed_in_part"),
        (CIVIL | {"penalties": True}, "incomplete_relation", "managed_in_part"),
        (CIVIL | {"sets_price": True, "sets_times": True}, "incomplete_relation", "managed_in_part"),
        (CIVIL | {"sets_price": True}, "civil", "own_account"),
        (CIVIL | {"business_part": True, "arranged_paid": True}, "civil", "own_account"),
        (CIVIL, "civil", "own_account"),
        (LABOUR | {"employer_able": False}, "civil", "not_able"),
        (LABOUR | {"employer_able": False, "worker_able": False}, "civil", "not_able"),
        (LABOUR | {"worker_able": False}, "civil", "retired"),
    ],
)  # fmt: skip
def test_the_table_of_relations(answers: dict[str, bool], result: str, rule: str) -> None:
    """Each rule by an example of its own, and the neighbour that falls under another one."""
    verdict = decided(answers)
    assert (verdict.result, verdict.rule) == (result, rule)
    assert verdict.findings
    assert all(answers[each.question] is each.answer for each in verdict.findings)


def test_all_answers_have_a_result_and_what_led_there_leads_there_alone() -> None:
    """Every one of the 4,096 combinations; the findings of a result, with every other answer turned, stay true; none
    of somebody under 16 has one."""
    results = set()
    for values in product((True, False), repeat=len(triage().codes)):
        answers = dict(zip(triage().codes, values, strict=True))
        if not answers["worker_16"]:
            with pytest.raises(Refused) as refused:
                decided(answers)
            assert refused.value.code == "triage_child_labour"
            continue
        verdict = decided(answers)
        results.add(verdict.result)
        rule = triage().rule(verdict.rule)
        wanted = [*rule.all.items(), *(pair for group in rule.any for pair in group.items())]
        assert {(each.question, each.answer) for each in verdict.findings} <= set(wanted)
    assert results == {"labour_relation", "incomplete_relation", "civil"}


def test_a_child_does_not_work_and_a_pensioner_may() -> None:
    """Under 16 nothing fits, whoever hires and whatever else is open; who is 16 is asked only of somebody who is
    not of working age; a pensioner works in a civil relation with a note."""
    for answers, kind in (
        ({"worker_16": False}, "enterprise"), ({"worker_16": False}, "household"),
        (LABOUR | {"worker_able": False, "worker_16": False}, "enterprise"),
        (LABOUR | {"worker_16": False}, "sole_trader"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            decided(answers, kind)
        assert refused.value.code == "triage_child_labour"
        assert refused.value.errors[0].pointer == "/answers/worker_16"
        assert "禁止使用童工规定" in refused.value.facts["basis"]
    whole = {code: answer for code, answer in LABOUR.items() if code != "worker_16"}
    assert decided(whole).result == "labour_relation"
    with pytest.raises(Refused) as open_one:
        decided(whole | {"worker_able": False})
    assert open_one.value.facts["missing"] == ["worker_16"]
    with pytest.raises(Refused) as at_home:
        decided({"worker_able": False}, "household")
    assert at_home.value.facts["missing"] == ["worker_16"]
    assert decided({"worker_able": False, "worker_16": True}, "household").rule == "household"
    pensioner = decided(whole | {"worker_able": False, "worker_16": True})
    assert (pensioner.result, pensioner.rule) == ("civil", "retired")
    assert "劳务关系" in triage().rule("retired").zh


def test_a_household_is_civil_whatever_is_answered() -> None:
    """Also without any answer; the rule names the judicial interpretation."""
    for answers in ({}, LABOUR, CIVIL):
        assert decided(answers, "household").rule == "household"
    assert "法释〔2020〕26号" in triage().rule("household").basis


def test_open_and_unknown_questions_are_named() -> None:
    """What is missing by its codes; what is no question is refused."""
    with pytest.raises(Refused) as refused:
        decided({"managed": True})
    assert refused.value.code == "triage_incomplete"
    assert set(refused.value.facts["missing"]) == set(triage().codes) - {"managed", "worker_16"}
    with pytest.raises(Refused) as unknown:
        decided(LABOUR | {"weather": True})
    assert unknown.value.code == "triage_unknown_question"


def test_results_say_which_agreement_is_needed_when() -> None:
    """A labour contract within a month, a written agreement before work, a note that is advised."""
    needs = {each.code: (each.kind, each.when) for each in triage().results}
    assert needs == {
        "labour_relation": ("part_time", "within_month"),
        "incomplete_relation": ("written_agreement", "before_work"),
        "civil": ("service_note", "advised"),
    }
    assert triage().result("labour_relation").kind_of("full_time") == "labour_contract"
    assert triage().result("labour_relation").kind_of("seasonal") == "part_time"
    assert triage().result("civil").kind_of("full_time") == "service_note"
    for each in (*triage().questions, *triage().rules, *triage().results):
        assert each.basis
        assert each.zh
        assert each.en


# -- templates -------------------------------------------------------------------------------------------------


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


def test_part_time_is_paid_at_least_every_fifteen_days() -> None:
    """16 and words are refused, for part-time only."""
    check_lawful("part_time", {"pay_interval_days": "15"}, {}, LIMITS)
    check_lawful("service_note", {"pay_interval_days": "31"}, {}, LIMITS)
    for wrong in ("16", "31", "0", "-1", "半个月"):
        with pytest.raises(Refused) as refused:
            check_lawful("part_time", {"pay_interval_days": wrong}, {}, LIMITS)
        assert refused.value.code == "agreement_pay_interval"


FIRST = date(2026, 12, 1)


def ending(months: int, days: int = 0) -> ContractTerm:
    """A fixed term of so many whole months and days from the first of December on."""
    return ContractTerm("fixed", FIRST, add_months(FIRST, months) + timedelta(days=days - 1))


@pytest.mark.parametrize(
    ("term", "most"),
    [
        (ending(2), 0),
        (ending(3, -1), 0),
        (ending(3), 1),
        (ending(12, -1), 1),
        (ending(12), 2),
        (ending(36, -1), 2),
        (ending(36), 6),
        (ending(60), 6),
        (ContractTerm("open_ended", FIRST), 6),
        (ContractTerm("task", FIRST, task="装修完这间店"), 0),
    ],
)
def test_the_table_of_probation(term: ContractTerm, most: int) -> None:
    """Article 19 by its edges; one month more is refused with the most that is allowed."""
    check_term(term)
    assert probation_most(term, LIMITS) == most
    check_probation(term, Probation(most, 80), LIMITS)
    with pytest.raises(Refused) as refused:
        check_probation(term, Probation(most + 1, 100), LIMITS)
    assert (refused.value.code, refused.value.facts["most"]) == ("agreement_probation_long", most)


@given(
    first=st.dates(date(2008, 1, 1), date(2090, 1, 1)),
    days=st.integers(0, 4000),
    longer=st.integers(0, 400),
    months=st.integers(0, 12),
    percent=st.integers(1, 100),
)
def test_a_probation_that_passes_is_within_the_law(
    first: date, days: int, longer: int, months: int, percent: int
) -> None:
    """Whatever the term: never beyond the table as written with other words, never below four fifths, and a longer
    term never allows a shorter probation."""
    last = first + timedelta(days=days)
    term = ContractTerm("fixed", first, last)
    after = last + timedelta(days=1)
    lasts = [after >= add_months(first, least) for least in (3, 12, 36)]
    most = {0: 0, 1: 1, 2: 2, 3: 6}[sum(lasts)]
    lawful = months <= most and (months == 0 or percent >= 80)
    try:
        check_probation(term, Probation(months, percent), LIMITS)
        assert lawful
    except Refused:
        assert not lawful
    assert add_months(first, probation_most(term, LIMITS)) <= after
    assert probation_most(ContractTerm("fixed", first, last + timedelta(days=longer)), LIMITS) >= most


def test_a_term_says_what_its_kind_wants() -> None:
    """A fixed one its last day, one for a task the task, one without an end neither; none ends before the work."""
    check_term(ending(3), works_until=date(2027, 2, 28))
    for term, until in (
        (ContractTerm("fixed", FIRST), None),
        (ContractTerm("fixed", FIRST, FIRST, "装修"), None),
        (ContractTerm("fixed", FIRST, FIRST - timedelta(days=1)), None),
        (ContractTerm("open_ended", FIRST, FIRST), None),
        (ContractTerm("open_ended", FIRST, task="装修"), None),
        (ContractTerm("task", FIRST), None),
        (ContractTerm("task", FIRST, task="  "), None),
        (ending(3), date(2027, 3, 1)),
    ):
        with pytest.raises(Refused) as refused:
            check_term(term, until)
        assert refused.value.code == "agreement_term_unfit"


def test_a_labour_contract_is_lawful_or_not_drawn() -> None:
    """By whoever calls: pay once a month at least, a probation within its term, and neither of them as mere words."""
    good: dict[str, Any] = {"contract_term": ending(12), "probation": Probation(2, 80)}
    check_lawful("labour_contract", {"pay_interval_days": "31"}, good, LIMITS)
    for facts, told, code in (
        ({"pay_interval_days": "32"}, good, "agreement_pay_monthly"),
        ({}, good | {"probation": Probation(3)}, "agreement_probation_long"),
        ({}, good | {"probation": Probation(1, 79)}, "agreement_probation_pay"),
        ({}, good | {"contract_term": "三年"}, "agreement_term_unfit"),
        ({}, good | {"probation": "半年"}, "agreement_term_unfit"),
    ):
        with pytest.raises(Refused) as refused:
            check_lawful("labour_contract", facts, told, LIMITS)
        assert refused.value.code == code


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


def test_a_contract_is_due_when_a_month_is_over() -> None:
    """From the first day of work; the last day of a short month counts."""
    first = NOW.replace(day=31, month=10, hour=12)
    assert contract_due(first).astimezone(SHANGHAI).isoformat() == "2026-12-01T00:00:00+08:00"


def test_facts_are_said_as_people_read_them() -> None:
    """Moments, days, yuan, lengths of time and lists; what is empty is left out."""
    said = said_facts({
        "starts_at": NOW, "starts_on": NOW.date(), "pay_fen": 262500, "break_minutes": 90, "workers": ["张三", "李四"],
        "headcount": 2, "gone": None, "blank": "  ",
    })  # fmt: skip
    assert said == {
        "starts_at": "2026年11月23日 08:00", "starts_on": "2026年11月23日", "pay_fen": "2625元",
        "break_minutes": "1 小时 30 分钟", "workers": "张三、李四", "headcount": "2",
    }  # fmt: skip


def read(kind: str, **facts: str) -> dict[str, Any]:
    return read_facts(facts, template_of(kind, NOW.date()), LIMITS, date(2026, 11, 26))


@pytest.mark.parametrize(
    ("kind", "name", "sent", "code"),
    [
        ("part_time", "margin", "5%", "agreement_fact_unknown"),
        ("part_time", "rest", "x" * 601, "text_too_long"),
        ("part_time", "pay", "每月1000元", "agreement_fact_fixed"),
        ("part_time", "pay_interval_days", "15", "agreement_fact_fixed"),
        ("labour_contract", "working_hours", "每天12小时", "agreement_fact_fixed"),
        ("labour_contract", "probation", "半年", "agreement_fact_unknown"),
        ("labour_contract", "settlement", "每季度一次", "agreement_fact_choice"),
        ("part_time", "settlement", "每月一次", "agreement_fact_choice"),
        ("labour_contract", "social_insurance", "不缴社保，折现发给乙方", "agreement_fact_choice"),
        ("labour_contract", "social_insurance", "own", "agreement_fact_choice"),
        ("part_time", "social_insurance", "five", "agreement_fact_choice"),
        ("part_time", "injury_insurance", "受伤自负", "agreement_fact_choice"),
        ("part_time", "injury_insurance", "none", "agreement_fact_choice"),
        ("labour_contract", "injury_insurance", "commercial", "agreement_fact_choice"),
        ("written_agreement", "injury_insurance", "none", "agreement_fact_choice"),
        ("part_time", "term_ends_on", "2026-11-01", "agreement_fact_day_early"),
        ("part_time", "term_ends_on", "2026-11-25", "agreement_fact_day_early"),
        ("written_agreement", "term_ends_on", "哪天都行", "agreement_fact_day"),
        ("written_agreement", "term_ends_on", "2026-02-30", "agreement_fact_day"),
        ("written_agreement", "term_ends_on", "20261231", "agreement_fact_day"),
        ("written_agreement", "appeal_days", "很久", "agreement_fact_days"),
        ("written_agreement", "appeal_days", "0", "agreement_fact_days"),
        ("written_agreement", "appeal_days", "31", "agreement_fact_days"),
        ("written_agreement", "notice_days", "-5", "agreement_fact_days"),
        ("written_agreement", "notice_days", "3.5", "agreement_fact_days"),
        ("written_agreement", "longest_day_minutes", "2000", "agreement_fact_minutes"),
        ("written_agreement", "longest_day_minutes", "661", "agreement_fact_minutes"),
        ("written_agreement", "longest_run_minutes", "一万", "agreement_fact_minutes"),
        ("written_agreement", "longest_run_minutes", "0", "agreement_fact_minutes"),
        ("written_agreement", "break_minutes", "不休息", "agreement_fact_minutes"),
    ],
)
def test_a_fact_is_of_the_kind_of_its_blank(kind: str, name: str, sent: str, code: str) -> None:
    """Choices, whole numbers within their bounds, days of the calendar; pay is the posting's; each at its place."""
    with pytest.raises(Refused) as refused:
        read(kind, **{name: sent})
    assert (refused.value.code, refused.value.errors[0].pointer) == (code, f"/facts/{name}")


def test_lawful_facts_are_read_as_what_they_are() -> None:
    """Words cleaned, figures with their measure, a day in Chinese, a choice as the paper says it with its interval."""
    assert read("part_time", rest=" 每周两天 ") == {"rest": "每周两天"}
    settled = {code: read("part_time", settlement=code)["pay_interval_days"] for code in enums()["settlement"]}
    assert settled == {
        "on_completion": 1, "daily": 1, "per_order": 1, "weekly": 7, "half_month": 15, "monthly": 31,
    }  # fmt: skip
    assert read("part_time", settlement="half_month")["settlement"] == "半月结"
    assert read("service_note", injury_insurance="none") == {"injury_insurance": "没有"}
    lawful = read(
        "written_agreement", longest_day_minutes="660", longest_run_minutes="90", appeal_days="30", notice_days="0",
        term_ends_on="2026-11-26", break_minutes="0", injury_insurance="commercial",
    )  # fmt: skip
    assert said_facts(lawful) == {
        "longest_day_minutes": "11 小时", "longest_run_minutes": "1 小时 30 分钟", "appeal_days": "30",
        "notice_days": "0", "term_ends_on": "2026年11月26日", "break_minutes": "0 分钟",
        "injury_insurance": "意外险或雇主责任险",
    }  # fmt: skip
    assert read("labour_contract", social_insurance="five")["social_insurance"].startswith("养老、医疗、失业、工伤")


def test_every_blank_has_names_and_every_choice_has_codes() -> None:
    """In both languages, told apart from one another; what is sent as a code has codes to choose from."""
    for row in all_templates():
        assert [each.code for each in row.blanks] == list(row.facts)
        for names in ([each.zh for each in row.blanks], [each.en for each in row.blanks]):
            assert len(set(names)) == len(names)
        for each in row.blanks:
            assert each.kind != "choice" or len(each.choices_of(row.code)) > 1
            most = each.most_of(LIMITS)
            assert most is None or (each.least or 0) < most


def shift(start: int, hours: float, rest: int = 0) -> Stretch:
    begins = datetime(2026, 11, 30, start, tzinfo=SHANGHAI)
    return Stretch(begins, begins + timedelta(hours=hours), rest)


def test_no_day_is_longer_than_the_law_has_it() -> None:
    """Nine hours with an hour's break are a full-time day, without one they are not; a longest day holds the first
    shift and the longest run."""
    check_hours("labour_contract", {}, shift(8, 9, 60), LIMITS)
    check_hours("labour_contract", {}, shift(8, 8), LIMITS)
    check_hours("labour_contract", {}, replace(shift(8, 8), days_a_week=5), LIMITS)
    check_hours("labour_contract", {}, replace(shift(8, 8, 40), days_a_week=6), LIMITS)
    check_hours("part_time", {}, replace(shift(8, 3), days_a_week=7), LIMITS)
    check_hours("written_agreement", {}, shift(8, 9), LIMITS)
    check_hours("written_agreement", {"longest_day_minutes": 540, "longest_run_minutes": 300}, shift(8, 9), LIMITS)
    for kind, told, work, code, place in (
        ("labour_contract", {}, shift(8, 9), "agreement_day_long", "/contract/break_minutes"),
        ("labour_contract", {}, shift(8, 9, 59), "agreement_day_long", "/contract/break_minutes"),
        (
            "labour_contract", {}, replace(shift(8, 8), days_a_week=6), "agreement_week_long",
            "/contract/break_minutes",
        ),
        (
            "labour_contract", {}, replace(shift(8, 4), days_a_week=7), "agreement_week_long",
            "/contract/break_minutes",
        ),
        ("part_time", {}, shift(8, 2, 120), "agreement_fact_minutes", "/facts/break_minutes"),
        (
            "written_agreement", {"longest_day_minutes": 239}, shift(17, 4), "agreement_day_short",
            "/facts/longest_day_minutes",
        ),
        (
            "written_agreement", {"longest_day_minutes": 240, "longest_run_minutes": 300}, shift(17, 4),
            "agreement_fact_minutes", "/facts/longest_run_minutes",
        ),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            check_hours(kind, told, work, LIMITS)
        assert (refused.value.code, refused.value.errors[0].pointer) == (code, place)


def test_hours_are_said_as_those_of_every_day() -> None:
    """With their break, over midnight, and on the days that the posting names."""
    assert said_hours(shift(8, 9, 60)) == "每日 08:00–17:00，其中休息 1 小时"
    assert said_hours(shift(22, 8)) == "每日 22:00–次日 06:00"
    assert said_hours(shift(8, 8), "每周一、周二") == "每周一、周二，每日 08:00–16:00"


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


def test_the_policy_that_is_recorded_is_the_one_that_is_said() -> None:
    """A gig policy is no accident insurance; a cover without a policy is said by its name."""
    policy = {
        "kind": "gig_order", "insurer": "甲保险", "number": "P1", "first_day": "2026-11-01", "last_day": "2026-12-31",
    }  # fmt: skip
    said = said_cover({"injury_cover": "commercial", "insurance_policy": policy})
    assert "零工保" in said
    assert "意外险" not in said
    assert said_cover({"injury_cover": "commercial"}) == "意外险或雇主责任险"
    own = said_cover({"injury_cover": "work_injury", "insurance_policy": policy | {"kind": "work_injury"}})
    assert own.count("工伤保险") == 1
    assert said_cover({"injury_cover": "none"}) == ""


def test_terms_that_differ_are_told_before_and_after() -> None:
    """Only where what was said before is said otherwise; what was open before differs in nothing."""
    terms = template_of("service_note", NOW.date()).terms
    before = {"pay": "25 元/小时", "settlement": "日结", "work_place": "某路2号"}
    told = differences(terms, before, GIVEN | {"pay": "20 元/小时"})
    assert [each.code for each in told] == ["pay"]
    assert "25 元/小时" in told[0].before
    assert "20 元/小时" in told[0].after
    assert differences(terms, before, GIVEN) == ()


# -- hash ------------------------------------------------------------------------------------------------------


def a_document(**more: Any) -> dict[str, Any]:
    row = template_of("service_note", NOW.date())
    fields: dict[str, Any] = {
        "number": UUID(int=1), "kind": "service_note", "template_version": 1, "edition": 1, "title": row.zh,
        "opening": row.opening, "parties": [Party("employer", UUID(int=2)), Party("worker", None, UUID(int=3))],
        "terms": fill(row.terms, GIVEN), "summary": ["一"], "differs": [Difference("pay", "a", "b")],
        "drawn_at": "2026-11-23T08:00:00+08:00", "salt": "00",
    }  # fmt: skip
    return document_of(**(fields | more))


def test_the_hash_is_of_one_text_and_any_change_breaks_it() -> None:
    """The order of keys does not matter; every leaf of the document does, and so does the order of terms."""
    document = a_document()
    text = canonical(document)
    assert hash_of(text) == hash_of(canonical(json.loads(text)))
    seen = {hash_of(text)}

    def leaves(value: Any, path: tuple[Any, ...]) -> Any:
        if isinstance(value, dict | list):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            for key, each in items:
                yield from leaves(each, (*path, key))
        else:
            yield path

    paths = list(leaves(document, ()))
    assert len(paths) > 30
    for path in paths:
        changed = json.loads(text)
        at = changed
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = f"{at[path[-1]]}x"
        assert hash_of(canonical(changed)) not in seen
        seen.add(hash_of(canonical(changed)))
    turned = a_document(terms=tuple(reversed(fill(template_of("service_note", NOW.date()).terms, GIVEN))))
    assert hash_of(canonical(turned)) not in seen


# -- signing ---------------------------------------------------------------------------------------------------


def test_what_was_shown_is_what_is_signed() -> None:
    """Another hash, an unread summary, a term that differs and was not accepted."""
    differs = {"pay": {"zh": "报酬", "en": "Pay"}}
    good: dict[str, Any] = {
        "hash_seen": "a", "hash_now": "a", "summary_read": True, "accepted": ["pay"], "differs": differs,
    }  # fmt: skip
    check_shown(**good)
    for more, kind, code in (
        ({"hash_seen": "b"}, Conflict, "agreement_changed"),
        ({"summary_read": False}, Refused, "agreement_summary_unread"),
        ({"accepted": []}, Refused, "agreement_differs_unread"),
        ({"accepted": ["hours"]}, Refused, "agreement_differs_unread"),
        ({"accepted": ["pay", "hours"]}, Refused, "agreement_differs_unknown"),
        ({"accepted": ["pay", "no_such_term"]}, Refused, "agreement_differs_unknown"),
        ({"accepted": ["pay"], "differs": {}}, Refused, "agreement_differs_unknown"),
    ):
        with pytest.raises(kind) as refused:
            check_shown(**(good | more))
        assert refused.value.code == code


def test_nobody_signs_twice_or_for_two() -> None:
    """One signature for each party, one person for one party."""
    one, other = uuid4(), uuid4()
    check_signer(other, {"employer": one}, "worker")
    for person, role, code in (
        (one, "worker", "agreement_same_person"), (other, "employer", "agreement_signed_already"),
    ):  # fmt: skip
        with pytest.raises(Conflict) as refused:
            check_signer(person, {"employer": one}, role)
        assert refused.value.code == code


def test_pictures_are_known_by_their_bytes() -> None:
    """PNG, JPEG and WebP; anything else, broken base64 and more than half a megabyte are refused."""
    assert picture_of(PIXEL)[1] == "png"
    assert picture_of(base64.b64encode(b"\xff\xd8\xff" + b"0" * 20).decode())[1] == "jpeg"
    assert picture_of(base64.b64encode(b"RIFF0000WEBP" + b"0" * 20).decode())[1] == "webp"
    large = base64.b64encode(b"\xff\xd8\xff" + b"0" * PICTURE_BYTES).decode()
    for text, code in (
        ("not base64 at all", "picture_unreadable"),
        (base64.b64encode(b"%PDF-1.7 something").decode(), "picture_unreadable"),
        (base64.b64encode(b"RIFF0000WAVE" + b"0" * 20).decode(), "picture_unreadable"),
        (large, "picture_too_large"),
    ):
        with pytest.raises(Refused) as refused:
            picture_of(text)
        assert refused.value.code == code


def test_a_covered_document_says_nothing_of_what_is_covered() -> None:
    """The number is in no term, line or difference; all else is as it was."""
    number = GIVEN["worker_id_number"]
    row = template_of("part_time", NOW.date())
    document = a_document(terms=fill(row.terms, GIVEN), differs=[Difference("worker", number, f"{number}!")])
    covered = mask(document, [number])
    assert number in canonical(document)
    assert number not in canonical(covered)
    assert covered["summary"] == document["summary"]


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
