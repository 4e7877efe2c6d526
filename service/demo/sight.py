"""Hire by sight, from the roadside to the money in hand: arrival, hours, pay, and one press for all."""

from __future__ import annotations

import math
import time
from datetime import datetime, timedelta
from typing import Any

from service.demo.people import Shop, Worker
from service.demo.showing import written, yuan
from service.demo.staff import Desk
from service.demo.stage import AT_COUNTER, Broke, Stage

RATE_FEN = 2500
WORKED_BEFORE = timedelta(minutes=50)  # they shook hands first and wrote it down later
EARLIER_STILL = timedelta(minutes=10)  # and he had begun ten minutes before that
PAUSE_MINUTES = 5
SHORT_SHIFT = timedelta(minutes=55)
LEFT_OF_IT = timedelta(seconds=8)


async def by_word(stage: Stage, shop: Shop, worker: Worker) -> dict[str, Any]:
    """The worker says six digits, the boss types them, the worker says yes; the seat, seconds later."""
    stage.begin("sight_word")
    said = await stage.ask("POST", "/v1/workers/me/word", worker.actor, show=("expires_at",))
    began = time.monotonic()
    now = await stage.now()
    deal = _deal(shop, said["word"], until=now + timedelta(hours=2), starts_at=now - WORKED_BEFORE)
    shows = ("id", "state", "starts_at", "ends_at", "pay_fen", "pay_unit", "answer_by")
    hire = await stage.ask("POST", "/v1/hires", shop.boss, deal, show=shows)
    await stage.ask("GET", "/v1/hires/pending", worker.actor, show=("id", "state", "employer_name"))
    seat: dict[str, Any] = await stage.ask(
        "POST", f"/v1/hires/{hire['id']}/accept", worker.actor, {}, show=("id", "state", "posting_id", "shift_id")
    )
    stage.note("seconds", seconds=f"{math.ceil(10 * (time.monotonic() - began)) / 10:.1f}")
    return seat


def _deal(shop: Shop, code: str, *, until: datetime, starts_at: datetime | None = None) -> dict[str, Any]:
    deal = {
        "code": code,
        "trade": "dishwashing",
        "pay": {"amount_fen": RATE_FEN},
        "pay_unit": "hour",
        "settlement": "on_completion",
        "until": written(until),
        "site_id": shop.site_id,
    }
    return deal | ({"starts_at": written(starts_at)} if starts_at else {})


async def arrival(stage: Stage, shop: Shop, worker: Worker, seat: dict[str, Any]) -> datetime:
    """Checked in with the shift's spoken code, checked out when the work was done; when that was."""
    stage.begin("check_in")
    shown = await stage.ask(
        "GET", f"/v1/shifts/{seat['shift_id']}/check-in-code", shop.boss, show=("opens_at", "closes_at")
    )
    body = {"method": "code", "code": shown["code"]}
    path = f"/v1/engagements/{seat['id']}"
    await stage.ask("POST", f"{path}/check-in", worker.actor, body, show=("state", "started_at"))
    left = await stage.ask(
        "POST",
        f"{path}/check-out",
        worker.actor,
        {"reason": "work_finished"},
        show=("state", "finished_at"),
    )
    return datetime.fromisoformat(left["finished_at"])


async def hours(stage: Stage, shop: Shop, worker: Worker, finished_at: datetime) -> None:
    """The service proposes, the worker states more, the boss counters, the worker agrees."""
    stage.begin("hours")
    shows = ("id", "state", "minutes", "break_minutes", "version")
    listed = await stage.ask("GET", "/v1/timesheets", worker.actor, query={"limit": 1}, show=shows)
    sheet = listed["items"][0]
    path = f"/v1/timesheets/{sheet['id']}"
    stated = {
        "started_at": written(finished_at - WORKED_BEFORE - EARLIER_STILL),
        "finished_at": written(finished_at),
        "reason": "started_earlier",
    }
    sheet = await stage.ask("POST", f"{path}/change", worker.actor, stated, seen=sheet["version"], show=shows)
    stage.begin("counter")
    counter = stated | {"break_minutes": PAUSE_MINUTES, "reason": "break_differs"}
    sheet = await stage.ask("POST", f"{path}/change", shop.boss, counter, seen=sheet["version"], show=shows)
    agreed = await stage.ask("POST", f"{path}/agree", worker.actor, {}, seen=sheet["version"], show=shows)
    if agreed["state"] != "agreed":
        raise Broke(f"the hours are {agreed['state']}")


async def money(stage: Stage, shop: Shop, worker: Worker) -> int:
    """The boss states the payment, the worker confirms what came; fen."""
    stage.begin("paid")
    shows = ("id", "state", "due_fen", "reckoning", "due_on", "owed_fen")
    owed = await stage.ask("GET", "/v1/pay-records", worker.actor, query={"limit": 1}, show=shows)
    record = owed["items"][0]
    path = f"/v1/pay-records/{record['id']}"
    body = {"amount_fen": record["due_fen"], "means": "wechat"}
    await stage.ask("POST", f"{path}/pay", shop.boss, body, show=("state", "paid_fen", "owed_fen"))
    stage.begin("received")
    settled = await stage.ask("POST", f"{path}/receive", worker.actor, body, show=("state", "received_fen"))
    if settled["state"] != "settled":
        raise Broke(f"the pay is {settled['state']}")
    return int(record["due_fen"])


async def one_press(stage: Stage, desk: Desk, shop: Shop, worker: Worker) -> int:
    """A second deal, by the printed card; after the shift one press: all on time, all paid; fen."""
    stage.begin("sight_card")
    path = f"/v1/workers/{worker.id}/card"
    card = await stage.ask("POST", path, desk.officer, {}, query=AT_COUNTER, show=("name_masked", "size"))
    now = await stage.now()
    until = now + LEFT_OF_IT
    deal = _deal(shop, card["code"], until=until, starts_at=until - SHORT_SHIFT)
    hire = await stage.ask("POST", "/v1/hires", shop.boss, deal, show=("id", "state", "starts_at", "ends_at"))
    path = f"/v1/hires/{hire['id']}/accept"
    seat = await stage.ask("POST", path, desk.officer, query=AT_COUNTER, show=("id", "state", "shift_id"))
    await stage.until(datetime.fromisoformat(hire["ends_at"]))
    stage.begin("all_on_time")
    closed = await press(stage, shop, seat["shift_id"])
    return await at_the_window(stage, desk, closed["items"][0])


async def press(stage: Stage, shop: Shop, shift_id: str) -> dict[str, Any]:
    """One press: everybody was on time and has the pay."""
    path = f"/v1/shifts/{shift_id}/all-on-time-and-paid"
    shows = ("paid", "left_out", "total_fen", "items")
    closed: dict[str, Any] = await stage.ask("POST", path, shop.boss, {"means": "cash"}, show=shows)
    if not closed["paid"] or closed["left_out"]:
        raise Broke(f"one press left somebody out: {closed['items']}")
    return closed


async def at_the_window(stage: Stage, desk: Desk, paid: dict[str, Any]) -> int:
    """Who has no phone says at the officer's window what came; fen."""
    stage.note("got_at_window", yuan=yuan(paid["due_fen"]))
    body = {"amount_fen": paid["due_fen"], "means": "cash"}
    path = f"/v1/pay-records/{paid['pay_record_id']}/receive"
    settled = await stage.ask("POST", path, desk.officer, body, query=AT_COUNTER, show=("state", "received_fen"))
    if settled["state"] != "settled":
        raise Broke(f"the pay is {settled['state']}")
    return int(paid["due_fen"])
