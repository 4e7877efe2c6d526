"""From a change to a receiver that believes it: nothing lost, nothing under two names, nobody in another's way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from service.access.lifecycle import API_KEY
from service.actor import SYSTEM, Actor
from service.context import Context
from service.employers.lifecycle import EMPLOYER
from service.engagements.lifecycle import ENGAGEMENT
from service.errors import Conflict
from service.faults import Faults
from service.postings.lifecycle import POSTING
from service.postings.tables import PostingRow
from service.supplies.tables import SupplyRow
from service.webhooks.courier.delivering import POSTPONED
from service.webhooks.courier.fanning import fan_out
from service.webhooks.courier.names import Busy
from service.webhooks.courier.rounds import EACH, OF_OWNER, run_until_quiet
from service.webhooks.courier.transport import Transport
from service.webhooks.purging import purge_webhooks
from service.webhooks.usecases import looking, subscribing
from tests.builders.attendance import MONDAY, a_scene, at, member_caller, rows
from tests.builders.city import a_member, a_posting, a_shift, a_worker, an_employer, an_engagement
from tests.builders.people import an_integrator
from tests.builders.webhooks import Call, Subscribed, a_delivery, a_receiver, a_subscription, answer, silent

OWN = {"id", "number", "version", "created_at", "updated_at"}


async def an_event(ctx: Context, posting_id: UUID, action: str = "pause", *, by: Actor = SYSTEM) -> None:
    """A move of a posting."""
    async with ctx.uow() as uow:
        row = await uow.postings.lock(posting_id)
        await uow.move(row, POSTING, action, by=by, at=await uow.now())


async def states(ctx: Context) -> list[str]:
    found = await rows(ctx, "select state from webhook_deliveries order by occurred_at, kind, id")
    return [row["state"] for row in found]


async def one(ctx: Context, sql: str, **values: Any) -> Any:
    [row] = await rows(ctx, sql, **values)
    [value] = row.values()
    return value


def kinds(calls: list[Call]) -> list[str]:
    return sorted(call.said["type"] for call in calls)


async def test_a_published_posting_reaches_its_subscribers_signed_and_thin(ctx: Context) -> None:
    """The public library believes it; it names the posting and where to read it, and nothing of anybody."""
    subscribed = await a_subscription(ctx)
    posting = await a_posting(ctx, await an_employer(ctx), address="某路2号", title="晚市洗碗")
    async with a_receiver() as receiver:
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 1
    [call] = receiver.calls
    said = subscribed.verify(call)
    assert said["type"] == "posting.published"
    assert said["id"] == call.headers["webhook-id"]
    assert said["data"] == {"id": str(posting.id), "link": f"{ctx.settings.base_url}/v1/postings/{posting.id}"}
    assert said["timestamp"].endswith("+08:00")
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 44).verify(call.body, call.headers)
    assert await states(ctx) == ["delivered"]
    assert await run_until_quiet(ctx, transport=receiver.transport()) == 0


async def test_an_employer_hears_its_own_and_only_its_own(ctx: Context) -> None:
    """Postings, applications, seats, results; nothing of another employer."""
    scene = await a_scene(ctx)
    mine, theirs = await a_subscription(ctx, employer=scene.employer), await an_employer(ctx)
    await a_subscription(ctx, employer=theirs)
    async with ctx.uow() as uow:
        seat = await uow.engagements.lock(scene.engagement.id)
        await uow.move(seat, ENGAGEMENT, "cancel", by=SYSTEM, at=await uow.now(), reason="other")
    await an_event(ctx, scene.posting.id)
    async with a_receiver() as receiver:
        await run_until_quiet(ctx, transport=receiver.transport())
    assert kinds(receiver.calls) == ["engagement.ended", "posting.removed"]
    assert await one(ctx, "select count(distinct subscription_id) from webhook_deliveries") == 1
    assert await one(ctx, "select distinct subscription_id from webhook_deliveries") == mine.id


async def test_supply_is_told_without_its_person(ctx: Context) -> None:
    """A wish for work that is shown, and taken back."""
    await a_subscription(ctx, region="310000")
    worker = await a_worker(ctx)
    async with ctx.uow() as uow:
        row = SupplyRow(
            state="published", worker_id=worker.id, kind="work", title="找活", trades=["moving"],
            work_modes=["on_site"], city_code="310100", district_codes=[], licence_exempt=False, channel="api",
            published_at=await uow.now(), valid_until=await uow.now() + timedelta(days=9),
        )  # fmt: skip
        await uow.add(row, by=SYSTEM)
    async with a_receiver() as receiver:
        await run_until_quiet(ctx, transport=receiver.transport())
    [call] = receiver.calls
    assert call.said["type"] == "supply.published"
    assert str(worker.id).encode() not in call.body


async def test_a_partner_hears_results_of_what_it_brought_and_no_echo(ctx: Context) -> None:
    """Its own publishing is not told back to it; a hire on its posting is, on another's not."""
    key, _ = await an_integrator(ctx)
    await a_subscription(ctx, key=key)
    scene = await a_scene(ctx)
    brought = await a_copy(ctx, scene.posting, by=Actor("integrator", key))
    async with a_receiver() as receiver:
        await run_until_quiet(ctx, transport=receiver.transport())
        assert kinds(receiver.calls) == ["posting.published"]  # of the other posting, where somebody is engaged too
        await an_engagement(ctx, await a_worker(ctx), await a_shift(ctx, brought), brought)
        await run_until_quiet(ctx, transport=receiver.transport())
    assert receiver.calls[1].said["type"] == "posting.hired"
    assert receiver.calls[1].said["data"]["id"] == str(brought.id)
    assert len(receiver.calls) == 2


