"""Deals that an agency brings about: two yeses, terms of both, nothing about persons, nothing to earn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.actor import SYSTEM
from service.context import Context
from service.deals.rules.facts import BORROWER_DECLARES, LENDER_DECLARES
from service.employers.lifecycle import EMPLOYER
from service.invariants import breaches
from service.worktime import at_local
from tests.builders import city
from tests.builders.applications import run_due_at
from tests.builders.balances import a_balance
from tests.builders.deals import Firms, joins, two_firms

Client = httpx2.AsyncClient
DECLARES = {"lender": LENDER_DECLARES, "borrower": BORROWER_DECLARES}


async def with_agency(ctx: Context, client: Client, **more: Any) -> tuple[Firms, Any]:
    """Two firms, and an agency with a licence that signs in as `broker`."""
    firms = await two_firms(ctx, client)
    agency = await city.an_employer(ctx, **({"kind": "hr_agency", "licence_number": "沪人社许310104001"} | more))
    firms.who["broker"] = (city.as_member, await city.a_member(ctx, agency))
    await firms.sign_in()
    return firms, agency


async def broker(firms: Firms, *, status: int = 201, **more: Any) -> Any:
    """The agency's proposal to both."""
    ids = {"lender_id": str(firms.lender.id), "borrower_id": str(firms.borrower.id)}
    return await firms.send("POST", "/deals", "broker", {"side": "broker"} | ids | firms.terms() | more, status=status)


async def agree(firms: Firms, deal: Any, side: str, *, status: int = 200, **more: Any) -> Any:
    body = {"declares": list(DECLARES[side])} | more
    version = (await firms.read(deal, side))["version"]
    return await firms.send("POST", f"/deals/{deal['id']}/agree", side, body, status=status, if_match=f'"{version}"')


@pytest.mark.parametrize("order", [("lender", "borrower"), ("borrower", "lender")])
async def test_both_firms_say_yes_themselves(ctx: Context, client: Client, order: tuple[str, str]) -> None:
    """In any order, each with its own declarations; the agency reads that it stands."""
    firms, agency = await with_agency(ctx, client)
    deal = await broker(firms)
    assert (deal["side"], deal["proposed_by"], deal["broker_id"]) == ("broker", "broker", str(agency.id))
    assert (deal["lender_agreed_at"], deal["borrower_agreed_at"], deal["possible"]) == (None, None, ["cancel"])
    first = await agree(firms, deal, order[0])
    assert (first["state"], first[f"{order[1]}_agreed_at"]) == ("proposed", None)
    assert (await agree(firms, deal, order[0], status=409))["code"] == "deal_agreed_before"
    agreed = await agree(firms, deal, order[1])
    assert agreed["state"] == "firms_agreed"
    assert all(agreed[f"{side}_agreed_at"] for side in order)
    told = (await firms.send("GET", "/messages", "broker"))["items"]
    assert [each["template"] for each in told if each["template"].startswith("deal.")] == ["deal.agreed"]
    await firms.come(deal)
    assert await breaches(ctx) == []


