"""Messages on their way: what leaves by SMS, at which hour, how often, and what a crash costs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from service.context import Context
from service.faults import Faults
from service.ids import new_id
from service.jobs.due import run_all_due
from service.messages import senders
from service.messages.gateways import FileGateway, SinkGateway
from tests.builders.attendance import MONDAY, at, rows, run_at
from tests.builders.city import a_person, a_worker

NIGHT = MONDAY.replace(hour=23)
MORNING = MONDAY.replace(day=24, hour=6)


async def told(ctx: Context, person_id: UUID, **more: Any) -> None:
    """A question about pay, unless something else is asked for."""
    fields: dict[str, Any] = {
        "params": {"paid_fen": 10000, "due_fen": 10000, "means": "cash"},
        "dedupe": f"d{new_id()}",
        "asks": "pay.received",
    }
    async with ctx.uow() as uow:
        await uow.tell(person_id, more.pop("template", "pay.paid"), **(fields | more))


async def sent(ctx: Context) -> list[dict[str, Any]]:
    return await rows(ctx, "select message_id, channel, sent_at from test_messages order by seq")


async def results(ctx: Context) -> list[str]:
    found = await rows(ctx, "select result from deliveries where channel = 'sms' order by at, attempt")
    return [row["result"] for row in found]


async def test_question_leaves_by_sms_and_stands_in_the_inbox(ctx: Context) -> None:
    """By day a question goes out at once, under the constant id of its work; both deliveries are logged."""
    worker = await a_worker(ctx)
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    await run_all_due(ctx)
    (message,) = await sent(ctx)
    work = await rows(ctx, "select id, state from due_work where kind = 'message.person'")
    assert message["message_id"] == work[0]["id"]
    assert work[0]["state"] == "done"
    logged = await rows(ctx, "select channel, result from deliveries order by channel")
    assert [(row["channel"], row["result"]) for row in logged] == [("inbox", "sent"), ("sms", "sent")]


async def test_unflagged_template_stays_in_the_inbox(ctx: Context) -> None:
    """What asks nothing and is not flagged costs nobody an SMS."""
    worker = await a_worker(ctx)
    await at(ctx, MONDAY)
    await told(ctx, worker.id, template="pay.due", asks=None)
    await run_all_due(ctx)
    assert await sent(ctx) == []


async def test_nobody_without_a_phone_is_written_to(ctx: Context) -> None:
    """No phone: the attempt says no_address, the inbox has it."""
    await at(ctx, MONDAY)
    async with ctx.uow() as uow:
        person = await a_person(uow)
        person.phone_sealed = person.phone_hash = None
    await told(ctx, person.id)
    await run_all_due(ctx)
    assert await results(ctx) == ["no_address"]


async def test_quiet_hours_move_a_message_to_the_morning(ctx: Context) -> None:
    """At 23:00 nothing leaves; at 06:00 it does, still under the same id."""
    worker = await a_worker(ctx)
    await at(ctx, NIGHT)
    await told(ctx, worker.id)
    await run_at(ctx, NIGHT)
    work = await rows(ctx, "select id, due_at from due_work where kind = 'message.person'")
    assert (await sent(ctx), work[0]["due_at"]) == ([], MORNING)
    await run_at(ctx, MORNING - timedelta(seconds=1))
    assert await sent(ctx) == []
    await run_at(ctx, MORNING)
    assert [row["message_id"] for row in await sent(ctx)] == [work[0]["id"]]
    assert await results(ctx) == ["quiet_hours", "sent"]


async def test_urgent_passes_at_night(ctx: Context) -> None:
    """Urgent messages do not wait."""
    worker = await a_worker(ctx)
    await at(ctx, NIGHT)
    await told(ctx, worker.id, urgent=True)
    await run_at(ctx, NIGHT)
    assert len(await sent(ctx)) == 1


@pytest.mark.parametrize(("hours", "leaves"), [(7, True), (9, False)])
async def test_near_work_passes_at_night(ctx: Context, hours: int, leaves: bool) -> None:
    """A message about a shift within eight hours passes; about a later one it waits."""
    from tests.builders.attendance import a_scene

    scene = await a_scene(ctx, starts=NIGHT + timedelta(hours=hours))
    await at(ctx, NIGHT)
    await told(ctx, scene.worker.id, subject=("engagement", scene.engagement.id))
    await run_at(ctx, NIGHT)
    assert bool(await sent(ctx)) is leaves


async def test_same_cause_told_by_many_at_once_is_one_message(ctx: Context) -> None:
    """Twenty concurrent tellings with one `dedupe` make one message and one SMS."""
    worker = await a_worker(ctx)
    await at(ctx, MONDAY)
    await asyncio.gather(*(told(ctx, worker.id, dedupe="same") for _ in range(20)))
    await asyncio.gather(*(run_all_due(ctx) for _ in range(3)))
    assert len(await sent(ctx)) == 1
    assert len(await rows(ctx, "select 1 from messages")) == 1


async def test_same_words_within_an_hour_leave_once(ctx: Context) -> None:
    """The same template, figures and subject are not texted twice within 60 minutes."""
    worker, subject = await a_worker(ctx), ("pay_record", new_id())
    await at(ctx, MONDAY)
    await told(ctx, worker.id, subject=subject)
    await run_all_due(ctx)
    await told(ctx, worker.id, subject=subject)
    await run_all_due(ctx)
    assert len(await sent(ctx)) == 1
    await at(ctx, MONDAY + timedelta(minutes=61))
    await told(ctx, worker.id, subject=subject)
    await run_all_due(ctx)
    assert len(await sent(ctx)) == 2


async def test_crash_after_sending_costs_no_second_text(ctx: Context) -> None:
    """A failure between sending and marking is run again, and finds the attempt marked as sent (INV-24)."""
    worker = await a_worker(ctx)
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    await run_all_due(replace(ctx, faults=Faults.parse("outbox.after_send:fail:1")), rounds=3)
    await run_at(ctx, MONDAY + timedelta(hours=2))
    assert len(await sent(ctx)) == 1
    assert (await rows(ctx, "select state from due_work where kind = 'message.person'"))[0]["state"] == "done"


class DyingGateway:
    """Sends, and dies before anybody hears of it, so many times."""

    def __init__(self, ctx: Context, deaths: int):
        self.inner, self.deaths = SinkGateway(ctx), deaths

    async def send(self, **message: Any) -> None:
        await self.inner.send(**message)
        if self.deaths:
            self.deaths -= 1
            raise asyncio.CancelledError  # as a kill: no handler runs


async def test_a_death_at_the_gateway_costs_at_most_one_more_text(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the gateway's yes and our mark: one more text at most, under the same id."""
    worker = await a_worker(ctx)
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    gateway = DyingGateway(ctx, deaths=1)
    monkeypatch.setattr(senders, "gateway_for", lambda ctx: gateway)
    with pytest.raises(asyncio.CancelledError):
        await run_all_due(ctx)
    await _expire_leases(ctx)
    await run_all_due(ctx)
    messages = await sent(ctx)
    assert len(messages) == 2
    assert len({row["message_id"] for row in messages}) == 1