async def a_copy(ctx: Context, posting: PostingRow, *, by: Actor) -> PostingRow:
    """The same posting once more, brought by somebody."""
    async with ctx.uow() as uow:
        fields = {name: value for name, value in uow.postings.columns_of(posting).items() if name not in OWN}
        row = PostingRow(**fields)
        await uow.add(row, by=by)
        return row


async def test_a_paused_subscription_waits_and_loses_nothing(ctx: Context) -> None:
    """What happens during a pause goes out when it is resumed; an ended one's is given up."""
    employer = await an_employer(ctx)
    by = member_caller(await a_member(ctx, employer))
    subscribed = await a_subscription(ctx, employer=employer)
    await subscribing.move_webhook(ctx, subscribed.id, "pause", by=by)
    await a_posting(ctx, employer)
    async with a_receiver() as receiver:
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 0
        assert await states(ctx) == ["pending"]
        await subscribing.move_webhook(ctx, subscribed.id, "resume", by=by)
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 1
        await a_posting(ctx, employer)
        await fan_out(ctx)
        await subscribing.move_webhook(ctx, subscribed.id, "end", by=by)
        await a_posting(ctx, employer)
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 0
    assert await states(ctx) == ["delivered", "dead"]


async def test_the_ladder_is_climbed_by_the_shared_clock_and_ends_in_a_dead_letter(ctx: Context) -> None:
    """Nine attempts over about three days under one id; then the receiver is disabled and its owner told; a resumed
    one gets everything by a replay."""
    await at(ctx, MONDAY)
    employer = await an_employer(ctx)
    member = await a_member(ctx, employer)
    subscribed = await a_subscription(ctx, employer=employer)
    await a_posting(ctx, employer)
    ladder = ctx.policies.at(MONDAY).webhooks.retry_seconds
    async with a_receiver(answer(500)) as receiver:
        moment = MONDAY
        for number in range(1, len(ladder) + 2):
            assert await run_until_quiet(ctx, transport=receiver.transport()) == 1
            assert len(receiver.calls) == number
            if number <= len(ladder):
                due = await one(ctx, "select due_at from webhook_deliveries where state = 'failed'")
                wait = (due - moment).total_seconds()
                assert 0.9 * ladder[number - 1] <= wait <= 1.1 * ladder[number - 1]
                await at(ctx, due - timedelta(seconds=1))
                assert await run_until_quiet(ctx, transport=receiver.transport()) == 0
                rest = await one(ctx, "select rest_until from webhook_subscriptions")
                moment = max(due, rest) if rest else due
                await at(ctx, moment)
        assert await states(ctx) == ["dead"]
        assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
        assert await one(ctx, "select state || ' ' || disabled_for from webhook_subscriptions") == "disabled failing"
        assert await one(ctx, "select template from messages where person_id = :id", id=member.person_id) == (
            "webhook.disabled_failing"
        )
        by = member_caller(member)
        dead = await looking.list_webhook_deliveries(
            ctx, subscribed.id, state="dead", after=lambda now: None, limit=5, by=by
        )
        assert [len(each.attempts) for each in dead.items] == [9]
        assert {attempt.status for attempt in dead.items[0].attempts} == {500}
        receiver.manners = [answer(200)]
        await subscribing.move_webhook(ctx, subscribed.id, "resume", by=by)
        replayed = await looking.replay_webhook(ctx, subscribed.id, since=MONDAY, until=None, by=by)
        assert replayed.count == 1
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 1
    assert await states(ctx) == ["delivered"]
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1


