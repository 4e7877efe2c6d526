"""Recommending people for a posting: one, or a ranked list at once; each is answered on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.applications import rules as gates
from service.errors import Conflict, DomainError, Missing, Refused
from service.guard.quoting import check_quoted
from service.ids import new_id
from service.referrals.lifecycle import REFERRAL
from service.referrals.rules import is_quick
from service.referrals.steps import await_answer, fire, policy_of, starts_at, tell_employer, tell_worker
from service.referrals.views import NotReferred, Referred
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.referrals.tables import ReferralRow
    from service.uow import Uow

MOST = 50
FOR_SHIFT = tuple(gate for gate in gates.OFFER if gate is not gates.no_live_application)


@dataclass(frozen=True, slots=True)
class Word:
    """What an officer says of a group; `on_behalf`: how the people said yes, if they did."""

    shift_id: UUID | None
    note: str | None
    ready: bool
    on_behalf: str | None


async def refer_workers(
    ctx: Context,
    posting_id: UUID,
    *,
    worker_ids: Sequence[UUID],
    shift_id: UUID | None,
    note: str | None,
    ready: bool,
    on_behalf: str | None,
    by: Caller,
) -> Referred:
    """One referral a person, in the order of the list, told to both sides.

    With `on_behalf` the people's yes is on record already (at the counter), with `ready` also to being taken on at
    once. Raises Missing, Refused `workers_needed`, `ready_needs_yes`, `shifts_needed` and what a note may not say.
    """
    if not 0 < len(set(worker_ids)) == len(worker_ids) <= MOST:
        raise Refused("workers_needed", field="/worker_ids", most=MOST)
    if ready and on_behalf is None:
        raise Refused("ready_needs_yes", field="/ready")
    word = Word(shift_id, note, ready, on_behalf)
    async with ctx.uow() as uow:
        await _check_place(uow, posting_id, shift_id, by)
        check_quoted("/note", note, ctx.rulebook(), local_day(await uow.now()), ctx.language)
        batch_id = new_id()
        rows: list[ReferralRow] = []
        refused = []
        for place, worker_id in sorted(enumerate(worker_ids, 1), key=lambda each: each[1]):  # locked in their order
            try:
                async with uow.attempt():
                    rows.append(await _refer(uow, posting_id, worker_id, word, (batch_id, place), by))
                    await uow.flush()
            except DomainError as error:
                refused.append(NotReferred(worker_id, error.code, dict(error.facts)))
        views = await uow.referral_pages.views([row.id for row in rows])
        return uow.answer(Referred(batch_id, views, refused))


async def _check_place(uow: Uow, posting_id: UUID, shift_id: UUID | None, by: Caller) -> None:
    posting = await uow.applications.seen_posting(posting_id)
    gates.check_shown(by, private=posting.private, posting_state=posting.state, city_code=posting.city_code)
    if shift_id is None:
        if posting.binding != "pattern":
            raise Refused("shifts_needed", field="/shift_id", most=1)
    elif (await uow.applications.seen_shift(shift_id)).posting_id != posting_id:
        raise Missing


async def _refer(
    uow: Uow, posting_id: UUID, worker_id: UUID, word: Word, group: tuple[UUID, int], by: Caller
) -> ReferralRow:
    if not await uow.people.is_seen(worker_id, by):
        raise Missing
    await uow.cases.lock_workers([worker_id])
    if word.shift_id is not None:
        case = await uow.cases.seen(worker_id, word.shift_id, own=False)
        gates.pass_gates(case, FOR_SHIFT)
    else:
        case = await uow.cases.whole(worker_id, posting_id)
        gates.pass_gates(case, gates.WHOLE_POSTING)
    live = await uow.referrals.live(worker_id, posting_id)
    if live is not None:
        raise Conflict("referral_live", referral_id=live.id, state=live.state)
    start = case.place.starts_at if word.shift_id is not None else None
    row = uow.referrals.new(
        posting_id=posting_id,
        shift_id=word.shift_id,
        worker_id=worker_id,
        employer_id=case.place.employer_id,
        city_code=case.place.city_code,
        origin="kiosk" if by.role == "kiosk" else "officer",
        referred_by=by.account_id if by.role in ("officer", "admin") else None,
        venue_id=by.venue_id,
        batch_id=group[0],
        place_in_batch=group[1],
        quick=is_quick(start, case.now, policy_of(uow, case.now, case.place.city_code)),
        note=word.note,
    )
    await uow.add(row, by=by.actor, action="create")
    await uow.flush()
    await _ask(uow, row, word, case.place.terms_version, by)
    return row


async def _ask(uow: Uow, row: ReferralRow, word: Word, terms_version: int, by: Caller) -> None:
    """Both are told at once; who stands at the counter has answered already."""
    now = await uow.now()
    until = await await_answer(uow, row, "worker")
    await uow.move(row, REFERRAL, "notify", by=by.actor, at=now, answer_by=until)
    if word.on_behalf is None:
        start = await starts_at(uow, row)
        template, when = ("referral.asked", {"starts_at": start}) if start else ("referral.asked_open", {})
        await tell_worker(uow, row, template, asks="referral.accept", urgent=row.quick, until_at=until, **when)
        await tell_employer(uow, row, "referral.made")
        return
    actor = by.actor.with_yes_of(row.worker_id, word.on_behalf)
    until = await await_answer(uow, row, "employer")
    yes: dict[str, Any] = {
        "worker_answered_at": now,
        "yes_terms_version": terms_version,
        "ready": word.ready,
        "answer_by": until,
    }
    await fire(uow, row, "worker_accept", by=actor, **yes)
    await tell_worker(uow, row, "referral.noted")
    await tell_employer(uow, row, "referral.wants", until_at=until)
