"""The one check that every posting passes, whoever sends it: form, sentence, import, copy, or change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from service.contacts import contact_in
from service.errors import FieldError
from service.guard import Rulebook, findings_in, findings_in_passing
from service.guard.posing import posing_title
from service.policies.model import HoursPolicy, Policies
from service.postings.rules.findings import Findings
from service.postings.rules.insured import check_days, cover_of, policy_of
from service.postings.rules.payments import Wage, check_going, check_lure, check_pay, check_wage
from service.postings.rules.places import Site, check_place
from service.postings.rules.support import check_cover, check_season, check_support
from service.postings.rules.times import FARTHEST, Plan, check_time
from service.reference.catalogue import certificates, enums, industries, occupations, trades
from service.reference.data.shapes import Label, Trade
from service.wages.rules import Going
from service.worktime import local_day

__all__ = ["Checked", "Ground", "Wage", "check_posting"]
YOUNGEST = 16


@dataclass(frozen=True, slots=True)
class Ground:
    """What a posting is checked against; nothing of it is read from anywhere while checking."""

    now: datetime
    policies: Policies
    employer_city: str
    wage: Wage | None = None
    site: Site | None = None
    known_shifts: frozenset[str] = frozenset()
    guard: Rulebook | None = None
    going: Going | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """`columns` are those of a posting row and are complete only when there are no errors."""

    columns: dict[str, Any]
    plan: Plan
    errors: tuple[FieldError, ...] = field(default=())

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """{"pointer", "code", "facts"} each."""
        return list(self.columns["warnings"])


def check_posting(asked: Mapping[str, Any], ground: Ground) -> Checked:
    """Every reason against a posting at once, or the columns to store with its defaults named.

    `asked` has the shape of the API's body in plain values: trade, headcount, time, place and pay are needed;
    a value of None counts as not given. Basis: domain model 3.1, 13 and 14 (C10 to C12, C15 to C18, C25, C32).
    """
    findings = Findings()
    trade = trades().get(asked["trade"])
    findings.known("/trade", asked["trade"], trades())
    columns = _work(asked, trade, findings)
    columns |= _people(asked, trade, ground, findings)
    columns |= check_place(asked["place"], ground.site, ground.employer_city, findings)
    limits = ground.policies.postings
    plan = check_time(asked["time"], ground.now, ground.known_shifts, findings, headcount_max=limits.headcount_max)
    columns |= {"binding": plan.binding, "series": plan.series, "pattern": plan.pattern}
    columns |= {"claimable": bool(findings.given(asked, "claimable", plan.claimable)) and plan.claimable}
    columns["break_minutes"] = _break(asked, trade, plan, ground.policies, findings)
    columns |= check_pay(asked["pay"], trade, columns["job_kind"], ground.policies.pay, findings)
    columns["conditions"] = _conditions(asked.get("conditions") or {}, trade, local_day(ground.now), findings)
    columns["pickup"] = _pickup(asked.get("pickup"))
    columns["valid_until"] = _valid_until(asked, plan, ground, findings)
    columns |= check_support(asked, columns["certificates"], findings)
    check_season(columns, findings)
    check_cover(columns, ground.policies.postings, findings)
    check_days(columns, plan.first_start, plan.last_end, findings)
    _check_wage(columns, plan, ground, findings)
    check_going(columns, ground.going, limits, findings)
    if columns["job_kind"] == "part_time":
        _state_part_time_limits(columns, plan, ground.policies.hours, findings)
    if ground.guard is not None:
        _guard(columns, ground.guard, local_day(ground.now), findings)
    columns["defaulted"], columns["warnings"] = findings.defaulted, findings.warnings
    return Checked(columns, plan, tuple(findings.errors))


def _guard(columns: Mapping[str, Any], guard: Rulebook, day: date, findings: Findings) -> None:
    """The dated rules about words; pay has a field of its own and is always stated. Every text that the public may
    read is judged: what advertises as a whole, addresses and labels for what is sure in them."""
    texts = {"/title": columns["title"], "/description": columns["description"], "/pay/note": columns["pay_note"]}
    aside = {
        "/place/address": columns["address"],
        "/pickup/address": (columns["pickup"] or {}).get("address"),
        "/pay/unit_label": columns["pay_unit_label"],
        "/conditions/insurance": columns["conditions"]["insurance"],
        "/conditions/insurance_policy/insurer": (columns["conditions"].get("insurance_policy") or {}).get("insurer"),
    }
    for pointer, facts in [
        *findings_in(texts, guard, day, pay_stated=True, whole=True),
        *findings_in_passing(aside, guard, day),
    ]:
        findings.warn(pointer, "guard_hit", **facts)
    findings.warnings += posing_title(columns["title"])


def _work(asked: Mapping[str, Any], trade: Trade | None, findings: Findings) -> dict[str, Any]:
    columns = {
        "trade": asked["trade"],
        "title": findings.given(asked, "title", trade.zh if trade else asked["trade"]),
        "description": asked.get("description"),
        "occupation_code": asked.get("occupation_code") or (trade.occupation if trade else None),
        "industry": asked.get("industry") or (trade.industry if trade else None),
        "job_kind": findings.given(asked, "job_kind", trade.defaults.job_kind if trade else "day_labour"),
        "work_mode": findings.given(asked, "work_mode", "on_site"),
        "radius_limit_m": asked.get("radius_limit_m"),
    }
    if (found := contact_in(columns["title"])) is not None:
        findings.refuse("/title", "title_contact", found=found)
    findings.known("/job_kind", columns["job_kind"], job_kinds())
    findings.known("/work_mode", columns["work_mode"], enums()["work_mode"])
    findings.known("/industry", asked.get("industry"), industries())
    if asked.get("occupation_code") and asked["occupation_code"] not in occupations():
        findings.refuse("/occupation_code", "occupation_unknown")
    return columns


@cache
def job_kinds() -> dict[str, Label]:
    """Every kind of job but shared labour, which has a column and agreements of its own."""
    return {code: label for code, label in enums()["job_kind"].items() if code != "shared_labour"}


def _people(asked: Mapping[str, Any], trade: Trade | None, ground: Ground, findings: Findings) -> dict[str, Any]:
    most = ground.policies.postings.headcount_max
    if not 1 <= asked["headcount"] <= most:
        findings.refuse("/headcount", "headcount_over_limit", most=most)
    wanted = asked.get("certificates") or []
    for index, code in enumerate(wanted):
        findings.known(f"/certificates/{index}", code, certificates())
    for index, skill in enumerate(asked.get("skills") or []):
        findings.known(f"/skills/{index}/trade", skill["trade"], trades())
    least, highest = asked.get("min_age"), asked.get("max_age")
    if least is not None and least < YOUNGEST:
        findings.refuse("/min_age", "min_age_too_low", least=YOUNGEST)
    if least is not None and highest is not None and highest < least:
        findings.refuse("/max_age", "range_reversed")
    if highest is not None:
        findings.warn("/max_age", "upper_age_limit")
    adult = bool(trade and trade.adult_only)
    if adult and asked.get("adult_only") is not True:
        findings.defaulted.append("/adult_only")
    return {
        "headcount": asked["headcount"],
        "certificates": _papers(wanted, trade, findings),
        "skills": [dict(skill) for skill in asked.get("skills") or []],
        "adult_only": adult or bool(asked.get("adult_only")),
        "min_age": least,
        "max_age": highest,
    }


def _papers(wanted: list[str], trade: Trade | None, findings: Findings) -> list[str]:
    """What the trade must have by law is added, never taken away (C25, C32)."""
    needed = set(trade.certificates) if trade else set()
    if needed - set(wanted):
        findings.defaulted.append("/certificates")
    return sorted(needed | set(wanted))


def _break(asked: Mapping[str, Any], trade: Trade | None, plan: Plan, policies: Policies, findings: Findings) -> int:
    """The stated break, else the trade's where the shift is as long as the trade's usual one, else none."""
    usual = policies.postings.unpaid_break_minutes
    if trade and (plan.shift_minutes or 0) >= trade.defaults.shift_minutes:
        usual = trade.defaults.unpaid_break_minutes
    minutes = int(findings.given(asked, "break_minutes", usual))
    most = policies.postings.unpaid_break_max_minutes
    if plan.shift_minutes is not None:
        most = min(most, plan.shift_minutes - 1)
    if not 0 <= minutes <= most:
        findings.refuse("/break_minutes", "break_too_long", most=most)
    return minutes


def _conditions(given: Mapping[str, Any], trade: Trade | None, today: date, findings: Findings) -> dict[str, Any]:
    usual = trade.defaults if trade else None
    policy = policy_of(given, today, findings)
    made = {
        "meals": findings.given(given, "meals", usual.meals if usual else "none", "/conditions"),
        "lodging": findings.given(given, "lodging", "none", "/conditions"),
        "travel": findings.given(given, "travel", "none", "/conditions"),
        "bring": list(findings.given(given, "bring", list(usual.bring) if usual else [], "/conditions")),
        "outdoor": findings.given(given, "outdoor", bool(usual and usual.outdoor), "/conditions"),
        "insurance": given.get("insurance"),
        "injury_cover": cover_of(policy, given.get("injury_cover"), findings),
        "units_per_hour": given.get("units_per_hour"),
    }
    made |= {"insurance_policy": policy} if policy is not None else {}
    for name, kind in (
        ("meals", "meals"),
        ("lodging", "lodging"),
        ("travel", "travel"),
        ("injury_cover", "injury_cover"),
    ):
        findings.known(f"/conditions/{name}", made[name], enums()[kind])
    for index, item in enumerate(made["bring"]):
        findings.known(f"/conditions/bring/{index}", item, enums()["bring_item"])
    return made


def _pickup(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """People are fetched at a point before the work begins (daily, by the clock)."""
    if given is None:
        return None
    return {
        "lon": given["point"]["lon"],
        "lat": given["point"]["lat"],
        "address": given.get("address"),
        "seats": given.get("seats"),
        "leaves_at": given["leaves_at"],
        "way_back": bool(given.get("way_back")),
    }


def _valid_until(asked: Mapping[str, Any], plan: Plan, ground: Ground, findings: Findings) -> datetime:
    """Until stated, else to the end of the last shift, else for as long as a posting counts as fresh (C30)."""
    fresh = ground.now + timedelta(days=ground.policies.postings.stale_after_days)
    until: datetime = findings.given(asked, "valid_until", plan.last_end or fresh)
    if asked.get("valid_until") is not None:
        if until <= ground.now:
            findings.refuse("/valid_until", "starts_in_the_past")
        elif until > ground.now + FARTHEST:
            findings.refuse("/valid_until", "starts_too_far_ahead", most=FARTHEST.days)
    return until


def _check_wage(columns: Mapping[str, Any], plan: Plan, ground: Ground, findings: Findings) -> None:
    whole = plan.total_minutes if columns["pay_unit"] == "fixed" else plan.shift_minutes
    paid = whole - columns["break_minutes"] if whole else None
    per_hour, times = columns["conditions"]["units_per_hour"], ground.policies.postings.pay_far_above_minimum_times
    check_wage(columns, paid, per_hour, ground.wage, findings)
    check_lure(columns, paid, per_hour, ground.wage, times, findings)


def _state_part_time_limits(columns: Mapping[str, Any], plan: Plan, policy: HoursPolicy, findings: Findings) -> None:
    """Say what part-time work may take, and where this posting asks for more (劳动合同法 art. 68, C18).

    Nothing is refused here: who takes how many shifts is known only when they do, and the ledger refuses then.
    """
    day, week = policy.part_time_average_minutes_per_day, policy.part_time_minutes_per_week
    limits = {"minutes_per_day": day, "minutes_per_week": week}
    findings.warn("/job_kind", "part_time_limits", **limits)
    paid = (plan.shift_minutes or 0) - columns["break_minutes"]
    pattern = plan.pattern or {}
    asked = (pattern.get("min_days_per_week") or 0) * (pattern.get("min_minutes_per_day") or max(paid, 0))
    if paid > week or asked > week:
        over = {"asked_minutes": max(paid, asked), "other_way": "full_time"}
        findings.warn("/time", "part_time_week_over", **limits, **over)
    elif paid > day:
        findings.warn("/time", "part_time_day_over", **limits, asked_minutes=paid, other_way="full_time")
