"""What every question about matches begins with: whose shift, by whose rules, seen by whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from matching import Policy
from service.applications.rules import BARRED_EMPLOYER
from service.employers.rules import DECIDERS
from service.errors import Conflict, Forbidden, Missing, Refused
from service.matches.policy import matching_policy
from service.matches.rules import Viewer
from service.postings.lifecycle import DOWN, ENDED

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.matches.records import Row
    from service.policies import Policies
    from service.uow import Uow


def own_profile(by: Caller) -> UUID:
    """The caller's own working profile. Raises Refused worker_profile_needed when there is none yet."""
    if by.worker_id is None:
        raise Refused("worker_profile_needed")
    return by.worker_id


def viewer_of(by: Caller) -> Viewer:
    """As what the caller looks at people."""
    return "employer" if by.role == "member" else "officer"


async def shift_for(uow: Uow, shift_id: UUID, by: Caller) -> Row:
    """The shift, for somebody who decides about it. Raises Missing, Forbidden, Conflict."""
    row = await uow.matches.shift(shift_id)
    if row is None:
        raise Missing
    check_decides(row, by)
    return row


def check_decides(row: Row, by: Caller) -> None:
    """Whether the caller decides about a shift. Raises Missing (not his), Forbidden (a clerk), Conflict
    employer_not_active (barred), posting_closed (ended or taken down: nobody is looked for)."""
    if by.role != "member":
        if not (by.serves(row["city_code"]) or by.serves(row["district_code"])):
            raise Missing
        return
    if by.employer_id != row["employer_id"]:
        raise Missing
    if by.member_role not in DECIDERS:
        raise Forbidden("role_lacks_operation", roles=list(DECIDERS))
    if row["employer_state"] in BARRED_EMPLOYER:
        raise Conflict("employer_not_active")  # who may not hire has no business with people's profiles
    if row["posting_state"] in ENDED | DOWN:
        raise Conflict("posting_closed", state=row["posting_state"])


def rules_at(ctx: Context, now: datetime, place: str | None) -> tuple[Policies, Policy]:
    """The dated policies of a place, and the one to rank by."""
    policies = ctx.policies.at(now, place)
    return policies, matching_policy(policies)
