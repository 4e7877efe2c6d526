"""A reply by SMS: found out whose it is and what it means, then the same use case as anybody's press.

Three transactions, each safe to repeat: the reply is kept under the gateway's own number; the use case of
the question's feature runs under an idempotency key made of that number; the outcome and the confirmation
are written. A gateway that sends a reply twice, or a crash in between, has one effect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from service.errors import DomainError, Forbidden, InFlight
from service.messages.lexicon import reply_words
from service.messages.rules import PLAIN_ANSWERS, UNKNOWN, Reply, Said, read_reply
from service.messages.speaking import speaker
from service.once import Answer as StoredAnswer
from service.once import Once, Replay
from service.reference.rules import lies_within

if TYPE_CHECKING:
    from service.context import Context
    from service.http.caller import Caller
    from service.uow import Uow

KEPT = "received"  # kept, and not yet acted upon
CODE_NEEDED = "code_needed"  # a bare yes to a question that wants its code
TEXT_BETWEEN = "text_between"  # a yes or no after a relayed text, which it may have been meant for
SETTLED = "settled"  # a yes or no after a question that something else has settled, which it may have been meant for
LASTING = frozenset({"followup"})  # questions whose answer is still good days later
KEEP, LEAVE = "supply_intake.keep", "supply_intake.leave"
DOES = {
    "arrived": "attendance.arrived",
    "finished": "attendance.finished",
    "set_out": "attendance.set_out",
    "received": "pay.received",
    "waiting": "waiting",
}


@dataclass(frozen=True, slots=True)
class Received:
    """What a reply was taken for and what came of it."""

    id: UUID
    gateway_id: str
    taken_for: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What a reply asks for: whose it is, which registered answer, about what; or why it asks for nothing."""

    reply_id: UUID
    person_id: UUID | None
    does: str | None
    outcome: str | None
    subject_id: UUID | None = None
    question_id: UUID | None = None
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome's code and what the confirmation says."""

    outcome: str
    params: Mapping[str, Any]


async def receive_reply(ctx: Context, *, gateway_id: str, phone: str, text: str, by: Caller) -> Received:
    """Take a reply from the gateway, once. An unreadable one is answered with help; it is never an error.

    A gateway speaks for people whom its region knows, about what lies in its region; anybody else on the phone
    is nobody to it. Raises Forbidden sms_key_of_employer: an employer must not answer in its workers' names.
    """
    if by.employer_id is not None:
        raise Forbidden("sms_key_of_employer")
    plain = replace(ctx, once=None)
    reply = read_reply(text, reply_words())
    async with plain.uow() as uow:
        row = await _keep(uow, gateway_id, phone, text)
        done = None if row.outcome == KEPT else Received(row.id, row.gateway_id, row.taken_for, row.outcome)
        turn = await _turn(uow, row.id, reply, phone, by.regions)
    if done is None:
        result = await _act(plain, turn, reply, gateway_id, by.regions)
    async with ctx.uow() as uow:
        return uow.answer(done or await _finish(uow, turn, result))


async def _keep(uow: Uow, gateway_id: str, phone: str, text: str) -> Any:
    vault = uow.ctx.vault
    sealed = vault.seal("reply", text.encode())
    return await uow.messages.keep_reply(gateway_id, vault.index("phone", phone), sealed, await uow.now())


async def _turn(uow: Uow, reply_id: UUID, reply: Reply, phone: str, regions: Sequence[str]) -> Turn:
    """Whose reply it is. A letter names the person; without one a shared phone needs an unlettered question."""
    people = await _people_of(uow, phone, regions)
    if not people:
        return Turn(reply_id, None, None, "nobody")
    if reply.word in ("help", UNKNOWN):
        return Turn(reply_id, people[0], None, "help" if reply.word == "help" else "not_understood")
    now = await uow.now()
    questions = await _open_questions(uow, people, now)
    places = await uow.messages.places_of(questions)
    questions = [one for one in questions if one.id not in places or lies_within(places[one.id], regions)]
    fitting = [one for one in questions if reply.tag is None or one.tag == reply.tag]
    if reply.code is not None:
        return _coded(reply_id, reply.code, people, fitting)
    if len(people) > 1:
        fitting = [one for one in fitting if one.tag == reply.tag]
    if reply.word in PLAIN_ANSWERS:
        if fitting:
            return await _settled(uow, reply_id, reply, people, fitting[0]) or await _plain(
                uow, reply_id, reply, fitting
            )
        entry = await _entry(uow, people, reply, regions)
        if entry is not None:
            return replace(_turn_of(reply_id, entry), does=KEEP, question_id=None)
        outcome = "letter_needed" if len(people) > 1 and reply.tag is None and questions else "nothing_asked"
        return Turn(reply_id, people[0], None, outcome)
    if reply.word == "leave":
        return await _left(uow, reply_id, reply, people)
    return await _unasked(uow, reply_id, reply, people, fitting)


