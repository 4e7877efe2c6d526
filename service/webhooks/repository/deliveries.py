"""Deliveries: written, claimed without waiting for each other, closed, listed, sent again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import insert, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from service.db.base import table_of
from service.errors import Missing
from service.ids import new_id
from service.webhooks.lifecycle import from_states
from service.webhooks.tables import WebhookAttemptRow, WebhookDeliveryRow

if TYPE_CHECKING:
    from service.uow import Uow
    from service.webhooks.rules.ladder import Outcome

LEASE_SECONDS = 30  # three times the longest delivery
CLAIMED_FROM = ", ".join(repr(state) for state in from_states("claim"))
# The subscriptions are locked first, without those whom another process serves; only a later statement counts what is
# under way, so that the count is true. While an officer holds an employer its deliveries wait; the employer's state
# alone says so, so that a lift sends them. A receiver in trouble (failures) is tried with one delivery at a time. The
# order is drawn, so that nobody waits behind a crowd; and of one owner's receivers only so many are taken that its
# places here are about filled.
_OWNER = "coalesce({0}.employer_id::text, {0}.key_id::text, '')"
_PLACES = "case when s.failures = 0 then cast(:each as int) else 1 end"
READY = text(
    f"""
    with busy as materialized (
        select subscription_id as id, count(*) as places from webhook_deliveries
        where state = 'sending' and lease_until >= clock_timestamp() group by 1
    ), owners as materialized (
        select {_OWNER.format("x")} as owner, sum(places) as places
        from busy join webhook_subscriptions x using (id) group by 1
    ), due as materialized (
        select s.id, {_OWNER.format("s")} as owner,
               row_number() over (partition by {_OWNER.format("s")} order by random()) as turn
        from webhook_subscriptions s left join busy using (id)
        where s.state = 'active' and coalesce(busy.places, 0) < {_PLACES}
          and not exists (select from employers e where e.id = s.employer_id and e.state = 'held')
          and (s.rest_until is null or s.rest_until <= (select business_now()))
          and exists (select from webhook_deliveries d where d.subscription_id = s.id
                      and d.state in ({CLAIMED_FROM}) and d.due_at <= (select business_now())
                      and (d.lease_until is null or d.lease_until < clock_timestamp()))
    )
    select s.id from due left join owners using (owner) join webhook_subscriptions s on s.id = due.id
    where s.state = 'active'
      and (due.turn - 1) * cast(:each as int) + coalesce(owners.places, 0) < cast(:of_owner as int)
    order by random() limit cast(:batch as int) for no key update of s skip locked
    """
)
CLAIM = text(
    f"""
    with chosen as materialized (
        select d.id from webhook_subscriptions s cross join lateral (
            select d.id from webhook_deliveries d
            where d.subscription_id = s.id and d.state in ({CLAIMED_FROM}) and d.due_at <= (select business_now())
              and (d.lease_until is null or d.lease_until < clock_timestamp())
            order by d.due_at, d.id
            limit greatest(0, {_PLACES} - (
                select count(*) from webhook_deliveries o where o.subscription_id = s.id and o.state = 'sending'
                and o.lease_until >= clock_timestamp()))
            for update skip locked
        ) d where s.id = any(cast(:ready as uuid[])) limit cast(:batch as int)
    )
    update webhook_deliveries d set state = 'sending', attempt = d.attempt + 1,
           lease_until = clock_timestamp() + make_interval(secs => :lease)
    from chosen where d.id = chosen.id
    returning d.id, d.attempt
    """
)
PURGE = text(
    "delete from webhook_deliveries where ctid in (select ctid from webhook_deliveries"
    " where created_at < business_now() - make_interval(days => :days) and state <> 'sending' limit 5000)"
)
FORGET = text(
    "update webhook_subscriptions set former_sealed = null, overlap_until = null where overlap_until <= business_now()"
)


class DeliveriesRepository:
    """`uow.webhook_deliveries`."""

    def __init__(self, uow: Uow):
        self.session = uow.session

    async def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """New ones; an event that a subscription has already is left out."""
        for start in range(0, len(rows), 1000):
            values = [{"id": new_id(), **row} for row in rows[start : start + 1000]]
            statement = pg_insert(table_of(WebhookDeliveryRow)).values(values)
            await self.session.execute(statement.on_conflict_do_nothing(index_elements=["subscription_id", "event_id"]))

    async def claim(self, batch: int, each: int, of_owner: int) -> list[tuple[UUID, int]]:
        """(id, attempt) of at most `batch`, of each receiver at most `each` under way at once, of each owner about
        `of_owner`: none begins where it has so many."""
        room = {"batch": batch, "each": each}
        ready = list(await self.session.scalars(READY, room | {"of_owner": of_owner}))
        values = room | {"ready": ready, "lease": LEASE_SECONDS}
        return [(row.id, row.attempt) for row in await self.session.execute(CLAIM, values)] if ready else []

    async def claimed(self, delivery_id: UUID, attempt: int) -> WebhookDeliveryRow | None:
        """The one whose claim is this attempt, locked; None when it was taken over, dropped or purged."""
        asked = select(WebhookDeliveryRow).where(
            WebhookDeliveryRow.id == delivery_id,
            WebhookDeliveryRow.attempt == attempt,
            WebhookDeliveryRow.state == "sending",
        )
        asked = asked.with_for_update().execution_options(populate_existing=True)
        return (await self.session.scalars(asked)).one_or_none()

    async def of(self, delivery_id: UUID) -> WebhookDeliveryRow | None:
        """One, not locked."""
        return await self.session.get(WebhookDeliveryRow, delivery_id, populate_existing=True)

    async def note_attempt(self, delivery: WebhookDeliveryRow, outcome: Outcome, at: datetime) -> None:
        """Keep what came of an attempt."""
        await self.session.execute(
            insert(WebhookAttemptRow).values(
                delivery_id=delivery.id,
                attempt=delivery.attempt,
                at=at,
                status=outcome.status,
                error=outcome.error,
                duration_ms=outcome.duration_ms,
            )
        )

    async def drop_live(self, subscription_id: UUID, why: str, at: datetime) -> None:
        """What is on its way to a subscription is given up; it can be replayed."""
        values = {"state": "dead", "lease_until": None, "last_error": why, "closed_at": at}
        live = WebhookDeliveryRow.state.in_(from_states("drop"))
        of = WebhookDeliveryRow.subscription_id == subscription_id
        await self.session.execute(update(WebhookDeliveryRow).where(of, live).values(**values))

    async def replay(self, subscription_id: UUID, since: datetime, until: datetime, now: datetime) -> int:
        """Send what happened in [since, until) once more, under the same names; how many."""
        asked = update(WebhookDeliveryRow).where(
            WebhookDeliveryRow.subscription_id == subscription_id,
            WebhookDeliveryRow.occurred_at >= since,
            WebhookDeliveryRow.occurred_at < until,
            WebhookDeliveryRow.state.in_(from_states("replay")),
        )
        done = await self.session.execute(asked.values(state="pending", failed=0, due_at=now, closed_at=None))
        return int(done.rowcount)  # type: ignore[attr-defined]

    async def lock(self, subscription_id: UUID, delivery_id: UUID) -> WebhookDeliveryRow:
        """One of a subscription, kept from others. Raises Missing."""
        return await self._one(subscription_id, delivery_id, lock=True)

    async def get(self, subscription_id: UUID, delivery_id: UUID) -> WebhookDeliveryRow:
        """One of a subscription. Raises Missing."""
        return await self._one(subscription_id, delivery_id, lock=False)

    async def _one(self, subscription_id: UUID, delivery_id: UUID, *, lock: bool) -> WebhookDeliveryRow:
        asked = select(WebhookDeliveryRow).where(
            WebhookDeliveryRow.id == delivery_id, WebhookDeliveryRow.subscription_id == subscription_id
        )
        if lock:
            asked = asked.with_for_update().execution_options(populate_existing=True)
        row = (await self.session.scalars(asked)).one_or_none()
        if row is None:
            raise Missing
        return row

    async def page(
        self, subscription_id: UUID, state: str | None, after: tuple[datetime, UUID] | None, limit: int
    ) -> Sequence[WebhookDeliveryRow]:
        """The newest events first."""
        asked = select(WebhookDeliveryRow).where(WebhookDeliveryRow.subscription_id == subscription_id)
        if state is not None:
            asked = asked.where(WebhookDeliveryRow.state == state)
        if after is not None:
            asked = asked.where(tuple_(WebhookDeliveryRow.occurred_at, WebhookDeliveryRow.id) < after)
        order = (WebhookDeliveryRow.occurred_at.desc(), WebhookDeliveryRow.id.desc())
        return (await self.session.scalars(asked.order_by(*order).limit(limit))).all()

    async def attempts(self, delivery_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[WebhookAttemptRow]]:
        """Every attempt of these, the first first."""
        asked = select(WebhookAttemptRow).where(WebhookAttemptRow.delivery_id.in_(list(delivery_ids)))
        found: dict[UUID, list[WebhookAttemptRow]] = {}
        for row in await self.session.scalars(asked.order_by(WebhookAttemptRow.delivery_id, WebhookAttemptRow.attempt)):
            found.setdefault(row.delivery_id, []).append(row)
        return found

    async def purge(self, days: int) -> None:
        """Throw away what is older, a batch at a time, and former secrets whose time is over."""
        await self.session.execute(PURGE, {"days": days})
        await self.session.execute(FORGET)
