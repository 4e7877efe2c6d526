"""The one way to an employer: who may come in, what they see, who is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF, SYSTEM
from service.employers.lifecycle import EMPLOYER
from service.employers.rules import check_may, may, posts_under_review
from service.employers.views import EmployerView
from service.errors import Forbidden, Missing
from service.moves import open_to
from service.reference.rules import settle_place
from service.reliability.rules import permille, rules_of
from service.reviews.rules import NORMAL, Cause
from service.text import mask_name, mask_phone
from service.worktime import end_of_day, local_day

if TYPE_CHECKING:
    from service.context import Context
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.uow import Uow

_SEAL = "employer-contact"
_SAME = (
    "id", "version", "state", "kind", "name", "new_name", "credit_code", "licence_number", "city_code", "district_code",
    "address", "answer_by", "verified_at", "recheck_at", "review_note", "created_at",
)  # fmt: skip


async def enter(uow: Uow, employer_id: UUID, by: Caller, action: str, *, lock: bool = False) -> EmployerRow:
    """The employer, for a member whose role allows `action` or staff of its region.

    The role is read in this transaction, so that taking it away counts at once. Raises Missing for everyone
    else, as if there were no such employer, and Forbidden member_role_lacks.
    """
    row = await (uow.employers.lock(employer_id) if lock else uow.employers.get(employer_id))
    if by.role == "member":
        role = await uow.members.role_of(employer_id, by.person_id) if by.employer_id == employer_id else None
        if role is None:
            raise Missing
        check_may(role, action)
    elif not by.serves(row.district_code or row.city_code):
        raise Missing
    return row


async def view_of(uow: Uow, row: EmployerRow, by: Caller) -> EmployerView:
    """The employer as this caller sees it; the contact in full only to members who may see it."""
    now = await uow.now()
    role = await uow.members.role_of(row.id, by.person_id) if by.person_id is not None else None
    policies = uow.ctx.policies.at(now, row.city_code)
    weighed = rules_of(policies.matching, policies.reliability)
    name, phone = open_contact(uow.ctx, row)
    if role is None or not may(role, "see_contact"):
        name, phone = (mask_name(name) if name else None), (mask_phone(phone) if phone else None)
    return EmployerView(
        **{column: getattr(row, column) for column in _SAME},
        contact_name=name,
        contact_phone=phone,
        standing_permille=permille(row.reliability, weighed, local_day(now)),
        posts_under_review=posts_under_review(row.state),
        possible=open_to(by.role, EMPLOYER.name, EMPLOYER.possible(row.state)),
        my_role=role,
    )


def seal_contact(ctx: Context, texts: Mapping[str, Any]) -> dict[str, Any]:
    """`contact_name` and `contact_phone` of `texts` as sealed columns; everything else unchanged."""
    sealed = {
        f"{name}_sealed": ctx.vault.seal(_SEAL, str(texts[name]).encode())
        for name in ("contact_name", "contact_phone")
        if name in texts
    }
    return {name: value for name, value in texts.items() if name not in ("contact_name", "contact_phone")} | sealed


def open_contact(ctx: Context, row: EmployerRow) -> tuple[str | None, str | None]:
    """Name and phone of whom to call."""
    name, phone = (
        ctx.vault.open(_SEAL, sealed).decode() if sealed else None
        for sealed in (row.contact_name_sealed, row.contact_phone_sealed)
    )
    return name, phone


async def place_of(uow: Uow, city_code: str, district_code: str | None) -> dict[str, str | None]:
    """City and district as they are stored. Raises Refused."""
    known = (await uow.reference.catalogue()).regions(local_day(await uow.now()))
    city, district = settle_place(known, city_code, district_code)
    return {"city_code": city, "district_code": district}


def check_serves(by: Caller, place: Mapping[str, str | None]) -> None:
    """Raises Forbidden region_not_served when staff put something into a region that is not theirs."""
    if by.role in STAFF and not by.serves(place["district_code"] or place["city_code"]):
        raise Forbidden("region_not_served")


async def promised_answer(uow: Uow, city_code: str) -> datetime:
    """Until when an officer answers: the end of the last of the policy's working days."""
    now = await uow.now()
    days = uow.ctx.policies.at(now, city_code).access.employer_verification_working_days
    return end_of_day((await uow.reference.catalogue()).working_days_after(local_day(now), days))


async def raise_recheck(uow: Uow, row: EmployerRow, due: datetime) -> None:
    """Put the employer's papers into the review queue; verifying, restricting or suspending it closes the review."""
    cause = Cause.about("employer", row, kind="recheck", priority=NORMAL, due_at=due)
    await uow.ctx.wiring.ports["reviews.raise"](uow, cause, by=SYSTEM)


async def tell_owners(uow: Uow, row: EmployerRow, template: str, *, once: str, **params: Any) -> None:
    """Tell every owner; `once` names the cause, so that it is told once."""
    for person_id in await uow.members.owners(row.id):
        await uow.tell(
            person_id,
            template,
            params=params,
            subject=("employer", row.id),
            dedupe=f"{template}:{row.id}:{once}",
            employer_id=row.id,
        )
