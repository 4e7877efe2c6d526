"""What is paid: amount and unit, settlement, tiers, what a late call-off costs; limits of law and of sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from service.money import hourly_figure, short_yuan
from service.policies.model import PayPolicy, PostingsPolicy
from service.postings.rules.findings import Findings
from service.reference.catalogue import enums
from service.reference.data.shapes import Trade
from service.wages.rules import UNIT_OF, Going

OVER_15_DAYS = ("monthly",)  # of the six cycles only this one is longer (劳动合同法 art. 72)
LONGEST_LAWFUL = "half_month"
USUAL_DAY = 480  # minutes


@dataclass(frozen=True, slots=True)
class Wage:
    """A minimum wage row in fen; one that nobody has checked against the official text may only warn."""

    hour_fen: int
    month_fen: int
    verified: bool


def check_pay(
    pay: Mapping[str, Any], trade: Trade | None, job_kind: str, policy: PayPolicy, findings: Findings
) -> dict[str, Any]:
    """The pay columns. Amounts outside the bounds of their unit are taken for a slip of the pen."""
    unit, amount, most = pay["unit"], pay["amount_fen"], pay.get("most_fen")
    findings.known("/pay/unit", unit, policy.bounds)
    bounds = policy.bounds.get(unit)
    for name, value in (("amount_fen", amount), ("most_fen", most)):
        if bounds and value is not None and not bounds.min_fen <= value <= bounds.max_fen:
            findings.refuse(f"/pay/{name}", "pay_out_of_range", least=bounds.min_fen, most=bounds.max_fen)
    if most is not None and most < amount:
        findings.refuse("/pay/most_fen", "range_reversed")
    return {
        "pay_fen": amount,
        "pay_most_fen": most if most != amount else None,
        "pay_unit": unit,
        "pay_unit_label": pay.get("unit_label"),
        "pay_tiers": _tiers(pay.get("tiers") or [], unit, amount, findings),
        "pay_note": pay.get("note"),
        "settlement": _settlement(pay, trade, job_kind, findings),
        "call_off_fen": findings.given(pay, "call_off_fen", 0, "/pay"),
    }


def _settlement(pay: Mapping[str, Any], trade: Trade | None, job_kind: str, findings: Findings) -> str:
    usual = trade.defaults.settlement if trade else "daily"
    if job_kind == "part_time" and usual in OVER_15_DAYS:
        usual = LONGEST_LAWFUL
    settlement = str(findings.given(pay, "settlement", usual, "/pay"))
    findings.known("/pay/settlement", settlement, enums()["settlement"])
    if job_kind == "part_time" and settlement in OVER_15_DAYS:
        findings.refuse("/pay/settlement", "settlement_over_15_days", suggested=LONGEST_LAWFUL)
    return settlement


def _tiers(tiers: Sequence[Mapping[str, int]], unit: str, amount: int, findings: Findings) -> list[dict[str, int]]:
    """Tiers rise from the base rate: «超 40 小时 26 元» is one tier from 2,400 minutes on."""
    made = [{"from_minutes": tier["from_minutes"], "rate_fen": tier["rate_fen"]} for tier in tiers]
    if made and unit != "hour":
        findings.refuse("/pay/tiers", "tiers_need_hours")
    if any(a["from_minutes"] >= b["from_minutes"] for a, b in pairwise(made)):
        findings.refuse("/pay/tiers", "tiers_not_rising")
    return made


def check_wage(
    columns: Mapping[str, Any], minutes: int | None, per_hour: int | None, wage: Wage | None, findings: Findings
) -> None:
    """Pay by the hour against the minimum wage of the place (劳动合同法 art. 72).

    It refuses part-time work under a verified row, and warns otherwise. `minutes` is the paid length of what
    one unit pays; nothing is said where that is not known.
    """
    figure = hourly_fen(columns["pay_fen"], columns["pay_unit"], minutes, per_hour)
    if wage is None or figure is None or figure >= wage.hour_fen:
        return
    facts = {"least": wage.hour_fen, "hourly_fen": int(figure), "verified": wage.verified}
    if wage.verified and columns["job_kind"] == "part_time":
        findings.refuse("/pay/amount_fen", "below_minimum_wage", **facts)
    else:
        findings.warn("/pay/amount_fen", "below_minimum_wage", **facts)


def check_lure(
    columns: Mapping[str, Any],
    minutes: int | None,
    per_hour: int | None,
    wage: Wage | None,
    times: int,
    findings: Findings,
) -> None:
    """Pay that is unreal whatever the trade (C13), for an officer: the same figure as of `check_wage` against many
    times the minimum wage. A day whose length is not known counts as eight hours."""
    most = columns["pay_most_fen"] or columns["pay_fen"]
    length = minutes or (USUAL_DAY if columns["pay_unit"] in ("day", "shift") else None)
    figure = hourly_fen(most, columns["pay_unit"], length, per_hour)
    if wage is not None and figure is not None and figure > wage.hour_fen * times:
        facts = {
            "least": wage.hour_fen,
            "hourly_fen": int(figure),
            "hourly_yuan": short_yuan(int(figure)),
            "times": times,
        }
        findings.warn("/pay/amount_fen", "pay_far_above_minimum", **facts)


def check_going(columns: Mapping[str, Any], going: Going | None, policy: PostingsPolicy, findings: Findings) -> None:
    """Pay against what such work was really paid around here (C13): far below is said to everybody, far above goes
    to an officer, for lures promise much. Nothing is refused."""
    if going is None or UNIT_OF.get(columns["pay_unit"]) != going.unit or columns["pay_unit_label"]:
        return
    most = columns["pay_most_fen"] or columns["pay_fen"]
    facts: dict[str, Any] = {"p25_fen": going.p25_fen, "p75_fen": going.p75_fen, "unit": going.unit}
    facts |= {"p25_yuan": short_yuan(going.p25_fen), "p75_yuan": short_yuan(going.p75_fen)}
    if most * 1000 < going.p25_fen * policy.pay_far_below_going_permille:
        findings.warn("/pay/amount_fen", "pay_far_below_going", **facts)
    if most > going.p75_fen * policy.pay_far_above_going_times:
        findings.warn("/pay/amount_fen", "pay_far_above_going", **facts)


def hourly_fen(amount: int, unit: str, minutes: int | None, per_hour: int | None) -> Fraction | None:
    """Fen an hour, exact; None where the length or the output an hour is not stated."""
    if unit == "area":
        return amount * Fraction(per_hour) if per_hour else None
    return hourly_figure(amount, unit, minutes=minutes, per_hour=per_hour)  # type: ignore[arg-type]