async def test_gone_means_gone(ctx: Context) -> None:
    """410 disables at once; what else is on its way is given up, and nothing new is collected."""
    await at(ctx, MONDAY)
    employer = await an_employer(ctx)
    subscribed = await a_subscription(ctx, employer=employer)
    for _ in range(3):
        await a_delivery(ctx, subscribed.id)
    async with a_receiver(answer(410)) as receiver:
        await run_until_quiet(ctx, transport=receiver.transport())
        await a_posting(ctx, employer)
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 0
    assert set(await states(ctx)) == {"dead"}
    assert len(await states(ctx)) == 3
    assert await one(ctx, "select disabled_for from webhook_subscriptions") == "gone"


@pytest.mark.parametrize("status", [429, 503])
async def test_a_receiver_that_asks_to_wait_is_left_alone(ctx: Context, status: int) -> None:
    """Retry-After holds for everything on its way to it; afterwards a yes makes it well again."""
    await at(ctx, MONDAY)
    subscribed = await a_subscription(ctx)
    await a_delivery(ctx, subscribed.id)
    async with a_receiver(answer(status, "Retry-After: 600"), answer(200)) as receiver:
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 1
        await a_delivery(ctx, subscribed.id)
        await at(ctx, MONDAY + timedelta(seconds=599))
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 0
        await at(ctx, MONDAY + timedelta(seconds=600))
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 2
    assert await states(ctx) == ["delivered", "delivered"]
    health = "select failures, failing_since, rest_until from webhook_subscriptions"
    assert await rows(ctx, health) == [{"failures": 0, "failing_since": None, "rest_until": None}]


async def test_a_redirect_is_a_failure_and_its_place_is_not_visited(ctx: Context) -> None:
    """The log says 302 redirected; nothing of the place."""
    subscribed = await a_subscription(ctx)
    await a_delivery(ctx, subscribed.id)
    async with a_receiver() as inside, a_receiver(answer(302, f"Location: http://127.0.0.1:{inside.port}/")) as there:
        await run_until_quiet(ctx, transport=there.transport())
    assert inside.calls == []
    assert await rows(ctx, "select status, error from webhook_attempts") == [{"status": 302, "error": "redirected"}]


async def test_a_new_secret_and_the_former_one_overlap_for_a_day(ctx: Context) -> None:
    """Both verify during the overlap; afterwards the new one alone, and the former is forgotten."""
    employer = await an_employer(ctx)
    by = member_caller(await a_member(ctx, employer))
    old = await a_subscription(ctx, employer=employer)
    made = await subscribing.rotate_webhook_secret(ctx, old.id, by=by)
    assert made.secret is not None
    new = Subscribed(old.id, made.secret)
    async with a_receiver() as receiver:
        await a_delivery(ctx, old.id)
        await run_until_quiet(ctx, transport=receiver.transport())
        assert old.verify(receiver.calls[0]) == new.verify(receiver.calls[0])
        await rows(ctx, "update webhook_subscriptions set overlap_until = now() - interval '1 second' returning 1")
        await a_delivery(ctx, old.id)
        await run_until_quiet(ctx, transport=receiver.transport())
    new.verify(receiver.calls[1])
    with pytest.raises(WebhookVerificationError):
        old.verify(receiver.calls[1])
    await purge_webhooks(ctx)
    assert await one(ctx, "select former_sealed is null from webhook_subscriptions")


