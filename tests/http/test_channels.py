"""Addresses, choices and links over HTTP: entered, proved, given up; chosen with If-Match; ended from a letter."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from service.context import Context
from service.ids import new_id
from service.invariants import breaches
from service.jobs.due import run_all_due
from service.settings import Settings
from service.testing.sink import read_sink
from tests.builders.attendance import MONDAY, at, rows
from tests.builders.channels import ADDRESS, OPEN_ID, a_binding, choose, left
from tests.builders.city import a_member, a_worker, an_employer, an_officer, as_member, as_staff, as_worker
from tests.builders.people import an_integrator
from tests.usecases.test_messages_sending import told
from tests.usecases.test_workers_merging import merge

Client = httpx2.AsyncClient
MINE = "/v1/me/channels"
WISHES = "/v1/me/message-preferences"


async def code_to(ctx: Context, address: str) -> str:
    await run_all_due(ctx)
    return str((await read_sink(ctx, address, 1))[0]["params"]["code"])


async def state_of(client: Client, me: dict[str, str], channel: str) -> dict[str, Any]:
    items = (await client.get(MINE, headers=me)).json()["items"]
    return next(each for each in items if each["channel"] == channel)


async def enter(client: Client, me: dict[str, str], address: str) -> httpx2.Response:
    return await client.post(f"{MINE}/email", json={"address": address}, headers=me)


async def confirm(client: Client, me: dict[str, str], code: str) -> httpx2.Response:
    return await client.post(f"{MINE}/email/confirm", json={"code": code}, headers=me)


# -- e-mail --------------------------------------------------------------------------------------------


async def test_an_address_is_proved_replaced_and_given_up(ctx: Context, client: Client) -> None:
    """Masked in every view; sealed in every column; the person hears of it; a removed one leaves nothing."""
    worker = await a_worker(ctx)
    me = await as_worker(ctx, worker)
    await at(ctx, MONDAY)
    sent = await enter(client, me, "Wang.Wu@Example.com")
    assert (sent.status_code, sent.json()["address_masked"]) == (202, "W***@example.com")
    assert (await state_of(client, me, "email"))["state"] == "waiting"
    bound = await confirm(client, me, await code_to(ctx, "Wang.Wu@example.com"))
    assert bound.status_code == 200, bound.text
    shown = await state_of(client, me, "email")
    assert (shown["state"], shown["address_masked"]) == ("bound", "W***@example.com")
    await run_all_due(ctx)
    inbox = (await client.get("/v1/messages", headers=me)).json()["items"]
    assert [(each["template"], each["sent_by"]) for each in inbox] == [("channel.bound.email", ["sms"])]
    await enter(client, me, "new@example.com")
    assert (await state_of(client, me, "email"))["address_masked"] == "W***@example.com"  # until the new one is proved
    await confirm(client, me, await code_to(ctx, "new@example.com"))
    assert (await state_of(client, me, "email"))["address_masked"] == "n***@example.com"
    assert (await client.delete(f"{MINE}/email", headers=me)).status_code == 204
    assert (await client.delete(f"{MINE}/email", headers=me)).status_code == 404
    assert (
        await rows(ctx, "select 1 from channel_bindings where address_sealed is not null or code_mac is not null") == []
    )
    logged = await rows(ctx, "select changes::text as said from transitions where noun = 'binding'")
    assert not [each for each in logged if "example" in (each["said"] or "")]
    assert await breaches(ctx) == []


async def test_a_wrong_code_counts_and_binds_nothing(ctx: Context, client: Client) -> None:
    """After five the right one is void as well; another person's code is a wrong one; so is one that ran out."""
    me, other = [await as_worker(ctx, await a_worker(ctx)) for _ in range(2)]
    await at(ctx, MONDAY)
    await enter(client, me, ADDRESS)
    code = await code_to(ctx, ADDRESS)
    wrong = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"
    assert (await confirm(client, other, code)).status_code == 401
    for _ in range(5):
        refused = await confirm(client, me, wrong)
        assert (refused.status_code, refused.json()["code"]) == (401, "code_wrong")
    assert (await confirm(client, me, code)).status_code == 401
    await enter(client, me, ADDRESS)
    again = await code_to(ctx, ADDRESS)
    await at(ctx, MONDAY + timedelta(minutes=10))
    assert (await confirm(client, me, again)).status_code == 401
    assert (await state_of(client, me, "email"))["state"] == "waiting"


