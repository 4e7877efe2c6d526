"""Reliability: excused marks are nothing, few condemn nobody, all fade, ten good ones restore, for both sides alike."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import PRODUCT, explain, rank, recommend
from matching.reliability import ReliabilityRules
from service.alarms.finding import FOUND_RIGHT
from service.attendance.schemas import AbsenceRepairIn
from service.errors import Conflict, Refused
from service.i18n import LANGUAGES
from service.matches.policy import matching_policy
from service.policies import at
from service.reference.view import catalogue_of
from service.reliability import rules, views
from service.reliability.lifecycle import COUNTING, MARK
from service.reliability.rules import BAD, GOOD, Marked, Payments
from service.worktime import SHANGHAI, local_day
from tests.matching.builders import NOW as MATCHED_AT
from tests.matching.builders import a_shift, a_worker

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)
TODAY = local_day(NOW)
POLICIES = at(NOW, "310100")
POLICY = POLICIES.reliability
WEIGHED: ReliabilityRules = rules.rules_of(POLICIES.matching, POLICY)
START = WEIGHED.baseline
MOST = 8  # a small window, so that it is often full
SETTLED = settings(max_examples=300, derandomize=True, deadline=None)

ages = st.integers(0, 500)
states = st.sampled_from(sorted(MARK.states))


def a_mark(kind: str, age: int, state: str = "counted") -> Marked:
    return Marked(kind, state, NOW - timedelta(days=age))


marks = st.lists(st.builds(a_mark, st.sampled_from(sorted(GOOD | BAD)), ages, states), max_size=30)
counting = st.lists(st.builds(a_mark, st.sampled_from(sorted(GOOD | BAD)), ages), max_size=30)


def value(found: list[Marked], most: int = MOST) -> int:
    """What rankings would read of these marks."""
    return rules.permille(rules.kept(found, WEIGHED, TODAY, most), WEIGHED, TODAY)


@pytest.mark.parametrize("state", sorted(MARK.states))
def test_what_may_follow_what(state: str) -> None:
    """Every state × every action: contested once, excused for good."""
    allowed = {"counted": {"contest", "excuse"}, "contested": {"excuse", "uphold"}, "upheld": {"excuse"}}
    assert set(MARK.possible(state)) == allowed.get(state, set())
    for action in MARK.actions - allowed.get(state, set()):
        with pytest.raises(Conflict):
            MARK.fire(state, action)


@given(marks)
@SETTLED
def test_excused_and_contested_marks_change_nothing(found: list[Marked]) -> None:
    """No number of them, of whatever kind, moves the value or takes another mark's place in the window."""
    assert value(found) == value([each for each in found if each.state in COUNTING])
    assert value([Marked(each.kind, "excused", each.at) for each in found]) == START


@given(counting, st.sampled_from(sorted(GOOD)), st.sampled_from(sorted(BAD)))
@SETTLED
def test_one_more_good_mark_never_lowers_and_one_more_bad_never_raises(
    found: list[Marked], good: str, bad: str
) -> None:
    """Even where the window is full and an older mark has to go; and the value stays within its bounds."""
    before = value(found)
    assert 0 <= value([*found, a_mark(bad, 0)]) <= before <= value([*found, a_mark(good, 0)]) <= 1000


@given(st.sampled_from(sorted(BAD)), st.lists(st.integers(0, 200), min_size=10, max_size=10), st.integers(0, 165))
@SETTLED
def test_ten_good_shifts_restore_the_start_after_any_single_mark(kind: str, after: list[int], older: int) -> None:
    """Whatever it was, and however the shifts that came after it are spread over the months."""
    bad = a_mark(kind, max(after) + older)
    good = [a_mark("completed", age) for age in after]
    assert value([bad, *good], most=60) >= START


@given(counting)
@SETTLED
def test_marks_fade_to_nothing_and_no_later_day_knows_more(found: list[Marked]) -> None:
    """After the policy's days the value is the start again, whatever there was."""
    then = TODAY + timedelta(days=WEIGHED.fade_days + 1)
    kept = rules.kept(found, WEIGHED, TODAY, MOST)
    assert rules.permille(kept, WEIGHED, then) == START
    assert rules.kept(found, WEIGHED, then, MOST) == []


@pytest.mark.parametrize("kind", sorted(BAD))
def test_one_mark_condemns_nobody(kind: str) -> None:
    """On its worst day a newcomer keeps more than half."""
    assert 500 < value([a_mark(kind, 0)]) < START


def test_both_sides_are_weighed_with_the_same_numbers() -> None:
    """The pairs that answer each other: not coming, calling off, what is small."""
    for ours, theirs in (("no_show", "employer_no_show"), ("no_show", "unpaid"), ("late", "paid_late")):
        assert value([a_mark(ours, 3)]) == value([a_mark(theirs, 3)])
    assert value([a_mark("completed", 3)]) == value([a_mark("paid_on_time", 3)])


