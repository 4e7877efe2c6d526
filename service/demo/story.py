"""`linggong demo`: the whole story over HTTP against the running service, step by step."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from service.demo import arriving, bringing, evening, seats, sight
from service.demo.bringing import Source
from service.demo.showing import plain, written, yuan
from service.demo.staff import Desk, open_desk
from service.demo.stage import Broke, Stage, sentences
from service.demo.world import Machine, Rehearsal, World
from service.settings import Settings

TIMEOUT_SECONDS = 60.0
PREPARING_SECONDS = 600
JOBS_SILENT_SECONDS = 30.0
LEAST_WIDTH = 100


async def play(settings: Settings, url: str, postings: Path | None, mapping: str | None) -> int:
    """Play the story; 0 at its end, 1 with the step that failed.

    Everything happens over HTTP, with people who are new each time. Only codes are read elsewhere: in a
    rehearsal from its message sink, on a developer's machine from the outbox file in the data folder.
    """
    console = Console()
    async with httpx2.AsyncClient(
        base_url=url, timeout=TIMEOUT_SECONDS, headers={"accept-language": "en"}, trust_env=False
    ) as client:
        stage: Stage | None = None
        try:
            given = bringing.source(postings, mapping)
            stage = Stage(client, await _world(settings, client, url, console), console)
            await _acts(stage, settings, given)
        except (Broke, httpx2.HTTPError) as error:
            _fail(console, stage, str(error) or type(error).__name__)
            return 1
    _sum_up(console, stage)
    return 0


async def _world(settings: Settings, client: httpx2.AsyncClient, url: str, console: Console) -> World:
    """Which kind of service answers. Raises Broke for none, for production, and without a jobs process."""
    if settings.is_production:
        raise Broke("the demo makes invented people; it refuses LINGGONG_ENV=production")
    try:
        ready = await _prepared(client, console)
        rehearsal = (await client.get("/_test/clock")).is_success
        shown = (await client.get("/openapi.json")).is_success
    except httpx2.HTTPError as error:
        raise Broke(f"no service answers at {url} ({error}); start it first: linggong run") from None
    if not shown:
        raise Broke(f"the service at {url} runs in production; the demo makes invented people")
    if not ready.is_success:
        raise Broke(f"the service at {url} is not ready: {ready.text}")
    if rehearsal:
        return Rehearsal(client)
    beat = ready.json()["scheduler_heartbeat_age_seconds"]
    if beat is None or beat > JOBS_SILENT_SECONDS:
        raise Broke("no jobs process is alive, so no code is ever sent; start it: linggong jobs")
    return Machine(settings)


async def _prepared(client: httpx2.AsyncClient, console: Console) -> httpx2.Response:
    """What the service says of itself once its kernels are compiled: minutes at the very first start, then none."""
    ready = await client.get("/readyz")
    if not ready.is_success and ready.json().get("kernels_prepared") is False:
        console.print("The service compiles its kernels, once for this machine: a few minutes …")
    for _ in range(PREPARING_SECONDS):
        if ready.is_success or ready.json().get("draining") is not False:
            break
        await asyncio.sleep(1)
        ready = await client.get("/readyz")
    return ready


async def _acts(stage: Stage, settings: Settings, given: Source) -> None:
    shop = await arriving.boss_comes(stage)
    stage.begin("officer_signs_in")
    desk = await open_desk(stage, settings)
    await arriving.officer_verifies(stage, desk, shop)
    await arriving.sentence_becomes_posting(stage, shop)
    workers = await arriving.workers_come(stage, desk)
    first, second, third = workers
    await seats.ranking(stage, shop, first)
    await seats.why_not(stage, desk, shop, second)
    given_up, other_seat, application = await seats.claims(stage, desk, shop, workers)
    seat = await seats.seat_comes_free(stage, desk, shop, second, first, given_up, application)
    deal = await sight.by_word(stage, shop, first)
    finished_at = await sight.arrival(stage, shop, first, deal)
    await sight.hours(stage, shop, first, finished_at)
    received = await sight.money(stage, shop, first)
    received += await sight.one_press(stage, desk, shop, third)
    brought = await bringing.imports(stage, shop, given)
    if stage.world.moves_time:
        received += await evening.dinner(stage, desk, shop, second, seat, other_seat)
    else:
        stage.begin("dinner_itself")
        stage.skip("dinner_skipped", starts_at=written(datetime.fromisoformat(shop.shift["starts_at"])))
    quiet = await _figures(stage, desk)
    _remember(stage, desk, brought, received, quiet)


async def _figures(stage: Stage, desk: Desk) -> str:
    """How late the machinery is; nothing may have been given up."""
    stage.begin("figures")
    await stage.world.work()
    if stage.world.moves_time:
        figures = await stage.ask("GET", "/_test/quiescent")
        late, dead = figures["oldest_due_age"], figures["dead"]
    else:
        figures = await stage.ask("GET", "/readyz")
        late, dead = figures["oldest_due_age_seconds"], figures["dead_work"]
    stage.note("check_invariants")
    return f"{late:.0f} s, {dead}"


def _remember(stage: Stage, desk: Desk, brought: dict[str, Any], received: int, quiet: str) -> None:
    counts = ", ".join(f"{brought[name]} {name}" for name in bringing.COUNTS)
    stage.facts |= {
        "steps": f"{stage.steps}",
        "requests": f"{stage.requests}",
        "officer": desk.username,
        "received": f"{yuan(received)} yuan",
        "imported": counts,
        "quiet": quiet,
    }


def _sum_up(console: Console, stage: Stage | None) -> None:
    if stage is None:
        return
    said = sentences()["summary"]
    table = Table(title=said["title"], title_justify="left", box=SIMPLE, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in stage.facts.items():
        table.add_row(said[name], value)
    for name in stage.skipped:
        table.add_row(said["skipped"], said[name])
    console.print()
    Console(width=max(console.width, LEAST_WIDTH)).print(table)


def _fail(console: Console, stage: Stage | None, why: str) -> None:
    where = f"at step {stage.steps} ({stage.step})" if stage is not None and stage.step else "before the first step"
    console.print(
        f"\nlinggong demo failed {where}: {plain(why)}", style="red", markup=False, highlight=False, soft_wrap=True
    )
