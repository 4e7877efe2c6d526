"""Replies by SMS: whose they are, what they do, and once in effect however often they come."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from service.attendance import usecases as attendance
from service.attendance.usecases.arrival import Proof
from service.context import Context
from service.http.caller import Caller
from service.ids import new_id
from service.jobs.due import run_all_due
from service.messages import usecases
from service.messages.usecases import replies
from service.pay import usecases as pay
from service.testing.sink import read_sink
from tests.builders.attendance import END, MONDAY, START, Scene, a_scene, another_seat, at, rows, run_at

PHONE = "+8613900001111"
GATEWAY = Caller("integrator", new_id(), scopes=frozenset({"sms:receive"}), regions=("310000",))


async def say(ctx: Context, text: str, gateway_id: str | None = None, phone: str = PHONE) -> Any:
    return await usecases.receive_reply(
        ctx, gateway_id=gateway_id or f"g{new_id()}", phone=phone, text=text, by=GATEWAY
    )


async def scene_on_phone(ctx: Context, **more: Any) -> Scene:
    return await a_scene(ctx, worker={"phone": PHONE}, **more)


async def paid_scene(ctx: Context) -> Scene:
    """After one press for the shift: the worker is asked whether the money came."""
    scene = await scene_on_phone(ctx)
    await at(ctx, END)
    await pay.close_shift_paid(ctx, scene.shift.id, means="cash", paid_at=None, by=scene.as_member)
    await run_all_due(ctx)
    return scene


async def pay_state(ctx: Context) -> Any:
    return (await rows(ctx, "select state, received_fen from pay_records"))[0]


async def texts(ctx: Context, phone: str = PHONE) -> list[str]:
    return [message["text"] for message in await read_sink(ctx, phone, 20)]


async def test_one_settles_the_pay_under_the_workers_name(ctx: Context) -> None:
    """«1» is the worker's own press, by the channel sms; the question is closed and he is told."""
    scene = await paid_scene(ctx)
    made = await say(ctx, "1")
    assert (made.taken_for, made.outcome) == ("pay.received", "pay_settled")
    assert await pay_state(ctx) == {"state": "settled", "received_fen": 10_000}
    (line,) = await rows(ctx, "select * from transitions where noun = 'pay_record' and action = 'settle'")
    assert (line["actor_kind"], line["actor_id"], line["channel"]) == ("worker", scene.worker.id, "sms")
    await run_all_due(ctx)
    assert (await texts(ctx))[0] == "好，这笔工钱已结清。"
    assert (await rows(ctx, "select answered_at from messages where asks = 'pay.received'"))[0]["answered_at"] == END


@pytest.mark.parametrize(
    ("text", "outcome", "state", "received"),
    [
        ("收到80", "pay_disputed", "disputed", 8_000),
        ("收到 100元", "pay_settled", "settled", 10_000),
        ("2", "pay_disputed", "disputed", None),
        ("没收到", "pay_disputed", "disputed", None),
    ],
)
async def test_amounts_are_read(ctx: Context, text: str, outcome: str, state: str, received: int | None) -> None:
    """The whole sum settles, less is disputed, nothing is disputed."""
    await paid_scene(ctx)
    assert (await say(ctx, text)).outcome == outcome
    assert await pay_state(ctx) == {"state": state, "received_fen": received}


async def test_gateway_sends_twice_with_one_effect(ctx: Context) -> None:
    """Ten times the same gateway number, at once and later: one settlement, one confirmation."""
    await paid_scene(ctx)
    answers = await asyncio.gather(*(say(ctx, "1", "same") for _ in range(10)))
    answers.append(await say(ctx, "1", "same"))
    assert len({answer.id for answer in answers}) == 1
    assert len(await rows(ctx, "select 1 from transitions where action = 'settle'")) == 1
    assert len(await rows(ctx, "select 1 from messages where template like 'reply.%'")) == 1


