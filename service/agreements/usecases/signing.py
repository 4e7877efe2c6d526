"""Each party signs the document that it was shown, by a code to its own phone or on paper; or declines."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF, Actor
from service.agreements.data import template_version
from service.agreements.lifecycle import AGREEMENT
from service.agreements.rules import check_shown, check_signer, picture_of
from service.agreements.steps import overtake, tell_parties
from service.agreements.usecases.sides import locked, seen, shown, signing_place, view_of
from service.agreements.views import AgreementView, DocumentView
from service.errors import Missing, Refused
from service.reference.rules import check_reason

if TYPE_CHECKING:
    from service.access.views import CodeSent
    from service.agreements.tables import AgreementRow, SignatureRow
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow


def _purpose(*agreement_ids: UUID) -> str:
    """A code is good for these very documents: an agreement never changes."""
    if len(agreement_ids) == 1:
        return f"agreement:{agreement_ids[0]}"
    listed = "\n".join(sorted(str(each) for each in agreement_ids))
    return f"agreements:{hashlib.sha256(listed.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that was shown: its hash then, and the terms that differ and were accepted."""

    agreement_id: UUID
    hash: str
    differs_accepted: Collection[str]


async def request_code(ctx: Context, agreement_ids: Collection[UUID], *, address: str, by: Caller) -> CodeSent:
    """One code to the signer's own phone, for all of these documents.

    Raises Missing, Forbidden, Conflict `wrong_state`, `agreement_signed_already`, `agreement_same_person`,
    `no_phone_on_record`, TooMany.
    """
    async with ctx.uow() as uow:
        wanted = sorted(set(agreement_ids))
        for each in wanted:
            row, places = await seen(uow, each, by)
            place = signing_place(places, by)
            AGREEMENT.fire(row.state, "sign")
            check_signer(_person(by), _signed(places), place.role)
        send = ctx.wiring.ports["access.send_own_code"]
        sent: CodeSent = await send(uow, purpose=_purpose(*wanted), address=address, by=by)
        return uow.answer(sent)


async def sign(
    ctx: Context, paper: Paper, *, summary_read: bool, challenge_id: UUID, code: str, address: str, by: Caller
) -> AgreementView:
    """The signer's own signature under the hash that was shown; the last party's completes the agreement.

    Raises Missing, Forbidden, Conflict `wrong_state`, `agreement_changed`, `agreement_signed_already`,
    `agreement_same_person`; Refused `agreement_summary_unread`, `agreement_differs_unread`; Unauthenticated
    `code_wrong`; TooMany.
    """
    async with ctx.uow() as uow:
        found = [await _shown_to(uow, paper, summary_read, by)]
        await _take_code(uow, found, challenge_id, code, address, by)
        return uow.answer((await _sign_all(uow, found, by))[0])


async def sign_together(
    ctx: Context,
    papers: Collection[Paper],
    *,
    summary_read: bool,
    challenge_id: UUID,
    code: str,
    address: str,
    by: Caller,
) -> dict[str, list[AgreementView]]:
    """The same under several documents with one code that was asked for these very ones: all of them, or none.

    Raises as `sign`, Refused `agreement_twice`.
    """
    async with ctx.uow() as uow:
        wanted = {each.agreement_id: each for each in papers}
        if len(wanted) != len(papers):
            raise Refused("agreement_twice", field="/papers")
        found = [await _shown_to(uow, wanted[each], summary_read, by) for each in sorted(wanted)]
        await _take_code(uow, found, challenge_id, code, address, by)
        views = {each.id: each for each in await _sign_all(uow, found, by)}
        return uow.answer({"items": [views[each] for each in wanted]})


Shown = tuple["AgreementRow", list["SignatureRow"], "SignatureRow"]  # with its places, and the signer's own


async def _shown_to(uow: Uow, paper: Paper, summary_read: bool, by: Caller) -> Shown:
    row, places = await locked(uow, paper.agreement_id, by)
    place = signing_place(places, by)
    _check(row, places, place, _person(by), paper.hash, summary_read, paper.differs_accepted)
    return row, places, place


async def _take_code(
    uow: Uow, found: Collection[Shown], challenge_id: UUID, code: str, address: str, by: Caller
) -> None:
    take = uow.ctx.wiring.ports["access.take_own_code"]
    purpose = _purpose(*(row.id for row, _, _ in found))
    await take(uow, purpose=purpose, challenge_id=challenge_id, code=code, address=address, by=by)


