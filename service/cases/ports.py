"""What cases let other features do: open one in their own transaction, as often as they like with the same outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.cases.opening import Opening, open_or_add
from service.cases.proofs import name_in_case, tell_cases, tell_cases_of_lending

if TYPE_CHECKING:
    from service.actor import Actor
    from service.cases.tables import CaseRow
    from service.uow import Uow


async def open_case(
    uow: Uow,
    *,
    kind: str,
    city_code: str,
    complainant_id: UUID | None,
    employer_id: UUID | None,
    subject: tuple[str, UUID] | None,
    facts: Mapping[str, Any],
    source: str,
    by: Actor,
) -> CaseRow:
    """The one open case of this kind, complainant and subject: a second call returns it and adds a note; one from
    another source opens it again where it has its result.

    `facts` are plain values; `source` says where it came from (`followup:<task id>`). Raises Refused
    `case_kind_unknown`.
    """
    amount = facts.get("amount_fen")
    said = Opening(
        kind=kind,
        city_code=city_code,
        side="worker" if complainant_id is not None else "service",
        source=source,
        complainant_id=complainant_id,
        against_id=employer_id,
        noun=subject[0] if subject else None,
        subject_id=subject[1] if subject else None,
        facts=facts,
        more={"amount_fen": amount if isinstance(amount, int) and amount > 0 else None},
    )
    row, _ = await open_or_add(uow, said, by=by)
    return row


PORTS: dict[str, Any] = {
    "cases.open": open_case,
    "evidence.sources.cases": tell_cases,
    "evidence.lent_sources.cases": tell_cases_of_lending,
    "evidence.names.cases": name_in_case,
}
