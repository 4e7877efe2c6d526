"""What is public now, what the log last said of it, and why something left: read for many entities at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import String, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from service.db.base import table_of
from service.db.driver import Statement, fetch
from service.employers.tables import EmployerRow
from service.feed.bodies import canonical, posting_body, supply_body
from service.feed.rules import ENDLESS, cause_of, places_of, row_digest, stopped_by
from service.feed.values import Held, Truth
from service.postings.lifecycle import PUBLIC as PUBLIC_POSTING
from service.postings.tables import PostingRow
from service.reference.tables import ReferenceRow
from service.supplies.lifecycle import PUBLIC as PUBLIC_SUPPLY
from service.supplies.tables import SupplyRow
from service.workers.tables import CertificateRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

CODE_LISTS = ("trade", "region", "occupation", "industry", "certificate")
_IDS: Any = ARRAY(table_of(PostingRow).c.id.type)
_PAPERS = (
    select(func.coalesce(func.array_agg(CertificateRow.kind.distinct()), cast([], ARRAY(String))))
    .where(
        CertificateRow.worker_id == SupplyRow.worker_id,
        CertificateRow.removed_at.is_(None),
        CertificateRow.verified_at.is_not(None),
        or_(CertificateRow.valid_until.is_(None), CertificateRow.valid_until >= bindparam("day")),
    )
    .correlate(SupplyRow)
    .scalar_subquery()
)
POSTINGS = (
    select(
        *(column for column in table_of(PostingRow).c if column.key not in ("search", "warnings", "defaulted")),
        EmployerRow.name.label("employer_name"),
        EmployerRow.kind.label("employer_kind"),
        EmployerRow.state.label("employer_state"),
    )
    .join(EmployerRow, EmployerRow.id == PostingRow.employer_id)
    .where(PostingRow.id == func.any(bindparam("ids", type_=_IDS)))
    .where(PostingRow.state.in_(PUBLIC_POSTING), PostingRow.private.is_(False))
)
SUPPLIES = (
    select(*(column for column in table_of(SupplyRow).c if column.key != "warnings"), _PAPERS.label("certificates"))
    .where(SupplyRow.id == func.any(bindparam("ids", type_=_IDS)))
    .where(SupplyRow.state.in_(PUBLIC_SUPPLY))
)
HELD = Statement(
    f"""
    select entity_id, seq, city_code, state, trades, places, origin, digest, urgent from feed_entries
    where kind = :kind and entity_id = any(cast(:ids as uuid[])) and next_seq = {ENDLESS}
    """
)
LEFT = Statement(
    """
    select distinct on (entity_id) entity_id, to_state, action, reason, actor_kind from transitions
    where noun = :kind and entity_id = any(cast(:ids as uuid[])) and from_state = any(cast(:public as text[]))
      and not coalesce(to_state, '') = any(cast(:public as text[]))
    order by entity_id, version desc
    """
)
STANDING = {
    "posting": Statement("select id, state, paused_by, closed_at from postings where id = any(cast(:ids as uuid[]))"),
    "supply": Statement("select id, state, paused_by, closed_at from supplies where id = any(cast(:ids as uuid[]))"),
}
SUPPLIERS = Statement(
    """
    select t.entity_id, k.name from transitions t join api_keys k on k.id = t.actor_id
    where t.noun = :kind and t.entity_id = any(cast(:ids as uuid[])) and t.version = 1
      and t.actor_kind = 'integrator'
    """
)
_CODES = ", ".join(f"'{code}'" for code in sorted(PUBLIC_POSTING))
PUBLIC_AFTER = {
    "posting": Statement(
        f"select id from postings where state in ({_CODES}) and not private and id > :after order by id limit :most"
    ),
    "supply": Statement("select id from supplies where state = 'published' and id > :after order by id limit :most"),
}
LIVE_AFTER = Statement(
    f"select entity_id as id from feed_entries where kind = :kind and next_seq = {ENDLESS} and not removed"
    " and entity_id > :after order by entity_id limit :most"
)
OF_EMPLOYERS = Statement(
    f"select id from postings where state in ({_CODES}) and employer_id = any(cast(:ids as uuid[]))"
)
OF_CERTIFICATES = Statement(
    "select s.id from supplies s join certificates c on c.worker_id = s.worker_id"
    " where s.state = 'published' and c.id = any(cast(:ids as uuid[]))"
)
PAPERS_ENDING = Statement(
    "select s.id from supplies s join certificates c on c.worker_id = s.worker_id"
    " where s.state = 'published' and c.valid_until >= :first and c.valid_until < :last"
)
STAMPS = (
    select(ReferenceRow.kind, func.count(), func.sum(ReferenceRow.version))
    .where(ReferenceRow.kind.in_(CODE_LISTS))
    .group_by(ReferenceRow.kind)
    .order_by(ReferenceRow.kind)
)


class FeedTruth:
    """Read-only; of the moment of each statement."""

    session: AsyncSession

    async def truths(self, kind: str, ids: Sequence[UUID], day: date) -> dict[UUID, Truth]:
        """Those of these entities that are public, as the feed says them; certificates as of `day`."""
        if kind == "posting":
            rows = (await self.session.execute(POSTINGS, {"ids": list(ids)})).mappings()
            return {row["id"]: _posting(dict(row)) for row in rows}
        rows = (await self.session.execute(SUPPLIES, {"ids": list(ids), "day": day})).mappings()
        return {row["id"]: _supply(dict(row)) for row in rows}

    async def held(self, kind: str, ids: Sequence[UUID]) -> dict[UUID, Held]:
        """The last entry of each that has one."""
        rows = await fetch(self.session, HELD, {"kind": kind, "ids": list(ids)})
        return {row["entity_id"]: Held(**{name: row[name] for name in Held.__slots__}) for row in rows}

    async def causes(self, kind: str, ids: Sequence[UUID], public: Sequence[str]) -> dict[UUID, tuple[str, bool]]:
        """Why each of these left the public, and whether copies must act at once; those erased are not in it."""
        asked = {"kind": kind, "ids": list(ids), "public": list(public)}
        found = await fetch(self.session, LEFT, asked)
        why = ("to_state", "action", "reason", "actor_kind")
        left = {row["entity_id"]: cause_of(*(row[name] for name in why)) for row in found}
        stopped = await self.stopped(kind, ids)
        return {
            each: (cause, True) if cause else left.get(each, ("withdrawn", False)) for each, cause in stopped.items()
        }

    async def stopped(self, kind: str, ids: Sequence[UUID]) -> dict[UUID, str | None]:
        """By what an officer keeps each of these from the public (None: nobody does); those erased are not in it."""
        rows = await fetch(self.session, STANDING[kind], {"ids": list(ids)})
        return {
            row["id"]: stopped_by(row["state"], row["paused_by"], closed=row["closed_at"] is not None) for row in rows
        }

    async def suppliers(self, kind: str, ids: Sequence[UUID]) -> dict[UUID, str]:
        """The partner whose key brought each of these, by the name of the key."""
        rows = await fetch(self.session, SUPPLIERS, {"kind": kind, "ids": list(ids)})
        return {row["entity_id"]: row["name"] for row in rows}

    async def public_after(self, kind: str, after: UUID, most: int) -> list[UUID]:
        """Ids of what is public, behind an id, in their order."""
        return [row["id"] for row in await fetch(self.session, PUBLIC_AFTER[kind], {"after": after, "most": most})]

    async def everything_after(self, kind: str, after: UUID, most: int) -> list[UUID]:
        """Ids of what is public or what the log holds as public, behind an id, in their order."""
        asked = {"kind": kind, "after": after, "most": most}
        held = {row["id"] for row in await fetch(self.session, LIVE_AFTER, asked)}
        return sorted(held.union(await self.public_after(kind, after, most)))[:most]

    async def touched(self, news: Mapping[str, set[UUID]]) -> dict[str, set[UUID]]:
        """Postings and supply postings whose body may be another one after news of the log."""
        employers, papers = list(news.get("employer", ())), list(news.get("certificate", ()))
        postings, supplies = set(news.get("posting", ())), set(news.get("supply", ()))
        if employers:
            postings |= {row["id"] for row in await fetch(self.session, OF_EMPLOYERS, {"ids": employers})}
        if papers:
            supplies |= {row["id"] for row in await fetch(self.session, OF_CERTIFICATES, {"ids": papers})}
        return {"posting": postings, "supply": supplies}

    async def papers_ending(self, one_day: date, other_day: date) -> set[UUID]:
        """Supply postings with a certificate that is valid on one of two days and not on the other."""
        first, last = min(one_day, other_day), max(one_day, other_day)
        return {row["id"] for row in await fetch(self.session, PAPERS_ENDING, {"first": first, "last": last})}

    async def code_lists(self) -> dict[str, str]:
        """The version of each list of codes: another one after any change of it."""
        return {kind: f"{rows}.{versions}" for kind, rows, versions in await self.session.execute(STAMPS)}


def _posting(row: Mapping[str, Any]) -> Truth:
    places = places_of(row["city_code"], [row["district_code"]] if row["district_code"] else [])
    return _truth(row, [row["trade"]], places, posting_body(row))


def _supply(row: Mapping[str, Any]) -> Truth:
    body = supply_body({**row, "certificates": sorted(row["certificates"])})
    return _truth(row, list(row["trades"]), places_of(row["city_code"], row["district_codes"]), body)


def _truth(row: Mapping[str, Any], trades: list[str], places: list[str], body: Mapping[str, Any]) -> Truth:
    written = canonical(body)
    return Truth(row["city_code"], row["state"], trades, places, written, row_digest(written))
