"""The insurance of an order as its employer has recorded it: its days, and whether it says the same as the cover."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from service.injury import COVER_OF
from service.postings.rules.findings import Findings
from service.worktime import local_day

AT = "/conditions/insurance_policy"


def policy_of(given: Mapping[str, Any], today: date, findings: Findings) -> dict[str, Any] | None:
    """The recorded policy with its days as text, or None; one that ends before it begins, or is over, is refused."""
    sent = given.get("insurance_policy")
    if sent is None:
        return None
    first, last = date.fromisoformat(str(sent["first_day"])), date.fromisoformat(str(sent["last_day"]))
    if last < first:
        findings.refuse(f"{AT}/last_day", "policy_days")
    elif last < today and not isinstance(sent["last_day"], str):  # what is on record may run out meanwhile
        findings.refuse(f"{AT}/last_day", "policy_over")
    return {
        "kind": sent["kind"],
        "insurer": sent["insurer"],
        "number": sent["number"],
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
    }


def cover_of(policy: Mapping[str, Any] | None, cover: str | None, findings: Findings) -> str | None:
    """The injury cover: as said, else what the policy is."""
    if policy is None:
        return cover
    is_injury = policy["kind"] == "work_injury"
    if cover == "none" or (cover == "commercial" and is_injury):
        findings.refuse("/conditions/injury_cover", "policy_cover_differs")
    if cover is None:
        findings.defaulted.append("/conditions/injury_cover")
        return COVER_OF.get(policy["kind"], "commercial")
    return cover


def check_days(columns: Mapping[str, Any], first: datetime | None, last: datetime | None, findings: Findings) -> None:
    """One that begins after the work is none for it; that it ends before is told to its author, and to everybody."""
    policy = columns["conditions"].get("insurance_policy")
    if policy is None:
        return
    if first is not None and local_day(first).isoformat() < policy["first_day"]:
        findings.refuse(f"{AT}/first_day", "policy_starts_late", first_day=policy["first_day"])
    if last is not None and local_day(last).isoformat() > policy["last_day"]:
        findings.warn(f"{AT}/last_day", "policy_ends_early", last_day=policy["last_day"])
