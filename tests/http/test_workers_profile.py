"""Profiles over HTTP: who reaches whom, versions, places, skills, papers, on behalf."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.builders.city import (
    a_member,
    a_worker,
    an_employer,
    an_officer,
    as_member,
    as_staff,
    as_worker,
)
from tests.builders.workers import stand_at


async def test_a_change_needs_the_version_that_was_seen(client, ctx):
    """Without If-Match 428, with an old one 412, with the present one the version steps by one."""
    worker = await a_worker(ctx)
    me = await as_worker(ctx, worker)
    assert (await client.patch("/v1/workers/me", json={"radius_m": 3000}, headers=me)).status_code == 428
    stale = me | {"if-match": '"7"'}
    assert (await client.patch("/v1/workers/me", json={"radius_m": 3000}, headers=stale)).status_code == 412
    changed = await client.patch("/v1/workers/me", json={"radius_m": 3000}, headers=me | {"if-match": '"1"'})
    assert (changed.status_code, changed.json()["radius_m"], changed.headers["etag"]) == (200, 3000, '"2"')
    nothing = await client.patch("/v1/workers/me", json={}, headers=me | {"if-match": '"2"'})
    assert nothing.headers["etag"] == '"2"'


@pytest.mark.parametrize(
    ("datum", "sent", "kept"),
    [
        ("wgs84", [121.43651234, 31.18801234], [121.437, 31.188]),
        ("gcj02", [121.4410, 31.1860], [121.436, 31.188]),
    ],
)
async def test_home_is_converted_and_kept_coarse(client, ctx, datum, sent, kept):
    """Three decimals in WGS-84, the datum on record; `precise` keeps what was sent; null forgets."""
    me = await as_worker(ctx, await a_worker(ctx))
    home = {"type": "Point", "coordinates": sent, "datum": datum}
    made = await client.patch("/v1/workers/me", json={"home": home}, headers=me | {"if-match": '"1"'})
    assert made.json()["home"] == {"type": "Point", "coordinates": kept, "sent_datum": datum}
    exact = await client.patch("/v1/workers/me", json={"home": home, "precise": True}, headers=me | {"if-match": '"2"'})
    assert exact.json()["home"]["coordinates"] != kept
    gone = await client.patch("/v1/workers/me", json={"home": None}, headers=me | {"if-match": '"3"'})
    assert gone.json()["home"] is None
    assert "home" in gone.json()["missing"]


async def test_weekly_windows_cross_midnight_and_exceptions_are_dated(client, ctx):
    """A night from 22:00 to 06:00 is one window; 00:00 to 00:00 a whole day; past exceptions go."""
    await stand_at(ctx)
    me = await as_worker(ctx, await a_worker(ctx))
    body = {
        "weekly": [
            {"weekday": 5, "start": "22:00", "end": "06:00"},
            {"weekday": 0, "start": "00:00", "end": "00:00"},
            {"weekday": 5, "start": "22:00", "end": "06:00"},
        ],
        "exceptions": [
            {"day": "2026-11-01", "free": False},
            {"day": "2026-12-24", "start": "18:00", "end": "02:00", "free": True},
        ],
        "pay_wish": {"amount_fen": 2500, "unit": "hour"},
        "intro": "手脚快，能上夜班",
    }
    made = await client.patch("/v1/workers/me", json=body, headers=me | {"if-match": '"1"'})
    assert made.status_code == 200, made.text
    assert made.json()["weekly"] == [
        {"weekday": 0, "start": "00:00", "end": "00:00"},
        {"weekday": 5, "start": "22:00", "end": "06:00"},
    ]
    assert made.json()["exceptions"] == [{"day": "2026-12-24", "start": "18:00", "end": "02:00", "free": True}]
    assert made.json()["pay_wish"] == {"amount_fen": 2500, "unit": "hour", "currency": "CNY"}


async def test_201_exceptions_are_too_many(client, ctx):
    """The list ends at 200."""
    me = await as_worker(ctx, await a_worker(ctx))
    days = [{"day": f"20{30 + n // 300}-01-{n % 28 + 1:02d}", "free": True} for n in range(201)]
    refused = await client.patch("/v1/workers/me", json={"exceptions": days}, headers=me | {"if-match": '"1"'})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "list_too_long")


async def test_an_introduction_with_a_phone_in_it_is_refused(client, ctx):
    """Others read it."""
    me = await as_worker(ctx, await a_worker(ctx))
    refused = await client.patch(
        "/v1/workers/me", json={"intro": "找我打 138 0013 8000"}, headers=me | {"if-match": '"1"'}
    )
    assert refused.json()["code"] == "text_personal"


async def test_an_officer_of_the_region_changes_with_the_yes_on_record(client, ctx):
    """Without the channel of the yes 422; with it the log names officer, person and channel."""
    worker = await a_worker(ctx)
    officer = await as_staff(ctx, await an_officer(ctx))
    path = f"/v1/workers/{worker.id}"
    bare = await client.patch(path, json={"radius_m": 5000}, headers=officer | {"if-match": '"1"'})
    assert (bare.status_code, bare.json()["code"]) == (422, "on_behalf_needed")
    path += "?on_behalf=by_phone"
    made = await client.patch(path, json={"radius_m": 5000}, headers=officer | {"if-match": '"1"'})
    assert made.status_code == 200
    assert made.json()["name"] == "张*"
    async with ctx.uow() as uow:
        rows = await uow.session.execute(
            text("select actor_kind, on_behalf_of, channel from transitions where noun = 'worker' and version = 2")
        )
        assert rows.all() == [("officer", worker.id, "by_phone")]


async def test_a_worker_sends_no_yes(client, ctx):
    """The own move needs none."""
    me = await as_worker(ctx, await a_worker(ctx))
    refused = await client.post("/v1/workers/me/rest?on_behalf=by_phone", headers=me)
    assert refused.json()["code"] == "on_behalf_not_needed"


READS = ("", "/skills", "/certificates", "/waiting", "/crews", "/blocks", "/history", "/export")


@pytest.mark.parametrize("end", READS)
async def test_who_may_read_whom(client, ctx, end):
    """Nobody 401, employers 403, another worker, another city's officer and a missing one the same 404."""
    worker = await a_worker(ctx)
    other = await as_worker(ctx, await a_worker(ctx))
    member = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    near = await as_staff(ctx, await an_officer(ctx, regions=("310104",)))
    far = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    admin = await as_staff(ctx, await an_officer(ctx, role="admin"))
    path = f"/v1/workers/{worker.id}{end}"
    nobody = f"/v1/workers/019fb1aa-0000-7000-8000-000000000000{end}"
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=member)).status_code == 403
    assert (await client.get(path, headers=admin)).status_code == 403
    foreign = await client.get(path, headers=other)
    distant = await client.get(path, headers=far)
    missing = await client.get(nobody, headers=far)
    assert foreign.status_code == distant.status_code == missing.status_code == 404
    bodies = [{k: v for k, v in each.json().items() if k != "request_id"} for each in (foreign, distant, missing)]
    assert bodies[0] == bodies[1] == bodies[2]
    mine = await client.get(f"/v1/workers/me{end}", headers=await as_worker(ctx, worker))
    assert mine.status_code == (404 if end == "/waiting" else 200), mine.text
    assert (await client.get(f"/v1/workers/me{end}", headers=far)).status_code == 404
    assert (await client.get(path, headers=near)).status_code in {200, 404}