async def test_the_same_code_sent_at_once_binds_once(ctx: Context, client: Client) -> None:
    """Of five, one is taken."""
    worker = await a_worker(ctx)
    me = await as_worker(ctx, worker)
    await enter(client, me, ADDRESS)
    code = await code_to(ctx, ADDRESS)
    answers = await asyncio.gather(*(confirm(client, me, code) for _ in range(5)))
    assert sorted(each.status_code for each in answers) == [200, 401, 401, 401, 401]
    assert len(await rows(ctx, "select 1 from channel_bindings where state = 'bound'")) == 1


@pytest.mark.parametrize("address", ["wang", "wang@example.com\r\nBcc: x@example.org", "a@[127.0.0.1]", "w@x.internal"])
async def test_what_is_no_address_is_refused_unsaid(ctx: Context, client: Client, address: str) -> None:
    """422 with a code; the answer repeats nothing of it."""
    refused = await enter(client, await as_worker(ctx, await a_worker(ctx)), address)
    assert refused.status_code == 422
    assert "wang" not in refused.text
    assert "127.0.0.1" not in refused.text


async def test_codes_to_an_address_are_limited(
    ctx: Context, client: Client, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As codes to a phone: one a minute to an address, whoever asks."""
    monkeypatch.setattr(Settings, "__getattribute__", _strict)
    me, other = [await as_worker(ctx, await a_worker(ctx)) for _ in range(2)]
    await at(ctx, MONDAY)
    assert (await enter(client, me, ADDRESS)).status_code == 202
    refused = await enter(client, other, ADDRESS.upper())
    assert (refused.status_code, refused.json()["code"]) == (429, "code_too_often")
    await at(ctx, MONDAY + timedelta(minutes=1))
    assert (await enter(client, other, ADDRESS)).status_code == 202


def _strict(self: Settings, name: str) -> Any:
    return False if name == "codes_lifted" else object.__getattribute__(self, name)


async def test_what_is_not_set_up_is_not_offered(ctx: Context, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """In production without gateways: told in the list, refused in the deed."""
    me = await as_worker(ctx, await a_worker(ctx))
    monkeypatch.setattr(Settings, "channels_offered", ())
    assert (await state_of(client, me, "email"))["offered"] is False
    for answer in (await enter(client, me, ADDRESS), await client.post(f"{MINE}/wechat", headers=me)):
        assert (answer.status_code, answer.json()["code"]) == (409, "channel_not_offered")


# -- WeChat --------------------------------------------------------------------------------------------


async def hand_over(client: Client, key: dict[str, str], code: str, open_id: str = OPEN_ID) -> str:
    answer = await client.post("/v1/wechat/bindings", json={"code": code, "open_id": open_id}, headers=key)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["outcome"])


async def test_a_wechat_account_is_bound_by_the_figures_that_it_sends(ctx: Context, client: Client) -> None:
    """Shown once, good once, masked afterwards; a later request makes the former figures void."""
    me, (_, key) = await as_worker(ctx, await a_worker(ctx)), await an_integrator(ctx, "wechat:bind")
    first = (await client.post(f"{MINE}/wechat", headers=me)).json()["code"]
    code = (await client.post(f"{MINE}/wechat", headers=me)).json()["code"]
    assert await hand_over(client, key, first) == "code_unknown"
    assert await hand_over(client, key, code) == "bound"
    assert await hand_over(client, key, code) == "code_unknown"
    shown = await state_of(client, me, "wechat")
    assert (shown["state"], shown["address_masked"]) == ("bound", f"***{OPEN_ID[-4:]}")
    assert (await client.delete(f"{MINE}/wechat", headers=me)).status_code == 204
    assert await breaches(ctx) == []


async def test_figures_are_not_to_be_guessed(ctx: Context, client: Client) -> None:
    """Five wrong ones from one account within an hour; then even the right one waits. They run out too."""
    me, (_, key) = await as_worker(ctx, await a_worker(ctx)), await an_integrator(ctx, "wechat:bind")
    await at(ctx, MONDAY)
    code = (await client.post(f"{MINE}/wechat", headers=me)).json()["code"]
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert [await hand_over(client, key, wrong) for _ in range(5)] == ["code_unknown"] * 5
    assert await hand_over(client, key, code) == "too_often"
    await at(ctx, MONDAY + timedelta(minutes=10))
    assert await hand_over(client, key, code, "oSomebody_Else-0000001") == "code_unknown"


async def test_the_door_of_the_official_account_is_for_its_key(ctx: Context, client: Client) -> None:
    """Another scope, another role, nobody; and no employer's key gets the scope."""
    body = {"code": "12345678", "open_id": OPEN_ID}
    worker, (_, key) = await as_worker(ctx, await a_worker(ctx)), await an_integrator(ctx, "postings:read")
    for headers, status in ((key, 403), (worker, 403), ({}, 401)):
        assert (await client.post("/v1/wechat/bindings", json=body, headers=headers)).status_code == status
    admin = await as_staff(ctx, await an_officer(ctx, role="admin"))
    asked = {"name": "公众号", "scopes": ["wechat:bind"], "city_code": "310100"}
    asked |= {"employer_id": str((await an_employer(ctx)).id)}
    refused = await client.post("/v1/api-keys", json=asked, headers=admin)
    assert refused.json()["code"] == "scope_not_for_employer"


# -- choices -------------------------------------------------------------------------------------------


async def choice(client: Client, me: dict[str, str], version: int, **body: Any) -> httpx2.Response:
    return await client.patch(WISHES, json=body, headers=me | {"if-match": f'"{version}"'})


async def test_choices_are_kept_with_versions(ctx: Context, client: Client) -> None:
    """Nothing chosen is version 0; what is left out stays, null takes back; who has not seen the newest is told."""
    me = await as_worker(ctx, await a_worker(ctx))
    blank = await client.get(WISHES, headers=me)
    assert (blank.json()["version"], blank.headers["etag"]) == (0, '"0"')
    assert not any(each["chosen"] for each in blank.json()["topics"])
    quiet = {"begins": "23:00", "ends": "05:30"}
    first = await choice(client, me, 0, topics={"alerts": ["email"], "news": []}, quiet=quiet)
    assert (first.status_code, first.json()["version"]) == (200, 1), first.text
    assert (await choice(client, me, 0, language="en")).status_code == 412
    assert (await client.patch(WISHES, json={}, headers=me)).status_code == 428
    made = (await choice(client, me, 1, language="en", topics={"alerts": None})).json()
    topics = {each["topic"]: each for each in made["topics"]}
    assert (made["language"], made["quiet"]) == ("en", quiet)
    assert (topics["news"]["channels"], topics["news"]["chosen"]) == ([], True)
    assert topics["alerts"]["chosen"] is False
    assert [each["topic"] for each in made["topics"] if each["always"]] == ["vital"]
    last = (await choice(client, me, 2, quiet=None, topics=None)).json()
    assert (last["quiet"], any(each["chosen"] for each in last["topics"])) == (None, False)
    assert await breaches(ctx) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"topics": {"vital": []}}, "topic_must_reach"),
        ({"topics": {"news": ["sms", "sms"]}}, "channel_repeated"),
        ({"quiet": {"begins": "08:00", "ends": "20:01"}}, "quiet_hours_too_long"),
        ({"quiet": {"begins": "08:00", "ends": "08:00"}}, "quiet_hours_empty"),
        ({"topics": {"sport": ["sms"]}}, None),
        ({"topics": {"news": ["pigeon"]}}, None),
    ],
)
async def test_choices_that_cannot_be(ctx: Context, client: Client, body: dict[str, Any], code: str | None) -> None:
    """422, and nothing is kept."""
    me = await as_worker(ctx, await a_worker(ctx))
    refused = await choice(client, me, 0, **body)
    assert refused.status_code == 422
    assert code is None or refused.json()["code"] == code
    assert await rows(ctx, "select 1 from message_preferences") == []