async def test_crash_after_the_effect_is_finished_on_the_next_delivery(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the use case and the outcome: the gateway's repeat finishes it without a second effect."""
    await paid_scene(ctx)

    async def die(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch, pytest.raises(asyncio.CancelledError):
        patch.setattr(replies, "_finish", die)
        await say(ctx, "1", "cut")
    assert (await pay_state(ctx))["state"] == "settled"
    made = await say(ctx, "1", "cut")
    assert made.outcome in ("done_before", "nothing_asked")
    assert len(await rows(ctx, "select 1 from transitions where action = 'settle'")) == 1


async def test_words_that_need_no_question(ctx: Context) -> None:
    """On my way, here, done: the day of a worker by SMS, from set-out to proposed hours."""
    await scene_on_phone(ctx)
    await at(ctx, START - timedelta(minutes=30))
    assert (await say(ctx, "出发")).outcome == "set_out"
    await at(ctx, START)
    assert (await say(ctx, "到了")).outcome == "arrived"
    await at(ctx, END)
    assert (await say(ctx, "干完了")).outcome == "finished"
    told = await rows(ctx, "select kind, method, actor_kind from attendance order by at")
    assert [(row["kind"], row["method"]) for row in told] == [
        ("set_out", "worker"),
        ("check_in", "worker"),
        ("check_out", "worker"),
    ]
    assert (await rows(ctx, "select state from timesheets"))[0]["state"] == "open"
    await run_all_due(ctx)
    assert (await say(ctx, "对")).outcome == "hours_agreed"
    assert (await rows(ctx, "select state from timesheets"))[0]["state"] == "by_worker"


async def test_here_contests_a_provisional_absence(ctx: Context) -> None:
    """Marked absent by mistake: «到了» is «I was there», and the day of silence does not count it."""
    scene = await scene_on_phone(ctx)
    await at(ctx, START + timedelta(minutes=30))
    await attendance.mark_absent(ctx, scene.engagement.id, by=scene.as_member)
    assert (await say(ctx, "到了")).outcome == "absence_contested"
    await run_at(ctx, START + timedelta(days=2))
    assert (await rows(ctx, "select absence_final_at from engagements"))[0]["absence_final_at"] is None


async def test_refusal_comes_back_as_a_sentence(ctx: Context) -> None:
    """Too early: the person reads why; nothing was done."""
    await scene_on_phone(ctx)
    await at(ctx, START - timedelta(minutes=90))
    assert (await say(ctx, "到了")).outcome == "refused"
    await run_all_due(ctx)
    assert (await texts(ctx))[0] == "没办成：还没到报到时间，11月23日 16:00 开始。"
    assert await rows(ctx, "select 1 from attendance") == []


@pytest.mark.parametrize(
    ("text", "outcome"), [("帮助", "help"), ("今天天气", "not_understood"), ("1", "nothing_asked")]
)
async def test_what_cannot_be_done_is_answered(ctx: Context, text: str, outcome: str) -> None:
    """Help, unknown words, an answer to no question: each has its reply."""
    await scene_on_phone(ctx)
    assert (await say(ctx, text)).outcome == outcome
    await run_at(ctx, MONDAY)
    assert len(await texts(ctx)) == 1


async def test_unknown_phone_is_nobody(ctx: Context) -> None:
    """Nothing is sent to a phone that is nobody's."""
    assert (await say(ctx, "1", phone="+8613700000000")).outcome == "nobody"
    assert await rows(ctx, "select 1 from messages") == []


async def test_shared_phone_needs_the_letter_of_the_text(ctx: Context) -> None:
    """Two brothers, one phone: each text carries its letter, and only that letter answers it."""
    scene = await scene_on_phone(ctx)
    await another_seat(ctx, scene, phone=PHONE)
    await at(ctx, END)
    await pay.close_shift_paid(ctx, scene.shift.id, means="cash", paid_at=None, by=scene.as_member)
    await run_all_due(ctx)
    asked = {
        row["tag"]: row["person_id"]
        for row in await rows(ctx, "select tag, person_id from messages where asks is not null")
    }
    assert set(asked) == {"A", "B"}
    assert sum("收到回 A1" in text for text in await texts(ctx)) == 1
    assert (await say(ctx, "1")).outcome == "letter_needed"
    assert (await say(ctx, "B1")).outcome == "pay_settled"
    settled = await rows(ctx, "select worker_id from pay_records where state = 'settled'")
    assert settled == [{"worker_id": asked["B"]}]
    assert (await say(ctx, "a 收到50")).outcome == "pay_disputed"


async def test_question_settled_elsewhere_is_closed(ctx: Context) -> None:
    """Confirmed in the app: a late «2» meets no question and disputes nothing."""
    scene = await paid_scene(ctx)
    (record,) = await rows(ctx, "select id from pay_records")
    await pay.receive_pay(ctx, record["id"], amount_fen=10_000, means=None, by=scene.as_worker)
    assert (await say(ctx, "2")).outcome == "nothing_asked"
    assert (await pay_state(ctx))["state"] == "settled"


async def test_old_questions_are_not_answered(ctx: Context) -> None:
    """After a day «1» is no answer any more."""
    await paid_scene(ctx)
    await at(ctx, END + timedelta(days=1, minutes=1))
    assert (await say(ctx, "1")).outcome == "nothing_asked"


async def test_waiting_for_work_by_sms(ctx: Context) -> None:
    """«等活 搬运» puts the worker on today's list for that trade."""
    await scene_on_phone(ctx)
    await at(ctx, MONDAY)
    assert (await say(ctx, "等活 搬运")).outcome == "waiting"
    assert (await rows(ctx, "select state from waitings"))[0]["state"] == "waiting"


async def test_words_are_sealed_and_phones_hashed(ctx: Context) -> None:
    """The table of replies shows neither words nor numbers."""
    await scene_on_phone(ctx)
    await say(ctx, "今天天气不错")
    (row,) = await rows(ctx, "select * from replies")
    assert "天气".encode() not in bytes(row["sealed"])
    assert b"139" not in bytes(row["phone_hash"])


async def test_checked_in_by_word_shows_as_such(ctx: Context) -> None:
    """The employer sees that it is a word, not a proof, and may undo it."""
    scene = await scene_on_phone(ctx)
    await at(ctx, START)
    await say(ctx, "到了")
    row = await attendance.undo_check_in(ctx, scene.engagement.id, reason="not_there", by=scene.as_member)
    assert row.state == "confirmed"
    await attendance.check_in(ctx, scene.engagement.id, proof=Proof(), by=scene.as_member)


async def asked_since(ctx: Context, scene: Scene) -> None:
    """A newer question to the same phone."""
    async with ctx.uow() as uow:
        facts = {"title": "仓库夜班", "starts_at": START.isoformat(), "answer_by_at": END.isoformat()}
        await uow.tell(
            scene.worker.id, "engagement.coming", params=facts, subject=("engagement", scene.engagement.id),
            asks="engagement.coming", dedupe="newer",
        )  # fmt: skip


async def test_a_yes_to_what_is_settled_does_not_reach_an_older_question_unasked(ctx: Context) -> None:
    """Who is asked twice, and whose newer question something else has settled, is told so; said once more it counts."""
    scene = await paid_scene(ctx)
    await at(ctx, END + timedelta(minutes=5))
    await asked_since(ctx, scene)
    async with ctx.uow() as uow:
        await uow.messages.close_questions("engagement", scene.engagement.id, await uow.now())
    made = await say(ctx, "2")
    assert (made.taken_for, made.outcome) == (None, "settled")
    assert (await pay_state(ctx))["state"] == "paid_by_employer"
    await run_all_due(ctx)
    assert "已经定了" in (await texts(ctx))[0]
    assert (await say(ctx, "2")).outcome == "pay_disputed"


async def test_who_has_answered_the_newer_question_may_go_on_with_the_older(ctx: Context) -> None:
    """The first reply settles the one, the second the other, and nobody is asked once more."""
    scene = await paid_scene(ctx)
    await at(ctx, END + timedelta(minutes=5))
    await asked_since(ctx, scene)
    assert (await say(ctx, "1")).taken_for == "engagement.coming"
    async with ctx.uow() as uow:
        await uow.messages.close_questions("engagement", scene.engagement.id, await uow.now())
    assert (await say(ctx, "1")).outcome == "pay_settled"
