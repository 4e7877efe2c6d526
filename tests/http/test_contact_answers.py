"""Answers by SMS to being asked, and to showing one's number: what a bare 1 gives, and what it never gives."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import httpx2
import pytest

from service.context import Context
from service.testing.sink import read_sink
from tests.builders import city
from tests.builders.applications import run_due_at, set_time, value_of
from tests.builders.contact_requests import WORKER_PHONE, Two, two_sides
from tests.builders.intakes import reply

Client = httpx2.AsyncClient
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


async def noon_of(ctx: Context) -> datetime:
    """Noon in Shanghai of tomorrow, as the time that it is from now on."""
    noon = (await city.now_of(ctx)).replace(hour=4, minute=0) + DAY
    await set_time(ctx, noon)
    return noon


async def codes(ctx: Context) -> list[str]:
    """The codes that the person was sent, the newest first."""
    found = [re.search(r"请把 (\d{4}) 四个数字", each["text"]) for each in await read_sink(ctx, WORKER_PHONE, 20)]
    return [each[1] for each in found if each]


async def asked_for_number(ctx: Context, two: Two) -> tuple[str, datetime]:
    """A talk in which the employer is willing and the person has been asked by SMS; what time it is."""
    noon = await noon_of(ctx)
    request_id = await two.talking()
    assert (await two.act(request_id, "agree", two.boss)).status_code == 200
    await run_due_at(ctx, noon + MINUTE)
    return request_id, noon + MINUTE


async def test_one_accepts_and_only_the_code_gives_the_number(ctx: Context, client: Client) -> None:
    """A bare 1 lets them ask through the service; for the number it is told what is missing, however often."""
    two = await two_sides(ctx, client)
    noon = await noon_of(ctx)
    request_id = await two.asked()
    await run_due_at(ctx, noon + MINUTE)
    assert await reply(ctx, "1", WORKER_PHONE) == "contact_accepted"
    await two.act(request_id, "agree", two.boss)
    await run_due_at(ctx, noon + 3 * MINUTE)
    for words in ("1", "同意", "好的", "1", "0000" if await codes(ctx) != ["0000"] else "0001"):
        assert await reply(ctx, words, WORKER_PHONE) in ("code_needed", "code_unknown")
        assert (await two.look(request_id, "contact", two.boss)).status_code == 409
    assert await value_of(ctx, "select worker_agreed_at from contact_requests") is None
    [code] = await codes(ctx)
    inbox = await client.get("/v1/messages", headers=two.seeker)
    assert f"{code} 四个数字" not in inbox.text
    assert "愿意互相公开号码" in inbox.text
    assert await reply(ctx, f"同意 {code}", WORKER_PHONE) == "contact_agreed"
    assert (await two.look(request_id, "contact", two.boss)).status_code == 200
    assert await reply(ctx, code, WORKER_PHONE) == "code_unknown"


async def test_a_relayed_text_voids_the_question_and_it_is_put_anew(ctx: Context, client: Client) -> None:
    """Whoever wrote after the question may have said what to reply: the old code gives nothing, a new one does."""
    two = await two_sides(ctx, client)
    request_id, now = await asked_for_number(ctx, two)
    [old] = await codes(ctx)
    assert (await two.text(request_id, "早上八点到南门口等我行不行", two.boss)).status_code == 202
    await run_due_at(ctx, now + MINUTE)
    assert await reply(ctx, old, WORKER_PHONE) == "contact_asked_again"
    assert (await two.look(request_id, "contact", two.boss)).status_code == 409
    await run_due_at(ctx, now + 3 * MINUTE)
    new, *before = await codes(ctx)
    assert before == [old]
    assert await reply(ctx, new, WORKER_PHONE) == "contact_agreed"
    assert (await two.look(request_id, "contact", two.boss)).status_code == 200


async def test_a_text_of_the_night_voids_what_was_asked_while_it_waited(ctx: Context, client: Client) -> None:
    """Written before the question, read after it: it counts when it leaves."""
    two = await two_sides(ctx, client)
    night = (await city.now_of(ctx)).replace(hour=15, minute=30) + DAY
    await set_time(ctx, night)
    request_id = await two.talking()
    await two.text(request_id, "明早老地方见", two.boss)
    await set_time(ctx, night + MINUTE)
    await two.act(request_id, "agree", two.boss)
    await run_due_at(ctx, night + timedelta(hours=7))
    await run_due_at(ctx, night + timedelta(hours=7, minutes=1))
    [code] = await codes(ctx)
    assert await reply(ctx, code, WORKER_PHONE) == "contact_asked_again"


async def test_a_question_with_a_code_keeps_no_other_from_its_answer(ctx: Context, client: Client) -> None:
    """An older question takes a bare 1 once the person has been told that the newer one does not."""
    two = await two_sides(ctx, client)
    noon = await noon_of(ctx)
    talk = await two.talking()
    other = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    waiting = await two.asked(who=other)
    await set_time(ctx, noon + MINUTE)
    await two.act(talk, "agree", two.boss)
    await run_due_at(ctx, noon + 2 * MINUTE)
    assert await reply(ctx, "1", WORKER_PHONE) == "code_needed"
    assert await value_of(ctx, "select state from contact_requests where id = :id", id=waiting) == "asked"
    assert await reply(ctx, "1", WORKER_PHONE) == "contact_accepted"
    assert await value_of(ctx, "select state from contact_requests where id = :id", id=waiting) == "accepted"
    assert await value_of(ctx, "select worker_agreed_at from contact_requests where id = :id", id=talk) is None
    assert await reply(ctx, (await codes(ctx))[0], WORKER_PHONE) == "contact_agreed"


async def test_a_yes_after_a_relayed_text_is_said_twice(ctx: Context, client: Client) -> None:
    """An employer asks in passing whether it suits; the person's 行 is no yes to what another one had asked."""
    two = await two_sides(ctx, client)
    noon = await noon_of(ctx)
    talk = await two.talking()
    other = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    waiting = await two.asked(who=other)
    await set_time(ctx, noon + MINUTE)
    assert (await two.text(talk, "早上八点到南门口等我行不行", two.boss)).status_code == 202
    await run_due_at(ctx, noon + 2 * MINUTE)
    state = "select state from contact_requests where id = :id"
    assert await reply(ctx, "行", WORKER_PHONE) == "text_between"
    assert await value_of(ctx, state, id=waiting) == "asked"
    assert await reply(ctx, "1", WORKER_PHONE) == "contact_accepted"
    assert await value_of(ctx, state, id=waiting) == "accepted"


@pytest.mark.parametrize(
    ("words", "named"),
    [("确认开工请回复 1", "回复 1"), ("【平台】通知：明天集合", "【平台】"), ("把验证码告诉我", "验证码")],
)
async def test_a_relayed_text_does_not_speak_as_the_service(
    ctx: Context, client: Client, words: str, named: str
) -> None:
    """Refused with the words that were taken for it; nothing is sent, and none of the allowance is used."""
    two = await two_sides(ctx, client)
    request_id = await two.talking()
    for who in (two.boss, two.seeker):
        answer = await two.text(request_id, words, who)
        assert (answer.status_code, answer.json()["code"]) == (422, "relay_poses")
        assert answer.json()["facts"]["words"] == named
    assert await value_of(ctx, "select count(*) from relayed_texts") == 0
    assert await value_of(ctx, "select count(*) from due_work where kind = 'message.relay'") == 0