async def test_first_choices_race(ctx: Context, client: Client) -> None:
    """Of five at once one is the first; the others have not seen it."""
    me = await as_worker(ctx, await a_worker(ctx))
    answers = await asyncio.gather(*(choice(client, me, 0, language="en") for _ in range(5)))
    assert sorted(each.status_code for each in answers) == [200, 412, 412, 412, 412]


# -- the link at the end of a letter -------------------------------------------------------------------


async def a_letter_to(ctx: Context, person_id: UUID, **more: Any) -> dict[str, Any]:
    await at(ctx, MONDAY)
    await told(ctx, person_id, **more)
    await run_all_due(ctx)
    return (await read_sink(ctx, ADDRESS, 1))[0]


async def test_one_press_ends_a_topic_without_signing_in(ctx: Context, client: Client) -> None:
    """Looking changes nothing; a mail program's press does; pressed twice is once; other channels and topics stay."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await choose(ctx, worker.id, {"hours_pay": ["email", "sms"], "alerts": ["email"]})
    link = (await a_letter_to(ctx, worker.id))["unsubscribe"]
    path = link[link.index("/unsubscribe/") :]
    page = await client.get(path, headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "Hours and pay" in page.text
    assert page.headers["cache-control"] == "no-store"
    me = await as_worker(ctx, worker)
    assert (await client.get(WISHES, headers=me)).json()["version"] == 1
    form = {"content-type": "application/x-www-form-urlencoded"}
    for body in (b"List-Unsubscribe=One-Click", b""):
        assert (await client.post(path, content=body, headers=form)).status_code == 200
    shown = (await client.get(WISHES, headers=me)).json()
    chosen = {each["topic"]: each["channels"] for each in shown["topics"] if each["chosen"]}
    assert (shown["version"], chosen) == (2, {"hours_pay": ["sms"], "alerts": ["email"]})
    await told(ctx, worker.id, params={"paid_fen": 1, "due_fen": 1, "means": "cash"})
    await run_all_due(ctx)
    assert await left(ctx) == ["email", "sms"]
    assert await breaches(ctx) == []


async def test_an_old_link_does_not_reach_a_new_address(ctx: Context, client: Client) -> None:
    """Whoever had the address before ends nothing for who has it now."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await choose(ctx, worker.id, {"hours_pay": ["email"]})
    link = (await a_letter_to(ctx, worker.id))["unsubscribe"]
    me = await as_worker(ctx, worker)
    await client.delete(f"{MINE}/email", headers=me)
    await a_binding(ctx, worker.id, address="new@example.com")
    assert (await client.post(link[link.index("/unsubscribe/") :])).status_code == 200
    assert (await client.get(WISHES, headers=me)).json()["version"] == 1


