"""Contact requests over HTTP (联系请求): both sides are connected without either's number until both agree."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from service.contact_requests import usecases
from service.contact_requests.schemas import (
    ContactChoiceIn,
    ContactChoiceOut,
    ContactOut,
    ContactRequestIn,
    ContactRequestOut,
    ContactRequestsOut,
    ExchangesOut,
    RelayCallIn,
    RelayCallOut,
    RelayNumberOut,
    RelayTextIn,
    RelayTextOut,
    State,
)
from service.http.caller import ADMIN, INTEGRATOR, MEMBER, OFFICER, WORKER
from service.http.paging import CursorText, Limit, after_cursor, id_of, paged
from service.http.responses import WRITE, problems
from service.http.routing import By, Ctx, OnBehalf, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("contact_requests")
SEEN = problems(401, 403, 404, 422)
MOVED = problems(400, 401, 403, 404, 409, 422)
EITHER = (WORKER, MEMBER, OFFICER, ADMIN)


@router.post(
    "/contact-requests",
    status_code=201,
    response_model=ContactRequestOut,
    responses=problems(*WRITE, 429),
    summary="Ask the person behind a supply posting, or ask about a posting",
)
@may(*EITHER, object="contact_request", sensitive=True, key="optional", location="/v1/contact-requests/{value.id}")
async def ask_contact(ctx: Ctx, body: ContactRequestIn, by: By, on_behalf: OnBehalf) -> Any:
    """Who is not asked after all (a block, a choice, enough for today) does not answer, and nothing else is told."""
    return await usecases.ask(ctx, usecases.Question(**body.model_dump()), on_behalf=on_behalf, by=by)


@router.get(
    "/contact-requests",
    response_model=ContactRequestsOut,
    responses=problems(400, 401, 403, 404, 410, 422),
    summary="Requests made and received",
)
@may(*EITHER, object="contact_request", sensitive=True)
async def list_contact_requests(
    ctx: Ctx,
    by: By,
    state: Annotated[list[State] | None, Query(description="only in these states")] = None,
    worker_id: Id | None = None,
    limit: Limit = 20,
    cursor: CursorText = None,
) -> Any:
    """The newest first; an officer names the worker."""
    filters = {"list": "contact_requests", "of": by.capacity, "state": sorted(state or ()), "worker_id": worker_id}
    after = after_cursor(ctx, cursor, filters, id_of)
    page = await usecases.list_requests(ctx, states=state or (), worker_id=worker_id, after=after, limit=limit, by=by)
    return paged(ctx, page, filters)


@router.get(
    "/contact-requests/choice", response_model=ContactChoiceOut, responses=SEEN, summary="Whether employers may ask me"
)
@may(WORKER, OFFICER, ADMIN, object="worker")
async def get_contact_choice(ctx: Ctx, by: By, worker_id: Id | None = None) -> Any:
    """One's own; an officer names the worker."""
    return await usecases.get_choice(ctx, worker_id, by=by)


@router.put(
    "/contact-requests/choice",
    response_model=ContactChoiceOut,
    responses=problems(*WRITE),
    summary="Turn requests of employers off or on",
)
@may(WORKER, OFFICER, ADMIN, object="worker", key="optional")
async def set_contact_choice(
    ctx: Ctx, body: ContactChoiceIn, by: By, on_behalf: OnBehalf, worker_id: Id | None = None
) -> Any:
    """Turned off, those that wait get no answer; nobody is told why."""
    return await usecases.set_choice(ctx, worker_id, asks_taken=body.asks_taken, on_behalf=on_behalf, by=by)


@router.get(
    "/contact-requests/{contact_request_id}", response_model=ContactRequestOut, responses=SEEN, summary="One of them"
)
@may(*EITHER, object="contact_request", sensitive=True)
async def get_contact_request(ctx: Ctx, contact_request_id: Id, by: By) -> Any:
    """Nothing of the person across stands in it."""
    return await usecases.get_request(ctx, contact_request_id, by=by)


