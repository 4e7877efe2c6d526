"""Sessions with their tokens, on top of the challenges that open them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, or_, select, update

from service.access.errors import RefreshReused
from service.access.repository.challenges import Challenges
from service.access.rules import require_fresh, session_life
from service.access.tables import DeviceRow, SessionRow, StaffRow, TokenRow
from service.access.views import Tokens
from service.employers.tables import MemberRow
from service.errors import Missing, Unauthenticated
from service.ids import new_id, new_token
from service.people.tables import PersonRow
from service.vault import token_hash

if TYPE_CHECKING:
    from service.http.caller import Caller


class AccessRepository(Challenges):
    """Everything that stands between a code and a token."""

    async def open_session(
        self,
        *,
        role: str,
        person_id: UUID | None = None,
        staff_id: UUID | None = None,
        employer_id: UUID | None = None,
        device_id: UUID | None = None,
        label: str | None = None,
        proved_at: datetime | None = None,
    ) -> Tokens:
        """A new session with its tokens; at a kiosk it replaces the one before.

        Exactly one of person and staff; the row must be there (it is flushed first). `proved_at` is when
        the second factor was shown; without it, now.
        """
        now = await self.uow.now()
        life = session_life(role, await self.policy(), at_kiosk=device_id is not None)
        if device_id is not None:
            await self._clear_device(device_id)
        await self.uow.flush()
        row = SessionRow(
            id=new_id(),
            role=role,
            person_id=person_id,
            staff_id=staff_id,
            employer_id=employer_id,
            device_id=device_id,
            label=label,
            channel="kiosk" if device_id is not None else "api",
            fresh_factor_at=proved_at or now,
            created_at=now,
            renewed_at=now,
            idle_seconds=int(life.idle.total_seconds()) if life.idle else None,
            idle_until=now + (life.idle or life.lasts),
            ends_at=now + life.lasts,
        )
        self.uow.session.add(row)
        await self.uow.flush()
        return await self.issue_tokens(row)

    async def _clear_device(self, device_id: UUID) -> None:
        await self.uow.session.execute(
            select(DeviceRow.id).where(DeviceRow.id == device_id).with_for_update(key_share=True)
        )
        await self.close_sessions("replaced", device_id=device_id)

    async def issue_tokens(self, row: SessionRow) -> Tokens:
        """A fresh pair for an open session; access tokens that are over are swept away."""
        now = await self.uow.now()
        life = session_life(row.role, await self.policy(), at_kiosk=row.device_id is not None)
        expires = min(now + life.access, row.ends_at)
        access, refresh = new_token("lga"), new_token("lgr") if life.refreshed else None
        await self.uow.session.execute(
            delete(TokenRow).where(TokenRow.session_id == row.id, TokenRow.kind == "access", TokenRow.expires_at <= now)
        )
        pairs: list[tuple[str, str, datetime]] = [(access, "access", expires)]
        if refresh is not None:
            pairs.append((refresh, "refresh", row.ends_at))
        self.uow.session.add_all(
            TokenRow(hash=token_hash(token), session_id=row.id, kind=kind, expires_at=until)
            for token, kind, until in pairs
        )
        return Tokens(
            session_id=row.id,
            role=row.role,
            person_id=row.person_id,
            employer_id=row.employer_id,
            access_token=access,
            access_expires_in_seconds=int((expires - now).total_seconds()),
            refresh_token=refresh,
            session_ends_at=row.ends_at,
        )

    async def take_refresh(self, token: str) -> SessionRow:
        """Spend a refresh token: its session, renewed. Raises Unauthenticated, RefreshReused."""
        found = select(TokenRow).where(TokenRow.hash == token_hash(token), TokenRow.kind == "refresh")
        kept = (await self.uow.session.scalars(found.with_for_update())).one_or_none()
        if kept is None:
            raise Unauthenticated
        row = (
            await self.uow.session.scalars(select(SessionRow).where(SessionRow.id == kept.session_id).with_for_update())
        ).one()
        now = await self.uow.now()
        if row.closed_at is not None or row.idle_until <= now or row.ends_at <= now:
            raise Unauthenticated
        if kept.used_at is not None:
            raise RefreshReused(row.id)
        if not await self._subject_lives(row):
            raise Unauthenticated
        kept.used_at = row.renewed_at = now
        if row.idle_seconds is not None:
            row.idle_until = min(row.ends_at, now + timedelta(seconds=row.idle_seconds))
        return row

    async def _subject_lives(self, row: SessionRow) -> bool:
        if row.staff_id is not None:
            lives = exists().where(StaffRow.id == row.staff_id, StaffRow.state == "active", StaffRow.role == row.role)
        elif row.role == "member":
            lives = exists().where(
                MemberRow.person_id == row.person_id,
                MemberRow.employer_id == row.employer_id,
                MemberRow.left_at.is_(None),
            )
        else:
            lives = exists().where(PersonRow.id == row.person_id, PersonRow.state == "active")
        return bool((await self.uow.session.execute(select(lives))).scalar_one())

    async def close_sessions(self, reason: str, *, keep: UUID | None = None, **whose: Any) -> int:
        """Close every open session with these column values (id, person_id, staff_id, device_id); how many."""
        now = await self.uow.now()
        closing = (
            update(SessionRow)
            .where(SessionRow.closed_at.is_(None), *(getattr(SessionRow, k) == v for k, v in whose.items()))
            .values(closed_at=now, close_reason=reason)
            .returning(SessionRow.id)
        )
        if keep is not None:
            closing = closing.where(SessionRow.id != keep)
        return len((await self.uow.session.execute(closing)).all())

    async def own_sessions(self, by: Caller, limit: int = 100) -> Sequence[SessionRow]:
        """The caller's open sessions, newest first."""
        now = await self.uow.now()
        found = (
            select(SessionRow)
            .where(self._own(by), SessionRow.closed_at.is_(None), SessionRow.idle_until > now, SessionRow.ends_at > now)
            .order_by(SessionRow.created_at.desc(), SessionRow.id.desc())
            .limit(limit)
        )
        return (await self.uow.session.scalars(found)).all()

    def _own(self, by: Caller) -> Any:
        return or_(
            and_(SessionRow.person_id.is_not(None), SessionRow.person_id == by.person_id),
            and_(SessionRow.staff_id.is_not(None), SessionRow.staff_id == by.account_id),
        )

    async def current(self, by: Caller) -> SessionRow:
        """The session of this request. Raises Missing for machines, which have none."""
        row = await self.uow.session.get(SessionRow, by.session_id) if by.session_id else None
        if row is None:
            raise Missing
        return row

    async def require_fresh(self, by: Caller) -> None:
        """Raise Forbidden `step_up_needed` unless the caller showed the second factor minutes ago (5.2)."""
        row = await self.uow.session.get(SessionRow, by.session_id) if by.session_id else None
        proved_at = row.fresh_factor_at if row else None
        require_fresh(proved_at, await self.uow.now(), await self.policy())