async def test_forged_and_altered_links_are_refused(ctx: Context, client: Client) -> None:
    """Another letter of it, another topic, another signature, padding, nothing: 404 to looking and to pressing."""
    worker = await a_worker(ctx)
    binding = await a_binding(ctx, worker.id)
    await choose(ctx, worker.id, {"hours_pay": ["email"]})
    async with ctx.uow() as uow:
        token = str(uow.channels.link_of(binding, "hours_pay"))
        assert uow.channels.link_of(binding, "vital") is None
        other = str(uow.channels.link_of(new_id(), "hours_pay"))
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    body, mac = raw[:-32], raw[-32:]
    forged = [
        body[:16] + b"alerts" + mac,
        body + bytes(32),
        body + ctx.vault.mac("cursor", body.hex()),
        new_id().bytes + body[16:] + mac,
        body[:16] + b"vital" + ctx.vault.mac("unsubscribe!", body.hex()),
        bytes(48),
    ]
    altered = [base64.urlsafe_b64encode(each).decode().rstrip("=") for each in forged]
    altered += [token[:-1] + ("A" if token[-1] != "A" else "B"), token + "A", token[1:], token[:20], "x" * 60]
    altered += [token.replace(token[5], "-", 1) if token[5] != "-" else "_" + token[1:]]
    for each in altered:
        for method in ("GET", "POST"):
            answer = await client.request(method, f"/unsubscribe/{each}")
            assert answer.status_code in (404, 422), (each, answer.status_code)
    assert (await rows(ctx, "select version from message_preferences")) == [{"version": 1}]
    assert (await client.post(f"/unsubscribe/{other}")).status_code == 200  # well signed, and nobody's any more