async def _sign_all(uow: Uow, found: Collection[Shown], by: Caller) -> list[AgreementView]:
    for row, places, place in found:
        await _sign(uow, row, places, place, _person(by), by.actor, how="code")
    return [await view_of(uow, row, by) for row, _, _ in found]


async def sign_on_paper(
    ctx: Context,
    agreement_id: UUID,
    *,
    hash: str,
    summary_read: bool,
    differs_accepted: Collection[str],
    picture: str,
    on_behalf: str | None,
    by: Caller,
) -> AgreementView:
    """A signed paper as a picture: an officer takes the worker's, with the worker's yes on record; who decides for an
    employer takes the own one, with a code of minutes ago. Raises as `sign`, Refused `on_behalf_needed`,
    `picture_unreadable`, `picture_too_large`, Forbidden `step_up_needed`, Conflict `picture_used`.
    """
    data, _ = picture_of(picture)
    async with ctx.uow() as uow:
        if by.role == "member":
            await uow.access.require_fresh(by)
        row, places = await locked(uow, agreement_id, by)
        place, signer, actor = _at_counter(row, places, on_behalf, by)
        _check(row, places, place, signer, hash, summary_read, differs_accepted)
        taken_by = by.account_id if by.role in STAFF else None
        kept = await uow.agreements.sealed_picture(place, data)
        await _sign(uow, row, places, place, signer, actor, how="paper", taken_by=taken_by, **kept)
        return uow.answer(await view_of(uow, row, by))


async def decline(
    ctx: Context, agreement_id: UUID, *, reason: str | None, on_behalf: str | None, by: Caller
) -> DocumentView:
    """A party does not sign: nobody does any more. Raises Missing, Forbidden, Conflict `wrong_state`, Refused."""
    async with ctx.uow() as uow:
        row, places = await locked(uow, agreement_id, by)
        _, _, actor = _at_counter(row, places, on_behalf, by)
        if reason is not None:
            check_reason((await uow.reference.catalogue()).reasons("agreement_decline"), reason)
        now = await uow.now()
        await uow.move(row, AGREEMENT, "decline", by=actor, at=now, reason=reason, closed_at=now, close_reason=reason)
        await tell_parties(uow, row, places, "declined", but=by.account_id)
        return uow.answer(await shown(uow, row, by))


def _person(by: Caller) -> UUID:
    if by.person_id is None:
        raise Missing
    return by.person_id


def _signed(places: Collection[SignatureRow]) -> dict[str, UUID | None]:
    return {each.role: each.signer_id for each in places if each.signed_at is not None}


def _at_counter(
    row: AgreementRow, places: Collection[SignatureRow], on_behalf: str | None, by: Caller
) -> tuple[SignatureRow, UUID, Actor]:
    """The place, whose hand it is, and who acts: staff for the worker alone."""
    if by.role not in STAFF:
        return signing_place(list(places), by), _person(by), by.actor
    place = next((each for each in places if each.person_id is not None), None)
    if place is None or place.person_id is None or row.worker_id is None:
        raise Missing
    return place, place.person_id, by.actor.with_yes_of(place.person_id, on_behalf)


def _check(
    row: AgreementRow,
    places: Collection[SignatureRow],
    place: SignatureRow,
    signer: UUID,
    hash_seen: str,
    summary_read: bool,
    accepted: Collection[str],
) -> None:
    AGREEMENT.fire(row.state, "sign")
    check_signer(signer, _signed(places), place.role)
    template = template_version(row.kind, row.template_version)
    differs = {code: {"zh": template.term(code).zh, "en": template.term(code).en} for code in row.differs}
    check_shown(hash_seen=hash_seen, hash_now=row.hash, summary_read=summary_read, accepted=accepted, differs=differs)


async def _sign(
    uow: Uow,
    row: AgreementRow,
    places: Collection[SignatureRow],
    place: SignatureRow,
    signer: UUID,
    by: Actor,
    **how: Any,
) -> None:
    now = await uow.now()
    await uow.edit(place, by=by, at=now, action="sign", signer_id=signer, hash=row.hash, signed_at=now, **how)
    await uow.flush()
    await uow.move(row, AGREEMENT, "sign", by=by, at=now)
    await uow.flush()
    if all(each.signed_at is not None for each in places):
        await overtake(uow, row, by=by, at=now)
        await uow.move(row, AGREEMENT, "complete", by=by, at=now, signed_at=now)
        await uow.flush()
        await tell_parties(uow, row, list(places), "signed")
