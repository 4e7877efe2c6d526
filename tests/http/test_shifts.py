"""Shifts over HTTP: seats raised and lowered, shifts agreed and called off, who sees them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from service.context import Context
from tests.builders import city
from tests.builders.postings import a_body, next_week, offered
from tests.http.test_postings import an_officer, an_owner

Client = httpx2.AsyncClient
Headers = dict[str, str]


async def shifts_of(client: Client, posting: dict[str, Any], headers: Headers | None = None) -> list[dict[str, Any]]:
    answer = await client.get(f"/v1/postings/{posting['id']}/shifts?limit=100", headers=headers or {})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def weekly(**series: Any) -> dict[str, Any]:
    start = next_week()
    return {
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=4)).isoformat(),
        "series": series,
    }


async def test_a_series_is_laid_out(ctx: Context, client: Client) -> None:
    """Four weeks, one removed, each with the posting's seats; a page walk returns each once."""
    second = (next_week() + timedelta(days=7)).date().isoformat()
    time = weekly(count=4, exceptions=[{"day": second, "kind": "removed"}])
    posting = await offered(client, await an_owner(ctx), time=time, headcount=3)
    shifts = await shifts_of(client, posting)
    starts = [datetime.fromisoformat(shift["starts_at"]) for shift in shifts]
    assert starts == [next_week() + timedelta(days=days) for days in (0, 14, 21)]
    assert {shift["headcount"] for shift in shifts} == {3}
    path, seen = f"/v1/postings/{posting['id']}/shifts?limit=2", []
    first = (await client.get(path)).json()
    rest = (await client.get(f"{path}&cursor={first['next_cursor']}")).json()
    seen = [shift["id"] for shift in first["items"] + rest["items"]]
    assert seen == [shift["id"] for shift in shifts]


async def test_listed_shifts_have_their_own_seats(ctx: Context, client: Client) -> None:
    """A listed shift may have its own number of people and break."""
    start = next_week()
    times = [
        {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=4)).isoformat(), "headcount": 5},
        {
            "starts_at": (start + timedelta(days=1)).isoformat(),
            "ends_at": (start + timedelta(days=1, hours=9)).isoformat(),
            "break_minutes": 60,
        },
    ]
    shifts = await shifts_of(client, await offered(client, await an_owner(ctx), time={"shifts": times}))
    assert [(shift["headcount"], shift["break_minutes"]) for shift in shifts] == [(5, 0), (2, 60)]


async def test_seats_go_up_and_never_below_those_taken(ctx: Context, client: Client) -> None:
    """Raised at once; lowered to what is taken and no further: 409 says how many are."""
    headers = await an_owner(ctx)
    posting = await offered(client, headers)
    shift = (await shifts_of(client, posting))[0]
    async with ctx.uow() as uow:
        row, now = await uow.shifts.lock(shift["id"]), await uow.now()
        assert await uow.shifts.take(row, now=now)
        assert await uow.shifts.take(row, now=now)
    path, version = f"/v1/shifts/{shift['id']}", shift["version"]
    refused = await client.patch(path, json={"headcount": 1}, headers=headers | {"if-match": f'"{version}"'})
    assert (refused.status_code, refused.json()["code"]) == (409, "headcount_below_taken")
    assert refused.json()["facts"]["taken"] == 2
    raised = await client.patch(path, json={"headcount": 4}, headers=headers | {"if-match": f'"{version}"'})
    assert (raised.status_code, raised.json()["free_seats"]) == (200, 2)
    stale = await client.patch(path, json={"headcount": 5}, headers=headers | {"if-match": f'"{version}"'})
    assert stale.status_code == 412
    whole = await client.patch(
        f"/v1/postings/{posting['id']}", json={"headcount": 1}, headers=headers | {"if-match": '"2"'}
    )
    assert whole.status_code == 200, "the shift has a number of its own and is not touched"
    assert (await client.get(path)).json()["headcount"] == 4


async def test_a_postings_headcount_moves_its_shifts(ctx: Context, client: Client) -> None:
    """All shifts with the posting's own number follow it, up and down; 409 where people are."""
    headers = await an_owner(ctx)
    posting = await offered(client, headers, time=weekly(count=2))
    path = f"/v1/postings/{posting['id']}"
    up = await client.patch(path, json={"headcount": 4}, headers=headers | {"if-match": '"2"'})
    assert (up.json()["state"], up.json()["terms_version"]) == ("published", 2)
    shifts = await shifts_of(client, posting)
    assert [shift["headcount"] for shift in shifts] == [4, 4]
    async with ctx.uow() as uow:
        row = await uow.shifts.lock(shifts[1]["id"])
        for _ in range(3):
            await uow.shifts.take(row, now=await uow.now())
    down = await client.patch(path, json={"headcount": 2}, headers=headers | {"if-match": f'"{up.json()["version"]}"'})
    assert (down.status_code, down.json()["facts"]["taken"]) == (409, 3)
    assert [shift["headcount"] for shift in await shifts_of(client, posting)] == [4, 4]


