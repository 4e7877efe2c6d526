"""Plans of a hall: drawn, published, answered, changed, run again by anybody."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from service.context import Context
from service.shifts.tables import ShiftRow
from tests.builders.applications import breaches, run_due_at
from tests.builders.city import HALL, a_member, a_posting, a_shift, a_worker, an_employer, as_member, as_worker
from tests.builders.halls import a_hall, at, shanghai, sign_in

Client = httpx2.AsyncClient
EIGHT = shanghai(2026, 11, 23, 8)


async def some_work(ctx: Context, *headcounts: int, **more: Any) -> tuple[dict[str, str], list[ShiftRow]]:
    """(the employer's headers, one shift of this morning for each headcount)."""
    employer = await an_employer(ctx)
    member = await as_member(ctx, await a_member(ctx, employer))
    shifts = []
    for count in headcounts:
        posting = await a_posting(ctx, employer, lon=HALL[0], lat=HALL[1], **more)
        shifts.append(await a_shift(ctx, posting, starts=EIGHT, headcount=count))
    return member, shifts


async def drawn(client: Client, session: dict[str, Any], officer: dict[str, str]) -> dict[str, Any]:
    made = await client.post(f"/v1/hall-sessions/{session['id']}/plans", headers=officer)
    assert made.status_code == 201, made.text
    plan: dict[str, Any] = made.json()
    return plan


async def lines_of(client: Client, plan: dict[str, Any], headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/plans/{plan['id']}/lines", headers=headers or {})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_dawn_from_signing_in_to_work(client: Client, ctx: Context) -> None:
    """Three people, two seats: the first two are asked, one says yes, one no, the third gets the next round."""
    venue, officer, session = await a_hall(client, ctx)
    _, (shift,) = await some_work(ctx, 2)
    workers = [await a_worker(ctx) for _ in range(3)]
    people = [(await sign_in(client, ctx, venue, worker, officer)).json() for worker in workers]
    plan = await drawn(client, session, officer)
    assert (plan["people"], plan["seats_open"], plan["seats_filled"], plan["seats_bound"], plan["gap"]) == (
        3,
        2,
        2,
        2,
        0,
    )
    assert plan["seed"] is None
    assert (await client.get(f"/v1/plans/{plan['id']}")).status_code == 404
    proposed = await lines_of(client, plan, officer)
    assert [(row["number"], row["state"]) for row in proposed] == [(1, "proposed"), (2, "proposed"), (3, "left_over")]
    assert proposed[2]["said"] == "3 号：排第 3，能做的活都给了排在前面的人。"
    published = await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    assert published.json()["state"] == "published"
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 31))
    offers = await lines_of(client, plan, officer)
    assert [row["state"] for row in offers] == ["offered", "offered", "left_over"]
    yes, no = await as_worker(ctx, workers[0]), await as_worker(ctx, workers[1])
    accepted = await client.post(
        f"/v1/applications/{offers[0]['application_id']}/accept", json={}, headers=yes | {"idempotency-key": "a" * 16}
    )
    assert accepted.status_code == 200, accepted.text
    refused = await client.post(
        f"/v1/applications/{offers[1]['application_id']}/decline", json={"reason": "too_far"}, headers=no
    )
    assert refused.status_code == 200, refused.text
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 32))
    rounds = (await client.get(f"/v1/hall-sessions/{session['id']}/plans", headers=officer)).json()["items"]
    assert [(row["round"], row["state"]) for row in rounds] == [(1, "settled"), (2, "drawn")]
    second = await lines_of(client, rounds[1], officer)
    assert [(row["number"], row["state"]) for row in second] == [(2, "left_over"), (3, "proposed")]
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 38))
    assert [row["state"] for row in await lines_of(client, rounds[1])] == ["left_over", "offered"]
    placed = (await client.get(f"/v1/presences/{people[0]['id']}", headers=yes)).json()
    assert (placed["state"], placed["said"]) == ("placed", "1 号，您已经有活了。")
    assert await breaches(ctx) == []
    seat = (await client.get(f"/v1/shifts/{shift.id}", headers=officer)).json()
    assert seat["taken"] == 2  # one confirmed, one held for number 3
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 50))
    last = await lines_of(client, rounds[1])
    assert [row["state"] for row in last] == ["left_over", "lapsed"]
    assert last[1]["said"].endswith("到时没答复。")
    assert await breaches(ctx) == []


