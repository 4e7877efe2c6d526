"""Who may post, what goes live at once, by when a review is due, who has it next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from service.errors import Conflict, Forbidden, Missing, Refused
from service.policies import shipped
from service.postings.rules import (
    check_codes,
    check_may_post,
    check_reason,
    goes_live_at_once,
    next_reviewer,
    review_due_at,
    search_words,
)
from service.postings.rules.review import waits_for
from service.postings.rules.searching import trimmed
from tests.rules.test_postings_checking import NOW

POLICY = shipped().at(NOW, "310100").postings
A, B, C = (UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("state", "codes", "switch", "live"),
    [
        ("verified", [], True, True),
        ("verified", ["upper_age_limit", "part_time_limits"], True, True),
        ("verified", ["below_minimum_wage"], True, False),
        ("verified", ["part_time_week_over"], True, False),
        ("verified", ["pay_far_above_minimum"], True, False),
        ("verified", ["like_stopped"], True, False),
        ("verified", [], False, False),
        ("applied", [], True, False),
        ("restricted", [], True, False),
    ],
)
def test_at_once_needs_verification_the_switch_and_no_broken_rule(
    state: str, codes: list[str], switch: bool, live: bool
) -> None:
    """All three, or a review."""
    policy = replace(POLICY, auto_publish_verified_employers=switch)
    warnings = [{"code": code} for code in codes]
    assert goes_live_at_once(employer_state=state, warnings=warnings, policy=policy) is live


@pytest.mark.parametrize(
    ("state", "employer_state", "codes", "why"),
    [
        ("submitted", "applied", [], ["employer_not_verified"]),
        ("submitted", "applied", ["like_stopped"], ["employer_not_verified", "findings"]),
        ("submitted", "verified", ["below_minimum_wage"], ["findings"]),
        ("submitted", "verified", ["part_time_limits"], ["every_posting"]),
        ("published", "applied", ["like_stopped"], []),
    ],
)
def test_a_posting_in_review_says_what_it_waits_for(
    state: str, employer_state: str, codes: list[str], why: list[str]
) -> None:
    """Never nothing while it waits, and nothing otherwise."""
    assert waits_for(state, employer_state, [{"code": code} for code in codes]) == why


def test_the_review_clock_runs_in_minutes_for_work_within_a_day() -> None:
    """15 minutes up to 24 h before the start, whatever the hour, else four office hours; also where no start is
    known."""

    def office(start: datetime, minutes: int) -> datetime:
        return start + timedelta(days=1, minutes=minutes)

    later = NOW + timedelta(days=1, minutes=240)
    assert review_due_at(NOW, NOW + timedelta(hours=24), POLICY, office) == NOW + timedelta(minutes=15)
    assert review_due_at(NOW, NOW + timedelta(hours=24, minutes=1), POLICY, office) == later
    assert review_due_at(NOW, None, POLICY, office) == later


def test_reviews_go_to_the_least_busy_then_round() -> None:
    """At first the fewest open reviews, on expiry the next by turn, from the last to the first."""
    officers = [(A, 3), (B, 1), (C, 1)]
    assert next_reviewer(officers, None) == B
    assert [next_reviewer(officers, present) for present in (A, B, C)] == [B, C, A]
    assert next_reviewer([(A, 0)], A) == A
    assert next_reviewer([], None) is None


@pytest.mark.parametrize(
    ("role", "member_role", "own", "serves", "state", "error"),
    [
        ("member", "owner", True, False, "verified", None),
        ("member", "manager", True, False, "applied", None),
        ("member", "clerk", True, False, "verified", Forbidden),
        ("member", "owner", False, False, "verified", Missing),
        ("officer", None, False, True, "restricted", Conflict),
        ("officer", None, False, False, "verified", Missing),
        ("integrator", None, True, False, "verified", None),
        ("integrator", None, False, True, "verified", Missing),
        ("worker", None, True, True, "verified", Missing),
        ("member", "owner", True, False, "suspended", Conflict),
        ("member", "owner", True, False, "refused", Conflict),
    ],
)
def test_who_may_post(
    role: str, member_role: str | None, own: bool, serves: bool, state: str, error: type[Exception] | None
) -> None:
    """Owners, managers, officers of the place and the employer's keys; for employers in good standing."""
    facts = {"role": role, "member_role": member_role, "own_employer": own, "serves": serves, "state": state}
    if error is None:
        check_may_post(**facts)  # type: ignore[arg-type]
        return
    with pytest.raises(error):
        check_may_post(**facts)  # type: ignore[arg-type]


def test_unknown_codes_are_refused_with_the_valid_ones() -> None:
    """A filter code that does not exist answers what does."""
    assert check_codes("trade", "a,b,a", {"a", "b"}) == ("a", "b")
    with pytest.raises(Refused) as refused:
        check_codes("trade", "a,c", {"a", "b"})
    assert refused.value.errors[0].facts["expected"] == "a, b"
    with pytest.raises(Refused) as long:
        check_codes("trade", ",".join(map(str, range(21))), set(map(str, range(30))))
    assert long.value.code == "list_too_long"


def test_reasons_are_coded() -> None:
    """A reason of another kind is refused."""
    check_reason(["bad_weather", "other"], "bad_weather")
    with pytest.raises(Refused):
        check_reason(["bad_weather", "other"], "C04_sex")


def test_search_words_hold_aliases_and_hide_households() -> None:
    """洗盘子 finds 洗碗工; a household's name and address are not searched."""
    words = search_words("晚市", "dishwashing", None, None)
    assert {"洗盘", "盘子", "洗碗"} <= set(words)
    assert words == sorted(set(words))
    assert "幸福" in search_words("晚市", "dishwashing", "幸福路", "某店")


@pytest.mark.parametrize(("region", "prefix"), [("310000", "31"), ("310100", "3101"), ("310104", "310104")])
def test_regions_are_prefixes(region: str, prefix: str) -> None:
    """A province holds its cities, a city its districts."""
    assert trimmed(region) == prefix
