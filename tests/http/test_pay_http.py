"""Pay over HTTP: keys are required, less than due stays due, and other people's money is not there."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.context import Context
from tests.builders.attendance import END, Scene, a_scene, at
from tests.builders.city import a_member, an_employer, an_officer, as_member, as_staff, as_worker

Client = httpx2.AsyncClient


def key() -> dict[str, str]:
    return {"idempotency-key": f"k-{uuid4()}"}


async def closed(ctx: Context, client: Client) -> tuple[Scene, dict[str, str], dict[str, str], str]:
    """A shift closed with one press; the record's path."""
    scene = await a_scene(ctx)
    worker, member = await as_worker(ctx, scene.worker), await as_member(ctx, scene.member)
    await at(ctx, END)
    answer = await client.post(
        f"/v1/shifts/{scene.shift.id}/all-on-time-and-paid", json={"means": "cash"}, headers=member | key()
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["total_fen"] == 10_000
    return scene, worker, member, f"/v1/pay-records/{answer.json()['items'][0]['pay_record_id']}"


async def test_one_press_then_the_worker_says_what_came(ctx: Context, client: Client) -> None:
    """Less is disputed; the rest is paid and received; the sums follow."""
    _, worker, member, path = await closed(ctx, client)
    answer = await client.post(f"{path}/receive", json={"amount_fen": 9000, "means": "cash"}, headers=worker | key())
    assert (answer.status_code, answer.json()["state"]) == (200, "disputed")
    answer = await client.post(f"{path}/pay", json={"amount_fen": 1000, "means": "wechat"}, headers=member | key())
    assert (answer.json()["state"], answer.json()["owed_fen"]) == ("paid_by_employer", 0)
    answer = await client.post(f"{path}/receive", json={"amount_fen": 10000}, headers=worker | key())
    assert answer.json()["state"] == "settled"
    (total,) = (await client.get("/v1/pay-records/totals", headers=worker)).json()["items"]
    assert (total["state"], total["received_fen"]) == ("settled", 10000)
    parts = (await client.get(path, headers=worker)).json()["reckoning"]
    assert sum(part["amount_fen"] for part in parts) == 10000


async def test_money_needs_a_key_and_repeats_have_one_effect(ctx: Context, client: Client) -> None:
    """Without a key 400; with the same key the same answer; with another body 422."""
    _, worker, member, path = await closed(ctx, client)
    await client.post(f"{path}/dispute", json={"reason": "not_received"}, headers=worker)
    body = {"amount_fen": 500, "means": "cash"}
    assert (await client.post(f"{path}/pay", json=body, headers=member)).status_code == 400
    once = member | key()
    first = await client.post(f"{path}/pay", json=body, headers=once)
    again = await client.post(f"{path}/pay", json=body, headers=once)
    assert first.content == again.content
    assert first.json()["paid_fen"] == 10_500
    assert (await client.post(f"{path}/pay", json=body | {"amount_fen": 1}, headers=once)).status_code == 422


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"amount_fen": 0, "means": "cash"}, "/amount_fen"),
        ({"amount_fen": -5, "means": "cash"}, "/amount_fen"),
        ({"amount_fen": 1.5, "means": "cash"}, "/amount_fen"),
        ({"amount_fen": "100", "means": "cash"}, "/amount_fen"),
        ({"amount_fen": 10**12, "means": "cash"}, "/amount_fen"),
        ({"amount_fen": 100, "means": "goods"}, "/means"),
        ({"amount_fen": 100, "means": "cash", "paid_at": "2099-01-01T00:00:00+08:00"}, "/paid_at"),
        ({"amount_fen": 100, "means": "cash", "fee_fen": 1}, "/fee_fen"),
    ],
)
async def test_wrong_amounts_name_the_field(ctx: Context, client: Client, body: dict[str, Any], pointer: str) -> None:
    """Whole fen, above zero, below a million yuan, by a known means, in money and not in goods."""
    _, worker, member, path = await closed(ctx, client)
    await client.post(f"{path}/dispute", json={"reason": "not_received"}, headers=worker)
    answer = await client.post(f"{path}/pay", json=body, headers=member | key())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_foreign_records_are_missing_and_roles_are_kept(ctx: Context, client: Client) -> None:
    """404 alike for foreign and missing; 403 for the wrong role."""
    _, worker, member, path = await closed(ctx, client)
    stranger = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    elsewhere = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    body = {"amount_fen": 1, "means": "cash"}
    for target in (path, f"/v1/pay-records/{uuid4()}"):
        assert (await client.get(target, headers=stranger)).status_code == 404
        assert (await client.get(target, headers=elsewhere)).status_code == 404
        assert (await client.post(f"{target}/pay", json=body, headers=stranger | key())).status_code == 404
    assert (await client.post(f"{path}/pay", json=body, headers=worker | key())).status_code == 403
    assert (await client.post(f"{path}/receive", json={"amount_fen": 1}, headers=member | key())).status_code == 403
    assert (await client.get("/v1/pay-records/overdue", headers=worker)).status_code == 403


async def test_officer_takes_a_receipt_at_the_counter(ctx: Context, client: Client) -> None:
    """For a person without a phone, with his yes on record."""
    _, _, _, path = await closed(ctx, client)
    officer = await as_staff(ctx, await an_officer(ctx))
    body: dict[str, Any] = {"amount_fen": 10_000, "means": "cash"}
    assert (await client.post(f"{path}/receive", json=body, headers=officer | key())).status_code == 422
    answer = await client.post(f"{path}/receive?on_behalf=at_counter", json=body, headers=officer | key())
    assert (answer.status_code, answer.json()["state"]) == (200, "settled"), answer.text


async def test_lists_follow_their_cursor(ctx: Context, client: Client) -> None:
    """Each side lists its own; a worker's cursor is not the employer's."""
    _, worker, member, path = await closed(ctx, client)
    for who in (worker, member):
        page = (await client.get("/v1/pay-records?limit=1", headers=who)).json()
        assert [item["id"] for item in page["items"]] == [path.rsplit("/", 1)[1]]
        assert page["next_cursor"] is None
