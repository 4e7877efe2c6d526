"""A market that changes at random: many hands at once, some that commit late, some that give up."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from service.actor import SYSTEM, Actor
from service.context import Context
from service.db.violations import TryAgain
from service.errors import DomainError
from service.ids import new_id
from service.postings.lifecycle import HELD, NOT_PAUSED, POSTING
from service.supplies.lifecycle import SUPPLY
from service.uow import Uow
from tests.builders import city
from tests.builders.applications import rows_of
from tests.builders.feed import closing

TRADES = ("dishwashing", "moving", "cleaning_home", "packing")
CITIES = (("310100", "310104"), ("310100", "310115"), ("330200", "330203"), ("320700", "320706"))
TITLES = ("晚市洗碗", "搬家两人", '<b>收银</b> "急"', "\U0001f37c 育儿嫂 & 月嫂", "包装工\\夜班", "漢字、ＡＢＣ")


class GivenUp(Exception):
    """This hand rolls back."""


@dataclass
class Market:
    """What stands in it, and chance."""

    ctx: Context
    chance: random.Random
    employers: list[UUID] = field(default_factory=list)
    workers: list[Any] = field(default_factory=list)
    postings: list[UUID] = field(default_factory=list)
    supplies: list[UUID] = field(default_factory=list)
    done: int = 0
    officer: Actor = SYSTEM

    async def open(self, changes: int) -> None:
        """Employers, one of them a household, and people: more of them for more changes, as in any market, or each
        new name of one would touch thousands of postings."""
        self.officer = Actor("officer", (await city.an_officer(self.ctx)).id, "api", None)
        self.employers = [(await city.an_employer(self.ctx)).id for _ in range(3 + changes // 400)]
        self.employers.append(
            (await city.an_employer(self.ctx, kind="household", name="欧阳建国", credit_code=None)).id
        )
        self.workers = [await city.a_worker(self.ctx) for _ in range(3)]

    async def change(self, count: int, hands: int) -> None:
        """So many changes by so many hands at once."""
        goal = self.done + count

        async def work() -> None:
            while self.done < goal:
                await self._transaction()

        await asyncio.gather(*(work() for _ in range(hands)))

    async def _transaction(self) -> None:
        steps, late = self.chance.randint(1, 6), self.chance.random() < 0.08
        made: list[tuple[list[UUID], UUID]] = []
        try:
            async with self.ctx.uow() as uow:
                for _ in range(steps):
                    await self._step(uow, made)
                await uow.flush()
                if late:
                    await asyncio.sleep(self.chance.random() * 0.5)
                if self.chance.random() < 0.05:
                    raise GivenUp
        except (GivenUp, DomainError, TryAgain):
            return
        self.done += steps
        for where, entity_id in made:
            where.append(entity_id)

    async def _step(self, uow: Uow, made: list[tuple[list[UUID], UUID]]) -> None:
        choice = self.chance.random()
        if choice < 0.2 or not self.postings:
            made.append((self.postings, await self._post(uow)))
        elif choice < 0.3 or not self.supplies:
            made.append((self.supplies, await self._offer(uow)))
        elif choice < 0.32:
            await self._rename(uow)
        elif choice < 0.7:
            await self._turn(uow, await self._locked(uow, "postings"), POSTING)
        else:
            await self._turn(uow, await self._locked(uow, "supplies"), SUPPLY)

    async def _locked(self, uow: Uow, noun: str) -> Any:
        entity_id = self.chance.choice(getattr(self, noun))
        return await getattr(uow, noun).lock(entity_id)

    async def _turn(self, uow: Uow, row: Any, lifecycle: Any) -> None:
        """Edit it, or move it wherever it may go, or hold what its author has paused."""
        now = await uow.now()
        actions = lifecycle.possible(row.state)
        by = self.chance.choice((SYSTEM, self.officer))
        if row.state == "paused" and self.chance.random() < 0.2:
            await uow.edit(row, by=self.officer, at=now, action="hold", paused_by=HELD, paused_before="shown")
        elif not actions or self.chance.random() < 0.4:
            await uow.edit(row, by=by, at=now, title=f"{self.chance.choice(TITLES)}{self.chance.randint(0, 5)}")
        else:
            action = self.chance.choice(sorted(actions))
            more = closing(lifecycle, row.state, action, now) | {"published_at": row.published_at or now} | NOT_PAUSED
            if action == "pause":
                more["paused_by"] = "person" if lifecycle is SUPPLY else "employer"
            await uow.move(row, lifecycle, action, by=by, at=now, **more)
        await uow.flush()

    async def _rename(self, uow: Uow) -> None:
        row = await uow.employers.lock(self.chance.choice(self.employers))
        await uow.edit(row, by=SYSTEM, at=await uow.now(), name=f"某某商行{self.chance.randint(1, 99)}")

    async def _post(self, uow: Uow) -> UUID:
        now = await uow.now()
        place, district = self.chance.choice(CITIES)
        columns: dict[str, Any] = {
            "id": new_id(), "employer_id": self.chance.choice(self.employers), "state": "draft", "channel": "api",
            "title": self.chance.choice(TITLES), "trade": self.chance.choice(TRADES), "job_kind": "day_labour",
            "binding": "shift", "headcount": 2, "city_code": place, "district_code": district, "address": "某路2号",
            "lon": 121.4365001, "lat": 31.188, "sent_datum": "wgs84", "pay_fen": self.chance.randint(2000, 4000),
            "pay_unit": "hour", "settlement": "daily", "terms_hash": "0" * 64, "source": None, "source_id": None,
            "valid_until": now + timedelta(days=30), "published_at": now, "private": self.chance.random() < 0.1,
        }  # fmt: skip
        row = uow.postings.new(**columns)
        await uow.add(row, by=SYSTEM)
        await uow.flush()
        await uow.move(row, POSTING, "publish", by=SYSTEM, at=now)
        await uow.flush()
        return UUID(str(columns["id"]))

    async def _offer(self, uow: Uow) -> UUID:
        now = await uow.now()
        place, district = self.chance.choice(CITIES)
        row = uow.supplies.new(
            self.chance.choice(self.workers).id, kind="work", title=self.chance.choice(TITLES), description=None,
            trades=self.chance.sample(TRADES, 2), work_modes=["on_site"], city_code=place,
            district_codes=[district] if self.chance.random() < 0.5 else [], weekly=None, pay_wish_fen=None,
            pay_wish_unit=None, channel="api", warnings=[], valid_until=now + timedelta(days=30),
        )  # fmt: skip
        await uow.add(row, by=SYSTEM)
        await uow.flush()
        await uow.move(row, SUPPLY, "publish", by=SYSTEM, at=now, published_at=now)
        await uow.flush()
        return UUID(str(row.id))


PUBLIC = """
select 'posting', p.id::text, p.state, p.title, p.trade, p.city_code, p.pay_fen,
       case when e.kind = 'household' then null else e.name end
from postings p join employers e on e.id = p.employer_id
where p.state in ('published', 'filled') and not p.private
union all
select 'supply', id::text, state, title, trades->>0, city_code, null, null from supplies where state = 'published'
"""


async def public_now(ctx: Context) -> set[tuple[Any, ...]]:
    """What is public, in the test's own words."""
    return set(await rows_of(ctx, PUBLIC))


def copied(rows: Any) -> set[tuple[Any, ...]]:
    """The same of a copy."""
    made = set()
    for entry in rows:
        body = entry["body"]
        if entry["kind"] == "posting":
            employer = body["employer"]
            name = None if employer["kind"] == "household" else employer["name"]
            head = body["trade"], body["place"]["city_code"], body["pay"]["amount_fen"], name
        else:
            head = body["trades"][0], body["city_code"], None, None
        made.add((entry["kind"], entry["id"], body["state"], body["title"], *head))
    return made
