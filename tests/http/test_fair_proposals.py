"""Fairs on demand (按需): figures of real rows, said once a month, a draft by one press."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy import text

from service.actor import SYSTEM
from service.applications.tables import ApplicationRow
from service.context import Context
from service.fairs.usecases.proposing import propose_fairs
from tests.builders import city
from tests.builders.applications import a_shift_of, run_due_at, set_time, value_of
from tests.builders.contact_requests import a_supply
from tests.builders.fairs import on
from tests.builders.referrals import a_referral
from tests.http.test_fairs import an_officer

Client = httpx2.AsyncClient
NOW = on(23, 8)
PUDONG = "310115"
LEAST = 20  # seekers_least of the policy


async def seekers(ctx: Context, count: int, **more: Any) -> list[Any]:
    """People of Xuhui who look for cleaning work, published just now."""
    rows = []
    for _ in range(count):
        worker = await city.a_worker(ctx)
        await a_supply(ctx, worker, trades=["cleaning"], **more)
        rows.append(worker)
    return rows


async def proposed(client: Client, officer: dict[str, str], **query: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/fair-proposals", params=query, headers=officer)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_twenty_who_look_in_vain_speak_for_a_fair(ctx: Context, client: Client) -> None:
    """One short of the threshold nothing; at it once, with its figures; counted again it is not said again this month;
    next month it is."""
    await set_time(ctx, NOW)
    officer = await an_officer(ctx)
    await seekers(ctx, LEAST - 1)
    assert (await propose_fairs(ctx), await proposed(client, officer)) == (0, [])
    await seekers(ctx, 1)
    assert await propose_fairs(ctx) == 1
    found = (await proposed(client, officer))[0]
    assert (found["place_code"], found["subject"], found["code"]) == ("310104", "trade", "cleaning")
    assert (found["measure"], found["seekers"], found["seats"], found["month"]) == ("seekers", LEAST, 0, "2026-11-01")
    assert (found["seekers_least"], found["seats_least"], found["days"]) == (20, 50, 30)
    assert found["said"] == "上海市徐汇区有 20 人找“保洁员”近 30 天没有结果（门槛 20 人），未来 30 天同类空缺 0 个。"
    assert await propose_fairs(ctx) == 0
    assert await proposed(client, await an_officer(ctx, "330200")) == []
    assert await proposed(client, await an_officer(ctx, PUDONG)) == []
    assert len(await proposed(client, await an_officer(ctx, "310104"))) == 1
    await set_time(ctx, on(31, 8))
    assert await propose_fairs(ctx) == 1
    assert {each["month"] for each in await proposed(client, officer)} == {"2026-11-01", "2026-12-01"}


async def test_who_has_found_something_does_not_count(ctx: Context, client: Client) -> None:
    """Neither with a seat since, nor with an application or referral under way, nor paused, nor long ago, nor
    offering a service; and nobody twice for two wishes. One who names no district looks where they live."""
    await set_time(ctx, NOW)
    people = await seekers(ctx, LEAST)
    employer, posting, shift = await a_shift_of(ctx, starts=NOW + timedelta(days=3))
    await a_supply(ctx, people[1], trades=["cleaning", "moving"])
    assert await _counted(ctx) == LEAST
    await city.an_engagement(ctx, people[0], shift, posting)
    assert await _counted(ctx) == LEAST - 1
    async with ctx.uow() as uow:
        sent = ApplicationRow(
            posting_id=posting.id, shift_id=shift.id, worker_id=people[2].id, employer_id=employer.id,
            city_code="310100", origin="applied", state="sent", terms_version=1,
        )  # fmt: skip
        await uow.add(sent, by=SYSTEM)
    assert await _counted(ctx) == LEAST - 2
    await _set(ctx, people[3].id, "state = 'paused', paused_by = 'person'")
    await _set(ctx, people[4].id, "published_at = published_at - interval '31 days'")
    await _set(ctx, people[5].id, "kind = 'service'")
    assert await _counted(ctx) == LEAST - 5
    await _set(ctx, people[6].id, f"district_codes = '[\"{PUDONG}\"]'")
    assert await _counted(ctx) == LEAST - 6
    assert await _counted(ctx, PUDONG) == 1
    await a_referral(ctx, people[7], shift, "notified")
    assert await _counted(ctx) == LEAST - 7


async def _counted(ctx: Context, place: str = "310104") -> int:
    async with ctx.uow() as uow:
        found = await uow.fairs.seekers(NOW - timedelta(days=30), NOW)
    return sum(people for where, trade, people in found if (where, trade) == (place, "cleaning"))


async def _set(ctx: Context, worker_id: Any, change: str) -> None:
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text(f"update supplies set {change} where worker_id = :id"), {"id": worker_id})


async def test_open_seats_of_a_trade_or_a_group_speak_for_a_fair(ctx: Context, client: Client) -> None:
    """Fifty that nobody has taken, within the month; taken ones, later ones and hidden ones do not count."""
    await set_time(ctx, NOW)
    officer = await an_officer(ctx)
    soon = {"starts": NOW + timedelta(days=3)}
    employer, posting, shift = await a_shift_of(ctx, headcount=50, priority_groups=["veterans"], **soon)
    await a_shift_of(ctx, headcount=100, starts=NOW + timedelta(days=31), trade="moving")
    await a_shift_of(ctx, headcount=100, state="paused", paused_by="employer", trade="moving", **soon)
    await a_shift_of(ctx, headcount=100, private=True, trade="moving", **soon)
    await city.an_engagement(ctx, await city.a_worker(ctx), shift, posting)
    assert await propose_fairs(ctx) == 0
    await city.a_shift(ctx, posting, starts=NOW + timedelta(days=4), headcount=1)
    assert await propose_fairs(ctx) == 2
    found = {
        (each["subject"], each["code"], each["measure"], each["seats"]) for each in await proposed(client, officer)
    }
    assert found == {("trade", "dishwashing", "seats", 50), ("group", "veterans", "seats", 50)}
    assert employer.city_code == "310100"


async def test_one_press_makes_a_draft(ctx: Context, client: Client) -> None:
    """A morning on a working day two weeks ahead, the group as audience, the figures as words; pressed twice it is one;
    the draft is announced like any other."""
    await set_time(ctx, NOW)
    officer = await an_officer(ctx)
    await a_shift_of(ctx, headcount=60, priority_groups=["veterans"], starts=NOW + timedelta(days=3))
    await propose_fairs(ctx)
    row = next(each for each in await proposed(client, officer) if each["subject"] == "group")
    where, body = f"/v1/fair-proposals/{row['id']}", {"organiser": "徐汇区就业促进中心", "address": "某路1号"}
    made = await client.post(f"{where}/draft", json=body, headers=officer)
    assert made.status_code == 201, made.text
    fair = made.json()
    assert (fair["state"], fair["title"], fair["audience"]) == ("draft", "上海市徐汇区退役军人专场招聘", ["veterans"])
    assert (fair["city_code"], fair["district_code"]) == ("310100", "310104")
    assert fair["starts_at"] == "2026-12-07T09:00:00+08:00"
    assert fair["ends_at"] == "2026-12-07T12:00:00+08:00"
    assert "60 个名额" in fair["description"]
    again = await client.post(f"{where}/draft", json=body, headers=officer)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert (await proposed(client, officer, state="drafted"))[0]["fair_id"] == fair["id"]
    assert (await client.get(f"/v1/fairs/{fair['id']}")).status_code == 404
    said = {"plan": True, "emergency_plan": True, "security_plan": True, "expected_attendance": 80}
    shown = await client.post(f"/v1/fairs/{fair['id']}/announce", json=said, headers=officer)
    assert shown.json()["state"] == "announced", shown.text


async def test_what_is_dismissed_stays_so_and_what_is_old_lapses(ctx: Context, client: Client) -> None:
    """With a reason, and not said again this month; another one is gone from the list after its thirty days."""
    await set_time(ctx, NOW)
    officer = await an_officer(ctx)
    await a_shift_of(ctx, headcount=60, priority_groups=["veterans"], starts=NOW + timedelta(days=3))
    assert await propose_fairs(ctx) == 2
    one, two = await proposed(client, officer)
    where = f"/v1/fair-proposals/{one['id']}/dismiss"
    unknown = await client.post(where, json={"reason": "whim"}, headers=officer)
    assert unknown.json()["code"] == "reason_unknown"
    no = await client.post(where, json={"reason": "no_site"}, headers=officer)
    assert (no.json()["state"], no.json()["dismiss_reason"]) == ("dismissed", "no_site")
    assert await propose_fairs(ctx) == 0
    assert [each["id"] for each in await proposed(client, officer)] == [two["id"]]
    await run_due_at(ctx, NOW + timedelta(days=30, minutes=1))
    await propose_fairs(ctx)
    assert await proposed(client, await an_officer(ctx)) == []
    assert await value_of(ctx, "select count(*) from fair_proposals where state = 'lapsed'") == 1


async def test_each_proposal_lapses_after_the_days_of_its_own_figures(ctx: Context, client: Client) -> None:
    """Where a city counts over ten days its proposal is old after ten, whatever the rest of the country counts over."""
    await set_time(ctx, NOW)
    await a_shift_of(ctx, headcount=60, priority_groups=["veterans"], starts=NOW + timedelta(days=3))
    assert await propose_fairs(ctx) == 2
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(text("update fair_proposals set days = 10 where subject = 'group'"))
    lapsed = "select string_agg(subject, ',' order by subject) from fair_proposals where state = 'lapsed'"
    for days, expected in ((9, None), (11, "group"), (29, "group"), (31, "group,trade")):
        await set_time(ctx, NOW + timedelta(days=days))
        await propose_fairs(ctx)
        assert await value_of(ctx, lapsed) == expected, days
