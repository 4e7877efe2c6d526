"""Open tasks are asked: one conversation a person by message, then an officer's call; then we give up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import SYSTEM
from service.followups.data import questionnaire
from service.followups.lifecycle import TASK
from service.followups.rules import asking
from service.followups.rules.schedule import OF_LENDING, on
from service.followups.steps import finish, policy_of
from service.worktime import local_day, week_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from service.context import Context
    from service.followups.repository.asking import Party
    from service.followups.tables import TaskRow
    from service.policies.model import FollowupsPolicy
    from service.uow import Uow

BATCH = 500
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
MIDNIGHT = time(0)


async def ask(ctx: Context, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Everybody whose turn it is, each in a transaction of its own; how many conversations were begun."""
    parties: list[Party] = []
    calling: list[str] = []
    async with ctx.uow() as uow:
        now = await uow.now()
        for calls_from, cities in _by_calls_from(uow, now, await uow.followups.cities_due(now)).items():
            parties += await uow.followups.parties_due(now, cities, calls_from, BATCH)
            calling += await uow.followups.cities_calling(now, cities, calls_from)
    begun = 0
    for party in parties:
        if stopping():
            return begun
        async with ctx.uow() as uow:
            begun += await _converse(uow, party)
    for city_code in calling:
        if stopping():
            return begun
        async with ctx.uow() as uow:
            await _draw(uow, city_code)
    return begun


def _by_calls_from(uow: Uow, now: datetime, cities: Sequence[str]) -> dict[int, list[str]]:
    """Cities by the attempt from which on their officers call."""
    found: dict[int, list[str]] = {}
    for city_code in cities:
        found.setdefault(policy_of(uow, now, city_code).calls_from_attempt, []).append(city_code)
    return found


