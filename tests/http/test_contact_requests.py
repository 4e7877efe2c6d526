"""Contact through the service: who may ask, who answers, what is shown when, and what nobody learns."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from service.actor import SYSTEM
from service.context import Context
from service.testing.sink import read_sink
from service.workers.tables import BlockRow
from tests.builders import city
from tests.builders.applications import rows_of, run_due_at, value_of
from tests.builders.contact_requests import (
    BOSS_NAME,
    BOSS_PHONE,
    WORKER_NAME,
    WORKER_PHONE,
    Two,
    a_supply,
    two_sides,
)
from tests.builders.people import an_integrator

# Their digits come by chance, and may be anybody's last four.
ID_OR_TIME = re.compile(r'"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"|"[0-9]{4}-[0-9]{2}-[0-9]{2}T[^"]*"')
Client = httpx2.AsyncClient
DAY = timedelta(days=1)
SAME = ("state", "version", "possible", "note")


async def test_numbers_are_seen_when_both_have_agreed_and_not_before(ctx: Context, client: Client) -> None:
    """Asked, accepted, one yes: closed. Both: each sees the other, each look is recorded; ended: closed again."""
    two = await two_sides(ctx, client)
    request_id = await two.asked(note="明天上午搬两个柜子，能来吗")
    for step, who in ((None, None), ("accept", two.seeker), ("agree", two.boss)):
        if step:
            assert (await two.act(request_id, step, who)).status_code == 200
        for looker in (two.boss, two.seeker):
            shut = await two.look(request_id, "contact", looker)
            assert (shut.status_code, shut.json()["code"]) == (409, "contact_closed")
    open_now = await two.act(request_id, "agree", two.seeker)
    assert open_now.json()["state"] == "agreed"
    seen = (await two.look(request_id, "contact", two.boss)).json()
    assert (seen["side"], seen["name"], seen["phone"]) == ("worker", WORKER_NAME, WORKER_PHONE)
    seen = (await two.look(request_id, "contact", two.seeker)).json()
    assert (seen["name"], seen["phone"]) == (BOSS_NAME, BOSS_PHONE)
    looks = await rows_of(ctx, "select person_id, \"column\" from unmaskings where purpose = 'contact_request'")
    assert len(looks) == 4
    assert (await two.act(request_id, "end", two.seeker)).json()["state"] == "ended"
    assert (await two.look(request_id, "contact", two.boss)).status_code == 409


async def test_nothing_of_the_person_stands_in_any_answer(ctx: Context, client: Client) -> None:
    """Every answer that an employer gets before both agree is free of id, name, phone and place."""
    two = await two_sides(ctx, client)
    answers = [await two.ask(note="有活请您来看看")]
    request_id = answers[0].json()["id"]
    await two.act(request_id, "accept", two.seeker)
    answers += [
        await client.get(f"/v1/contact-requests/{request_id}", headers=two.boss),
        await client.get("/v1/contact-requests", headers=two.boss),
        await two.look(request_id, "exchanges", two.boss),
        await two.look(request_id, "contact", two.boss),
        await two.text(request_id, "几点方便？", two.boss),
        await client.post(f"/v1/contact-requests/{request_id}/calls", headers=two.boss),
        await client.get("/v1/messages", headers=two.boss),
        await two.ask(),
    ]
    for answer in answers:
        for secret in (WORKER_NAME, WORKER_PHONE[3:], str(two.worker.id), "121.4"):
            assert secret not in answer.text, answer.text
        assert WORKER_PHONE[-4:] not in ID_OR_TIME.sub("", answer.text), answer.text


async def test_no_reason_of_the_other_side_is_told(ctx: Context, client: Client) -> None:
    """A block, a choice, another posting of the same person: the question is taken as ever, and reaches nobody; what
    waits when the person wants no more questions keeps its state and version for its asker."""
    two = await two_sides(ctx, client)
    second = await a_supply(ctx, two.worker, title="会修拉链")
    linked = await two.ask(supply_id=str((await a_supply(ctx, two.worker)).id))
    waits = f"/v1/contact-requests/{linked.json()['id']}"
    waiting = (await client.get(waits, headers=two.boss)).json()
    linked = await two.ask(supply_id=str(second.id))
    choice = "/v1/contact-requests/choice"
    assert (await client.get(choice, headers=two.seeker)).json() == {"asks_taken": True}
    other = await two_sides_more(ctx, client, two)
    assert (await client.put(choice, json={"asks_taken": False}, headers=two.seeker)).json() == {"asks_taken": False}
    off = await other()
    assert (await client.get(waits, headers=two.boss)).json() == waiting
    assert (await client.get(waits, headers=two.seeker)).status_code == 404
    await client.put(choice, json={"asks_taken": True}, headers=two.seeker)
    blocked = await (await two_sides_more(ctx, client, two, block=True))()
    said = [(each.status_code, *(each.json()[name] for name in SAME)) for each in (linked, off, blocked)]
    assert said == [(201, "asked", 1, ["withdraw"], None)] * 3
    assert await value_of(ctx, "select count(*) from contact_requests where unheard") == 4
    assert await value_of(ctx, "select count(*) from messages where template like 'contact_request.%'") == 1
    assert (await client.get("/v1/contact-requests", headers=two.seeker)).json()["items"] == []


async def two_sides_more(ctx: Context, client: Client, two: Any, *, block: bool = False) -> Any:
    """Another employer who asks about the same posting."""
    firm = await city.an_employer(ctx)
    boss = await city.as_member(ctx, await city.a_member(ctx, firm))
    if block:
        path = f"/v1/workers/me/blocks/{firm.id}"
        answer = await client.put(path, json={"reason": None}, headers=two.seeker)
        assert answer.status_code in (200, 201), answer.text
    return lambda: two.ask(who=boss)


@pytest.mark.parametrize(
    "words",
    [
        "打我电话13912345678", "加V x gongzuo88", "一三九一二三四五六七八", "看 www.example.top", "先交押金200元",
        "1391", "０１２３", "八八 六六",
    ],
)  # fmt: skip
async def test_words_lead_nowhere_else_and_ask_for_nothing(ctx: Context, client: Client, words: str) -> None:
    """In the note and in relayed texts; what is refused is not said again."""
    two = await two_sides(ctx, client)
    for answer in (await two.ask(note=words), await two.text(await two.talking(), words, two.boss)):
        assert (answer.status_code, answer.json()["code"]) == (422, "contact_words"), words
        assert words not in answer.text
        assert answer.json()["facts"]["hits"]


async def test_texts_go_by_sms_and_are_kept_nowhere(ctx: Context, client: Client, urls: tuple[str, str]) -> None:
    """Both ways; afterwards time and length are left, in no table a word of it; the allowance ends."""
    from tests.builders.workers import everything_stored

    two = await two_sides(ctx, client)
    request_id = await two.talking()
    there, back = "早上八点到南门口等我行不行", "行，我带两个人一起去"
    sent = await two.text(request_id, there, two.boss)
    assert (sent.status_code, sent.json()["characters"], sent.json()["left"]) == (202, len(there), 9)
    await two.text(request_id, back, two.seeker)
    await run_due_at(ctx, (await city.now_of(ctx)).replace(hour=4) + DAY)  # noon in Shanghai: nobody sleeps
    assert any(there in each["text"] for each in await read_sink(ctx, WORKER_PHONE, 20))
    assert any(back in each["text"] for each in await read_sink(ctx, BOSS_PHONE, 20))
    kept = await everything_stored(urls[1])
    assert there not in kept and back not in kept  # noqa: PT018
    assert await value_of(ctx, "select count(*) from due_work where kind = 'message.relay' and secret is not null") == 0
    listed = (await two.look(request_id, "exchanges", two.seeker)).json()["items"]
    assert {(each["from_side"], each["characters"]) for each in listed} == {
        ("employer", len(there)), ("worker", len(back)),
    }  # fmt: skip
    for _ in range(9):
        await two.text(request_id, "好", two.boss)
    used = await two.text(request_id, "好", two.boss)
    assert (used.status_code, used.json()["code"]) == (409, "relay_texts_used")


async def test_a_text_at_night_waits_sealed_for_the_morning(ctx: Context, client: Client) -> None:
    """Nobody is woken; the words lie sealed until they leave."""
    from tests.builders.applications import set_time

    two = await two_sides(ctx, client)
    night = (await city.now_of(ctx)).replace(hour=15, minute=30) + DAY  # half past eleven at night in Shanghai
    await set_time(ctx, night)
    request_id = await two.talking()
    await two.text(request_id, "明早七点集合", two.boss)
    await run_due_at(ctx, night + timedelta(minutes=1))
    assert not any("集合" in each["text"] for each in await read_sink(ctx, WORKER_PHONE, 20))
    await run_due_at(ctx, night + timedelta(hours=7))
    assert any("集合" in each["text"] for each in await read_sink(ctx, WORKER_PHONE, 20))


async def test_one_number_for_both_sides_and_what_the_switch_tells(ctx: Context, client: Client) -> None:
    """Lent for an hour, the same to both; calls are kept as time and length; taken back by the clock and by an end."""
    two = await two_sides(ctx, client)
    request_id = await two.talking()
    calls = f"/v1/contact-requests/{request_id}/calls"
    lent = (await client.post(calls, headers=two.boss)).json()
    assert (await client.post(calls, headers=two.seeker)).json() == lent
    now = await city.now_of(ctx)
    await run_due_at(ctx, now)
    [bound] = await read_sink(ctx, lent["number"], 5)
    assert bound["params"]["phones"] == {"worker": WORKER_PHONE, "employer": BOSS_PHONE}
    switch = (await an_integrator(ctx, "calls:report"))[1]
    told = {
        "gateway_id": "call-1", "relay_id": lent["relay_id"], "from_side": "employer",
        "started_at": (await city.now_of(ctx)).isoformat(), "seconds": 0, "outcome": "missed",
    }  # fmt: skip
    first = await client.post("/v1/relay/calls", json=told, headers=switch)
    again = await client.post("/v1/relay/calls", json=told, headers=switch)
    assert (first.status_code, first.json()) == (200, again.json())
    recorded = await client.post("/v1/relay/calls", json=told | {"recording": "x"}, headers=switch)
    assert recorded.status_code == 422
    late = told | {"gateway_id": "call-2", "started_at": (now + 2 * DAY).isoformat()}
    assert (await client.post("/v1/relay/calls", json=late, headers=switch)).json()["code"] == "relay_call_time"
    [kept] = (await two.look(request_id, "exchanges", two.boss)).json()["items"]
    assert (kept["kind"], kept["outcome"], kept["seconds"]) == ("call", "missed", 0)
    await run_due_at(ctx, now + timedelta(minutes=61))
    assert await value_of(ctx, "select count(*) from relay_ends where released_at is null") == 0
    assert (await read_sink(ctx, lent["number"], 5))[0]["template"] == "relay.unbind"
    anew = (await client.post(calls, headers=two.seeker)).json()
    await two.act(request_id, "end", two.boss)
    assert await value_of(ctx, "select state from relays where id = :id", id=anew["relay_id"]) == "released"
    assert (await client.post(calls, headers=two.seeker)).json()["code"] == "relay_closed"


async def test_a_phone_is_on_a_number_once(ctx: Context, client: Client) -> None:
    """Two talks of one person have two numbers; where none is left, no phone is, or both are one, the words are one."""
    two = await two_sides(ctx, client)
    request_id = await two.talking()
    numbers = {(await client.post(f"/v1/contact-requests/{request_id}/calls", headers=two.boss)).json()["number"]}
    for _ in range(3):
        firm = await city.an_employer(ctx)
        boss = await city.as_member(ctx, await city.a_member(ctx, firm))
        other = (await two.ask(who=boss)).json()["id"]
        await two.act(other, "accept", two.seeker)
        numbers.add((await client.post(f"/v1/contact-requests/{other}/calls", headers=boss)).json()["number"])
    assert len(numbers) == 4
    shared = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx), phone=WORKER_PHONE))
    other = (await two.ask(who=shared)).json()["id"]
    await two.act(other, "accept", two.seeker)
    unavailable = await client.post(f"/v1/contact-requests/{other}/calls", headers=shared)
    assert (unavailable.status_code, unavailable.json()["code"]) == (409, "relay_call_unavailable")


@pytest.mark.parametrize("cause", ["left", "another_role", "new_phone", "phone_taken_away", "new_phone_of_worker"])
async def test_a_lent_number_leaves_with_its_phone(ctx: Context, client: Client, cause: str) -> None:
    """Whoever left, decides no more, or has another phone now is on no number any longer; also where the switch had
    not yet been told."""
    two = await two_sides(ctx, client)
    await city.a_member(ctx, two.employer, phone="+8613652347899")
    request_id = await two.talking()
    calls = f"/v1/contact-requests/{request_id}/calls"
    lent = (await client.post(calls, headers=two.boss)).json()
    await _phone_goes(ctx, two, cause)
    assert await value_of(ctx, "select state from relays where id = :id", id=lent["relay_id"]) == "released"
    assert await value_of(ctx, "select count(*) from relay_ends where released_at is null") == 0
    await run_due_at(ctx, await city.now_of(ctx))
    assert [each["template"] for each in await read_sink(ctx, lent["number"], 5)] == ["relay.unbind"]


async def _phone_goes(ctx: Context, two: Two, cause: str) -> None:
    async with ctx.uow() as uow:
        now = await uow.now()
        if cause in ("left", "another_role"):
            row = await uow.members.get(two.employer.id, two.member.id)
            action, changes = ("leave", {"left_at": now}) if cause == "left" else ("change_role", {"role": "clerk"})
            await uow.edit(row, by=SYSTEM, at=now, action=action, **changes)
            return
        person = await uow.people.lock(two.worker.id if cause == "new_phone_of_worker" else two.member.person_id)
        phone = None if cause == "phone_taken_away" else "+8613652347890"
        action = "set_phone" if phone else "detach_phone"
        await uow.edit(person, by=SYSTEM, at=now, action=action, **uow.people.phone_columns(person, phone, None))


async def test_the_switch_is_told_only_phones_that_were_put_on(ctx: Context, client: Client) -> None:
    """A phone that changed in a way that nobody reacts to: the number goes back instead of reaching a stranger."""
    two = await two_sides(ctx, client)
    lent = (await client.post(f"/v1/contact-requests/{await two.talking()}/calls", headers=two.boss)).json()
    async with ctx.uow() as uow:
        person = await uow.people.lock(two.worker.id)
        columns = uow.people.phone_columns(person, "+8613652347890", None)
        await uow.edit(person, by=SYSTEM, at=await uow.now(), **columns)
    await run_due_at(ctx, await city.now_of(ctx))
    assert await value_of(ctx, "select state from relays where id = :id", id=lent["relay_id"]) == "released"
    assert "relay.bind" not in {each["template"] for each in await read_sink(ctx, lent["number"], 5)}


async def test_strangers_find_nothing(ctx: Context, client: Client) -> None:
    """Another worker, another employer, an officer elsewhere: as for an id that is not there."""
    two = await two_sides(ctx, client)
    request_id = await two.agreed()
    worker = await city.as_worker(ctx, await city.a_worker(ctx))
    firm = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    abroad = await city.as_staff(ctx, await city.an_officer(ctx, regions=("330200",)))
    for who in (worker, firm, abroad):
        assert (await client.get(f"/v1/contact-requests/{request_id}", headers=who)).status_code == 404
        assert (await two.look(request_id, "exchanges", who)).status_code == 404
        params = {"on_behalf": "by_phone"} if who is abroad else {}
        assert (await two.act(request_id, "end", who, **params)).status_code == 404
    for who in (worker, firm):
        assert (await two.look(request_id, "contact", who)).status_code == 404
    assert (await client.get("/v1/contact-requests", headers=worker)).json()["items"] == []
    clerk = await city.as_member(ctx, await city.a_member(ctx, two.employer, role="clerk"))
    assert (await two.look(request_id, "contact", clerk)).status_code == 403


async def test_only_those_whose_papers_were_seen_ask_and_households(ctx: Context, client: Client) -> None:
    """An unverified firm is refused; a household is not, and is shown masked."""
    firm = await two_sides(ctx, client, verified=False)
    refused = await firm.ask()
    assert (refused.status_code, refused.json()["code"]) == (409, "contact_needs_verified")
    home = {"kind": "household", "credit_code": None, "name": "司马家", "verified": False}
    household = await two_sides(ctx, client, **home)
    made = (await household.ask()).json()
    assert made["employer_name"] != "司马家"
    assert made["employer_name"].startswith("司")


async def test_a_day_has_so_many_questions(ctx: Context, client: Client) -> None:
    """A household asks five times; the sixth is told until when to wait. Of several firms one person has one count."""
    home = {"kind": "household", "credit_code": None, "verified": False}
    two = await two_sides(ctx, client, **home)
    supplies = [await a_supply(ctx, await city.a_worker(ctx)) for _ in range(6)]
    codes = [(await two.ask(supply_id=str(each.id))).status_code for each in supplies]
    assert codes == [201] * 5 + [429]
    second = await city.an_employer(ctx, **(home | {"credit_code": None}), name="司马二家")
    async with ctx.uow() as uow:
        from service.actor import SYSTEM

        await uow.add(uow.members.new(employer_id=second.id, person_id=two.member.person_id, role="owner"), by=SYSTEM)
    boss = await city.signed_in(ctx, "member", person_id=two.member.person_id, employer_id=second.id)
    late = await two.ask(who=boss, supply_id=str(supplies[5].id))
    assert (late.status_code, late.json()["code"]) == (429, "contact_asks_a_day")


async def test_a_worker_asks_about_a_posting(ctx: Context, client: Client) -> None:
    """Whoever decides there is told, and whoever accepts speaks; the worker's number stays hidden as long."""
    two = await two_sides(ctx, client)
    posting = await city.a_posting(ctx, two.employer)
    body = {"posting_id": str(posting.id), "purpose": "time_and_place", "note": "下雨天也要去吗"}
    made = await client.post("/v1/contact-requests", json=body, headers=two.seeker)
    assert made.status_code == 201, made.text
    request_id = made.json()["id"]
    seen = (await client.get("/v1/contact-requests", headers=two.boss)).json()["items"]
    assert [(each["note"], each["possible"]) for each in seen] == [("下雨天也要去吗", ["accept", "decline"])]
    own = await two.act(request_id, "accept", two.seeker)
    assert (own.status_code, own.json()["code"]) == (409, "contact_other_side")
    taken = (await two.act(request_id, "accept", two.boss)).json()
    assert (taken["state"], taken["note"]) == ("accepted", None)
    assert (await two.text(request_id, "下雨改天", two.boss)).status_code == 202
    draft = await city.a_posting(ctx, two.employer, state="draft", published_at=None)
    hidden = await client.post("/v1/contact-requests", json=body | {"posting_id": str(draft.id)}, headers=two.seeker)
    assert hidden.status_code == 404
    wrong = await client.post(
        "/v1/contact-requests", json={"purpose": "pay", "supply_id": str(two.supply.id)}, headers=two.seeker
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "contact_subject")


