"""People, found by keyed hashes, opened by their own keys; their consents and who looked at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import exists, or_, select, text
from sqlalchemy.orm import aliased

from service.applications.lifecycle import LIVE as LIVE_APPLICATIONS
from service.applications.tables import ApplicationRow
from service.deals.lifecycle import LENT_FIRM
from service.engagements.lifecycle import LIVE as LIVE_ENGAGEMENTS
from service.engagements.tables import EngagementRow
from service.errors import Conflict, Missing
from service.ids import new_id
from service.people.consents import ConsentText, text_on
from service.people.rules import Identity
from service.people.tables import ConsentRow, PersonRow, UnmaskingRow
from service.reference.within import within
from service.referrals.lifecycle import LIVE as LIVE_REFERRALS
from service.referrals.tables import ReferralRow
from service.text import mask_id, mask_name, mask_phone
from service.workers.tables import WaitingRow, WorkerRow

if TYPE_CHECKING:
    from service.actor import Actor
    from service.http.caller import Caller
    from service.uow import Uow


_FIRM = ", ".join(f"'{state}'" for state in LENT_FIRM)
_LENDINGS_CLASH = text(
    f"""
    select exists (
        select from lent a where a.worker_id in (:one, :other) and a.state in ({_FIRM}) and (
            exists (select from lent b where b.worker_id in (:one, :other) and b.worker_id <> a.worker_id
                and b.state in ({_FIRM})
                and daterange(a.first_day, a.last_day, '[]') && daterange(b.first_day, b.last_day, '[]'))
            or lent_clashes(case when a.worker_id = :one then cast(:other as uuid) else cast(:one as uuid) end,
                a.first_day, a.last_day, a.day_from, a.day_until, a.weekdays)))
    """
)


class PeopleRepository:
    """Sealed values go in and out here and nowhere else."""

    def __init__(self, uow: Uow):
        self.uow = uow

    # -- finding ---------------------------------------------------------------------------------------

    async def get(self, person_id: UUID) -> PersonRow:
        """One record, merged ones too. Raises Missing."""
        row = await self.uow.session.get(PersonRow, person_id)
        if row is None:
            raise Missing
        return row

    async def lock(self, *person_ids: UUID) -> PersonRow:
        """Lock records in one order; the first of those asked for. Raises Missing."""
        found = select(PersonRow).where(PersonRow.id.in_(person_ids)).order_by(PersonRow.id)
        found = found.with_for_update(key_share=True).execution_options(populate_existing=True)
        rows = {row.id: row for row in await self.uow.session.scalars(found)}
        if set(person_ids) - rows.keys():
            raise Missing
        return rows[person_ids[0]]

    async def lock_workers(self, *person_ids: UUID) -> None:
        """Take the workers' rows of these people first, in one order (the house's order of locks)."""
        found = select(WorkerRow.id).where(WorkerRow.id.in_(person_ids)).order_by(WorkerRow.id)
        await self.uow.session.execute(found.with_for_update(key_share=True))

    async def by_phone(self, phone: str) -> Sequence[PersonRow]:
        """Everybody who lives on this number, oldest record first."""
        return await self.by_phone_hash(self.uow.ctx.vault.index("phone", phone))

    async def by_phone_hash(self, phone_hash: bytes) -> Sequence[PersonRow]:
        """The same by the keyed hash of the E.164 form."""
        found = select(PersonRow).where(PersonRow.phone_hash == phone_hash, PersonRow.state == "active")
        return (await self.uow.session.scalars(found.order_by(PersonRow.created_at, PersonRow.id))).all()

    async def by_id_number(self, number: str) -> PersonRow | None:
        """The one living record of an identity number (18 characters, as `read_identity` gives it)."""
        found = select(PersonRow).where(
            PersonRow.id_number_hash == self.uow.ctx.vault.index("id_number", number), PersonRow.state == "active"
        )
        return (await self.uow.session.scalars(found)).one_or_none()

    def is_number_of(self, row: PersonRow, identity: Identity) -> bool:
        """Whether the number on record is this one."""
        return row.id_number_hash == self.uow.ctx.vault.index("id_number", identity.number)

    async def require_new(self, identity: Identity | None) -> None:
        """Raise Conflict `person_exists`, which shows nothing of the other record."""
        if identity is not None and await self.by_id_number(identity.number) is not None:
            raise Conflict("person_exists")

    async def seen_by(self, person_id: UUID, by: Caller) -> PersonRow:
        """A person whom this officer may see: registered, present or with a live item in the region.

        Raises Missing for everybody else, as for nobody.
        """
        row = await self.uow.session.get(PersonRow, person_id)
        if row is None or not await self.is_seen(person_id, by):
            raise Missing
        return row

    async def is_seen(self, person_id: UUID, by: Caller) -> bool:
        """Whether the person registered, was present or has a live item where the officer serves."""
        if by.role == "admin":
            return True
        regions = by.regions
        ways = or_(
            exists().where(PersonRow.id == person_id, within(PersonRow.city_code, regions)),
            exists().where(
                ApplicationRow.worker_id == person_id,
                ApplicationRow.state.in_(LIVE_APPLICATIONS),
                within(ApplicationRow.city_code, regions),
            ),
            exists().where(
                ReferralRow.worker_id == person_id,
                ReferralRow.state.in_(LIVE_REFERRALS),
                within(ReferralRow.city_code, regions),
            ),
            exists().where(
                EngagementRow.worker_id == person_id,
                EngagementRow.state.in_(LIVE_ENGAGEMENTS),
                within(EngagementRow.city_code, regions),
            ),
            exists().where(WaitingRow.worker_id == person_id, within(WaitingRow.city_code, regions)),
        )
        return bool((await self.uow.session.execute(select(ways))).scalar_one())

    async def is_worker(self, person_id: UUID) -> bool:
        """Whether the person has a working profile."""
        return await self.uow.session.get(WorkerRow, person_id) is not None

    # -- keeping ---------------------------------------------------------------------------------------

    def new(
        self,
        *,
        name: str,
        phone: str | None = None,
        phone_confirmed_at: datetime | None = None,
        identity: Identity | None = None,
        birth_date: date | None = None,
        birth_date_basis: str | None = None,
        language: str = "zh-CN",
        city_code: str | None = None,
    ) -> PersonRow:
        """A record with its own data key, not yet added; an identity decides birth date and sex.

        `birth_date_basis` is officer or self_declared where a date comes without an identity.
        """
        row = PersonRow(id=new_id(), state="active", data_key=self.uow.ctx.vault.new_data_key())
        values: dict[str, Any] = self.name_columns(row, name) | {"language": language, "city_code": city_code}
        values |= {"birth_date": birth_date, "birth_date_basis": birth_date_basis if birth_date else None}
        values |= self.phone_columns(row, phone, phone_confirmed_at)
        values |= self.identity_columns(row, identity) if identity is not None else {}
        for column, value in values.items():
            setattr(row, column, value)
        return row

    def name_columns(self, row: PersonRow, name: str) -> dict[str, Any]:
        """The columns that hold a name."""
        return {"name_sealed": self._seal(row, "name", name)}

    def phone_columns(self, row: PersonRow, phone: str | None, confirmed_at: datetime | None) -> dict[str, Any]:
        """The columns that hold a phone (E.164), or that there is none."""
        return {
            "phone_sealed": self._seal(row, "phone", phone) if phone else None,
            "phone_hash": self.uow.ctx.vault.index("phone", phone) if phone else None,
            "phone_confirmed_at": confirmed_at if phone else None,
        }

    def identity_columns(self, row: PersonRow, identity: Identity) -> dict[str, Any]:
        """The columns that follow from an identity number."""
        return {
            "id_number_sealed": self._seal(row, "id_number", identity.number),
            "id_number_hash": self.uow.ctx.vault.index("id_number", identity.number),
            "id_kind": identity.kind,
            "birth_date": identity.birth_date,
            "birth_date_basis": "id_number",
            "sex": identity.sex,
        }

    def _seal(self, row: PersonRow, column: str, value: str) -> bytes:
        return self.uow.ctx.vault.seal_for(row.data_key, row.id.bytes, column, value)

    # -- opening ---------------------------------------------------------------------------------------

    def _open(self, row: PersonRow, column: str, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        return self.uow.ctx.vault.open_for(row.data_key, row.id.bytes, column, sealed)

    def name_of(self, row: PersonRow) -> str | None:
        """The name in clear: for the person, for the two sides after both have agreed, for an unmasking."""
        return self._open(row, "name", row.name_sealed)

    def phone_of(self, row: PersonRow) -> str | None:
        """The phone in clear (E.164): to send to, for the two sides after both have agreed, for an unmasking."""
        return self._open(row, "phone", row.phone_sealed)

    def id_number_of(self, row: PersonRow) -> str | None:
        """The identity number in clear: for an unmasking and for a merge only."""
        return self._open(row, "id_number", row.id_number_sealed)

    def masked_name(self, row: PersonRow) -> str:
        """The name for those who may not see it."""
        return mask_name(self.name_of(row) or "")

    def masked_phone(self, row: PersonRow) -> str | None:
        """The phone for those who may not see it."""
        phone = self.phone_of(row)
        return mask_phone(phone) if phone else None

    def masked_id_number(self, row: PersonRow) -> str | None:
        """The identity number for everybody."""
        number = self.id_number_of(row)
        return mask_id(number) if number else None

    # -- unmaskings ------------------------------------------------------------------------------------

    async def record_unmasking(self, person_id: UUID, columns: Sequence[str], purpose: str, by: Actor) -> None:
        """One row for each opened value, in the transaction that opens it."""
        now = await self.uow.now()
        self.uow.session.add_all(
            UnmaskingRow(
                id=new_id(),
                person_id=person_id,
                column=column,
                purpose=purpose,
                actor_kind=by.kind,
                actor_id=by.id,
                request_id=self.uow.ctx.request_id,
                at=now,
            )
            for column in columns
        )

    async def unmaskings(self, person_id: UUID, limit: int = 100) -> Sequence[UnmaskingRow]:
        """Who opened something of this person, newest first."""
        found = select(UnmaskingRow).where(UnmaskingRow.person_id == person_id)
        found = found.order_by(UnmaskingRow.at.desc(), UnmaskingRow.id.desc()).limit(limit)
        return (await self.uow.session.scalars(found)).all()

    # -- merging ---------------------------------------------------------------------------------------

    async def live_seats_clash(self, one: UUID, other: UUID) -> bool:
        """Whether two people hold live seats in one shift or at one time."""
        first, second = aliased(EngagementRow), aliased(EngagementRow)
        clash = exists().where(
            first.worker_id == one,
            second.worker_id == other,
            first.state.in_(LIVE_ENGAGEMENTS),
            second.state.in_(LIVE_ENGAGEMENTS),
            or_(first.during.op("&&")(second.during), first.shift_id == second.shift_id),
        )
        return bool((await self.uow.session.execute(select(clash))).scalar_one())

    async def lendings_clash(self, one: UUID, other: UUID) -> bool:
        """Whether one is lent on days on which the other is, or in hours in which the other has a seat."""
        return bool((await self.uow.session.execute(_LENDINGS_CLASH, {"one": one, "other": other})).scalar_one())

    # -- consents --------------------------------------------------------------------------------------

    async def live_consent(self, person_id: UUID, scope: str) -> ConsentRow | None:
        """The consent in force."""
        found = select(ConsentRow).where(
            ConsentRow.person_id == person_id, ConsentRow.scope == scope, ConsentRow.withdrawn_at.is_(None)
        )
        return (await self.uow.session.scalars(found)).one_or_none()

    async def consents(self, person_id: UUID, *, live_only: bool = False) -> Sequence[ConsentRow]:
        """Every consent of the person, newest first; at most a hundred."""
        found = select(ConsentRow).where(ConsentRow.person_id == person_id)
        if live_only:
            found = found.where(ConsentRow.withdrawn_at.is_(None))
        found = found.order_by(ConsentRow.given_at.desc(), ConsentRow.id.desc()).limit(100)
        return (await self.uow.session.scalars(found)).all()

    def consent_text(self, scope: str, day: date) -> ConsentText | None:
        """The words of a scope in force on a day, for whoever asks for the consent."""
        return text_on(scope, day)

    async def give_consent(self, person_id: UUID, scope: str, text_version: str, *, by: Actor) -> ConsentRow:
        """Store a consent; one to the same words is kept as it is, one to older words ends."""
        now = await self.uow.now()
        await self.uow.flush()
        present = await self.live_consent(person_id, scope)
        if present is not None and present.text_version == text_version:
            return present
        if present is not None:
            await self.uow.edit(present, by=by, at=now, action="supersede", withdrawn_at=now)
            await self.uow.flush()
        row = ConsentRow(person_id=person_id, scope=scope, text_version=text_version, channel=by.channel, given_at=now)
        await self.uow.add(row, by=by, action="give")
        return row

    async def withdraw_consent(self, person_id: UUID, scope: str, *, by: Actor) -> ConsentRow | None:
        """End the consent in force, if there is one."""
        row = await self.live_consent(person_id, scope)
        if row is not None:
            now = await self.uow.now()
            await self.uow.edit(row, by=by, at=now, action="withdraw", withdrawn_at=now)
        return row
