"""What is settled when all people of an invented city are there: who works together, and whose number stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from service.actor import Actor
from service.people.tables import PersonRow
from service.testing.maker import Maker
from service.testing.people import Hand
from service.testing.rows import Step
from service.workers.tables import CrewMemberRow, CrewRow


def make_crews(maker: Maker, hands: Sequence[Hand], most: int) -> None:
    """A few people of one city who want to work together; everybody in it has said yes."""
    for n in range(min(most, len(hands) // 12)):
        group = [hand for hand in hands[n * 12 : n * 12 + 12] if hand.city_code == hands[n * 12].city_code][: 2 + n % 3]
        at, crew_id = maker.now - timedelta(days=9), maker.book.id("crew", n)
        leader = Actor("worker", group[0].id)
        surname = maker.chance("crew", n).choice(maker.words.surnames)
        maker.book.keep(
            CrewRow,
            crew_id,
            Step("create", "open", at, leader),
            leader_id=group[0].id,
            name=maker.words.crew_name.format(surname=surname),
            least=min(2, len(group)),
        )
        for hand in group:
            maker.book.keep(
                CrewMemberRow,
                maker.book.id("crew_member", n, hand.id),
                Step("join", None, at + timedelta(hours=1), Actor("worker", hand.id)),
                crew_id=crew_id,
                worker_id=hand.id,
                joined_at=at + timedelta(hours=1),
            )


async def drop_known_numbers(maker: Maker, session: AsyncSession) -> None:
    """Numbers that another seed has given away already, or this one twice: the officer's word stands instead."""
    rows = maker.book.waiting(PersonRow)
    wanted = [row["id_number_hash"] for row in rows if row["id_number_hash"]]
    query = select(PersonRow.id_number_hash).where(PersonRow.id_number_hash.in_(wanted), PersonRow.state == "active")
    taken = set((await session.scalars(query)).all()) if wanted else set()
    for row in rows:
        number = row["id_number_hash"]
        if number in taken:
            row |= {"id_number_hash": None, "id_number_sealed": None, "id_kind": None, "birth_date_basis": "officer"}
        elif number:
            taken.add(number)