async def test_neither_side_speaks_for_the_other(ctx: Context, client: Client) -> None:
    """Without the own declarations, with the other's, or by the agency nobody agrees."""
    firms, _ = await with_agency(ctx, client)
    deal = await broker(firms)
    refused = await broker(firms, declares=["no_profit"], status=422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("broker_declares", "/declares")
    assert "可用" not in refused["detail"]
    assert (await agree(firms, deal, "lender", declares=[], status=422))["code"] == "undeclared_relation_stays"
    refused = await agree(firms, deal, "lender", declares=list(BORROWER_DECLARES), status=422)
    assert refused["code"] == "declaration_unknown"
    await agree(firms, deal, "lender")
    version = (await firms.read(deal, "broker"))["version"]
    body = {"declares": list(BORROWER_DECLARES)}
    path = f"/deals/{deal['id']}/agree"
    assert (await firms.send("POST", path, "broker", body, status=409, if_match=f'"{version}"'))["code"] == (
        "broker_cannot_act"
    )


async def test_changed_terms_want_both_yeses_anew(ctx: Context, client: Client) -> None:
    """One firm changes what the other has said yes to: nobody's yes stands."""
    firms, _ = await with_agency(ctx, client)
    deal = await broker(firms)
    first = await agree(firms, deal, "lender")
    path = f"/deals/{deal['id']}"
    changed = await firms.send("PATCH", path, "borrower", {"headcount": 2}, if_match=f'"{first["version"]}"')
    assert (changed["proposed_by"], changed["terms_version"], changed["lender_declares"]) == ("broker", 2, [])
    assert (changed["lender_agreed_at"], changed["borrower_agreed_at"]) == (None, None)
    await agree(firms, deal, "borrower")
    assert (await agree(firms, deal, "lender"))["state"] == "firms_agreed"


async def test_an_agency_sees_no_person_and_does_nothing_more(ctx: Context, client: Client) -> None:
    """State and terms only: no list, no name, no number, no paper; every move is for the firms."""
    firms, _ = await with_agency(ctx, client)
    deal = await broker(firms)
    for side in ("lender", "borrower"):
        await agree(firms, deal, side)
    lent = await firms.come(deal)
    seen = await firms.read(deal, "broker")
    assert (seen["people"], seen["agreement_id"], seen["review_note"], seen["possible"]) == ({}, None, None, [])
    await firms.send("GET", f"/deals/{deal['id']}/people", "broker", status=404)
    await firms.send("GET", f"/lent/{lent['id']}", "broker", status=404)
    assert [each["id"] for each in (await firms.send("GET", "/deals", "broker"))["items"]] == [deal["id"]]
    reason = {"reason": "other"}
    person = {"phone": firms.phones[1], "name": "李四", "relation": "labour_contract", "contract_open_ended": True}
    for path, body in (
        ("cancel", reason), ("decline", reason), ("list", {}), ("return", {"reason": "work_over"}),
        ("longer", {"last_day": "2099-01-01"}), ("breach", {"reason": "unsafe"}), ("people", person),
    ):  # fmt: skip
        refused = await firms.send("POST", f"/deals/{deal['id']}/{path}", "broker", body, status=409)
        assert refused["code"] == "broker_cannot_act", path
    for path in ("drop", "end"):
        body = {"reason": "other"}
        assert (await firms.send("POST", f"/lent/{lent['id']}/{path}", "broker", body, status=409))["code"] == (
            "broker_cannot_act"
        )


async def test_taken_back_or_refused(ctx: Context, client: Client) -> None:
    """The agency takes its proposal back while one yes is missing; either firm refuses, also after the own yes, and the
    agency is told."""
    firms, _ = await with_agency(ctx, client)
    deal = await broker(firms)
    await agree(firms, deal, "lender")
    over = await firms.send("POST", f"/deals/{deal['id']}/cancel", "broker", {"reason": "other"})
    assert (over["state"], over["end_reason"]) == ("cancelled", "other")
    for side in ("lender", "borrower"):
        deal = await broker(firms)
        await agree(firms, deal, "lender")
        refused = await firms.send("POST", f"/deals/{deal['id']}/decline", side, {"reason": "other"})
        assert refused["state"] == "refused"
    told = (await firms.send("GET", "/messages", "broker"))["items"]
    assert [each["template"] for each in told if each["template"].startswith("deal.")] == ["deal.declined"] * 2
    deal = await broker(firms)
    assert (await firms.send("POST", f"/deals/{deal['id']}/cancel", "lender", {"reason": "other"}, status=409))[
        "code"
    ] == "deal_other_proposal"


async def test_out_of_what_it_has_published_for_them(ctx: Context, client: Client) -> None:
    """A surplus and a shortage name the firms, and what is left out; both yeses take the people."""
    firms, agency = await with_agency(ctx, client)
    through = {"agency_id": agency.id, "agreed_at": await city.now_of(ctx), "headcount": 4}
    rows = []
    for firm, side in ((firms.lender, "surplus"), (firms.borrower, "shortage")):
        who = firms.who["lender" if side == "surplus" else "borrower"][1]
        rows.append(await a_balance(ctx, firm, side, agreed_by=who.person_id, pay_fen=30_000, **through))
    body = {"side": "broker", "surplus_id": str(rows[0].id), "shortage_id": str(rows[1].id), "day_from": "08:00",
            "day_until": "17:00", "work": "食堂洗碗", "injury_clause": firms.terms()["injury_clause"],
            "own_staff": 60, "city_code": "310100", "address": "漕溪路1号"}  # fmt: skip
    deal = await firms.send("POST", "/deals", "broker", body, status=201)
    assert (deal["lender_id"], deal["borrower_id"]) == (str(firms.lender.id), str(firms.borrower.id))
    await agree(firms, deal, "borrower")
    assert (await agree(firms, deal, "lender"))["taken"] == 4
    seen = await firms.send("GET", f"/balances/{rows[0].id}", "broker")
    assert (seen["state"], seen["deals"]) == ("matched", [deal["id"]])
    assert await breaches(ctx) == []


async def test_who_may_not_broker(ctx: Context, client: Client) -> None:
    """An agency without a licence or not verified, a firm, an agency elsewhere, and one that is a side itself."""
    firms, agency = await with_agency(ctx, client)
    assert (await broker(firms, lender_id=str(agency.id), status=422))["code"] == "broker_is_side"
    assert (await broker(firms, borrower_id=str(firms.lender.id), status=422))["code"] == "lender_is_borrower"
    assert (await broker(firms, lender_id=None, status=422))["code"] == "proposal_parties"
    assert (await broker(firms, partner_id=str(firms.lender.id), status=422))["code"] == "proposal_parties"
    refused = await broker(firms, city_code="320700", district_code=None, status=422)
    assert refused["code"] == "brokering_not_allowed"
    assert "国办发〔2020〕27号 NAT-9c" in refused["detail"]
    body = {"side": "broker", "lender_id": str(firms.lender.id), "borrower_id": str(agency.id)} | firms.terms()
    assert (await firms.send("POST", "/deals", "borrower", body, status=403))["code"] == "broker_licence_needed"
    unverified, _ = await with_agency(ctx, client, verified=False)
    assert (await broker(unverified, status=403))["code"] == "broker_licence_needed"


async def test_people_of_a_place_without_the_clause_are_not_brokered_away(ctx: Context, client: Client) -> None:
    """Work in Shanghai, people of Lianyungang: where the lender is no agency may broker either."""
    firms, _ = await with_agency(ctx, client)
    elsewhere = await city.an_employer(ctx, city_code="320700", district_code=None)
    refused = await broker(firms, lender_id=str(elsewhere.id), status=422)
    assert refused["code"] == "brokering_not_allowed"
    assert "NAT-9c" in refused["detail"]


async def test_an_agency_of_one_sides_hand_is_no_third(ctx: Context, client: Client) -> None:
    """Whoever decides for the agency and for one of the firms brokers nothing between them; somebody who only enters
    things for both does not stand against it."""
    firms, _ = await with_agency(ctx, client)
    await joins(ctx, firms.lender, firms.who["broker"][1].person_id, role="clerk")
    deal = await broker(firms)
    await joins(ctx, firms.borrower, firms.who["broker"][1].person_id, role="manager")
    refused = await broker(firms, status=422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("broker_is_side", "/side")
    assert (await agree(firms, deal, "lender", status=422))["code"] == "broker_is_side"


async def test_how_other_firms_stand_is_not_told_to_an_agency(ctx: Context, client: Client) -> None:
    """A firm that is not verified reads as one that there is not."""
    firms, _ = await with_agency(ctx, client)
    other = await city.an_employer(ctx, state="restricted")
    refused = await broker(firms, lender_id=str(other.id), status=404)
    assert refused["code"] == (await broker(firms, lender_id=str(UUID(int=7)), status=404))["code"]


async def test_an_agency_that_is_stopped(ctx: Context, client: Client) -> None:
    """What both firms have agreed to goes on between them; what they have not falls away."""
    firms, agency = await with_agency(ctx, client)
    going, waiting = await broker(firms), await broker(firms)
    for side in ("lender", "borrower"):
        await agree(firms, going, side)
    await agree(firms, waiting, "lender")
    async with ctx.uow() as uow:
        row = await uow.employers.lock(agency.id)
        await uow.move(row, EMPLOYER, "suspend", by=SYSTEM, at=await uow.now(), reason="complaints")
    assert ((await firms.read(going))["state"], (await firms.read(waiting))["state"]) == ("firms_agreed", "cancelled")
    assert (await firms.read(waiting))["end_reason"] == "broker_stopped"
    await firms.come(going)
    await firms.send("POST", f"/deals/{going['id']}/list", "lender")
    await firms.sign("deal", going["id"])
    assert (await firms.read(going))["state"] == "signed"
    assert await breaches(ctx) == []


async def test_an_agency_pesters_nobody(ctx: Context, client: Client) -> None:
    """Three of its proposals wait for one firm; a fourth, with another partner, is refused."""
    firms, _ = await with_agency(ctx, client)
    for _ in range(3):
        await broker(firms)
    other = await city.an_employer(ctx)
    assert (await broker(firms, borrower_id=str(other.id), status=429))["code"] == "proposals_open"


async def test_the_agency_hears_the_end(ctx: Context, client: Client) -> None:
    """Begun, then everybody sent back: the agency reads that it stands and that it is over, and nothing between."""
    firms, _ = await with_agency(ctx, client)
    deal = await broker(firms)
    for side in ("lender", "borrower"):
        await agree(firms, deal, side)
    await firms.come(deal)
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    await firms.sign("deal", deal["id"])
    await run_due_at(ctx, at_local(firms.today + timedelta(days=7), 1))
    await firms.sign_in()
    await firms.send("POST", f"/deals/{deal['id']}/return", "borrower", {"reason": "work_over"})
    told = [each["template"] for each in (await firms.send("GET", "/messages", "broker"))["items"]]
    assert sorted(each for each in told if each.startswith(("deal.", "lent."))) == ["deal.agreed", "deal.returning"]
