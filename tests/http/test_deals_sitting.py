"""Two small firms finish a simple lending in one sitting: five people, every signature by a real one-time code."""

from __future__ import annotations

from typing import Any

import httpx2

from service.context import Context
from tests.builders.applications import breaches
from tests.builders.deals import SIGNS_WITH, Firms, two_firms
from tests.builders.people import sent_code

Client = httpx2.AsyncClient
PEOPLE = 5


async def papers(firms: Firms, who: str) -> list[dict[str, Any]]:
    """What lies before somebody to be signed, as it was shown."""
    found = (await firms.send("GET", "/agreements?state=drawn", who))["items"]
    mine = [each for each in found if any(place["mine"] and not place["signed"] for place in each["signatures"])]
    for each in mine:
        summary = await firms.send("GET", f"/agreements/{each['id']}/summary", who)
        assert summary["lines"]
    return [
        {"agreement_id": each["id"], "hash": each["hash"], "differs_accepted": each["differs"]} for each in mine
    ]  # fmt: skip


async def sign_all(firms: Firms, who: str, phone: str, *, status: int = 200, **changes: Any) -> Any:
    """One code, for all that lies there."""
    shown = await papers(firms, who)
    ids = [each["agreement_id"] for each in shown]
    sent = await firms.send("POST", "/agreements/signature-codes", who, {"agreement_ids": ids}, status=202)
    body = {
        "papers": shown, "summary_read": True, "challenge_id": sent["challenge_id"],
        "code": await sent_code(firms.client, phone),
    } | changes  # fmt: skip
    return await firms.send("POST", "/agreements/sign", who, body, status=status)


async def test_five_people_in_one_sitting(ctx: Context, client: Client) -> None:
    """Propose, agree, ask five, each signs the own consent, each firm signs all five with one code and the agreement
    with another: seven signatures by code for the people and the lender, and nothing else is typed."""
    firms = await two_firms(ctx, client, people=PEOPLE)
    deal = await firms.agreed(headcount=PEOPLE)
    for at in range(PEOPLE):
        lent = await firms.ask(deal, at)
        await firms.send("POST", f"/lent/{lent['id']}/open", f"person{at}")
        signed = await sign_all(firms, f"person{at}", firms.phones[at])
        assert len(signed["items"]) == 1
    for side in ("lender", "borrower"):
        signed = await sign_all(firms, side, SIGNS_WITH[side])
        assert len(signed["items"]) == PEOPLE
    assert (await firms.read(deal))["people"] == {"consented": PEOPLE}
    await firms.send("POST", f"/deals/{deal['id']}/list", "lender")
    for side in ("lender", "borrower"):
        await sign_all(firms, side, SIGNS_WITH[side])
    assert (await firms.read(deal))["state"] == "signed"
    assert await breaches(ctx) == []


async def test_a_code_for_several_is_for_exactly_these(ctx: Context, client: Client) -> None:
    """Fewer papers, a paper twice, another hash or an unread summary: refused, and nothing at all is signed."""
    firms = await two_firms(ctx, client, people=2)
    deal = await firms.agreed(headcount=2)
    for at in range(2):
        lent = await firms.ask(deal, at)
        await firms.send("POST", f"/lent/{lent['id']}/open", f"person{at}")
    shown = await papers(firms, "lender")
    assert len(shown) == 2
    phone = SIGNS_WITH["lender"]
    fewer = await sign_all(firms, "lender", phone, status=401, papers=shown[:1])
    assert fewer["code"] == "code_wrong"
    twice = await sign_all(firms, "lender", phone, status=422, papers=[*shown, shown[0]])
    assert twice["code"] == "agreement_twice"
    other = await sign_all(firms, "lender", phone, status=409, papers=[shown[0], shown[1] | {"hash": "0" * 64}])
    assert other["code"] == "agreement_changed"
    unread = await sign_all(firms, "lender", phone, status=422, summary_read=False)
    assert unread["code"] == "agreement_summary_unread"
    strange = [shown[0], shown[1] | {"agreement_id": str(firms.lender.id)}]
    await sign_all(firms, "lender", phone, status=404, papers=strange)
    assert len(await papers(firms, "lender")) == 2