async def _expire_leases(ctx: Context) -> None:
    from sqlalchemy import text

    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("update due_work set lease_until = clock_timestamp() - interval '1 second'"))


class DeadGateway:
    """Never reachable."""

    async def send(self, **message: Any) -> None:
        raise OSError("gateway down")


async def test_failing_gateway_climbs_the_ladder_to_the_dead_letters(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5 s, 30 s, 2 min, 10 min, 1 h, 4 h: then the message is a dead letter, with every attempt logged."""
    worker = await a_worker(ctx)
    now = MONDAY
    await at(ctx, now)
    await told(ctx, worker.id)
    monkeypatch.setattr(senders, "gateway_for", lambda ctx: DeadGateway())
    for seconds in (0, 5, 30, 120, 600, 3600, 14400):
        now += timedelta(seconds=seconds)
        await run_at(ctx, now - timedelta(seconds=1) if seconds else now)
        await run_at(ctx, now)
    assert await results(ctx) == ["failed"] * 7
    assert (await rows(ctx, "select state from due_work where kind = 'message.person'"))[0]["state"] == "dead"


async def test_texts_hold_yuan_local_time_and_labels_but_no_names(ctx: Context) -> None:
    """The sentence is in the person's language, with figures as people read them and the way to answer."""
    from service.testing.sink import read_sink

    worker = await a_worker(ctx, phone="+8613811112222", name="王小明")
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    await run_all_due(ctx)
    (message,) = await read_sink(ctx, "+8613811112222", 5)
    assert message["text"] == (
        "用工方说付了 100 元（现金），应付 100 元。收到了吗？收到回 1，没收到回 2，数目不对回“收到 实际数目”。"
    )
    stored = await rows(ctx, "select params::text as params from messages")
    assert "王" not in stored[0]["params"]
    assert "138" not in stored[0]["params"]


async def test_file_gateway_writes_a_line(tmp_path: Any) -> None:
    """One JSON line a message; print is a channel like another."""
    import json

    path = tmp_path / "out" / "messages.jsonl"
    for channel in ("sms", "print"):
        await FileGateway(path).send(
            message_id=new_id(), channel=channel, to="counter", template="t", text="你好", params={}
        )
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [line["channel"] for line in lines] == ["sms", "print"]
    assert datetime.fromisoformat(lines[0]["at"]).tzinfo is not None
