"""Follow-ups on plain values: when whom is asked, what moves and goes, what an answer opens, which calls are made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Refused
from service.followups.data import questionnaire
from service.followups.lifecycle import PLAN, TASK
from service.followups.rules import asking
from service.followups.rules.schedule import (
    Lending,
    Story,
    Task,
    TaskKey,
    Wanted,
    Work,
    back_keys,
    changes,
    ends_asked,
    evening_of,
    first_hours,
    in_time,
    moot_keys,
    on,
    pay_keys,
    wanted,
)
from service.followups.wording import question_view
from service.i18n import LANGUAGES
from service.lifecycle import Lifecycle
from service.policies import at
from service.worktime import SHANGHAI
from tests.rules.walking import departures

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = date(2026, 11, 23)
POLICY = at(MONDAY).followups
FRIDAY_NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
HOLIDAYS = {date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 28), date(2026, 11, 29)}


def working_days(day: date, count: int) -> date:
    """The n-th day after it that is no weekend of this November."""
    while count:
        day += DAY
        count -= day not in HOLIDAYS and day.weekday() < 5
    return day


def shift(day: date, hour: int, hours: float = 4, **more: datetime) -> Work:
    starts = on(day, datetime.min.time().replace(hour=hour))
    return Work(starts, starts + hours * HOUR, pay_due_at=more.get("pay_due_at"))


def said(story: Story) -> list[tuple[str, str, str]]:
    """Milestone, side, when: of the whole story."""
    return [
        (each.milestone, each.side, f"{each.due_at.astimezone(SHANGHAI):%m-%d %H:%M}")
        for each in wanted(story, POLICY, working_days)
    ]


def asked_of(story: Story, side: str = "worker") -> list[tuple[str, str]]:
    """The same of one side, in the order of time."""
    return sorted(((each[0], each[2]) for each in said(story) if each[1] == side), key=lambda each: (each[1], each[0]))


def planned(should: list[Wanted]) -> dict[TaskKey, Task]:
    """Tasks as they are right after they were made."""
    return {each.key: Task("planned", each.due_at) for each in should}


PLAN_MOVES = {"open": {"close": "closed"}, "closed": {"reopen": "open"}}
TASK_MOVES = {
    "planned": {
        "open": "open", "answer": "answered", "settle": "evidence", "cancel": "cancelled", "refuse": "refused",
    },
    "cancelled": {"plan": "planned"},
    "open": {
        "answer": "answered", "settle": "evidence", "give_up": "unreachable", "leave_out": "left_out",
        "refuse": "refused", "cancel": "cancelled",
    },
    "unreachable": {"answer": "answered", "take_up": "open"},
    "left_out": {"answer": "answered", "take_up": "open"},
    "answered": {}, "evidence": {}, "refused": {},
}  # fmt: skip


@pytest.mark.parametrize(("lifecycle", "moves"), [(PLAN, PLAN_MOVES), (TASK, TASK_MOVES)], ids=["plan", "task"])
def test_each_state_takes_its_actions_and_no_other(lifecycle: Lifecycle, moves: dict[str, dict[str, str]]) -> None:
    """Every state with every action: the move written here, or refused with the actions that are possible."""
    assert departures(lifecycle, moves) == []


def test_a_referral_without_work_is_asked_about_on_the_next_working_day() -> None:
    """M1 of both sides; it goes when there is work, or when the story ended before it."""
    assert said(Story(referred_at=FRIDAY_NOON)) == [
        ("M1", "employer", "11-23 10:00"),
        ("M1", "worker", "11-23 10:00"),
    ]
    assert said(Story(referred_at=FRIDAY_NOON, ended_otherwise=True)) == []
    assert "M1" not in {each[0] for each in said(Story(referred_at=FRIDAY_NOON, work=(shift(MONDAY, 9),)))}


def test_short_work_paid_at_once_is_asked_about_once_on_its_evening() -> None:
    """One question to each side after the last of three days, and none about pay besides."""
    days = tuple(
        shift(MONDAY + each * DAY, 9, pay_due_at=on(MONDAY + (each + 1) * DAY, datetime.min.time()))
        for each in range(3)
    )
    assert said(Story(work=days, settlement="daily")) == [
        ("M6", "employer", "11-25 18:30"),
        ("M6", "worker", "11-25 18:30"),
    ]


def test_short_work_paid_later_is_asked_about_pay_when_it_is_due() -> None:
    """The evening, and the working day after the pay's day, whose end is the next day's midnight."""
    work = shift(MONDAY, 9, pay_due_at=on(date(2026, 11, 27), datetime.min.time()))  # Thursday, 24:00
    assert said(Story(work=(work,), settlement="weekly")) == [
        ("M5", "employer", "11-27 19:00"),
        ("M5", "worker", "11-27 19:00"),
        ("M6", "employer", "11-23 18:30"),
        ("M6", "worker", "11-23 18:30"),
    ]


@pytest.mark.parametrize("settlement", ["daily", "on_completion", "per_order"])
def test_long_work_paid_by_the_day_is_asked_about_its_pay_each_evening(settlement: str) -> None:
    """The very evening of each day on which pay is due: after that day's work, hours that were agreed later on the
    evening of that day; a shift that ends at night is asked about in the morning."""
    midnight = datetime.min.time()
    work = (
        shift(MONDAY, 9, pay_due_at=on(MONDAY + DAY, midnight)),
        shift(MONDAY + DAY, 15, pay_due_at=on(MONDAY + 2 * DAY, midnight)),
        shift(MONDAY + 2 * DAY, 9, pay_due_at=on(MONDAY + 4 * DAY, midnight)),  # agreed upon the day after
        shift(MONDAY + 4 * DAY, 19, pay_due_at=on(MONDAY + 5 * DAY, midnight)),
    )
    pay = [each[2] for each in said(Story(work=work, settlement=settlement)) if each[:2] == ("M5", "worker")]
    assert pay == ["11-23 18:30", "11-24 19:30", "11-26 18:30", "11-28 08:00"]
    weekly = said(Story(work=work, settlement="weekly"))
    assert next(each[2] for each in weekly if each[:2] == ("M5", "worker")) == "11-24 19:00"


def test_long_work_is_asked_about_from_its_start_to_a_month_after_its_end() -> None:
    """The day after the start, day 7, then each 30 days while it goes on; the end; a month later."""
    work = tuple(shift(MONDAY + each * DAY, 9) for each in range(0, 71, 5))
    worker = [(each[0], each[2]) for each in said(Story(work=work)) if each[1] == "worker"]
    assert worker == [
        ("M3", "11-24 19:00"),
        ("M4", "11-30 19:00"),
        ("M4", "12-30 19:00"),
        ("M4", "01-29 19:00"),
        ("M6", "02-02 19:00"),
        ("M7", "03-03 19:00"),
    ]


def test_work_after_a_long_pause_is_asked_about_on_its_own() -> None:
    """A day now and one eight days later are two short jobs, each asked about on its evening; a week is no pause."""
    apart = (shift(MONDAY, 9), shift(MONDAY + 8 * DAY, 9))
    assert asked_of(Story(work=apart)) == [("M6", "11-23 18:30"), ("M6", "12-01 18:30")]
    together = (shift(MONDAY, 9), shift(MONDAY + 7 * DAY, 9))
    assert asked_of(Story(work=together)) == [("M3", "11-24 19:00"), ("M6", "12-01 19:00"), ("M7", "12-30 19:00")]


def test_work_booked_after_its_end_was_asked_about_is_asked_about_again() -> None:
    """Worked on Monday, asked on its evening and answered; booked again for Thursday: that evening is asked about too,
    and nothing that would have been due before anybody knew of it."""
    before = Story(work=(shift(MONDAY, 9),))
    should = wanted(before, POLICY, working_days)
    asked = {each.key: Task("answered", each.due_at, each.due_at + HOUR) for each in should}
    after = Story(work=(*before.work, shift(MONDAY + 3 * DAY, 9)), ends_asked=ends_asked(asked, POLICY))
    change = changes(asked, wanted(after, POLICY, working_days))
    assert [(e.milestone, e.side, e.due_at) for e in change.add] == [
        ("M6", side, on(MONDAY + 3 * DAY, POLICY.evening_at)) for side in ("employer", "worker")
    ]
    assert (change.move, change.cancel) == ((), ())


def test_work_until_midnight_ends_on_its_day() -> None:
    """Until 24:00 is the same day as until 23:00: its month, its next day, and the morning after for short work."""
    late, later = ((shift(MONDAY, 9), shift(MONDAY + 4 * DAY, 16, hours)) for hours in (7, 8))
    assert asked_of(Story(work=late)) == asked_of(Story(work=later))
    assert asked_of(Story(work=(shift(MONDAY, 16, 8),))) == [("M6", "11-24 08:00")]


def test_a_receipt_settles_the_pay_question_of_its_own_day() -> None:
    """Whatever other debts there are, and also where its task is only being made."""
    days = [on(MONDAY + each * DAY, datetime.min.time()) for each in (7, 14)]
    work = tuple(shift(due.astimezone(SHANGHAI).date() - DAY, 9, pay_due_at=due) for due in days)
    should = wanted(Story(work=work, settlement="weekly"), POLICY, working_days)
    settled = pay_keys([days[1]], POLICY)
    for present in ({}, planned(should)):
        change = changes(present, should, settled)
        assert {(milestone, about) for milestone, about, _ in change.settle} == {("M5", days[1])}
    without = wanted(Story(work=work[1:], settlement="weekly"), POLICY, working_days)
    assert {each.about_at for each in without if each.milestone == "M5"} == {days[1]}


@pytest.mark.parametrize(
    ("ends", "asked"),
    [
        ("11-23 12:00", "11-23 18:30"),
        ("11-23 19:00", "11-23 19:30"),
        ("11-23 23:00", "11-24 08:00"),
        ("11-24 00:00", "11-24 08:00"),
        ("11-24 06:00", "11-24 18:30"),
    ],
)
def test_the_evening_comes_after_the_work_and_before_the_night(ends: str, asked: str) -> None:
    """Not before the work is over, not after nine at night: then the next morning."""
    ended = datetime.strptime(f"2026-{ends}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    assert f"{evening_of(ended, POLICY).astimezone(SHANGHAI):%m-%d %H:%M}" == asked


def lent(days: int, **more: Any) -> Story:
    """Somebody lent from Monday's first minute on, for so many days."""
    midnight = datetime.min.time()
    return Story(lent=Lending(on(MONDAY, midnight), on(MONDAY + days * DAY, midnight), **more))


