"""`check-invariants` finds each breach of the free zone: a market that is whole, and one row that breaks it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from service.context import Context
from service.invariants import breaches
from tests.builders import city
from tests.builders.contact_requests import two_sides
from tests.builders.postings import offered
from tests.builders.reviews import an_officer, an_owner

Client = httpx2.AsyncClient
WISH = {"kind": "work", "trades": ["moving"]}
DOUBTFUL = {"description": "微信同号 13912345678"}


async def found(ctx: Context) -> set[str]:
    """What is broken; between tests the reference tables are kept and the log is not."""
    return {each["code"] for each in await breaches(ctx)} - {"reference_versions_differ_from_log"}


async def a_market(ctx: Context, client: Client) -> dict[str, UUID]:
    """A posting, a held one, a wish, one in review, each made through the API."""
    owner, officer = await an_owner(ctx), await an_officer(ctx)
    posting, held = await offered(client, owner), await offered(client, owner)
    hold = await client.post(f"/v1/postings/{held['id']}/hold", json={"reason": "unsafe"}, headers=officer)
    assert hold.status_code == 201, hold.text
    worker = await city.a_worker(ctx, city_code="310100")
    who = await city.as_worker(ctx, worker)
    shown, waits = [
        (await client.post("/v1/supplies", json=WISH | more, headers=who)).json() for more in ({}, DOUBTFUL)
    ]
    assert (shown["state"], waits["state"]) == ("published", "submitted")
    named = {"posting": posting, "held": held, "shown": shown, "waits": waits, "hold": hold.json()}
    return {name: UUID(row["id"]) for name, row in named.items()} | {"worker": worker.id}


@pytest.mark.parametrize(
    ("breaking", "code"),
    [
        ("update workers set introducible_from = null where id = :worker", "supply_shown_of_who_may_not_be_found"),
        ("update workers set state = 'resting' where id = :worker", "supply_shown_of_who_may_not_be_found"),
        ("delete from reviews where subject_id = :waits", "supply_waits_without_review"),
        ("delete from listings where id = :posting", "public_without_listing"),
        ("delete from listings where id = :shown", "public_without_listing"),
        ("update postings set state = 'paused' where id = :posting", "listing_of_what_is_not_public"),
        ("update postings set paused_by = 'employer', paused_before = null where id = :held",
         "hold_of_what_is_not_held"),
    ],
)  # fmt: skip
async def test_each_breach_of_the_free_zone_is_found(ctx: Context, client: Client, breaking: str, code: str) -> None:
    """Nothing before, its own code after one statement past the service."""
    named = await a_market(ctx, client)
    assert await found(ctx) == set()
    async with ctx.database.sessions() as session, session.begin():
        asked = {name: each for name, each in named.items() if f":{name}" in breaking}
        await session.execute(text(breaking), asked)
    assert code in await found(ctx)


async def test_numbers_that_stay_open_are_found(ctx: Context, client: Client) -> None:
    """Half an hour late is the timers' business, an hour is nobody's."""
    two = await two_sides(ctx, client)
    request_id = await two.agreed()
    for late, expected in ((timedelta(minutes=30), False), (timedelta(minutes=90), True)):
        async with ctx.database.sessions() as session, session.begin():
            moved = "update contact_requests set ends_at = business_now() - cast(:late as interval) where id = :id"
            await session.execute(text(moved), {"late": late, "id": UUID(request_id)})
        assert ("numbers_open_past_their_end" in await found(ctx)) is expected
