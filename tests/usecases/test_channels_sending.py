"""Messages by the channels that people have and want: order, falling back, bad days, crashes, quiet hours."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from service.context import Context
from service.dead_letters import usecases as dead_letters
from service.faults import Faults
from service.http.caller import Caller
from service.ids import new_id
from service.jobs.due import run_all_due
from service.testing.sink import read_sink
from tests.builders.attendance import MONDAY, at, rows, run_at
from tests.builders.channels import (
    ADDRESS,
    DIES,
    DOWN,
    OPEN_ID,
    REFUSES,
    UP,
    Weather,
    a_binding,
    choose,
    left,
    outcomes,
    weather,
)
from tests.builders.city import a_person, a_worker
from tests.usecases.test_messages_budget import limited
from tests.usecases.test_messages_sending import NIGHT, _expire_leases, told

__all__ = ["weather"]
ADMIN = Caller("admin", new_id())
RUNGS = (0, 5, 30, 120, 600, 3600, 14400)  # of the policy's ladder
VITAL: dict[str, Any] = {"template": "pay.overdue", "params": {"due_fen": 100, "owed_fen": 100}, "asks": None}
PLAIN: dict[str, Any] = {"template": "pay.due", "params": {"due_fen": 100, "due_on": "2026-11-24"}, "asks": None}


async def test_who_has_chosen_nothing_is_told_as_ever(ctx: Context, weather: Weather) -> None:
    """With every address bound: a text for what was texted, the inbox alone for the rest."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await a_binding(ctx, worker.id, "wechat")
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    await told(ctx, worker.id, **PLAIN)
    await run_all_due(ctx)
    assert await left(ctx) == ["sms"]


async def test_the_chosen_order_counts_and_free_channels_carry_everything(ctx: Context, weather: Weather) -> None:
    """E-mail first for pay: what was never texted goes there too, and nothing twice."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await choose(ctx, worker.id, {"hours_pay": ["email", "sms"]})
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    await told(ctx, worker.id, **PLAIN)
    await run_all_due(ctx)
    assert await left(ctx) == ["email", "email"]
    asked, _ = sorted((await read_sink(ctx, ADDRESS, 5)), key=lambda each: each["template"], reverse=True)
    assert asked["template"] == "pay.paid"
    assert asked["text"].endswith("请在平台内或到服务窗口答复。")
    assert "回 1" not in asked["text"]


async def test_switched_off_stays_in_the_inbox_and_vital_does_not(ctx: Context, weather: Weather) -> None:
    """Pay is silenced: the question is read in the inbox. That wages are overdue arrives all the same."""
    worker = await a_worker(ctx)
    await choose(ctx, worker.id, {"hours_pay": [], "vital": ["email"]})
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    await told(ctx, worker.id, **VITAL)
    await run_all_due(ctx)
    assert await left(ctx) == ["sms"]
    assert (await rows(ctx, "select template from messages m join deliveries d on d.message_id = m.id"
                            " where d.channel = 'sms'")) == [{"template": "pay.overdue"}]  # fmt: skip


async def test_vital_tries_every_way_that_is_left(ctx: Context, weather: Weather) -> None:
    """The one chosen channel refuses, the next is down: it arrives by the third within the policy's patience."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await a_binding(ctx, worker.id, "wechat")
    await choose(ctx, worker.id, {"vital": ["email"]})
    weather.of |= {"email": REFUSES, "sms": DOWN}
    await at(ctx, MONDAY)
    await told(ctx, worker.id, **VITAL)
    for seconds in (0, 5, 35, 155, 600):
        await run_at(ctx, MONDAY + timedelta(seconds=seconds))
    assert await left(ctx) == ["wechat"]
    assert await outcomes(ctx) == [("email", "refused")] + [("sms", "failed")] * 4 + [("wechat", "sent")]


