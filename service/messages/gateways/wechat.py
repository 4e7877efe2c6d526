"""WeChat template messages: which template a message becomes, and the operator's bridge that hands it to WeChat.

The mapping file says for each of our templates which template of the account it is, and what its keywords hold. The
bridge gets one signed POST; by its status it says whether the message was taken. It keeps the account's own secrets.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import orjson
import yaml

from service.channels.rules import WECHAT, mask_address
from service.context import Context
from service.i18n import render
from service.messages.gateways.letters import one_line
from service.messages.gateways.refusing import ChannelRefused, GatewayFailed
from service.messages.gateways.texts import append_line
from service.messages.rendering import stamp
from service.observability.console import message_line
from service.webhooks.rules.signing import headers_of
from service.worktime import rfc3339

# How much a keyword holds, by the word that its name begins with (WeChat's own limits); a longer value is cut.
MOST = {"thing": 20, "phrase": 5, "name": 10, "character_string": 32, "short_thing": 5, "const": 20}
USUAL_MOST = 32
LANGUAGES = {"zh-CN": "zh_CN", "en": "en_US"}
REFUSING = frozenset({400, 403, 404, 409, 410, 413, 422})  # this account or this message, for good
_KEYWORD = re.compile(r"([a-z_]+?)[0-9]+")
_DATED = re.compile(r"(?:time|date)[0-9]+")


@dataclass(frozen=True, slots=True)
class Card:
    """One template message. `message_id` is constant over attempts."""

    message_id: UUID
    to: str = field(repr=False)
    template: str
    template_id: str
    data: Mapping[str, str]
    text: str
    language: str
    url: str
    at: datetime


class WechatGateway(Protocol):
    """Sends one card. Raises ChannelRefused for good, anything else for now."""

    async def send(self, card: Card) -> None: ...


@lru_cache(maxsize=4)
def mapping(path: Path | None) -> Mapping[str, Any]:
    """The mapping file: `default` and `templates`, each with `id` and `data` (keyword: what it holds)."""
    shipped = files("service.messages").joinpath("wechat_templates.yaml")
    raw = yaml.safe_load(path.read_text(encoding="utf-8") if path else shipped.read_text(encoding="utf-8"))
    named = {**(raw.get("templates") or {}), **({"": raw["default"]} if raw.get("default") else {})}
    for template, entry in named.items():
        if (
            not isinstance(entry, dict)
            or not isinstance(entry.get("id"), str)
            or not isinstance(entry.get("data"), dict)
        ):
            raise ValueError(f"wechat templates: {template or 'default'} needs id and data")
    return named


def card_of(ctx: Context, *, message_id: UUID, to: str, template: str, topic: str, text: str, params: Mapping[str, Any],
            stamps: Mapping[str, str], language: str, at: datetime) -> Card:  # fmt: skip
    """A message as the account's template. Raises ChannelRefused `template_unmapped` where the file names none.

    A keyword holds `text` (the whole sentence), `topic`, `sent_at`, or a parameter of the message; what is not there
    is a hyphen, since WeChat takes no empty one. Keywords of times and days are refused without their year: `stamps`
    has them with it, by the name of the parameter.
    """
    known = mapping(ctx.settings.wechat_templates)
    entry = known.get(template, known.get(""))
    if entry is None:
        raise ChannelRefused("template_unmapped")
    holds = {"text": text, "topic": render(f"topic.{topic}", language), "sent_at": stamp(at)}
    facts, dated = {**params, **holds}, {**params, **holds, **stamps}
    data = {
        keyword: _cut(keyword, str((dated if _DATED.match(keyword) else facts).get(what, "-")))
        for keyword, what in entry["data"].items()
    }
    return Card(message_id, to, template, entry["id"], data, text, language, ctx.settings.base_url, at)


def _cut(keyword: str, value: str) -> str:
    found = _KEYWORD.fullmatch(keyword)
    most = MOST.get(found[1], USUAL_MOST) if found else USUAL_MOST
    line = one_line(value) or "-"
    return line if len(line) <= most else f"{line[: most - 1]}…"


def body_of(card: Card) -> bytes:
    """What the bridge gets: the request of WeChat's own interface, with our constant id."""
    return orjson.dumps(
        {
            "id": f"msg_{card.message_id.hex}",
            "touser": card.to,
            "template_id": card.template_id,
            "url": card.url,
            "lang": LANGUAGES[card.language],
            "data": {keyword: {"value": value} for keyword, value in card.data.items()},
        }
    )


class HttpWechat:
    """One POST to the operator's bridge, signed like a webhook (Standard Webhooks, v1); https to a public name only."""

    def __init__(self, ctx: Context):
        self.ctx = ctx

    async def send(self, card: Card) -> None:
        settings, body = self.ctx.settings, body_of(card)
        secret = secret_of(settings.wechat_secret.get_secret_value())
        signed = headers_of([secret], f"msg_{card.message_id.hex}", int(time.time()), body)
        headers = {"content-type": "application/json"} | signed
        post = self.ctx.wiring.ports["webhooks.post"]
        outcome = await post(settings, settings.wechat_gateway, body, headers, "wechat")
        if outcome.delivered:
            return
        if outcome.error is None and outcome.status in REFUSING:
            raise ChannelRefused(f"status_{outcome.status}")
        raise GatewayFailed(outcome.error or f"status_{outcome.status}")


def secret_of(text: str) -> bytes:
    """The key of the signatures: base64, perhaps after `whsec_`. Raises ValueError."""
    return base64.b64decode(text.removeprefix("whsec_"), validate=True)


class FileWechat:
    """One JSON line a card, for an operator's own sender; the file is the operator's."""

    def __init__(self, path: Path):
        self.path = path

    async def send(self, card: Card) -> None:
        said = json.loads(body_of(card)) | {"channel": WECHAT, "template": card.template, "at": rfc3339(card.at)}
        await asyncio.to_thread(append_line, self.path, json.dumps(said, ensure_ascii=False))


class ConsoleWechat:
    """Development: the text on the console, the account masked."""

    async def send(self, card: Card) -> None:
        line = message_line(WECHAT, mask_address(WECHAT, card.to), card.text, None, colours=sys.stderr.isatty())
        sys.stderr.write(line + "\n")


class SinkWechat:
    """Rehearsals: beside the texts, under the open id."""

    def __init__(self, ctx: Context):
        self.ctx = ctx

    async def send(self, card: Card) -> None:
        from service.testing.sink import put_in_sink

        said = {"template": card.template, "template_id": card.template_id, "data": dict(card.data), "text": card.text}
        said |= {"params": {}}
        await put_in_sink(self.ctx, message_id=card.message_id, channel=WECHAT, to=card.to, said=said)


def wechat_gateway(ctx: Context) -> WechatGateway:
    """The gateway of the settings; in test always the sink."""
    chosen = ctx.settings.wechat_gateway
    if ctx.settings.is_test:
        return SinkWechat(ctx)
    if chosen.startswith("file:"):
        return FileWechat(Path(chosen.removeprefix("file:")))
    return ConsoleWechat() if chosen == "console" else HttpWechat(ctx)
