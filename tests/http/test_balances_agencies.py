"""Agencies that enter surplus and shortage for firms: the firm's yes, where it is allowed, licence, suspension."""

from __future__ import annotations

from datetime import date

import httpx2
import pytest

from service.context import Context
from tests.builders import city
from tests.builders.applications import rows_of, value_of
from tests.builders.balances import NINGBO, a_balance_body, a_firm, act, an_agency, changed, entered, listed, today

Client = httpx2.AsyncClient


async def test_nothing_to_agree_to(ctx: Context, client: Client) -> None:
    """A firm's own draft wants no yes, and an agency says none for the firm."""
    firm, who = await a_firm(ctx)
    _, broker = await an_agency(ctx)
    day = await today(ctx)
    own = await entered(client, who, day)
    asked = await entered(client, broker, day, employer_id=str(firm.id))
    for row, caller in ((own, who), (asked, broker)):
        answer = await act(client, row, "agree", caller | {"if-match": '"1"'})
        assert (answer.status_code, answer.json()["code"]) == (409, "balance_nothing_to_agree")
    over = await act(client, asked, "withdraw", who)
    assert (over.status_code, over.json()["close_reason"]) == (200, "withdrawn")


async def test_an_agency_publishes_with_the_firms_yes(ctx: Context, client: Client) -> None:
    """In Shanghai: asked, agreed to the version that was read, published, and the agency's name stands there."""
    firm, who = await a_firm(ctx)
    agency, broker = await an_agency(ctx)
    day = await today(ctx)
    itself = await client.post("/v1/balances", json=a_balance_body(day), headers=broker)
    assert itself.json()["code"] == "balance_kind_unfit"
    made = await entered(client, broker, day, employer_id=str(firm.id))
    assert "balance.ask" in [each[0] for each in await rows_of(ctx, "select template from messages")]
    early = await act(client, made, "publish", broker)
    assert (early.status_code, early.json()["code"]) == (409, "balance_needs_yes")
    seen = who | {"if-match": f'"{made["version"]}"'}
    agreed = await act(client, made, "agree", seen)
    assert agreed.status_code == 200, agreed.text
    assert agreed.json()["agreed_at"]
    other = await changed(client, agreed.json(), broker, headcount=12)
    assert (other.status_code, other.json()["agreed_at"]) == (200, None)
    asked = "select count(*) from messages where template = 'balance.ask' and params ->> 'count' = '12'"
    assert await value_of(ctx, asked) == 1
    old = await act(client, made, "agree", seen)
    assert old.status_code == 412
    again = await act(client, made, "agree", who | {"if-match": f'"{other.json()["version"]}"'})
    assert again.status_code == 200
    shown = await act(client, made, "publish", broker)
    assert shown.json()["agency_name"] == agency.name
    assert await listed(client, "/v1/balances/own", broker) == await listed(client, "/v1/balances/own", who)
    late = await changed(client, shown.json(), broker, headcount=13)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    own = await changed(client, shown.json(), who, headcount=13)
    assert own.status_code == 200


async def test_an_agency_pesters_nobody(ctx: Context, client: Client) -> None:
    """Three entries wait for one firm's yes, five a day are made; another firm and the firm itself are not hindered."""
    firm, who = await a_firm(ctx)
    _, broker = await an_agency(ctx)
    day = await today(ctx)
    body = a_balance_body(day, employer_id=str(firm.id))
    made = [await entered(client, broker, day, employer_id=str(firm.id)) for _ in range(3)]
    full = await client.post("/v1/balances", json=body, headers=broker)
    assert (full.status_code, full.json()["code"]) == (409, "balances_wait_for_yes")
    for row in made[:2]:
        assert (await act(client, row, "withdraw", who)).status_code == 200
        made.append(await entered(client, broker, day, employer_id=str(firm.id)))
    assert (await act(client, made[2], "withdraw", broker)).status_code == 200
    often = await client.post("/v1/balances", json=body, headers=broker)
    assert (often.status_code, often.json()["code"]) == (429, "balance_asks_a_day")
    assert int(often.headers["retry-after"]) > 0
    other, _ = await a_firm(ctx)
    await entered(client, broker, day, employer_id=str(other.id))
    await entered(client, who, day)