async def test_a_channel_that_fails_for_ten_minutes_gives_way(ctx: Context, weather: Weather) -> None:
    """Not before, once, under the same id; the one that failed is not tried again."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    weather.of["sms"] = DOWN
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    for seconds in (0, 5, 35, 155, 599):
        await run_at(ctx, MONDAY + timedelta(seconds=seconds))
    assert await left(ctx) == []
    await run_at(ctx, MONDAY + timedelta(seconds=600))
    weather.of["sms"] = UP
    await run_at(ctx, MONDAY + timedelta(hours=12))
    assert await left(ctx) == ["email"]
    (message,) = await rows(ctx, "select message_id from test_messages")
    (work,) = await rows(ctx, "select id, state from due_work where kind = 'message.person'")
    assert (message["message_id"], work["state"]) == (work["id"], "done")


async def test_where_the_texts_of_the_day_are_spent_another_way_is_taken(
    ctx: Context, weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An e-mail costs nothing."""
    limited(ctx, monkeypatch, sms_per_day_city=1)
    await at(ctx, MONDAY)
    for _ in range(2):
        worker = await a_worker(ctx)
        await a_binding(ctx, worker.id, address=f"w{new_id().hex}@example.com")
        await told(ctx, worker.id)
    await run_all_due(ctx)
    assert sorted(await outcomes(ctx)) == [("email", "sent"), ("sms", "over_budget"), ("sms", "sent")]


async def test_everything_down_for_a_day_loses_nothing(ctx: Context, weather: Weather) -> None:
    """Each message climbs its ladders and becomes a dead letter; sent again, each arrives once."""
    people = [await a_worker(ctx) for _ in range(3)]
    await a_binding(ctx, people[0].id)
    await choose(ctx, people[0].id, {"hours_pay": ["email"]})
    await a_binding(ctx, people[1].id)
    weather.of |= dict.fromkeys(weather.of, DOWN)
    await at(ctx, MONDAY)
    for worker in people:
        await told(ctx, worker.id)
    now = MONDAY
    for _ in range(24 * 6):
        await run_at(ctx, now)
        now += timedelta(minutes=10)
    assert await left(ctx) == []
    dead = await rows(ctx, "select id, state, last_error from due_work where kind = 'message.person'")
    assert [(row["state"], row["last_error"]) for row in dead] == [("dead", "OSError")] * 3
    weather.of |= dict.fromkeys(weather.of, UP)
    for row in dead:
        await dead_letters.resend_dead_letter(ctx, row["id"], by=ADMIN.actor)
    await run_at(ctx, now)
    assert sorted(await left(ctx)) == ["email", "sms", "sms"]
    sent = await rows(ctx, "select message_id from test_messages")
    assert {row["message_id"] for row in sent} == {row["id"] for row in dead}


async def test_a_dead_letter_that_is_sent_again_has_all_its_tries_before_it(ctx: Context, weather: Weather) -> None:
    """What failed on the day before counts no more: a gateway that comes back an hour later still gets it."""
    worker = await a_worker(ctx)
    weather.of["sms"] = DOWN
    now = MONDAY
    await at(ctx, now)
    await told(ctx, worker.id)
    for seconds in RUNGS:
        now += timedelta(seconds=seconds)
        await run_at(ctx, now)
    (work,) = await rows(ctx, "select id, state from due_work where kind = 'message.person'")
    assert work["state"] == "dead"
    now += timedelta(minutes=1)
    await at(ctx, now)
    await dead_letters.resend_dead_letter(ctx, work["id"], by=ADMIN.actor)
    for seconds in RUNGS[:3]:
        now += timedelta(seconds=seconds)
        await run_at(ctx, now)
    weather.of["sms"] = UP
    await run_at(ctx, now + timedelta(hours=1))
    assert await left(ctx) == ["sms"]


