"""A person's wish for work, entered by an officer or a broker."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query

from service.http.caller import ADMIN, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, instant_and_id, paged
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id
from service.intakes import usecases
from service.intakes.schemas import (
    RecommendationsOut,
    RecommendIn,
    SupplyIntakeIn,
    SupplyIntakeOut,
    SupplyIntakesOut,
)

router = make_router("intakes")
SEEN = problems(401, 403, 404, 422)
LISTED = problems(400, 401, 403, 410, 422)
MOVED = problems(400, 401, 403, 404, 409, 422)
SupplyState = Literal["asked", "held", "open", "recommended", "closed", "revoked", "declined", "lapsed"]


@router.post(
    "/supply-intakes",
    status_code=201,
    response_model=SupplyIntakeOut,
    responses=problems(*WRITE, 429),
    summary="Enter a wish for work for somebody else",
)
@may(OFFICER, ADMIN, MEMBER, object="supply_intake", sensitive=True, key="optional",
     location="/v1/supply-intakes/{value.id}")  # fmt: skip
async def enter_supply_intake(ctx: Ctx, body: SupplyIntakeIn, by: By, on_behalf: OnBehalf) -> Any:
    """An officer's is posted at once; a broker's waits for the person's own yes, whoever the phone belongs to."""
    person = body.person.model_dump() if body.person else {}
    told = usecases.Told(worker_id=body.worker_id, **person)
    wish = body.wish.fields()
    return await usecases.enter_supply(ctx, told, wish, agreed_at=body.agreed_at, on_behalf=on_behalf, by=by)


@router.get("/supply-intakes", response_model=SupplyIntakesOut, responses=LISTED, summary="What was entered")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="supply_intake")
async def list_supply_intakes(
    ctx: Ctx,
    by: By,
    state: SupplyState | None = None,
    escalated: Annotated[bool | None, Query(description="whether it has passed to a higher level")] = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """For oneself; by the own agency; in the own regions. The newest first."""
    filters = {"list": "supply_intakes", "of": by.capacity, "state": state, "escalated": escalated}
    after = after_cursor(ctx, cursor, filters, id_of)
    page = await usecases.list_supplies(ctx, state=state, escalated=escalated, after=after, limit=limit, by=by)
    return paged(ctx, page, filters)


@router.get(
    "/supply-intakes/tasks",
    response_model=SupplyIntakesOut,
    responses=LISTED,
    summary="Wishes that nobody has recommended anything for",
)
@may(OFFICER, ADMIN)
async def list_intake_tasks(
    ctx: Ctx,
    by: By,
    own_level: Annotated[bool, Query(description="only what has come to one of my own regions")] = False,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """The most urgent first. After some office time without a recommendation it passes to the next level."""
    filters = {"list": "intake_tasks", "of": by.capacity, "own_level": own_level}
    after = after_cursor(ctx, cursor, filters, instant_and_id)
    return paged(ctx, await usecases.list_tasks(ctx, own_level=own_level, after=after, limit=limit, by=by), filters)


@router.get("/supply-intakes/{supply_intake_id}", response_model=SupplyIntakeOut, responses=SEEN, summary="One of them")
@may(WORKER, MEMBER, OFFICER, ADMIN, object="supply_intake")
async def get_supply_intake(ctx: Ctx, supply_intake_id: Id, by: By) -> Any:
    """The person, the broker who entered it, officers of the place."""
    return await usecases.get_supply(ctx, supply_intake_id, by=by)


@router.post(
    "/supply-intakes/{supply_intake_id}/confirm", response_model=SupplyIntakeOut, responses=MOVED,
    summary="Say yes to a broker's entry",
)  # fmt: skip
@may(WORKER, OFFICER, ADMIN, object="supply_intake", key="optional")
async def confirm_supply_intake(ctx: Ctx, supply_intake_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """The person's own; also by SMS. It is posted now."""
    return await usecases.confirm_supply(ctx, supply_intake_id, by=by, on_behalf=on_behalf)


@router.post(
    "/supply-intakes/{supply_intake_id}/decline", response_model=SupplyIntakeOut, responses=MOVED,
    summary="Say no to a broker's entry",
)  # fmt: skip
@may(WORKER, OFFICER, ADMIN, object="supply_intake", key="optional")
async def decline_supply_intake(ctx: Ctx, supply_intake_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """Of somebody who was new nothing is left."""
    return await usecases.decline_supply(ctx, supply_intake_id, by=by, on_behalf=on_behalf)


@router.post(
    "/supply-intakes/{supply_intake_id}/revoke", response_model=SupplyIntakeOut, responses=MOVED,
    summary="Take the yes back",
)  # fmt: skip
@may(WORKER, MEMBER, OFFICER, ADMIN, object="supply_intake", key="optional")
async def revoke_supply_intake(ctx: Ctx, supply_intake_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """At any time; the posting is gone in the same moment. A broker takes an entry back."""
    return await usecases.revoke_supply(ctx, supply_intake_id, by=by, on_behalf=on_behalf)


@router.post(
    "/supply-intakes/{supply_intake_id}/recommendations", response_model=SupplyIntakeOut,
    responses=problems(*WRITE), summary="Recommend a posting",
)  # fmt: skip
@may(MEMBER, OFFICER, ADMIN, object="supply_intake", key="optional")
async def recommend_posting(ctx: Ctx, supply_intake_id: Id, body: RecommendIn, by: By) -> Any:
    """The person hears of it and decides; nobody is signed up for anything."""
    return await usecases.recommend(ctx, supply_intake_id, body.posting_id, by=by)


@router.get(
    "/supply-intakes/{supply_intake_id}/recommendations",
    response_model=RecommendationsOut,
    responses=SEEN,
    summary="What was recommended",
)
@may(WORKER, MEMBER, OFFICER, ADMIN, object="supply_intake")
async def list_recommendations(ctx: Ctx, supply_intake_id: Id, by: By) -> Any:
    """The newest first."""
    return {"items": await usecases.list_recommendations(ctx, supply_intake_id, by=by)}
