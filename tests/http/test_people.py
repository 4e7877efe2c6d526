"""A person's own record, consents, and what officers do at the counter, over HTTP."""

from __future__ import annotations

from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select

from service.applications.tables import ApplicationRow
from service.context import Context
from service.db.tables import TransitionRow
from service.people.consents import texts_on
from service.people.tables import PersonRow, UnmaskingRow
from tests.builders.city import (
    a_posting,
    a_shift,
    a_venue,
    a_worker,
    an_employer,
    an_engagement,
    an_officer,
    as_staff,
    signed_in,
)
from tests.builders.people import (
    TODAY,
    a_challenge,
    a_known_person,
    a_phone,
    an_id_number,
    bearer,
    move_clock,
    sign_in,
)


async def as_person(ctx: Context, person: PersonRow) -> dict[str, str]:
    return await signed_in(ctx, "worker", person_id=person.id)


async def an_officer_of(ctx: Context, *regions: str) -> dict[str, str]:
    return await as_staff(ctx, await an_officer(ctx, regions=regions))


# -- one's own record -----------------------------------------------------------------------------------


async def test_a_person_reads_and_mends_the_own_record(client: httpx2.AsyncClient, ctx: Context) -> None:
    number, phone = an_id_number(), a_phone()
    person = await a_known_person(ctx, name="王小明", phone=phone, id_number=number)
    headers = await as_person(ctx, person)
    read = await client.get("/v1/me/person", headers=headers)
    own = read.json()
    assert (own["name"], own["id_number_masked"]) == ("王小明", f"{number[:3]}{'*' * 11}{number[14:]}")
    assert own["birth_date"] == "1985-03-07"
    assert number not in read.text
    assert phone[3:] not in read.text
    assert (await client.patch("/v1/me/person", json={"language": "en"}, headers=headers)).status_code == 428
    seen = headers | {"if-match": read.headers["etag"]}
    mended = await client.patch("/v1/me/person", json={"name": "王晓明", "language": "en"}, headers=seen)
    assert (mended.json()["name"], mended.json()["language"]) == ("王晓明", "en")
    stale = await client.patch("/v1/me/person", json={"name": "王大明"}, headers=seen)
    assert stale.status_code == 412
    same = headers | {"if-match": mended.headers["etag"]}
    unchanged = await client.patch("/v1/me/person", json={"name": "王晓明"}, headers=same)
    assert unchanged.headers["etag"] == mended.headers["etag"]


@pytest.mark.parametrize(
    "body",
    [{"state": "merged"}, {"phone": "13800138000"}, {"name": "\u200b王"}, {"name": None}, {"language": "fr"}],
)
async def test_nothing_else_of_the_own_record_can_be_set(
    client: httpx2.AsyncClient, ctx: Context, body: dict[str, object]
) -> None:
    person = await a_known_person(ctx)
    headers = await as_person(ctx, person) | {"if-match": '"1"'}
    assert (await client.patch("/v1/me/person", json=body, headers=headers)).status_code == 422


async def test_a_new_number_needs_its_code_and_a_fresh_factor(client: httpx2.AsyncClient, ctx: Context) -> None:
    old, new = a_phone(), a_phone()
    await a_known_person(ctx, phone=old)
    elsewhere = bearer((await sign_in(client, old))["tokens"]["access_token"])
    headers = bearer((await sign_in(client, old))["tokens"]["access_token"])
    body = await a_challenge(client, new, purpose="change_phone")
    await move_clock(client, action="advance", seconds=301)
    stale = await client.post("/v1/me/phone", json=body, headers=headers)
    assert (stale.status_code, stale.json()["code"]) == (403, "step_up_needed")
    await move_clock(client, action="release")
    other = await a_challenge(client, new)  # a code to sign in is none to move
    assert (await client.post("/v1/me/phone", json=other, headers=headers)).status_code == 401
    body = await a_challenge(client, new, purpose="change_phone")
    moved = await client.post("/v1/me/phone", json=body, headers=headers)
    assert moved.json()["phone_masked"] == f"{new[3:6]}****{new[10:]}"
    assert (await client.get("/v1/me", headers=headers)).status_code == 200
    assert (await client.get("/v1/me", headers=elsewhere)).status_code == 401
    assert (await sign_in(client, old))["status"] == "unknown"
    assert (await sign_in(client, new))["status"] == "signed_in"


