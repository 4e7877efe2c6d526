"""A change of a policy needs two administrators (security checklist 5.2): one proposes it, another approves it.

Policies hold the limits that protect people, down to how often a password may be tried, so that one stolen or
lent account must not be enough to move them. Until it is approved a proposal has no effect at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.errors import Conflict, Forbidden
from service.policies import local_day
from service.reference.checking import checked
from service.reference.kinds import Spec
from service.reference.live import live_book
from service.reference.writing import place

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.reference.tables import ProposalRow
    from service.uow import Uow

POLICY = "policy"


async def propose_policy(
    ctx: Context, *, code: str, valid_from: date, data: Mapping[str, Any], source: str, verified: bool, by: Caller
) -> ProposalRow:
    """Put a value forward, checked as if it were to hold at once.

    Raises Forbidden step_up_needed, Refused for wrong data, Conflict where the date is taken.
    """
    async with ctx.uow() as uow:
        await uow.access.require_fresh(by)
        await _checked(uow, Spec(POLICY, code, valid_from, None, data, source, verified))
        row = uow.reference.new_proposal(
            code=code, valid_from=valid_from, data=dict(data), source=source, verified=verified,
            proposed_by=by.account_id,
        )  # fmt: skip
        await uow.add(row, by=by.actor, action="propose")
        return uow.answer(row)


async def list_policy_proposals(ctx: Context, *, by: Caller) -> Sequence[ProposalRow]:
    """What waits for a second administrator, the oldest first."""
    async with ctx.uow() as uow:
        return await uow.reference.open_proposals()


async def approve_policy(ctx: Context, proposal_id: UUID, *, by: Caller) -> ProposalRow:
    """The second person's yes: the value holds from its day, which is not in the past by now.

    Raises Missing, Forbidden step_up_needed, own_proposal and approver_made_by_proposer, Conflict proposal_decided,
    and what proposing raises.
    """
    async with ctx.uow() as uow:
        await uow.access.require_fresh(by)
        await uow.reference.lock()
        row = await _open(uow, proposal_id)
        if row.proposed_by == by.account_id:
            raise Forbidden("own_proposal")
        if await uow.reference.has_made(row.proposed_by, by.account_id):
            raise Forbidden("approver_made_by_proposer")
        spec = Spec(POLICY, row.code, row.valid_from, None, row.data, row.source, row.verified)
        await place(uow, await _checked(uow, spec), by=by.actor)
        await _decide(uow, row, by, approved=True)
        uow.answer(row)
    await live_book(ctx.database).refresh(now=True)
    return row


async def reject_policy(ctx: Context, proposal_id: UUID, *, by: Caller) -> ProposalRow:
    """No; also how the proposer takes it back. Raises Missing, Conflict proposal_decided."""
    async with ctx.uow() as uow:
        row = await _open(uow, proposal_id)
        await _decide(uow, row, by, approved=False)
        return uow.answer(row)


async def _checked(uow: Uow, spec: Spec) -> Spec:
    catalogue, today = await uow.reference.catalogue(), local_day(await uow.now())
    return checked(spec, catalogue, uow.reference.live.book, today)


async def _open(uow: Uow, proposal_id: UUID) -> ProposalRow:
    row = await uow.reference.proposal(proposal_id)
    if row.approved is not None:
        raise Conflict("proposal_decided", approved=row.approved)
    return row


async def _decide(uow: Uow, row: ProposalRow, by: Caller, *, approved: bool) -> None:
    now = await uow.now()
    action = "approve" if approved else "reject"
    await uow.edit(row, by=by.actor, at=now, action=action, approved=approved, decided_by=by.account_id, decided_at=now)
