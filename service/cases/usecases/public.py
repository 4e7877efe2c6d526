"""Reports of charges by anybody, without an account: a receipt opens the case again, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import Actor
from service.cases.opening import Opening, open_or_add
from service.cases.rules import handling as rules
from service.cases.usecases.looking import receipt_of
from service.cases.usecases.opening import count_or_wait
from service.cases.ways import charges, kind_of
from service.errors import Missing, Refused
from service.ids import new_public_number
from service.reference.rules import settle_place
from service.vault import token_hash
from service.worktime import local_day

if TYPE_CHECKING:
    from service.cases.usecases.opening import Said
    from service.cases.views import ReceiptView
    from service.context import Context
    from service.uow import Uow

BY_ANYBODY = Actor(rules.ANYBODY, None, "api")


async def report_charge(
    ctx: Context,
    said: Said,
    *,
    contact: str | None,
    challenge_id: UUID | None,
    code: str | None,
    address: str,
) -> ReceiptView:
    """A number may be left (`contact`), or shown to be the own one with a code that was asked for before.

    Raises Refused case_kind_unknown, case_not_public, case_charge_needed, places that are not known; Unauthenticated
    code_wrong; Missing (venue); TooMany case_too_often.
    """
    async with ctx.uow() as uow:
        now = await uow.now()
        kind = kind_of(said.kind, local_day(now))
        if not kind.public:
            raise Refused("case_not_public", field="/kind")
        rules.check_charge(asked=True, charge=said.charge, known=charges())
        await count_or_wait(uow, rules.BY_ADDRESS, address, rules.address_windows(uow.ctx.policies.at(now).cases))
        known = await uow.reference.regions(local_day(now))
        city_code, district = settle_place(known, said.city_code or "", said.district_code)
        if said.venue_id is not None:
            await uow.venues.get(said.venue_id)
        phone = await _contact(uow, contact, challenge_id, code, address)
        receipt = new_public_number()
        opening = Opening(
            kind=said.kind,
            city_code=city_code,
            side="public",
            source="public",
            words=said.words,
            shielded=True,
            more={
                "district_code": district,
                "venue_id": said.venue_id,
                "against_words": said.against_words,
                "charge": said.charge,
                "amount_fen": said.amount_fen,
                "evidence": said.evidence,
                "receipt_hash": token_hash(receipt),
                "contact_sealed": ctx.vault.seal(rules.CONTACT, phone.encode()) if phone else None,
                "contact_verified": challenge_id is not None,
            },
        )
        row, _ = await open_or_add(uow, opening, by=BY_ANYBODY)
        return uow.answer(await receipt_of(uow, row, receipt))


async def _contact(
    uow: Uow, contact: str | None, challenge_id: UUID | None, code: str | None, address: str
) -> str | None:
    if challenge_id is None or code is None:
        if challenge_id is not None or code is not None:
            raise Refused("case_contact_code", field="/code")
        return contact
    place = uow.ctx.vault.index("address", address)
    challenge = await uow.access.take_code(challenge_id, code, purposes=("sign_in",), place=place)
    return uow.access.phone_of(challenge)


async def look_up_charge(ctx: Context, *, receipt: str) -> ReceiptView:
    """How it stands, for who has the receipt. Raises Missing."""
    async with ctx.uow() as uow:
        folded = "".join(receipt.upper().split()).replace("-", "")
        if not folded:
            raise Missing
        row = await uow.case_files.by_receipt(token_hash(folded))
        return await receipt_of(uow, row, None)
