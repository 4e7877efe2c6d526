"""Codes that stand for a worker: printed card, calendar address, six-digit word. Kept as hashes only."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from service.errors import Unready
from service.ids import new_id, new_public_number, new_token
from service.vault import token_hash
from service.workers.rules import card_form
from service.workers.tables import WorkerCodeRow, WorkerRow

if TYPE_CHECKING:
    from service.uow import Uow

Kind = Literal["card", "feed", "word"]
WORD_DRAWS = 20


class WorkerCodesRepository:
    """A card and a feed address hold 128 bits and more; a word is short, short-lived and kept under a keyed MAC."""

    def __init__(self, uow: Uow):
        self.uow = uow

    async def revoke(self, worker_id: UUID, kind: Kind) -> bool:
        """End every live code of this kind; True when there was one."""
        now = await self.uow.now()
        ending = update(WorkerCodeRow).where(
            WorkerCodeRow.worker_id == worker_id, WorkerCodeRow.kind == kind, WorkerCodeRow.revoked_at.is_(None)
        )
        ended = await self.uow.session.execute(ending.values(revoked_at=now).returning(WorkerCodeRow.id))
        return bool(ended.all())

    async def new_card(self, worker_id: UUID) -> tuple[UUID, str]:
        """A card's id and its code (26 characters, 130 bits), which is kept nowhere; the card before is void."""
        await self.revoke(worker_id, "card")
        code = new_public_number()
        return await self._keep(worker_id, "card", token_hash(code), None), code

    async def new_feed(self, worker_id: UUID) -> tuple[UUID, str]:
        """A calendar's id and token, which is kept nowhere; the address before is void."""
        await self.revoke(worker_id, "feed")
        token = new_token("lgc")
        return await self._keep(worker_id, "feed", token_hash(token), None), token

    async def new_word(self, worker_id: UUID, *, digits: int, until: datetime) -> str:
        """A word that nobody else's live word equals; the word before is void. Raises Unready when none is free."""
        await self.revoke(worker_id, "word")
        for _ in range(WORD_DRAWS):
            word = f"{secrets.randbelow(10**digits):0{digits}d}"
            if await self._keep_word(worker_id, self._word_mac(word), until):
                return word
        raise Unready("words_all_taken", retry_after=30)

    async def _keep(self, worker_id: UUID, kind: Kind, kept: bytes, until: datetime | None) -> UUID:
        row = WorkerCodeRow(
            id=new_id(), worker_id=worker_id, kind=kind, hash=kept, created_at=await self.uow.now(), expires_at=until
        )
        self.uow.session.add(row)
        await self.uow.flush()
        return row.id

    async def _keep_word(self, worker_id: UUID, kept: bytes, until: datetime) -> bool:
        now = await self.uow.now()
        spent = and_(WorkerCodeRow.hash == kept, WorkerCodeRow.revoked_at.is_(None), WorkerCodeRow.expires_at <= now)
        await self.uow.session.execute(update(WorkerCodeRow).where(spent).values(revoked_at=WorkerCodeRow.expires_at))
        fresh = pg_insert(WorkerCodeRow).values(
            id=new_id(), worker_id=worker_id, kind="word", hash=kept, created_at=now, expires_at=until
        )
        fresh = fresh.on_conflict_do_nothing(index_elements=["hash"], index_where=WorkerCodeRow.revoked_at.is_(None))
        return (await self.uow.session.execute(fresh.returning(WorkerCodeRow.id))).scalar_one_or_none() is not None

    def _word_mac(self, word: str) -> bytes:
        return self.uow.ctx.vault.mac("worker-word", word)

    # -- looking up ------------------------------------------------------------------------------------

    async def worker_of_card(self, code: str) -> UUID | None:
        """Whose card this is; a revoked one is nobody's."""
        return await self._worker("card", token_hash(card_form(code)))

    async def worker_of_feed(self, token: str) -> UUID | None:
        """Whose calendar this is."""
        return await self._worker("feed", token_hash(token))

    async def worker_of_word(self, word: str) -> UUID | None:
        """Whose word this is now."""
        return await self._worker("word", self._word_mac(word))

    async def spend_word(self, word: str) -> UUID | None:
        """Whose word this was, and it is one no longer; None when somebody else has just spent it."""
        worker_id = await self.worker_of_word(word)
        return worker_id if worker_id is not None and await self.revoke(worker_id, "word") else None

    async def _worker(self, kind: Kind, kept: bytes) -> UUID | None:
        now = await self.uow.now()
        found = (
            select(WorkerCodeRow.worker_id)
            .join(WorkerRow, WorkerRow.id == WorkerCodeRow.worker_id)
            .where(
                WorkerCodeRow.hash == kept,
                WorkerCodeRow.kind == kind,
                WorkerCodeRow.revoked_at.is_(None),
                or_(WorkerCodeRow.expires_at.is_(None), WorkerCodeRow.expires_at > now),
                WorkerRow.state != "merged",
            )
        )
        worker_id: UUID | None = (await self.uow.session.scalars(found)).one_or_none()
        return worker_id

    async def hand_over(self, given_up: UUID, kept: UUID) -> None:
        """After a merge: a card and a calendar go on for the kept record, unless it has its own; words end."""
        await self.revoke(given_up, "word")
        for kind in ("card", "feed"):
            own = select(WorkerCodeRow.id).where(
                WorkerCodeRow.worker_id == kept, WorkerCodeRow.kind == kind, WorkerCodeRow.revoked_at.is_(None)
            )
            if (await self.uow.session.scalars(own.limit(1))).one_or_none() is not None:
                await self.revoke(given_up, kind)
        await self.uow.session.execute(
            update(WorkerCodeRow).where(WorkerCodeRow.worker_id == given_up).values(worker_id=kept)
        )
