"""What alarms tell of a seat for its evidence pack, and how a person's words go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.alarms.data import kinds
from service.alarms.rules import reads_all
from service.proof import Fact, Personal, Side

if TYPE_CHECKING:
    from service.alarms.tables import AlarmRow
    from service.engagements.tables import EngagementRow
    from service.uow import Uow

TOLD = (
    "side", "kind", "left_at", "left_as", "back_in_line", "reopened_at", "escalated_at", "result", "closed_at",
)  # fmt: skip


async def tell_alarms(uow: Uow, seat: EngagementRow, side: Side) -> list[Fact]:
    """Both sides' alarms with every move and the officer's result; words where that side may read them."""
    facts: list[Fact] = []
    for row in await uow.alarms.of_seat(seat.id):
        told = await uow.evidence.told(row, columns=TOLD)
        if reads_all(kinds()[row.kind], side=row.side, reader=side):
            facts += [*told, *await _words(uow, row, side)]
        else:
            facts += _without_outcome(told)
    return facts


def _without_outcome(told: list[Fact]) -> list[Fact]:
    """The moves without what an officer found, and without what followed: that would show a case that is shielded."""
    return [
        replace(fact, facts={name: value for name, value in fact.facts.items() if name not in ("reason", "result")})
        for fact in told
        if fact.what != "alarm.link"
    ]


async def _words(uow: Uow, row: AlarmRow, reader: Side) -> list[Fact]:
    """What was written with the press; what was added later is its own side's alone."""
    said = [(row.id, row.side, row.pressed_by, row.words_sealed, row.created_at)]
    if reader == row.side:
        said += [
            (note.id, note.side, note.person_id, note.words_sealed, note.at)
            for note in await uow.alarms.notes(row.id)
            if note.person_id is not None
        ]
    found = []
    for of, side, person_id, sealed, at in said:
        words = await uow.alarms.opened(person_id, sealed)
        if words is not None:
            personal = {"words": Personal(words, person_id)}
            found.append(Fact(f"alarm_words:{of}", at, side, "alarm.words", {"kind": row.kind}, personal))
    return found


async def forget_person(uow: Uow, person_id: UUID) -> None:
    """A person is erased: what was written goes, also where the key is still about."""
    await uow.alarms.forget(person_id)


PORTS: dict[str, Any] = {"evidence.sources.alarms": tell_alarms, "alarms.forget": forget_person}
