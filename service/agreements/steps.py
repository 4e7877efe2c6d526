"""Steps that use cases, reactions, timers and other features share; each runs in the caller's transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.agreements.data import template_of
from service.agreements.lifecycle import AGREEMENT, LIVE
from service.agreements.reading import asked_of
from service.agreements.rules import Difference, Party, canonical, document_of, fill, hash_of
from service.agreements.rules.filling import filled
from service.agreements.rules.lawful import check_lawful
from service.agreements.saying import said_facts
from service.errors import Conflict, Refused
from service.ids import new_id
from service.worktime import local_day, rfc3339

if TYPE_CHECKING:
    from service.actor import Actor
    from service.agreements.tables import AgreementRow, SignatureRow
    from service.engagements.tables import EngagementRow
    from service.uow import Uow

SALT_BYTES = 16


async def draw(
    uow: Uow,
    kind: str,
    subject: tuple[str, UUID],
    parties: Sequence[Party],
    facts: Mapping[str, Any],
    differs: Sequence[Difference] = (),
    *,
    by: Actor,
    at: datetime,
    city_code: str | None = None,
    posting: tuple[UUID, int] | None = None,
) -> AgreementRow:
    """Fill the template of the day and lay it before the parties; an earlier version of the same kind, subject and
    worker that is not signed by all is superseded with its signatures, one that is holds until this one is signed.
    `posting`: id and terms version, where work needs it before it begins.

    Raises Refused `agreement_terms_missing` (`terms`, `lacking`), `agreement_same_party`, and what `check_lawful` does;
    Conflict `agreement_drawn_meanwhile`.
    """
    template = template_of(kind, local_day(at))
    employers = _employers_of(kind, parties, template.roles)
    said = said_facts(facts)
    check_lawful(kind, said, facts, uow.ctx.policies.at(at, city_code).agreements)
    terms = fill(template.terms, said, asked_of(template))
    worker_id = next((party.person_id for party in parties if party.role == "worker"), None)
    noun, subject_id = subject
    await _supersede(uow, subject, {"kind": kind, "worker_id": worker_id}, "drawn", by=by, at=at)
    earlier = await uow.agreements.editions(kind, subject_id, worker_id)
    number = new_id()
    edition = earlier[0].edition + 1 if earlier else 1
    document = document_of(
        number=number,
        kind=kind,
        template_version=template.version,
        edition=edition,
        title=template.zh,
        opening=template.opening,
        parties=parties,
        terms=terms,
        summary=[text for line in template.summary if (text := filled(line, said)) is not None],
        differs=differs,
        drawn_at=rfc3339(at),
        salt=secrets.token_hex(SALT_BYTES),
    )
    text = canonical(document)
    if city_code is None:
        city_code = (await uow.employers.get(employers[0])).city_code
    posting_id, terms_version = posting or (None, None)
    row = await uow.agreements.new(
        text,
        id=number,
        kind=kind,
        subject_noun=noun,
        subject_id=subject_id,
        worker_id=worker_id,
        posting_id=posting_id,
        terms_version=terms_version,
        city_code=city_code,
        edition=edition,
        template_version=template.version,
        hash=hash_of(text),
        differs=[each.code for each in differs],
        supersedes_id=earlier[0].id if earlier else None,
    )
    await uow.add(row, by=by, action="draw", kind=kind, edition=edition, hash=row.hash)
    await uow.flush()
    places = [await _open_place(uow, row.id, role, parties, by=by) for role in template.roles]
    await uow.flush()
    await tell_parties(uow, row, places, "drawn", but=by.id)
    return row


async def overtake(uow: Uow, row: AgreementRow, *, by: Actor, at: datetime) -> None:
    """What held until now is superseded by what all have signed; before it is complete."""
    same = {"kind": row.kind, "worker_id": row.worker_id}
    await _supersede(uow, (row.subject_noun, row.subject_id), same, "signed", by=by, at=at)


async def _supersede(
    uow: Uow, subject: tuple[str, UUID], same: Mapping[str, Any], state: str, *, by: Actor, at: datetime
) -> None:
    """The version of one agreement that is in this state gives way."""
    for live in await uow.agreements.lock_live(*subject, **same):
        if live.state == state:
            await uow.move(live, AGREEMENT, "supersede", by=by, at=at, closed_at=at)
    await uow.flush()


def _employers_of(kind: str, parties: Sequence[Party], roles: Sequence[str]) -> list[UUID]:
    """The firms among the parties. Raises Refused `agreement_same_party`, ValueError for other roles than those."""
    if sorted(party.role for party in parties) != sorted(roles):
        raise ValueError(f"{kind} is between {roles}")
    found = [party.employer_id for party in parties if party.employer_id is not None]
    if len(set(found)) != len(found):
        raise Refused("agreement_same_party")
    return found


async def _open_place(uow: Uow, agreement_id: UUID, role: str, parties: Sequence[Party], *, by: Actor) -> SignatureRow:
    """The place where the party of a role signs."""
    party = next(each for each in parties if each.role == role)
    place = uow.agreements.new_signature(
        agreement_id=agreement_id, role=role, employer_id=party.employer_id, person_id=party.person_id
    )
    await uow.add(place, by=by, action="open")
    return place


async def tell_parties(
    uow: Uow, row: AgreementRow, places: Sequence[SignatureRow], what: str, *, but: UUID | None = None
) -> None:
    """Each party hears: the person, or who decides for the employer."""
    for place in places:
        if place.person_id is not None:
            people = [place.person_id]
        else:
            people = list(await uow.members.deciders(place.employer_id)) if place.employer_id else []
        for person_id in people:
            if person_id != but:
                await uow.tell(
                    person_id,
                    f"agreement.{what}.{row.kind}",
                    subject=("agreement", row.id),
                    dedupe=f"agreement.{what}:{row.id}:{place.role}",
                    employer_id=place.employer_id,
                )


async def void(
    uow: Uow,
    subject: tuple[str, UUID],
    *,
    by: Actor,
    at: datetime,
    reason: str,
    states: tuple[str, ...] = LIVE,
) -> None:
    """Nothing of a subject in these states binds any more."""
    for row in await uow.agreements.lock_live(*subject):
        if row.state in states:
            await uow.move(row, AGREEMENT, "void", by=by, at=at, reason=reason, closed_at=at, close_reason=reason)


async def signed(uow: Uow, subject: tuple[str, UUID]) -> Sequence[AgreementRow]:
    """The live agreements of a subject, each with its state."""
    return await uow.agreements.live_of(*subject)


async def check_start(uow: Uow, engagement: EngagementRow) -> None:
    """Raises Conflict `agreement_unsigned` where work of this posting needs an agreement before it begins and none of
    these terms is signed. A posting without triage asks for nothing."""
    triage = await uow.agreements.live_triage(engagement.posting_id)
    if triage is not None and triage.needed == "before_work" and not await uow.agreements.is_signed(engagement):
        raise Conflict("agreement_unsigned", kind=triage.kind)