# What one side does, and what answers it on the other.
MIRROR = {
    "completed": "paid_on_time", "late": "paid_late", "left_early": "hours_disputed", "late_cancel": "late_cancel",
    "no_show": "employer_no_show",
}  # fmt: skip
of_a_worker = st.lists(st.builds(a_mark, st.sampled_from(sorted(MIRROR)), ages, states), max_size=30)


@given(of_a_worker)
@SETTLED
def test_an_employers_value_moves_by_the_same_rules(found: list[Marked]) -> None:
    """Whatever a worker's marks come to, the marks that answer them come to for an employer, excused ones too."""
    theirs = [Marked(MIRROR[each.kind], each.state, each.at) for each in found]
    assert value(theirs) == value(found)


@given(st.sampled_from(sorted(BAD)), st.lists(st.integers(0, 200), min_size=10, max_size=10), st.integers(0, 165))
@SETTLED
def test_ten_jobs_paid_on_time_restore_an_employer_as_ten_shifts_do_a_worker(
    kind: str, after: list[int], older: int
) -> None:
    """The same ten days of good work, whosever they are."""
    bad = a_mark(kind, max(after) + older)
    paid = value([bad, *[a_mark("paid_on_time", age) for age in after]], most=60)
    assert paid == value([bad, *[a_mark("completed", age) for age in after]], most=60) >= START


histories = st.lists(
    st.lists(st.builds(a_mark, st.sampled_from(sorted(BAD)), ages), max_size=5), min_size=2, max_size=6
)


@given(histories, st.lists(st.builds(a_mark, st.sampled_from(sorted(BAD)), ages, st.just("excused")), max_size=40))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_no_excused_marks_cost_a_place_in_a_list(found: list[list[Marked]], excused: list[Marked]) -> None:
    """Of workers for a shift and of shifts for a worker: one of them has any number of excused marks, and stays."""

    def placed(first: list[Marked]) -> tuple[list[UUID], list[UUID]]:
        values = [value(first), *map(value, found[1:])]
        people = [a_worker(id=UUID(int=10 + n), reliability=each) for n, each in enumerate(values)]
        offers = [
            a_shift(id=UUID(int=10 + n), posting_id=UUID(int=50 + n), employer_reliability=each)
            for n, each in enumerate(values)
        ]
        best = rank(a_shift(), people, PRODUCT, 10, now=MATCHED_AT).matches
        theirs = recommend(a_worker(), offers, PRODUCT, 10, now=MATCHED_AT).matches
        return [each.worker_id for each in best], [each.shift_id for each in theirs]

    assert placed([*found[0], *excused]) == placed(found[0])


@given(st.integers(0, 1000), st.integers(0, 1000))
@SETTLED
def test_both_sides_feed_the_order_alike_and_within_bounds(worse: int, better: int) -> None:
    """A better record of either side is never worth less, by the dated weight, and at most three points of 100."""
    policy = matching_policy(POLICIES)
    worse, better = sorted((worse, better))

    def total(**known: int) -> int:
        mine = {"reliability": known["worker"]} if "worker" in known else {}
        theirs = {"employer_reliability": known["employer"]} if "employer" in known else {}
        return explain(a_worker(**mine), a_shift(**theirs), policy, now=MATCHED_AT).score.total

    as_worker, as_employer = (total(**{side: better}) - total(**{side: worse}) for side in ("worker", "employer"))
    assert as_worker == as_employer
    assert 0 <= as_worker <= 3_000_000


def test_how_much_is_left_and_until_when() -> None:
    """All on its day, half after half the time, nothing on the first day on which it is forgotten."""
    assert rules.left_permille(NOW, WEIGHED, TODAY) == 1000
    last = rules.forgotten_on(NOW, WEIGHED)
    assert last == TODAY + timedelta(days=365)
    assert rules.left_permille(NOW, WEIGHED, last - timedelta(days=1)) > 0 == rules.left_permille(NOW, WEIGHED, last)


def test_a_mark_is_contested_in_time_in_words_and_only_if_it_is_against_somebody() -> None:
    """Thirty days to the second; «……» says nothing; what speaks for somebody stays."""
    end = NOW + timedelta(days=POLICY.contest_days)
    rules.check_contestable("late", NOW, end, POLICY)
    assert rules.may_contest("late", "counted", NOW, end, POLICY)
    assert not rules.may_contest("late", "upheld", NOW, end, POLICY)
    with pytest.raises(Conflict, match="contest_too_late"):
        rules.check_contestable("late", NOW, end + timedelta(seconds=1), POLICY)
    with pytest.raises(Conflict, match="mark_speaks_for_you"):
        rules.check_contestable("completed", NOW, NOW, POLICY)
    with pytest.raises(Refused, match="contest_words_short"):
        rules.check_words("……！！ 我到")
    rules.check_words("我到了的")
    with pytest.raises(Conflict, match="contest_own_mark"):
        rules.check_another({UUID(int=1)}, UUID(int=1))
    rules.check_another({UUID(int=1)}, UUID(int=2))