def test_shared_labour_is_asked_about_in_its_first_week_its_middle_and_after_it() -> None:
    """S1 to S3 of both sides, all about the one lending."""
    story = lent(31)
    assert asked_of(story) == asked_of(story, "employer")
    assert asked_of(story) == [("S1", "11-30 19:00"), ("S2", "12-08 19:00"), ("S3", "12-24 19:00")]
    should = wanted(story, POLICY, working_days)
    assert story.lent is not None
    assert {each.about_at for each in should} == {story.lent.starts_at}


@pytest.mark.parametrize(
    ("days", "asked"),
    [(1, ["S3"]), (8, ["S3"]), (9, ["S1", "S3"]), (28, ["S1", "S3"]), (29, ["S1", "S2", "S3"])],
)
def test_a_short_lending_is_asked_about_less(days: int, asked: list[str]) -> None:
    """No first week of one that is over by then, no middle that is hardly later than the first week."""
    assert [each[0] for each in asked_of(lent(days))] == asked


def test_the_return_is_asked_about_when_somebody_is_back() -> None:
    """The day after the own employer took the person back, else the day after it had to; the employer that has said so
    is asked no more."""
    midnight = datetime.min.time()
    late = lent(5, back_at=on(MONDAY + 8 * DAY, midnight))
    assert asked_of(late) == [("S3", "12-01 19:00")]
    assert back_keys(late, POLICY) == moot_keys(late, POLICY) == frozenset()
    back = lent(5, back_at=on(MONDAY + 5 * DAY, midnight.replace(hour=9)), is_back=True)
    assert asked_of(back) == [("S3", "11-29 19:00")]
    change = changes({}, wanted(back, POLICY, working_days), back_keys(back, POLICY))
    assert [(key[0], key[2]) for key in change.settle] == [("S3", "employer")]