async def test_a_worker_whom_an_employer_blocks_asks_into_silence(ctx: Context, client: Client) -> None:
    """Taken like any question; the employer neither sees nor hears it, and cannot answer it."""
    two = await two_sides(ctx, client)
    async with ctx.uow() as uow:
        await uow.add(BlockRow(employer_id=two.employer.id, worker_id=two.worker.id, set_by="employer"), by=SYSTEM)
    body = {"posting_id": str((await city.a_posting(ctx, two.employer)).id), "purpose": "pay"}
    made = await client.post("/v1/contact-requests", json=body, headers=two.seeker)
    assert (made.status_code, made.json()["state"]) == (201, "asked")
    assert (await client.get("/v1/contact-requests", headers=two.boss)).json()["items"] == []
    assert (await two.act(made.json()["id"], "accept", two.boss)).status_code == 404
    assert (await client.get("/v1/messages", headers=two.boss)).json()["items"] == []


async def test_it_ends_by_itself(ctx: Context, client: Client) -> None:
    """No answer in two days, no agreement in seven, numbers open for thirty: by the shared clock."""
    two = await two_sides(ctx, client)
    now = await city.now_of(ctx)
    agreed = await two.agreed()
    firm = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    unanswered = (await two.ask(who=firm)).json()["id"]
    third = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    talk = (await two.ask(who=third)).json()["id"]
    await two.act(talk, "accept", two.seeker)

    async def states() -> list[str]:
        asked = "select state from contact_requests where id = :id"
        return [str(await value_of(ctx, asked, id=each)) for each in (unanswered, talk, agreed)]

    assert await states() == ["asked", "accepted", "agreed"]
    await run_due_at(ctx, now + timedelta(hours=49))
    assert await states() == ["lapsed", "accepted", "agreed"]
    await run_due_at(ctx, now + 8 * DAY)
    assert await states() == ["lapsed", "lapsed", "agreed"]
    await run_due_at(ctx, now + 31 * DAY)
    assert await states() == ["lapsed", "lapsed", "ended"]
    fresh = await city.as_member(ctx, two.member)
    assert (await two.look(agreed, "contact", fresh)).json()["code"] == "contact_closed"