async def test_everybody_sees_numbers_and_nobody_a_person(client: Client, ctx: Context) -> None:
    """Published lines and the bundle have no id, no name, no phone; the employer sees masked names of the own shift."""
    venue, officer, session = await a_hall(client, ctx)
    member, _ = await some_work(ctx, 1)
    other, _ = await some_work(ctx, 1)
    workers = [await a_worker(ctx) for _ in range(3)]
    for worker in workers:
        await sign_in(client, ctx, venue, worker, officer)
    plan = await drawn(client, session, officer)
    own = await lines_of(client, plan, member)
    assert len(own) == 1
    assert own[0]["name_masked"] == "张*"
    assert (await client.get(f"/v1/plans/{plan['id']}/bundle")).status_code == 404
    stranger = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    assert (await client.get(f"/v1/plans/{plan['id']}/lines", headers=stranger)).status_code == 404
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    for answer in (
        await client.get(f"/v1/plans/{plan['id']}/lines"),
        await client.get(f"/v1/plans/{plan['id']}/bundle"),
        await client.get(f"/v1/plans/{plan['id']}/lines", headers=other),
    ):
        assert answer.status_code == 200
        shown = [str(worker.id) for worker in workers if str(worker.id) in answer.text]
        theirs = answer.request.headers.get("authorization") == other["authorization"]
        assert len(shown) == (1 if theirs else 0)
        assert "13800" not in answer.text


async def test_anybody_can_make_the_plan_again(client: Client, ctx: Context, tmp_path: Path) -> None:
    """From the bundle alone: the same; with another seed, score or outcome it says what differs."""
    from service.cli.replaying import replay
    from service.plans.bundle import differences

    venue, officer, session = await a_hall(client, ctx, order_rule="draw")
    await some_work(ctx, 2, 1)
    for _ in range(6):
        await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    plan = await drawn(client, session, officer)
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    sealed = (await client.get(f"/v1/plans/{plan['id']}/bundle")).json()
    assert sealed["seed"] is None
    assert differences(sealed) == ["seed_missing"]
    first, second = sealed["outcome"]["order"][:2]
    said = (await client.get(f"/v1/plans/{plan['id']}/order?first={second}&second={first}")).json()
    assert said["earlier"] == first
    assert said["said"] == f"抽签：{first} 号排在 {second} 号前面。签种在本场结束后公布，到时人人可以复算。"
    over = await client.post(
        f"/v1/hall-sessions/{session['id']}/close", json={"reason": "everybody_served"}, headers=officer
    )
    assert over.status_code == 200, over.text
    bundle = (await client.get(f"/v1/plans/{plan['id']}/bundle")).json()
    assert bundle["seed_commitment"] == session["seed_commitment"]
    assert differences(bundle) == []
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(bundle), encoding="utf-8")
    assert replay(file)
    assert differences(bundle | {"seed": "0" * 64})[0] == "seed_is_not_the_committed_one"
    turned = bundle | {"outcome": bundle["outcome"] | {"seats": bundle["outcome"]["seats"][:-1]}}
    assert differences(turned) == ["digest_differs", "seats_differs"]
    assert differences({**bundle, "digest": None} | {})[0] == "digest_differs"
    assert differences({name: value for name, value in bundle.items() if name != "digest"}) == ["digest_missing"]
    said = (await client.get(f"/v1/plans/{plan['id']}/order?first={second}&second={first}")).json()
    assert said["said"].startswith(f"抽签：{first} 号的签值")
    twice = await client.get(f"/v1/plans/{plan['id']}/order?first={first}&second={first}")
    assert twice.json()["code"] == "plan_number_twice"
    for broken in ("no json", "[]", json.dumps(bundle | {"rule": {}})):
        file.write_text(broken, encoding="utf-8")
        with pytest.raises(SystemExit) as left:
            replay(file)
        assert left.value.code == 2
    odd = await client.get(f"/v1/plans/{plan['id']}/order?first=1&second=77")
    assert (odd.status_code, odd.json()["code"]) == (422, "plan_number_unknown")