@router.post(
    "/contact-requests/{contact_request_id}/accept", response_model=ContactRequestOut, responses=MOVED,
    summary="Say that the other side may reach me through the service",
)  # fmt: skip
@may(*EITHER, object="contact_request", key="optional")
async def accept_contact(ctx: Ctx, contact_request_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """Texts and calls are relayed from now on; numbers stay hidden."""
    return await usecases.move_request(ctx, contact_request_id, "accept", by=by, on_behalf=on_behalf)


@router.post(
    "/contact-requests/{contact_request_id}/decline", response_model=ContactRequestOut, responses=MOVED,
    summary="Say no",
)  # fmt: skip
@may(*EITHER, object="contact_request", key="optional")
async def decline_contact(ctx: Ctx, contact_request_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """No reason is asked."""
    return await usecases.move_request(ctx, contact_request_id, "decline", by=by, on_behalf=on_behalf)


@router.post(
    "/contact-requests/{contact_request_id}/withdraw", response_model=ContactRequestOut, responses=MOVED,
    summary="Take the question back",
)  # fmt: skip
@may(*EITHER, object="contact_request", key="optional")
async def withdraw_contact(ctx: Ctx, contact_request_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """While it has no answer."""
    return await usecases.move_request(ctx, contact_request_id, "withdraw", by=by, on_behalf=on_behalf)


@router.post(
    "/contact-requests/{contact_request_id}/agree", response_model=ContactRequestOut, responses=MOVED,
    summary="Say that the other side may see my number",
)  # fmt: skip
@may(*EITHER, object="contact_request", key="optional")
async def agree_contact(ctx: Ctx, contact_request_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """When both have said so, each sees the other's for a while."""
    return await usecases.agree(ctx, contact_request_id, by=by, on_behalf=on_behalf)


@router.post(
    "/contact-requests/{contact_request_id}/end", response_model=ContactRequestOut, responses=MOVED,
    summary="End the contact",
)  # fmt: skip
@may(*EITHER, object="contact_request", key="optional")
async def end_contact(ctx: Ctx, contact_request_id: Id, by: By, on_behalf: OnBehalf) -> Any:
    """At once, for both: nothing is relayed and no number shown any longer."""
    return await usecases.move_request(ctx, contact_request_id, "end", by=by, on_behalf=on_behalf)


@router.get(
    "/contact-requests/{contact_request_id}/contact",
    response_model=ContactOut,
    responses=problems(401, 403, 404, 409, 422),
    summary="Name and phone of the other side",
)
@may(WORKER, MEMBER, object="contact_request", sensitive=True)
async def get_request_contact(ctx: Ctx, contact_request_id: Id, by: By) -> Any:
    """Once both have agreed and while it lasts. Each look is recorded."""
    return await usecases.get_other_side(ctx, contact_request_id, by=by)


@router.get(
    "/contact-requests/{contact_request_id}/exchanges",
    response_model=ExchangesOut,
    responses=SEEN,
    summary="When texts and calls went across",
)
@may(*EITHER, object="contact_request")
async def list_exchanges(ctx: Ctx, contact_request_id: Id, by: By) -> Any:
    """Time and length; what was said is kept nowhere."""
    return {"items": await usecases.list_exchanges(ctx, contact_request_id, by=by)}


@router.post(
    "/contact-requests/{contact_request_id}/texts",
    status_code=202,
    response_model=RelayTextOut,
    responses=problems(*WRITE),
    summary="Pass a short text on",
)
@may(WORKER, MEMBER, object="contact_request", sensitive=True, key="optional")
async def relay_text(ctx: Ctx, contact_request_id: Id, body: RelayTextIn, by: By) -> Any:
    """By SMS in the service's name. The answer is the same whether the other side can be reached or not."""
    return await usecases.send_text(ctx, contact_request_id, text=body.text, by=by)


@router.post(
    "/contact-requests/{contact_request_id}/calls",
    response_model=RelayNumberOut,
    responses=problems(400, 401, 403, 404, 409, 422, 429),
    summary="Borrow a number that rings on the other side",
)
@may(WORKER, MEMBER, object="contact_request", key="optional")
async def relay_call(ctx: Ctx, contact_request_id: Id, by: By) -> Any:
    """For a while, for both sides; the one that is lent already is given again."""
    return await usecases.ask_call(ctx, contact_request_id, by=by)


@router.post(
    "/relay/calls", response_model=RelayCallOut, responses=problems(400, 401, 403, 404, 409, 413, 415, 422),
    summary="Tell of a relayed call",
)  # fmt: skip
@may(INTEGRATOR, scopes=("calls:report",), key="optional")
async def report_relayed_call(ctx: Ctx, body: RelayCallIn, by: By) -> Any:
    """For the operator's switch. The same `gateway_id` is one call, however often it is told."""
    return await usecases.report_call(ctx, **body.model_dump(), by=by)