def test_who_is_released_is_asked_what_is_needed_and_the_failed_employer_nothing() -> None:
    """The next working day; what was asked about the return and is open makes no sense any more."""
    before = lent(5)
    present = planned(wanted(before, POLICY, working_days))
    present |= {key: Task("open", task.due_at) for key, task in present.items() if key[0] == "S3"}
    after = lent(5, released_at=on(MONDAY + 4 * DAY, datetime.min.time().replace(hour=12)))
    should = wanted(after, POLICY, working_days)
    assert said(after) == [("S4", "worker", "11-30 10:00")]
    change = changes(present, should, (), moot_keys(after, POLICY))
    assert {key[::2] for key in change.cancel} == {("S3", "worker"), ("S3", "employer")}
    answered = {key: Task("answered", task.due_at) for key, task in present.items()}
    assert changes(answered, should, (), moot_keys(after, POLICY)).cancel == ()


def test_a_middle_that_has_passed_before_it_was_one_is_not_asked_about() -> None:
    """Forty days were agreed, on the eighteenth the end comes nearer: the new middle is over, and so is its question;
    one that was due already and not yet opened stays."""
    now = on(MONDAY + 18 * DAY, datetime.min.time())
    present = planned(wanted(lent(61), POLICY, working_days))
    should = in_time(wanted(lent(30), POLICY, working_days), present, now, POLICY)
    change = changes(present, should)
    assert {key[0] for key in change.cancel} == {"S2"}
    assert {each.milestone for each in change.move} == {"S3"}
    again = in_time(wanted(lent(30), POLICY, working_days), planned(should), now, POLICY)
    assert again == should, "the first week is late as well, and was due"