async def test_whoever_went_without_work_comes_first_and_it_is_said(client: Client, ctx: Context) -> None:
    """Number 4 before number 1, in one sentence."""
    venue, officer, _ = await a_hall(client, ctx)
    unlucky = await a_worker(ctx)
    await sign_in(client, ctx, venue, unlucky, officer)
    await run_due_at(ctx, shanghai(2026, 11, 23, 8))
    await run_due_at(ctx, shanghai(2026, 11, 24, 4, 10))
    employer = await an_employer(ctx)
    await a_shift(
        ctx, await a_posting(ctx, employer, lon=HALL[0], lat=HALL[1]), starts=shanghai(2026, 11, 24, 8), headcount=1
    )
    for worker in [await a_worker(ctx), await a_worker(ctx), await a_worker(ctx), unlucky]:
        await sign_in(client, ctx, venue, worker, officer)
    sessions = (await client.get(f"/v1/venues/{venue.id}/hall-sessions")).json()["items"]
    plan = await drawn(client, sessions[0], officer)
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    seated = [row["number"] for row in await lines_of(client, plan) if row["shift_id"]]
    assert seated == [4]
    said = (await client.get(f"/v1/plans/{plan['id']}/order?first=4&second=1")).json()["said"]
    assert said == "4 号前 1 次没派到活，往前 5 位，所以排在先到的 1 号前面。"


async def test_an_employer_changes_among_those_present(client: Client, ctx: Context) -> None:
    """Before publication and before the yes, for a coded reason, never somebody who does not fit or is not here."""
    venue, officer, session = await a_hall(client, ctx)
    member, _ = await some_work(ctx, 1)
    stranger = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    workers = [await a_worker(ctx) for _ in range(2)]
    for worker in workers:
        await sign_in(client, ctx, venue, worker, officer)
    await sign_in(client, ctx, venue, await a_worker(ctx, radius_m=100, home_lon=1.0, home_lat=1.0), officer)
    plan = await drawn(client, session, officer)
    line = (await lines_of(client, plan, member))[0]
    where, body = f"/v1/plan-lines/{line['id']}/replace", {"number": 2, "reason": "worked_together"}
    assert (await client.post(where, json=body, headers=stranger)).status_code == 404
    odd = await client.post(where, json=body | {"reason": "too_old"}, headers=member)
    assert odd.json()["code"] == "reason_unknown"
    nobody = await client.post(where, json=body | {"number": 9}, headers=member)
    assert nobody.json()["code"] == "plan_not_in_line"
    fresh = await client.post(where, json=body, headers=member)
    assert (fresh.status_code, fresh.json()["number"], fresh.json()["state"]) == (200, 2, "proposed")
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 31))
    states = {(row["number"], row["state"]) for row in await lines_of(client, plan, officer)}
    assert {(1, "replaced"), (2, "offered")} <= states
    back = await client.post(
        f"/v1/plan-lines/{fresh.json()['id']}/replace", json={"number": 1, "reason": "person_asked"}, headers=officer
    )
    assert back.status_code == 200, back.text
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 32))
    rows = await lines_of(client, plan, officer)
    assert [(row["number"], row["state"]) for row in rows if row["shift_id"]] == [
        (1, "replaced"), (1, "offered"), (2, "replaced"),
    ] or sorted((row["number"], row["state"]) for row in rows if row["shift_id"]) == [
        (1, "offered"), (1, "replaced"), (2, "replaced"),
    ]  # fmt: skip
    assert await breaches(ctx) == []


async def test_a_seat_that_is_gone_drops_its_line(client: Client, ctx: Context) -> None:
    """Called off between plan and offer: the person stays in line, with the reason said."""
    venue, officer, session = await a_hall(client, ctx)
    member, (shift,) = await some_work(ctx, 1)
    await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    plan = await drawn(client, session, officer)
    again = await client.post(f"/v1/hall-sessions/{session['id']}/plans", headers=officer)
    assert (again.status_code, again.json()["code"]) == (409, "plan_stands")
    off = await client.post(f"/v1/shifts/{shift.id}/cancel", json={"reason": "bad_weather"}, headers=member)
    assert off.status_code == 200, off.text
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 36))
    line = (await lines_of(client, plan))[0]
    assert (line["state"], line["why"]) == ("dropped", "shift_closed")
    board = (await client.get(f"/v1/hall-sessions/{session['id']}/board")).json()
    assert [row["state"] for row in board["lines"]] == ["waiting"]


