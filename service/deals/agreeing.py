"""The papers of a deal: the firms' agreement, and each person's written consent; both filled from the deal itself."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from service.agreements.rules import Party
from service.deals import ground
from service.deals.data import clauses
from service.deals.lifecycle import LENT_FIRM
from service.deals.rules.costs import CONTRIBUTIONS
from service.errors import Conflict, Missing
from service.http.html.words import said_pay, said_place
from service.i18n import DEFAULT, render, said_minutes
from service.money import format_yuan

if TYPE_CHECKING:
    from service.actor import Actor
    from service.deals.tables import DealRow, LentRow
    from service.uow import Uow


async def draw_cooperation(uow: Uow, row: DealRow, *, by: Actor) -> None:
    """Lay the firms' agreement before both, with a list of everybody who has said yes, or is there.

    The paper is the firms', so nobody's erasure reaches it: it names people by a number in the list, the masked name
    and the hash of the own written consent, where the name stands in full. Raises Conflict consent_unsigned, and what
    drawing raises (a firm without an address, for one).
    """
    people = [each for each in await uow.lent.of(row.id) if each.state in LENT_FIRM]
    facts = await _facts(uow, row) | {
        "headcount": len(people),
        "workers": [await _listed(uow, at, each) for at, each in enumerate(people, 1)],
        "starts_on": row.first_day,
        "ends_on": row.last_day,
        "extended_from": row.signed_until if row.signed_until is not None and row.signed_until < row.last_day else None,
    }
    parties = _firms(row)
    await uow.ctx.wiring.ports["agreements.draw"](
        uow, "cooperation", ("deal", row.id), parties, facts, by=by, at=await uow.now(), city_code=row.city_code
    )


async def _listed(uow: Uow, at: int, row: LentRow) -> str:
    """A line of the list: whose it is can be seen by whoever holds the consent."""
    paper = next(iter(await ground.signed_of(uow, "lent", row.id)), None)
    if paper is None:
        raise Conflict("consent_unsigned")
    if row.worker_id is None:
        raise Conflict("consent_unsigned")
    name = uow.people.masked_name(await uow.people.get(row.worker_id))
    return render("deal.listed", DEFAULT, at=at, name=name, hash=paper.hash)


async def draw_consent(uow: Uow, deal: DealRow, row: LentRow, *, by: Actor) -> None:
    """Lay a person's consent before the person and both firms.

    Raises Conflict `lent_id_number_needed` (劳动合同法 art. 17 names the number), and what drawing raises.
    """
    if row.worker_id is None:
        raise Missing
    person = await uow.people.get(row.worker_id)
    if uow.people.id_number_of(person) is None:
        raise Conflict("lent_id_number_needed")
    facts = await _facts(uow, deal) | {
        "worker_name": uow.people.name_of(person),
        "worker_id_number": uow.people.id_number_of(person),
        "starts_on": row.first_day,
        "ends_on": row.longer_until or row.last_day,
        "extended_from": row.last_day if row.longer_until is not None else None,
        "contract_ends_on": row.contract_end or render("deal.open_ended", DEFAULT),
        "withdraw_days": uow.ctx.policies.at(await uow.now(), deal.city_code).deals.leave_notice_days,
        "arbitration_place": render("deal.place_of_lender", DEFAULT),
    }
    parties = [*_firms(deal), _person(row)]
    await uow.ctx.wiring.ports["agreements.draw"](
        uow, "lending_consent", ("lent", row.id), parties, facts, by=by, at=await uow.now(), city_code=deal.city_code
    )


def _firms(row: DealRow) -> list[Party]:
    return [Party(role="lender", employer_id=row.lender_id), Party(role="borrower", employer_id=row.borrower_id)]


def _person(row: LentRow) -> Party:
    return Party(role="worker", person_id=row.worker_id)


async def _facts(uow: Uow, row: DealRow) -> dict[str, Any]:
    """What both papers say of the deal."""
    said = {code: each.zh for code, each in clauses().items()} | row.clauses
    lender, borrower = await uow.employers.get(row.lender_id), await uow.employers.get(row.borrower_id)
    pay = {"amount_fen": row.pay_fen, "most_fen": None, "unit": row.pay_unit, "unit_label": None}
    facts: dict[str, Any] = {
        "lender_name": lender.name, "lender_number": lender.credit_code, "lender_address": lender.address,
        "borrower_name": borrower.name, "borrower_number": borrower.credit_code, "borrower_address": borrower.address,
        "work_content": row.work, "work_place": _place(row), "working_hours": _hours(row), "pay_standard":
        said_pay(pay, DEFAULT), "injury_compensation": row.injury_clause, "insurance_bearer":
        render("deal.borne_by_borrower" if _contributions(row) else "deal.borne_by_lender", DEFAULT),
        "insurance_amount": _amounts(row, *CONTRIBUTIONS) or render("deal.as_law_says", DEFAULT),
        "insurance": render("deal.insured_by_lender", DEFAULT),
        "settles_by": render("deal.day_of_next_month", DEFAULT, day=row.settle_day),
        "pays_by": render("deal.day_of_next_month", DEFAULT, day=row.pay_day),
    }  # fmt: skip
    for kind in ("meals", "lodging", "transport"):
        facts[kind] = _living(row, kind)
    return facts | said


def _place(row: DealRow) -> str:
    """City, district and address, what the address says of them itself only once."""
    place = said_place(row.city_code, row.district_code, DEFAULT)
    again = next((at for at in range(len(place) - 1) if row.address.startswith(place[at:])), len(place))
    return place[:again] + row.address


def _hours(row: DealRow) -> str:
    names = render("said.weekdays", DEFAULT).split()
    days = render("said.separator", DEFAULT).join(names[day - 1] for day in row.weekdays)
    key = "deal.hours" if row.break_minutes else "deal.hours_through"
    return render(key, DEFAULT, days=days, since=_clock(row.day_from), until=_clock(row.day_until),
                  pause=said_minutes(row.break_minutes, DEFAULT))  # fmt: skip


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _contributions(row: DealRow) -> bool:
    return any(each["kind"] in CONTRIBUTIONS for each in row.costs)


def _amounts(row: DealRow, *kinds: str, named: bool = True) -> str:
    """What of these costs is given back; not `named` where the words before them say what they are of."""
    said = [
        render(f"deal.cost.{each['unit']}", DEFAULT,
               kind=render(f"deal.cost_kind.{each['kind']}", DEFAULT) if named else "",
               yuan=format_yuan(each["fen"]).removesuffix(".00"))
        for each in row.costs if each["kind"] in kinds
    ]  # fmt: skip
    return render("said.separator", DEFAULT).join(said)


def _living(row: DealRow, kind: str) -> str:
    if kind in row.given:
        return render("deal.given", DEFAULT)
    paid = _amounts(row, kind, named=False)
    return render("deal.living_paid", DEFAULT, amounts=paid) if paid else render("deal.own_way", DEFAULT)
