"""The log's news become deliveries, in one transaction with the mark up to which the log was read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service.webhooks.rules.events import News, Reach, news_of, reaches

if TYPE_CHECKING:
    from service.context import Context


async def fan_out(ctx: Context) -> int:
    """One step; how many lines were read. Does nothing while nobody subscribes, or another process reads."""
    async with replace(ctx, once=None).uow() as uow:
        found = await uow.webhook_log.news()
        if found is None:
            return 0
        lines, horizon = found
        if lines:
            rows = _deliveries(news_of(lines), await uow.subscriptions.reaches(), await uow.now())
            await uow.webhook_deliveries.write(rows)
        await uow.webhook_log.advance(horizon)
        await uow.ctx.faults.at("webhook.fan_out")
    return len(lines)


def _deliveries(news: Iterable[News], everybody: Sequence[Reach], now: datetime) -> list[dict[str, Any]]:
    by_kind: dict[str, list[Reach]] = {}
    for reach in everybody:
        for kind in reach.kinds:
            by_kind.setdefault(kind, []).append(reach)
    return [
        {
            "subscription_id": reach.id,
            "event_id": event.event_id,
            "kind": event.kind,
            "subject_id": event.subject_id,
            "cause": event.cause,
            "occurred_at": event.at,
            "due_at": now,
            "created_at": now,
        }
        for event in news
        for reach in by_kind.get(event.kind, ())
        if reaches(reach, event)
    ]
