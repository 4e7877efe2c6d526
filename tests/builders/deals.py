"""Builders of deals: two firms, people of the lender's own staff, papers signed by everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import httpx2

from service.actor import SYSTEM
from service.agreements.lifecycle import AGREEMENT
from service.agreements.steps import overtake
from service.context import Context
from service.deals.agreeing import draw_consent
from service.deals.lifecycle import BEGUN
from service.deals.rules.facts import BORROWER_DECLARES, LENDER_DECLARES
from service.deals.tables import DealRow, LentRow
from service.employers.tables import MemberRow
from service.errors import DomainError
from service.people.rules import read_identity
from service.uow import Uow
from service.worktime import local_day
from tests.builders import city
from tests.builders.people import an_id_number

CLAUSE = "原企业申请工伤认定，缺工企业立即救治并协助，双方各承担一半补偿。"

SIGNS_WITH = {"lender": "+8613600000001", "borrower": "+8613600000002"}


@dataclass
class Firms:
    """A lender with people, a borrower, an officer of the place, and what each sends."""

    ctx: Context
    client: httpx2.AsyncClient
    lender: Any
    borrower: Any
    today: date
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    who: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    people: list[Any] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)

    async def sign_in(self) -> None:
        """Everybody signs in (again)."""
        for name, (way, row) in self.who.items():
            self.headers[name] = await way(self.ctx, row)

    def terms(self, **changes: Any) -> dict[str, Any]:
        """A simple lending from next week on, for two weeks, with what is usual."""
        return {
            "city_code": "310100", "district_code": "310104", "address": "漕溪路1号", "trade": "dishwashing",
            "work": "食堂洗碗、备菜", "headcount": 3, "first_day": str(self.today + timedelta(days=7)),
            "last_day": str(self.today + timedelta(days=20)), "day_from": "08:00", "day_until": "17:00",
            "pay_fen": 600_000, "costs": [{"kind": "social_insurance", "unit": "month", "fen": 150_000}],
            "given": ["meals"], "injury_clause": CLAUSE, "own_staff": 60,
        } | changes  # fmt: skip

    async def send(self, method: str, path: str, who: str, body: Any = None, *, status: int = 200, **more: Any) -> Any:
        """One request, and its answer."""
        headers = self.headers[who] | {key.replace("_", "-"): value for key, value in more.items()}
        sent = {"json": body if body is not None else {}} if method != "GET" else {}
        answer = await self.client.request(method, f"/v1{path}", headers=headers, **sent)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json()

    async def propose(self, side: str = "lender", *, status: int = 201, **changes: Any) -> Any:
        """A proposal of one of the firms, with all its declarations."""
        partner = self.borrower if side == "lender" else self.lender
        declares = list(LENDER_DECLARES if side == "lender" else BORROWER_DECLARES)
        body = {"side": side, "partner_id": str(partner.id), "declares": declares} | self.terms() | changes
        return await self.send("POST", "/deals", side, body, status=status)

    async def agreed(self, **changes: Any) -> Any:
        """A deal that both firms have agreed to."""
        made = await self.propose(**changes)
        body = {"declares": list(BORROWER_DECLARES)}
        return await self.send("POST", f"/deals/{made['id']}/agree", "borrower", body, if_match=f'"{made["version"]}"')

    async def ask(self, deal: Any, at: int = 0, *, status: int = 201, **changes: Any) -> Any:
        """One of the people is asked."""
        body = {
            "phone": self.phones[at], "name": "张三", "relation": "labour_contract",
            "contract_end": str(self.today + timedelta(days=200)),
        } | changes  # fmt: skip
        return await self.send("POST", f"/deals/{deal['id']}/people", "lender", body, status=status)

    async def come(self, deal: Any, at: int = 0, **changes: Any) -> Any:
        """One of the people is asked, looks, and everybody signs the consent."""
        lent = await self.ask(deal, at, **changes)
        await self.send("POST", f"/lent/{lent['id']}/open", f"person{at}")
        await self.sign("lent", UUID(lent["id"]))
        return await self.send("GET", f"/lent/{lent['id']}", "lender")

    async def signed(self, people: int = 1, **changes: Any) -> Any:
        """A deal with so many people, signed by both firms."""
        deal = await self.agreed(**changes)
        for at in range(people):
            await self.come(deal, at)
        await self.send("POST", f"/deals/{deal['id']}/list", "lender")
        await self.sign("deal", UUID(deal["id"]))
        return await self.read(deal)

    async def longer(self, deal: Any, who: str, answer: str = "agree", *, status: int = 200) -> Any:
        """One firm's answer to a later last day, as it has read it."""
        seen = await self.read(deal, who)
        path, mark = f"/deals/{deal['id']}/longer/{answer}", f'"{seen["version"]}"'
        return await self.send("POST", path, who, status=status, if_match=mark)

    async def found(self, deal: Any, side: str, outcome: str, *, status: int = 200) -> Any:
        """What the officer establishes of a firm of a broken deal."""
        seen = await self.read(deal, "officer")
        body = {"side": side, "outcome": outcome, "note": "（2027）沪03破1号裁定书"}
        path = f"/deals/{deal['id']}/insolvency"
        return await self.send("POST", path, "officer", body, status=status, if_match=f'"{seen["version"]}"')

    async def read(self, deal: Any, who: str = "lender") -> Any:
        """The deal as it stands."""
        return await self.send("GET", f"/deals/{deal['id']}", who)

    async def try_sign(self, noun: str, subject_id: str) -> str:
        """The code of the refusal with which the last signature is answered."""
        try:
            await self.sign(noun, subject_id)
        except DomainError as refused:
            return refused.code
        return "signed"

    async def sign(self, noun: str, subject_id: UUID | str) -> None:
        """Every party signs the paper that lies before them."""
        async with self.ctx.uow() as uow:
            await all_sign(uow, noun, UUID(str(subject_id)))


