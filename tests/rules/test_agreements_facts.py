"""Facts of an agreement as they are sent, read and said."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from service import policies
from service.agreements.data import all_templates, template_of
from service.agreements.reading import read_facts
from service.agreements.rules.lawful import Stretch
from service.agreements.saying import said_cover, said_facts, said_hours
from service.errors import Refused
from service.reference.catalogue import enums
from service.worktime import SHANGHAI
from tests.builders.agreements import NOW

LIMITS = policies.at(NOW.date()).agreements


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


def test_hours_are_said_as_those_of_every_day() -> None:
    """With their break, over midnight, and on the days that the posting names."""
    assert said_hours(shift(8, 9, 60)) == "每日 08:00–17:00，其中休息 1 小时"
    assert said_hours(shift(22, 8)) == "每日 22:00–次日 06:00"
    assert said_hours(shift(8, 8), "每周一、周二") == "每周一、周二，每日 08:00–16:00"


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
