"""Who pays for a job, what it is for, whom public support is meant for (functions F15 and F38)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.policies.model import PostingsPolicy
from service.postings.rules.findings import Findings
from service.reference.catalogue import enums

CONSTRUCTION = frozenset({"civil_works", "construction_decoration"})


def check_support(asked: Mapping[str, Any], certificates: list[str], findings: Findings) -> dict[str, Any]:
    """The columns funding, traits and priority_groups; each code once, in the order given.

    A group is helped, never asked for: whoever is in none may take the job as well (QH-6). Practice in several
    places is for those who hold a licence, so the posting names it (LYG-2e).
    """
    funding = findings.given(asked, "funding", "employer")
    findings.known("/funding", funding, enums()["posting_funding"])
    traits = _codes(asked, "traits", "posting_trait", findings)
    if "multi_site_practice" in traits and not certificates:
        findings.refuse("/certificates", "practice_licence_needed")
    groups = _codes(asked, "priority_groups", "priority_group", findings)
    return {"funding": funding, "traits": traits, "priority_groups": groups}


def check_season(columns: Mapping[str, Any], findings: Findings) -> None:
    """Work of a season ends on a stated day (F11). Dated shifts have their last one."""
    pattern = columns["pattern"]
    if columns["job_kind"] == "seasonal" and pattern is not None and not pattern.get("until"):
        findings.refuse("/time/pattern/last_day", "season_end_needed")


def check_cover(columns: Mapping[str, Any], policy: PostingsPolicy, findings: Findings) -> None:
    """Who is insured against injury, and how (C26, C27): on a building site by the project, part-time work in any way.

    Where the place demands it the posting is refused without it, elsewhere its author is told.
    """
    cover = columns["conditions"]["injury_cover"]
    if columns["industry"] in CONSTRUCTION and cover != "project":
        _lacks(findings, policy.injury_cover_needed_construction, "injury_cover_of_project")
    elif columns["job_kind"] == "part_time" and cover in (None, "none"):
        _lacks(findings, policy.injury_cover_needed_part_time, "injury_cover_missing")


def _lacks(findings: Findings, needed: bool, code: str) -> None:
    tell = findings.refuse if needed else findings.warn
    tell("/conditions/injury_cover", code)


def _codes(asked: Mapping[str, Any], name: str, listed: str, findings: Findings) -> list[str]:
    codes = list(dict.fromkeys(asked.get(name) or ()))
    for index, code in enumerate(codes):
        findings.known(f"/{name}/{index}", code, enums()[listed])
    return codes
