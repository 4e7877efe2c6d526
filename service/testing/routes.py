"""Doors for rehearsals, mounted in LINGGONG_ENV=test only: clock, due work, quiet, the message sink."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import model_validator

from service.clock import advance_clock, freeze_clock, read_clock, release_clock, set_clock
from service.context import Context
from service.errors import Refused
from service.http.caller import ANYBODY
from service.http.routing import Route, may
from service.http.types import In, Instant, count
from service.identity_numbers import PhoneRefused, parse_phone
from service.jobs.due import run_all_due
from service.jobs.figures import read_figures
from service.jobs.sealer import seal
from service.testing.sink import read_sink
from service.worktime import rfc3339

router = APIRouter(prefix="/_test", tags=["rehearsal"], route_class=Route, include_in_schema=False)


class ClockIn(In):
    """`set` and `freeze` take `at` (freeze without it stands still now); `advance` takes `seconds`."""

    action: Literal["set", "freeze", "advance", "release"]
    at: Instant | None = None
    seconds: count(1, 400 * 86400) | None = None  # type: ignore[valid-type]

    @model_validator(mode="after")
    def _complete(self) -> ClockIn:
        if (self.action == "set") != (self.at is not None) and self.action != "freeze":
            raise ValueError("set needs at")
        if (self.action == "advance") != (self.seconds is not None):
            raise ValueError("advance needs seconds")
        return self


def _ctx(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


async def change_clock(ctx: Context, action: str, at: datetime | None, seconds: int | None) -> datetime:
    """Set, freeze, advance or release the shared clock; the time it shows afterwards."""
    async with ctx.database.sessions() as session, session.begin():
        if action == "freeze":
            await freeze_clock(session, at)
        elif action == "set" and at is not None:
            await set_clock(session, at)
        elif action == "advance" and seconds is not None:
            await advance_clock(session, timedelta(seconds=seconds))
        else:
            await release_clock(session)
        return await read_clock(session)


@router.post("/clock")
@may(ANYBODY)
async def move_clock(request: Request, body: ClockIn) -> dict[str, Any]:
    return {"now": rfc3339(await change_clock(_ctx(request), body.action, body.at, body.seconds))}


@router.get("/clock")
@may(ANYBODY)
async def show_clock(request: Request) -> dict[str, Any]:
    async with _ctx(request).database.sessions() as session, session.begin():
        return {"now": rfc3339(await read_clock(session))}


@router.post("/run-due")
@may(ANYBODY)
async def run_due_work(request: Request) -> dict[str, Any]:
    tally = await run_all_due(_ctx(request))
    while await seal(_ctx(request)):
        pass
    for _, loop in _ctx(request).wiring.loops.values():
        await loop(_ctx(request), lambda: False)
    return {"claimed": tally.claimed, "done": tally.done, "failed": tally.failed}


@router.get("/quiescent")
@may(ANYBODY)
async def check_quiescent(request: Request) -> dict[str, Any]:
    return (await read_figures(_ctx(request))).as_dict()


@router.get("/messages")
@may(ANYBODY)
async def list_sent_messages(request: Request, to: str, limit: int = 20) -> dict[str, Any]:
    try:
        known = to if "@" in to or to.startswith("o") else parse_phone(to)  # e-mail, WeChat's open id, phone
    except PhoneRefused as wrong:
        raise Refused(wrong.code, field="query:to") from None
    return {"messages": await read_sink(_ctx(request), known, min(max(limit, 1), 200))}
