"""Halls over HTTP: rules, sessions, numbers, the line, the board."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders.applications import run_due_at
from tests.builders.city import (
    HALL,
    a_member,
    a_venue,
    a_worker,
    an_employer,
    an_officer,
    as_member,
    as_staff,
    as_worker,
)
from tests.builders.halls import DAWN, EVERY_DAY, a_card, a_hall, at, shanghai, sign_in

Client = httpx2.AsyncClient
HERE = {"type": "Point", "coordinates": list(HALL), "datum": "wgs84"}
FAR = {"type": "Point", "coordinates": [HALL[0] + 0.1, HALL[1]], "datum": "wgs84"}


async def test_a_rule_makes_the_sessions_of_the_days_ahead(client: Client, ctx: Context) -> None:
    """One of now is open at once; what the officer left out is the policy's default; the rule is one sentence."""
    venue, _, first = await a_hall(client, ctx)
    listed = (await client.get(f"/v1/venues/{venue.id}/hall-sessions")).json()["items"]
    assert [(row["day"], row["state"]) for row in listed] == [
        (f"2026-11-{day}", "open" if day == 23 else "planned") for day in range(23, 30)
    ]
    rule = (await client.get(f"/v1/venues/{venue.id}/hall-rules")).json()["items"][0]
    assert (rule["turn_places"], rule["turn_most"], rule["day_begins"]) == (5, 15, 180)
    assert rule["said"] == "先到先得；上次没派到活的人，每次往前 5 位，最多 15 位。" == first["rule_said"]
    assert first["seed"] is None
    assert len(first["seed_commitment"]) == 64


async def test_a_rule_changes_from_tomorrow_on_only(client: Client, ctx: Context) -> None:
    """Who came today came under what was announced; sessions from the new day on are made anew."""
    venue, officer, first = await a_hall(client, ctx)
    where = f"/v1/venues/{venue.id}/hall-rule"
    late = [{"weekday": day, "name": "早场", "opens": "05:00", "closes": "09:00"} for day in range(7)]
    late_from = {"sessions": late, "order_rule": "draw", "valid_from": "2026-11-25"}
    assert (await client.put(where, json=late_from, headers=officer)).status_code == 200
    today = await client.put(where, json={"sessions": late, "valid_from": "2026-11-23"}, headers=officer)
    assert (today.status_code, today.json()["code"]) == (422, "hall_rule_past")
    listed = (await client.get(f"/v1/venues/{venue.id}/hall-sessions")).json()["items"]
    live = [(row["day"], row["opens_at"][11:16], row["order_rule"]) for row in listed if row["state"] != "cancelled"]
    assert live[:3] == [
        ("2026-11-23", "04:00", "first_come"),
        ("2026-11-24", "04:00", "first_come"),
        ("2026-11-25", "05:00", "draw"),
    ]
    assert len(live) == 7
    assert first["id"] in {
        row["id"] for row in (await client.get(f"/v1/venues/{venue.id}/hall-sessions")).json()["items"]
    }


