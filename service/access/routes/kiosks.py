"""People at a kiosk: short sessions, one at a time, bound to the device."""

from __future__ import annotations

from fastapi import Response

from service.access.routes.sessions import CLEAR
from service.access.schemas.machines import CardIn, KioskSessionIn, SpokenCodeIn, SpokenCodeOut
from service.access.schemas.sessions import CodeSentOut, SignInOut
from service.access.usecases import kiosk
from service.http.caller import ADMIN, KIOSK, OFFICER
from service.http.responses import problems
from service.http.routing import By, Ctx, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("access")


@router.post(
    "/kiosk/codes", status_code=202, summary="A code for the holder of a card",
    responses=problems(400, 401, 403, 409, 415, 422, 429),
)  # fmt: skip
@may(KIOSK, sensitive=True, key="optional")
async def request_card_code(ctx: Ctx, body: CardIn, by: By) -> CodeSentOut:
    """The card says who it is; the code to that person's phone lets in. Unknown cards look the same."""
    return CodeSentOut.model_validate(await kiosk.request_card_code(ctx, card=body.card, by=by))


@router.post("/kiosk/sessions", summary="Sign in at a kiosk", responses=problems(400, 401, 403, 409, 415, 422, 429))
@may(KIOSK, sensitive=True, key="optional")
async def start_kiosk_session(ctx: Ctx, body: KioskSessionIn, by: By) -> SignInOut:
    """A session of 10 minutes, 90 seconds idle; whoever was signed in here is out. Its requests carry the
    kiosk's credential in the header X-Device-Credential."""
    made = await kiosk.start_kiosk_session(
        ctx, challenge_id=body.challenge_id, code=body.code, somebody_new=body.register_new, by=by
    )
    return SignInOut.model_validate(made)


@router.delete(
    "/kiosk/sessions/current", status_code=204, summary="The person has left", responses=problems(401, 403, 404)
)
@may(KIOSK)
async def end_kiosk_session(ctx: Ctx, by: By, response: Response) -> None:
    """Signs out whoever is signed in at this kiosk and clears what the browser kept."""
    await kiosk.end_kiosk_session(ctx, by=by)
    response.headers.update(CLEAR)


@router.post(
    "/devices/{device_id}/spoken-codes", summary="A code to read to a person without a phone",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)  # fmt: skip
@may(OFFICER, ADMIN, object="device", sensitive=True, key="optional")
async def give_spoken_code(ctx: Ctx, device_id: Id, body: SpokenCodeIn, by: By) -> SpokenCodeOut:
    """After the officer has seen who it is; good at this kiosk, once, for a few minutes."""
    made = await kiosk.give_spoken_code(ctx, device_id=device_id, person_id=body.person_id, basis=body.basis, by=by)
    return SpokenCodeOut.model_validate(made)
