"""Builders of cases over HTTP: a worker with a seat at an employer, officers, a complaint and its moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

from service.context import Context
from service.employers.tables import EmployerRow
from service.engagements.tables import EngagementRow
from service.workers.tables import WorkerRow
from tests.builders import city

Client = httpx2.AsyncClient
Headers = dict[str, str]


@dataclass
class Sides:
    """A worker who complains, the employer, and two officers of the place."""

    worker: WorkerRow
    employer: EmployerRow
    seat: EngagementRow
    who: Headers
    owner: Headers
    clerk: Headers
    officer: Headers
    second: Headers


async def sides(ctx: Context, *, name: str = "欧阳暮雪", **seat: Any) -> Sides:
    """Everybody, with one seat of tomorrow."""
    worker, employer = await city.a_worker(ctx, name=name), await city.an_employer(ctx)
    posting = await city.a_posting(ctx, employer)
    shift = await city.a_shift(ctx, posting)
    row = await city.an_engagement(ctx, worker, shift, posting, **seat)
    owner, clerk = await city.a_member(ctx, employer), await city.a_member(ctx, employer, role="clerk")
    first, second = await city.an_officer(ctx), await city.an_officer(ctx)
    return Sides(
        worker, employer, row, await city.as_worker(ctx, worker), await city.as_member(ctx, owner),
        await city.as_member(ctx, clerk), await city.as_staff(ctx, first), await city.as_staff(ctx, second),
    )  # fmt: skip


async def complain(client: Client, who: Headers, *, ok: bool = True, **body: Any) -> Any:
    """A new case."""
    answer = await client.post("/v1/cases", json=body, headers=who)
    if ok:
        assert answer.status_code == 201, answer.text
        return answer.json()
    return answer


async def arrears(client: Client, them: Sides, **more: Any) -> dict[str, Any]:
    """Pay withheld for the seat."""
    body = {"kind": "wage_arrears", "noun": "engagement", "subject_id": str(them.seat.id), "words": "三天的工钱没给"}
    made: dict[str, Any] = await complain(client, them.who, **(body | more))
    return made


async def sorted_in(client: Client, them: Sides, **more: Any) -> dict[str, Any]:
    """Pay withheld for the seat, taken and sorted by the first officer."""
    case = await arrears(client, them, **more)
    await move(client, them.officer, case, "claim")
    found: dict[str, Any] = await move(client, them.officer, case, "triage", urgent=False)
    return found


async def settled(client: Client, them: Sides) -> dict[str, Any]:
    """The same, called about, and agreed on: it has its result."""
    case = await sorted_in(client, them)
    await move(client, them.officer, case, "mediate")
    found: dict[str, Any] = await move(client, them.officer, case, "mediation", result="agreed", recovered_fen=30_000)
    assert found["state"] == "result"
    return found


async def accepted(client: Client, them: Sides) -> dict[str, Any]:
    """The same, called about without an agreement, and taken up."""
    case = await sorted_in(client, them)
    await move(client, them.officer, case, "mediate")
    await move(client, them.officer, case, "mediation", result="no_agreement")
    found: dict[str, Any] = await move(client, them.officer, case, "accept")
    return found


async def move(client: Client, who: Headers, case: dict[str, Any], verb: str, *, ok: bool = True, **body: Any) -> Any:
    """One move of a case."""
    answer = await client.post(f"/v1/cases/{case['id']}/{verb}", json=body or None, headers=who)
    if ok:
        assert answer.status_code in (200, 201), (verb, answer.text)
        return answer.json()
    return answer


async def read(client: Client, who: Headers, case: dict[str, Any]) -> dict[str, Any]:
    """A case as somebody sees it."""
    answer = await client.get(f"/v1/cases/{case['id']}", headers=who)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def inbox(client: Client, who: Headers) -> list[str]:
    """Texts of a person's messages."""
    answer = await client.get("/v1/messages", headers=who)
    return [each["text"] for each in answer.json()["items"]]


def limit(case: dict[str, Any], way: str, step: str) -> dict[str, Any]:
    """A limit of a case."""
    found = [each for each in case["deadlines"] if (each["way"], each["step"]) == (way, step)]
    assert len(found) == 1, found
    made: dict[str, Any] = found[0]
    return made
