"""The jobs process dies by kill -9 between commit, claim, sending and mark; every event arrives, under one id."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from service.context import Context
from tests.builders.attendance import rows
from tests.builders.city import a_posting, an_employer
from tests.builders.webhooks import a_receiver, a_subscription
from tests.live import live_service
from tests.sizes import FULL

EVENTS = 5
DEATHS = 5 if FULL else 1
FAULTS = ",".join(
    f"webhook.{point}:kill:{odds}"
    for point, odds in (("fan_out", 0.2), ("after_claim", 0.2), ("before_send", 0.3), ("after_send", 0.3))
)
# A lease is real time; a rehearsal need not wait for it where the one that held it is known to be dead.
OVER = "update webhook_deliveries set lease_until = clock_timestamp() where state = 'sending' returning 1"
LEFT = "select count(*) from webhook_deliveries where state <> 'delivered'"


@pytest.mark.usefixtures("clean")
async def test_every_event_arrives_whoever_dies(ctx: Context, urls: tuple[str, str], data_dir: Path) -> None:
    """A killed courier is started again until nothing is left; the receiver meets each event under one id."""
    subscribed = await a_subscription(ctx)
    employer = await an_employer(ctx)
    postings = {str((await a_posting(ctx, employer)).id) for _ in range(EVENTS)}
    deaths = 0
    async with a_receiver() as receiver:
        more = {"LINGGONG_WEBHOOK_RECEIVERS": f"hooks.test=127.0.0.1:{receiver.port}", "LINGGONG_TICK_SECONDS": "0.2"}
        with live_service(urls, data_dir, jobs=False, **more) as live:
            live.environment["FAULTS"] = FAULTS
            live.start("jobs")
            async with asyncio.timeout(600):
                while len(receiver.calls) < EVENTS or (await rows(ctx, LEFT))[0]["count"]:
                    if live.processes["jobs"].poll() is not None:
                        deaths += 1
                        await rows(ctx, OVER)
                        if deaths == DEATHS:
                            live.environment["FAULTS"] = ""
                        live.start("jobs")
                    await asyncio.sleep(0.1)
    assert deaths > 0
    said = [subscribed.verify(call) for call in receiver.calls]
    assert {each["data"]["id"] for each in said} == postings
    assert len({(each["data"]["id"], each["id"]) for each in said}) == EVENTS
