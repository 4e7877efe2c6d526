"""The triage table, and every move of an agreement, on plain values."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from service.agreements.data import triage
from service.agreements.lifecycle import AGREEMENT
from service.errors import Refused
from tests.builders.agreements import CIVIL, INCOMPLETE, LABOUR
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


def decided(answers: dict[str, bool], kind: str | None = "enterprise") -> Any:
    return triage().judge(answers, kind)


def test_every_move_of_an_agreement() -> None:
    """State × action: what is written here and nothing else."""
    assert departures(AGREEMENT, MOVES) == []


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
