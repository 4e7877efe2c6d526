"""Which of the moves that a state allows somebody can be told of: nothing that comes by itself, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from service.actor import STAFF
from service.errors import Conflict

if TYPE_CHECKING:
    from service.lifecycle import Lifecycle
    from service.uow import Uow

# Moves that come about by themselves or follow from something else: nobody can be told to take them.
OF_THEMSELVES = frozenset({
    "claim", "deliver", "drop", "expire", "fail", "fall_overdue", "fill", "finish", "give_up", "hand_over", "lapse",
    "lift_applied", "lift_restricted", "lift_verified", "merge", "postpone", "promote", "refill",
    "repair_complete", "repair_start", "replace", "start",
})  # fmt: skip
# Moves of a noun that follow from another's (a seat, its pay, an offer), or that nobody names.
FOLLOWING: Mapping[str, frozenset[str]] = {
    "referral": frozenset({
        "accept_offer", "agree", "cancel", "close", "complete", "end_early", "hire", "mark_absent", "notify", "pay",
        "refuse_offer", "undo_start", "view",
    }),
    "agreement": frozenset({"complete", "supersede", "void"}),  # by its last signature, by a newer one, by its subject
    "engagement": frozenset({"break_off", "reopen_seat", "turn_away"}),  # by an alarm
    "slip": frozenset({"revoke"}),
    "fair": frozenset({"close", "open"}),  # by its sessions
    "case": frozenset({"settle"}),  # by its appeal
    "alarm": frozenset({"press_again"}),  # by another press at the seat
    "balance": frozenset({"end"}),  # by its last day
    "deal": frozenset({"close", "collect", "settle", "sign"}),  # by its people, by their papers, by the money
    "settlement": frozenset({"correct"}),  # by a day that was changed
    "leg": frozenset({"cancel", "correct", "reopen", "stand"}),  # by the statement, by silence, by a finding
    "intent": frozenset({"end"}),  # by its surplus
    "lent": frozenset({"consent", "release"}),  # by the paper that is signed, by the deal
}  # fmt: skip
STARTED_BY_HAND = frozenset({"engagement"})  # whose start is a check-in
# Moves of nouns that other people have too, and that only staff take (a referral is taken back by its broker too).
BY_STAFF: Mapping[str, frozenset[str]] = {
    "referral": frozenset({"withdraw"}),
    "posting": frozenset({"publish", "reject", "restore", "take_down", "uphold"}),
    "supply": frozenset({"publish", "reject", "restore", "take_down", "uphold"}),
    "alarm": frozenset({"close", "release", "take"}),
    "lent_day": frozenset({"decide"}),
    "balance": frozenset({"take_down"}),
    "fair_booth": frozenset({"confirm", "decline"}),
    "fair_entry": frozenset({"wait"}),
    "case": frozenset(
        {
            "accept",
            "agree",
            "ask",
            "close",
            "conclude",
            "decline",
            "investigate",
            "mediate",
            "settle",
            "transfer",
            "triage",
        }
    ),
    "employer": frozenset({"hold", "readmit", "refuse", "restrict", "suspend", "verify"}),
}
# Moves that belong to who has pressed: staff take them only in that person's name, and are not told to.
BY_PERSON: Mapping[str, frozenset[str]] = {"alarm": frozenset({"withdraw"})}


def to_be_told(noun: str, possible: Iterable[str]) -> list[str]:
    """The moves that somebody can be told to take."""
    following = FOLLOWING.get(noun, frozenset())
    return [
        move
        for move in possible
        if move not in following and (move not in OF_THEMSELVES or (move == "start" and noun in STARTED_BY_HAND))
    ]


def open_to(role: str | None, noun: str, possible: Iterable[str]) -> list[str]:
    """The moves that a caller of this role can be told to take; staff are told all but those of the person alone."""
    if role in STAFF:
        return [move for move in possible if move not in BY_PERSON.get(noun, ())]
    return [move for move in to_be_told(noun, possible) if move not in BY_STAFF.get(noun, ())]


async def check_may_move(uow: Uow, row: Any, lifecycle: Lifecycle, action: str) -> None:
    """Raises Conflict `wrong_state`; what an appeal has decided is not appealed again."""
    possible = lifecycle.possible(row.state)
    if action in possible:
        return
    if "appeal" in possible and await uow.appeals.is_decided(lifecycle.name, row.id):
        possible.remove("appeal")
    raise Conflict("wrong_state", noun=lifecycle.name, state=row.state, action=action, possible=possible)
