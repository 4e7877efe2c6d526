"""Sealing the log: committed lines get a gapless number and a hash that holds the one before.

Inline chaining would cost ten times the writes (invariants F17), so a loop seals what lies below the
oldest running transaction: nothing can still be committed there. One sealer works at a time (row lock).
A line whose MAC is not right was not written by this service: it is sealed like all others, and the anchor
of that round says so. Signed heads go to a file outside the database, so that a change of the whole chain shows.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any
from weakref import WeakKeyDictionary

import orjson
import structlog
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from service.changes import mac_of
from service.context import Context
from service.db.engine import Database
from service.db.tables import SealRow
from service.jobs.anchors import Head, append_anchor, has_begun

MOST = 5000
NATIONAL = "000000"
HORIZON = text(
    "select horizon::text as done, pg_snapshot_xmin(pg_current_snapshot())::text as safe,"
    " clock_timestamp() as real_now from sealer for update skip locked"
)
LINES = text(
    """
    select txid::text as txid, id::text, noun, entity_id::text, version, action, from_state, to_state, reason,
           changes::text, actor_kind, actor_id::text, on_behalf_of::text, channel, request_id, city_code,
           at at time zone 'UTC' as at, mac
    from transitions where txid >= cast(cast(:done as text) as xid8) and txid < cast(cast(:safe as text) as xid8)
    order by transitions.txid, transitions.id limit cast(:most as bigint)
    """
)
HEADS = text(
    "select distinct on (chain) chain, seq, hash from seals where chain = any(:chains) order by chain, seq desc"
)
ALL_HEADS = text(
    """
    with recursive known as (
        select min(chain) as chain from seals
        union all select (select min(chain) from seals where chain > known.chain) from known where chain is not null
    )
    select last.* from known, lateral
        (select chain, seq, hash from seals where seals.chain = known.chain order by seq desc limit 1) as last
    """
)
ADVANCE = text("update sealer set horizon = cast(cast(:safe as text) as xid8)")
UNSEALED = text(
    "select count(*) from (select from transitions where txid >= (select horizon from sealer)"
    " and txid < (select pg_snapshot_xmin(pg_current_snapshot())) limit 100000) as waiting"
)

log = structlog.get_logger("sealer")
_BEGUN: WeakKeyDictionary[Database, set[str]] = WeakKeyDictionary()


def chain_of(city_code: str | None) -> str:
    """One chain a province; what belongs to no place stands in the national one."""
    return f"{city_code[:2]}0000" if city_code else NATIONAL


def digest(previous: bytes, line: Mapping[str, Any]) -> bytes:
    """The hash of a line (but its MAC) behind `previous`; anyone with the rows can compute it again."""
    said = {name: value for name, value in line.items() if name != "mac"}
    return hashlib.sha256(previous + orjson.dumps(said, option=orjson.OPT_SORT_KEYS, default=str)).digest()


async def seal(ctx: Context) -> int:
    """Seal what can be sealed; the number of lines. Does nothing while another process seals."""
    async with ctx.database.sessions() as session, session.begin():
        state = (await session.execute(HORIZON)).mappings().one_or_none()
        if state is None:
            return 0
        first = str(ctx.settings.data_dir) not in _BEGUN.get(ctx.database, ())
        heads = await _all_heads(session) if first else {}
        lines, safe = await _whole_transactions(session, state["done"], state["safe"])
        lenient = first and not has_begun(ctx)  # what an older release has left was written without MACs
        foreign = [line["id"] for line in lines if not is_ours(ctx, line) and (line["mac"] or not lenient)]
        heads |= await _append(ctx, session, lines, state["real_now"])
        await session.execute(ADVANCE, {"safe": safe})
        await ctx.faults.at("seal.step")
    if foreign:
        log.error("log_line_not_ours", lines=foreign[:20], count=len(foreign))
    append_anchor(ctx, heads, foreign, state["real_now"])
    _BEGUN.setdefault(ctx.database, set()).add(str(ctx.settings.data_dir))
    return len(lines)


def is_ours(ctx: Context, line: Mapping[str, Any]) -> bool:
    """Whether this service wrote the line: who only has the database cannot make its MAC."""
    return compare_digest(bytes(line["mac"]), mac_of(ctx.vault, line))


async def _all_heads(session: AsyncSession) -> dict[str, Head]:
    """Every head, for the first round of a process: the round before may have broken off before its anchor."""
    return {row["chain"]: (row["seq"], bytes(row["hash"])) for row in (await session.execute(ALL_HEADS)).mappings()}


async def _whole_transactions(session: AsyncSession, done: str, safe: str) -> tuple[list[dict[str, Any]], str]:
    """Lines of whole transactions, and before which one sealing goes on.

    When the limit cuts, stop before the transaction that may be cut; one that is larger than the limit is
    taken whole, for what is left out here is sealed by no later round.
    """
    lines = await _lines(session, done, safe, MOST)
    if len(lines) < MOST:
        return lines, safe
    last = lines[-1]["txid"]
    kept = [line for line in lines if line["txid"] != last]
    if kept:
        return kept, last
    behind = str(int(last) + 1)
    return await _lines(session, last, behind, None), behind


async def _lines(session: AsyncSession, done: str, safe: str, most: int | None) -> list[dict[str, Any]]:
    found = await session.execute(LINES, {"done": done, "safe": safe, "most": most})
    return [dict(row) for row in found.mappings()]


async def _append(ctx: Context, session: AsyncSession, lines: list[dict[str, Any]], real_now: Any) -> dict[str, Head]:
    by_chain: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        by_chain[chain_of(line["city_code"])].append(line)
    if not by_chain:
        return {}
    known = (await session.execute(HEADS, {"chains": list(by_chain)})).mappings().all()
    heads = {row["chain"]: (int(row["seq"]), bytes(row["hash"])) for row in known}
    rows = []
    for chain, members in by_chain.items():
        seq, last = heads.get(chain, (0, b""))
        for line in members:
            seq, last = seq + 1, digest(last, line)
            mac = ctx.vault.mac("seal", f"{chain}:{seq}:{last.hex()}")
            rows.append(
                {
                    "chain": chain,
                    "seq": seq,
                    "transition_id": line["id"],
                    "hash": last,
                    "mac": mac,
                    "sealed_at": real_now,
                }
            )
        heads[chain] = (seq, last)
    await session.execute(insert(SealRow), rows)
    return {chain: heads[chain] for chain in by_chain}
