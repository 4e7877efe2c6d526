"""Subscriptions: made, looked at, changed, given a new secret, paused, resumed, ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Refused
from service.pages import After, Page, page_of
from service.reference.catalogue import regions as known_regions
from service.reference.rules import check_seen
from service.webhooks.lifecycle import SUBSCRIPTION
from service.webhooks.usecases.doors import Owner, check_address, check_member, check_wanted, enter, owner_of
from service.webhooks.views import WebhookView, webhook_view

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def create_webhook(
    ctx: Context, *, address: str, kinds: list[str], region: str | None, label: str | None, by: Caller
) -> WebhookView:
    """A new subscription with its secret, shown this once.

    Raises Refused (address, kinds, region), Conflict webhook_limit, Forbidden member_role_lacks.
    """
    owner = owner_of(by)
    _check_region(region)
    region = check_wanted(owner, kinds, region, by)
    await check_address(ctx, address)
    async with ctx.uow() as uow:
        await check_member(uow, by)
        most = ctx.policies.at(await uow.now(), None).webhooks.subscriptions_max
        if await uow.subscriptions.live_of(employer_id=owner.employer_id, key_id=owner.key_id) >= most:
            raise Conflict("webhook_limit", most=most)
        row, secret = uow.subscriptions.new(
            owner_kind=owner.kind, employer_id=owner.employer_id, key_id=owner.key_id,
            address=address, kinds=sorted(set(kinds)), region=region, label=label,
        )  # fmt: skip
        await uow.add(row, by=by.actor)
        await uow.webhook_log.begin()
        return uow.answer(webhook_view(row, secret))


def _check_region(region: str | None) -> None:
    if region is not None and region not in known_regions():
        raise Refused("region_unknown", field="/region", more="/v1/reference/region")


async def list_webhooks(ctx: Context, *, after: After, limit: int, by: Caller) -> Page[WebhookView]:
    """The caller's, ended ones too; an administrator sees everybody's."""
    owner = owner_of(by)
    async with ctx.uow() as uow:
        await check_member(uow, by)
        now = await uow.now()
        rows = await uow.subscriptions.page(
            employer_id=owner.employer_id, key_id=owner.key_id, everybody=by.role == "admin", after=after(now),
            limit=limit + 1,
        )  # fmt: skip
        return page_of([webhook_view(row) for row in rows], limit, now, lambda view: [str(view.id)])


async def get_webhook(ctx: Context, subscription_id: UUID, *, by: Caller) -> WebhookView:
    """One, without its secret. Raises Missing."""
    async with ctx.uow() as uow:
        return webhook_view(await enter(uow, subscription_id, by))


async def change_webhook(
    ctx: Context, subscription_id: UUID, changes: Mapping[str, Any], *, seen: int, by: Caller
) -> WebhookView:
    """Another address, other kinds, region or label. Raises Missing, Stale, Conflict webhook_ended, Refused."""
    if "region" in changes:
        _check_region(changes["region"])
    async with replace(ctx, once=None).uow() as uow:
        await enter(uow, subscription_id, by, own=True)
    if "address" in changes:
        await check_address(ctx, changes["address"])
    async with ctx.uow() as uow:
        row = await enter(uow, subscription_id, by, lock=True, own=True)
        check_seen(seen, row.version)
        _check_lives(row.state)
        made = dict(changes)
        if made.keys() & {"kinds", "region"}:
            owner = Owner(row.owner_kind, row.employer_id, row.key_id)
            kinds, region = made.get("kinds", row.kinds), made.get("region", row.region)
            made |= {"kinds": sorted(set(kinds)), "region": check_wanted(owner, kinds, region, by)}
        await uow.edit(row, by=by.actor, at=await uow.now(), **made)
        return uow.answer(webhook_view(row))


def _check_lives(state: str) -> None:
    if SUBSCRIPTION.is_final(state):
        raise Conflict("webhook_ended")


async def rotate_webhook_secret(ctx: Context, subscription_id: UUID, *, by: Caller) -> WebhookView:
    """A new secret, shown this once; for the policy's hours the former one signs too.

    Raises Missing, Conflict webhook_ended.
    """
    async with ctx.uow() as uow:
        row = await enter(uow, subscription_id, by, lock=True, own=True)
        _check_lives(row.state)
        now = await uow.now()
        columns, secret = uow.subscriptions.renewed(row)
        hours = ctx.policies.at(now, None).webhooks.secret_overlap_hours
        until = now + timedelta(hours=hours)
        await uow.edit(row, by=by.actor, at=now, action="rotate_secret", overlap_until=until, **columns)
        return uow.answer(webhook_view(row, secret))


async def move_webhook(ctx: Context, subscription_id: UUID, action: str, *, by: Caller) -> WebhookView:
    """pause (what happens meanwhile waits), resume or end (what waits is given up).

    Raises Missing, Conflict wrong_state, webhook_owner_barred.
    """
    async with ctx.uow() as uow:
        row = await enter(uow, subscription_id, by, lock=True)
        now = await uow.now()
        SUBSCRIPTION.fire(row.state, action)
        if action == "resume":
            if await uow.subscriptions.barred(row):
                raise Conflict("webhook_owner_barred")
            row.failures, row.failing_since, row.rest_until = 0, None, None
        changes: dict[str, Any] = {} if action == "pause" else {"disabled_for": None}
        await uow.move(row, SUBSCRIPTION, action, by=by.actor, at=now, **changes)
        if action == "end":
            await uow.flush()
            await uow.webhook_deliveries.drop_live(row.id, "ended", now)
        return uow.answer(webhook_view(row))
