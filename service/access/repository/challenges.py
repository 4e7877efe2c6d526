"""Challenges with their codes, the tickets that follow, and whom they may mean."""

from __future__ import annotations

import hmac
import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, null, select

from service.access.rules import (
    HOUR,
    NUMBER_FAILS,
    PLACE_FAILS,
    TICKET_LIFE,
    Candidate,
    pause_left,
    window_wait,
)
from service.access.tables import ChallengeRow
from service.employers.tables import EmployerRow, MemberRow
from service.errors import TooMany, Unauthenticated
from service.ids import new_id, new_token
from service.people.tables import PersonRow
from service.policies.model import AccessPolicy
from service.vault import token_hash
from service.workers.tables import WorkerCodeRow, WorkerRow

if TYPE_CHECKING:
    from service.uow import Uow

# One statement in a transaction of its own: a wrong try counts although the request leaves nothing behind.
COUNT_WRONG = f"""
with clock as materialized (select business_now() as now),
wrong as (
    update challenges c set wrong_tries = wrong_tries + 1 from clock
    where c.id = $1 and c.used_at is null and c.expires_at > clock.now and c.wrong_tries < $2
    returning c.phone_hash
)
insert into counters (name, subject, window_start, count)
select '{PLACE_FAILS}', $3::bytea, clock.now, 1 from clock
union all
select '{NUMBER_FAILS}', wrong.phone_hash, clock.now, 1 from clock, wrong where wrong.phone_hash is not null
on conflict (name, subject, window_start) do update set count = counters.count + 1
"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a redeemed ticket proves: the holder has the phone, at this kiosk if it was asked for there.

    `role` is what the holder wanted to sign in as.
    """

    challenge_id: UUID
    role: str
    phone: str | None = field(repr=False)
    phone_hash: bytes | None = field(repr=False)
    device_id: UUID | None
    proved_at: datetime