async def test_more_seats_than_reviewed_need_a_review(ctx: Context, client: Client) -> None:
    """For an employer without verification a shift cannot grow past what an officer saw."""
    headers, officer = await an_owner(ctx, verified=False), await an_officer(ctx)
    posting = await offered(client, headers)
    await client.post(f"/v1/postings/{posting['id']}/publish", headers=officer)
    shift = (await shifts_of(client, posting))[0]
    answer = await client.patch(
        f"/v1/shifts/{shift['id']}", json={"headcount": 3}, headers=headers | {"if-match": f'"{shift["version"]}"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "headcount_needs_review")


async def test_one_shift_is_called_off_with_a_coded_reason(ctx: Context, client: Client) -> None:
    """Once; its time and state show it; the others stay."""
    headers = await an_owner(ctx)
    posting = await offered(client, headers, time=weekly(count=3))
    shift = (await shifts_of(client, posting))[1]
    path = f"/v1/shifts/{shift['id']}/cancel"
    assert (await client.post(path, json={"reason": "boredom"}, headers=headers)).status_code == 422
    off = await client.post(path, json={"reason": "bad_weather"}, headers=headers)
    assert (off.json()["state"], off.json()["free_seats"]) == ("cancelled", 0)
    assert off.json()["cancelled_at"] is not None
    assert (await client.post(path, json={"reason": "bad_weather"}, headers=headers)).status_code == 409
    states = [each["state"] for each in await shifts_of(client, posting)]
    assert states == ["open", "cancelled", "open"]


async def test_a_whole_day_is_called_off(ctx: Context, client: Client) -> None:
    """Every shift of that day, and no other; a day without shifts is 409."""
    start = next_week(hour=2)
    spans = [(0, 0), (6, 0), (0, 1)]
    times = [
        {
            "starts_at": (start + timedelta(days=days, hours=hours)).isoformat(),
            "ends_at": (start + timedelta(days=days, hours=hours + 3)).isoformat(),
        }
        for hours, days in spans
    ]
    headers = await an_owner(ctx)
    posting = await offered(client, headers, time={"shifts": times})
    path, body = (
        f"/v1/postings/{posting['id']}/cancel-shifts",
        {"reason": "site_closed", "day": start.date().isoformat()},
    )
    off = await client.post(path, json=body, headers=headers)
    assert (len(off.json()["shifts"]), off.json()["posting_state"]) == (2, "published")
    assert [each["state"] for each in await shifts_of(client, posting)] == ["cancelled", "cancelled", "open"]
    assert (await client.post(path, json=body, headers=headers)).json()["code"] == "no_shift_left"


async def test_everything_left_is_called_off_with_people_in_it(ctx: Context, client: Client) -> None:
    """Withdrawing refuses while people are engaged; calling off does it, and the posting is withdrawn."""
    headers = await an_owner(ctx)
    posting = await offered(client, headers, time=weekly(count=2))
    shift = (await shifts_of(client, posting))[0]
    async with ctx.uow() as uow:
        row = await uow.shifts.lock(shift["id"])
        await uow.shifts.take(row, now=await uow.now())
    refused = await client.post(f"/v1/postings/{posting['id']}/withdraw", json={"reason": "other"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "shifts_have_people")
    assert refused.json()["facts"]["shifts"] == [shift["id"]]
    off = await client.post(
        f"/v1/postings/{posting['id']}/cancel-shifts", json={"reason": "less_business"}, headers=headers
    )
    assert (off.json()["posting_state"], len(off.json()["shifts"])) == ("withdrawn", 2)
    assert (await client.get(f"/v1/shifts/{shift['id']}")).status_code == 404
    assert (await client.get(f"/v1/shifts/{shift['id']}", headers=headers)).json()["state"] == "cancelled"


async def test_an_empty_posting_is_withdrawn_with_its_shifts(ctx: Context, client: Client) -> None:
    """Nobody engaged: withdrawn, and its shifts are off."""
    headers = await an_owner(ctx)
    posting = await offered(client, headers)
    answer = await client.post(f"/v1/postings/{posting['id']}/withdraw", json={"reason": "not_needed"}, headers=headers)
    assert answer.json()["state"] == "withdrawn"
    assert [each["state"] for each in await shifts_of(client, posting, headers)] == ["cancelled"]


async def test_a_dated_shift_is_agreed_in_a_pattern(ctx: Context, client: Client) -> None:
    """Where days are to be agreed a shift is added inside the hours, once; not outside, not in a dated posting."""
    headers = await an_owner(ctx)
    pattern = {"pattern": {"slots": [{"start": "17:00", "end": "22:00"}]}}
    posting = await offered(client, headers, time=pattern)
    assert (posting["claimable"], await shifts_of(client, posting)) == (False, [])
    path, start = f"/v1/postings/{posting['id']}/shifts", next_week(hour=9)
    body = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=3)).isoformat()}
    added = await client.post(path, json=body, headers=headers)
    assert (added.status_code, added.json()["headcount"]) == (201, 2)
    assert added.headers["location"] == f"/v1/shifts/{added.json()['id']}"
    assert (await client.post(path, json=body, headers=headers)).json()["code"] == "shift_twice"
    early = {"starts_at": (start - timedelta(hours=1)).isoformat(), "ends_at": start.isoformat()}
    assert (await client.post(path, json=early, headers=headers)).json()["code"] == "outside_pattern"
    for wrong, code in (
        ({"ends_at": body["starts_at"]}, "time_end_before_start"),
        ({"starts_at": "2020-01-01T09:00:00Z"}, "starts_in_the_past"),
        ({"headcount": 501}, "headcount_over_limit"),
    ):
        assert (await client.post(path, json=body | wrong, headers=headers)).json()["code"] == code
    dated = await offered(client, headers)
    refused = await client.post(f"/v1/postings/{dated['id']}/shifts", json=body, headers=headers)
    assert refused.json()["code"] == "shift_needs_pattern"


