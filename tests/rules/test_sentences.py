"""What a Chinese reader is told holds no code of ours: states, moves, lists and kinds are said by their names."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import service
from service.alarms.lifecycle import ALARM
from service.attendance.usecases.arrival import OWN_PROOFS
from service.cases.lifecycle import CASE
from service.deals.lifecycle import DEAL
from service.deals.rules.costs import COST_KINDS, COST_UNITS
from service.employers.lifecycle import EMPLOYER
from service.fairs.lifecycle import FAIR
from service.fees.rules import CAPACITIES
from service.http.caller import ROLES
from service.i18n import LANGUAGES, blanks, catalogue
from service.i18n.saying import NAMED, problem_sentence
from service.lifecycle import Lifecycle
from service.moves import BY_STAFF, OF_THEMSELVES, open_to
from service.postings.lifecycle import POSTING
from service.postings.rules.payments import LONGEST_LAWFUL
from service.reference.tables import KINDS
from service.reviews.checklists import checklist_for

FOLDER = Path(service.__file__).parent
WORD = re.compile(r"[A-Za-z][A-Za-z_]+")
# What a reader is to type or to look for as it stands: names of fields, headers, formats, units, other people's names.
KNOWN = frozenset({
    "true", "false", "next_cursor", "JSON", "UTF", "NaN", "Idempotency", "Key", "application", "json", "multipart",
    "form", "data", "GET", "reference", "If", "Match", "worker_id", "on_behalf", "supply_id", "posting_id",
    "card_code", "CSV", "Excel", "xlsx", "xls", "xlsb", "YAML", "yaml", "csv", "wgs", "gcj", "bd", "QQ",
    "shared_aliases", "value", "MB", "GB", "https", "hooks", "example", "com", "IP", "board",
    "print", "all",
})  # fmt: skip
# Facts that the reader sent or is to send as they stand, and words in the reader's own language.
AS_TYPED = frozenset({
    "expected", "example", "valid", "ways", "key", "column", "scopes", "restart", "more", "kinds", "found", "words",
    "title", "name", "place", "city", "city_code", "present", "regions", "advice", "basis",
})  # fmt: skip
FIGURE = re.compile(
    r"(_fen|_yuan|_minutes|_m|_mb|_at|_on|_day|_percent|_from|_number|_start)$|^(minutes_.*|day|today)$"
)
PROBLEMS_TYPED = {
    "webhook_kind_not_for_owner possible", "brokering_not_allowed clause", "brokering_not_allowed document",
}  # fmt: skip
FIGURES = frozenset({
    "ahead", "asked", "behind", "count", "days", "days_ahead", "earliest", "first", "free", "from", "hours",
    "hours_most", "joined", "at_least", "latest", "least", "left", "most", "metres", "minutes", "most_mb",
    "number", "taken", "times", "willing", "years",
})  # fmt: skip
CHECKLIST = [{"zh": item.zh, "en": item.en} for item in checklist_for("posting", datetime(2026, 11, 21).date()).items]


def lifecycles() -> list[Lifecycle]:
    found: dict[str, Lifecycle] = {}
    for path in sorted(FOLDER.rglob("lifecycle.py")):
        module = importlib.import_module(".".join(("service", *path.relative_to(FOLDER).with_suffix("").parts)))
        found |= {each.name: each for each in vars(module).values() if isinstance(each, Lifecycle)}
    return list(found.values())


def coded() -> Iterator[tuple[str, dict[str, Any]]]:
    """Problems whose facts are codes, with every code that they can hold."""
    for each in lifecycles():
        for state in each.states:
            for action in sorted(each.actions):
                yield "wrong_state", {
                    "noun": each.name, "state": state, "action": action, "possible": each.possible(state),
                }  # fmt: skip
    yield from (("employer_may_not_post", {"state": state}) for state in EMPLOYER.states)
    yield from (("margin", {"known": COST_KINDS}), ("cost_unit", {"known": COST_UNITS}))
    yield from ((code, {"kind": kind}) for code in ("cost_twice", "cost_given_in_kind") for kind in COST_KINDS)
    yield from (("deal_not_open", {"state": state}) for state in DEAL.states)
    states = {each.name: each.states for each in lifecycles()}
    yield from (("posting_not_live", {"state": state}) for state in states["posting"])
    yield from (("relay_closed", {"state": state}) for state in states["contact_request"])
    yield "intake_incomplete", {"missing": ["trade", "headcount", "time", "place", "pay"]}
    yield "method_not_yours", {"possible": [*sorted(OWN_PROOFS), "employer", "officer", "sms"]}
    yield "fees_not_for_kind", {"possible": sorted({each for those in CAPACITIES.values() for each in those})}
    yield "settlement_over_15_days", {"suggested": LONGEST_LAWFUL}
    yield from (("reference_code_unknown", {"kind": kind}) for kind in KINDS)
    yield "role_lacks_operation", {"roles": sorted(ROLES)}
    yield "member_role_lacks", {"roles": ["owner", "manager", "clerk"]}
    yield "checklist_incomplete", {"missing": "true_and_complete", "items": CHECKLIST}
    papers = [{"zh": "健康证", "en": "Health certificate"}]
    yield "certificates_lacking", {"missing": ["health"], "expired": [], "lacking": papers, "outdated": []}


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_among_the_facts_are_said_by_name(language: str) -> None:
    """Every state and move of every lifecycle, every listed code: in Chinese no word of ours, never a blank."""
    walked = list(coded())
    assert set(NAMED) <= {code for code, _ in walked}
    for code, facts in walked:
        said = problem_sentence(code, language, facts)
        assert "_" not in said, said
        assert "…" not in said, said
        assert "{" not in said, said
        if language == "zh-CN":
            assert not WORD.findall(said), said
    nothing = problem_sentence("wrong_state", language, {"noun": "posting", "state": "final", "possible": []})
    assert nothing == catalogue(language)["problem.wrong_state_final"].format(state=catalogue(language)["state.final"])


def test_no_sentence_holds_an_english_word_of_ours() -> None:
    """The words of every problem, message and hint in Chinese, with figures and times for what is left open."""
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    named = {code for code, _ in coded()}
    for key, words in catalogue("zh-CN").items():
        kind, _, code = key.partition(".")
        if kind not in ("problem", "message", "hint", "state", "action", "check_in", "capacity", "role"):
            continue
        stated = re.sub(r"{\w+}", "", words)
        assert not set(WORD.findall(stated)) - KNOWN, (key, words)
        if kind == "problem" and code.removesuffix("_final") not in named:
            facts = dict.fromkeys(blanks(key, "zh-CN"), moment)
            unknown = {name for name in facts if not (name in AS_TYPED | FIGURES or FIGURE.search(name))}
            assert {f"{code} {name}" for name in unknown} <= PROBLEMS_TYPED, (
                "say by its name (NAMED) or list what it is"
            )
            assert not set(WORD.findall(problem_sentence(code, "zh-CN", facts))) - KNOWN, key


def test_what_can_be_done_names_no_move_that_comes_by_itself() -> None:
    """Of a published posting nobody is told to let it expire or fill."""
    assert {action for each in lifecycles() for action in each.actions} >= OF_THEMSELVES
    assert all(moves <= each.actions for each in lifecycles() for moves in [BY_STAFF.get(each.name, frozenset())])
    facts = {"noun": "posting", "state": "published", "possible": ["expire", "fill", "pause"]}
    said = problem_sentence("wrong_state", "zh-CN", facts)
    assert said == "现在是“已发布”，不能这样做；可以：暂停。"


@pytest.mark.parametrize(
    ("code", "facts", "said"),
    [
        (
            "below_minimum_wage", {"hourly_fen": 2300, "least": 2550},
            "折合每小时 23 元，低于当地最低小时工资 25.50 元。",
        ),
        ("pay_out_of_range", {"least": 100, "most": 100000}, "金额要在 1 到 1000 元之间，请核对金额和单位。"),
        (
            "part_time_limits", {"minutes_per_day": 240, "minutes_per_week": 1440},
            "非全日制：平均每天不超过 4 小时，每周不超过 24 小时。",
        ),
        ("shift_too_long", {"most": 1440}, "一班最长 24 小时，请分成几班。"),
        ("break_too_long", {"most": 59}, "休息比上工时间还长，最多 59 分钟。"),
        ("rest_too_short", {"minutes_required": 90}, "与另一份活之间休息不足 1 小时 30 分钟。"),
    ],
)  # fmt: skip
def test_money_is_said_in_yuan_and_long_times_in_hours(code: str, facts: dict[str, Any], said: str) -> None:
    """The facts stay fen and minutes."""
    assert problem_sentence(code, "zh-CN", facts) == said
    assert not re.search("[0-9]{4}| fen", problem_sentence(code, "en", facts).replace("1000 yuan", ""))


TWICE = re.compile(
    r"(分钟|小时|天|个月)\s*(分钟|小时|天)|(minutes?|hours?|days?)\s+(minutes?|hours?|days?)|元\s*元|yuan\s+yuan"
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("figure", [1, 5, 60, 240, 2_000])
def test_no_sentence_says_a_unit_twice(language: str, figure: int) -> None:
    """A wait, a length of time and a sum bring their unit with them, in every problem that has one."""
    waits = 0
    for key in catalogue(language):
        kind, _, code = key.partition(".")
        if kind == "problem" and not code.startswith("wrong_state"):
            facts = dict.fromkeys(blanks(key, language), figure)
            waits += "wait_minutes" in facts
            said = problem_sentence(code, language, facts)
            assert not TWICE.search(said), (key, said)
    assert waits >= 10


@pytest.mark.parametrize(
    ("role", "state", "told"),
    [
        ("member", "submitted", ["recall", "withdraw"]),
        ("member", "appealed", []),
        (None, "published", ["pause", "revise", "withdraw"]),
        ("officer", "appealed", ["reject", "restore", "uphold"]),
    ],
)
def test_whoever_is_not_staff_is_told_no_move_of_staff(role: str | None, state: str, told: list[str]) -> None:
    """Of a posting in review its employer is told of the recall and the withdrawal."""
    assert open_to(role, "posting", POSTING.possible(state)) == told


@pytest.mark.parametrize(
    ("lifecycle", "state", "action", "said"),
    [
        (ALARM, "open", "close", "接手"),
        (FAIR, "announced", "close", "取消、暂停"),
        (CASE, "received", "accept", "分派、撤回"),
    ],
)
def test_staff_are_told_no_move_that_is_not_theirs(lifecycle: Lifecycle, state: str, action: str, said: str) -> None:
    """An alarm is taken back by who pressed it, a fair opens with its session, an appeal settles a case."""
    possible = open_to("officer", lifecycle.name, lifecycle.possible(state))
    facts = {"noun": lifecycle.name, "state": state, "action": action, "possible": possible}
    assert problem_sentence("wrong_state", "zh-CN", facts).endswith(f"可以：{said}。")
