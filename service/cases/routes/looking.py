"""Cases over HTTP: one, own ones, an officer's list, figures, the ways that they may go."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query

from service.cases.asked import CaseFilter
from service.cases.schemas.going import CaseCountsOut, CaseOut, CasesOut, CaseWaysOut
from service.cases.usecases import looking
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import LIST, READ, problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Day, Id

router = make_router("cases")
State = Literal[
    "open", "ended", "received", "triaged", "need_info", "mediating", "accepted", "investigating", "transferred",
    "result", "closed", "declined", "reopened",
]  # fmt: skip
Kind = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{0,63}$", description="a kind of cases")]
Region = Annotated[str | None, Query(pattern=r"^[0-9]{6}$", description="in this city or district")]
Place = Annotated[str | None, Query(pattern=r"^[1-9][0-9]{5}$", description="as they apply in this place")]
OfVenue = Annotated[UUID | None, Query(description="at this market")]
OfOfficer = Annotated[UUID | None, Query(description="taken by this officer")]


@router.get("/cases", response_model=CasesOut, responses=problems(*LIST), summary="Cases of my regions")
@may(OFFICER, ADMIN)
async def list_cases(
    ctx: Ctx,
    by: By,
    state: State = "open",
    kind: Kind = None,
    region: Region = None,
    venue_id: OfVenue = None,
    claimed_by: OfOfficer = None,
    mine: Annotated[bool, Query(description="only those that I have taken")] = False,
    free: Annotated[bool, Query(description="only those that nobody has taken")] = False,
    overdue: Annotated[bool, Query(description="only those with a limit that is over")] = False,
    escalated: Annotated[bool, Query(description="only those that administrators look at")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """What is due first comes first."""
    asked = {
        "state": state, "kind": kind, "region": region, "venue_id": venue_id, "claimed_by": claimed_by, "free": free,
        "overdue": overdue, "escalated": escalated,
    }  # fmt: skip
    filters = asked | {"list": "cases", "mine": mine, "by": by.account_id, "regions": by.regions}
    after = after_cursor(ctx, cursor, filters, looking.due_key)
    wanted = CaseFilter(regions=None, **asked)  # type: ignore[arg-type]
    page = await looking.list_cases(ctx, wanted, mine=mine, by=by, after=after, limit=limit)
    return paged(ctx, page, filters)


@router.get("/cases/mine", response_model=CasesOut, responses=problems(*LIST), summary="My cases")
@may(WORKER, MEMBER)
async def list_my_cases(ctx: Ctx, by: By, limit: Limit = 20, cursor: CursorText = None) -> Any:
    """What I have brought, the newest first."""
    filters = {"list": "my_cases", "by": by.person_id, "for": by.employer_id}
    page = await looking.list_own(ctx, by=by, after=after_cursor(ctx, cursor, filters, id_of), limit=limit)
    return paged(ctx, page, filters)


@router.get(
    "/cases/counts", response_model=CaseCountsOut, responses=problems(401, 403, 422), summary="Cases in figures"
)
@may(OFFICER, ADMIN)
async def count_cases(ctx: Ctx, by: By, since: Day | None = None, until: Day | None = None) -> Any:
    """Received, ended, the median of working days; open and overdue now; in all and by kind. 30 days where none are
    named."""
    return await looking.count_cases(ctx, since=since, until=until, by=by)


@router.get(
    "/case-ways", response_model=CaseWaysOut, responses=problems(401, 422), summary="Kinds of cases and their ways"
)
@may(ANYBODY)
async def list_case_ways(ctx: Ctx, kind: Kind = None, city_code: Place = None) -> Any:
    """Which bodies take a kind in a place, within which limits, by which law; whom to call."""
    return await looking.list_ways(ctx, kind=kind, city_code=city_code)


@router.get("/cases/{case_id}", response_model=CaseOut, responses=problems(*READ), summary="One case")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="case")
async def get_case(ctx: Ctx, case_id: Id, by: By) -> Any:
    """For who brought it and the officers of the place; for nobody else is it there."""
    return await looking.get_case(ctx, case_id, by=by)
