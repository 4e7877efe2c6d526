"""Store the many shifts of a plan in one statement: the rows, their first log lines, their ends as timers.

A pattern has a shift for each of sixty days; one by one they would cost more than all the rest of an import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from service.actor import Actor
from service.changes import mac_of
from service.db.driver import Statement
from service.ids import new_id_texts
from service.vault import Vault

LAY_OUT = Statement(
    """
    with plan as materialized (
        select cast(s.id as uuid) as id, cast(s.log_id as uuid) as log_id, cast(s.due_id as uuid) as due_id,
               s.mac, s.occurrence, s.starts_at, s.ends_at, s.break_minutes, s.headcount,
               p.posting_id, p.employer_id, p.city_code, p.actor_kind, p.actor_id, p.on_behalf_of, p.channel
        from unnest(cast(:ids as text[]), cast(:log_ids as text[]), cast(:due_ids as text[]), cast(:plans as int[]),
                    cast(:occurrences as text[]), cast(:starts as timestamptz[]), cast(:ends as timestamptz[]),
                    cast(:breaks as int[]), cast(:seats as int[]), cast(:macs as bytea[]))
             as s(id, log_id, due_id, plan, occurrence, starts_at, ends_at, break_minutes, headcount, mac)
        join unnest(cast(:posting_ids as uuid[]), cast(:employer_ids as uuid[]), cast(:cities as text[]),
                    cast(:actor_kinds as text[]), cast(:actor_ids as uuid[]), cast(:on_behalf_of as uuid[]),
                    cast(:channels as text[])) with ordinality
             as p(posting_id, employer_id, city_code, actor_kind, actor_id, on_behalf_of, channel, plan) using (plan)
    ), made as (
        insert into shifts (id, version, created_at, updated_at, state, posting_id, employer_id, city_code, occurrence,
                            local_day, starts_at, ends_at, break_minutes, headcount, taken, wait_numbers)
        select id, 1, :now, :now, 'open', posting_id, employer_id, city_code, occurrence,
               cast(starts_at at time zone 'Asia/Shanghai' as date), starts_at, ends_at, break_minutes, headcount, 0, 0
        from plan
    ), logged as (
        insert into transitions (id, noun, entity_id, version, action, to_state, actor_kind, actor_id, on_behalf_of,
                                 channel, request_id, city_code, at, mac)
        select log_id, 'shift', id, 1, 'create', 'open', actor_kind, actor_id, on_behalf_of, channel, :request_id,
               city_code, :now, mac
        from plan
    )
    insert into due_work (id, kind, subject_id, occurrence, due_at, outside, payload, created_at)
    select due_id, 'shift.end', id, '', ends_at, false, '{}', :now from plan
    """
)


@dataclass(frozen=True, slots=True)
class Dated:
    """One shift to be: its occurrence's key, when, its unpaid break, its seats."""

    occurrence: str
    starts_at: datetime
    ends_at: datetime
    break_minutes: int
    headcount: int


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The shifts that one posting lacks, and who brought them about."""

    posting_id: UUID
    employer_id: UUID
    city_code: str
    by: Actor
    shifts: Sequence[Dated]


def facts_of(plans: Sequence[LaidOut], now: datetime, request_id: str | None, vault: Vault) -> dict[str, Any]:
    """The parameters of LAY_OUT: one array for each column, shifts beside the number of their plan (from 1)."""
    shifts = [shift for plan in plans for shift in plan.shifts]
    ids = new_id_texts(3 * len(shifts))
    owners = [plan for plan in plans for _ in plan.shifts]
    lines = [
        _line(plan, shift_id, log_id, now, request_id)
        for plan, shift_id, log_id in zip(owners, ids[0::3], ids[1::3], strict=True)
    ]
    return {
        "now": now,
        "request_id": request_id,
        "ids": ids[0::3],
        "log_ids": ids[1::3],
        "due_ids": ids[2::3],
        "plans": [number for number, plan in enumerate(plans, 1) for _ in plan.shifts],
        "occurrences": [shift.occurrence for shift in shifts],
        "starts": [shift.starts_at for shift in shifts],
        "ends": [shift.ends_at for shift in shifts],
        "breaks": [shift.break_minutes for shift in shifts],
        "seats": [shift.headcount for shift in shifts],
        "macs": [mac_of(vault, line) for line in lines],
        "posting_ids": [plan.posting_id for plan in plans],
        "employer_ids": [plan.employer_id for plan in plans],
        "cities": [plan.city_code for plan in plans],
        "actor_kinds": [plan.by.kind for plan in plans],
        "actor_ids": [plan.by.id for plan in plans],
        "on_behalf_of": [plan.by.on_behalf_of for plan in plans],
        "channels": [plan.by.channel for plan in plans],
    }


def _line(plan: LaidOut, shift_id: str, log_id: str, now: datetime, request_id: str | None) -> dict[str, Any]:
    """The first log line of a shift, as LAY_OUT writes it."""
    return {
        "id": UUID(log_id),
        "noun": "shift",
        "entity_id": UUID(shift_id),
        "version": 1,
        "action": "create",
        "from_state": None,
        "to_state": "open",
        "reason": None,
        "changes": None,
        "actor_kind": plan.by.kind,
        "actor_id": plan.by.id,
        "on_behalf_of": plan.by.on_behalf_of,
        "channel": plan.by.channel,
        "request_id": request_id,
        "city_code": plan.city_code,
        "at": now,
    }
