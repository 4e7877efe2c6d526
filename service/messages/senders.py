"""Effects outside: a one-time code on its way."""

from __future__ import annotations

import orjson

from service.context import Context
from service.i18n import render
from service.messages.gateways import gateway_for
from service.uow import DueItem


async def send_code(ctx: Context, item: DueItem) -> None:
    """Send a one-time code; its row holds phone and code sealed, and loses them once sent."""
    if item.secret is None:
        return
    secret = orjson.loads(ctx.vault.open("outbox", item.secret))
    language = str(item.payload.get("language", "zh-CN"))
    params = {"code": secret["code"], "minutes": item.payload.get("minutes", 5)}
    await gateway_for(ctx).send(
        message_id=item.id,
        channel=str(item.payload.get("channel", "sms")),
        to=secret["to"],
        template="code",
        text=render("message.code", language, **params),
        params=params,
    )


SENDERS = {"message.code": send_code}
