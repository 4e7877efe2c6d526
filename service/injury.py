"""Who bears it when somebody is hurt at an ordinary gig, in one plain sentence: said before every yes, never left out.

Sources: 工伤保险条例 arts 2, 30, 62 (an employer insures, or pays what the insurance would have); 民法典 art. 1192
(work between individuals: each side by its fault).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.i18n import render

POLICY_KINDS = ("work_injury", "gig_order", "employer_liability", "accident")
COVER_OF: Mapping[str, str] = {"work_injury": "work_injury"}  # any other policy is commercial cover
HOUSEHOLD = "household"
CODES = (
    "project", "work_injury", "work_injury_policy", "policy", "commercial_untold", "uninsured", "unsaid",
    "told", "household", "household_told", "household_policy",
)  # fmt: skip


def bearer(conditions: Mapping[str, Any], employer_kind: str | None) -> str:
    """One of CODES, for any terms of work. `employer_kind` None: not known here, taken for a firm."""
    cover, policy = conditions.get("injury_cover"), conditions.get("insurance_policy")
    told = cover is None and bool(_words(conditions))
    if cover == "project":
        return "project"
    if cover == "work_injury":
        return "work_injury_policy" if policy else "work_injury"
    if employer_kind == HOUSEHOLD:
        return "household_policy" if policy else "household_told" if told else "household"
    if policy:
        return "policy"
    if cover == "commercial":
        return "commercial_untold"
    if told:
        return "told"
    return "uninsured" if cover == "none" else "unsaid"


def _words(conditions: Mapping[str, Any]) -> str:
    """What is said of insurance in the employer's own words, without its full stop."""
    return str(conditions.get("insurance") or "").strip().rstrip("。.；;，,!！ ")


def said_injury(
    conditions: Mapping[str, Any], employer_kind: str | None, language: str, *, last_day: date | None = None
) -> str:
    """The sentence; with `last_day` also that the policy ends before the work does."""
    policy = conditions.get("insurance_policy")
    facts = {"policy": said_policy(policy, language)} if policy else {"words": _words(conditions)}
    said = render(f"injury.{bearer(conditions, employer_kind)}", language, **facts)
    if policy and last_day is not None and last_day.isoformat() > policy["last_day"]:
        said += render("injury.ends_early", language, last_day=policy["last_day"])
    return said


def said_policy(policy: Mapping[str, Any], language: str) -> str:
    """Kind, insurer, number and days of a policy."""
    return render(
        "injury.of_policy",
        language,
        kind=render(f"injury.kind.{policy['kind']}", language),
        **{name: policy[name] for name in ("insurer", "number", "first_day", "last_day")},
    )