async def test_a_plan_is_drawn_at_its_hour_and_dropped_by_hand(client: Client, ctx: Context) -> None:
    """`plan_at` of the rule; a dropped plan can be drawn again, a closed session has none."""
    week = [
        {"weekday": day, "name": "早场", "opens": "04:00", "closes": "08:00", "plan_at": "05:00"} for day in range(7)
    ]
    venue, officer, session = await a_hall(client, ctx, sessions=week)
    await some_work(ctx, 1)
    await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    await run_due_at(ctx, shanghai(2026, 11, 23, 5))
    plans = (await client.get(f"/v1/hall-sessions/{session['id']}/plans", headers=officer)).json()["items"]
    assert [row["state"] for row in plans] == ["drawn"]
    where = f"/v1/plans/{plans[0]['id']}/drop"
    assert (await client.post(where, json={"reason": "nothing"}, headers=officer)).json()["code"] == "reason_unknown"
    assert (await client.post(where, json={"reason": "people_left"}, headers=officer)).json()["state"] == "dropped"
    assert (await drawn(client, session, officer))["round"] == 2
    await at(client, "2026-11-23T08:00:00+08:00")
    await run_due_at(ctx, shanghai(2026, 11, 23, 8))
    late = await client.post(f"/v1/hall-sessions/{session['id']}/plans", headers=officer)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    plans = (await client.get(f"/v1/hall-sessions/{session['id']}/plans", headers=officer)).json()["items"]
    assert [row["state"] for row in plans] == ["dropped", "settled"]


async def test_a_late_number_cannot_know_its_lot(client: Client, ctx: Context) -> None:
    """After the first round of a draw nothing public tells which number would come first; calling follows the lot."""
    venue, officer, session = await a_hall(client, ctx, order_rule="draw")
    await some_work(ctx, 1)
    for _ in range(5):
        await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    plan = await drawn(client, session, officer)
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    order = (await client.get(f"/v1/plans/{plan['id']}/bundle")).json()["outcome"]["order"]
    told = [
        (await client.get(path)).text
        for path in (f"/v1/plans/{plan['id']}", f"/v1/hall-sessions/{session['id']}", f"/v1/plans/{plan['id']}/bundle")
    ]
    await client.post(f"/v1/hall-sessions/{session['id']}/close", json={"reason": "weather"}, headers=officer)
    seed = (await client.get(f"/v1/hall-sessions/{session['id']}")).json()["seed"]
    assert seed
    assert not any(seed in text for text in told)
    assert sorted(order) == [1, 2, 3, 4, 5]


async def test_calling_in_a_draw_follows_the_lot(client: Client, ctx: Context) -> None:
    """Before any plan, too: the sealed seed decides, and what it was is told at the end."""
    from service.halls.rules import draw_key

    venue, officer, session = await a_hall(client, ctx, order_rule="draw")
    for _ in range(6):
        await sign_in(client, ctx, venue, await a_worker(ctx), officer)
    called = []
    for _ in range(6):
        answer = await client.post(f"/v1/hall-sessions/{session['id']}/call-next", json={}, headers=officer)
        assert answer.status_code == 200, answer.text
        called.append(answer.json()["number"])
    await client.post(f"/v1/hall-sessions/{session['id']}/close", json={"reason": "weather"}, headers=officer)
    seed = (await client.get(f"/v1/hall-sessions/{session['id']}")).json()["seed"]
    assert called == sorted(range(1, 7), key=lambda number: draw_key(seed, number))


async def test_no_home_is_in_the_public_bundle(client: Client, ctx: Context) -> None:
    """Everybody's way begins at the market: whoever lives next door and far off have the same figures."""
    venue, officer, session = await a_hall(client, ctx)
    for _ in range(2):
        await some_work(ctx, 1)
    for lon in (0.0, 0.02, 0.05):
        worker = await a_worker(ctx, home_lon=HALL[0] + lon, home_lat=HALL[1])
        await sign_in(client, ctx, venue, worker, officer)
        await client.put(
            "/v1/workers/me/waiting", json={"venue_id": str(venue.id)}, headers=await as_worker(ctx, worker)
        )
    plan = await drawn(client, session, officer)
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    pairs = (await client.get(f"/v1/plans/{plan['id']}/bundle")).json()["pairs"]
    assert len(pairs) == 6
    assert len({score for _, _, score in pairs}) == 1