async def escalate(ctx: Context, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """What is overdue stands on the officers' list from now on."""
    total = 0
    while not stopping():
        async with ctx.uow() as uow:
            marked = await uow.followups.escalate(await uow.now(), BATCH)
        total += marked
        if marked < BATCH:
            break
    return total


async def _converse(uow: Uow, party: Party) -> int:
    """One message about everything that this party is to be asked now; nothing while another process does it."""
    side, who = party
    if not await uow.followups.alone_with(f"{side}:{who}"):
        return 0
    now = await uow.now()
    due = [task for task in await uow.followups.lock_due_of(party, now) if not _wants_call(uow, task, now)]
    if not due:
        return 0
    policy, day = policy_of(uow, now, due[0].city_code), local_day(now)
    later = await _not_now(uow, who, due, now, policy)
    asked = await uow.followups.asked_on(day, [task.id for task in due])  # where the clock was set back
    for task in due:
        if later is not None or task.id in asked:
            put_off_to = later or on(day + DAY, policy.asking_from)
            await uow.edit(task, by=SYSTEM, at=now, action="put_off", next_attempt_at=put_off_to)
        else:
            await note_attempt(uow, task, channel="message", result="sent")
    said = [] if later is not None else [task for task in due if task.id not in asked]
    if said:
        await _tell(uow, party, said)
    return int(bool(said))


def _wants_call(uow: Uow, task: TaskRow, now: datetime) -> bool:
    return task.attempts + 1 >= policy_of(uow, now, task.city_code).calls_from_attempt


async def _not_now(
    uow: Uow, who: UUID, due: Sequence[TaskRow], now: datetime, policy: FollowupsPolicy
) -> datetime | None:
    """When instead: outside asking hours, or next week for who was asked often enough."""
    allowed = asking.allowed_from(now, policy)
    if allowed > now:
        return allowed
    asked = await uow.followups.conversations_since([who], _monday(now))
    if asking.waits_for_next_week(asked[who], urgent=any(task.urgent for task in due), policy=policy):
        return _monday(now, policy)
    return None


def _monday(now: datetime, policy: FollowupsPolicy | None = None) -> datetime:
    """When this week began; with a policy, when the next one's asking begins."""
    monday = week_of(local_day(now))
    return on(monday, MIDNIGHT) if policy is None else on(monday + WEEK, policy.asking_from)


async def note_attempt(
    uow: Uow, task: TaskRow, *, channel: str, result: str, staff_id: UUID | None = None, by: Any = SYSTEM
) -> None:
    """One more attempt; the next is on another day, an officer's in the morning. Raises Conflict `asked_today`."""
    now = await uow.now()
    policy = policy_of(uow, now, task.city_code)
    day = local_day(now)
    attempt = uow.followups.new_attempt(task, local_day=day, channel=channel, result=result, staff_id=staff_id, at=now)
    await uow.add(attempt, by=by, action="note")
    made = task.attempts + 1
    calls = made + 1 >= policy.calls_from_attempt
    following = on(day + DAY, policy.asking_from) if calls else asking.next_attempt(now, policy)
    handled = staff_id or task.handled_by
    await uow.edit(task, by=by, at=now, action="ask", attempts=made, next_attempt_at=following, handled_by=handled)
    await uow.flush()


TEMPLATES = {
    ("worker", False): "followup.ask",
    ("worker", True): "followup.ask_several",
    ("employer", False): "followup.ask_employer",
    ("employer", True): "followup.ask_employer_several",
}
RETURN_TEMPLATE = "followup.ask_lender"  # whom the plan does not name as the employer


async def _tell(uow: Uow, party: Party, due: Sequence[TaskRow]) -> None:
    side, who = party
    first = due[0]
    words = await uow.followups.words_of(first.plan_id)
    many = len(due) > 1
    of_return = not many and side == "employer" and who != (await uow.followups.plan(first.plan_id)).employer_id
    template = RETURN_TEMPLATE if of_return else TEMPLATES[side, many]
    people = [who] if side == "worker" else await uow.members.deciders(who)
    for person_id in people:
        await uow.tell(
            person_id,
            template,
            params=words | {"count": len(due)},
            subject=("followup_task", first.id),
            dedupe=f"followup:{first.id}:{first.attempts}",
            asks="followup",
            urgent=any(task.urgent for task in due),
            employer_id=None if side == "worker" else who,
        )


@dataclass(slots=True)
class Conversation:
    """One person or employer of a city whom an officer would call about these tasks."""

    party: Party
    tasks: list[TaskRow]
    market: str
    held: bool = False  # an officer has it, or has talked to them already
    owed: bool = False  # about a lending, where the place's own document asks for follow-up

    @property
    def call(self) -> asking.Call:
        """As it is drawn for."""
        return asking.Call(self.party[1], any(task.urgent for task in self.tasks))

    @property
    def keeps(self) -> bool:
        """Whether anything in it is never left to the lot."""
        return self.held or self.owed or any(task.urgent or not _may_be_left_out(task) for task in self.tasks)


async def _draw(uow: Uow, city_code: str) -> None:
    """A city's calls of the day, market by market, by the published rule; who was tried often enough is given up.

    Who is on a list of the day already is asked about the rest in the same call, and who was asked often enough this
    week waits for the next, unless it is about what is never left to the lot.
    """
    if not await uow.followups.alone_with(f"calls:{city_code}"):
        return
    now = await uow.now()
    policy, day = policy_of(uow, now, city_code), local_day(now)
    conversations = await _conversations(uow, city_code, now, policy)
    if not conversations:
        return
    listed = await uow.followups.on_list(city_code, day)
    asked = await uow.followups.conversations_since([one.party[1] for one in conversations], _monday(now))
    by_market: dict[str, list[Conversation]] = {}
    for one in conversations:
        if one.party in listed:
            one.market = listed[one.party]
            await _to_call(uow, one, day, now, policy)
        elif asking.waits_for_next_week(asked[one.party[1]], urgent=one.keeps, policy=policy):
            await _put_off(uow, one, _monday(now, policy), now)
        else:
            by_market.setdefault(one.market, []).append(one)
    drawn = await uow.followups.calls_drawn(city_code, day)
    for market, waiting in sorted(by_market.items()):
        room = max(policy.calls_a_day - drawn.get(market, 0), 0)
        await _draw_market(uow, market, waiting, room, now, policy)


async def _draw_market(
    uow: Uow, market: str, conversations: Sequence[Conversation], room: int, now: datetime, policy: FollowupsPolicy
) -> None:
    day, by_party = local_day(now), {one.party[1]: one for one in conversations}
    drawn, left = asking.drawn([one.call for one in conversations], market=market, day=day, capacity=room)
    for call in drawn:
        await _to_call(uow, by_party[call.party_id], day, now, policy)
    for call in left:
        one = by_party[call.party_id]
        if one.keeps or await _has_last_word(uow, one):
            await _put_off(uow, one, on(day + DAY, policy.asking_from), now)
        else:
            for task in one.tasks:
                await _end(uow, task, "leave_out", now)


async def _conversations(uow: Uow, city_code: str, now: datetime, policy: FollowupsPolicy) -> list[Conversation]:
    """Who is to be called in a city, each once with everything there is to ask; who is out of reach is given up, unless
    an officer has it."""
    by_party: dict[Party, list[TaskRow]] = {}
    due = await uow.followups.lock_calls_of(city_code, now, policy.calls_from_attempt)
    reached = await uow.followups.reached([task.id for task in due])
    for task in due:
        held = task.claimed_by is not None or task.id in reached
        if asking.is_out_of_reach(task.attempts, policy) and not held:
            await _end(uow, task, "give_up", now)
        else:
            by_party.setdefault(uow.followups.party_of(task), []).append(task)
    venues = {task.venue_id for tasks in by_party.values() for task in tasks if task.venue_id is not None}
    closed = await uow.followups.closed_venues(venues)
    owed = uow.ctx.policies.at(now, city_code).sharing.follow_up
    of_lending = {code for code, rule in policy.milestones.items() if rule.anchor in OF_LENDING}
    return [
        Conversation(
            party,
            tasks,
            asking.market_of([(e.due_at, e.id, e.city_code, e.venue_id) for e in tasks], closed),
            held=any(task.claimed_by is not None or task.id in reached for task in tasks),
            owed=owed and any(task.milestone in of_lending for task in tasks),
        )
        for party, tasks in by_party.items()
    ]


async def _has_last_word(uow: Uow, one: Conversation) -> bool:
    for task in one.tasks:
        if await uow.followups.is_last_word(task):
            return True
    return False


async def _put_off(uow: Uow, one: Conversation, until: datetime, now: datetime) -> None:
    for task in one.tasks:
        await uow.edit(task, by=SYSTEM, at=now, action="put_off", next_attempt_at=until)


def _may_be_left_out(task: TaskRow) -> bool:
    asked = questionnaire().asked(task.milestone, task.side, short=task.short)
    return questionnaire().may_be_left_out(asked)


async def _to_call(uow: Uow, one: Conversation, day: date, now: datetime, policy: FollowupsPolicy) -> None:
    """On the officers' list today; where nobody gets to it, it is drawn for again tomorrow."""
    listed: dict[str, Any] = {
        "call_on": day, "call_market": one.market, "next_attempt_at": on(day + DAY, policy.asking_from),
    }  # fmt: skip
    for task in one.tasks:
        await uow.edit(task, by=SYSTEM, at=now, action="draw", **listed)


async def _end(uow: Uow, task: TaskRow, action: str, now: datetime) -> None:
    reason = "tried_enough" if action == "give_up" else "not_drawn"
    await uow.move(task, TASK, action, by=SYSTEM, at=now, reason=reason, next_attempt_at=None, claimed_by=None)
    await uow.flush()
    plan = await uow.followups.lock_plan_unless_taken(task.plan_id)
    if plan is not None:
        await finish(uow, plan)
