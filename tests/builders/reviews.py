"""Builders of what waits for an officer, and of officers over HTTP."""

from __future__ import annotations

from typing import Any

import httpx2

from service.context import Context
from service.reviews.checklists import shipped
from tests.builders import city
from tests.builders.postings import offered

Client = httpx2.AsyncClient
Headers = dict[str, str]
HINT = "晚市洗碗，自己有工作服的优先，培训费的事来了再谈。"  # may mean a fee: a person looks
FEE = "后厨洗碗，管一顿饭。入职先交押金200元，做满一个月退。"


def ticks(noun: str = "posting") -> list[str]:
    """Every tick that a yes needs."""
    return [item.code for item in shipped()[noun][-1].items if item.must]


async def an_owner(ctx: Context, **employer: Any) -> Headers:
    """Headers of the owner of a new employer."""
    row = await city.an_employer(ctx, **employer)
    return await city.as_member(ctx, await city.a_member(ctx, row))


async def an_officer(ctx: Context, **more: Any) -> Headers:
    """Headers of a new officer."""
    return await city.as_staff(ctx, await city.an_officer(ctx, **more))


async def waiting(client: Client, owner: Headers, **more: Any) -> dict[str, Any]:
    """A posting that was sent to review."""
    made = await offered(client, owner, **({"description": HINT} | more))
    assert made["state"] == "submitted", made
    return made


async def queue(client: Client, officer: Headers, **params: Any) -> list[dict[str, Any]]:
    """A page of the queue."""
    answer = await client.get("/v1/reviews", params=params, headers=officer)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def review_of(client: Client, officer: Headers, subject: dict[str, Any], **params: Any) -> dict[str, Any]:
    """The review of a posting or supply posting in the queue."""
    found = [each for each in await queue(client, officer, **params) if each["subject"]["id"] == subject["id"]]
    assert len(found) == 1, found
    return found[0]


def a_decision(review: dict[str, Any], outcome: str, **more: Any) -> dict[str, Any]:
    """The body of a decision on a review as it was seen."""
    made: dict[str, Any] = {"subject_version": review["subject_version"], "outcome": outcome}
    made |= {"publish": {"checked": ticks(review["noun"])}, "keep": {}}.get(outcome, {"reasons": ["other"]})
    return made | more


async def decide(
    client: Client, officer: Headers, review: dict[str, Any], outcome: str, **more: Any
) -> httpx2.Response:
    """One decision."""
    body = a_decision(review, outcome, **more)
    return await client.post(f"/v1/reviews/{review['id']}/decide", json=body, headers=officer)