async def test_vital_letters_offer_no_way_out(ctx: Context, client: Client) -> None:
    """That wages are overdue has no link to end it."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await choose(ctx, worker.id, {"vital": ["email"]})
    more = {"template": "pay.overdue", "params": {"due_fen": 100, "owed_fen": 100}, "asks": None}
    assert (await a_letter_to(ctx, worker.id, **more))["unsubscribe"] is None


# -- figures, one's own deliveries, what goes away --------------------------------------------------------


async def test_people_see_their_own_ways_and_officers_figures(ctx: Context, client: Client) -> None:
    """The person sees what went by which channel; officers counts of their region, without a word of contents."""
    worker = await a_worker(ctx)
    await a_binding(ctx, worker.id)
    await choose(ctx, worker.id, {"hours_pay": ["email"]})
    await at(ctx, MONDAY)
    await told(ctx, worker.id)
    await run_all_due(ctx)
    me, stranger = await as_worker(ctx, worker), await as_worker(ctx, await a_worker(ctx))
    (message,) = (await client.get("/v1/messages", headers=me)).json()["items"]
    assert message["sent_by"] == ["email"]
    path = f"/v1/messages/{message['id']}/deliveries"
    seen = (await client.get(path, headers=me)).json()["items"]
    assert [(each["channel"], each["result"]) for each in seen] == [("inbox", "sent"), ("email", "sent")]
    assert (await client.get(path, headers=stranger)).status_code == 404
    here, there = [await as_staff(ctx, await an_officer(ctx, regions=(code,))) for code in ("310000", "330000")]
    figures = (await client.get("/v1/messages/delivery-figures", headers=here)).json()["items"]
    assert figures == [
        {"day": "2026-11-23", "channel": "email", "result": "sent", "count": 1},
        {"day": "2026-11-23", "channel": "inbox", "result": "sent", "count": 1},
    ]
    assert (await client.get("/v1/messages/delivery-figures", headers=there)).json()["items"] == []
    days = {"since": "2026-11-24", "until": "2026-11-24"}
    assert (await client.get("/v1/messages/delivery-figures", params=days, headers=here)).json()["items"] == []
    for since, until in (("2026-11-25", "2026-11-24"), ("2026-01-01", "2026-11-24")):
        params = {"since": since, "until": until}
        refused = await client.get("/v1/messages/delivery-figures", params=params, headers=here)
        assert (refused.status_code, refused.json()["code"]) == (422, "figures_range")


async def test_members_have_channels_too(ctx: Context, client: Client) -> None:
    """What is told for an employer goes to the member's own address."""
    member = await a_member(ctx, await an_employer(ctx))
    await a_binding(ctx, member.person_id)
    boss = await as_member(ctx, member)
    assert (await choice(client, boss, 0, topics={"hours_pay": ["email"]})).status_code == 200
    await at(ctx, MONDAY)
    await told(ctx, member.person_id, employer_id=member.employer_id, template="pay.due", asks=None)
    await run_all_due(ctx)
    assert await left(ctx) == ["email"]


async def test_what_nobody_proved_is_cleared(ctx: Context, client: Client) -> None:
    """An address that was entered and never confirmed goes an hour after its code; a bound one stays."""
    first, second = await a_worker(ctx), await a_worker(ctx)
    await at(ctx, MONDAY)
    await a_binding(ctx, first.id)
    await enter(client, await as_worker(ctx, second), "typo@example.com")
    await _purge(ctx)
    assert len(await rows(ctx, "select 1 from channel_bindings where address_hash is not null")) == 2
    await at(ctx, MONDAY + timedelta(minutes=71))
    await _purge(ctx)
    kept = await rows(ctx, "select person_id, state from channel_bindings where address_hash is not null")
    assert kept == [{"person_id": first.id, "state": "bound"}]
    assert await breaches(ctx) == []


async def _purge(ctx: Context) -> None:
    from service.channels.purging import purge_channels

    assert purge_channels in ctx.wiring.cleaners
    await purge_channels(ctx)


async def test_a_record_that_is_no_more_keeps_no_address(ctx: Context) -> None:
    """Merged: what the kept record lacks goes over under its own key, the rest is cleared."""
    gone, kept = await a_worker(ctx), await a_worker(ctx)
    await a_binding(ctx, gone.id)
    await a_binding(ctx, gone.id, "wechat")
    await a_binding(ctx, kept.id, "wechat", "oKept_Account-00000001")
    await choose(ctx, gone.id, {"hours_pay": ["email"]})
    await merge(ctx, gone, kept)
    async with ctx.uow() as uow:
        person = await uow.people.get(kept.id)
        ways = await uow.channels.ways_of(person, ("email", "wechat"))
        assert await uow.channels.of(gone.id, "waiting", "bound") == []
        assert (await uow.channels.wishes_of(kept.id)).topics == {"hours_pay": ["email"]}
    assert {channel: way.address for channel, way in ways.items()} == {
        "email": ADDRESS,
        "wechat": "oKept_Account-00000001",
    }
    assert await breaches(ctx) == []
