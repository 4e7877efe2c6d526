"""Channels and preferences over HTTP, the official account's door, and the page behind a letter's link."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response
from starlette.responses import PlainTextResponse

from service.channels.rules import Bindable
from service.channels.schemas import (
    ChannelsOut,
    EmailCodeOut,
    EmailConfirmIn,
    EmailIn,
    PreferencesOut,
    PreferencesPatch,
    WechatBindIn,
    WechatBindOut,
    WechatCodeOut,
)
from service.channels.usecases import binding, preferring
from service.http.caller import ANYBODY, INTEGRATOR, MEMBER, WORKER
from service.http.html import page, page_router
from service.http.responses import problems
from service.http.routing import Address, By, Ctx, IfMatch, joined, may
from service.http.routing import router as make_router
from service.i18n import render

api = make_router("messages")
pages = page_router()
Token = Annotated[str, Path(min_length=40, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
LINK = "/unsubscribe/{token}"


@api.get("/me/channels", summary="How I can be reached", responses=problems(401, 403))
@may(WORKER, MEMBER, sensitive=True)
async def list_my_channels(ctx: Ctx, by: By) -> ChannelsOut:
    """Phone, WeChat and e-mail, each masked."""
    return ChannelsOut.model_validate(await binding.list_my_channels(ctx, by=by))


@api.post(
    "/me/channels/email",
    status_code=202,
    summary="Enter an e-mail address",
    responses=problems(400, 401, 403, 409, 415, 422, 429),
)
@may(WORKER, MEMBER, sensitive=True, key="optional")
async def enter_my_email(ctx: Ctx, body: EmailIn, address: Address, by: By) -> EmailCodeOut:
    """A one-time code goes to it; until that is sent back a former address stays."""
    sent = await binding.enter_my_email(ctx, address=body.address, place=address, by=by)
    return EmailCodeOut.model_validate(sent)


@api.post(
    "/me/channels/email/confirm",
    summary="Confirm the e-mail address",
    responses=problems(400, 401, 403, 409, 415, 422),
)
@may(WORKER, MEMBER, sensitive=True, key="optional")
async def confirm_my_email(ctx: Ctx, body: EmailConfirmIn, by: By) -> ChannelsOut:
    """With the code that came to it; a former address is given up."""
    return ChannelsOut.model_validate(await binding.confirm_my_email(ctx, code=body.code, by=by))


@api.post(
    "/me/channels/wechat",
    status_code=202,
    summary="Ask for figures that bind my WeChat",
    responses=problems(400, 401, 403, 409, 415, 422),
)
@may(WORKER, MEMBER, sensitive=True, key="optional")
async def ask_wechat_code(ctx: Ctx, by: By) -> WechatCodeOut:
    """To be shown in the app and sent to the official account; whoever sends them receives the messages."""
    return WechatCodeOut.model_validate(await binding.ask_wechat_code(ctx, by=by))


@api.delete(
    "/me/channels/{kind}", status_code=204, summary="Give an address up", responses=problems(401, 403, 404, 409, 422)
)
@may(WORKER, MEMBER, key="optional")
async def remove_my_channel(ctx: Ctx, kind: Bindable, by: By) -> Response:
    """Nothing of it is kept; the phone is changed elsewhere."""
    await binding.remove_my_channel(ctx, channel=kind, by=by)
    return Response(status_code=204)


@api.get("/me/message-preferences", summary="How I want to be told", responses=problems(401, 403))
@may(WORKER, MEMBER)
async def get_my_message_preferences(ctx: Ctx, by: By) -> PreferencesOut:
    """Channels by topic, own quiet hours, language; version 0 where nothing has been chosen."""
    return PreferencesOut.model_validate(await preferring.get_my_message_preferences(ctx, by=by))


@api.patch(
    "/me/message-preferences",
    summary="Choose how I want to be told",
    responses=problems(400, 401, 403, 409, 412, 415, 422, 428),
)
@may(WORKER, MEMBER, key="optional")
async def change_my_message_preferences(ctx: Ctx, body: PreferencesPatch, seen: IfMatch, by: By) -> PreferencesOut:
    """A first choice says `If-Match: "0"`. What is vital cannot be switched off."""
    changes = body.model_dump(exclude_unset=True)
    made = await preferring.change_my_message_preferences(ctx, seen=seen, changes=changes, by=by)
    return PreferencesOut.model_validate(made)


@api.post(
    "/wechat/bindings",
    summary="Hand over figures that came to the official account",
    responses=problems(400, 401, 403, 409, 413, 415, 422),
)
@may(INTEGRATOR, scopes=("wechat:bind",), sensitive=True, key="optional")
async def bind_wechat(ctx: Ctx, body: WechatBindIn, by: By) -> WechatBindOut:
    """For the operator's gateway: the sender's account is bound to the person to whom the figures were shown."""
    made = await binding.bind_wechat(ctx, code=body.code, open_id=body.open_id, by=by)
    return WechatBindOut.model_validate(made)


@pages.get(LINK, operation_id="show_unsubscribe_page")
@may(ANYBODY)
async def show_unsubscribe_page(ctx: Ctx, token: Token) -> Response:
    """One button; looking changes nothing, since machines look at every link of a letter."""
    topic = await preferring.look_at_link(ctx, token)
    return _page(ctx, token, topic, done=False)


@pages.post(LINK, operation_id="unsubscribe")
@may(ANYBODY)
async def unsubscribe(ctx: Ctx, token: Token, request: Request) -> Response:
    """The button, or a mail program's own one press (RFC 8058), which wants no page."""
    topic = await preferring.unsubscribe(ctx, token)
    if b"List-Unsubscribe=One-Click" in await request.body():
        return PlainTextResponse("", 200)
    return _page(ctx, token, topic, done=True)


def _page(ctx: Ctx, token: str, topic: str, *, done: bool) -> Response:
    path = LINK.format(token=token)
    facts = {"topic": render(f"topic.{topic}", ctx.language), "path": path, "done": done}
    return page("channels/unsubscribe.html", ctx.language, facts, here=path, headers={"cache-control": "no-store"})


router = joined(api, pages)
