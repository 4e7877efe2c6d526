"""Bindings and preferences; addresses are sealed and opened here and nowhere else, links to end e-mails signed."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import or_, select

from service.channels.rules import EMAIL, OPEN_CODE_DIGITS, TOPICS, VITAL, WECHAT, Wishes, same_email
from service.channels.tables import BindingRow, PreferenceRow
from service.ids import new_id
from service.people.tables import PersonRow

if TYPE_CHECKING:
    from service.uow import Uow

# One statement in a transaction of its own: a wrong try counts although the request leaves nothing behind.
COUNT_WRONG = "update channel_bindings set wrong_tries = wrong_tries + 1 where id = $1 and state = 'waiting'"
LINK = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Way:
    """A bound address in clear, for a gateway alone."""

    binding_id: UUID
    address: str = field(repr=False)


class ChannelRepository:
    """`uow.channels`."""

    def __init__(self, uow: Uow):
        self.uow = uow

    # -- bindings --------------------------------------------------------------------------------------

    def new_email(self, person: PersonRow, address: str, code: str, until: datetime) -> BindingRow:
        """An address that waits for its code, not yet added."""
        row = self._new(person, EMAIL, until)
        for column, value in self.address_columns(row, person, address).items():
            setattr(row, column, value)
        row.code_mac = self.email_mac(row, code)
        return row

    def new_wechat(self, person: PersonRow, code: str, until: datetime) -> BindingRow:
        """A WeChat account that is still to be named, by whoever sends the code from it."""
        row = self._new(person, WECHAT, until)
        row.code_mac = self._wechat_mac(code)
        return row

    def _new(self, person: PersonRow, channel: str, until: datetime) -> BindingRow:
        return BindingRow(
            id=new_id(), person_id=person.id, channel=channel, state="waiting", code_until=until, wrong_tries=0
        )

    def address_columns(self, row: BindingRow, person: PersonRow, address: str) -> dict[str, Any]:
        """The columns that hold an address."""
        vault = self.uow.ctx.vault
        return {
            "address_sealed": vault.seal_for(person.data_key, person.id.bytes, row.channel, address),
            "address_hash": self.hash_of(row.channel, address),
        }

    def hash_of(self, channel: str, address: str) -> bytes:
        """The keyed hash by which an address is found and counted."""
        return self.uow.ctx.vault.index(channel, same_email(address) if channel == EMAIL else address)

    def address_of(self, row: BindingRow, person: PersonRow) -> str | None:
        """The address in clear: for its gateway, and to be masked."""
        if row.address_sealed is None:
            return None
        return self.uow.ctx.vault.open_for(person.data_key, person.id.bytes, row.channel, row.address_sealed)

    def email_mac(self, row: BindingRow, code: str) -> bytes:
        """What is kept of a code that went to an address: bound to this very row."""
        return self.uow.ctx.vault.mac("bind-email", f"{row.id}\x00{code}")

    def _wechat_mac(self, code: str) -> bytes:
        return self.uow.ctx.vault.mac("bind-wechat", code)

    async def fresh_wechat_code(self) -> str:
        """Figures that no other binding waits for."""
        while True:
            code = f"{secrets.randbelow(10**OPEN_CODE_DIGITS):0{OPEN_CODE_DIGITS}d}"
            if await self.by_wechat_code(code) is None:
                return code

    async def by_wechat_code(self, code: str) -> BindingRow | None:
        """The binding that waits for this code, run out or not."""
        asked = select(BindingRow).where(BindingRow.code_mac == self._wechat_mac(code), BindingRow.state == "waiting")
        return (await self.uow.session.scalars(asked.where(BindingRow.channel == WECHAT))).one_or_none()

    async def get(self, binding_id: UUID) -> BindingRow | None:
        """One binding, whatever its state."""
        return await self.uow.session.get(BindingRow, binding_id)

    async def of(self, person_id: UUID, *states: str, channel: str | None = None) -> Sequence[BindingRow]:
        """The person's bindings in these states, as they are now."""
        asked = select(BindingRow).where(BindingRow.person_id == person_id, BindingRow.state.in_(states))
        if channel is not None:
            asked = asked.where(BindingRow.channel == channel)
        asked = asked.order_by(BindingRow.created_at, BindingRow.id).execution_options(populate_existing=True)
        return (await self.uow.session.scalars(asked)).all()

    async def count_wrong(self, binding_id: UUID) -> None:
        """A wrong code, whatever becomes of the request."""
        await self.uow.ctx.database.reads.execute(COUNT_WRONG, binding_id)

    async def ways_of(self, person: PersonRow, offered: Sequence[str]) -> dict[str, Way]:
        """Where the person can be reached beside the phone, by channel."""
        found = {}
        for row in await self.of(person.id, "bound"):
            address = self.address_of(row, person)
            if address is not None and row.channel in offered:
                found[row.channel] = Way(row.id, address)
        return found

    async def left_over(self, before: datetime, limit: int) -> Sequence[BindingRow]:
        """Bindings with an address or a code that nobody needs: never proved, or of a record that is no more."""
        person_gone = select(PersonRow.id).where(PersonRow.id == BindingRow.person_id, PersonRow.state != "active")
        asked = select(BindingRow).where(
            or_(
                (BindingRow.state == "waiting") & (BindingRow.code_until < before),
                (BindingRow.state != "removed") & person_gone.exists(),
            )
        )
        asked = asked.order_by(BindingRow.id).limit(limit).with_for_update(skip_locked=True)
        return (await self.uow.session.scalars(asked)).all()

    # -- preferences -----------------------------------------------------------------------------------

    def new_preferences(self, person_id: UUID, values: dict[str, Any]) -> PreferenceRow:
        """A first choice, not yet added."""
        blank: dict[str, Any] = {"topics": {}, "quiet_from": None, "quiet_until": None, "language": None}
        return PreferenceRow(id=new_id(), person_id=person_id, **(blank | values))

    async def preferences(self, person_id: UUID) -> PreferenceRow | None:
        """What the person has chosen, if anything."""
        asked = select(PreferenceRow).where(PreferenceRow.person_id == person_id)
        return (await self.uow.session.scalars(asked.execution_options(populate_existing=True))).one_or_none()

    async def wishes_of(self, person_id: UUID) -> Wishes:
        """The same as plain values; nothing chosen is all defaults."""
        row = await self.preferences(person_id)
        return Wishes() if row is None else Wishes(row.topics, row.quiet_from, row.quiet_until, row.language)

    # -- links that end e-mails of a topic -------------------------------------------------------------

    def link_of(self, binding_id: UUID, topic: str) -> str | None:
        """The signed end of an address that lets anybody who holds the letter end its topic; None for what is vital.

        It names the binding, so that it leads nowhere once the address belongs to somebody else.
        """
        if topic not in TOPICS or topic == VITAL:
            return None
        body = binding_id.bytes + topic.encode()
        return _text(body + self.uow.ctx.vault.mac(LINK, body.hex()))

    def read_link(self, text: str) -> tuple[UUID, str] | None:
        """Binding and topic; None for what was altered or never signed here."""
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            return None
        body, mac = raw[:-32], raw[-32:]
        signed = hmac.compare_digest(mac, self.uow.ctx.vault.mac(LINK, body.hex()))
        if not signed or len(body) <= 16 or _text(raw) != text:
            return None
        return UUID(bytes=body[:16]), body[16:].decode()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
