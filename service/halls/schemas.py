"""API shapes of halls: rules, sessions, presences, the board."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from service.http.measures import Place
from service.http.types import Code, Day, Flag, Id, In, Instant, Moment, Out, ReasonCode, TimeOfDay, count, digits, line

if TYPE_CHECKING:
    CardCode: TypeAlias = str
    Trade: TypeAlias = str
    Tool: TypeAlias = str
    SpokenWord: TypeAlias = str
else:
    CardCode = line(64)
    Trade = line(30)
    Tool = line(20)
    SpokenWord = digits(4, 10, "word_format")
PresenceState = Literal["waiting", "called", "passed", "placed", "left", "unserved"]


class SessionSpecIn(In):
    """One session of the week (Monday 0), by its working day: before the day's beginning it is past midnight."""

    weekday: count(0, 6)  # type: ignore[valid-type]
    name: line(30)  # type: ignore[valid-type]
    opens: TimeOfDay
    closes: TimeOfDay = Field(description="at or before `opens`: on the next day")
    plan_at: TimeOfDay | None = Field(None, description="a plan is drawn then by itself")


class HallRuleIn(In):
    """What a venue chooses; what is left out is the policy's default."""

    valid_from: Day | None = Field(None, description="a working day; today where the venue has no rule yet")
    order_rule: Literal["first_come", "draw"] = "first_come"
    objective: Literal["seats", "score"] = "seats"
    turn_places: count(0, 1000) | None = None  # type: ignore[valid-type]
    turn_most: count(0, 1000) | None = None  # type: ignore[valid-type]
    return_after: count(0, 100) | None = None  # type: ignore[valid-type]
    several_each: Flag | None = None
    answer_minutes: count(1, 240) | None = None  # type: ignore[valid-type]
    change_minutes: count(0, 120) | None = None  # type: ignore[valid-type]
    rounds_most: count(1, 10) | None = None  # type: ignore[valid-type]
    day_begins: count(0, 720) | None = Field(None, description="minutes after midnight")  # type: ignore[valid-type]
    sessions: Annotated[list[SessionSpecIn], Field(max_length=28)]


class SessionSpecOut(Out):
    """One session of the week."""

    weekday: int
    name: str
    opens: str
    closes: str
    plan_at: str | None


class HallRuleOut(Out):
    """A venue's rule."""

    id: UUID
    version: int
    venue_id: UUID
    valid_from: date
    order_rule: str
    objective: str
    turn_places: int
    turn_most: int
    return_after: int
    several_each: bool
    answer_minutes: int
    change_minutes: int
    rounds_most: int
    day_begins: int
    sessions: list[SessionSpecOut]
    said: str


class HallRulesOut(Out):
    """All rules of a venue, the latest first."""

    items: list[HallRuleOut]


class HallSessionIn(In):
    """A special session."""

    name: line(30)  # type: ignore[valid-type]
    opens_at: Instant
    closes_at: Instant
    plan_at: Instant | None = None


class HallReasonIn(In):
    """Why; a code of the reason list `hall_cancel`."""

    reason: ReasonCode


class CountsOut(Out):
    """How many people are in which state."""

    signed_in: int
    waiting: int
    called: int
    passed: int
    placed: int
    left: int
    unserved: int


class HallSessionOut(Out):
    """A session; `seed` once it is told, always with `SHA-256(seed) = seed_commitment`."""

    id: UUID
    version: int
    venue_id: UUID
    state: str
    day: date
    name: str
    opens_at: Moment
    closes_at: Moment
    plan_at: Moment | None
    order_rule: str
    rule_said: str
    seed_commitment: str
    seed: str | None
    cancel_reason: str | None
    counts: CountsOut


class HallSessionsOut(Out):
    """Sessions in time order."""

    items: list[HallSessionOut]
    next_cursor: str | None


class SignInIn(In):
    """Who comes: staff and kiosks send a card's code or today's word, an officer may name the person."""

    card_code: CardCode | None = None
    word: SpokenWord | None = None
    worker_id: Id | None = Field(None, description="an officer's, with `on_behalf`")
    place: Place | None = Field(None, description="an own phone: where it is")
    trades: Annotated[list[Trade], Field(min_length=1, max_length=10)] | None = None
    own_tools: Annotated[list[Tool], Field(max_length=10, default_factory=list)]
    crew_id: Id | None = None
    until: Instant | None = None


class MoveIn(In):
    """Why; a code of the reason list `hall_move`. Needed to call somebody out of turn."""

    reason: ReasonCode | None = None


class CallNextIn(In):
    """For a trade, or for any work."""

    trade: Code | None = None


class PresenceOut(Out):
    """One person at a session; `said` is what the person wants to know, in one sentence."""

    id: UUID
    version: int
    session_id: UUID
    venue_id: UUID
    worker_id: UUID
    name_masked: str
    number: int
    state: str
    way_in: str
    signed_in_at: Moment
    calls: int
    turns_owed: int
    ahead: int | None
    trades: list[str]
    own_tools: list[str]
    crew_id: UUID | None
    until: Moment | None
    already: bool
    said: str


class PresencesOut(Out):
    """Who is present, by number."""

    items: list[PresenceOut]
    next_cursor: str | None


class TradeNamedOut(Out):
    """A trade of the catalogue."""

    trade: str
    label: str


class BoardLineOut(Out):
    """One number on the screen."""

    number: int
    state: str
    trades: list[TradeNamedOut]


class TradeWaitingOut(Out):
    """How many wait for a trade."""

    trade: str
    label: str
    people: int


class HallBoardOut(Out):
    """The wall screen of a session: numbers, no names."""

    session: HallSessionOut
    as_of: Moment
    called: list[int]
    lines: list[BoardLineOut]
    trades: list[TradeWaitingOut]


class HallFigureOut(Out):
    """One session in figures."""

    session_id: UUID
    day: date
    name: str
    state: str
    counts: CountsOut
    median_minutes_to_seat: int | None


class HallFiguresOut(Out):
    """Sessions of the days asked for."""

    items: list[HallFigureOut]
