"""Disclosed fees over HTTP: the change log in public, the notice, the officer's doubt."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from service.context import Context
from tests.builders.attendance import MONDAY, at, rows
from tests.builders.city import a_member, an_employer, an_officer, as_member, as_staff
from tests.builders.fees import an_item

RISE = [an_item(amount_fen=20_000)]
DAY = timedelta(days=1)


async def an_agency(ctx: Context, **more: Any) -> tuple[Any, dict[str, str]]:
    await at(ctx, MONDAY)
    fields = {"kind": "hr_agency", "licence_number": "沪人社许可0001"} | more
    employer = await an_employer(ctx, **fields)
    return employer, await as_member(ctx, await a_member(ctx, employer))


async def disclosed(client: httpx2.AsyncClient, employer: Any, me: dict[str, str], **more: Any) -> httpx2.Response:
    body = {"capacity": "agency", "items": [an_item()]} | more
    return await client.post(f"/v1/employers/{employer.id}/fees", json=body, headers=me)


async def log_of(client: httpx2.AsyncClient, employer: Any, headers: dict[str, str] | None = None) -> Any:
    answered = await client.get(f"/v1/employers/{employer.id}/fees", headers=headers or {})
    assert answered.status_code == 200, answered.text
    return answered.json()


async def test_the_change_log_says_what_held_when(ctx: Context, client: httpx2.AsyncClient) -> None:
    """A first disclosure holds at once; a rise after the notice; a cut behind it; anybody can read all of it."""
    employer, me = await an_agency(ctx)
    first = await disclosed(client, employer, me, statement="按次收取，<b>不向求职者收费</b>")
    assert (first.status_code, first.json()["standing"]) == (201, "in_force")
    assert first.json()["valid_from"] == "2026-11-23"
    early = await disclosed(client, employer, me, items=RISE, valid_from="2026-11-29")
    assert (early.status_code, early.json()["code"]) == (422, "fee_too_early")
    assert "2026-11-30" in early.json()["detail"]
    rise = await disclosed(client, employer, me, items=RISE)
    assert (rise.json()["standing"], rise.json()["valid_from"], rise.json()["number"]) == ("coming", "2026-11-30", 2)
    assert [each["standing"] for each in (await log_of(client, employer))["items"]] == ["coming", "in_force"]
    await at(ctx, MONDAY + 7 * DAY)
    log = await log_of(client, employer)
    assert [(each["number"], each["standing"]) for each in log["items"]] == [(2, "in_force"), (1, "past")]
    assert log["this_service"] == "free"
    assert log["items"][1]["statement"] == "按次收取，<b>不向求职者收费</b>"  # text, and shown as text
    cut = await disclosed(client, employer, me, items=[])
    assert (cut.json()["standing"], cut.json()["items"]) == ("in_force", [])
    assert {each["announced_by"] for each in (await log_of(client, employer))["items"]} == {None}
    assert None not in {each["announced_by"] for each in (await log_of(client, employer, me))["items"]}


async def test_no_rise_is_smuggled_in_behind_a_cut(ctx: Context, client: httpx2.AsyncClient) -> None:
    """A cut that is announced and not yet in force counts as what is known: back up again needs the notice."""
    employer, me = await an_agency(ctx)
    await disclosed(client, employer, me)
    await disclosed(client, employer, me, items=[], valid_from="2026-11-24")
    back = await disclosed(client, employer, me, valid_from="2026-11-25")
    assert (back.status_code, back.json()["code"]) == (422, "fee_too_early")


async def test_workers_are_charged_nothing(ctx: Context, client: httpx2.AsyncClient) -> None:
    """422 with the law in the sentence, and nothing stored."""
    employer, me = await an_agency(ctx)
    answered = await disclosed(client, employer, me, items=[an_item(), an_item(payer="worker", amount_fen=100)])
    problem = answered.json()
    assert (answered.status_code, problem["code"]) == (422, "fee_from_worker")
    assert "劳动合同法" in problem["detail"]
    assert "劳动合同法" in problem["facts"]["basis"]
    assert problem["errors"][0]["pointer"] == "/items/1/payer"
    assert (await log_of(client, employer))["items"] == []


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"kind": "enterprise", "licence_number": None}, 422, "fees_not_for_kind"),
        ({"verified": False}, 409, "fees_need_verification"),
        ({"state": "restricted"}, 409, "fees_need_verification"),
    ],
)
async def test_who_discloses(ctx: Context, client: httpx2.AsyncClient, more: Any, status: int, code: str) -> None:
    """A verified, licensed agency."""
    employer, me = await an_agency(ctx, **more)
    answered = await disclosed(client, employer, me)
    assert (answered.status_code, answered.json()["code"]) == (status, code)


async def test_unknown_codes_and_fields(ctx: Context, client: httpx2.AsyncClient) -> None:
    """422 with the valid ones, or the field's name."""
    employer, me = await an_agency(ctx)
    for body, pointer in (
        ({"items": [an_item(what="bribe")]}, "/items/0/what"),
        ({"items": [an_item(payer="anybody")]}, "/items/0/payer"),
        ({"items": [an_item(amount_fen=-1)]}, "/items/0/amount_fen"),
        ({"items": [an_item(amount_fen=10.5)]}, "/items/0/amount_fen"),
        ({"items": [an_item(extra=1)]}, "/items/0/extra"),
        ({"items": [an_item()] * 41}, "/items"),
        ({"valid_from": "2026-02-30"}, "/valid_from"),
        ({"capacity": "bank"}, "/capacity"),
    ):
        answered = await disclosed(client, employer, me, **body)
        assert answered.status_code == 422, answered.text
        assert answered.json()["errors"][0]["pointer"] == pointer
    assert (await client.get("/v1/fees", params={"capacity": "bank"})).status_code == 422
    assert (await client.get("/v1/fees", params={"sort": "x"})).status_code == 422
    assert (await client.get("/v1/fees", params={"cursor": "x"})).status_code == 400


