"""Signing in and out; who am I; proving the second factor again."""

from __future__ import annotations

from uuid import UUID

from fastapi import Response

from service.access.rules import SCOPES
from service.access.schemas.sessions import (
    ChallengeIn,
    ChooseIn,
    CodeIn,
    CodeSentOut,
    ForEmployerIn,
    MeOut,
    RefreshIn,
    SessionIn,
    SessionsOut,
    SignInOut,
    TokensOut,
)
from service.access.usecases import codes, me, sessions
from service.http.caller import ADMIN, ANYBODY, MEMBER, OFFICER, ROLES, WORKER
from service.http.responses import problems
from service.http.routing import Address, By, Ctx, PerhapsBy, may
from service.http.routing import router as make_router
from service.http.types import Id

router = make_router("access")
SIGNED_IN = (WORKER, MEMBER, OFFICER, ADMIN)
CLEAR = {"clear-site-data": '"cache", "cookies", "storage"', "pragma": "no-cache"}


@router.post(
    "/codes", status_code=202, summary="Ask for a one-time code", responses=problems(400, 401, 409, 415, 422, 429)
)
@may(ANYBODY, sensitive=True, key="optional")
async def request_code(ctx: Ctx, body: CodeIn, address: Address, by: PerhapsBy) -> CodeSentOut:
    """A code goes to the number, known or not; the answer is the same. Limits answer 429 with Retry-After."""
    sent = await codes.request_code(ctx, phone=body.phone, purpose=body.purpose, address=address, by=by)
    return CodeSentOut.model_validate(sent)


@router.post("/sessions", summary="Sign in with a code", responses=problems(400, 401, 403, 409, 415, 422, 429))
@may(ANYBODY, sensitive=True, key="optional")
async def start_session(ctx: Ctx, body: SessionIn, address: Address, by: PerhapsBy) -> SignInOut:
    """Tokens for the one person on the number, else a ticket to choose or to register with."""
    made = await sessions.start_session(
        ctx,
        challenge_id=body.challenge_id,
        code=body.code,
        role=body.as_,
        employer_id=body.employer_id,
        label=body.label,
        somebody_new=body.register_new,
        address=address,
        by=by,
    )
    return SignInOut.model_validate(made)


@router.post(
    "/sessions/choose", summary="Say which person or employer", responses=problems(400, 401, 404, 409, 415, 422)
)
@may(ANYBODY, sensitive=True, key="optional")
async def choose_session(ctx: Ctx, body: ChooseIn, by: PerhapsBy) -> SignInOut:
    """Goes on after `choose_person` or `choose_employer`; a ticket of a kiosk is good at that kiosk only."""
    made = await sessions.choose_session(
        ctx,
        ticket=body.ticket,
        person_id=body.person_id,
        employer_id=body.employer_id,
        label=body.label,
        by=by,
    )
    return SignInOut.model_validate(made)


@router.post(
    "/sessions/for-employer",
    summary="Act for my employer",
    responses=problems(400, 401, 403, 404, 409, 415, 422),
)
@may(WORKER, MEMBER, sensitive=True, key="optional")
async def start_employer_session(ctx: Ctx, body: ForEmployerIn, by: By) -> TokensOut:
    """A second session beside this one, without another code while the last one is minutes old (so after
    `apply_as_employer` or `accept_invitation`); else 403 `step_up_needed`."""
    made = await sessions.start_employer_session(ctx, employer_id=body.employer_id, label=body.label, by=by)
    return TokensOut.model_validate(made)


@router.post("/sessions/refresh", summary="A fresh pair of tokens", responses=problems(400, 401, 409, 415, 422))
@may(ANYBODY, sensitive=True, key="optional")
async def refresh_session(ctx: Ctx, body: RefreshIn) -> TokensOut:
    """Spends the refresh token. Spent twice, its session ends; with an Idempotency-Key a lost answer is
    given again instead. Send it without an Authorization header."""
    return TokensOut.model_validate(await sessions.refresh_session(ctx, refresh_token=body.refresh_token))


@router.get("/sessions", summary="My open sessions", responses=problems(401, 403))
@may(*SIGNED_IN)
async def list_sessions(ctx: Ctx, by: By) -> SessionsOut:
    """Every device on which the caller is signed in."""
    return SessionsOut.model_validate({"items": await sessions.list_sessions(ctx, by=by)})


@router.delete("/sessions", status_code=204, summary="Sign out everywhere", responses=problems(401, 403))
@may(*SIGNED_IN)
async def close_all_sessions(ctx: Ctx, by: By, response: Response) -> None:
    """Ends every session of the caller, this one included."""
    await sessions.close_all_sessions(ctx, by=by)
    response.headers.update(CLEAR)


@router.delete("/sessions/current", status_code=204, summary="Sign out", responses=problems(401, 403))
@may(*SIGNED_IN)
async def close_current_session(ctx: Ctx, by: By, response: Response) -> None:
    """Ends the session of this request."""
    await sessions.close_current_session(ctx, by=by)
    response.headers.update(CLEAR)


@router.delete(
    "/sessions/{session_id}", status_code=204, summary="Sign out elsewhere", responses=problems(401, 403, 404)
)
@may(*SIGNED_IN, object="session")
async def close_session(ctx: Ctx, session_id: Id, by: By) -> None:
    """Ends one of the caller's own sessions."""
    await sessions.close_session(ctx, session_id=UUID(str(session_id)), by=by)


@router.get("/me", summary="Who am I", responses=problems(401))
@may(*ROLES, scopes=SCOPES)
async def get_me(ctx: Ctx, by: By) -> MeOut:
    """Role, scopes and the masked self."""
    return MeOut.model_validate(await me.get_me(ctx, by=by))


@router.post(
    "/sessions/step-up/codes",
    status_code=202,
    summary="A code to prove it is still me",
    responses=problems(401, 403, 409, 422, 429),
)
@may(*SIGNED_IN, sensitive=True, key="optional")
async def request_step_up_code(ctx: Ctx, address: Address, by: By) -> CodeSentOut:
    """A code goes to the caller's own number."""
    return CodeSentOut.model_validate(await codes.request_step_up_code(ctx, address=address, by=by))


@router.post(
    "/sessions/step-up",
    status_code=204,
    summary="Prove it is still me",
    responses=problems(400, 401, 403, 409, 415, 422, 429),
)
@may(*SIGNED_IN, sensitive=True, key="optional")
async def confirm_step_up(ctx: Ctx, body: ChallengeIn, address: Address, by: By) -> None:
    """The right code makes the second factor fresh for a few minutes; sensitive acts ask for that."""
    await codes.confirm_step_up(ctx, challenge_id=body.challenge_id, code=body.code, address=address, by=by)
