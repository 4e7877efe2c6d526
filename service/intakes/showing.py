"""Intakes as their readers see them: a person masked, an officer by name, the job as it is read back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.employers.rules import public_name
from service.i18n import clock_of, render, said_instant
from service.intakes.lifecycle import SHOWN, SUPPLY_INTAKE
from service.intakes.views import DemandIntakeView, SupplyIntakeView
from service.money import format_yuan
from service.reference.catalogue import enums
from service.reference.rules import labelled
from service.worktime import local_day

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.intakes.tables import DemandIntakeRow, SupplyIntakeRow
    from service.uow import Uow

_SUPPLY = (
    "id", "version", "state", "supply_id", "agency_id", "agreed_how", "agreed_at", "wording", "answer_by", "city_code",
    "level_code", "escalations", "due_at", "created_at", "closed_at", "close_reason",
)  # fmt: skip
_DEMAND = (
    "id", "version", "state", "employer_id", "posting_id", "taken", "agreed_how", "confirm_by", "city_code",
    "district_code", "created_at", "closed_at",
)  # fmt: skip
MOVES = {
    "member": frozenset({"revoke"}),
    "worker": frozenset({"confirm", "decline", "revoke"}),
}


async def supply_view(uow: Uow, row: SupplyIntakeRow, by: Caller) -> SupplyIntakeView:
    """One. A broker learns the person's id only once the person has said yes."""
    await uow.flush()
    supply = await uow.intakes.supply_posting(row.supply_id)
    person = await uow.people.get(row.person_id)
    agency = await uow.employers.get(row.agency_id) if row.agency_id is not None else None
    wish: Any = row.wish or {}
    known = by.role != "member" or row.state in SHOWN | {"held"}
    return SupplyIntakeView(
        **{name: getattr(row, name) for name in _SUPPLY},
        supply_state=supply.state if supply is not None else None,
        title=supply.title if supply is not None else wish.get("title"),
        worker_id=row.person_id if known else None,
        person_masked=uow.people.masked_name(person),
        agency_name=agency.name if agency is not None else None,
        entered_by="officer" if row.staff_id is not None else "broker",
        entered_by_name=await uow.intakes.staff_name(row.staff_id),
        possible=_possible(row.state, by.role),
    )


def _possible(state: str, role: str) -> list[str]:
    moves = [move for move in SUPPLY_INTAKE.possible(state) if move not in ("lapse", "close", "hold")]
    return [move for move in moves if move in MOVES.get(role, moves) or (move == "recommend" and role == "member")]


async def demand_view(uow: Uow, row: DemandIntakeRow) -> DemandIntakeView:
    """One, with its history; a household is masked."""
    await uow.flush()
    posting = await uow.intakes.posting(row.posting_id)
    employer = await uow.employers.get(row.employer_id)
    history = await uow.intakes.history("demand_intake", row.id)
    return DemandIntakeView(
        **{name: getattr(row, name) for name in _DEMAND},
        employer_name=public_name(employer.name, employer.kind),
        posting_state=posting.state,
        read_back=read_back(posting, uow.ctx.language),
        warnings=posting.warnings,
        entered_by_name=await uow.intakes.staff_name(row.staff_id),
        channel=posting.channel,
        history=history,
    )


def read_back(posting: Any, language: str) -> str:
    """The job in one sentence, as the officer says it to the boss."""
    return render("intake.read_back", language, **said_of(posting, language))


def said_of(posting: Any, language: str) -> dict[str, Any]:
    """What is said of a job: title, heads, from when to when, where, pay, and that it is too little where it is."""
    return {
        "title": posting.title,
        "headcount": posting.headcount,
        "time": _said_time(posting, language),
        "address": posting.address,
        "pay": format_yuan(posting.pay_fen).removesuffix(".00"),
        "unit": _label("pay_unit", posting.pay_unit, language),
        "settlement": _label("settlement", posting.settlement, language),
        "wage": _said_wage(posting, language),
    }


def _said_wage(posting: Any, language: str) -> str:
    """One sentence where the pay is below the local minimum wage, else nothing: the boss hears it before saying yes."""
    low = next((each for each in posting.warnings if each["code"] == "below_minimum_wage"), None)
    if low is None:
        return ""
    least = format_yuan(low["facts"]["least"]).removesuffix(".00")
    return render("intake.below_minimum", language, least=least)


def _said_time(posting: Any, language: str) -> str:
    """From when to when; of several shifts the first. A job that was changed since may have no such hours."""
    series = posting.series or {}
    span = (series.get("shifts") or [series])[0]
    if "starts_at" not in span:
        return render("intake.time_open", language)
    begins, ends = _instant(span["starts_at"]), _instant(span["ends_at"])
    until = clock_of(ends) if local_day(begins) == local_day(ends) else said_instant(ends, language)
    return render("intake.time", language, starts=said_instant(begins, language), ends=until)


def _instant(value: Any) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _label(kind: str, code: str, language: str) -> str:
    return labelled(enums()[kind].get(code), code, language)