MOVES = (
    ("POST", "/rest", None),
    ("POST", "/identity", {"id_number": "33020019900101004X"}),
    ("POST", "/skills", {"trade": "搬运工"}),
    ("POST", "/certificates", {"kind": "health_certificate"}),
    ("PUT", "/waiting", {}),
    ("DELETE", "/waiting", None),
    ("POST", "/crews", {"name": "老乡"}),
    ("POST", "/calendar", None),
    ("DELETE", "/calendar", None),
    ("POST", "/card", {}),
    ("DELETE", "/card", None),
    ("POST", "/word", None),
)


@pytest.mark.parametrize(("method", "end", "body"), MOVES)
async def test_every_move_is_possible_for_owner_and_officer_and_nobody_else(client, ctx, method, end, body):
    """Each move by the officer needs the yes; a stranger's is 404, an employer's 403, without sign-in 401."""
    worker = await a_worker(ctx)
    path = f"/v1/workers/{worker.id}{end}"
    officer = await as_staff(ctx, await an_officer(ctx))
    callers = {
        401: {},
        403: await as_member(ctx, await a_member(ctx, await an_employer(ctx))),
        404: await as_worker(ctx, await a_worker(ctx)),
    }
    for status, headers in callers.items():
        assert (await client.request(method, path, json=body, headers=headers)).status_code == status
    far = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    assert (await client.request(method, path + "?on_behalf=at_counter", json=body, headers=far)).status_code == 404
    assert (await client.request(method, path, json=body, headers=officer)).json()["code"] == "on_behalf_needed"
    made = await client.request(method, path + "?on_behalf=at_counter", json=body, headers=officer)
    assert made.status_code in {200, 201, 204}, made.text