async def test_a_block_parts_at_once_and_a_withdrawn_wish_asks_no_more(ctx: Context, client: Client) -> None:
    """Open numbers close with the block; a question without an answer goes with what it was about."""
    two = await two_sides(ctx, client)
    agreed = await two.agreed()
    firm = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    waiting = (await two.ask(who=firm)).json()["id"]
    blocked = await client.put(f"/v1/workers/me/blocks/{two.employer.id}", json={"reason": None}, headers=two.seeker)
    assert blocked.status_code in (200, 201), blocked.text
    assert (await two.look(agreed, "contact", two.boss)).json()["code"] == "contact_closed"
    await client.post(f"/v1/supplies/{two.supply.id}/withdraw", headers=two.seeker)
    assert (await client.get(f"/v1/contact-requests/{waiting}", headers=firm)).json()["state"] == "lapsed"


@pytest.mark.parametrize(
    ("cause", "left"),
    [
        ("withdraw", ["lapsed", "accepted", "agreed"]),
        ("pause", ["asked", "accepted", "agreed"]),
        ("hold", ["lapsed", "ended", "ended"]),
        ("hold_paused", ["lapsed", "ended", "ended"]),
        ("take_down", ["lapsed", "ended", "ended"]),
    ],
)
async def test_talks_outlive_what_they_are_about_unless_an_officer_stopped_it(
    ctx: Context, client: Client, cause: str, left: list[str]
) -> None:
    """Withdrawn: a question lapses, a talk and open numbers go on. Held or taken down: all ends, lent numbers too."""
    two = await two_sides(ctx, client)
    agreed = await two.agreed()
    firms = [await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx))) for _ in range(2)]
    waiting, talking = [(await two.ask(who=who)).json()["id"] for who in firms]
    await two.act(talking, "accept", two.seeker)
    lent = (await client.post(f"/v1/contact-requests/{talking}/calls", headers=two.seeker)).json()
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    path, why = f"/v1/supplies/{two.supply.id}", {"reason": "other", "sentence": None}
    if cause in ("withdraw", "pause", "hold_paused"):
        verb = "withdraw" if cause == "withdraw" else "pause"
        done = await client.post(f"{path}/{verb}", headers=two.seeker)
        assert done.status_code == 200, done.text
    if cause in ("hold", "hold_paused"):
        done = await client.post(f"{path}/hold", json=why, headers=officer)
        assert done.status_code == 201, done.text
    if cause == "take_down":
        done = await client.post(f"{path}/take-down", json={"reason": "other"}, headers=officer)
        assert done.status_code == 200, done.text
    states = [await value_of(ctx, "select state from contact_requests where id = :id", id=each)
              for each in (waiting, talking, agreed)]  # fmt: skip
    assert states == left
    number = await value_of(ctx, "select state from relays where id = :id", id=lent["relay_id"])
    assert number == ("bound" if left[1] == "accepted" else "released")


