"""How a case begins, at whichever door: one open case for each kind, complainant and subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF, SYSTEM
from service.cases import timing
from service.cases.ending import end
from service.cases.reopening import AGAIN, check_in_time, reopen
from service.cases.rules.handling import CONCERNS_OFFICERS, log_actor
from service.cases.telling import tell, tell_holder, tell_officers
from service.cases.ways import kind_of
from service.errors import Conflict
from service.worktime import local_day, shown_times

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseRow
    from service.uow import Uow


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known when a case begins. `shielded` None is the kind's own choice; `more` are further columns."""

    kind: str
    city_code: str
    side: str
    source: str
    complainant_id: UUID | None = None
    against_id: UUID | None = None
    noun: str | None = None
    subject_id: UUID | None = None
    words: str | None = None
    shielded: bool | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


async def open_or_add(uow: Uow, said: Opening, *, by: Actor) -> tuple[CaseRow, bool]:
    """The open case of the same one on the same thing with one more note, or a new case; True when it is new.

    One that has its result is opened again: it was not carried out. What may not be opened again any more is closed,
    and a new case begins. The same source says the same thing again, and that is a note and nothing else. Who wants to
    be hidden this time is hidden from then on; what is asked for now, and further evidence, stand in the case.

    Lock what it is about before. Raises Refused `case_kind_unknown`.
    """
    await uow.flush()
    await uow.case_files.queue(said.kind, said.complainant_id, said.noun, said.subject_id)
    if said.noun is not None and said.subject_id is not None:
        subject = (said.noun, said.subject_id)
        found = await uow.case_files.lock_open(said.kind, said.complainant_id, subject)
        if found is not None and await _goes_on(uow, found, said, by=by):
            return found, False
    return await _open(uow, said, by=by), True


async def _goes_on(uow: Uow, found: CaseRow, said: Opening, *, by: Actor) -> bool:
    """Write down what is said again of an open case; False where it has a result and is closed, for a new one."""
    repeated = await _was_said(uow, found, said.source)
    again = found.state == "result" and not repeated
    if again:
        try:
            await check_in_time(uow, found)
        except Conflict:
            await tell_holder(uow, found, "staff.case_added", by=by)
            await end(uow, found, "close", by=SYSTEM)
            return False
    actor = log_actor(by, shielded=found.shielded or bool(said.shielded), is_complainant=_speaks(by, found))
    now = await uow.now()
    await uow.edit(found, by=actor, at=now, action="complain_again", **said_anew(found, said.more, said.shielded))
    await timing.expect_call(uow, found, local_day(now), by=actor)  # who is hidden now is called about no more
    asked = {name: said.more[name] for name in ("amount_fen", "charge") if said.more.get(name) is not None}
    more = {"source": said.source} | asked | dict(said.facts)
    await uow.case_files.note(found.id, "added", said.words, by=actor, **shown_times(more))
    if again:
        await reopen(uow, found, reason=AGAIN, by=actor)
    elif not repeated:
        await tell_holder(uow, found, "staff.case_added", by=by)
    return True


def said_anew(found: CaseRow, more: Mapping[str, Any], shielded: bool | None) -> dict[str, Any]:
    """What a second complaint changes in the first: the newest amount counts, evidence and names are added."""
    changes: dict[str, Any] = {"shielded": found.shielded or bool(shielded)}
    if more.get("amount_fen") is not None:
        changes["amount_fen"] = more["amount_fen"]
    for name in ("evidence", "against_words"):
        old, new = getattr(found, name), more.get(name)
        if new and new not in (old or ""):
            changes[name] = f"{old}\n{new}" if old else new
    if found.charge is None and more.get("charge") is not None:
        changes["charge"] = more["charge"]
    return changes


async def _was_said(uow: Uow, found: CaseRow, source: str) -> bool:
    """Whether this very source (a task, an alarm: it names one) has spoken of the case before."""
    if ":" not in source:
        return False
    return source in {found.source, *(note.facts.get("source") for note in await uow.case_files.notes(found.id))}


async def _open(uow: Uow, said: Opening, *, by: Actor) -> CaseRow:
    now = await uow.now()
    kind = kind_of(said.kind, local_day(now))
    row = uow.case_files.new(
        kind=kind.code,
        city_code=said.city_code,
        side=said.side,
        source=said.source,
        complainant_id=said.complainant_id,
        against_id=said.against_id,
        noun=said.noun,
        subject_id=said.subject_id,
        words=said.words,
        facts=shown_times(dict(said.facts)),
        shielded=kind.shielded if said.shielded is None else said.shielded,
        urgent=kind.urgent,
        barred=sorted(await _barred(uow, said)),
        **said.more,
    )
    actor = log_actor(by, shielded=row.shielded, is_complainant=_speaks(by, row))
    await uow.add(row, by=actor, action="open")
    await uow.flush()
    await timing.start(uow, row, timing.own_desk(local_day(now)), "received", local_day(now), by=actor)
    await timing.expect_call(uow, row, local_day(now), by=actor)
    await tell(uow, row, "received")
    if row.urgent:
        await tell_officers(uow, row, "staff.case_urgent", urgent=True, but={by.id} if by.kind in STAFF else ())
    return row


async def _barred(uow: Uow, said: Opening) -> set[UUID]:
    """The officers whose own decision it is about."""
    if said.kind not in CONCERNS_OFFICERS or said.noun is None or said.subject_id is None:
        return set()
    return await uow.case_files.deciders(said.noun, said.subject_id)


def _speaks(by: Actor, row: CaseRow) -> bool:
    """Whether the actor is the one who complains."""
    return by.kind in ("worker", "member") and row.complainant_id is not None