async def test_secrets_and_addresses_are_in_no_log(ctx: Context) -> None:
    """The database holds the secret sealed; the log of changes holds commitments."""
    employer = await an_employer(ctx)
    by = member_caller(await a_member(ctx, employer))
    subscribed = await a_subscription(ctx, employer=employer)
    made = await subscribing.rotate_webhook_secret(ctx, subscribed.id, by=by)
    moved = "https://hooks.example.com/a-secret-path"
    await subscribing.change_webhook(ctx, subscribed.id, {"address": moved}, seen=made.version, by=by)
    logged = await one(ctx, "select string_agg(changes::text, ' ') from transitions where noun = 'subscription'")
    assert "a-secret-path" not in logged
    assert "commitment" in logged
    sealed = await one(ctx, "select secret_sealed from webhook_subscriptions")
    assert made.secret is not None
    assert made.secret.encode() not in sealed


# -- nothing lost, nothing doubled --------------------------------------------------------------------


async def test_a_late_commit_is_not_skipped(ctx: Context) -> None:
    """A transaction that began first and commits last is told as well."""
    await a_subscription(ctx)
    employer = await an_employer(ctx)
    early, late = await a_posting(ctx, employer), await a_posting(ctx, employer)
    while await fan_out(ctx):
        pass
    async with a_receiver() as receiver:
        await run_until_quiet(ctx, transport=receiver.transport())
        receiver.calls.clear()
        async with ctx.uow() as slow:
            row = await slow.postings.lock(early.id)
            await slow.move(row, POSTING, "pause", by=SYSTEM, at=await slow.now())
            await slow.flush()
            await an_event(ctx, late.id)
            await run_until_quiet(ctx, transport=receiver.transport())
        await run_until_quiet(ctx, transport=receiver.transport())
    told = [call.said["data"]["id"] for call in receiver.calls]
    assert sorted(told) == sorted([str(early.id), str(late.id)])


async def test_many_readers_and_couriers_at_once_tell_each_event_once(ctx: Context) -> None:
    """Four at a time over thirty postings, which are published meanwhile: each event to each subscription once."""
    employer = await an_employer(ctx)
    subscribed = [await a_subscription(ctx, employer=employer) for _ in range(3)]

    async def publish() -> None:
        for _ in range(30):
            await a_posting(ctx, employer)

    async with a_receiver() as receiver:
        working = asyncio.create_task(publish())
        while not working.done():
            await asyncio.gather(*(run_until_quiet(ctx, transport=receiver.transport()) for _ in range(4)))
        await working
        await run_until_quiet(ctx, transport=receiver.transport())
    assert len(receiver.calls) == 30 * len(subscribed)
    ids = [call.headers["webhook-id"] for call in receiver.calls]
    assert {ids.count(each) for each in ids} == {len(subscribed)}
    assert set(await states(ctx)) == {"delivered"}


@pytest.mark.parametrize(
    "point", ["webhook.fan_out", "webhook.after_claim", "webhook.before_send", "webhook.after_send"]
)
async def test_a_courier_that_dies_anywhere_loses_nothing(ctx: Context, point: str) -> None:
    """Between commit and claim, claim and sending, sending and mark: another one takes up, under the same id."""
    await a_subscription(ctx)
    await a_posting(ctx, await an_employer(ctx))
    dying = replace(ctx, faults=Faults.parse(f"{point}:fail:1"))
    async with a_receiver() as receiver:
        try:
            await run_until_quiet(dying, transport=receiver.transport())
        except RuntimeError:
            assert point in ("webhook.fan_out", "webhook.after_claim")
        await rows(ctx, "update webhook_deliveries set lease_until = now() where state = 'sending' returning 1")
        await run_until_quiet(ctx, transport=receiver.transport())
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert len(receiver.calls) == (2 if point == "webhook.after_send" else 1)
    assert await states(ctx) == ["delivered"]