async def test_an_officer_answers_with_the_persons_yes(ctx: Context, client: Client) -> None:
    """Without it 422; with it the log names officer, person and how."""
    two = await two_sides(ctx, client)
    request_id = await two.asked()
    officer = await city.as_staff(ctx, await city.an_officer(ctx))
    assert (await two.act(request_id, "accept", officer)).json()["code"] == "on_behalf_needed"
    assert (await two.act(request_id, "accept", officer, on_behalf="by_phone")).json()["state"] == "accepted"
    said = "select actor_kind, on_behalf_of, channel from transitions where noun = 'contact_request' and action = :did"
    [line] = await rows_of(ctx, said, did="accept")
    assert tuple(line) == ("officer", two.worker.id, "by_phone")


async def test_two_answers_at_once_are_one(ctx: Context, client: Client) -> None:
    """Accept against decline against withdraw against accept: one wins, the rest are told that it is over."""
    two = await two_sides(ctx, client)
    for _ in range(4):
        worker = await city.a_worker(ctx)
        supply, seeker = await a_supply(ctx, worker), await city.as_worker(ctx, worker)
        request_id = await two.asked(supply_id=str(supply.id))
        answers = await asyncio.gather(
            two.act(request_id, "accept", seeker), two.act(request_id, "accept", seeker),
            two.act(request_id, "decline", seeker), two.act(request_id, "withdraw", two.boss),
        )  # fmt: skip
        assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
        won = await value_of(ctx, "select count(*) from transitions where entity_id = :id", id=request_id)
        assert won == 2