async def test_what_an_agency_enters_takes_no_room_before_the_yes(
    ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A firm may have one balance: an agency's draft is none yet, one that it has agreed to is."""
    firm, who = await a_firm(ctx)
    _, broker = await an_agency(ctx)
    limited = ctx.policies.book.with_value("sharing", "live_most", 1, valid_from=date(2021, 1, 2))
    monkeypatch.setattr(type(ctx.policies), "at", lambda _, now, city=None: limited.at(now, city))
    day = await today(ctx)
    asked = await entered(client, broker, day, employer_id=str(firm.id))
    own = await entered(client, who, day)
    assert (await act(client, own, "withdraw", who)).status_code == 200
    yes = await act(client, asked, "agree", who | {"if-match": f'"{asked["version"]}"'})
    assert yes.status_code == 200
    refused = await client.post("/v1/balances", json=a_balance_body(day), headers=who)
    assert (refused.status_code, refused.json()["code"]) == (422, "balances_too_many")


@pytest.mark.parametrize(("place", "clause"), [(NINGBO, "NAT-9c"), ({"city_code": "632800"}, "QH-13c")])
async def test_an_agency_brokers_only_where_the_document_says_so(
    ctx: Context, client: Client, place: dict[str, str], clause: str
) -> None:
    """Refused with the clause that holds there; the same agency brokers in Shanghai."""
    firm, _ = await a_firm(ctx, **({"district_code": None} | place))
    _, broker = await an_agency(ctx)
    body = a_balance_body(await today(ctx), employer_id=str(firm.id))
    answer = await client.post("/v1/balances", json=body, headers=broker)
    assert (answer.status_code, answer.json()["code"]) == (422, "brokering_not_allowed")
    assert answer.json()["facts"]["clause"] == clause
    assert answer.json()["errors"][0]["pointer"] == "/employer_id"
    there = await client.post("/v1/balances", json=body | {"place": {"city_code": "330200"}}, headers=broker)
    assert there.json()["errors"][0]["pointer"] == "/place/city_code"


async def test_an_agency_acts_for_nobody_without_its_licence(ctx: Context, client: Client) -> None:
    """Nor does a firm for another one; a firm that is not verified is not there."""
    firm, _ = await a_firm(ctx)
    _, other = await a_firm(ctx)
    _, unproved = await an_agency(ctx, verified=False)
    body = a_balance_body(await today(ctx), employer_id=str(firm.id))
    assert (await client.post("/v1/balances", json=body, headers=other)).status_code == 404
    answer = await client.post("/v1/balances", json=body, headers=unproved)
    assert (answer.status_code, answer.json()["code"]) == (403, "broker_licence_needed")
    applied, _ = await a_firm(ctx, verified=False)
    _, broker = await an_agency(ctx)
    body["employer_id"] = str(applied.id)
    assert (await client.post("/v1/balances", json=body, headers=broker)).status_code == 404


async def test_an_agency_that_is_suspended_leaves_the_firm_its_own(ctx: Context, client: Client) -> None:
    """What the firm has said yes to stays shown as the firm's; what it has not falls away."""
    firm, who = await a_firm(ctx)
    agency, broker = await an_agency(ctx)
    day = await today(ctx)
    agreed = await entered(client, broker, day, employer_id=str(firm.id))
    assert (await act(client, agreed, "publish", who)).status_code == 200
    asked = await entered(client, broker, day, employer_id=str(firm.id))
    admin = await city.as_staff(ctx, await city.an_officer(ctx, role="admin"))
    body = {"reason": "complaint_upheld"}
    answer = await client.post(f"/v1/employers/{agency.id}/suspend", json=body, headers=admin)
    if answer.status_code == 422:
        answer = await client.post(f"/v1/employers/{agency.id}/suspend", json={"reason": "other"}, headers=admin)
    assert answer.status_code == 200, answer.text
    now = (await client.get(f"/v1/balances/{agreed['id']}", headers=who)).json()
    assert (now["state"], now["agency_id"]) == ("published", None)
    assert (await client.get(f"/v1/balances/{asked['id']}", headers=who)).json()["close_reason"] == "withdrawn"