async def test_skills_are_added_changed_and_removed(client, ctx):
    """A popular name becomes its trade; twice is a conflict; free words stay words."""
    me = await as_worker(ctx, await a_worker(ctx))
    path = "/v1/workers/me/skills"
    assert (await client.post(path, json={"trade": "洗碗"}, headers=me)).json()["code"] == "skill_exists"
    made = await client.post(path, json={"trade": "修老式钟表", "level": 3}, headers=me)
    assert (made.status_code, made.json()["trade"], made.json()["label"]) == (201, None, "修老式钟表")
    one = f"{path}/{made.json()['id']}"
    level = await client.patch(one, json={"level": 4}, headers=me | {"if-match": '"1"'})
    assert (level.json()["level"], level.headers["etag"]) == (4, '"2"')
    assert (await client.delete(one, headers=me)).status_code == 204
    assert (await client.delete(one, headers=me)).status_code == 404
    again = await client.post(path, json={"trade": "修老式钟表"}, headers=me)
    assert again.status_code == 201


async def test_a_certificate_is_checked_by_an_officer_and_unchecked_by_a_change(client, ctx):
    """The last day follows from the kind; only a paper that is good today is confirmed."""
    await stand_at(ctx)
    worker = await a_worker(ctx, certificates=())
    me, officer = await as_worker(ctx, worker), await as_staff(ctx, await an_officer(ctx))
    body = {"kind": "health_certificate", "number": "沪健123", "valid_from": "2026-03-01"}
    made = await client.post("/v1/workers/me/certificates", json=body, headers=me)
    assert made.json()["valid_until"] == "2027-02-28"
    assert "沪健123" not in made.text
    one = f"/v1/workers/{worker.id}/certificates/{made.json()['id']}"
    assert (await client.post(one + "/verify", headers=me | {"if-match": '"1"'})).status_code == 403
    assert (await client.post(one + "/verify", headers=officer)).status_code == 428
    checked = await client.post(one + "/verify", headers=officer | {"if-match": '"1"'})
    assert (checked.json()["verified"], checked.json()["version"]) == (True, 2)
    same = await client.patch(one, json={"number": "沪健123"}, headers=me | {"if-match": '"2"'})
    assert same.json()["verified"] is True
    old = await client.patch(one, json={"valid_until": "2026-10-01"}, headers=me | {"if-match": '"2"'})
    assert (old.json()["verified"], old.json()["valid_today"]) == (False, False)
    refused = await client.post(one + "/verify", headers=officer | {"if-match": '"3"'})
    assert refused.json()["code"] == "certificate_not_valid"
    unknown = await client.post("/v1/workers/me/certificates", json={"kind": "pilot"}, headers=me)
    assert unknown.json()["code"] == "certificate_kind_unknown"


async def test_literal_paths_are_never_taken_for_somebody(client, ctx):
    """A wrong method on /workers/identify is 405, an unknown word in the place of an id 404."""
    officer = await as_staff(ctx, await an_officer(ctx))
    assert (await client.get("/v1/workers/identify", headers=officer)).status_code == 405
    assert (await client.get("/v1/workers/somebody", headers=officer)).status_code == 404