async def test_the_answer_to_a_lost_claim_changes_nothing(ctx: Context) -> None:
    """A courier that was taken for dead and comes back late marks nothing: the later claim decides."""
    subscribed = await a_subscription(ctx)
    await a_delivery(ctx, subscribed.id)

    async def slow_to_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await rows(ctx, "update webhook_deliveries set lease_until = now() - interval '1 s' returning 1")
        async with a_receiver() as other:
            assert await run_until_quiet(ctx, transport=other.transport()) == 1
        await answer(500)(reader, writer)

    async with a_receiver(slow_to_answer) as receiver:
        await run_until_quiet(ctx, transport=receiver.transport())
    assert await states(ctx) == ["delivered"]
    assert await rows(ctx, "select attempt, status from webhook_attempts") == [{"attempt": 2, "status": 204}]


# -- nobody in another's way --------------------------------------------------------------------------


async def test_a_slow_receiver_holds_up_nobody(ctx: Context) -> None:
    """While one receiver keeps all its places busy until the end, another one gets everything."""
    slow, quick = await a_subscription(ctx), await a_subscription(ctx, address="http://quick.test/")
    for _ in range(EACH * 3):
        await a_delivery(ctx, slow.id)
        await a_delivery(ctx, quick.id)
    async with a_receiver(silent) as stuck, a_receiver() as well:
        way = stuck.transport(deadline=3600.0)
        way = replace(way, rehearsed={**way.rehearsed, "quick.test": ("127.0.0.1", well.port)})
        running = asyncio.create_task(run_until_quiet(ctx, transport=way))
        async with asyncio.timeout(60):
            while len(well.calls) < EACH * 3:
                await asyncio.sleep(0.02)
        assert len(stuck.calls) <= EACH
        assert not running.done()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_two_processes_keep_to_one_receivers_places(ctx: Context) -> None:
    """The number of deliveries under way to one receiver holds over all processes."""
    subscribed = await a_subscription(ctx)
    for _ in range(EACH * 5):
        await a_delivery(ctx, subscribed.id)

    async def claim() -> int:
        async with ctx.uow() as uow:
            return len(await uow.webhook_deliveries.claim(32, EACH, OF_OWNER))

    assert sum(await asyncio.gather(*(claim() for _ in range(8)))) <= EACH
    assert (await states(ctx)).count("sending") <= EACH


async def test_one_owners_receivers_leave_places_for_others(ctx: Context) -> None:
    """Somebody with ten receivers gets the places of two; another owner's single receiver has its own."""
    many, other = await an_employer(ctx), await an_employer(ctx)
    receivers = [await a_subscription(ctx, employer=many) for _ in range(10)]
    for receiver in receivers:
        for _ in range(EACH):
            await a_delivery(ctx, receiver.id)
    lone = await a_subscription(ctx, employer=other)
    await a_delivery(ctx, lone.id)

    async def claim() -> list[tuple[UUID, int]]:
        async with ctx.uow() as uow:
            return await uow.webhook_deliveries.claim(32, EACH, OF_OWNER)

    first, second = await claim(), await claim()
    assert (len(first), second) == (OF_OWNER + 1, [])
    taken = "select count(*) from webhook_deliveries where state = 'sending' and subscription_id = :id"
    assert await one(ctx, taken, id=lone.id) == 1


async def test_what_has_no_place_here_is_no_failure_of_its_receiver(ctx: Context) -> None:
    """While every thread for names is taken a delivery waits a moment: no attempt is noted, nothing is counted against
    the receiver; then it arrives."""
    await at(ctx, MONDAY)
    subscribed = await a_subscription(ctx)
    await a_delivery(ctx, subscribed.id)

    async def taken(host: str, port: int, owner: str) -> list[str]:
        raise Busy

    async with a_receiver() as receiver:
        assert await run_until_quiet(ctx, transport=Transport(plain=True, resolver=taken)) == 1
        told = "select d.state, d.failed, s.failures, s.failing_since from webhook_deliveries d"
        told += " join webhook_subscriptions s on s.id = d.subscription_id"
        [row] = await rows(ctx, told)
        assert tuple(row.values()) == ("pending", 0, 0, None)
        assert await one(ctx, "select count(*) from webhook_attempts") == 0
        await at(ctx, MONDAY + POSTPONED)
        await run_until_quiet(ctx, transport=receiver.transport())
        assert len(receiver.calls) == 1
    assert await states(ctx) == ["delivered"]


