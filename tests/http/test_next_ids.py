"""From a posting to the pay: the id that the next step needs stands in the answer to the step before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.context import Context
from tests.builders.applications import set_time
from tests.builders.city import a_member, a_worker, an_employer, an_officer, as_member, as_staff, as_worker
from tests.trials.step import HOUR, NOON, a_posting_body

Client = httpx2.AsyncClient
START = NOON + 2 * HOUR


def key() -> dict[str, str]:
    return {"idempotency-key": f"k-{uuid4()}"}


async def done(client: Client, path: str, headers: dict[str, str], *, seen: int = 0, **body: Any) -> Any:
    """The parsed answer to a POST that succeeds; `seen` is the version that was looked at."""
    answer = await client.post(path, json=body, headers=headers | key() | {"if-match": f'"{seen}"'})
    assert answer.is_success, (path, answer.text)
    return answer.json()


async def test_no_step_of_the_story_needs_a_list_to_find_the_next_id(ctx: Context, client: Client) -> None:
    """Posting -> shifts -> seat -> timesheet -> pay record, each taken from the answer before."""
    await set_time(ctx, NOON)
    boss = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    worker = await as_worker(ctx, await a_worker(ctx))
    draft = await done(client, "/v1/postings", boss, **a_posting_body(START))
    assert (draft["state"], draft["shift_ids"]) == ("draft", [])
    posting = await done(client, f"/v1/postings/{draft['id']}/submit", boss)
    (shift_id,) = posting["shift_ids"]
    seat = (await done(client, f"/v1/shifts/{shift_id}/claims", worker))["engagement_id"]
    await set_time(ctx, START)
    here = await done(client, f"/v1/engagements/{seat}/check-in", boss, method="employer")
    assert here["state"] == "on_duty"
    await set_time(ctx, START + 5 * HOUR)
    sheet_id = (await done(client, f"/v1/engagements/{seat}/check-out", worker))["timesheet_id"]
    looked_at = (await client.get(f"/v1/timesheets/{sheet_id}", headers=worker)).json()
    asked = await done(client, f"/v1/timesheets/{sheet_id}/agree", worker, seen=looked_at["version"])
    assert (asked["state"], asked["pay_record_id"]) == ("by_worker", None)
    agreed = await done(client, f"/v1/timesheets/{sheet_id}/agree", boss, seen=asked["version"])
    paid = await done(client, f"/v1/pay-records/{agreed['pay_record_id']}/pay", boss, amount_fen=5 * 2600, means="cash")
    assert (paid["state"], paid["engagement_id"]) == ("paid_by_employer", seat)
    for path in (f"/v1/timesheets/{sheet_id}", f"/v1/timesheets?shift_id={shift_id}"):
        shown = (await client.get(path, headers=worker)).json()
        assert shown.get("items", [shown])[0]["pay_record_id"] == agreed["pay_record_id"]
    await _lists_are_narrowed(client, worker, boss, seat, shift_id, posting["id"])


async def _lists_are_narrowed(
    client: Client, worker: dict[str, str], boss: dict[str, str], seat: str, shift_id: str, posting_id: str
) -> None:
    """To a seat, a shift, a posting: the one that belongs there, and nothing for one of which nothing is known."""
    known = {"engagement_id": seat, "shift_id": shift_id, "posting_id": posting_id}
    for path in ("/v1/timesheets", "/v1/pay-records"):
        for headers in (worker, boss):
            for name, value in known.items():
                found = (await client.get(path, params={name: value}, headers=headers)).json()["items"]
                assert [item["engagement_id"] for item in found] == [seat], (path, name)
                nothing = await client.get(path, params=known | {name: str(uuid4())}, headers=headers)
                assert nothing.json()["items"] == []


@pytest.mark.parametrize("path", ["/v1/timesheets", "/v1/pay-records"])
@pytest.mark.parametrize(
    ("query", "code", "pointer"),
    [
        ({"engagement": str(uuid4())}, "query_unknown", "query"),
        ({"shift_id": "x"}, "invalid", "query:shift_id"),
        ({"state": "gone"}, "invalid", "query:state"),
    ],
)
async def test_a_filter_that_is_not_known_is_refused(
    ctx: Context, client: Client, path: str, query: dict[str, str], code: str, pointer: str
) -> None:
    """By its name, by its form, by its value."""
    me = await as_worker(ctx, await a_worker(ctx))
    answer = await client.get(path, params=query, headers=me)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_cursor_belongs_to_the_filter_it_came_from(ctx: Context, client: Client) -> None:
    """A page of one posting's hours does not go on in another's."""
    boss = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    first = await client.get("/v1/timesheets", params={"posting_id": str(uuid4()), "cursor": "x.y"}, headers=boss)
    assert (first.status_code, first.json()["code"]) == (400, "cursor_unreadable")


async def test_an_approved_posting_names_its_shifts_too(ctx: Context, client: Client) -> None:
    """The officer's yes lays the dates out and tells their ids, in the order of their days."""
    await set_time(ctx, NOON)
    boss = await as_member(ctx, await a_member(ctx, await an_employer(ctx, state="applied")))
    officer = await as_staff(ctx, await an_officer(ctx))
    starts = [START + n * timedelta(days=1) for n in (2, 0, 1)]
    days = [{"starts_at": start.isoformat(), "ends_at": (start + 4 * HOUR).isoformat()} for start in starts]
    draft = await done(client, "/v1/postings", boss, **a_posting_body(START) | {"time": {"shifts": days}})
    sent = await done(client, f"/v1/postings/{draft['id']}/submit", boss)
    assert (sent["state"], sent["shift_ids"]) == ("submitted", [])
    live = await done(client, f"/v1/postings/{draft['id']}/publish", officer)
    shifts = (await client.get(f"/v1/postings/{draft['id']}/shifts")).json()["items"]
    assert live["shift_ids"] == [shift["id"] for shift in shifts]
    assert len(shifts) == len(days)
