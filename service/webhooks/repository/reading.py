"""Reading the log for events, below the oldest running transaction: nothing can still be committed there.

One reader works at a time (row lock); what it has read and what it made of it are committed together, so no line
is read twice or left out, whoever dies when.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service.webhooks.rules.events import Line

if TYPE_CHECKING:
    from service.uow import Uow

NOUNS = ("posting", "shift", "supply", "application", "engagement")
MOST = 2000
BEGIN = text(
    "insert into webhook_reader (id, horizon) values (1, pg_snapshot_xmin(pg_current_snapshot()))"
    " on conflict do nothing"
)
HORIZON = text(
    "select horizon::text::bigint as done, pg_snapshot_xmin(pg_current_snapshot())::text::bigint as safe"
    " from webhook_reader for update skip locked"
)
ADVANCE = text("update webhook_reader set horizon = cast(cast(cast(:safe as bigint) as text) as xid8)")
# The posting's first line says which key brought it: `version` 1 stands in the index.
LINES = text(
    """
    with news as (
        select t.* from transitions t
        where t.txid >= cast(cast(cast(:done as bigint) as text) as xid8)
          and t.txid < cast(cast(cast(:safe as bigint) as text) as xid8)
          and t.noun = any(:nouns)
        order by t.txid, t.id limit cast(:most as bigint)
    )
    select t.id, t.txid::text::bigint as txid, t.noun, t.entity_id, t.version, t.action, t.from_state, t.to_state,
           t.at, case when t.actor_kind = 'integrator' then t.actor_id end as by_key,
           p.id as posting_id, coalesce(p.employer_id, a.employer_id, e.employer_id) as employer_id,
           first.actor_id as supplier, coalesce(p.private, false) as private,
           coalesce(p.state in ('published', 'filled'), false) as shown,
           coalesce(p.district_code, p.city_code) as place, u.city_code as supply_city, u.district_codes
    from news t
    left join shifts s on t.noun = 'shift' and s.id = t.entity_id
    left join applications a on t.noun = 'application' and a.id = t.entity_id
    left join engagements e on t.noun = 'engagement' and e.id = t.entity_id
    left join supplies u on t.noun = 'supply' and u.id = t.entity_id
    left join postings p on p.id = case t.noun when 'posting' then t.entity_id
                                               when 'shift' then s.posting_id
                                               when 'application' then a.posting_id
                                               when 'engagement' then e.posting_id end
    left join transitions first on first.noun = 'posting' and first.entity_id = p.id and first.version = 1
                               and first.actor_kind = 'integrator'
    order by t.txid, t.id
    """
)


class ReadingRepository:
    """`uow.webhook_log`."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    async def begin(self) -> None:
        """Read from now on, unless it is being read already."""
        await self.session.execute(BEGIN)

    async def news(self) -> tuple[list[Line], int] | None:
        """Lines of whole transactions and the horizon behind them; None where nobody reads, or another one does."""
        state = (await self.session.execute(HORIZON)).mappings().one_or_none()
        if state is None:
            return None
        lines = await self._lines(state["done"], state["safe"], MOST)
        if len(lines) < MOST:
            return lines, state["safe"]
        last = lines[-1].txid
        whole = [line for line in lines if line.txid != last]
        if whole:
            return whole, last
        return await self._lines(last, last + 1, None), last + 1

    async def advance(self, horizon: int) -> None:
        """Everything below is read."""
        await self.session.execute(ADVANCE, {"safe": horizon})

    async def _lines(self, done: int, safe: int, most: int | None) -> list[Line]:
        values = {"done": done, "safe": safe, "nouns": list(NOUNS), "most": most}
        return [_line(row) for row in (await self.session.execute(LINES, values)).mappings()]


_SAME = (
    "id", "txid", "noun", "entity_id", "version", "action", "from_state", "to_state", "at", "by_key", "posting_id",
    "employer_id", "supplier", "private", "shown",
)  # fmt: skip


def _line(row: Any) -> Line:
    return Line(**{name: row[name] for name in _SAME}, places=tuple(_places(row)))


def _places(row: Any) -> Iterable[str]:
    if row["supply_city"] is not None:
        return row["district_codes"] or [row["supply_city"]]
    return [row["place"]] if row["place"] is not None else []
