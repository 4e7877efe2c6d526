"""Attendance over HTTP: roles, other people's objects, keys, versions, and wrong bodies."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from service.context import Context
from tests.builders.attendance import END, START, Scene, a_scene, at, run_at
from tests.builders.city import a_member, a_worker, an_employer, an_officer, as_member, as_staff, as_worker

Client = httpx2.AsyncClient


async def heads(ctx: Context, scene: Scene) -> tuple[dict[str, str], dict[str, str]]:
    """Headers of the worker and of the employer's owner."""
    return await as_worker(ctx, scene.worker), await as_member(ctx, scene.member)


async def test_from_the_code_at_the_door_to_agreed_hours(ctx: Context, client: Client) -> None:
    """The whole way over HTTP: code, check-in, check-out, two yeses with their ETags."""
    scene = await a_scene(ctx)
    worker, member = await heads(ctx, scene)
    seat = f"/v1/engagements/{scene.engagement.id}"
    await at(ctx, START - timedelta(minutes=20))
    assert (await client.post(f"{seat}/set-out", json={}, headers=worker)).status_code == 200
    shown = (await client.get(f"/v1/shifts/{scene.shift.id}/check-in-code", headers=member)).json()
    answer = await client.post(f"{seat}/check-in", json={"method": "qr", "code": shown["qr"]}, headers=worker)
    assert (answer.status_code, answer.json()["state"]) == (200, "on_duty"), answer.text
    await at(ctx, END)
    answer = await client.post(f"{seat}/check-out", json={}, headers=worker)
    assert answer.json()["state"] == "completed"
    listed = (await client.get("/v1/timesheets?state=open", headers=worker)).json()
    path = f"/v1/timesheets/{listed['items'][0]['id']}"
    assert (await client.post(f"{path}/agree", json={}, headers=worker)).status_code == 428
    seen = (await client.get(path, headers=worker)).headers["etag"]
    answer = await client.post(f"{path}/agree", json={}, headers=worker | {"if-match": seen})
    assert answer.json()["state"] == "by_worker"
    assert (await client.post(f"{path}/agree", json={}, headers=member | {"if-match": seen})).status_code == 412
    answer = await client.post(f"{path}/agree", json={}, headers=member | {"if-match": answer.headers["etag"]})
    assert answer.json()["state"] == "agreed"
    facts = (await client.get(f"{seat}/attendance", headers=member)).json()["items"]
    assert [fact["kind"] for fact in facts] == ["set_out", "check_in", "check_out"]


async def test_key_makes_a_check_in_once(ctx: Context, client: Client) -> None:
    """The same key is replayed, byte for byte."""
    scene = await a_scene(ctx)
    _, member = await heads(ctx, scene)
    await at(ctx, START)
    sent = {"json": {}, "headers": member | {"idempotency-key": "check-in-0001"}}
    path = f"/v1/engagements/{scene.engagement.id}/check-in"
    first, second = await client.post(path, **sent), await client.post(path, **sent)
    assert (first.status_code, second.status_code, second.content) == (200, 200, first.content)
    assert second.headers["idempotency-replayed"] == "true"