async def _open_questions(uow: Uow, people: list[UUID], now: datetime) -> list[Any]:
    """The newest first; most are good for a day."""
    policy = uow.ctx.policies.at(now, None).messages
    day, days = (timedelta(minutes=each) for each in (policy.sms_reply_minutes, policy.sms_reply_lasting_minutes))
    found = await uow.messages.open_questions(people, now - max(day, days))
    return [one for one in found if one.created_at >= now - (days if one.asks in LASTING else day)]


async def _settled(uow: Uow, reply_id: UUID, reply: Reply, people: list[UUID], older: Any) -> Turn | None:
    """A bare yes or no after a newer question that no reply has settled: the person is told, once, that nothing has
    come of it; said once more, it is about the older question."""
    last = await uow.messages.asked_last(people, reply.tag, older.created_at)
    if last is None or last.asks is None or last.id == older.id or last.answered_at is None:
        return None
    if await uow.messages.had_reply_for(last.person_id, last.asks, last.created_at):
        return None
    if await uow.messages.had_outcome(last.person_id, SETTLED, last.created_at):
        return None
    return Turn(reply_id, last.person_id, None, SETTLED)


def _coded(reply_id: UUID, code: str, people: list[UUID], questions: list[Any]) -> Turn:
    """A yes that names a code: the question whose text holds it, which also says whose reply it is."""
    meant = [one for one in questions if one.code is not None and compare_digest(one.code, code)]
    if len(meant) != 1:
        return Turn(reply_id, people[0], None, "code_unknown")
    return _turn_of(reply_id, meant[0])


async def _plain(uow: Uow, reply_id: UUID, reply: Reply, questions: list[Any]) -> Turn:
    """A bare yes or no: about the newest question, unless a yes to that one has to name its code.

    Then the person is told so, once; after that a bare yes is about the newest question that takes it. Where words of
    somebody else's were passed on to the phone after the question, it may be these that are answered: the person is
    told that they are not answered here, and says it once more.
    """
    newest = questions[0]
    other = await uow.contact_requests.last_text_to(newest.person_id, newest.created_at)
    if other is not None and not await uow.messages.had_outcome(newest.person_id, TEXT_BETWEEN, other):
        return Turn(reply_id, newest.person_id, None, TEXT_BETWEEN)
    if reply.word == "no" or newest.code is None:
        return _turn_of(reply_id, newest)
    plain = [one for one in questions if one.code is None and one.person_id == newest.person_id]
    if plain and await uow.messages.had_outcome(newest.person_id, CODE_NEEDED, newest.created_at):
        return _turn_of(reply_id, plain[0])
    return Turn(reply_id, newest.person_id, None, CODE_NEEDED)


def _turn_of(reply_id: UUID, asked: Any) -> Turn:
    return Turn(reply_id, asked.person_id, asked.asks, None, asked.subject_id, asked.id, asked.created_at)


async def _people_of(uow: Uow, phone: str, regions: Sequence[str]) -> list[UUID]:
    """The people on a phone whom one of these regions knows."""
    people = await uow.messages.people_on(uow.ctx.vault.index("phone", phone))
    known = await uow.messages.known_in(people)
    return [person for person in people if any(lies_within(city, regions) for city in known[person])]


async def _entry(uow: Uow, people: list[UUID], reply: Reply, regions: Sequence[str]) -> Any:
    """The last question, where a no to it still counts although it was answered: one about an entry for somebody."""
    entry = await uow.messages.entry_asked_last(people, reply.tag) if reply.word == "no" else None
    if entry is None:
        return None
    places = await uow.messages.places_of([entry])
    return entry if entry.id not in places or lies_within(places[entry.id], regions) else None