async def all_sign(uow: Uow, noun: str, subject_id: UUID) -> None:
    """Every party of the drawn paper about something signs it."""
    row, now = await all_hands(uow, noun, subject_id), await uow.now()
    await overtake(uow, row, by=SYSTEM, at=now)
    await uow.move(row, AGREEMENT, "complete", by=SYSTEM, at=now, signed_at=now)


async def all_hands(uow: Uow, noun: str, subject_id: UUID) -> Any:
    """The same, before it is complete."""
    now = await uow.now()
    row = next(each for each in await uow.agreements.live_of(noun, subject_id) if each.state == "drawn")
    for place in (await uow.agreements.signatures(row.id))[row.id]:
        signer = place.person_id or (await uow.members.deciders(place.employer_id))[0]
        columns = {"signer_id": signer, "how": "code", "hash": row.hash, "signed_at": now}
        await uow.edit(place, by=SYSTEM, at=now, action="sign", **columns)
    await uow.flush()
    return row


async def a_signed_consent(ctx: Context, deal: DealRow, lent: LentRow) -> None:
    """The paper of somebody who was made as one who has said yes, signed by all three; nothing follows from it."""
    async with ctx.uow() as uow:
        await draw_consent(uow, deal, await uow.lent.get(lent.id), by=SYSTEM)
        await uow.flush()
        row, now = await all_hands(uow, "lent", lent.id), await uow.now()
        await uow.edit(row, by=SYSTEM, at=now, action="build", state="signed", signed_at=now)


async def a_lendable(ctx: Context, phone: str) -> Any:
    """Somebody with a proved number and an identity number, as a written consent needs them."""
    worker = await city.a_worker(ctx, phone=phone)
    async with ctx.uow() as uow:
        person, now = await uow.people.get(worker.id), await uow.now()
        number = uow.people.identity_columns(person, read_identity(an_id_number(), local_day(now)))
        await uow.edit(person, by=SYSTEM, at=now, phone_confirmed_at=now, **number)
    return worker