@pytest.mark.parametrize(
    ("sessions", "code"),
    [
        ([EVERY_DAY[0], EVERY_DAY[0]], "hall_sessions_overlap"),
        ([EVERY_DAY[0] | {"plan_at": "09:00"}], "hall_plan_outside"),
        ([EVERY_DAY[0] | {"weekday": 7}], "number_too_large"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused(client: Client, ctx: Context, sessions: Any, code: str) -> None:
    """With the entry that is wrong."""
    await at(client, DAWN)
    venue = await a_venue(ctx)
    officer = await as_staff(ctx, await an_officer(ctx))
    answer = await client.put(f"/v1/venues/{venue.id}/hall-rule", json={"sessions": sessions}, headers=officer)
    assert answer.status_code == 422
    said = answer.json()
    assert code in (said["code"], *(each["code"] for each in said.get("errors", [])))


async def test_numbers_go_up_and_stay(client: Client, ctx: Context) -> None:
    """By card, by word, by an officer with a yes on record, by an own phone near by; the same person keeps it."""
    venue, officer, session = await a_hall(client, ctx)
    one, two, three, four = [await a_worker(ctx) for _ in range(4)]
    first = await sign_in(client, ctx, venue, one, officer)
    assert first.status_code == 200, first.text
    assert first.json()["said"] == "您是 1 号，下一个就是您。"
    async with ctx.uow() as uow:
        word = await uow.worker_codes.new_word(two.id, digits=6, until=shanghai(2026, 11, 23, 6))
    where = f"/v1/venues/{venue.id}/presences"
    by_word = await client.post(where, json={"word": word}, headers=officer)
    assert by_word.json()["said"] == "您是 2 号，前面还有 1 位。"
    await client.put(f"/v1/workers/{three.id}/waiting", json={}, headers=await as_worker(ctx, three))
    unsaid = await client.post(where, json={"worker_id": str(three.id)}, headers=officer)
    assert unsaid.json()["code"] == "on_behalf_needed"
    said = await client.post(where + "?on_behalf=by_phone", json={"worker_id": str(three.id)}, headers=officer)
    own = await as_worker(ctx, four)
    assert (await client.post(where, json={}, headers=own)).json()["code"] == "hall_point_needed"
    far = await client.post(where, json={"place": FAR}, headers=own)
    assert far.json()["code"] == "hall_too_far"
    near = await client.post(where, json={"place": HERE, "trades": ["moving"]}, headers=own)
    again = await client.post(where, json={"place": HERE}, headers=own)
    assert [answer.json()["number"] for answer in (first, by_word, said, near, again)] == [1, 2, 3, 4, 4]
    assert (near.json()["already"], again.json()["already"]) == (False, True)
    assert [answer.json()["way_in"] for answer in (first, by_word, said, near)] == ["card", "word", "officer", "own"]
    mine = (await client.get(f"/v1/hall-sessions/{session['id']}/presences/own", headers=own)).json()
    assert (mine["number"], mine["ahead"]) == (4, 3)


async def test_before_and_after_the_hours_it_says_when(client: Client, ctx: Context) -> None:
    """At the closing minute it is closed; the first sign-in opens a session whose timer is late."""
    venue, officer, _ = await a_hall(client, ctx, moment="2026-11-23T03:59:00+08:00")
    worker = await a_worker(ctx)
    early = await sign_in(client, ctx, venue, worker, officer)
    assert (early.status_code, early.json()["code"]) == (409, "hall_not_open")
    assert "4:00" in early.json()["detail"]
    await at(client, "2026-11-23T04:00:00+08:00")
    assert (await sign_in(client, ctx, venue, worker, officer)).json()["number"] == 1
    await at(client, "2026-11-23T08:00:00+08:00")
    late = await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    assert late.json()["code"] == "hall_not_open"
    assert "11" in late.json()["detail"]
    bare = await a_venue(ctx)
    assert (await sign_in(client, ctx, bare, worker, officer)).json()["code"] == "hall_none_planned"


async def test_a_kiosk_signs_in_whose_card_lies_on_it(client: Client, ctx: Context) -> None:
    """At its own venue, and nobody without a card."""
    venue, officer, _ = await a_hall(client, ctx)
    made = await client.post("/v1/devices", json={"venue_id": str(venue.id), "name": "一体机"}, headers=officer)
    kiosk = {"Authorization": f"Bearer {made.json()['credential']}"}
    worker = await a_worker(ctx)
    body = {"card_code": await a_card(ctx, worker)}
    signed = await client.post(f"/v1/venues/{venue.id}/presences", json=body, headers=kiosk)
    assert (signed.status_code, signed.json()["number"]) == (200, 1)
    bare = await client.post(f"/v1/venues/{venue.id}/presences", json={"worker_id": str(worker.id)}, headers=kiosk)
    assert bare.json()["code"] == "hall_who"
    other = await a_venue(ctx)
    assert (await client.post(f"/v1/venues/{other.id}/presences", json=body, headers=kiosk)).status_code == 404


async def test_who_is_called_passed_and_comes_back(client: Client, ctx: Context) -> None:
    """The number stays; who was not there comes back behind the next three; calling out of turn needs a reason."""
    venue, officer, session = await a_hall(client, ctx)
    people = [(await sign_in(client, ctx, venue, await a_worker(ctx), officer)).json() for _ in range(6)]
    call = f"/v1/hall-sessions/{session['id']}/call-next"
    first = (await client.post(call, json={}, headers=officer)).json()
    assert (first["number"], first["state"]) == (1, "called")
    turn = await client.post(f"/v1/presences/{people[4]['id']}/call", json={}, headers=officer)
    assert (turn.status_code, turn.json()["code"]) == (409, "hall_out_of_turn")
    away = await client.post(f"/v1/presences/{first['id']}/pass", headers=officer)
    assert away.json()["state"] == "passed"
    back = await client.post(f"/v1/presences/{first['id']}/return", json={}, headers=officer)
    assert (back.json()["number"], back.json()["ahead"]) == (1, 3)
    order = [(await client.post(call, json={}, headers=officer)).json()["number"] for _ in range(6)]
    assert order == [2, 3, 4, 1, 5, 6]
    assert (await client.post(call, json={}, headers=officer)).json()["code"] == "hall_nobody_waits"


async def test_whoever_leaves_keeps_the_number(client: Client, ctx: Context) -> None:
    """And is gone from the line; signing in again brings the number back, a few places behind."""
    venue, officer, session = await a_hall(client, ctx)
    workers = [await a_worker(ctx) for _ in range(3)]
    rows = [(await sign_in(client, ctx, venue, worker, officer)).json() for worker in workers]
    own = await as_worker(ctx, workers[0])
    left = await client.post(f"/v1/presences/{rows[0]['id']}/leave", headers=own)
    assert (left.status_code, left.json()["state"]) == (200, "left")
    foreign = await client.post(f"/v1/presences/{rows[1]['id']}/leave", headers=own)
    assert foreign.status_code == 404
    back = (await sign_in(client, ctx, venue, workers[0], officer)).json()
    assert (back["number"], back["state"], back["ahead"]) == (1, "waiting", 2)
    new = (await sign_in(client, ctx, venue, await a_worker(ctx), officer)).json()
    assert new["number"] == 4
    counts = (await client.get(f"/v1/hall-sessions/{session['id']}")).json()["counts"]
    assert (counts["signed_in"], counts["waiting"]) == (4, 4)


async def test_the_board_shows_numbers_and_nobody(client: Client, ctx: Context) -> None:
    """For everybody, without signing in: no name, no id of a person, no words of their own."""
    venue, officer, session = await a_hall(client, ctx)
    worker = await a_worker(ctx)
    await sign_in(client, ctx, venue, worker, officer, trades=["moving", "会修二胡"])
    board = await client.get(f"/v1/hall-sessions/{session['id']}/board")
    assert board.status_code == 200
    said = board.json()
    assert said["lines"] == [{"number": 1, "state": "waiting", "trades": [{"trade": "moving", "label": "搬运工"}]}]
    assert said["trades"] == [{"trade": "moving", "label": "搬运工", "people": 1}]
    assert str(worker.id) not in board.text
    assert "二胡" not in board.text


async def test_only_officers_of_the_region_see_who_is_present(client: Client, ctx: Context) -> None:
    """Masked names; another region, workers, employers and nobody do not."""
    venue, officer, session = await a_hall(client, ctx)
    await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    where = f"/v1/hall-sessions/{session['id']}/presences"
    listed = (await client.get(where, headers=officer)).json()["items"]
    assert [(row["number"], row["name_masked"]) for row in listed] == [(1, "张*")]
    elsewhere = await as_staff(ctx, await an_officer(ctx, regions=("330200",)))
    assert (await client.get(where, headers=elsewhere)).status_code == 404
    member = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    assert (await client.get(where, headers=member)).status_code == 403
    assert (await client.get(where)).status_code == 401
    denied = await client.put(f"/v1/venues/{venue.id}/hall-rule", json={"sessions": []}, headers=elsewhere)
    assert denied.status_code == 404


async def test_who_went_without_work_moves_up_next_time(client: Client, ctx: Context) -> None:
    """After two sessions without work: ten places up, said in the sentence, bounded by the rule; the seed is told."""
    venue, officer, session = await a_hall(client, ctx)
    unlucky = await a_worker(ctx)
    assert (await sign_in(client, ctx, venue, unlucky, officer)).json()["turns_owed"] == 0
    await run_due_at(ctx, shanghai(2026, 11, 23, 8))
    closed = (await client.get(f"/v1/hall-sessions/{session['id']}")).json()
    assert (closed["state"], closed["counts"]["unserved"]) == ("closed", 1)
    assert closed["seed"] is not None
    await run_due_at(ctx, shanghai(2026, 11, 24, 4, 10))
    for _ in range(4):
        await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    up = (await sign_in(client, ctx, venue, unlucky, officer)).json()
    assert (up["number"], up["turns_owed"], up["ahead"]) == (5, 1, 0)
    assert up["said"] == "您是 5 号，下一个就是您。前 1 次没派到活，已往前 5 位。"


async def test_a_session_is_added_called_off_and_closed_early(client: Client, ctx: Context) -> None:
    """With a reason; two never share a minute."""
    venue, officer, session = await a_hall(client, ctx)
    where = f"/v1/venues/{venue.id}/hall-sessions"
    special = {"name": "专场", "opens_at": "2026-11-23T14:00:00+08:00", "closes_at": "2026-11-23T16:00:00+08:00"}
    made = await client.post(where, json=special, headers=officer)
    assert made.status_code == 201, made.text
    assert (await client.post(where, json=special, headers=officer)).json()["code"] == "hall_sessions_overlap"
    past = special | {"opens_at": "2026-11-22T14:00:00+08:00", "closes_at": "2026-11-22T16:00:00+08:00"}
    assert (await client.post(where, json=past, headers=officer)).json()["code"] == "hall_session_hours"
    off = await client.post(made.headers["location"] + "/cancel", json={"reason": "weather"}, headers=officer)
    assert (off.json()["state"], off.json()["cancel_reason"]) == ("cancelled", "weather")
    odd = await client.post(f"/v1/hall-sessions/{session['id']}/close", json={"reason": "why"}, headers=officer)
    assert odd.json()["code"] == "reason_unknown"
    early = await client.post(
        f"/v1/hall-sessions/{session['id']}/close", json={"reason": "everybody_served"}, headers=officer
    )
    assert early.json()["state"] == "closed"
    rest = {"name": "加场", "opens_at": "2026-11-23T06:00:00+08:00", "closes_at": "2026-11-23T07:30:00+08:00"}
    assert (await client.post(where, json=rest, headers=officer)).status_code == 201
    for odd in (
        "to_day=9999-12-31",
        "to_day=0001-01-01",
        "from_day=9999-12-01&to_day=9999-12-31",
        "from_day=9999-12-31",
    ):
        figures = await client.get(f"/v1/venues/{venue.id}/hall-figures?{odd}", headers=officer)
        assert figures.status_code in (200, 422), figures.text
    figures = await client.get(
        f"/v1/venues/{venue.id}/hall-figures?from_day=2026-11-23&to_day=2026-11-23", headers=officer
    )
    assert [row["state"] for row in figures.json()["items"]] == ["closed", "planned", "cancelled"]


async def test_waiting_elsewhere_ends_the_place_in_line(client: Client, ctx: Context) -> None:
    """At another market or at home: nobody stands in two lines."""
    venue, officer, session = await a_hall(client, ctx)
    other, theirs, second = await a_hall(client, ctx)
    worker = await a_worker(ctx)
    person = await as_worker(ctx, worker)
    first = (await sign_in(client, ctx, venue, worker, officer)).json()
    moved = (await sign_in(client, ctx, other, worker, theirs)).json()
    assert moved["session_id"] == second["id"]
    assert (await client.get(f"/v1/presences/{first['id']}", headers=person)).json()["state"] == "left"
    assert (await client.get(f"/v1/presences/{moved['id']}", headers=person)).json()["state"] == "waiting"
    assert (await client.put("/v1/workers/me/waiting", json={}, headers=person)).status_code in (200, 201)
    assert (await client.get(f"/v1/presences/{moved['id']}", headers=person)).json()["state"] == "left"
    board = (await client.get(f"/v1/hall-sessions/{session['id']}/board")).json()
    assert board["lines"] == []


async def test_the_days_ahead_are_always_a_week(client: Client, ctx: Context) -> None:
    """Every working day another day is added; one called off by hand is not made again."""
    venue, officer, _ = await a_hall(client, ctx)
    rows = (await client.get(f"/v1/venues/{venue.id}/hall-sessions")).json()["items"]
    await client.post(f"/v1/hall-sessions/{rows[2]['id']}/cancel", json={"reason": "weather"}, headers=officer)
    await run_due_at(ctx, shanghai(2026, 11, 24, 3, 6))
    rows = (await client.get(f"/v1/venues/{venue.id}/hall-sessions")).json()["items"]
    assert [(row["day"][8:], row["state"]) for row in rows] == [
        ("24", "planned"), ("25", "cancelled"), ("26", "planned"), ("27", "planned"), ("28", "planned"),
        ("29", "planned"), ("30", "planned"),
    ]  # fmt: skip


async def test_a_closed_market_holds_no_sessions_until_it_opens_again(client: Client, ctx: Context) -> None:
    """Those to come are called off with the market and planned again with it; nobody signs in meanwhile."""
    venue, officer, _ = await a_hall(client, ctx, moment="2026-11-23T02:00:00+08:00")
    where = f"/v1/venues/{venue.id}"
    assert (await client.post(f"{where}/close", json={"reason": "rebuilding"}, headers=officer)).status_code == 200
    rows = (await client.get(f"{where}/hall-sessions")).json()["items"]
    assert {(row["state"], row["cancel_reason"]) for row in rows} == {("cancelled", "venue_closed")}
    await at(client, DAWN)
    closed = await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    assert closed.json()["code"] == "hall_none_planned"
    assert (await client.post(f"{where}/reopen", headers=officer)).status_code == 200
    opened = await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    assert opened.json()["number"] == 1
