"""What several doors do with a person's sealed values: open them, each with its purpose on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from service.people.rules import UNMASKINGS, check_unmask_rate

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow

log = structlog.get_logger("people")


async def open_values(
    uow: Uow, person_id: UUID, *, fields: Sequence[str], purpose: str, by: Caller
) -> dict[str, str | None]:
    """Values of a person in clear for an officer who may see them, each with its own audit row (INV-34).

    Whether the officer may is the asking door's to say. Raises Missing, TooMany `unmask_too_often`.
    """
    row = await uow.people.get(person_id)
    wanted = list(dict.fromkeys(fields))
    officer = by.account_id.bytes
    await uow.tries.lock(officer)
    check_unmask_rate(await uow.tries.times(UNMASKINGS, officer), await uow.now(), len(wanted))
    for _ in wanted:
        await uow.tries.count(UNMASKINGS, officer)
    await uow.people.record_unmasking(row.id, wanted, purpose, by.actor)
    log.info(
        "unmasked",
        staff_id=str(by.account_id),
        person_id=str(row.id),
        fields=wanted,
        purpose=purpose,
        request_id=uow.ctx.request_id,
    )
    openers = {"name": uow.people.name_of, "id_number": uow.people.id_number_of, "phone": uow.people.phone_of}
    return {field: openers[field](row) for field in wanted}
