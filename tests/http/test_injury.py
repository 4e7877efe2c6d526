"""Who bears an injury, and the order's policy, before and after a worker's yes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.worktime import local_day
from tests.builders import city
from tests.builders.postings import a_body, made, offered
from tests.http.test_postings import an_owner

Client = httpx2.AsyncClient


async def a_policy(ctx: Context, **changes: Any) -> dict[str, Any]:
    """One that holds for the next two months."""
    today = local_day(await city.now_of(ctx))
    return {
        "kind": "gig_order", "insurer": "平安财险", "number": "PA20261100017", "first_day": str(today),
        "last_day": str(today + timedelta(days=60)),
    } | changes  # fmt: skip


async def test_it_is_said_before_the_yes(ctx: Context, client: Client) -> None:
    """The posting, its page and the words of its terms name insurer, number and days; the cover follows the policy."""
    headers = await an_owner(ctx)
    policy = await a_policy(ctx)
    posting = await offered(client, headers, conditions={"insurance_policy": policy})
    seen = (await client.get(f"/v1/postings/{posting['id']}")).json()
    assert (seen["conditions"]["insurance_policy"], seen["conditions"]["injury_cover"]) == (policy, "commercial")
    for said in ("由用工方负责", "零工保", "平安财险", "PA20261100017", policy["last_day"]):
        assert said in seen["injury"], said
    page = (await client.get(f"/jobs/{posting['id']}")).text
    assert "安全保障" in page
    assert "PA20261100017" in page
    english = (await client.get(f"/v1/postings/{posting['id']}", headers={"accept-language": "en"})).json()
    assert "the employer is liable" in english["injury"]


async def test_nothing_said_is_said_too(ctx: Context, client: Client) -> None:
    """Without a word on insurance the page says that nobody knows of one, and whom it falls to; a household's says
    another law."""
    firm = await offered(client, await an_owner(ctx))
    assert "没有说明" in firm["injury"]
    assert "没有说明有没有保险" in (await client.get(f"/jobs/{firm['id']}")).text
    home = await made(client, await an_owner(ctx, kind="household"))
    assert "1192" in home["injury"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"last_day": "2001-01-01", "first_day": "2000-01-01"}, "/conditions/insurance_policy/last_day", "policy_over"),
        ({"first_day": "2090-01-01"}, "/conditions/insurance_policy/last_day", "policy_days"),
        ({"number": "a b"}, "/conditions/insurance_policy/number", None),
        ({"kind": "deposit"}, "/conditions/insurance_policy/kind", None),
        ({"premium_fen": 500}, "/conditions/insurance_policy/premium_fen", None),
    ],
)
async def test_what_is_no_policy_is_refused(
    ctx: Context, client: Client, change: dict[str, Any], pointer: str, code: str | None
) -> None:
    """Over, turned round, a number that is none, a kind that is none, and anything about who pays."""
    body = a_body(submit=True)
    body["conditions"] = {"insurance_policy": await a_policy(ctx) | change}
    refused = await client.post("/v1/postings", json=body, headers=await an_owner(ctx))
    assert refused.status_code == 422
    found = {each["pointer"]: each["code"] for each in refused.json()["errors"]}
    assert pointer in found
    assert code in (None, found[pointer])


async def test_a_policy_that_says_something_else_or_ends_early(ctx: Context, client: Client) -> None:
    """Beside «no insurance» it is refused; one that ends before the work is told to its author and to everybody."""
    headers = await an_owner(ctx)
    body = a_body(submit=True)
    body["conditions"] = {"injury_cover": "none", "insurance_policy": await a_policy(ctx)}
    refused = await client.post("/v1/postings", json=body, headers=headers)
    assert "policy_cover_differs" in refused.text
    today = str(local_day(await city.now_of(ctx)))
    short = await offered(client, headers, conditions={"insurance_policy": await a_policy(ctx, last_day=today)})
    assert "policy_ends_early" in [each["code"] for each in short["warnings"]]
    assert "不在保险期内" in (await client.get(f"/v1/postings/{short['id']}")).json()["injury"]