def test_the_first_hours_are_those_of_the_first_agreed_day() -> None:
    """Begun on a Saturday with weekdays agreed: Monday at eight."""
    saturday = on(MONDAY - 2 * DAY, datetime.min.time())
    eight = datetime.min.time().replace(hour=8)
    assert first_hours(saturday, [1, 2, 3, 4, 5], eight) == on(MONDAY, eight)
    assert first_hours(saturday, [6], eight) == on(MONDAY - 2 * DAY, eight)


works = st.lists(
    st.builds(lambda day, hour: shift(MONDAY + day * DAY, hour), st.integers(0, 60), st.integers(0, 23)), max_size=5
).map(tuple)
stories = st.builds(
    Story,
    referred_at=st.none() | st.just(FRIDAY_NOON),
    ended_otherwise=st.booleans(),
    talks=st.lists(st.just(FRIDAY_NOON + DAY), max_size=2).map(tuple),
    work=works,
    settlement=st.sampled_from(["daily", "weekly", None]),
    lent=st.none() | st.builds(lambda days: lent(days).lent, st.integers(1, 80)),
)


@given(stories, stories)
def test_tasks_follow_the_facts_however_they_change(before: Story, after: Story) -> None:
    """From any facts to any others: exactly the tasks of the new facts are left; doing it twice changes nothing."""
    present = planned(wanted(before, POLICY, working_days))
    should = wanted(after, POLICY, working_days)
    change = changes(present, should)
    for each in (*change.add, *change.move):
        present[each.key] = Task("planned", each.due_at)
    for key in change.cancel:
        present[key] = Task("cancelled", present[key].due_at)
    left = {key: task.due_at for key, task in present.items() if task.state == "planned"}
    assert left == {each.key: each.due_at for each in should}
    assert not changes(present, should)