async def test_a_replaced_seat_goes_to_whom_it_was_given(client: Client, ctx: Context) -> None:
    """Somebody in the shift's own waiting line gets nothing of it; the offer is out at once."""
    venue, officer, session = await a_hall(client, ctx)
    member, (shift,) = await some_work(ctx, 1)
    outsider = await as_worker(ctx, await a_worker(ctx))
    for worker in [await a_worker(ctx) for _ in range(2)]:
        await sign_in(client, ctx, venue, worker, officer)
    plan = await drawn(client, session, officer)
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 31))
    waits = await client.post(
        f"/v1/shifts/{shift.id}/claims", json={}, headers=outsider | {"idempotency-key": "w" * 16}
    )
    assert (waits.status_code, waits.json()["outcome"]) == (201, "waitlisted"), waits.text
    line = next(row for row in await lines_of(client, plan, member) if row["state"] == "offered")
    fresh = await client.post(
        f"/v1/plan-lines/{line['id']}/replace", json={"number": 2, "reason": "worked_together"}, headers=member
    )
    assert (fresh.status_code, fresh.json()["state"], fresh.json()["number"]) == (200, "offered", 2)
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 32))
    states = {(row["number"], row["state"]) for row in await lines_of(client, plan, officer) if row["shift_id"]}
    assert states == {(1, "replaced"), (2, "offered")}
    assert await breaches(ctx) == []


async def test_a_clerk_sees_nobody(client: Client, ctx: Context) -> None:
    """Neither before publication nor after; the same employer's manager does."""
    venue, officer, session = await a_hall(client, ctx)
    employer = await an_employer(ctx)
    posting = await a_posting(ctx, employer, lon=HALL[0], lat=HALL[1])
    await a_shift(ctx, posting, starts=EIGHT, headcount=1)
    clerk = await as_member(ctx, await a_member(ctx, employer, role="clerk"))
    worker = await a_worker(ctx)
    await sign_in(client, ctx, venue, worker, officer)
    plan = await drawn(client, session, officer)
    assert (await client.get(f"/v1/plans/{plan['id']}/lines", headers=clerk)).status_code == 404
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    rows = await lines_of(client, plan, clerk)
    assert [(row["worker_id"], row["name_masked"]) for row in rows] == [(None, None)]
    assert (await lines_of(client, plan, officer))[0]["worker_id"] == str(worker.id)


async def test_who_says_no_is_owed_no_turn(client: Client, ctx: Context) -> None:
    """A seat was offered and refused: next time the place in line is that of the number."""
    venue, officer, session = await a_hall(client, ctx)
    await some_work(ctx, 1)
    choosy = await a_worker(ctx)
    person = await as_worker(ctx, choosy)
    await sign_in(client, ctx, venue, choosy, officer)
    plan = await drawn(client, session, officer)
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 31))
    own = (await client.get(f"/v1/hall-sessions/{session['id']}/presences/own", headers=person)).json()
    assert own["said"] == "1 号，给您派了活，请先回答去不去。"
    offer = (await lines_of(client, plan, officer))[0]["application_id"]
    no = await client.post(f"/v1/applications/{offer}/decline", json={"reason": "too_far"}, headers=person)
    assert no.status_code == 200, no.text
    await run_due_at(ctx, shanghai(2026, 11, 23, 8))
    await run_due_at(ctx, shanghai(2026, 11, 24, 4, 10))
    again = (await sign_in(client, ctx, venue, choosy, officer)).json()
    assert again["turns_owed"] == 0


async def test_nobody_holds_two_seats_for_the_same_hours(client: Client, ctx: Context) -> None:
    """An offer of one market is out; the plan of another gives its seats of that hour to others."""
    venue, officer, session = await a_hall(client, ctx)
    await some_work(ctx, 1)
    worker = await a_worker(ctx)
    await sign_in(client, ctx, venue, worker, officer)
    plan = await drawn(client, session, officer)
    await client.post(f"/v1/plans/{plan['id']}/publish", headers=officer)
    await run_due_at(ctx, shanghai(2026, 11, 23, 4, 31))
    assert [row["state"] for row in await lines_of(client, plan)] == ["offered"]
    other, theirs, second = await a_hall(client, ctx, moment="2026-11-23T04:31:00+08:00")
    await some_work(ctx, 1)
    await sign_in(client, ctx, other, worker, theirs)
    again = await drawn(client, second, theirs)
    assert [(row["state"], row["shift_id"]) for row in await lines_of(client, again, theirs)] == [("left_over", None)]