async def test_an_officer_doubts_in_public(ctx: Context, client: httpx2.AsyncClient) -> None:
    """With a coded reason, beside the version; the owner is told; it is lifted, and both stay in the log."""
    employer, me = await an_agency(ctx)
    version = (await disclosed(client, employer, me)).json()
    officer = await as_staff(ctx, await an_officer(ctx))
    far = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    path = f"/v1/employers/{employer.id}/fees/{version['id']}"
    body = {"reason": "differs_at_the_door", "words": "门店公示为每人200元"}
    assert (await client.post(f"{path}/remark", json=body, headers=far)).status_code == 404
    unknown = await client.post(f"{path}/remark", json={"reason": "ugly"}, headers=officer)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "reason_unknown")
    assert (await client.post(f"{path}/remark", json=body, headers=officer)).status_code == 200
    [shown] = (await log_of(client, employer))["items"]
    assert (shown["remark"]["code"], shown["remark"]["words"]) == ("differs_at_the_door", "门店公示为每人200元")
    twice = await client.post(f"{path}/remark", json=body, headers=officer)
    assert (twice.status_code, twice.json()["code"]) == (409, "fee_remarked")
    assert (await client.post(f"{path}/lift-remark", headers=officer)).json()["remark"] is None
    assert (await client.post(f"{path}/lift-remark", headers=officer)).json()["code"] == "fee_not_remarked"
    assert len(await rows(ctx, "select 1 from fee_remarks")) == 2
    told = await rows(ctx, "select template from messages order by created_at, template")
    assert {row["template"] for row in told} == {"fees.remarked", "fees.remark_lifted"}


async def test_the_list_of_what_holds_today(ctx: Context, client: httpx2.AsyncClient) -> None:
    """By region and capacity, page by page, one of each; suspended employers are not in it."""
    employer, me = await an_agency(ctx)
    await disclosed(client, employer, me)
    await disclosed(client, employer, me, capacity="platform", items=[])
    other, them = await an_agency(ctx)
    await disclosed(client, other, them)
    far, theirs = await an_agency(ctx, city_code="330200", district_code="330203")
    await disclosed(client, far, theirs)
    await disclosed(client, employer, me, items=RISE)

    async def found(**params: Any) -> list[tuple[str, str, int]]:
        made, cursor = [], None
        while True:
            page = (await client.get("/v1/fees", params=params | ({"cursor": cursor} if cursor else {}))).json()
            made += [(each["employer_id"], each["capacity"], each["number"]) for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return made

    mine = {(str(employer.id), "agency", 1), (str(employer.id), "platform", 1)}
    assert set(await found(region="310000", limit=1)) == mine | {(str(other.id), "agency", 1)}
    assert await found(region="330203") == [(str(far.id), "agency", 1)]
    assert len(await found(capacity="agency", limit=2)) == 3
    await rows(ctx, "update employers set state = 'suspended' where id = :id returning 1", id=other.id)
    assert set(await found(region="310000")) == mine
    assert (await client.get(f"/v1/employers/{other.id}/fees")).status_code == 404


async def test_versions_that_are_announced_at_once_are_numbered_one_after_the_other(
    ctx: Context, client: httpx2.AsyncClient
) -> None:
    """Ten at the same moment: ten numbers, each once."""
    employer, me = await an_agency(ctx)
    answers = await asyncio.gather(*(disclosed(client, employer, me) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["number"] for answer in answers) == list(range(1, 11))


async def test_the_service_itself_cannot_change_what_was_disclosed(ctx: Context, client: httpx2.AsyncClient) -> None:
    """Rows are added and never altered: the database refuses."""
    employer, me = await an_agency(ctx)
    await disclosed(client, employer, me)
    async with ctx.database.engine.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        owner = await raw.fetchval(
            "select tableowner = current_user from pg_tables where tablename = 'fee_disclosures'"
        )
        if owner:
            pytest.skip("the server given has one role only")
        for change in (
            "update fee_disclosures set items = '[]'",
            "delete from fee_disclosures",
            "delete from fee_remarks",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await raw.execute(change)


async def test_no_way_round_the_service_is_disclosed(ctx: Context, client: httpx2.AsyncClient) -> None:
    """A phone, an account or a link in the words of an item or in the statement: 422 at its field, nothing kept."""
    employer, me = await an_agency(ctx)
    item = {"what": "service_fee", "payer": "employer", "basis": "once", "amount_fen": 100, "words": "加微信abc12345"}
    for more, pointer in (
        ({"items": [item]}, "/items/0/words"),
        ({"statement": "请联系 13812345678"}, "/statement"),
        ({"statement": "http://evil.example/pay"}, "/statement"),
    ):
        answer = await disclosed(client, employer, me, **more)
        assert answer.status_code == 422, answer.text
        assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, "words_contact")]
    assert (await log_of(client, employer))["items"] == []
