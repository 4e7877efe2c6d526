"""Store postings of a source that is imported: each row by the source's own id, the same checks as a form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from service.actor import Actor
from service.errors import Conflict, FieldError
from service.geo import PointRefused
from service.guard import errors_of, held_back, is_blocked
from service.guard.telling import OTHER_EMPLOYER
from service.postings.lifecycle import LIVE, OPEN_TO_EDIT, POSTING
from service.postings.rules import from_source, stale_at
from service.postings.rules.terms import canonical
from service.postings.usecases.changing import apply_change
from service.postings.usecases.ground import check_asked, offer, store_checked, watch_freshness
from service.uow import Uow

if TYPE_CHECKING:
    from datetime import datetime

    from service.employers.tables import EmployerRow
    from service.policies.model import PostingsPolicy, ReviewsPolicy
    from service.postings.rules import Checked
    from service.postings.tables import PostingRow
    from service.shifts.tables import ShiftRow

BACK = {"submitted": "recall", "rejected": "reopen"}


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of one row of a source. `errors` are by JSON pointer and only there when it was refused."""

    outcome: Literal["accepted", "updated", "unchanged", "refused"]
    posting_id: UUID | None = None
    state: str | None = None
    errors: tuple[FieldError, ...] = ()
    warnings: list[dict[str, Any]] = field(default_factory=list)
    defaulted: list[str] = field(default_factory=list)


async def upsert_from_source(
    uow: Uow, *, employer_id: UUID, source: str, source_id: str, fields: Mapping[str, Any], by: Actor, new: bool = False
) -> Upserted:
    """Store, change or leave one imported posting, known by the source's own id, in the caller's transaction.

    `fields` are the importer's mapped targets. Whether `by` may act for the employer has been settled before.
    A refused row has written nothing. A posting that has ended and comes again with other content is refused
    as `posting_over`; with the same content it is unchanged. `new` says that the id has been looked for and was
    not there; if somebody stores it meanwhile, the index of sources refuses (Conflict).
    """
    employer = await uow.postings.employer(employer_id)
    known = None if new else await uow.postings.find_source(source, source_id)
    digest = hashlib.sha256(canonical(dict(fields))).digest()
    try:
        asked = from_source(fields)
    except PointRefused as wrong:
        return Upserted("refused", known, errors=(FieldError("/place/point", wrong.code),))
    missing = tuple(FieldError(f"/{name}", "field_missing") for name in _absent(asked))
    if missing:
        return Upserted("refused", known, errors=missing)
    other: list[dict[str, Any]] = []
    if fields.get(OTHER_EMPLOYER):
        other.append({"pointer": "/title", "code": OTHER_EMPLOYER, "facts": {}})
    if known is None:
        return await _accept(uow, employer, asked, digest, source, source_id, by, other)
    return await _update(uow, known, employer, asked, digest, by, other)


def _absent(asked: Mapping[str, Any]) -> list[str]:
    wanted = {name: asked.get(name) for name in ("trade", "headcount")}
    wanted |= {f"pay/{name}": asked["pay"].get(name) for name in ("amount_fen", "unit")}
    return [name for name, value in wanted.items() if value is None]


async def _accept(
    uow: Uow,
    employer: EmployerRow,
    asked: Mapping[str, Any],
    digest: bytes,
    source: str,
    source_id: str,
    by: Actor,
    other: list[dict[str, Any]],
) -> Upserted:
    checked = await check_asked(uow, asked, employer.city_code, employer.id)
    checked.columns["warnings"] += other
    if checked.errors:
        return Upserted("refused", None, errors=checked.errors)
    if is_blocked(checked.warnings):
        return Upserted("refused", None, errors=errors_of(held_back(checked.warnings), uow.ctx.language))
    more = {"source": source, "source_id": source_id, "source_digest": digest}
    posting = await store_checked(uow, employer, checked, by=by, channel="import", **more)
    await offer(uow, posting, employer, by=by, at=await uow.now())
    return Upserted("accepted", posting.id, posting.state, warnings=checked.warnings, defaulted=list(posting.defaulted))


async def _update(
    uow: Uow,
    posting_id: UUID,
    employer: EmployerRow,
    asked: Mapping[str, Any],
    digest: bytes,
    by: Actor,
    other: list[dict[str, Any]],
) -> Upserted:
    shifts = await uow.shifts.lock_open(posting_id)
    posting = await uow.postings.lock(posting_id)
    if posting.employer_id != employer.id:
        return Upserted("refused", None, errors=(FieldError("/source_id", "source_id_taken"),))
    if posting.source_digest == digest:
        await _refresh(uow, posting, by)
        return Upserted("unchanged", posting.id, posting.state)
    if posting.state not in OPEN_TO_EDIT | {"submitted", "rejected"}:
        return Upserted("refused", posting.id, posting.state, (FieldError("", "posting_over"),))
    known = frozenset(shift.occurrence for shift in shifts)
    checked = await check_asked(uow, asked, employer.city_code, employer.id, known)
    checked.columns["warnings"] += other
    if checked.errors:
        return Upserted("refused", posting.id, posting.state, checked.errors)
    if is_blocked(checked.warnings):
        return Upserted("refused", posting.id, posting.state, errors_of(held_back(checked.warnings), uow.ctx.language))
    try:
        await _rewrite(uow, posting, shifts, checked, employer, digest, by)
    except Conflict as conflict:  # people are engaged on the old terms: nothing has been written yet
        return Upserted("refused", posting.id, posting.state, (FieldError("/time", conflict.code, conflict.facts),))
    return Upserted("updated", posting.id, posting.state, (), checked.warnings, list(posting.defaulted))


async def _refresh(uow: Uow, posting: PostingRow, by: Actor) -> None:
    """A source that sends the same once more says that it still holds; written once within the notice's days."""
    now = await uow.now()
    since = posting.refreshed_at or posting.published_at
    if posting.state not in LIVE or since is None or posting.valid_until <= now:
        return
    notice, _ = stale_at(since, *_freshness(uow, posting, now))
    if now >= notice:
        await uow.edit(posting, by=by, at=now, action="refresh", refreshed_at=now)
        await watch_freshness(uow, posting, now)


def _freshness(uow: Uow, posting: PostingRow, now: datetime) -> tuple[PostingsPolicy, ReviewsPolicy]:
    policies = uow.ctx.policies.at(now, posting.city_code)
    return policies.postings, policies.reviews


async def _rewrite(
    uow: Uow,
    posting: PostingRow,
    shifts: list[ShiftRow],
    checked: Checked,
    employer: EmployerRow,
    digest: bytes,
    by: Actor,
) -> None:
    now = await uow.now()
    if posting.state in BACK:
        await uow.move(posting, POSTING, BACK[posting.state], by=by, at=now, review_due_at=None, reviewer_id=None)
    was_draft = posting.state == "draft"
    await apply_change(uow, posting, shifts, checked, employer, by=by, at=now, source_digest=digest)
    if was_draft:
        await offer(uow, posting, employer, by=by, at=now)
