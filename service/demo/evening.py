"""The dinner shift itself, where a rehearsal's clock can be put on: asked, arrived, done, paid, by SMS too."""

from __future__ import annotations

from datetime import datetime, timedelta

from service.demo.people import Shop, Worker
from service.demo.showing import yuan
from service.demo.sight import at_the_window, press
from service.demo.staff import Desk, sign_in_staff
from service.demo.stage import AT_COUNTER, Broke, Stage, word

ASKED_BEFORE = timedelta(minutes=60)
AFTERWARDS = timedelta(minutes=2)


async def dinner(stage: Stage, desk: Desk, shop: Shop, by_sms: Worker, seat: str, other_seat: str) -> int:
    """Live through the shift of the posting; the fen that were paid and received."""
    starts_at = datetime.fromisoformat(shop.shift["starts_at"])
    ends_at = datetime.fromisoformat(shop.shift["ends_at"])
    await _coming(stage, desk, by_sms, other_seat, starts_at)
    await _arriving(stage, desk, shop, by_sms, other_seat, starts_at)
    return await _paying(stage, desk, shop, by_sms, seat, ends_at)


async def _coming(stage: Stage, desk: Desk, by_sms: Worker, other_seat: str, starts_at: datetime) -> None:
    stage.begin("hour_before")
    await stage.until(starts_at - ASKED_BEFORE + timedelta(seconds=1))
    await _expect(stage, desk, by_sms, word("yes"))
    await sign_in_staff(stage, desk.officer, desk.username, desk.password)
    path, shows = f"/v1/engagements/{other_seat}/coming", ("state", "reassured_at")
    await stage.ask("POST", path, desk.officer, {"coming": True}, query=AT_COUNTER, show=shows)


async def _arriving(stage: Stage, desk: Desk, shop: Shop, by_sms: Worker, other_seat: str, starts_at: datetime) -> None:
    stage.begin("dinner_begins")
    await stage.until(starts_at)
    await _expect(stage, desk, by_sms, word("arrived"))
    path = f"/v1/engagements/{other_seat}/check-in"
    await stage.ask("POST", path, shop.boss, {"method": "employer"}, show=("state", "started_at"))


async def _paying(stage: Stage, desk: Desk, shop: Shop, by_sms: Worker, seat: str, ends_at: datetime) -> int:
    stage.begin("dinner_ends")
    await stage.until(ends_at + AFTERWARDS)
    await _expect(stage, desk, by_sms, word("finished"))
    closed = await press(stage, shop, shop.shift["id"])
    [mine] = [item for item in closed["items"] if item["engagement_id"] == seat]
    [other] = [item for item in closed["items"] if item["engagement_id"] != seat]
    stage.begin("got_by_sms")
    await _expect(stage, desk, by_sms, word("got", yuan=yuan(mine["due_fen"])))
    record = f"/v1/pay-records/{mine['pay_record_id']}"
    settled = await stage.ask("GET", record, by_sms.actor, show=("state", "due_fen", "reckoning", "received_fen"))
    if settled["state"] != "settled":
        raise Broke(f"the pay is {settled['state']}")
    await sign_in_staff(stage, desk.officer, desk.username, desk.password)
    return int(mine["due_fen"]) + await at_the_window(stage, desk, other)


async def _expect(stage: Stage, desk: Desk, worker: Worker, text: str) -> None:
    outcome = await stage.sms(worker.actor, text, desk.gateway)
    if outcome in ("refused", "nothing_asked", "not_understood", "letter_needed", "nobody"):
        raise Broke(f"the SMS «{text}» came to {outcome}")
