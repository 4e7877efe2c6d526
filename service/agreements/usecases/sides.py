"""Whose agreement it is, and what each may read of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF
from service.agreements.lifecycle import LIVE
from service.agreements.rules import mask
from service.agreements.views import AgreementView, DocumentView, agreement_view, document_view
from service.employers.rules import DECIDERS
from service.errors import Forbidden, Missing, Refused
from service.reference.rules import check_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.agreements.tables import AgreementRow, SignatureRow
    from service.http.caller import Caller
    from service.uow import Uow


def own(by: Caller) -> frozenset[UUID]:
    """The person or the employer that a caller stands for."""
    mine = by.person_id if by.role == "worker" else by.employer_id if by.role == "member" else None
    return frozenset({mine}) if mine is not None else frozenset()


def place_of(places: Sequence[SignatureRow], by: Caller) -> SignatureRow | None:
    """The caller's own place under an agreement."""
    mine = own(by)
    return next((each for each in places if {each.person_id, each.employer_id} & mine), None)


def signing_place(places: Sequence[SignatureRow], by: Caller) -> SignatureRow:
    """The place that the caller may sign or decline at. Raises Missing for others' agreements, Forbidden for clerks."""
    place = place_of(places, by)
    if place is None:
        raise Missing
    if by.role == "member" and by.member_role not in DECIDERS:
        raise Forbidden("member_role_lacks_operation")
    return place


async def seen(uow: Uow, agreement_id: UUID, by: Caller) -> tuple[AgreementRow, list[SignatureRow]]:
    """The agreement for its parties and officers of the place. Raises Missing."""
    row = await uow.agreements.get(agreement_id)
    places = (await uow.agreements.signatures(row.id))[row.id]
    if place_of(places, by) is None and not (by.role in STAFF and by.serves(row.city_code)):
        raise Missing
    return row, places


async def locked(uow: Uow, agreement_id: UUID, by: Caller) -> tuple[AgreementRow, list[SignatureRow]]:
    """The same, kept from other writers. Raises Missing."""
    await seen(uow, agreement_id, by)
    row = await uow.agreements.lock(agreement_id)
    return row, (await uow.agreements.signatures(row.id))[row.id]


def is_nameless(row: AgreementRow, places: Sequence[SignatureRow], by: Caller) -> bool:
    """Whether a firm does not read (yet, or ever) who somebody is: who is asked by number to be lent stays unknown
    until the own signature, and after a no."""
    if by.role != "member" or row.subject_noun != "lent":
        return False
    own_hand = any(each.person_id is not None and each.signed_at is not None for each in places)
    return not own_hand or (row.state not in LIVE and row.signed_at is None)


def listed(row: AgreementRow, places: Sequence[SignatureRow], by: Caller) -> AgreementView:
    """As lists show it."""
    return agreement_view(row, places, own(by), nameless=is_nameless(row, places, by))


async def view_of(uow: Uow, row: AgreementRow, by: Caller) -> AgreementView:
    """The same, for one."""
    return listed(row, (await uow.agreements.signatures(row.id))[row.id], by)


async def check_may_read(uow: Uow, row: AgreementRow, by: Caller, reason: str | None) -> None:
    """Staff say why they read the words, and that they did is on the worker's record.

    Raises Refused `agreement_reason_needed`, `reason_unknown`.
    """
    if by.role not in STAFF:
        return
    if reason is None:
        raise Refused("agreement_reason_needed", field="query:reason")
    check_reason(await uow.reference.reasons("evidence_purpose"), reason, field="query:reason")
    if row.worker_id is not None:
        await uow.people.record_unmasking(row.worker_id, ["agreement"], reason, by.actor)


async def read_document(uow: Uow, row: AgreementRow, by: Caller) -> tuple[dict[str, Any] | None, str | None]:
    """The document as the caller may read it, and its canonical text where nothing in it is covered.

    An employer reads the worker's identity number once all have signed, and that it did is on the worker's record; the
    name of who is asked to be lent once that person has signed.
    """
    text = await uow.agreements.text_of(row)
    if text is None:
        return None, None
    document: dict[str, Any] = json.loads(text)
    if by.role == "member" and row.worker_id is not None:
        person = await uow.people.get(row.worker_id)
        number = uow.people.id_number_of(person)
        if is_nameless(row, (await uow.agreements.signatures(row.id))[row.id], by):
            return mask(document, [each for each in (number, uow.people.name_of(person)) if each is not None]), None
        if number is not None and number in text:
            if row.state != "signed":
                return mask(document, [number]), None
            await uow.people.record_unmasking(row.worker_id, ["id_number"], "agreement", by.actor)
    return document, text


async def shown(uow: Uow, row: AgreementRow, by: Caller) -> DocumentView:
    """The agreement with its words, for one of its parties."""
    document, text = await read_document(uow, row, by)
    return document_view(await view_of(uow, row, by), document, text)
