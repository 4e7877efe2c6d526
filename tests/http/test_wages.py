"""Going wages end to end: told once a week from what was really paid, asked by anybody, compared with postings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from service.actor import SYSTEM
from service.context import Context
from service.pay.tables import PayRecordRow
from service.wages.timers import EVERYWHERE, NIGHTLY
from service.worktime import SHANGHAI
from tests.builders import city
from tests.builders.attendance import at, rows, run_at
from tests.builders.postings import a_body

Client = httpx2.AsyncClient
TUESDAY = datetime(2026, 11, 17, 12, 0, tzinfo=SHANGHAI)
NEXT_MONDAY = datetime(2026, 11, 23, 0, 20, tzinfo=SHANGHAI)
HOURLY = [2400, 2450, 2500, 2500, 2550, 2600, 2600, 2650, 2700, 2750, 2800, 2900]


async def paid(ctx: Context, fens: list[int], *, employers: int = 4, **posting: Any) -> None:
    """As many workers, each with four evening hours worked, agreed and paid at one of some employers."""
    firms = [await city.an_employer(ctx) for _ in range(employers)]
    fields = {"title": "洗碗", "valid_until": TUESDAY + timedelta(days=60)} | posting
    for n, fen in enumerate(fens):
        row = await city.a_posting(ctx, firms[n % employers], state="expired", closed_at=TUESDAY, **fields)
        shift = await city.a_shift(ctx, row, starts=TUESDAY.replace(hour=17) - timedelta(days=1))
        worker = await city.a_worker(ctx)
        seat = await city.an_engagement(ctx, worker, shift, row, state="completed")
        parts = [{"code": "hour", "minutes": 240, "rate_fen": fen, "amount_fen": 4 * fen}]
        parts += [{"code": "extra", "amount_fen": 5000}]
        record = PayRecordRow(
            state="settled", kind="work", engagement_id=seat.id, worker_id=worker.id, employer_id=row.employer_id,
            city_code=row.city_code, due_fen=4 * fen + 5000, received_fen=4 * fen + 5000, received_at=TUESDAY,
            reckoning=parts, due_on=TUESDAY.date(), due_at=TUESDAY + timedelta(days=1),
        )  # fmt: skip
        async with ctx.uow() as uow:
            await uow.add(record, by=SYSTEM)


async def told(ctx: Context, moment: datetime = NEXT_MONDAY) -> None:
    """The nightly job has run by then."""
    async with ctx.uow() as uow:
        await uow.schedule(NIGHTLY, EVERYWHERE, await uow.now())
    await run_at(ctx, moment)


async def cells(client: Client, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get("/v1/wages", params={"limit": 100} | asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_a_week_is_told_when_it_is_over(ctx: Context, client: Client) -> None:
    """Twelve paid evenings at four employers are told on Monday night, with quantiles of the hourly pay alone."""
    await at(ctx, TUESDAY)
    await paid(ctx, HOURLY)
    await told(ctx, NEXT_MONDAY - timedelta(minutes=1))
    assert await cells(client) == []
    await run_at(ctx, NEXT_MONDAY)
    [cell] = await cells(client, trade="dishwashing", area="310100", hours="all")
    assert (cell["week_from"], cell["week_to"]) == ("2026-11-16", "2026-11-22")
    assert cell["p25"] == {"amount_fen": 2500, "currency": "CNY", "unit": "hour"}
    assert [cell[name]["amount_fen"] for name in ("p50", "p75")] == [2600, 2700]
    assert (cell["samples"], cell["area"]["label"], cell["trade"]["label"]) == ("10-19", "上海市", "洗碗工")
    evening = await cells(client, trade="dishwashing", area="310104", hours="evening")
    assert [each["p50"]["amount_fen"] for each in evening] == [2600]
    assert await cells(client, hours="morning") == await cells(client, unit="day") == []
    assert await cells(client, source="advertised", hours="all", trade="dishwashing") != []


async def test_what_was_told_is_not_told_again(ctx: Context, client: Client) -> None:
    """Records that come later, and the job run again by many, change nothing of a week."""
    await at(ctx, TUESDAY)
    await paid(ctx, HOURLY)
    await told(ctx)
    before = await cells(client)
    assert before
    await paid(ctx, [9000] * 12)
    for days in (1, 2, 7):
        await run_at(ctx, NEXT_MONDAY + timedelta(days=days))
    assert await cells(client, week="2026-11-16") == before
    assert len(await rows(ctx, "select * from going_wage_weeks where source = 'paid'")) == 1


@pytest.mark.parametrize(("count", "employers"), [(9, 4), (12, 2)])
async def test_too_few_are_not_told(ctx: Context, client: Client, count: int, employers: int) -> None:
    """Nine workers, or two employers: the week is done with and nothing stands in it."""
    await at(ctx, TUESDAY)
    await paid(ctx, HOURLY[:count], employers=employers)
    await told(ctx)
    assert await cells(client) == []
    assert len(await rows(ctx, "select * from going_wage_weeks where source = 'paid'")) == 1


async def test_an_outage_is_caught_up_with(ctx: Context, client: Client) -> None:
    """A job that did not run for three weeks tells the weeks that it missed."""
    await at(ctx, TUESDAY)
    await paid(ctx, HOURLY)
    await told(ctx, NEXT_MONDAY + timedelta(days=20))
    assert {cell["week_from"] for cell in await cells(client)} == {"2026-11-16"}


async def test_the_list_is_walked_by_cursor(ctx: Context, client: Client) -> None:
    """Pages of one are the list; a week may be named."""
    await at(ctx, TUESDAY)
    await paid(ctx, HOURLY)
    await told(ctx)
    whole = await cells(client)
    walked: list[Any] = []
    cursor = None
    while cursor or not walked:
        params = {"limit": 1} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/wages", params=params)).json()
        walked, cursor = walked + page["items"], page["next_cursor"]
    assert walked == whole
    assert len(whole) == len({str(cell) for cell in whole}) >= 8
    assert await cells(client, week="2026-11-16") == whole
    assert await cells(client, week="2026-11-09") == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"area": "999999"}, "region_unknown"),
        ({"trade": "wizardry"}, "trade_unknown"),
        ({"group": "wizardry"}, "code_unknown"),
        ({"trade": "dishwashing", "group": "lodging_catering"}, "wages_trade_or_group"),
        ({"week": "2026-11-17"}, "week_not_monday"),
        ({"unit": "piece"}, "code_unknown"),
        ({"hours": "noon"}, "code_unknown"),
        ({"since": "2026-11-16"}, "query_unknown"),
    ],
)
async def test_unknown_filters_are_refused(client: Client, asked: dict[str, str], code: str) -> None:
    """422 with the field, and with the valid ones or where they stand."""
    answer = await client.get("/v1/wages", params=asked)
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["code"] == code
    assert error["pointer"] in {f"query:{list(asked)[-1]}", "query"}


@pytest.mark.parametrize(
    ("fen", "warning", "state"),
    [
        (3400, "pay_far_below_going", "published"),
        (3500, None, "published"),
        (10800, None, "published"),
        (10900, "pay_far_above_going", "submitted"),
    ],
)
async def test_postings_are_compared_with_what_is_paid(
    ctx: Context, client: Client, fen: int, warning: str | None, state: str
) -> None:
    """Far below is said to everybody; far above, as lures promise, goes to an officer; nothing is refused."""
    await at(ctx, TUESDAY)
    await paid(ctx, [2 * each for each in HOURLY])
    await told(ctx, NEXT_MONDAY)
    boss = await city.as_member(ctx, await city.a_member(ctx, await city.an_employer(ctx)))
    start = NEXT_MONDAY.replace(hour=17, minute=0) + timedelta(days=3)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=5)).isoformat()}
    body = a_body(pay={"amount_fen": fen, "unit": "hour"}, time=times, submit=True, job_kind="task")
    made = (await client.post("/v1/postings", json=body, headers=boss)).json()
    codes = {each["code"]: each for each in made["warnings"]}
    assert made["state"] == state, made
    assert {code for code in codes if code.startswith("pay_far")} == ({warning} if warning else set())
    if warning:
        assert codes[warning]["facts"]["p25_fen"] == 5000
        assert "50 到 54 元" in codes[warning]["message"]
    if state == "published":
        seen = (await client.get(f"/v1/postings/{made['id']}")).json()
        assert (warning in {each["code"] for each in seen["warnings"]}) == (warning is not None)
        page = (await client.get(f"/jobs/{made['id']}")).text
        assert "50–54 元/小时" in page