async def two_firms(ctx: Context, client: httpx2.AsyncClient, *, people: int = 3, **lending: Any) -> Firms:
    """A verified lender and borrower in Shanghai (or the lender where `lending` says), and people who have proved their
    numbers."""
    lender = await city.an_employer(ctx, address="宜山路100号", **lending)
    borrower = await city.an_employer(ctx, address="漕溪路1号")
    async with ctx.uow() as uow:
        today = local_day(await uow.now())
    made = Firms(ctx, client, lender, borrower, today)
    for side, firm in (("lender", lender), ("borrower", borrower)):
        made.who[side] = (city.as_member, await city.a_member(ctx, firm, phone=SIGNS_WITH[side]))
    made.who["officer"] = (city.as_staff, await city.an_officer(ctx))
    for at in range(people):
        phone = f"+8613{700_000_000 + at:09d}"
        worker = await a_lendable(ctx, phone)
        made.people.append(worker)
        made.phones.append(phone)
        made.who[f"person{at}"] = (city.as_worker, worker)
    await made.sign_in()
    return made


async def joins(ctx: Context, firm: Any, person_id: UUID, *, role: str) -> None:
    """Somebody acts for a firm as well."""
    async with ctx.uow() as uow:
        await uow.add(MemberRow(employer_id=firm.id, person_id=person_id, role=role), by=SYSTEM)


async def a_deal(ctx: Context, lender: Any, borrower: Any, *, state: str = "proposed", **more: Any) -> DealRow:
    """One in a state, with what such a state needs and no paper; from next week on."""
    async with ctx.uow() as uow:
        now = await uow.now()
        today = local_day(now)
        said: dict[str, Any] = {
            "lender_id": lender.id, "borrower_id": borrower.id, "proposed_by": "lender",
            "city_code": borrower.city_code,
            "district_code": borrower.district_code, "address": "漕溪路1号",
            "lender_city_code": lender.city_code,
            "trade": "dishwashing", "work": "食堂洗碗、备菜", "headcount": 5, "first_day": today + timedelta(days=7),
            "last_day": today + timedelta(days=20), "day_from": time(8), "day_until": time(17), "break_minutes": 60,
            "weekdays": [1, 2, 3, 4, 5], "pay_fen": 600_000, "pay_unit": "month", "pay_day": 15, "settle_day": 10,
            "costs": [], "given": [], "clauses": {}, "injury_clause": CLAUSE, "own_staff": 60, "state": state,
            "lender_declares": list(LENDER_DECLARES), "answer_by": None,
        }  # fmt: skip
        said["lender_agreed_at"] = now
        if more.get("proposed_by") == "borrower":
            said |= {"lender_agreed_at": None, "borrower_agreed_at": now}
        if state == "proposed":
            said["answer_by"] = now + timedelta(days=7)
        else:
            said |= {"borrower_declares": list(BORROWER_DECLARES), "agreed_at": now,
                     "lender_agreed_at": now, "borrower_agreed_at": now}  # fmt: skip
        if state in BEGUN:
            said |= {"signed_at": now, "started_at": now, "first_day": today}
        row = uow.deals.new(**({"broker_id": None} | said | more))
        await uow.add(row, by=SYSTEM, action="propose")
        return row


async def a_lent(ctx: Context, deal: DealRow, worker: Any, *, state: str = "asked", **more: Any) -> LentRow:
    """Somebody of a deal in a state, by the number on the person's record."""
    async with ctx.uow() as uow:
        now = await uow.now()
        person = await uow.people.get(worker.id)
        said: dict[str, Any] = {
            "deal_id": deal.id, "city_code": deal.city_code, "relation": "labour_contract", "contract_open_ended": True,
            "contract_end": None, "first_day": deal.first_day, "last_day": deal.last_day, "day_from": deal.day_from,
            "day_until": deal.day_until, "weekdays": deal.weekdays, "terms_version": 1, "state": state,
            "answer_by": now + timedelta(days=2) if state == "asked" else None,
        }  # fmt: skip
        if state != "asked":
            said |= {"worker_id": worker.id, "consented_at": now, "introducible_from": date(2000, 1, 1)}
        if state in ("working", "returning"):
            said["started_at"] = now
        if state == "returning":
            said |= {"left_on": local_day(now), "back_by": local_day(now) + timedelta(days=3), "end_reason": "other"}
        phone = uow.people.phone_of(person) or "+8613700000000"
        row = uow.lent.new(phone=phone, name="张三", **(said | more))
        await uow.add(row, by=SYSTEM, action="ask")
        return row