@given(stories)
def test_what_was_asked_stays(story: Story) -> None:
    """Open and answered tasks neither move nor go, whatever the facts are now."""
    should = wanted(story, POLICY, working_days)
    states = ("answered", "open", "refused", "unreachable")
    asked = {each.key: Task(states[at % 4], FRIDAY_NOON) for at, each in enumerate(should[::2])}
    change = changes(asked, should[1:])
    touched = {each.key for each in (*change.add, *change.move)} | set(change.cancel)
    assert not touched & asked.keys()


@given(stories)
def test_each_task_is_asked_in_the_day_and_each_only_once(story: Story) -> None:
    """No two tasks of one name, and none at night."""
    tasks = wanted(story, POLICY, working_days)
    assert len({each.key for each in tasks}) == len(tasks)
    for each in tasks:
        assert asking.allowed_from(each.due_at, POLICY) == each.due_at


def test_a_cancelled_task_that_is_wanted_again_is_planned_again() -> None:
    """A call-off that was taken back."""
    each = Wanted("M6", FRIDAY_NOON, "worker", FRIDAY_NOON + HOUR)
    assert changes({each.key: Task("cancelled", each.due_at)}, [each]).move == (each,)


def test_attempts_are_on_different_days_and_end() -> None:
    """The same time on the next day, moved out of the night; after the third somebody is out of reach."""
    late = on(MONDAY, datetime.min.time().replace(hour=23))
    assert asking.allowed_from(late, POLICY) == on(MONDAY + DAY, POLICY.asking_from)
    first = on(MONDAY, datetime.min.time().replace(hour=10))
    second = asking.next_attempt(first, POLICY)
    assert (second - first, asking.next_attempt(second, POLICY) - second) == (DAY, DAY)
    assert [asking.is_out_of_reach(count, POLICY) for count in (1, 2, 3)] == [False, False, True]


def test_nobody_is_asked_too_often_in_a_week_unless_it_is_urgent() -> None:
    """Two conversations from Monday to Sunday."""
    assert [asking.waits_for_next_week(count, urgent=False, policy=POLICY) for count in (1, 2)] == [False, True]
    assert not asking.waits_for_next_week(9, urgent=True, policy=POLICY)


def test_the_lot_is_that_of_the_published_rule() -> None:
    """Whoever is first by the hash of market, day and person, drawn again here by hand."""
    people = [UUID(int=number) for number in range(9)]
    by_hand = sorted(people, key=lambda who: sha256(f"310100:2026-11-23:{who}".encode()).hexdigest())
    made, left = asking.drawn((asking.Call(who, False) for who in people), market="310100", day=MONDAY, capacity=4)
    assert [call.party_id for call in made + left] == by_hand
    assert len(made) == 4


def test_a_party_is_called_by_the_market_of_what_is_due_longest() -> None:
    """The earliest question decides, of two at once the first id; a closed market is its city's, and so is none."""
    first, second = UUID(int=1), UUID(int=2)
    early: asking.Waits = (FRIDAY_NOON, UUID(int=9), "310100", first)
    late: asking.Waits = (FRIDAY_NOON + HOUR, UUID(int=8), "310100", second)
    assert asking.market_of([late, early]) == str(first)
    assert asking.market_of([early, (FRIDAY_NOON, UUID(int=7), "310100", second)]) == str(second)
    assert asking.market_of([late, early], closed={first}) == "310100"
    assert asking.market_of([(FRIDAY_NOON, UUID(int=9), "310100", None), late]) == "310100"


