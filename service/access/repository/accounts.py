"""Accounts that administrators keep: staff, kiosks, integrators' keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from service.access.tables import ApiKeyRow, DeviceRow, StaffRow
from service.db.base import Stateful
from service.employers.tables import EmployerRow
from service.errors import Missing
from service.ids import new_id, new_token
from service.reference.within import within
from service.vault import token_hash
from service.venues.tables import VenueRow

if TYPE_CHECKING:
    from service.http.caller import Caller
    from service.uow import Uow

Account = TypeVar("Account", bound=Stateful)
STAFF_PHONE = "staff-phone"


class AccountsRepository:
    """Rows of staff, devices and keys; what they hold sealed is opened here."""

    def __init__(self, uow: Uow):
        self.uow = uow

    # -- staff -----------------------------------------------------------------------------------------

    def new_staff(
        self,
        *,
        username: str,
        display_name: str,
        role: str,
        regions: Sequence[str],
        venue_id: UUID | None,
        password_hash: str,
        phone: str,
    ) -> StaffRow:
        """A staff account, not yet added."""
        return StaffRow(
            id=new_id(),
            state="active",
            username=username,
            display_name=display_name,
            role=role,
            regions=list(regions),
            venue_id=venue_id,
            password_hash=password_hash,
            **self.sealed_phone(phone),
        )

    def sealed_phone(self, phone: str) -> dict[str, bytes]:
        """The columns of a staff phone."""
        vault = self.uow.ctx.vault
        return {"phone_sealed": vault.seal(STAFF_PHONE, phone.encode()), "phone_hash": vault.index("phone", phone)}

    def phone_of(self, row: StaffRow) -> str:
        """The staff phone in clear, to send a code to."""
        return self.uow.ctx.vault.open(STAFF_PHONE, row.phone_sealed).decode()

    async def staff_named(self, username: str) -> StaffRow | None:
        """The active account of a username."""
        found = select(StaffRow).where(StaffRow.username == username, StaffRow.state == "active")
        return (await self.uow.session.scalars(found)).one_or_none()

    async def active_staff(self, staff_id: UUID | None) -> StaffRow | None:
        """The account behind a challenge, unless it was closed meanwhile."""
        found = select(StaffRow).where(StaffRow.id == staff_id, StaffRow.state == "active")
        return (await self.uow.session.scalars(found)).one_or_none()

    async def staff(self, staff_id: UUID, *, lock: bool = False) -> StaffRow:
        """One account. Raises Missing."""
        return await self._one(StaffRow, staff_id, lock)

    async def all_staff(self, *, after: UUID | None, limit: int) -> Sequence[StaffRow]:
        """Accounts in the order of their making."""
        return await self._page(StaffRow, after, limit)

    # -- devices ---------------------------------------------------------------------------------------

    async def venue_city(self, venue_id: UUID) -> str | None:
        """The city of an open venue."""
        found = select(VenueRow.city_code, VenueRow.district_code).where(
            VenueRow.id == venue_id, VenueRow.state == "open"
        )
        row = (await self.uow.session.execute(found)).one_or_none()
        return (row.district_code or row.city_code) if row else None

    def new_device(self, *, venue_id: UUID, name: str, city_code: str) -> tuple[DeviceRow, str]:
        """A kiosk, not yet added, and its credential, which is kept nowhere."""
        credential = new_token("lgd")
        row = DeviceRow(
            id=new_id(),
            state="enrolled",
            venue_id=venue_id,
            name=name,
            city_code=city_code,
            credential_hash=token_hash(credential),
        )
        return row, credential

    async def device(self, device_id: UUID, by: Caller, *, lock: bool = False) -> DeviceRow:
        """A kiosk in the caller's region. Raises Missing."""
        row = await self._one(DeviceRow, device_id, lock)
        if not by.serves(row.city_code):
            raise Missing
        return row

    async def devices(self, by: Caller, *, after: UUID | None, limit: int) -> Sequence[DeviceRow]:
        """Kiosks of the caller's regions in the order of their enrolment."""
        return await self._page(
            DeviceRow, after, limit, within(DeviceRow.city_code, None if by.role == "admin" else by.regions)
        )

    # -- keys ------------------------------------------------------------------------------------------

    def new_key(
        self, *, name: str, scopes: Sequence[str], city_code: str, employer_id: UUID | None
    ) -> tuple[ApiKeyRow, str]:
        """An integrator's key, not yet added, and the key itself, which is kept nowhere."""
        key = new_token("lgk")
        row = ApiKeyRow(
            id=new_id(),
            state="active",
            name=name,
            scopes=sorted(set(scopes)),
            city_code=city_code,
            employer_id=employer_id,
            key_hash=token_hash(key),
        )
        return row, key

    async def key(self, key_id: UUID, *, lock: bool = False) -> ApiKeyRow:
        """One key. Raises Missing."""
        return await self._one(ApiKeyRow, key_id, lock)

    async def keys(self, *, after: UUID | None, limit: int) -> Sequence[ApiKeyRow]:
        """Keys in the order of their making."""
        return await self._page(ApiKeyRow, after, limit)

    async def employer_exists(self, employer_id: UUID) -> bool:
        """Whether a key may be bound to this employer."""
        return await self.uow.session.get(EmployerRow, employer_id) is not None

    # -- the same for all ------------------------------------------------------------------------------

    async def _one(self, kind: type[Account], row_id: UUID, lock: bool) -> Account:
        found = select(kind).where(kind.id == row_id)
        found = found.with_for_update(key_share=True) if lock else found
        row = (await self.uow.session.scalars(found)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def _page(self, kind: type[Account], after: UUID | None, limit: int, *where: Any) -> Sequence[Account]:
        found = select(kind).where(*where).order_by(kind.id).limit(limit)
        if after is not None:
            found = found.where(kind.id > after)
        return (await self.uow.session.scalars(found)).all()
