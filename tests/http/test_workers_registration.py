"""Coming in over HTTP: the least that is needed, whose age allows what, nothing personal in plain form."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.builders.city import a_venue, an_officer, as_staff
from tests.builders.workers import ADULT_ID, a_registration, a_ticket, everything_stored, stand_at

PHONE = "13912345678"


async def register(client: Any, ctx: Any, **more: Any) -> Any:
    return await client.post("/v1/workers", json=a_registration(await a_ticket(ctx, "+86" + PHONE), **more))


async def test_name_phone_and_trade_are_enough_and_sign_in(client, ctx):
    """The answer holds profile and session; everything else has a default; the profile says what is missing."""
    made = await register(client, ctx)
    assert made.status_code == 201, made.text
    worker, session = made.json()["worker"], made.json()["session"]
    assert made.headers["location"] == f"/v1/workers/{worker['id']}"
    assert worker["radius_m"] == 10_000
    assert worker["skills"][0]["trade"] == "dishwashing"
    assert worker["introducible"] is False
    assert "birth_date" in worker["missing"]
    assert worker["waiting"] is None
    assert worker["phone_masked"] == "139****5678"
    mine = await client.get("/v1/workers/me", headers={"authorization": f"Bearer {session['access_token']}"})
    assert mine.status_code == 200
    assert mine.json()["name"] == "王小明"
    assert mine.headers["etag"] == f'"{worker["version"]}"'


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        ("110101201011190013", 201, None),
        ("110101201011200015", 422, "under_age"),
        ("110101201011210010", 422, "under_age"),
        ("310101200802290013", 201, None),
        ("33020019900101004x", 201, None),
        ("630100202602310013", 422, "id_birth_date"),
        ("110101199003077719", 422, "id_check_digit"),
        ("810000199003070015", 201, None),
        ("820000199003070017", 201, None),
        ("830000199003070019", 201, None),
        ("911101199003070011", 201, None),
        ("110101900307771", 422, "id_old_form"),
        ("１１０１０１　２０１０１１１９　００１３", 201, None),
    ],
)
async def test_identity_number_vectors(client, ctx, number, status, code):
    """The vectors of the documents on their day; a refusal names the field and never the number."""
    await stand_at(ctx)
    made = await register(client, ctx, id_number=number)
    assert made.status_code == status, made.text
    if status == 201:
        assert made.json()["worker"]["introducible"] is True
        assert made.json()["worker"]["waiting"]["trades"] == ["dishwashing"]
    else:
        assert made.json()["errors"][0] | {"message": ""} == {"pointer": "/id_number", "code": code, "message": ""}
        assert number not in made.text


async def test_a_refused_child_keeps_nothing_and_the_ticket(client, ctx, urls):
    """Nothing of somebody under age is stored, and the same ticket serves the right person."""
    await stand_at(ctx)
    ticket = await a_ticket(ctx)
    refused = await client.post("/v1/workers", json=a_registration(ticket, id_number="110101201011200015"))
    assert refused.json()["code"] == "under_age"
    async with ctx.uow() as uow:
        assert await uow.people.by_phone("+8613800138000") == []
    again = await client.post("/v1/workers", json=a_registration(ticket, id_number="110101201011190013"))
    assert again.status_code == 201


async def test_a_typed_birth_date_must_agree_and_does_not_make_introducible(client, ctx):
    """A contradiction is refused; a date without a number is only the person's word; a child's word is enough."""
    await stand_at(ctx)
    wrong = await register(client, ctx, id_number=ADULT_ID, birth_date="1980-05-02")
    assert wrong.json()["code"] == "id_birth_mismatch"
    child = await register(client, ctx, birth_date="2012-01-01")
    assert child.json()["code"] == "under_age"
    told = await register(client, ctx, birth_date="1980-05-01")
    assert told.status_code == 201
    assert told.json()["worker"]["introducible"] is False


async def test_the_same_identity_number_again_is_a_conflict(client, ctx):
    """In any spelling, without showing the other person."""
    assert (await register(client, ctx, id_number="33020019900101004X")).status_code == 201
    again = await register(client, ctx, name="李四", id_number="330200 19900101 004x")
    assert (again.status_code, again.json()["code"]) == (409, "person_exists")
    assert "王" not in again.text


async def test_a_ticket_serves_once(client, ctx):
    """The second registration with it is answered 401."""
    ticket = await a_ticket(ctx)
    assert (await client.post("/v1/workers", json=a_registration(ticket))).status_code == 201
    assert (await client.post("/v1/workers", json=a_registration(ticket))).status_code == 401


async def test_a_repeated_registration_with_its_key_is_one(client, ctx):
    """Same key, same answer, same tokens, one person."""
    ticket = await a_ticket(ctx)
    key = {"idempotency-key": "registration-1"}
    first = await client.post("/v1/workers", json=a_registration(ticket), headers=key)
    second = await client.post("/v1/workers", json=a_registration(ticket), headers=key)
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    async with ctx.uow() as uow:
        assert len(await uow.people.by_phone("+8613800138000")) == 1


async def test_an_officer_registers_somebody_without_a_phone_in_one_call(client, ctx):
    """The officer's venue is «here»; consents are recorded as given in words; the answer is masked."""
    await stand_at(ctx)
    venue = await a_venue(ctx)
    officer = await as_staff(ctx, await an_officer(ctx))
    body = {"name": "赵铁柱", "trade": "搬运工", "id_number": ADULT_ID, "venue_id": str(venue.id)}
    made = await client.post("/v1/workers/by-officer", json=body, headers=officer)
    assert made.status_code == 201, made.text
    worker = made.json()
    assert worker["name"] == "赵**"
    assert worker["phone_masked"] is None
    assert worker["id_number_masked"] == f"{ADULT_ID[:3]}***********{ADULT_ID[14:]}"
    assert worker["waiting"]["venue_id"] == str(venue.id)
    assert (worker["city_code"], worker["home_approximate"]) == ("310100", True)
    async with ctx.uow() as uow:
        consents = await uow.people.consents((await uow.people.by_id_number(ADULT_ID)).id)
        assert {(each.scope, each.channel) for each in consents} == {("account", "oral"), ("matching", "oral")}