@pytest.mark.parametrize(
    ("settled", "by_employer", "lost"),
    [
        ((240, 0, 0), False, False),  # the worker disputed, and the employer's figures stand
        ((241, 0, 0), False, True),
        ((239, 0, 0), False, False),
        ((250, 0, 0), True, True),  # the employer disputed, and the worker gets more
        ((240, 0, 0), True, True),  # … or just what he said
        ((239, 0, 0), True, False),
        ((241, 0, 0), True, True),
        ((240, 5, 0), False, True),
    ],
)
def test_whether_disputed_hours_were_decided_against_the_employer(
    settled: tuple[int, int, int], by_employer: bool, lost: bool
) -> None:
    """240 minutes were stated: more of something and less of nothing goes to who is right."""
    assert rules.hours_lost((240, 0, 0), settled, by_employer=by_employer) is lost


# -- how an employer pays ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "zh", "en"),
    [
        (Payments(4, 4, 4), "付款记录还不够多", "Not enough payments on record yet"),
        (Payments(0, 0, 0), "付款记录还不够多", "Not enough payments on record yet"),
        (Payments(5, 5, 5), "近 5 单，5 单当天付清", "Of the last 5 jobs, 5 were paid the same day"),
        (Payments(30, 29, 29), "近 30 单，29 单当天付清", "Of the last 30 jobs, 29 were paid the same day"),
        (Payments(30, 29, 28), "近 30 单，29 单按时付清", "Of the last 30 jobs, 29 were paid on time"),
        (Payments(5, 0, 0), "近 5 单，0 单按时付清", "Of the last 5 jobs, 0 were paid on time"),
    ],
)
def test_the_payment_record_in_words(found: Payments, zh: str, en: str) -> None:
    """Five jobs are enough; «the same day» only where it is true of all that was in time."""
    record = rules.payment_record(found, POLICY)
    assert rules.payment_shown(record, "zh-CN")["message"] == zh
    shown = rules.payment_shown(record, "en")
    assert shown["message"] == en
    assert (shown["jobs"], shown["on_time"]) == ((found.jobs, found.on_time) if found.jobs >= 5 else (None, None))


# -- why a mark does not count, in words ---------------------------------------------------------------

KNOWN = catalogue_of(())
GIVEN = re.compile(r'(?:take_back|_lift_absence)\([^)]*?"(\w+)"|excused = "(\w+)"')
SERVICE = Path(views.__file__).parents[1]


def codes_of_the_service() -> set[str]:
    """Codes that reliability itself gives, read from its sources, and those that other features hand to it."""
    text = "".join(path.read_text("utf-8") for path in sorted((SERVICE / "reliability").glob("*.py")))
    found = {one or other for one, other in GIVEN.findall(text)} | {"first_silence", "earlier", "other"}
    assert {"taken_down", "repaired", "paid_since"} <= found
    return found | {FOUND_RIGHT, "turned_away", *get_args(AbsenceRepairIn.model_fields["reason"].annotation)}


def excusing() -> list[str]:
    """Every code that can come to stand in `excused_reason`."""
    chosen = {code for kind in views.EXCUSING for code in KNOWN.reasons(kind)}
    return sorted(chosen | codes_of_the_service())


@pytest.mark.parametrize("code", excusing())
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_why_a_mark_does_not_count_is_said_in_its_own_words(code: str, language: str) -> None:
    """Neither as a bare code nor as «put right after a check», which is said of one code alone."""
    excuses = views.excuses_of(KNOWN)
    said = views.said_excuse(code, excuses, language)
    assert said != code
    assert any(letter > "\u4e00" for letter in said) is (language == "zh-CN")
    assert (said == views.said_excuse("repaired", excuses, language)) is (code == "repaired")


def test_the_lists_that_excuse_are_those_of_every_door() -> None:
    """An absence answered, a cancellation, a decision on a mark or on a contested absence, and leaving early."""
    lists = ("no_show_excuse", "worker_cancel", "employer_cancel", "reliability_decision", "decision_outcome")
    assert {*lists, "end_early"} == set(views.EXCUSING)
    assert all(KNOWN.reasons(kind) for kind in views.EXCUSING)


def test_a_code_without_words_is_not_said_as_another() -> None:
    """It stands as it is, for people to ask about."""
    assert views.said_excuse("made_up", views.excuses_of(KNOWN), "zh-CN") == "made_up"