PATHS = [
    ("POST", "/v1/engagements/{id}/check-in", {}),
    ("POST", "/v1/engagements/{id}/check-out", {}),
    ("GET", "/v1/engagements/{id}/attendance", None),
    ("POST", "/v1/engagements/{id}/mark-absent", None),
    ("POST", "/v1/engagements/{id}/undo-check-in", {"reason": "other"}),
    ("POST", "/v1/engagements/{id}/repair-absence", {"outcome": "on_duty", "reason": "other"}),
    ("POST", "/v1/engagements/{id}/answer-employer-absence", {"admitted": True}),
    (
        "POST",
        "/v1/engagements/{id}/timesheet",
        {"started_at": "2026-11-23T17:00:00+08:00", "finished_at": "2026-11-23T17:10:00+08:00"},
    ),
    ("GET", "/v1/timesheets/{id}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), PATHS)
async def test_foreign_and_missing_look_the_same(
    ctx: Context, client: Client, method: str, path: str, body: dict[str, Any] | None
) -> None:
    """Another employer's seat and no seat at all: 404 with the same body but for the request's id."""
    scene = await a_scene(ctx)
    stranger = await as_member(ctx, await a_member(ctx, await an_employer(ctx)))
    await at(ctx, START + timedelta(minutes=40))
    answers = []
    for target in (scene.engagement.id, uuid4()):
        sent = {"json": body} if body is not None else {}
        answer = await client.request(method, path.format(id=target), headers=stranger, **sent)
        answers.append({k: v for k, v in answer.json().items() if k != "request_id"} | {"http": answer.status_code})
    assert answers[0] == answers[1]
    assert answers[0]["http"] == 404


async def test_roles_without_the_operation_are_forbidden(ctx: Context, client: Client) -> None:
    """A worker marks nobody absent, a member does not answer for the worker, nobody is let in unsigned."""
    scene = await a_scene(ctx)
    worker, member = await heads(ctx, scene)
    seat = f"/v1/engagements/{scene.engagement.id}"
    assert (await client.post(f"{seat}/mark-absent", headers=worker)).status_code == 403
    answer = await client.post(f"{seat}/answer-absence", json={"answer": "not_there"}, headers=member)
    assert answer.status_code == 403
    assert (await client.get("/v1/attendance/contested", headers=member)).status_code == 403
    assert (await client.post(f"{seat}/check-in", json={})).status_code == 401


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"method": "magic"}, "/method"),
        ({"method": "employer"}, "/method"),
        ({"method": "geofence"}, "/point"),
        ({"method": "code"}, "/code"),
        ({"method": "qr", "code": "x\u200b"}, "/code"),
        ({"method": "geofence", "point": {"coordinates": [31.2, 121.4]}}, "/point"),
        ({"method": "qr", "code": "x", "at": "2026-11-23T17:00:00"}, "/at"),
        ({"method": "qr", "code": "x", "state": "on_duty"}, "/state"),
    ],
)
async def test_wrong_bodies_name_the_field(ctx: Context, client: Client, body: dict[str, Any], pointer: str) -> None:
    """422 with the field, nothing stored, nothing echoed."""
    scene = await a_scene(ctx)
    worker, _ = await heads(ctx, scene)
    await at(ctx, START)
    answer = await client.post(f"/v1/engagements/{scene.engagement.id}/check-in", json=body, headers=worker)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_officer_sees_contested_absences_of_the_region(ctx: Context, client: Client) -> None:
    """Contested by the worker over HTTP, listed for the officer, set right by him."""
    scene = await a_scene(ctx)
    worker, member = await heads(ctx, scene)
    officer = await as_staff(ctx, await an_officer(ctx))
    seat = f"/v1/engagements/{scene.engagement.id}"
    await at(ctx, START + timedelta(minutes=30))
    assert (await client.post(f"{seat}/mark-absent", headers=member)).status_code == 200
    await client.post(f"{seat}/answer-absence", json={"answer": "turned_away"}, headers=worker)
    listed = (await client.get("/v1/attendance/contested", headers=officer)).json()
    assert [(item["kind"], item["reason"]) for item in listed["items"]] == [("answer", "turned_away")]
    body = {"outcome": "worked", "reason": "worker_right"}
    await run_at(ctx, END)
    answer = await client.post(f"{seat}/repair-absence", json=body, headers=officer)
    assert (answer.status_code, answer.json()["state"]) == (200, "completed"), answer.text


async def test_pages_of_timesheets_follow_on(ctx: Context, client: Client) -> None:
    """A cursor of one list is refused by another, a broken one is unreadable."""
    scene = await a_scene(ctx)
    worker, _ = await heads(ctx, scene)
    other = await as_worker(ctx, await a_worker(ctx))
    empty = (await client.get("/v1/timesheets", headers=other)).json()
    assert empty == {"items": [], "next_cursor": None}
    assert (await client.get("/v1/timesheets?cursor=abc", headers=worker)).status_code == 400
    assert (await client.get("/v1/timesheets?state=lost", headers=worker)).status_code == 422
