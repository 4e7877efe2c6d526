"""Agreements as their parties and officers read them; anybody may ask whether one is known."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from service.actor import STAFF
from service.agreements.data import template_of, template_version
from service.agreements.lifecycle import KINDS, LIVE
from service.agreements.rules import hash_of
from service.agreements.rules.lawful import contract_due
from service.agreements.rules.signing import kind_of
from service.agreements.usecases.sides import check_may_read, is_nameless, listed, read_document, seen, view_of
from service.agreements.views import (
    AgreementView,
    DocumentView,
    OwedView,
    SummaryView,
    TemplateView,
    VerifiedView,
    differences_of,
    document_view,
    template_view,
)
from service.errors import Gone, Missing, Refused
from service.pages import After, Page, page_of
from service.worktime import local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller


async def list_templates(ctx: Context) -> list[TemplateView]:
    """Every kind as it is today."""
    async with ctx.uow() as uow:
        now = await uow.now()
    limits = ctx.policies.at(now).agreements
    return [template_view(template_of(kind, local_day(now)), limits) for kind in KINDS]


async def list_agreements(
    ctx: Context,
    *,
    states: Collection[str],
    kind: str | None,
    subject_id: UUID | None,
    by: Caller,
    after: After,
    limit: int,
) -> Page[AgreementView]:
    """The caller's own, or of the officer's regions; the newest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.agreements.page(
            person_id=by.person_id if by.role == "worker" else None,
            employer_id=by.employer_id if by.role == "member" else None,
            regions=by.served if by.role in STAFF else None,
            states=states,
            kind=kind,
            subject_id=subject_id,
            after=after(now),
            limit=limit + 1,
        )
        places = await uow.agreements.signatures(*(row.id for row in rows))
        views = [listed(row, places[row.id], by) for row in rows]
        return page_of(views, limit, now, lambda view: [view.drawn_at.isoformat(), str(view.id)])


async def get_agreement(ctx: Context, agreement_id: UUID, *, reason: str | None, by: Caller) -> DocumentView:
    """One with its words. Raises Missing, Refused `agreement_reason_needed`, `reason_unknown` for staff."""
    async with ctx.uow() as uow:
        row, _ = await seen(uow, agreement_id, by)
        await check_may_read(uow, row, by, reason)
        document, text = await read_document(uow, row, by)
        return document_view(await view_of(uow, row, by), document, text)


async def get_summary(ctx: Context, agreement_id: UUID, *, reason: str | None, by: Caller) -> SummaryView:
    """The page to be read aloud. Raises as `get_agreement`, Gone `agreement_forgotten`."""
    async with ctx.uow() as uow:
        row, _ = await seen(uow, agreement_id, by)
        await check_may_read(uow, row, by, reason)
        document, _ = await read_document(uow, row, by)
        if document is None:
            raise Gone("agreement_forgotten")
        template = template_version(row.kind, row.template_version)
        lines = list(document["summary"])
        return SummaryView(
            id=row.id,
            kind=row.kind,
            title=document["title"],
            lines=lines,
            text="\n".join(lines),
            differences=differences_of(template, document),
            hash=row.hash,
        )


async def get_paper(ctx: Context, agreement_id: UUID, *, reason: str | None, by: Caller) -> DocumentView:
    """What the paper is printed from. Raises as `get_summary`."""
    view = await get_agreement(ctx, agreement_id, reason=reason, by=by)
    if not view.terms:
        raise Gone("agreement_forgotten")
    return view


async def get_picture(
    ctx: Context, agreement_id: UUID, *, role: str, reason: str | None, by: Caller
) -> tuple[bytes, str]:
    """A party's signed paper and the kind of picture. Raises Missing where it signed otherwise, Gone
    `agreement_forgotten`, Refused as `get_agreement`."""
    async with ctx.uow() as uow:
        row, places = await seen(uow, agreement_id, by)
        place = next((each for each in places if each.role == role and each.picture_hash is not None), None)
        if place is None or is_nameless(row, places, by):
            raise Missing
        await check_may_read(uow, row, by, reason)
        data = await uow.agreements.picture_of(place)
        kind = kind_of(data) if data is not None else None
        if data is None or kind is None:
            raise Gone("agreement_forgotten")
        return data, kind


async def verify(ctx: Context, *, hash: str | None, text: str | None) -> VerifiedView:
    """Whether a hash, or the hash of a text, is that of an agreement of this service, and whether it still binds.

    Raises Refused `agreement_hash_or_text`.
    """
    if (hash is None) == (text is None):
        raise Refused("agreement_hash_or_text", field="/hash")
    digest = hash_of(text) if text is not None else str(hash)
    async with ctx.uow() as uow:
        row = await uow.agreements.by_hash(digest)
        if row is None:
            return VerifiedView(known=False, hash=digest)
        template = template_version(row.kind, row.template_version)
        return VerifiedView(
            known=True,
            hash=digest,
            state=row.state,
            live=row.state in LIVE,
            kind=row.kind,
            zh=template.zh,
            en=template.en,
            edition=row.edition,
            drawn_at=row.created_at,
            signed_at=row.signed_at,
        )


async def list_owed(ctx: Context, *, by: Caller, limit: int) -> list[OwedView]:
    """Labour relations that have begun without a written contract, the oldest first."""
    async with ctx.uow() as uow:
        now = await uow.now()
        rows = await uow.agreements.owed(
            employer_id=by.employer_id if by.role == "member" else None,
            worker_id=by.person_id if by.role == "worker" else None,
            regions=by.served if by.role in STAFF else None,
            limit=limit,
        )
        return [
            OwedView(each.posting_id, each.employer_id, each.worker_id, each.since, due, overdue=due <= now)
            for each in rows
            for due in [contract_due(each.since)]
        ]