@pytest.mark.parametrize("verb", ["cancel", "patch"])
async def test_what_has_begun_is_not_changed(ctx: Context, client: Client, verb: str) -> None:
    """A shift that runs is neither called off nor resized."""
    employer = await city.an_employer(ctx)
    headers = await city.as_member(ctx, await city.a_member(ctx, employer))
    row = await city.a_posting(ctx, employer)
    shift = await city.a_shift(ctx, row, starts=await city.now_of(ctx) - timedelta(minutes=5))
    if verb == "cancel":
        answer = await client.post(f"/v1/shifts/{shift.id}/cancel", json={"reason": "other"}, headers=headers)
    else:
        answer = await client.patch(
            f"/v1/shifts/{shift.id}", json={"headcount": 9}, headers=headers | {"if-match": '"1"'}
        )
    assert (answer.status_code, answer.json()["code"]) == (409, "shift_begun")


async def test_somebody_elses_shifts_are_missing(ctx: Context, client: Client) -> None:
    """Another employer and an officer of another city get the 404 of a shift that never was."""
    posting = await offered(client, await an_owner(ctx))
    shift = (await shifts_of(client, posting))[0]
    for headers in (await an_owner(ctx), await an_officer(ctx, regions=("330200",))):
        cancel = await client.post(f"/v1/shifts/{shift['id']}/cancel", json={"reason": "other"}, headers=headers)
        change = await client.patch(
            f"/v1/shifts/{shift['id']}", json={"headcount": 9}, headers=headers | {"if-match": '"1"'}
        )
        off = await client.post(
            f"/v1/postings/{posting['id']}/cancel-shifts", json={"reason": "other"}, headers=headers
        )
        assert [cancel.status_code, change.status_code, off.status_code] == [404, 404, 404]


async def test_a_suspended_employer_may_still_call_off(ctx: Context, client: Client) -> None:
    """It posts nothing new, but the people who would come must be told."""
    employer = await city.an_employer(ctx)
    headers = await city.as_member(ctx, await city.a_member(ctx, employer))
    posting = await offered(client, headers)
    shift = (await shifts_of(client, posting))[0]
    async with ctx.uow() as uow:
        (await uow.postings.employer(employer.id)).state = "suspended"
    assert (await client.post("/v1/postings", json=a_body(), headers=headers)).status_code == 409
    off = await client.post(f"/v1/shifts/{shift['id']}/cancel", json={"reason": "other"}, headers=headers)
    assert off.status_code == 200
