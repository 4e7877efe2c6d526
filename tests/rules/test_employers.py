"""Pure decisions on employers."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from service.employers import rules
from service.employers.lifecycle import EMPLOYER, INVITATION
from service.errors import Conflict, Forbidden, Refused
from service.identity_numbers import synthetic_credit_code
from service.lifecycle import Lifecycle
from service.worktime import end_of_day

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
CODE = synthetic_credit_code(7)


@pytest.mark.parametrize("lifecycle", [EMPLOYER, INVITATION], ids=lambda one: one.name)
def test_every_state_and_action_leads_where_the_table_says_or_nowhere(lifecycle: Lifecycle) -> None:
    """State × action: a move of the table, or Conflict wrong_state that names what is possible."""
    for state, action in itertools.product(sorted(lifecycle.states), sorted(lifecycle.actions)):
        if (state, action) in lifecycle.moves:
            assert lifecycle.fire(state, action) == lifecycle.moves[state, action]
        else:
            with pytest.raises(Conflict) as refused:
                lifecycle.fire(state, action)
            assert refused.value.facts["possible"] == lifecycle.possible(state)


def test_an_owner_may_everything_and_a_clerk_only_see_and_record() -> None:
    """The permission table grows with the role."""
    for action, roles in rules.PERMISSIONS.items():
        assert rules.may("owner", action)
        assert rules.may("manager", action) or roles == {"owner"}
    assert {action for action in rules.PERMISSIONS if rules.may("clerk", action)} == {"see", "record_attendance"}


def test_a_lacking_role_is_told_who_may() -> None:
    """The refusal names the roles that may do it."""
    with pytest.raises(Forbidden) as refused:
        rules.check_may("clerk", "post")
    assert refused.value.facts["roles"] == ["manager", "owner"]


@pytest.mark.parametrize(
    ("kind", "code", "licence", "refusal"),
    [
        ("enterprise", None, None, "credit_code_missing"),
        ("sole_trader", CODE[:-1], None, "credit_code_length"),
        ("enterprise", CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), None, "credit_code_check"),
        ("household", CODE, None, "credit_code_not_for_household"),
        ("hr_agency", CODE, None, "licence_number_missing"),
        ("public_body", CODE, "沪A-1", "licence_number_not_for_kind"),
    ],
)
def test_papers_that_cannot_be_right_are_refused(
    kind: str, code: str | None, licence: str | None, refusal: str
) -> None:
    """Each kind must show its papers and no others."""
    with pytest.raises(Refused) as refused:
        rules.check_papers(kind, code, licence)
    assert refused.value.code == refusal


def test_papers_are_folded_before_they_are_checked() -> None:
    """Full width, lower case and blanks are the same code; a household has none."""
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in CODE.lower())
    assert rules.check_papers("enterprise", f" {wide} ", None) == CODE
    assert rules.check_papers("household", None, None) is None


def test_only_the_verified_post_without_review_and_the_held_back_not_at_all() -> None:
    """Applied employers (households among them) post under review."""
    assert [state for state in sorted(EMPLOYER.states) if rules.may_post(state)] == ["applied", "verified"]
    assert [state for state in sorted(EMPLOYER.states) if not rules.posts_under_review(state)] == ["verified"]
    assert not rules.needs_verification("household")


def test_a_verification_lapses_at_a_midnight_in_shanghai_and_is_announced_twice() -> None:
    """31 August plus six months is 28 February; reminders 30 and 7 days before."""
    due = rules.recheck_at(datetime(2026, 8, 31, 15, tzinfo=UTC), 6)
    assert due.isoformat() == "2027-02-28T00:00:00+08:00"
    assert [days for days, _ in rules.reminders(due, NOW)] == [30, 7]
    assert [days for days, _ in rules.reminders(due, due - timedelta(days=8))] == [7]


def test_an_answer_is_promised_until_the_end_of_its_day() -> None:
    """24:00 of the day belongs to the day."""
    assert end_of_day(date(2026, 11, 24)).isoformat() == "2026-11-25T00:00:00+08:00"


def test_the_last_owner_stays() -> None:
    """One of two owners may go, the last may not."""
    rules.check_owner_left(["a", "b"], "a")
    with pytest.raises(Conflict, match="last_owner"):
        rules.check_owner_left(["a"], "a")