# -- consents -------------------------------------------------------------------------------------------


async def test_consents_are_read_given_and_withdrawn_and_stay_on_record(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    texts = (await client.get("/v1/consents/texts", headers={"accept-language": "en"})).json()["items"]
    assert {text["scope"] for text in texts} == {text.scope for text in texts_on(TODAY)}
    assert texts[0]["language"] == "en"
    person = await a_known_person(ctx)
    headers = await as_person(ctx, person)
    url, body = "/v1/me/consents/location", {"text_version": "2026-11-01"}
    old = await client.put(url, json={"text_version": "2020-01-01"}, headers=headers)
    assert (old.status_code, old.json()["code"]) == (422, "consent_text_old")
    given = await client.put(url, json=body, headers=headers)
    again = await client.put(url, json=body, headers=headers)
    assert given.json() == again.json()
    async with ctx.uow() as uow:
        assert await uow.people.live_consent(person.id, "location") is not None
    gone = await client.delete(url, headers=headers)
    assert gone.json()["withdrawn_at"] is not None
    assert (await client.delete(url, headers=headers)).status_code == 404
    async with ctx.uow() as uow:
        assert await uow.people.live_consent(person.id, "location") is None
    await client.put(url, json=body, headers=headers)
    items = (await client.get("/v1/me/consents", headers=headers)).json()["items"]
    assert [item["withdrawn_at"] is None for item in items] == [True, False]
    assert (await client.put("/v1/me/consents/soul", json=body, headers=headers)).status_code == 404


# -- who sees whom --------------------------------------------------------------------------------------


async def test_an_officer_sees_people_registered_in_the_region_and_nobody_else(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    ours = await a_known_person(ctx, city_code="310100")
    theirs = await a_known_person(ctx, city_code="320700")
    nowhere = await a_known_person(ctx, city_code=None)
    headers = await an_officer_of(ctx, "310000")
    seen = await client.get(f"/v1/people/{ours.id}", headers=headers)
    assert (seen.status_code, seen.json()["name_masked"]) == (200, "王**")
    refusals = [
        await client.get(f"/v1/people/{person_id}", headers=headers)
        for person_id in (theirs.id, nowhere.id, uuid4(), "not-an-id")
    ]
    assert {answer.status_code for answer in refusals} == {404}
    assert len({str(answer.json() | {"request_id": ""}) for answer in refusals}) == 1
    admin = await as_staff(ctx, await an_officer(ctx, role="admin", regions=()))
    assert (await client.get(f"/v1/people/{theirs.id}", headers=admin)).status_code == 200


async def test_a_live_application_or_seat_in_the_region_makes_a_person_seen_until_it_ends(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    worker = await a_worker(ctx)
    async with ctx.uow() as uow:
        person = await uow.people.get(worker.id)
        from service.actor import SYSTEM

        await uow.edit(person, by=SYSTEM, at=await uow.now(), city_code="320700")
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer)
    headers = await an_officer_of(ctx, "310100")
    url = f"/v1/people/{worker.id}"
    assert (await client.get(url, headers=headers)).status_code == 404
    shift = await a_shift(ctx, posting)
    seat = await an_engagement(ctx, worker, shift, posting)
    assert (await client.get(url, headers=headers)).status_code == 200
    async with ctx.uow() as uow:
        from service.engagements.lifecycle import ENGAGEMENT
        from service.engagements.tables import EngagementRow

        row = await uow.session.get(EngagementRow, seat.id)
        await uow.move(row, ENGAGEMENT, "cancel", by=SYSTEM, at=await uow.now())
    assert (await client.get(url, headers=headers)).status_code == 404
    async with ctx.uow() as uow:
        await uow.add(
            ApplicationRow(
                posting_id=posting.id,
                shift_id=shift.id,
                worker_id=worker.id,
                employer_id=employer.id,
                city_code="310100",
                origin="applied",
                state="sent",
                terms_version=1,
            ),
            by=SYSTEM,
        )
    assert (await client.get(url, headers=headers)).status_code == 200


async def test_finding_shows_masked_people_of_the_region_only(client: httpx2.AsyncClient, ctx: Context) -> None:
    number, phone = an_id_number(), a_phone()
    ours = await a_known_person(ctx, phone=phone, id_number=number)
    await a_known_person(ctx, phone=phone, city_code="320700")
    headers = await an_officer_of(ctx, "310000")
    wide = number.lower().translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for body in ({"phone": phone}, {"phone": phone[3:]}, {"id_number": number}, {"id_number": wide}):
        found = await client.post("/v1/people/find", json=body, headers=headers)
        assert [one["id"] for one in found.json()["items"]] == [str(ours.id)]
        assert number not in found.text
        assert phone[3:] not in found.text
    far = await an_officer_of(ctx, "330000")
    assert (await client.post("/v1/people/find", json={"phone": phone}, headers=far)).json() == {"items": []}
    for wrong in ({}, {"phone": phone, "id_number": number}, {"id_number": "110101199003077719"}):
        assert (await client.post("/v1/people/find", json=wrong, headers=headers)).status_code == 422


# -- numbers lost, changed, recycled --------------------------------------------------------------------


async def test_a_lost_number_is_replaced_at_the_counter_and_old_sessions_end(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    old, new = a_phone(), a_phone()
    person = await a_known_person(ctx, phone=old)
    theirs = bearer((await sign_in(client, old))["tokens"]["access_token"])
    headers = await an_officer_of(ctx, "310000")
    body = {"phone": new, "basis": "seen_id_card"}
    changed = await client.post(f"/v1/people/{person.id}/phone", json=body, headers=headers)
    assert changed.json()["phone_masked"] == f"{new[3:6]}****{new[10:]}"
    assert not changed.json()["phone_confirmed"]
    assert (await client.get("/v1/me", headers=theirs)).status_code == 401
    assert (await sign_in(client, new))["status"] == "signed_in"
    shown = (await client.get(f"/v1/people/{person.id}", headers=headers)).json()
    assert shown["phone_confirmed"]
    async with ctx.uow() as uow:
        line = (await uow.session.scalars(select(TransitionRow).where(TransitionRow.action == "set_phone"))).one()
    assert (line.reason, line.on_behalf_of, line.channel) == ("seen_id_card", person.id, "counter")
    assert new[3:] not in str(line.changes)


async def test_a_recycled_number_is_taken_from_its_old_holder(client: httpx2.AsyncClient, ctx: Context) -> None:
    phone = a_phone()
    old = await a_known_person(ctx, phone=phone)
    theirs = bearer((await sign_in(client, phone))["tokens"]["access_token"])
    headers = await an_officer_of(ctx, "310000")
    url, body = f"/v1/people/{old.id}/phone/detach", {"basis": "recycled_number"}
    assert (await client.post(url, json=body, headers=headers)).json()["phone_masked"] is None
    assert (await client.get("/v1/me", headers=theirs)).status_code == 401
    assert (await sign_in(client, phone))["status"] == "unknown"
    again = await client.post(url, json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "no_phone_on_record")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("phone", {"phone": "13800138000", "basis": "seen_id_card"}),
        ("phone/detach", {"basis": "lost_phone"}),
        ("merge", {"into": str(uuid4()), "basis": "seen_id_card"}),
        ("unmask", {"fields": ["phone"], "purpose": "complaint"}),
        ("unmaskings", None),
    ],
)
async def test_what_is_done_at_the_counter_is_for_officers_of_the_region(
    client: httpx2.AsyncClient, ctx: Context, path: str, body: dict[str, object] | None
) -> None:
    """Nobody, a worker, an officer of elsewhere; the person of another region looks like none."""
    person = await a_known_person(ctx)
    worker = await as_person(ctx, await a_known_person(ctx))
    far = await an_officer_of(ctx, "330000")

    async def ask(person_id: UUID, headers: dict[str, str]) -> httpx2.Response:
        url = f"/v1/people/{person_id}/{path}"
        return await client.request("GET" if body is None else "POST", url, json=body, headers=headers)

    assert (await ask(person.id, {})).status_code == 401
    assert (await ask(person.id, worker)).status_code == 403
    foreign, missing = await ask(person.id, far), await ask(uuid4(), far)
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() | {"request_id": ""} == missing.json() | {"request_id": ""}


@pytest.mark.parametrize("path", ["phone", "phone/detach", "merge", "unmask"])
async def test_sensitive_acts_need_a_second_factor_of_five_minutes(
    client: httpx2.AsyncClient, ctx: Context, path: str
) -> None:
    person, other = await a_known_person(ctx, phone=a_phone()), await a_known_person(ctx)
    headers = await an_officer_of(ctx, "310000")
    await move_clock(client, action="advance", seconds=301)
    body = {
        "phone": {"phone": "13800138000", "basis": "seen_id_card"},
        "phone/detach": {"basis": "lost_phone"},
        "merge": {"into": str(other.id), "basis": "seen_id_card"},
        "unmask": {"fields": ["phone"], "purpose": "complaint"},
    }[path]
    answer = await client.post(f"/v1/people/{person.id}/{path}", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_needed")


# -- opening values -------------------------------------------------------------------------------------


async def test_each_opened_value_leaves_one_row_and_the_person_sees_it(
    client: httpx2.AsyncClient, ctx: Context
) -> None:
    number, phone = an_id_number(), a_phone()
    person = await a_known_person(ctx, phone=phone, id_number=number)
    officer = await an_officer(ctx, regions=("310000",))
    headers = await as_staff(ctx, officer)
    url = f"/v1/people/{person.id}/unmask"
    body = {"fields": ["phone", "id_number", "phone"], "purpose": "identity_check"}
    for times in (1, 2):
        opened = await client.post(url, json=body, headers=headers | {"idempotency-key": "the-same-key"})
        assert opened.json()["values"] == {"phone": phone, "id_number": number}
        async with ctx.uow() as uow:
            rows = (await uow.session.scalars(select(UnmaskingRow))).all()
        assert sorted(row.column for row in rows) == sorted(["phone", "id_number"] * times)
        assert {(row.purpose, row.actor_id) for row in rows} == {("identity_check", officer.id)}
    mine = await client.get("/v1/me/unmaskings", headers=await as_person(ctx, person))
    theirs = await client.get(f"/v1/people/{person.id}/unmaskings", headers=headers)
    assert len(mine.json()["items"]) == 4
    assert mine.json() == theirs.json()
    admin = await as_staff(ctx, await an_officer(ctx, role="admin"))
    assert (await client.post(url, json=body, headers=admin)).status_code == 403


async def test_an_officer_opens_a_limited_number_of_values_an_hour(client: httpx2.AsyncClient, ctx: Context) -> None:
    person = await a_known_person(ctx, phone=a_phone())
    headers = await an_officer_of(ctx, "310000")
    await move_clock(client, action="freeze")
    url, body = f"/v1/people/{person.id}/unmask", {"fields": ["name", "phone"], "purpose": "complaint"}
    statuses = [(await client.post(url, json=body, headers=headers)).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    async with ctx.uow() as uow:
        assert len((await uow.session.scalars(select(UnmaskingRow))).all()) == 60


# -- two records of one person --------------------------------------------------------------------------


async def test_merging_keeps_one_record_with_what_either_had(client: httpx2.AsyncClient, ctx: Context) -> None:
    number, phone = an_id_number(), a_phone()
    gone = await a_known_person(ctx, phone=phone, id_number=number)
    kept = await a_known_person(ctx, phone=None, worker=False)
    theirs = bearer((await sign_in(client, phone))["tokens"]["access_token"])
    async with ctx.uow() as uow:
        from service.actor import SYSTEM

        await uow.people.give_consent(gone.id, "push", "2026-11-01", by=SYSTEM)
        await uow.people.give_consent(gone.id, "location", "2026-11-01", by=SYSTEM)
        await uow.people.give_consent(kept.id, "location", "2026-11-01", by=SYSTEM)
        await uow.flush()
        await uow.people.withdraw_consent(kept.id, "location", by=SYSTEM)
    headers = await an_officer_of(ctx, "310000")
    body = {"into": str(kept.id), "basis": "seen_id_card"}
    merged = await client.post(f"/v1/people/{gone.id}/merge", json=body, headers=headers)
    assert merged.status_code == 200, merged.text
    assert (merged.json()["id"], merged.json()["phone_masked"][:3]) == (str(kept.id), phone[3:6])
    assert merged.json()["id_number_masked"].endswith(number[14:])
    old = (await client.get(f"/v1/people/{gone.id}", headers=headers)).json()
    assert (old["state"], old["merged_into"]) == ("merged", str(kept.id))
    assert (await client.get("/v1/me", headers=theirs)).status_code == 401
    found = await client.post("/v1/people/find", json={"id_number": number}, headers=headers)
    assert [one["id"] for one in found.json()["items"]] == [str(kept.id)]
    async with ctx.uow() as uow:
        assert await uow.people.live_consent(kept.id, "push") is not None
        assert await uow.people.live_consent(kept.id, "location") is None
        assert await uow.people.live_consent(gone.id, "push") is None
    again = await client.post(f"/v1/people/{gone.id}/merge", json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    into_gone = await client.post(
        f"/v1/people/{kept.id}/merge", json={"into": str(gone.id), "basis": "seen_id_card"}, headers=headers
    )
    assert (into_gone.status_code, into_gone.json()["code"]) == (409, "person_merged")


async def test_two_people_are_not_merged(client: httpx2.AsyncClient, ctx: Context) -> None:
    one = await a_known_person(ctx, id_number=an_id_number())
    two = await a_known_person(ctx, id_number=an_id_number())
    headers = await an_officer_of(ctx, "310000")
    cases = ((two.id, 409, "merge_identities_differ"), (one.id, 422, "merge_itself"), (uuid4(), 404, "not_found"))
    for into, status, code in cases:
        body = {"into": str(into), "basis": "seen_id_card"}
        answer = await client.post(f"/v1/people/{one.id}/merge", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_records_with_work_at_the_same_time_are_not_merged(client: httpx2.AsyncClient, ctx: Context) -> None:
    one, two = await a_worker(ctx), await a_worker(ctx)
    posting = await a_posting(ctx, await an_employer(ctx))
    await an_engagement(ctx, one, await a_shift(ctx, posting), posting)
    await an_engagement(ctx, two, await a_shift(ctx, await a_posting(ctx, await an_employer(ctx))), posting)
    headers = await an_officer_of(ctx, "310000")
    body = {"into": str(two.id), "basis": "seen_id_card"}
    answer = await client.post(f"/v1/people/{one.id}/merge", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "merge_overlap")


async def test_a_person_present_in_the_region_is_seen(client: httpx2.AsyncClient, ctx: Context) -> None:
    from service.actor import SYSTEM
    from service.workers.tables import WaitingRow

    person = await a_known_person(ctx, city_code="320700")
    venue = await a_venue(ctx)
    headers = await an_officer_of(ctx, "310104", "330000")
    assert (await client.get(f"/v1/people/{person.id}", headers=headers)).status_code == 404
    async with ctx.uow() as uow:
        now = await uow.now()
        await uow.add(
            WaitingRow(worker_id=person.id, state="waiting", city_code="310104", venue_id=venue.id, until=now),
            by=SYSTEM,
        )
    assert (await client.get(f"/v1/people/{person.id}", headers=headers)).status_code == 200
