"""The one way to a subscription: who may come in, and whose a new one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from service.employers.rules import check_may
from service.errors import Missing, Refused
from service.reference.rules import lies_within
from service.webhooks.courier.transport import Transport, transport_for
from service.webhooks.rules.addresses import AddressRefused
from service.webhooks.rules.events import kinds_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow
    from service.webhooks.tables import SubscriptionRow


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a subscription is: `kind` employer, key or admin."""

    kind: str
    employer_id: UUID | None
    key_id: UUID | None


def owner_of(by: Caller) -> Owner:
    """Whose the caller's subscriptions are."""
    if by.role == "integrator":
        return Owner("key", by.employer_id, by.account_id)
    if by.role == "admin":
        return Owner("admin", None, None)
    return Owner("employer", by.employer_id, None)


async def check_member(uow: Uow, by: Caller) -> None:
    """A member's role, read in this transaction. Raises Missing, Forbidden member_role_lacks."""
    if by.role != "member" or by.employer_id is None:
        return
    role = await uow.members.role_of(by.employer_id, by.person_id)
    if role is None:
        raise Missing
    check_may(role, "manage_webhooks")


async def enter(
    uow: Uow, subscription_id: UUID, by: Caller, *, lock: bool = False, own: bool = False
) -> SubscriptionRow:
    """A subscription of the caller: of his employer, of this key; administrators see all.

    `own`: not even an administrator may, where it is not the administrators'. Raises Missing, Forbidden.
    """
    await check_member(uow, by)
    row = await uow.subscriptions.get(subscription_id, lock=lock)
    if by.role == "admin":
        mine = not own or row.owner_kind == "admin"
    elif by.role == "integrator":
        mine = row.key_id == by.account_id
    else:
        mine = row.employer_id is not None and row.employer_id == by.employer_id
    if not mine:
        raise Missing
    return row


def check_wanted(owner: Owner, kinds: Sequence[str], region: str | None, by: Caller) -> str | None:
    """The region of a subscription: of a partner the key's own where none is named.

    Raises Refused webhook_kind_not_for_owner, webhook_region_not_for_employer, region_not_served_by_key.
    """
    possible = kinds_for(owner.kind, owner.employer_id)
    if any(kind not in possible for kind in kinds):
        raise Refused("webhook_kind_not_for_owner", field="/kinds", possible=list(possible))
    if owner.employer_id is not None:
        if region is not None:
            raise Refused("webhook_region_not_for_employer", field="/region")
        return None
    if owner.kind == "key" and region is None:
        return by.regions[0]
    if owner.kind == "key" and not lies_within(region or "", by.regions):
        raise Refused("webhook_region_not_of_key", field="/region", regions=list(by.regions))
    return region


async def check_address(ctx: Context, address: str, transport: Transport | None = None) -> None:
    """Outside every transaction: a name may take its time. Raises Refused webhook_address_…"""
    try:
        await (transport or transport_for(ctx.settings)).check(address)
    except AddressRefused as refused:
        raise Refused(refused.code, field="/address") from None
