"""Who bears it when somebody is hurt: one sentence for every posting, in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.injury import CODES, POLICY_KINDS, bearer, said_injury
from service.postings.rules.changes import CONDITIONS

POLICY = {
    "kind": "gig_order", "insurer": "平安保险", "number": "PA2026110001", "first_day": "2026-11-01",
    "last_day": "2026-11-30",
}  # fmt: skip
KINDS = ("enterprise", "sole_trader", "public_body", "household", "hr_agency", None)


@pytest.mark.parametrize(
    ("conditions", "kind", "code"),
    [
        ({"injury_cover": "project"}, "enterprise", "project"),
        ({"injury_cover": "work_injury"}, "enterprise", "work_injury"),
        ({"injury_cover": "work_injury", "insurance_policy": POLICY}, "enterprise", "work_injury_policy"),
        ({"injury_cover": "commercial", "insurance_policy": POLICY}, "sole_trader", "policy"),
        ({"injury_cover": "commercial"}, "sole_trader", "commercial_untold"),
        ({"injury_cover": "none"}, "enterprise", "uninsured"),
        ({"injury_cover": None}, "enterprise", "unsaid"),
        ({}, None, "unsaid"),
        ({"injury_cover": None, "insurance": "单位给买意外险"}, "enterprise", "told"),
        ({"insurance": "  。"}, "enterprise", "unsaid"),
        ({"injury_cover": "none", "insurance": "自己买"}, "enterprise", "uninsured"),
        ({"insurance": "有家政险"}, "household", "household_told"),
        ({"injury_cover": "none"}, "household", "household"),
        ({"injury_cover": "commercial", "insurance_policy": POLICY}, "household", "household_policy"),
    ],
)
def test_who_bears_it(conditions: dict[str, Any], kind: str | None, code: str) -> None:
    """Insured, said to be insured without a policy, uninsured, not said, and a household: each is another sentence."""
    assert bearer(conditions, kind) == code


@given(
    st.sampled_from((None, "none", "commercial", "work_injury", "project")),
    st.one_of(st.none(), st.sampled_from(POLICY_KINDS).map(lambda kind: POLICY | {"kind": kind})),
    st.sampled_from(KINDS),
    st.sampled_from(("zh-CN", "en")),
)
def test_never_silence(cover: str | None, policy: dict[str, str] | None, kind: str | None, language: str) -> None:
    """Any terms of any employer have a sentence without a blank left open; a policy is named where there is one, unless
    the project insures everybody."""
    conditions = {"injury_cover": cover} | ({"insurance_policy": policy} if policy else {})
    said = said_injury(conditions, kind, language)
    assert bearer(conditions, kind) in CODES
    assert said
    assert "{" not in said
    assert (policy is not None and cover != "project") == (POLICY["number"] in said)


@pytest.mark.parametrize("kind", ["enterprise", "household"])
def test_own_words_are_quoted_and_not_called_silence(kind: str) -> None:
    """Who has written a sentence about insurance has said something; that no policy is named stays in sight."""
    conditions = {"insurance": "单位给每人买了 {平安} 意外险。"}
    said = said_injury(conditions, kind, "zh-CN")
    assert "用工方说：“单位给每人买了 {平安} 意外险”。没有填保单" in said
    assert "没有说明" not in said
    assert "没有保险" not in said
    english = said_injury(conditions, kind, "en")
    assert "In its own words: “单位给每人买了 {平安} 意外险”." in english
    assert "not said" not in english


def test_a_policy_that_ends_before_the_work_says_so() -> None:
    """The last insured day stands beside it, and not where the policy lasts."""
    conditions = {"injury_cover": "commercial", "insurance_policy": POLICY}
    late = said_injury(conditions, "enterprise", "zh-CN", last_day=date(2026, 12, 1))
    fine = said_injury(conditions, "enterprise", "zh-CN", last_day=date(2026, 11, 30))
    assert "不在保险期内" in late
    assert "不在保险期内" not in fine


def test_a_worse_insurance_is_a_worse_change() -> None:
    """None, another kind or fewer days are looked at as worse terms; a new policy or more days are better ones."""
    compare = CONDITIONS["insurance_policy"]
    assert compare(None, POLICY) == "favour"
    assert compare(POLICY, POLICY | {"last_day": "2026-12-31"}) == "favour"
    assert compare(POLICY, POLICY | {"last_day": "2026-11-20"}) == "review"
    assert compare(POLICY, POLICY | {"kind": "accident"}) == "review"
    assert compare(POLICY, None) == "review"