async def test_two_questions_at_once_are_one(ctx: Context, client: Client) -> None:
    """The same employer, the same posting, pressed five times."""
    two = await two_sides(ctx, client)
    answers = await asyncio.gather(*(two.ask() for _ in range(5)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]


async def test_both_agree_at_once(ctx: Context, client: Client) -> None:
    """Neither yes is lost; it opens once."""
    two = await two_sides(ctx, client)
    request_id = await two.talking()
    answers = await asyncio.gather(
        *(two.act(request_id, "agree", who) for who in (two.boss, two.seeker, two.boss, two.seeker))
    )
    assert [each.status_code for each in answers] == [200] * 4
    opened = "select count(*) from transitions where noun = 'contact_request' and action = 'agree'"
    assert await value_of(ctx, opened) == 1
    assert (await two.look(request_id, "contact", two.boss)).status_code == 200


async def test_a_held_employer_reaches_nobody_and_a_lift_gives_back(ctx: Context, client: Client) -> None:
    """No yes, text, call or look while held, of either side; the lent number is gone; lifted, all goes on as it was."""
    two = await two_sides(ctx, client)
    second = await city.a_worker(ctx)
    other = await city.as_worker(ctx, second)
    agreed = await two.agreed()
    waiting = await two.asked(supply_id=str((await a_supply(ctx, second)).id))
    lent = (await client.post(f"/v1/contact-requests/{agreed}/calls", headers=two.boss)).json()
    first, chief = [await city.as_staff(ctx, await city.an_officer(ctx, regions=("310000",))) for _ in range(2)]
    why = {"reason": "unsafe", "sentence": None}
    held = await client.post(f"/v1/employers/{two.employer.id}/hold", json=why, headers=first)
    assert held.status_code == 201, held.text
    assert await value_of(ctx, "select state from relays where id = :id", id=lent["relay_id"]) == "released"
    assert await value_of(ctx, "select count(*) from relay_ends where released_at is null") == 0

    async def everything() -> list[tuple[int, str | None]]:
        answers = [
            await two.act(waiting, "accept", other),
            await two.look(agreed, "contact", two.boss),
            await two.look(agreed, "contact", two.seeker),
            await two.text(agreed, "明天几点来", two.boss),
            await two.text(agreed, "八点行不行", two.seeker),
            await client.post(f"/v1/contact-requests/{agreed}/calls", headers=two.boss),
            await client.post(f"/v1/contact-requests/{agreed}/calls", headers=two.seeker),
            await two.act(waiting, "agree", other),
        ]
        return [(each.status_code, each.json().get("code")) for each in answers]

    *refused, unready = await everything()
    assert refused == [(409, "contact_paused")] * 7
    assert unready == (409, "wrong_state")
    seen = (await client.get(f"/v1/contact-requests/{waiting}", headers=other)).json()
    assert (seen["state"], seen["possible"]) == ("asked", ["decline"])
    lifted = await client.post(f"/v1/holds/{held.json()['id']}/lift", headers=chief)
    assert lifted.status_code == 200, lifted.text
    assert [status for status, _ in await everything()] == [200, 200, 200, 202, 202, 200, 200, 200]


async def test_whoever_is_held_may_still_be_left(ctx: Context, client: Client) -> None:
    """A person declines and ends while the employer is held; a confirmed hold ends the rest."""
    two = await two_sides(ctx, client)
    talk = await two.talking()
    second = await city.as_worker(ctx, worker := await city.a_worker(ctx))
    waiting = await two.asked(supply_id=str((await a_supply(ctx, worker)).id))
    third = await two.asked(supply_id=str((await a_supply(ctx, await city.a_worker(ctx))).id))
    first, chief = [await city.as_staff(ctx, await city.an_officer(ctx, regions=("310000",))) for _ in range(2)]
    why = {"reason": "unsafe", "sentence": None}
    held = (await client.post(f"/v1/employers/{two.employer.id}/hold", json=why, headers=first)).json()
    assert (await two.act(talk, "agree", two.seeker)).json()["code"] == "contact_paused"
    assert (await two.act(talk, "end", two.seeker)).json()["state"] == "ended"
    assert (await two.act(waiting, "decline", second)).json()["state"] == "declined"
    done = await client.post(f"/v1/holds/{held['id']}/confirm", json={"reason": "other"}, headers=chief)
    assert done.status_code == 200, done.text
    assert await value_of(ctx, "select state from contact_requests where id = :id", id=third) == "lapsed"