@pytest.mark.parametrize("channel", ["email", "wechat"])
async def test_a_crash_between_sending_and_marking_costs_one_more_at_most(
    ctx: Context, weather: Weather, channel: str
) -> None:
    """A kill after the gateway's yes: the attempt stands written, one duplicate under the same id, then none."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id, channel)
    await choose(ctx, worker.id, {"hours_pay": [channel]})
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    weather.of[channel] = DIES
    with pytest.raises(asyncio.CancelledError):
        await run_all_due(ctx)
    assert await outcomes(ctx) == [(channel, "sending")]
    weather.of[channel] = UP
    await _expire_leases(ctx)
    await run_all_due(ctx)
    await run_at(ctx, MONDAY + timedelta(hours=3))
    sent = await rows(ctx, "select message_id, channel from test_messages")
    assert [row["channel"] for row in sent] == [channel, channel]
    assert len({row["message_id"] for row in sent}) == 1
    assert await outcomes(ctx) == [(channel, "sending"), (channel, "sent")]


@pytest.mark.parametrize(("point", "copies"), [("message.after_send", 2), ("outbox.after_send", 1)])
async def test_each_fault_point_costs_what_it_may(ctx: Context, weather: Weather, point: str, copies: int) -> None:
    """Before our mark one duplicate for one crash; after it none."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await choose(ctx, worker.id, {"hours_pay": ["email"]})
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    tally = await run_all_due(replace(ctx, faults=Faults.parse(f"{point}:fail:1")))
    assert tally.failed == 1
    await run_at(ctx, MONDAY + timedelta(hours=1))
    assert await left(ctx) == ["email"] * copies


async def test_many_processes_send_one(ctx: Context, weather: Weather) -> None:
    """Three at once, each channel of the order there: one letter."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await choose(ctx, worker.id, {"hours_pay": ["email", "sms"]})
    await at(ctx, MONDAY)
    await asyncio.gather(*(told(ctx, worker.id, dedupe="same") for _ in range(5)))
    await asyncio.gather(*(run_all_due(ctx) for _ in range(3)))
    assert await left(ctx) == ["email"]


async def test_own_quiet_hours_count_in_place_of_the_usual_ones(ctx: Context, weather: Weather) -> None:
    """Who works at night sleeps by day: at 23:00 it leaves, at 10:00 it waits for 16:00, urgent ones never wait."""
    worker = await a_worker(ctx)
    await choose(ctx, worker.id, quiet=(time(8), time(16)))
    await at(ctx, NIGHT - timedelta(days=1))
    await told(ctx, worker.id)
    await run_all_due(ctx)
    assert await left(ctx) == ["sms"]
    await at(ctx, MONDAY.replace(hour=10))
    await told(ctx, worker.id, params={"paid_fen": 1, "due_fen": 1, "means": "cash"})
    await told(ctx, worker.id, urgent=True)
    await run_all_due(ctx)
    assert await left(ctx) == ["sms", "sms"]
    await run_at(ctx, MONDAY.replace(hour=16))
    assert await left(ctx) == ["sms"] * 3


async def test_messages_speak_the_chosen_language(ctx: Context, weather: Weather) -> None:
    """On every channel, whatever the record's own is."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id, "wechat")
    await choose(ctx, worker.id, {"vital": ["wechat"]}, language="en")
    await at(ctx, MONDAY)
    await told(ctx, worker.id, **VITAL)
    await run_all_due(ctx)
    (card,) = await read_sink(ctx, OPEN_ID, 5)
    assert card["template_id"] == "linggong-pay-overdue"
    assert card["data"] == {"amount1": "1", "thing2": "1 yuan were due and…", "time3": "2026年11月23日 09:00"}
    assert card["text"].startswith("1 yuan were due")


async def test_who_has_no_phone_is_reached_by_e_mail(ctx: Context, weather: Weather) -> None:
    """And nobody is written to where there is nothing at all."""
    await at(ctx, MONDAY)
    async with ctx.uow() as uow:
        person, other = await a_person(uow), await a_person(uow)
        for each in (person, other):
            each.phone_sealed = each.phone_hash = None
    await a_binding(ctx, person.id)
    for each in (person, other):
        await told(ctx, each.id)
    await run_all_due(ctx)
    assert sorted(await outcomes(ctx)) == [("email", "sent"), ("sms", "no_address")]


async def test_an_answer_to_a_text_goes_where_it_came_from(ctx: Context, weather: Weather) -> None:
    """Whatever is chosen: the conversation stays in one place."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await choose(ctx, worker.id, {topic: ["email"] for topic in ("offers", "hours_pay", "vital")})
    await at(ctx, MONDAY)
    await told(ctx, worker.id, template="reply.noted", params={}, asks=None)
    await run_all_due(ctx)
    assert await left(ctx) == ["sms"]