async def test_an_officer_needs_number_or_phone_and_an_own_region(client, ctx):
    """Neither is refused; another city's region is refused."""
    officer = await as_staff(ctx, await an_officer(ctx, regions=("310100",)))
    least = {"name": "赵铁柱", "trade": "搬运工"}
    neither = await client.post("/v1/workers/by-officer", json=least, headers=officer)
    assert neither.json()["code"] == "identity_or_phone_needed"
    elsewhere = least | {"phone": PHONE, "region_code": "330200"}
    assert (await client.post("/v1/workers/by-officer", json=elsewhere, headers=officer)).json()["code"] == (
        "region_not_yours"
    )
    seen = least | {"phone": PHONE, "birth_date": "1980-05-01"}
    made = await client.post("/v1/workers/by-officer", json=seen, headers=officer)
    assert made.json()["introducible"] is True


async def test_identity_may_be_stated_later_and_once(client, ctx):
    """With the number the person becomes introducible; a second number is refused."""
    made = (await register(client, ctx)).json()
    me = {"authorization": f"Bearer {made['session']['access_token']}"}
    later = await client.post("/v1/workers/me/identity", json={"id_number": ADULT_ID}, headers=me)
    assert later.status_code == 200, later.text
    assert later.json()["introducible"] is True
    assert later.json()["version"] == made["worker"]["version"] + 1
    again = await client.post("/v1/workers/me/identity", json={"id_number": "33020019900101004X"}, headers=me)
    assert (again.status_code, again.json()["code"]) == (409, "identity_known")


async def test_nothing_personal_lies_in_plain_form(client, ctx, urls):
    """No identity number, phone or name stands in any column of any table."""
    made = await register(client, ctx, id_number=ADULT_ID, name="欧阳铁柱")
    me = {"authorization": f"Bearer {made.json()['session']['access_token']}"}
    await client.post(
        "/v1/workers/me/certificates",
        json={"kind": "health_certificate", "number": "JK20260012345", "valid_from": "2026-03-01"},
        headers=me,
    )
    stored = await everything_stored(urls[1])
    for value in (ADULT_ID, PHONE, "欧阳铁柱", "JK20260012345"):
        assert value not in stored


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"name": "  "}, "/name", "text_empty"),
        ({"name": "张\u200b三"}, "/name", "text_zero_width"),
        ({"trade": "洗碗 13800138000"}, "/trade", "text_personal"),
        ({"region_code": "999999"}, "/region_code", "region_unknown"),
        ({"level": 5}, "/level", "number_too_large"),
        ({"radius_m": 0}, "/radius_m", "number_too_small"),
        ({"home": {"type": "Point", "coordinates": [31.2, 121.4]}}, "/home", "point_swapped"),
        ({"reliability": []}, "/reliability", "field_unknown"),
        ({"birth_date": "2027-02-29"}, "/birth_date", "day_impossible"),
    ],
)
async def test_bad_input_names_its_field(client, ctx, more, pointer, code):
    """422 with field and code, nothing stored."""
    refused = await register(client, ctx, **more)
    assert refused.status_code == 422
    assert (refused.json()["errors"][0]["pointer"], refused.json()["errors"][0]["code"]) == (pointer, code)
    async with ctx.uow() as uow:
        assert await uow.people.by_phone("+86" + PHONE) == []


async def test_two_registrations_of_one_identity_at_once_leave_one(client, ctx):
    """Raced, one is made and the other told of the conflict."""
    tickets = [await a_ticket(ctx, f"+861391234567{n}") for n in range(4)]
    asked = [client.post("/v1/workers", json=a_registration(each, id_number=ADULT_ID)) for each in tickets]
    answers = await asyncio.gather(*asked)
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    assert {each.json().get("code") for each in answers if each.status_code == 409} == {"person_exists"}