class Challenges:
    """From a code on its way to the people whom it may let in."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def policy(self) -> AccessPolicy:
        """The access policy of the present."""
        return self.uow.ctx.policies.at(await self.uow.now()).access

    # -- challenges ------------------------------------------------------------------------------------

    async def new_challenge(
        self,
        *,
        purpose: str,
        code: str,
        life: timedelta,
        phone: str | None = None,
        staff_id: UUID | None = None,
        person_id: UUID | None = None,
        device_id: UUID | None = None,
    ) -> ChallengeRow:
        """A stored challenge; the code itself is kept nowhere."""
        now = await self.uow.now()
        vault = self.uow.ctx.vault
        row = ChallengeRow(
            id=new_id(),
            purpose=purpose,
            phone_hash=vault.index("phone", phone) if phone else None,
            phone_sealed=vault.seal("challenge", phone.encode()) if phone else None,
            staff_id=staff_id,
            person_id=person_id,
            device_id=device_id,
            wrong_tries=0,
            created_at=now,
            expires_at=now + life,
        )
        row.code_mac = self._code_mac(row, code)
        self.uow.session.add(row)
        await self.uow.flush()
        return row

    def _code_mac(self, row: ChallengeRow, code: str) -> bytes:
        bound = f"{row.id}\x00{row.purpose}\x00{(row.phone_hash or b'').hex()}\x00{code}"
        return self.uow.ctx.vault.mac("code", bound)

    async def take_code(
        self,
        challenge_id: UUID | None,
        code: str,
        *,
        place: bytes,
        purposes: tuple[str, ...],
        device_id: UUID | None = None,
        **bound: UUID | None,
    ) -> ChallengeRow:
        """Spend the challenge with its right code; a wrong try is counted whatever becomes of the request.

        It must have one of the purposes, and have been asked for at this kiosk (or at none); `bound` names
        other columns (staff_id, person_id) that must hold exactly this. `place` is where the try comes from.
        Raises Unauthenticated `code_wrong`, the same for every cause, or TooMany
        `code_paused` (10 fails of the number in 24 h, 100 from the place in an hour). Source: checklist 5.2.
        """
        policy = await self.policy()
        seen = await self.uow.session.get(ChallengeRow, challenge_id) if challenge_id else None
        await self._refuse_paused(seen.phone_hash if seen else None, place, policy)
        expected = seen.code_mac if seen else bytes(32)
        given = self._code_mac(seen or ChallengeRow(id=new_id(), purpose=purposes[0]), code)
        if not hmac.compare_digest(expected, given):
            reads = self.uow.ctx.database.reads
            await reads.execute(COUNT_WRONG, challenge_id, policy.otp_wrong_tries_max, place)
            raise Unauthenticated("code_wrong")
        row = await self._lock_challenge(challenge_id)
        wanted = {"device_id": device_id, **bound}
        fits = row.purpose in purposes and all(getattr(row, name) == value for name, value in wanted.items())
        now = await self.uow.now()
        void = row.used_at is not None or row.expires_at <= now or row.wrong_tries >= policy.otp_wrong_tries_max
        if void or not fits:
            raise Unauthenticated("code_wrong")
        row.used_at = now
        return row

    async def _lock_challenge(self, challenge_id: UUID | None) -> ChallengeRow:
        found = select(ChallengeRow).where(ChallengeRow.id == challenge_id)
        row: ChallengeRow = (
            await self.uow.session.scalars(found.with_for_update().execution_options(populate_existing=True))
        ).one()
        return row

    async def _refuse_paused(self, number: bytes | None, place: bytes, policy: AccessPolicy) -> None:
        now = await self.uow.now()
        fails = await self.uow.tries.times(PLACE_FAILS, place)
        wait = window_wait(fails, now, HOUR, policy.otp_verify_fails_per_address_per_hour)
        left = math.ceil(wait.total_seconds())
        if number is not None:
            fails = await self.uow.tries.times(NUMBER_FAILS, number)
            pause = timedelta(minutes=policy.otp_verify_pause_minutes)
            left = max(left, pause_left(fails, now, policy.otp_verify_fails_per_number_per_day, pause))
        if left:
            raise TooMany("code_paused", retry_after=left)

    async def spoken_challenge(self, device_id: UUID) -> UUID | None:
        """The newest code that an officer has given out for this kiosk."""
        newest = (
            select(ChallengeRow.id)
            .where(ChallengeRow.device_id == device_id, ChallengeRow.purpose == "kiosk_spoken")
            .order_by(ChallengeRow.created_at.desc(), ChallengeRow.id.desc())
            .limit(1)
        )
        found: UUID | None = (await self.uow.session.scalars(newest)).one_or_none()
        return found

    def phone_of(self, challenge: ChallengeRow) -> str | None:
        """The number that the code went to."""
        sealed = challenge.phone_sealed
        return self.uow.ctx.vault.open("challenge", sealed).decode() if sealed else None

    # -- tickets ---------------------------------------------------------------------------------------

    async def issue_ticket(self, challenge: ChallengeRow, role: str) -> str:
        """A ticket in place of a spent code; 256 random bits, kept as a hash."""
        ticket = new_token("lgt")
        challenge.wanted_role = role
        challenge.ticket_hash = token_hash(ticket)
        challenge.ticket_expires_at = await self.uow.now() + TICKET_LIFE
        return ticket

    async def ticketed(self, ticket: str, *, device_id: UUID | None) -> ChallengeRow:
        """The challenge behind a ticket, locked. Raises Unauthenticated `ticket_invalid`, whatever is wrong."""
        found = select(ChallengeRow).where(ChallengeRow.ticket_hash == token_hash(ticket))
        row = (await self.uow.session.scalars(found.with_for_update())).one_or_none()
        now = await self.uow.now()
        if (
            row is None
            or row.ticket_used_at is not None
            or row.ticket_expires_at is None
            or row.ticket_expires_at <= now
            or row.device_id != device_id
        ):
            raise Unauthenticated("ticket_invalid")
        return row

    async def redeem_ticket(self, ticket: str, *, device_id: UUID | None = None) -> Ticket:
        """Spend a ticket (to register): the phone that its holder proved. Raises as `ticketed`."""
        row = await self.ticketed(ticket, device_id=device_id)
        row.ticket_used_at = await self.uow.now()
        return Ticket(
            challenge_id=row.id,
            role=row.wanted_role or "worker",
            phone=self.phone_of(row),
            phone_hash=row.phone_hash,
            device_id=row.device_id,
            proved_at=row.used_at or row.created_at,
        )

    # -- who may sign in -------------------------------------------------------------------------------

    async def candidates(self, role: str, challenge: ChallengeRow) -> list[Candidate]:
        """Everybody whom the proved number (or the officer's code) may mean, in a fixed order."""
        found: Any
        if role == "member":
            found = select(PersonRow.id, MemberRow.employer_id).join(
                MemberRow, and_(MemberRow.person_id == PersonRow.id, MemberRow.left_at.is_(None))
            )
            order = (MemberRow.created_at, MemberRow.id)
        else:
            found = select(PersonRow.id, null()).join(WorkerRow, WorkerRow.id == PersonRow.id)
            order = (WorkerRow.created_at, WorkerRow.id)
        found = found.order_by(PersonRow.created_at, PersonRow.id, *order)
        if challenge.person_id is not None:
            meant = PersonRow.id == challenge.person_id
        else:
            meant = and_(PersonRow.phone_hash.is_not(None), PersonRow.phone_hash == challenge.phone_hash)
        rows = await self.uow.session.execute(found.where(meant, PersonRow.state == "active"))
        return [Candidate(person_id, employer_id) for person_id, employer_id in rows]

    async def employers_of(self, person_id: UUID) -> Sequence[tuple[UUID, str, str]]:
        """(employer, its name, the person's role there) for every live membership."""
        found = (
            select(EmployerRow.id, EmployerRow.name, MemberRow.role)
            .join(MemberRow, MemberRow.employer_id == EmployerRow.id)
            .where(MemberRow.person_id == person_id, MemberRow.left_at.is_(None))
            .order_by(MemberRow.created_at, MemberRow.id)
        )
        return [tuple(row) for row in await self.uow.session.execute(found)]  # type: ignore[misc]

    async def person_of_card(self, card: str) -> UUID | None:
        """Whose printed card this is; a card says who somebody is, it lets nobody in."""
        found = (
            select(WorkerCodeRow.worker_id)
            .join(PersonRow, and_(PersonRow.id == WorkerCodeRow.worker_id, PersonRow.state == "active"))
            .where(
                WorkerCodeRow.hash == token_hash(card),
                WorkerCodeRow.kind == "card",
                WorkerCodeRow.revoked_at.is_(None),
            )
        )
        person_id: UUID | None = (await self.uow.session.scalars(found)).one_or_none()
        return person_id

    @staticmethod
    def new_code(digits: int) -> str:
        """That many random digits."""
        return f"{secrets.randbelow(10**digits):0{digits}d}"