@given(st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), unique_by=lambda each: each[0]), st.integers(0, 20))
def test_the_urgent_is_always_called_and_the_rest_by_lot(tasks: list[tuple[int, bool]], capacity: int) -> None:
    """Nobody is lost, the capacity is used, the same day gives the same lot in whatever order, another day another."""
    calls = [asking.Call(UUID(int=number), urgent) for number, urgent in tasks]
    made, left = asking.drawn(calls, market="m", day=MONDAY, capacity=capacity)
    assert sorted(made + left) == sorted(calls)
    assert not any(call.urgent for call in left)
    urgent = sum(call.urgent for call in calls)
    assert len(made) == max(urgent, min(capacity, len(calls)))
    assert asking.drawn(calls[::-1], market="m", day=MONDAY, capacity=capacity) == (made, left)


def test_every_milestone_asks_something_of_each_of_its_sides() -> None:
    """The rule's sides and the questionnaire's are the same; what it opens is known."""
    asked = questionnaire()
    for code, rule in POLICY.milestones.items():
        for side in rule.sides:
            assert asked.asked(code, side, short=False)
    assert asked.asked("M6", "worker", short=True) == ("paid", "how_much", "as_agreed", "hurt")
    assert asked.asked("M5", "worker", short=True) == ("paid", "how_much")


@pytest.mark.parametrize(
    ("answers", "opened"),
    [
        ({"paid": "all", "as_agreed": "yes", "hurt": "no"}, []),
        ({"paid": "none"}, [("wage_arrears", True)]),
        ({"paid": "part", "as_agreed": "no"}, [("wage_arrears", True), ("posting_check", False)]),
        ({"hurt": "yes"}, [("injury", True)]),
        ({"fee_asked": "yes", "papers_kept": "yes"}, [("fee_or_deposit", True), ("id_withheld", True)]),
        ({"terms_as_posted": "no", "as_agreed": "no"}, [("posting_check", False)]),
        ({"wants_work": "yes", "wants_advice": "yes"}, [("need_work", False), ("need_advice", False)]),
    ],
)  # fmt: skip
def test_bad_answers_open_what_the_table_says(answers: dict[str, str], opened: list[tuple[str, bool]]) -> None:
    """Each once, urgent ones marked; good answers open nothing."""
    assert [(each.code, each.urgent) for each in questionnaire().opened(answers)] == opened


def test_answers_are_checked_against_what_was_asked() -> None:
    """Another task's question, an unknown code, a scale beyond its end, nothing at all."""
    asked = questionnaire()
    wrong: list[tuple[dict[str, str | int], str]] = [
        ({"filled": 3}, "question_unknown"),
        ({"paid": "perhaps"}, "answer_unknown"),
        ({"again": 6}, "answer_number"),
        ({"again": "five"}, "answer_number"),
        ({}, "answers_needed"),
    ]
    for answers, code in wrong:
        with pytest.raises(Refused) as told:
            asked.check(("paid", "again"), answers)
        assert told.value.code == code
    asked.check(("paid", "again"), {"paid": "all", "again": 5})


def test_what_the_two_sides_say_is_compared() -> None:
    """Only where both spoke, and only of the same thing."""
    asked = questionnaire()
    differing = asked.differing("M6_short", {"paid": "none", "as_agreed": "yes"}, {"paid": "all"})
    assert [(each.worker, each.employer) for each in differing] == [("paid", "paid")]
    assert asked.differing("M6_short", {"paid": "all"}, {"paid": "all", "as_agreed": "no"}) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_words_that_fit_its_question(language: str) -> None:
    """Whether training is wanted is not answered with a «has» or an «is»."""
    for code, question in questionnaire().questions.items():
        shown = question_view(code, "worker", language)
        assert [each.code for each in shown.answers] == list(question.answers)
        assert len({each.text for each in shown.answers}) == len(question.answers)
    wants = question_view("wants_training", "worker", "zh-CN")
    assert [each.text for each in wants.answers] == ["想", "不想"]