async def test_a_receiver_in_trouble_is_tried_with_one_at_a_time(ctx: Context) -> None:
    """After a failure one delivery goes first; when it arrives, the rest follows."""
    subscribed = await a_subscription(ctx)
    for _ in range(5):
        await a_delivery(ctx, subscribed.id)
    await rows(ctx, "update webhook_subscriptions set failures = 1 returning 1")
    async with ctx.uow() as uow:
        assert len(await uow.webhook_deliveries.claim(32, EACH, OF_OWNER)) == 1


# -- owners that go -----------------------------------------------------------------------------------


async def test_a_suspended_employer_and_a_revoked_key_hear_nothing_more(ctx: Context) -> None:
    """Disabled with the employer, ended with the key; nothing can be resumed while the owner is barred."""
    employer = await an_employer(ctx)
    by = member_caller(await a_member(ctx, employer))
    key, _ = await an_integrator(ctx)
    mine, partners = await a_subscription(ctx, employer=employer), await a_subscription(ctx, key=key)
    await a_delivery(ctx, mine.id)
    await a_delivery(ctx, partners.id)
    async with ctx.uow() as uow:
        now = await uow.now()
        await uow.move(await uow.employers.lock(employer.id), EMPLOYER, "suspend", by=SYSTEM, at=now)
        await uow.move(await uow.accounts.key(key, lock=True), API_KEY, "revoke", by=SYSTEM, at=now)
    found = await rows(ctx, "select id, state from webhook_subscriptions")
    assert {row["id"]: row["state"] for row in found} == {mine.id: "disabled", partners.id: "ended"}
    async with a_receiver() as receiver:
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 0
    with pytest.raises(Conflict, match="webhook_owner_barred"):
        await subscribing.move_webhook(ctx, mine.id, "resume", by=by)


async def test_a_held_employers_deliveries_wait_for_the_lift(ctx: Context) -> None:
    """Nothing is sent and nothing lost while an officer holds the employer; others' deliveries go out."""
    employer, other = await an_employer(ctx), await an_employer(ctx)
    mine, others = await a_subscription(ctx, employer=employer), await a_subscription(ctx, employer=other)
    async with ctx.uow() as uow:
        row = await uow.employers.lock(employer.id)
        await uow.move(row, EMPLOYER, "hold", by=SYSTEM, at=await uow.now(), held_from=row.state)
    for each in (mine, others):
        await a_delivery(ctx, each.id)
    async with a_receiver() as receiver:
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 1
        assert await rows(ctx, "select subscription_id as id from webhook_deliveries where state = 'delivered'") == [
            {"id": others.id}
        ]
        async with ctx.uow() as uow:
            row = await uow.employers.lock(employer.id)
            await uow.move(row, EMPLOYER, f"lift_{row.held_from}", by=SYSTEM, at=await uow.now(), held_from=None)
        assert await run_until_quiet(ctx, transport=receiver.transport()) == 1
    assert await states(ctx) == ["delivered", "delivered"]
    assert {row["state"] for row in await rows(ctx, "select state from webhook_subscriptions")} == {"active"}


async def test_old_deliveries_are_thrown_away(ctx: Context) -> None:
    """After the policy's days, with their attempts; younger ones stay."""
    subscribed = await a_subscription(ctx)
    old, young = await a_delivery(ctx, subscribed.id), await a_delivery(ctx, subscribed.id)
    async with a_receiver() as receiver:
        await run_until_quiet(ctx, transport=receiver.transport())
    sql = "update webhook_deliveries set created_at = created_at - interval '31 days' where id = :id returning 1"
    await rows(ctx, sql, id=old)
    await purge_webhooks(ctx)
    assert [row["id"] for row in await rows(ctx, "select id from webhook_deliveries")] == [young]
    assert await one(ctx, "select count(*) from webhook_attempts") == 1


async def test_without_subscriptions_the_log_is_not_read(ctx: Context) -> None:
    """Reading begins with the first subscription, from then on."""
    await a_posting(ctx, await an_employer(ctx))
    assert await fan_out(ctx) == 0
    assert await rows(ctx, "select * from webhook_reader") == []
    await a_subscription(ctx)
    await fan_out(ctx)
    assert await states(ctx) == []