async def _left(uow: Uow, reply_id: UUID, reply: Reply, people: list[UUID]) -> Turn:
    """Out of everything that others have entered; no question is needed, only whose reply it is."""
    entered = await uow.messages.entered_by_others(people)
    if not entered:
        return Turn(reply_id, people[0], None, "nothing_asked")
    if len(entered) == 1 and (reply.tag is None or len(people) == 1):
        return Turn(reply_id, entered[0], LEAVE, None)
    bearer = await uow.messages.bearer_of(entered, reply.tag) if reply.tag else None
    if bearer is None:
        return Turn(reply_id, people[0], None, "letter_needed")
    return Turn(reply_id, bearer, LEAVE, None)


async def _unasked(uow: Uow, reply_id: UUID, reply: Reply, people: list[UUID], fitting: list[Any]) -> Turn:
    """A word that needs no question: arrived, finished, on my way, received, waiting."""
    does = DOES[reply.word]
    asked = next((one for one in fitting if one.asks == does), None)
    if asked is not None:
        return Turn(reply_id, asked.person_id, does, None, asked.subject_id, asked.id, asked.created_at)
    workers = await uow.messages.workers_among(people)
    if len(workers) > 1:
        bearer = await uow.messages.bearer_of(workers, reply.tag) if reply.tag else None
        if bearer is None:
            return Turn(reply_id, people[0], None, "letter_needed")
        return Turn(reply_id, bearer, does, None)
    if not workers:
        return Turn(reply_id, people[0], None, "nothing_asked")
    return Turn(reply_id, workers[0], does, None)


async def _act(ctx: Context, turn: Turn, reply: Reply, gateway_id: str, regions: tuple[str, ...]) -> Result:
    if turn.does is None or turn.person_id is None:
        return Result(turn.outcome or "not_understood", {})
    answer = ctx.wiring.answers.get(turn.does)
    if answer is None:
        return Result("cannot_by_sms", {})
    by = speaker(turn.person_id)
    said = Said(
        turn.person_id, by, reply.word, turn.subject_id, reply.amount_fen, reply.rest, regions, turn.asked_at,
        reply.code is not None,
    )  # fmt: skip
    once = _once(turn, gateway_id)
    try:
        return Result(await answer(replace(ctx, once=once), said), {})
    except Replay as replay:
        return _again(replay.answer)
    except InFlight:  # the same reply, running beside us or cut off: its effect is there or will be
        return Result("done_before", {})
    except DomainError as error:
        return Result("refused", _told(error))


def _once(turn: Turn, gateway_id: str) -> Once:
    """The key under which the use case runs: a reply that comes again meets its stored answer."""
    return Once(
        actor=str(turn.person_id),
        endpoint=f"sms:{turn.does}",
        key=gateway_id,
        fingerprint=hashlib.sha256(f"{turn.subject_id}".encode()).digest(),
        render=lambda value: StoredAnswer(200, b"{}"),
        render_refusal=lambda error: StoredAnswer(409, orjson.dumps(_told(error))),
    )


def _again(stored: StoredAnswer) -> Result:
    return Result("done_before", {}) if stored.status == 200 else Result("refused", orjson.loads(stored.body))


def _told(error: DomainError) -> dict[str, Any]:
    facts = orjson.loads(orjson.dumps(dict(error.facts), default=str))
    return {"problem": error.code, "facts": facts}


async def _finish(uow: Uow, turn: Turn, result: Result) -> Received:
    row = await uow.messages.lock_reply(turn.reply_id)
    if row.outcome != KEPT:
        return Received(row.id, row.gateway_id, row.taken_for, row.outcome)
    row.person_id, row.taken_for, row.outcome = turn.person_id, turn.does, result.outcome
    if turn.question_id is not None and result.outcome != "refused":
        await uow.messages.answer_question(turn.question_id, await uow.now())
    if turn.person_id is not None:
        await uow.tell(
            turn.person_id,
            f"reply.{result.outcome}",
            params=result.params,
            subject=("reply", row.id),
            urgent=True,
            dedupe=f"reply:{row.id}",
        )
    return Received(row.id, row.gateway_id, row.taken_for, row.outcome)
