"""What the log tells of an entity, line by line, as facts: for this feature's own sources and for those of others."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import DateTime, select

from service.db.base import Entity, table_of
from service.db.tables import TransitionRow
from service.proof import Fact, Personal
from service.worktime import rfc3339

if TYPE_CHECKING:
    from service.uow import Uow

CODE = re.compile(r"[a-z][a-z0-9_.]{0,63}")
SIDES = {"worker": "worker", "member": "employer", "integrator": "employer", "system": "service"}
NAMELESS = "anybody"


def who(actor_kind: str) -> str:
    """Which side an actor of the log is; officers, administrators and kiosks are the office."""
    return SIDES.get(actor_kind, "office")


class TellingRepository:
    """Any feature may ask: `await uow.evidence.told(row, columns=…)` is its part of a pack."""

    uow: Uow

    async def told(
        self,
        row: Entity,
        *,
        columns: Collection[str],
        words: Mapping[str, UUID] | None = None,
        nameless: str = "office",
        firms: Mapping[UUID, str] | None = None,
    ) -> list[Fact]:
        """Each line of the log about `row`: the move, by whom, and what these columns became.

        `words` names columns that hold what people wrote, with the person whose key keeps them. Of what the log keeps
        as a commitment only, the present words stand at the line that wrote them last. `nameless` is the side that the
        log keeps no name of: whoever complains behind a shield. `firms`: the side of each member, where two firms act.
        """
        found = select(TransitionRow).where(TransitionRow.noun == row.NOUN, TransitionRow.entity_id == row.id)
        lines = (await self.uow.session.scalars(found.order_by(TransitionRow.version))).all()
        names = [*columns, *(words or {})]
        first = _first_values(row, lines, names)
        present = {name: getattr(row, name) for name in names}
        written = _last_written(lines, names)
        facts = []
        for line in lines:
            became = first if line.version == 1 else _became(line.changes, names)
            became = became | {name: present[name] for name in written.get(line.version, ())}
            shown = {name: _shown(row, name, value) for name, value in became.items() if value is not None}
            personal = {name: Personal(str(shown.pop(name)), of) for name, of in (words or {}).items() if name in shown}
            facts.append(
                Fact(
                    source=f"log:{line.id}",
                    at=line.at,
                    side=nameless if line.actor_kind == NAMELESS else _side_of(line, firms or {}),
                    what=f"{line.noun}.{line.action}",
                    facts=_move(line) | shown,
                    personal=personal,
                )
            )
        return facts


def _side_of(line: TransitionRow, firms: Mapping[UUID, str]) -> str:
    side = who(line.actor_kind)
    return firms.get(line.actor_id, side) if side == "employer" and line.actor_id is not None else side


def _move(line: TransitionRow) -> dict[str, Any]:
    return {
        "from": line.from_state,
        "to": line.to_state,
        "reason": line.reason if line.reason and CODE.fullmatch(line.reason) else None,
        "yes_by": line.channel if line.on_behalf_of else None,
    }


def _became(changes: Mapping[str, Any] | None, names: Collection[str]) -> dict[str, Any]:
    """What a line says that these columns became."""
    return {name: pair[1] for name, pair in (changes or {}).items() if name in names and isinstance(pair, list)}


def _last_written(lines: Collection[TransitionRow], names: Collection[str]) -> dict[int, list[str]]:
    """By version: the columns of personal values that this line wrote last."""
    last = {name: line.version for line in lines for name in _committed(line) if name in names}
    made: dict[int, list[str]] = {}
    for name, version in last.items():
        made.setdefault(version, []).append(name)
    return made


def _committed(line: TransitionRow) -> list[str]:
    return [name for name, said in (line.changes or {}).items() if isinstance(said, dict) and line.version > 1]


def _first_values(row: Entity, lines: Collection[TransitionRow], names: Collection[str]) -> dict[str, Any]:
    """What the columns held at first: what they hold now, with every change taken back; nothing of words that the log
    does not keep and that were written again."""
    again = {name for line in lines for name in _committed(line)}
    values = {name: None if name in again else getattr(row, name) for name in names}
    for line in sorted(lines, key=lambda each: -each.version):
        if line.version > 1:
            values |= {
                name: pair[0]
                for name, pair in (line.changes or {}).items()
                if name in values and isinstance(pair, list)
            }
    return values


def _shown(row: Entity, name: str, value: Any) -> Any:
    """A column's value as it stands in an entry: whole numbers, codes, times with +08:00."""
    if isinstance(table_of(type(row)).c[name].type, DateTime):
        return rfc3339(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    return value if isinstance(value, bool | int) else str(value)
